"""The container's memory limit and what it has cost, as the container's own control group shows it.

Version 2 of control groups has one file of events, version 1 another; both count the processes that the kernel killed.
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

_EVENTS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
_MIB = 1024 * 1024


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
