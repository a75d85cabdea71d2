"""The launcher's watch over its algorithm: restarts, signals, the platform's stop notice, the deadline.

One thread and one loop: it waits until something happens or is due, takes in signals, news and deaths, and then decides.
All times here are seconds on CLOCK_BOOTTIME; moments of the platform are converted when they are learnt (`_clock`).

INVARIANTS:
- An end that has begun is never taken back; its exit code says who began it.
- Every end is bounded by the grace period and the flush, with the platform reachable or not.
- The next run starts only when nothing of the last one lives.
- Nothing of the algorithm runs before its time; then a word to a process that is ready is all that is left to do.
- No run starts before every secret that the task names has been there.
- A task that must run exactly once starts no run without a lease, and none outlives its lease by more than the grace period.
"""
from __future__ import annotations

import os
import select

from . import _exit_codes, _memory, _reports, _spool
from ._clock import PlatformClock, now as _now
from ._courier_process import CourierProcess
from ._processes import kill_all
from ._run import Run, backoff_seconds
from ._script import FORWARDED, HANDLED, fork
from ._secret_gate import SecretGate
from ._understudy import Understudy

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from typing import Any, Dict, List, Optional

    from ._launcher import Launch
    from ._lease import Lease
else:
    import _signal

# `docker stop` kills ten seconds after TERM: a stranger's stop must be over before.
_STRANGER_GRACE_SECONDS = 8.0
_NOTICE_WAIT_SECONDS = 1.5
_FLUSH_SECONDS = 2.0
# The platform kills the container a second after the grace period: an end that began with TERM is over before.
_AFTER_GRACE_SECONDS = 0.75
_SWEEP_SECONDS = 2.0
_KILL_AGAIN_SECONDS = 1.0
# Sleeps are counted on a clock that stands still while the machine sleeps, and the wall clock may be set: look again.
_LONGEST_SLEEP_SECONDS = 5.0
_LONGEST_SLEEP_TO_START_SECONDS = 1.0


