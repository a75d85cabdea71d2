"""Values that the instance keeps: they survive the end of the program, of its container and of its node.

All copies and all later jobs of the instance see the same values. A call returns when the value is durable. A value is
whatever JSON can hold, 256 KiB at most; an instance has 1,000 keys at most.
"""
from __future__ import annotations

from . import _platform
from ._errors import StateRefused
from ._http import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from ._http import Answer

__all__ = ["delete", "get", "keys", "set"]


def get(key: str, default: Any = None) -> Any:
    """The value of a key, or the default when there is none. Raises StateRefused, and JobEnding."""
    from json import loads

    answer = _platform.call("GET", _path(key))
    return default if answer.status == 204 else loads(_taken(answer).body)


def set(key: str, value: Any) -> None:
    """Keeps a value; NaN and infinities are refused with ValueError, because JSON has none. Raises StateRefused, and JobEnding."""
    from json import dumps

    _taken(_platform.call("PUT", _path(key), dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")))


def delete(key: str) -> None:
    """Forgets a value; it is no error when there is none. Raises StateRefused, and JobEnding."""
    _taken(_platform.call("DELETE", _path(key)))


def keys() -> List[str]:
    """Every key of the instance, in order. Raises StateRefused, and JobEnding."""
    return list(_platform.document(_taken(_platform.call("GET", "/sdk/v1/state")))["keys"])


def _path(key: str) -> str:
    if not isinstance(key, str):
        raise TypeError(f"a key is a text, not {type(key).__name__}")
    return f"/sdk/v1/state/{quoted(key)}"


def _taken(answer: Answer) -> Answer:
    if answer.status != 200:
        raise _platform.refusal(StateRefused, answer)
    return answer
