"""The container's memory limit and what it has cost, as the container's own control group shows it.

Version 2 of control groups has one file of events, version 1 another; both count the processes that the kernel killed.
"""
from __future__ import annotations

from ._reports import complain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

_EVENTS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_MIB = 1024 * 1024


class MemoryWatch:
    """Notices when the kernel has killed another of the container's processes."""

    def __init__(self) -> None:
        self._kills = 0

    def ran_out(self, run: int) -> bool:
        """Whether it has since the last look; says so, naming the run that has just ended."""
        before, self._kills = self._kills, kills()
        if self._kills <= before:
            return False
        complain(f"run {run} ran out of memory: the kernel ended a process, the limit is {limit_in_words()}")
        return True


def kills() -> int:
    """How many processes of the container the kernel has killed because of its memory limit; 0 where that is not shown."""
    for path in _EVENTS:
        for line in (_read(path) or "").splitlines():
            name, _, count = line.partition(" ")
            if name == "oom_kill" and count.isdigit():
                return int(count)
    return 0


def limit_in_words() -> str:
    """The limit, for a message."""
    for path in _LIMITS:
        limit = (_read(path) or "").strip()
        if limit.isdigit():
            return f"{int(limit) // _MIB} MiB"
    return "the container's limit"


def _read(path: str) -> Optional[str]:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None
