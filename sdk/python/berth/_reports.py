"""What the launcher writes: records of runs for the platform, and the state for the algorithm."""
from __future__ import annotations

import json
import os
import sys

from . import _spool, _task
from ._clock import now

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional

    from ._clock import PlatformClock
    from ._run import Run
    from ._task import State

# Many may begin at the same instant on one machine: while they do, nobody's processor is taken for telling of it.
TELL_LATER_SECONDS = 0.1


class StartReport:
    """That a run began, told when that is due; of one that is over by then, the record of its end says as much."""

    def __init__(self, clock: PlatformClock) -> None:
        self._clock = clock
        self._run: Optional[Run] = None
        self.due: Optional[float] = None

    def of(self, run: Run, due: float) -> None:
        """Takes on a run that has just begun."""
        self._run, self.due = run, due
        self.press(now())

    def press(self, moment: float) -> None:
        """Tells it, if it is due and there is anything left to tell."""
        run, due = self._run, self.due
        if run is None or due is None or (not run.over and moment < due):
            return
        self._run = self.due = None
        if not run.over:
            record_run(run, self._clock.at_ms(moment))


def record_run(run: Run, now_ms: int) -> None:
    """Spools a record of a run's start, or of its end when it is over; the time is the platform's."""
    record = {
        "kind": "run",
        "name": "",
        "contentType": "application/json",
        "at": now_ms,
        "number": run.number,
        "startedAt": run.started_ms,
        "endedAt": now_ms if run.over else None,
        "exitCode": run.exit_code,
        "signal": run.signal_name,
    }
    try:
        _spool.store(record, ())
    except (OSError, RuntimeError) as error:
        complain(f"a record of run {run.number} is lost: {error}")


def write_state(directory: str, state: State) -> None:
    """Puts the state where the SDK looks, by renaming."""
    path = os.path.join(directory, _task.STATE_NAME)
    part = path + _spool.PART_SUFFIX
    try:
        with open(part, "w", encoding="utf-8") as file:
            json.dump(state, file)
        os.rename(part, path)
    except OSError as error:
        complain(f"the algorithm could not be told the platform's news: {error}")


def complain(text: str) -> None:
    """Writes a line on standard error, where the platform keeps it with the algorithm's own."""
    sys.stderr.write(f"berth: {text}\n")
