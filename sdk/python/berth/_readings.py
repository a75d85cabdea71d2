"""Readings of sensors: one, and a stream of them that outlives broken connections and restarts of the platform.

INVARIANT: between the moment at which a stream was asked for and its end, no reading is lost or comes twice, unless a rate
was given: each request goes on after the last reading that was whole.
"""
from __future__ import annotations

import os
import time

from . import _platform, _task, job
from ._http import ProtocolError
from ._lines import Lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any, Callable, Dict, Iterator, List

_LOOK_SECONDS = 0.25


class Reading:
    """What a sensor measured at one moment."""

    __slots__ = ("sensor", "index", "sequence", "at_ms", "values", "_name")

    def __init__(self, document: Dict[str, Any], name: str) -> None:
        self.sensor: str = document["sensor"]
        """Id of the sensor."""
        self.index: int = document["index"]
        """Which of the sensors of its name it is, from 0."""
        self.sequence: int = document["sequence"]
        """Grows with every reading of the platform."""
        self.at_ms: int = document["at"]
        """When, in milliseconds since the epoch."""
        self.values: Dict[str, Any] = document["values"]
        """What was measured, by field."""
        self._name = name

    @property
    def value(self) -> Any:
        """The value itself where the sensor measures one thing; otherwise the same as `values`."""
        return self.values.get(self._name) if self._name else self.values

    @property
    def at(self) -> datetime:
        """When, in UTC."""
        from datetime import datetime, timedelta, timezone

        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=self.at_ms)

    def __repr__(self) -> str:
        return f"<Reading {self.sequence} of {self.sensor}: {self.value!r}>"


def follow(target: Callable[[int], str], after: int, refused: Callable[[Any], Exception]) -> Iterator[List[Dict[str, Any]]]:
    """Batches of readings after a sequence, as documents, until the job is to end. `target` gives the path to ask for."""
    patience = _platform.Patience()
    while not job.wait(0):
        lines = Lines(_task.task()["socket"], _task.task()["token"])
        try:
            status = lines.open(target(after))
            if status == 200:
                patience = _platform.Patience()
                for batch in _batches(lines):
                    after = batch[-1]["sequence"]
                    yield batch
                return
            if not _platform.comes_again(status):
                raise refused(lines.refusal(status))
        except OSError:
            pass  # Broken off: it goes on after the last whole line, on a new connection.
        finally:
            lines.close()
        if job.wait(0):
            return
        patience.pause()


def _batches(lines: Lines) -> Iterator[List[Dict[str, Any]]]:
    """What comes on one connection; ends when the job is to end. Raises OSError when the connection does."""
    from json import loads

    pid, looked, rest = os.getpid(), time.monotonic(), b""
    while True:
        block = lines.read(_LOOK_SECONDS)
        if os.getpid() != pid:
            raise ProtocolError("a forked child must not share its parent's connection")
        whole, newline, last = (rest + block).rpartition(b"\n")
        rest = last if newline else rest + block
        found = [line for line in whole.split(b"\n") if line]
        if found:
            try:
                batch = loads(b"[" + b",".join(found) + b"]")
            except ValueError:
                raise ProtocolError("a line is not JSON") from None
            yield batch
        now = time.monotonic()
        if now - looked >= _LOOK_SECONDS:
            looked = now
            if job.wait(0):
                return
