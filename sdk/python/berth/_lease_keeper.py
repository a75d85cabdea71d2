"""The courier's activity for a task that must run exactly once: it asks for the lease and renews it every third of its length.

A lease counts from when its request was sent, not from when the answer came: the platform counts from later. Loaded for such
tasks alone.
"""
from __future__ import annotations

import json
import threading
import time

from ._clock import now as _now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

    from ._http import Connection

_FIRST_ANSWER_SECONDS = 5.0
_FIRST_RETRY_SECONDS = 0.05
_LONGEST_RETRY_SECONDS = 1.0
# Conflict: it has been revoked or is not this task's any more. Gone: the task is over.
_REFUSALS = (409, 410)


class Refused(Exception):
    """The platform will never again let the task run."""


class LeaseKeeper:
    """Keeps one task's lease."""

    def __init__(self, connection: Connection, tell: Callable[[Dict[str, Any]], None]) -> None:
        self._connection = connection
        self._tell = tell
        self._answer_seconds = _FIRST_ANSWER_SECONDS

    def keep_for_ever(self) -> None:
        """Tells the launcher until when each lease holds, or that it was refused, which is final."""
        try:
            self._keep()
        except Refused:
            self._tell({"lease": None})
        threading.Event().wait()

    def _keep(self) -> None:
        pause = _FIRST_RETRY_SECONDS
        while True:
            sent = _now()
            length = self._ask()
            if length is None:
                time.sleep(pause)
                pause = min(pause * 2, _LONGEST_RETRY_SECONDS)
                continue
            self._tell({"lease": sent + length})
            pause = _FIRST_RETRY_SECONDS
            self._answer_seconds = min(_FIRST_ANSWER_SECONDS, length / 3)
            time.sleep(max(_FIRST_RETRY_SECONDS, sent + length / 3 - _now()))

    def _ask(self) -> Optional[float]:
        """The length in seconds of the lease that was given; None when there was no answer to rely on."""
        try:
            answer = self._connection.request("POST", "/sdk/v1/lease", {"Content-Length": "0"}, None, self._answer_seconds)
        except OSError:
            return None
        if answer.status in _REFUSALS:
            raise Refused
        return _length(answer.body) if answer.status == 200 else None


def _length(body: bytes) -> Optional[float]:
    try:
        found = json.loads(body)["leaseMs"]
    except (ValueError, KeyError, TypeError):
        return None
    return found / 1000 if isinstance(found, (int, float)) and found > 0 else None

