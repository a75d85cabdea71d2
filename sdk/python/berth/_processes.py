"""The processes of the container, seen through /proc, and their end."""
from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from typing import Callable, Dict, List, Optional, Tuple
else:
    import _signal  # What `signal` wraps, without the 3 ms that its enums take.

_STEP_SECONDS = 0.005


def kill_all(spared: Optional[int], session: Optional[int], reap: Callable[[], object], seconds: float) -> bool:
    """Kills all that descends from this process or belongs to the session, except the one spared, until nothing of it lives.

    `reap` collects the dead. Returns whether all were gone within the seconds. What a person started with `docker exec`
    descends from outside the container and stays.
    """
    until = time.monotonic() + seconds
    while True:
        reap()
        victims = _victims(spared, session)
        if not victims:
            return True
        if time.monotonic() > until:
            return False
        for pid in victims:
            _kill(pid)
        time.sleep(_STEP_SECONDS)


def _victims(spared: Optional[int], session: Optional[int]) -> List[int]:
    living = _living()
    me = os.getpid()
    return [
        pid
        for pid, (_, its_session) in living.items()
        if pid not in (me, spared) and (its_session == session or _descends(pid, me, living))
    ]


def _descends(pid: int, ancestor: int, living: Dict[int, Tuple[int, int]]) -> bool:
    """Bounded by the number of processes, because a listing made while they change might show a circle."""
    for _ in living:
        if pid not in living:
            return False
        pid = living[pid][0]
        if pid == ancestor:
            return True
    return False


def _living() -> Dict[int, Tuple[int, int]]:
    """Parent and session of every process that still has a thread."""
    found: Dict[int, Tuple[int, int]] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except (FileNotFoundError, ProcessLookupError, PermissionError):  # It ended while we looked, or is not ours.
            continue
        state, parent, session, threads = fields[0], int(fields[1]), int(fields[3]), int(fields[17])
        # A process whose main thread has ended shows as a zombie though its other threads live on.
        if state not in (b"Z", b"X") or threads > 1:
            found[int(name)] = (parent, session)
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, _signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
