"""Keeping the secrets of a task: what the platform gives is written as files into a directory that is in memory alone.

INVARIANTS:
- A file holds one whole value, the old or the new one: it is written beside and renamed.
- Nobody but the task's own user may read it, and nothing of it is written anywhere else.
- The algorithm does not begin before every secret that the task names is there.
"""
from __future__ import annotations

import json
import os
import time

from . import _task
from ._http import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Optional

    from ._http import Connection

MOST_BYTES = 16 * 1024 * 1024
_ANSWER_SECONDS = 40.0
_FIRST_RETRY_SECONDS = 0.05
_LONGEST_RETRY_SECONDS = 1.0


class SecretKeeper:
    """Follows the secrets of this task, by requests that the platform answers when something changes."""

    def __init__(self, connection: Connection, tell: Callable[[Dict[str, Any]], None]) -> None:
        self._connection = connection
        self._tell = tell
        self._known = ""

    def keep_for_ever(self) -> None:
        """Writes every change, and tells the launcher whether all are there, for ever."""
        pause = _FIRST_RETRY_SECONDS
        while True:
            if self._ask():
                pause = _FIRST_RETRY_SECONDS
                continue
            time.sleep(pause)
            pause = min(pause * 2, _LONGEST_RETRY_SECONDS)

    def _ask(self) -> bool:
        """One request; whether it went as it should."""
        try:
            answer = self._connection.request("GET", f"/sdk/v1/secrets?known={quoted(self._known)}", {}, None, _ANSWER_SECONDS)
        except OSError:
            return False
        if answer.status == 204:
            return True
        given = _given(answer.body) if answer.status == 200 else None
        if given is None:
            return False
        keep(given["secrets"])
        changed: bool = given["etag"] != self._known
        self._known = given["etag"]
        self._tell({"secrets": {"missing": given["missing"]}})
        return changed


def keep(secrets: List[Dict[str, str]]) -> None:
    """Writes the values that are there, and takes away what is not."""
    directory = _task.secrets_directory()
    named = set(_task.task().get("secrets", ()))
    values = {secret["name"]: secret["value"] for secret in secrets if secret["name"] in named}
    for name, value in values.items():
        _write(os.path.join(directory, name), os.path.join(directory, "." + name), value.encode("utf-8"))
    for name in named - set(values):
        try:
            os.unlink(os.path.join(directory, name))
        except FileNotFoundError:
            pass


def _write(path: str, part: str, value: bytes) -> None:
    try:
        os.unlink(part)  # Of a courier that died amid.
    except FileNotFoundError:
        pass
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    try:
        rest = value
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    finally:
        os.close(descriptor)
    os.rename(part, path)


def _given(body: bytes) -> Optional[Dict[str, Any]]:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    if not isinstance(found, dict) or not isinstance(found.get("etag"), str) or not isinstance(found.get("missing"), list):
        return None
    secrets = found.get("secrets")
    whole = isinstance(secrets, list) and all(_is_secret(secret) for secret in secrets)
    return found if whole else None


def _is_secret(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and isinstance(value.get("value"), str)
