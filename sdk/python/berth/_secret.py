"""The secrets of this task: files in memory, which the courier keeps as the platform says."""
from __future__ import annotations

import os

from . import _task
from ._errors import SecretMissing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def secret(name: str) -> str:
    """The value of a secret that the instance names, as it is now: another one that is set while the program runs is seen by the next call.

    Raises SecretMissing when the instance does not name it, or when it was taken away.
    """
    if not isinstance(name, str):
        raise TypeError(f"the name of a secret is a text, not {type(name).__name__}")
    task = _task.task()
    if name not in task.get("secrets", ()):
        _raise_missing(name, 'The instance does not name it: add it to "secrets" in the instance file.')
    try:
        with open(os.path.join(_task.secrets_directory(), name), encoding="utf-8", newline="") as file:
            return file.read()
    except FileNotFoundError:
        _raise_missing(name, "It was taken away on the platform.")


def _raise_missing(name: str, why: str) -> NoReturn:
    raise SecretMissing(f"There is no secret {name!r} here. {why}") from None
