"""Calls of the algorithm's own process to the platform: each is made again until it was answered, or the job has to end.

Every call may be repeated safely, because it reads, or names what it writes. Connections are kept between calls, a few at
most; each serves one thread at a time, and a forked child takes none of its parent's.
"""
from __future__ import annotations

import os
import sys
import time

from . import _task
from ._errors import JobEnding
from ._http import Connection

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Type

    from ._errors import Refused
    from ._http import Answer

# Longer than the platform holds any answer.
_ANSWER_SECONDS = 60.0
_FIRST_RETRY_SECONDS = 0.05
_LONGEST_RETRY_SECONDS = 1.0
_COME_AGAIN = (408, 425, 429)
_IDLE_KEPT = 4
# A window of readings is the longest answer there is.
_LONGEST_ANSWER_BYTES = 256 * 1024 * 1024

_idle: List[Connection] = []
_idle_pid = 0


def call(method: str, target: str, value: Optional[bytes] = None) -> Answer:
    """Asks until the platform has answered, refusals for good included. Raises JobEnding and OutsideTask."""
    patience = Patience()
    while True:
        answer = _try(method, target, value)
        if answer is not None and not comes_again(answer.status):
            raise_if_over(answer)
            return answer
        patience.pause()


class Patience:
    """The pauses between tries of one call: they grow, and end soon after the job was told to."""

    def __init__(self) -> None:
        self._pause = _FIRST_RETRY_SECONDS
        self._give_up_at: Optional[float] = None

    def pause(self) -> None:
        """Waits until the next try is due. Raises JobEnding when there is to be none."""
        now = time.monotonic()
        if self._give_up_at is None and is_ending():
            self._give_up_at = now + _task.task()["graceMs"] / 2000
        if self._give_up_at is not None and now >= self._give_up_at:
            raise JobEnding("The platform could not be reached before the job had to end; nothing is known of what was asked last.")
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_RETRY_SECONDS)


def comes_again(status: int) -> bool:
    """Whether an answer of that status means that the same may be asked again with another result."""
    return status >= 500 or status in _COME_AGAIN


def is_ending() -> bool:
    """Whether the job is to end, as far as this process has been told."""
    job: Any = sys.modules.get("berth.job")
    return (job is not None and job._term_received) or _task.state()["stop"] is not None


def document(answer: Answer) -> Dict[str, Any]:
    """The JSON of an answer; empty for what is not an object."""
    from json import loads

    try:
        found = loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def raise_if_over(answer: Answer) -> None:
    """Raises JobEnding when the platform has nothing more to do with this task."""
    if answer.status not in (409, 410):
        return
    said = document(answer)
    if said.get("code") in ("sdk.task-ended", "sdk.fenced"):
        raise JobEnding(str(said.get("message")))


def refusal(kind: Type[Refused], answer: Answer) -> Refused:
    """The error that an answer stands for."""
    said = document(answer)
    message = said.get("message") or f"The platform answered {answer.status}."
    return kind(str(said.get("code", "")), str(message), str(said.get("remedy", "")))


def connection() -> Connection:
    """A new connection to the platform, opened when it is used."""
    task = _task.task()
    return Connection(task["socket"], task["token"], _LONGEST_ANSWER_BYTES)


def _try(method: str, target: str, value: Optional[bytes]) -> Optional[Answer]:
    from io import BytesIO

    used = _take()
    body = None if value is None else (BytesIO(value), len(value))
    headers = {"Content-Type": "application/json"} if body else {}
    try:
        answer = used.request(method, target, headers, body, _ANSWER_SECONDS)
    except OSError:
        used.close()
        return None
    if len(_idle) < _IDLE_KEPT:
        _idle.append(used)
    else:
        used.close()
    return answer


def _take() -> Connection:
    global _idle_pid
    if _idle_pid != os.getpid():
        # What a parent has open is its own; closing it here closes nothing of the parent's.
        _idle_pid = os.getpid()
        while _idle:
            _idle.pop().close()
    try:
        return _idle.pop()
    except IndexError:
        return connection()
