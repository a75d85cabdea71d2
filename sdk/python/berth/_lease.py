"""The lease of a task that must run exactly once, as its launcher knows it. Loaded for such tasks alone.

All moments are seconds on CLOCK_BOOTTIME, the same in every process of the machine. The platform gives no successor the task's
place before the lease and the grace period after it are over, counted from later than they are counted here.
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Optional


class Lease:
    """How long the algorithm may run, as far as the platform has said so."""

    def __init__(self) -> None:
        self.until: Optional[float] = None
        self._refused = False

    def take(self, news: Any) -> None:
        """Takes over what the courier was told: the moment until which the lease holds, or None when it was refused."""
        if news is None:
            self._refused = True
        elif isinstance(news, float) and (self.until is None or news > self.until):
            self.until = news

    def allows_start(self, now: float) -> bool:
        """Whether a run may begin now."""
        return not self._refused and self.until is not None and now < self.until

    def wants_end(self, now: float, running: bool) -> bool:
        """Whether the task must end: the platform has refused it, or what runs has outlived its lease."""
        return self._refused or (running and not self.allows_start(now))

    def kill_by(self, moment: float, grace: float) -> float:
        """That moment, but never later than the grace period after the lease: a machine that slept may have missed the lease's end."""
        return moment if self.until is None else min(moment, self.until + grace)
