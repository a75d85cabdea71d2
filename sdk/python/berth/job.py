"""What this run is, how long it may last, and whether it should end.

The values are read when they are asked for: `berth.job.deadline` follows changes that people make while the job runs.
From the first call of `stopping`, `wait` or `on_stop` in the main thread, a stop no longer ends the process at once:
the program is told, and has the grace period to end by itself before it is killed.
"""
from __future__ import annotations

import os
import signal
import threading
import time

from . import _task

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from types import FrameType
    from typing import Any, Callable, List, Mapping, Optional

__all__ = [
    "algorithm",
    "application",
    "attempt",
    "copies",
    "deadline",
    "id",
    "instance",
    "on_stop",
    "parameters",
    "run",
    "scheduled_at",
    "slot",
    "stopping",
    "task",
    "wait",
]

id: str
"""Id of the job."""
task: str
"""Id of the task: this attempt at this slot, and the name of its container."""
instance: str
"""Id of the instance that the job runs."""
application: str
"""Name of the application."""
algorithm: str
"""Name of the algorithm."""
slot: int
"""Which of the job's copies this is, from 0."""
copies: int
"""How many copies of the algorithm the job runs."""
attempt: int
"""How often this slot has been filled, this task included; from 1."""
run: int
"""How often the algorithm was started in this container, this start included; from 1."""
parameters: Mapping[str, str]
"""Parameters given to the instance, read-only."""
scheduled_at: datetime
"""When the job was due, in UTC."""
deadline: Optional[datetime]
"""When the job must end, in UTC; None when it may run for ever."""

_POLL_SECONDS = 0.1

_term_received = False
_told = False
_callbacks: List[Callable[[], object]] = []
_earlier: Any = signal.SIG_DFL
_listening_pid: Optional[int] = None


def __getattr__(name: str) -> Any:
    if name in ("task", "instance", "application", "algorithm", "slot", "copies", "attempt"):
        return _task.task()[name]  # type: ignore[literal-required]
    if name == "id":
        return _task.task()["job"]
    if name == "run":
        return _task.state()["run"]
    if name == "parameters":
        from types import MappingProxyType

        return MappingProxyType(_task.task()["parameters"])
    if name == "scheduled_at":
        return _moment(_task.task()["scheduledAt"])
    if name == "deadline":
        ends = _task.state()["endsAt"]
        return None if ends is None else _moment(ends)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def stopping() -> bool:
    """Whether the platform wants this job to end, or TERM has arrived."""
    _listen()
    return _term_received or _task.state()["stop"] is not None


def wait(seconds: float) -> bool:
    """Sleeps that long, or until the job should end; returns whether it should. Callbacks of `on_stop` run within."""
    until = time.monotonic() + seconds
    while not stopping():
        remaining = until - time.monotonic()
        if remaining <= 0:
            return False
        time.sleep(min(remaining, _POLL_SECONDS))
    _tell()
    return True


def on_stop(callback: Callable[[], object]) -> None:
    """Calls back once, in the main thread, when TERM arrives or when the platform's notice is seen by `wait`.

    The program goes on afterwards; a callback that wants to end it raises SystemExit.
    """
    _callbacks.append(callback)
    _listen()


def _moment(at_ms: float) -> datetime:
    from datetime import datetime, timedelta, timezone

    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=at_ms)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _listen() -> None:
    """Takes over TERM, once; a handler that the program set itself is called as well."""
    global _earlier, _listening_pid
    if _listening_pid == os.getpid() or not _in_main_thread():
        return
    present = signal.getsignal(signal.SIGTERM)
    if present is not _on_term:
        _earlier = present or signal.SIG_DFL
        signal.signal(signal.SIGTERM, _on_term)
    if _listening_pid is None:
        os.register_at_fork(after_in_child=_leave_term)
    _listening_pid = os.getpid()


def _leave_term() -> None:
    """In a forked child, which has not asked: TERM ends it as it always would (multiprocessing's terminate() counts on it).

    Left to `_on_term`, one that comes just before a sleep would be noticed only after it.
    """
    if signal.getsignal(signal.SIGTERM) is _on_term:
        signal.signal(signal.SIGTERM, _earlier)


def _on_term(number: int, frame: Optional[FrameType]) -> None:
    global _term_received
    _term_received = True
    _tell()
    if callable(_earlier):
        _earlier(number, frame)


def _tell() -> None:
    """Calls back what `on_stop` was given, once."""
    global _told
    if _told or not _in_main_thread():
        return
    _told = True
    for callback in _callbacks:
        callback()
