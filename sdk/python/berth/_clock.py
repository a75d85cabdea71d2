"""Moments of the platform on CLOCK_BOOTTIME, which goes on while a machine sleeps and never jumps.

INVARIANT: a wall clock that is set moves no moment, until the platform says how far it is now from its own: an offset
belongs to the wall clock as it was when the platform measured it.
"""
from __future__ import annotations

import time

# Less than this is no setting of a clock.
_STEP_SECONDS = 0.25


class PlatformClock:
    """The platform's time, as this machine's offset from it was last learnt."""

    def __init__(self, offset_ms: float) -> None:
        self.offset_ms = offset_ms
        self._wall = _wall_origin()
        self._origin = self._wall - offset_ms / 1000

    def learn(self, offset_ms: float) -> None:
        """Takes over an offset; one that was measured before this machine's wall clock was set says nothing."""
        wall = _wall_origin()
        step, change = wall - self._wall, (offset_ms - self.offset_ms) / 1000
        self.offset_ms = offset_ms
        if abs(step) > _STEP_SECONDS and abs(change) < abs(step) / 2:
            return
        self._wall, self._origin = wall, wall - offset_ms / 1000

    def moment(self, at_ms: float) -> float:
        """When it is that time on the platform, in seconds on CLOCK_BOOTTIME."""
        return at_ms / 1000 - self._origin

    def at_ms(self, moment: float) -> int:
        """The platform's time at such a moment, in milliseconds since the epoch."""
        return round((moment + self._origin) * 1000)


def now() -> float:
    """Seconds on CLOCK_BOOTTIME, the same in every process of the machine."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def _wall_origin() -> float:
    """What the wall clock showed when CLOCK_BOOTTIME was nought."""
    return time.time() - now()