class Supervisor:
    """Watches one task from its first run to its end."""

    def __init__(self, launch: Launch) -> None:
        task = launch.task
        self._launch = launch
        self._courier = CourierProcess(launch)
        self._lease: Optional[Lease] = None
        if task.get("exactlyOne"):
            from ._lease import Lease

            self._lease = Lease()
        self._secrets = SecretGate(task.get("secrets", []))
        self._runs = 0
        self._run: Optional[Run] = None
        self._understudy = Understudy()
        self._failures = 0
        self._memory = _memory.MemoryWatch()
        self._next_start: Optional[float] = None
        self._clock = PlatformClock(task["clockOffsetMs"])
        self._start_report = _reports.StartReport(self._clock)
        self._ends_at = task["endsAt"]
        self._deadline = self._moment(self._ends_at)
        self._notice: Optional[Dict[str, Any]] = None
        self._notice_kill: Optional[float] = None
        # The end, once it has begun: its exit code, when TERM was sent if it was, what is due when.
        self._code: Optional[int] = None
        self._term_at: Optional[float] = None
        self._kill_at = 0.0
        self._hold_until = 0.0
        self._flush_until: Optional[float] = None
        self._flushed = False
        self._wakeup, self._wakeup_in = os.pipe()

    def run(self) -> Optional[int]:
        """Watches until the task is over and returns the exit code; None in a forked child that is to become the algorithm."""
        self._listen()
        if self._launch.pid is not None:
            self._note_start(self._launch.pid, self._launch.started, self._launch.started)
        self._courier.start(_now(), self._own())
        if self._launch.pid is None:
            self._launch.word = self._understudy.prepare()
            if self._launch.word is not None:
                return None
        while True:
            self._sleep()
            self._take_signals()
            self._take_news()
            self._reap()
            self._restart_courier()
            self._decide()
            if self._launch.pid == 0:
                return None
            if self._flush_until is not None and (self._flushed or _now() >= self._flush_until):
                kill_all(None, None, self._reap, _SWEEP_SECONDS)
                return self._code

    def descriptors(self) -> List[int]:
        """What the launcher holds open and the algorithm must not."""
        return [*self._own(), *self._launch.listeners, *self._courier.descriptors()]

    def _own(self) -> List[int]:
        return [self._wakeup, self._wakeup_in, *self._understudy.descriptors()]

    # What has happened.

    def _listen(self) -> None:
        os.set_blocking(self._wakeup, False)
        os.set_blocking(self._wakeup_in, False)
        _signal.set_wakeup_fd(self._wakeup_in, warn_on_full_buffer=False)
        for number in HANDLED:
            _signal.signal(number, lambda *_: None)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, HANDLED)

    def _sleep(self) -> None:
        heard = [self._wakeup] if self._courier.news is None else [self._wakeup, self._courier.news]
        wake = self._next_wake()
        # Unlike `poll`, which counts whole milliseconds, this is in time to begin a run.
        select.select(heard, [], [], None if wake is None else max(0.0, wake - _now()))

    def _next_wake(self) -> Optional[float]:
        times = [self._courier.restart_at]
        if self._flush_until is not None:
            times.append(self._flush_until)
        elif self._code is not None:
            times.append(self._kill_at if self._run is not None else self._hold_until)
        else:
            times += [self._deadline, self._notice_kill, self._start_report.due]
            if self._run is None and self._may_start():
                times.append(self._start_time())
            elif self._run is not None and self._lease is not None:
                times.append(self._lease.until)
        due = [moment for moment in times if moment is not None]
        if not due:
            return None
        longest = _LONGEST_SLEEP_TO_START_SECONDS if self._runs == 0 or self._lease else _LONGEST_SLEEP_SECONDS
        return min(min(due), _now() + longest)

    def _take_signals(self) -> None:
        try:
            numbers = os.read(self._wakeup, 4096)
        except BlockingIOError:
            return
        for number in numbers:
            if number == _signal.SIGTERM:
                self._on_term()
            elif number in FORWARDED and self._run is not None:
                self._run.signal_group(number)

    def _on_term(self) -> None:
        if self._code is not None:
            return
        self._begin_end(_exit_codes.STRANGER if self._notice is None else _exit_codes.STOPPED)
        if self._notice is None:
            # The platform says so before it sends TERM, but by another way: its word may be a moment behind.
            self._hold_until = _now() + _NOTICE_WAIT_SECONDS
            self._courier.tell("ask")

    def _take_news(self) -> None:
        for news in self._courier.take_news():
            if "desired" in news:
                self._apply(news["desired"])
            elif "lease" in news and self._lease is not None:
                self._lease.take(news["lease"])
            elif "secrets" in news:
                self._secrets.take(news["secrets"]["missing"])
            elif "flushed" in news and self._flush_until is not None:
                self._flushed = True

    def _apply(self, desired: Dict[str, Any]) -> None:
        """Takes over what the platform wants. A notice is never withdrawn."""
        self._clock.learn(desired["clockOffsetMs"])
        self._ends_at = desired["endsAt"]
        self._deadline = self._moment(self._ends_at)
        if desired["stop"] is not None:
            self._notice = desired["stop"]
            self._notice_kill = self._moment(desired["stop"].get("killAt"))
            if self._code in (_exit_codes.STRANGER, _exit_codes.FENCED) and self._flush_until is None:
                self._code = _exit_codes.STOPPED
                self._kill_at = self._kill_time()
        self._write_state()

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self._run is not None and pid == self._run.pid:
                self._run.ended(status)
            elif pid == self._understudy.pid:
                self._understudy.dismiss()
            elif pid == self._courier.pid:
                self._courier.died(_now())

    def _restart_courier(self) -> None:
        if self._courier.restart_at is not None and _now() >= self._courier.restart_at:
            self._courier.start(_now(), self._own())
            if self._flush_until is not None:
                self._courier.tell("flush")

    # What follows from it.

    def _decide(self) -> None:
        self._start_report.press(_now())
        if self._run is not None and self._run.over:
            self._judge_end(self._run)
        if self._flush_until is not None:
            return
        now = _now()
        if self._code is None:
            self._decide_end(now)
        if self._code is not None:
            self._press_end(now)
        elif self._run is None and self._may_start() and now >= self._start_time():
            self._start_run()

    def _decide_end(self, now: float) -> None:
        if self._lease is not None and self._lease.wants_end(now, self._run is not None):
            self._begin_end(_exit_codes.FENCED if self._notice is None else _exit_codes.STOPPED)
        elif self._deadline is not None and now >= self._deadline:
            self._begin_end(_exit_codes.DEADLINE)
        elif self._notice is not None:
            overdue = self._notice_kill is not None and now >= self._notice_kill
            if self._run is None or overdue:
                self._begin_end(_exit_codes.STOPPED)

    def _begin_end(self, code: int) -> None:
        self._code = code
        self._term_at = self._hold_until = _now()
        self._kill_at = self._kill_time()
        if self._run is not None:
            self._run.signal(_signal.SIGTERM)

    def _kill_time(self) -> float:
        """When what was told to end is killed."""
        term_at = _now() if self._term_at is None else self._term_at
        usual = self._launch.task["graceMs"] / 1000
        grace = usual if self._notice is None else self._notice.get("graceMs", usual * 1000) / 1000
        kill_at = term_at + grace
        if self._code == _exit_codes.STRANGER:
            kill_at = term_at + min(grace, _STRANGER_GRACE_SECONDS)
        elif self._code == _exit_codes.STOPPED and self._notice_kill is not None and self._notice_kill > term_at:
            kill_at = min(kill_at, self._notice_kill)
        return kill_at if self._lease is None else self._lease.kill_by(kill_at, max(grace, usual))

    def _press_end(self, now: float) -> None:
        if self._run is None:
            if now >= self._hold_until or self._notice is not None:
                self._begin_flush()
        elif now >= self._kill_at:
            self._run.signal(_signal.SIGKILL)
            self._kill_at = now + _KILL_AGAIN_SECONDS

    def _begin_flush(self) -> None:
        self._understudy.dismiss()
        self._flush_until = _now() + _FLUSH_SECONDS
        if self._term_at is not None:
            self._flush_until = min(self._flush_until, self._kill_time() + _AFTER_GRACE_SECONDS)
        self._courier.tell("flush")

    # Runs.

    def _may_start(self) -> bool:
        return self._secrets.open and (self._lease is None or self._lease.allows_start(_now()))

    def _start_time(self) -> float:
        if self._next_start is not None:
            return self._next_start
        return self._clock.moment(self._launch.task["startsAt"])

    def _start_run(self) -> None:
        started = _now()
        if self._runs > 0:
            self._write_state()
        tell_at = started if self._understudy.pid is None else started + _reports.TELL_LATER_SECONDS
        try:
            pid = self._launch.pid = self._understudy.begin() or fork()
        except OSError as error:
            _reports.complain(f"the algorithm could not be started: {error.strerror}")
            self._note_failure(_exit_codes.CRASH_LOOP)
            return
        if pid != 0:
            self._note_start(pid, started, tell_at)

    def _note_start(self, pid: int, started: float, tell_at: float) -> None:
        self._runs += 1
        self._run = Run(self._runs, pid, started, self._clock.at_ms(started))
        self._start_report.of(self._run, tell_at)

    def _judge_end(self, run: Run) -> None:
        self._run = None
        _reports.record_run(run, self._clock.at_ms(_now()))
        if not kill_all(self._courier.pid, run.pid, self._reap, _SWEEP_SECONDS):
            _reports.complain("processes of the last run could not be killed")
        _spool.clean()
        if self._code is not None or self._notice is not None:
            return
        if run.exit_code == 0 and self._launch.task["kind"] == "run-to-completion":
            self._code = _exit_codes.COMPLETED
        else:
            self._count_failure(run)

    def _count_failure(self, run: Run) -> None:
        """A clean end of a continuous algorithm counts only when it came too soon to be one."""
        now = _now()
        stable = (now - run.started) * 1000 >= self._launch.task["stableAfterMs"]
        out_of_memory = self._memory.ran_out(run.number)
        if stable:
            self._failures = 0
        if stable and run.exit_code == 0:
            self._next_start = now
        else:
            self._note_failure(_exit_codes.OUT_OF_MEMORY if out_of_memory else _exit_codes.CRASH_LOOP)

    def _note_failure(self, code: int) -> None:
        """One failure more in a row: another start after a while, or the end with that code."""
        self._failures += 1
        if self._failures >= self._launch.task["runsPerTask"]:
            self._code = code
        else:
            self._next_start = _now() + backoff_seconds(self._failures)

    def _write_state(self) -> None:
        _reports.write_state(
            self._launch.directory,
            {
                "run": self._runs if self._run is not None else self._runs + 1,
                "stop": self._notice,
                "endsAt": self._ends_at,
                "clockOffsetMs": self._clock.offset_ms,
            },
        )

    def _moment(self, at_ms: Optional[float]) -> Optional[float]:
        """A moment of the platform's on the clock that never jumps."""
        return None if at_ms is None else self._clock.moment(at_ms)
