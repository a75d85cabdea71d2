"""One start of the algorithm: its first process, which leads a session and a process group of its own; and when the next is due."""
from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from typing import Optional
else:
    import _signal

_FIRST_BACKOFF_SECONDS = 0.5
_LONGEST_BACKOFF_SECONDS = 30.0
_SIGNAL_NAMES = {
    int(number): name
    for name, number in vars(_signal).items()
    if name.startswith("SIG") and "_" not in name and name not in ("SIGCLD", "SIGIOT", "SIGPOLL")
}


class Run:
    """A run that goes on until `ended` is called."""

    def __init__(self, number: int, pid: int, started: float, started_ms: int) -> None:
        self.number = number
        self.pid = pid
        self.started = started
        self.started_ms = started_ms
        self.over = False
        self.exit_code: Optional[int] = None
        self.signal_name: Optional[str] = None

    def ended(self, status: int) -> None:
        """Takes note of the status that the kernel gave."""
        self.over = True
        if os.WIFEXITED(status):
            self.exit_code = os.WEXITSTATUS(status)
        else:
            number = os.WTERMSIG(status)
            self.signal_name = _SIGNAL_NAMES.get(number, f"signal {number}")

    def signal(self, number: int) -> None:
        """Signals the first process alone; what it started is its own to end, until the launcher sweeps."""
        if not self.over:
            os.kill(self.pid, number)

    def signal_group(self, number: int) -> None:
        """Signals the process group, as a terminal would."""
        if self.over:
            return
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:  # It has not made its session yet.
            os.kill(self.pid, number)


def backoff_seconds(failures: int) -> float:
    """How long to wait after that many failures in a row: not at all, then half a second, doubling up to half a minute."""
    if failures <= 1:
        return 0.0
    return min(_LONGEST_BACKOFF_SECONDS, _FIRST_BACKOFF_SECONDS * 2.0 ** min(failures - 2, 16))
