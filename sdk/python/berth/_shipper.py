"""Shipping the spool: every record in order, again and again until the platform has answered for it.

A record that the platform refuses for good (4xx) is moved to `spool/refused`, with a line on standard error: the next
ones must not wait behind it. 408 and 429 are requests to come again, not refusals.
"""
from __future__ import annotations

import os
import select
import sys

from ._spool import RECORD_SUFFIX, REFUSED_NAME
from ._task import SPOOL_NAME, WAKE_NAME

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List

    from ._http import Connection

_ANSWER_SECONDS = 60.0
_FIRST_RETRY_SECONDS = 0.05
# The socket may come back at any moment; a platform that answers with errors is given more time.
_LONGEST_SILENT_RETRY_SECONDS = 1.0
_LONGEST_ERROR_RETRY_SECONDS = 5.0
_LOOK_SECONDS = 2.0
_LOOK_WITHOUT_WAKE_SECONDS = 0.2
_REFUSED_KEPT = 100
_READ_BYTES = 65536
_HEADER_BYTES = 12 * 1024
_COME_AGAIN = (408, 425, 429)


class Refused(Exception):
    """The platform will never take the record."""


class Failed(Exception):
    """The platform answered, but did not take the record this time."""


class Shipper:
    """Ships one spool."""

    def __init__(self, connection: Connection, directory: str, tell: Callable[[Dict[str, Any]], None]) -> None:
        self._connection = connection
        self._spool = os.path.join(directory, SPOOL_NAME)
        self._tell = tell
        self._flushing = False
        self._wake_path = os.path.join(directory, WAKE_NAME)
        self._flush_out, self._flush_in = os.pipe()
        os.set_blocking(self._flush_out, False)
        self._wake = self._open_wake()

    def flush(self) -> None:
        """Asks for word when the spool is empty or cannot be shipped now. Called by another thread."""
        self._flushing = True
        os.write(self._flush_in, b"\n")

    def ship_for_ever(self) -> None:
        """Ships what is there, then waits for more."""
        pause = _FIRST_RETRY_SECONDS
        while True:
            # Noted before the look into the spool: what was stored before the flush was asked for is then seen.
            flushing = self._flushing
            try:
                self._ship_all()
            except OSError:
                self._tell_flushed(flushing)
                self._pause(pause)
                pause = min(pause * 2, _LONGEST_SILENT_RETRY_SECONDS)
            except Failed:
                self._pause(pause)
                pause = min(pause * 2, _LONGEST_ERROR_RETRY_SECONDS)
            else:
                pause = _FIRST_RETRY_SECONDS
                self._tell_flushed(flushing)
                self._await_more()

    def _ship_all(self) -> None:
        names = self._waiting()
        while names:
            for name in names:
                self._ship_or_put_aside(name)
            names = self._waiting()

    def _waiting(self) -> List[str]:
        return sorted(name for name in os.listdir(self._spool) if name.endswith(RECORD_SUFFIX))

    def _ship_or_put_aside(self, name: str) -> None:
        path = os.path.join(self._spool, name)
        try:
            self._ship(path, name[: -len(RECORD_SUFFIX)])
        except Refused as refusal:
            self._put_aside(name, str(refusal))
        else:
            os.unlink(path)

    def _ship(self, path: str, record: str) -> None:
        with open(path, "rb") as file:
            header = file.readline(_HEADER_BYTES)
            text = header.decode("ascii", "replace").strip()
            if not header.endswith(b"\n") or not header.isascii() or not text.isprintable():
                raise Refused("it is not a whole record")
            size = os.fstat(file.fileno()).st_size - len(header)
            headers = {"Berth-Record": text, "Content-Type": "application/octet-stream"}
            answer = self._connection.request("PUT", f"/sdk/v1/records/{record}", headers, (file, size), _ANSWER_SECONDS)
        if answer.status == 200:
            return
        if 400 <= answer.status < 500 and answer.status not in _COME_AGAIN:
            raise Refused(f"{answer.status} {answer.body[:300].decode('utf-8', 'replace')}")
        raise Failed(answer.status)

    def _put_aside(self, name: str, why: str) -> None:
        aside = os.path.join(self._spool, REFUSED_NAME)
        os.makedirs(aside, exist_ok=True)
        os.rename(os.path.join(self._spool, name), os.path.join(aside, name))
        for oldest in sorted(os.listdir(aside))[:-_REFUSED_KEPT]:
            os.unlink(os.path.join(aside, oldest))
        said = " ".join(why.split())
        sys.stderr.write(f"berth: the platform refused output {name[: -len(RECORD_SUFFIX)]} for good; it is kept in {aside}: {said}\n")

    def _await_more(self) -> None:
        if self._wake >= 0:
            self._pause(_LOOK_SECONDS, self._wake)
        else:
            self._pause(_LOOK_WITHOUT_WAKE_SECONDS)

    def _pause(self, seconds: float, *wakers: int) -> None:
        """Waits, unless a flush is asked for or one of the wakers has something."""
        poll = select.poll()
        for descriptor in (self._flush_out, *wakers):
            poll.register(descriptor, select.POLLIN)
        for descriptor, _ in poll.poll(seconds * 1000):
            os.read(descriptor, _READ_BYTES)

    def _tell_flushed(self, flushing: bool) -> None:
        if flushing:
            self._flushing = False
            self._tell({"flushed": True})

    def _open_wake(self) -> int:
        """For reading and writing, so that there is no end of file while nobody writes."""
        try:
            return os.open(self._wake_path, os.O_RDWR | os.O_NONBLOCK)
        except OSError:
            return -1
