"""The spool: records on the scratch volume that wait until the platform has them.

A record is one file, `<20-digit nanoseconds>-<pid>-<n>.rec`: a line of JSON (the platform's `Berth-Record` header) and
then the bytes. It is written under another name, made durable, and renamed, so that a file ending in `.rec` is whole.
The courier ships records in the order of their names and deletes each when the platform has acknowledged it.
"""
from __future__ import annotations

import errno
import json
import os
import time

from . import _task
from ._errors import SpoolFull

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterable

RECORD_SUFFIX = ".rec"
PART_SUFFIX = ".part"
REFUSED_NAME = "refused"

# What a record costs at least: this bounds the number of small records as well as their bytes.
_SMALLEST_CHARGE = 4096
_USAGE_KEPT_SECONDS = 1.0
# The platform takes no larger one.
_LARGEST_BYTES = 1 << 30

_count = 0
_last_ns = 0
_used = 0
_used_known_at = 0.0


def path() -> str:
    """The spool's directory."""
    return os.path.join(_task.directory(), _task.SPOOL_NAME)


def platform_ms() -> int:
    """The platform's time in milliseconds since the epoch, as this node knows it."""
    return round(time.time() * 1000 - _task.state()["clockOffsetMs"])


def put(record: Dict[str, Any], body: Iterable[bytes], size: int) -> str:
    """Spools a record of at most `size` body bytes, in chunks. Returns its id. Raises SpoolFull."""
    reserve(size)
    return store(record, body)


def reserve(size: int) -> None:
    """Raises SpoolFull when a record of that many bytes has no room. Other processes' records are seen within a second."""
    global _used
    limit = _task.spool_bytes()
    charge = max(size, _SMALLEST_CHARGE)
    if size > _LARGEST_BYTES:
        raise SpoolFull(f"An output of {size} bytes is larger than the platform takes, which is {_LARGEST_BYTES}; give it in parts.")
    # One that is larger than the whole spool is taken while the others are within the bound: only one such waits at a time.
    beside = 0 if charge > limit else charge
    if time.monotonic() - _used_known_at > _USAGE_KEPT_SECONDS or _used + beside > limit:
        _measure()
    if _used + beside > limit:
        raise SpoolFull(
            f"{_used} bytes of output wait for the platform and the spool holds {limit}, so {size} bytes more were not "
            "taken. The platform has not been reachable for a while, or output is produced faster than it is fetched; "
            "try again later."
        )
    _used += charge


def store(record: Dict[str, Any], body: Iterable[bytes]) -> str:
    """Spools a record whether or not the spool has room for it. Returns its id."""
    name = _next_name()
    part = os.path.join(path(), name + PART_SUFFIX)
    try:
        with open(part, "wb") as file:
            file.write(json.dumps(record).encode("ascii") + b"\n")
            for chunk in body:
                file.write(chunk)
            file.flush()
            os.fdatasync(file.fileno())
        os.rename(part, os.path.join(path(), name + RECORD_SUFFIX))
    except BaseException as error:
        _forget(part)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SpoolFull(f"The output could not be written to the container's scratch volume: {error.strerror}.") from error
        raise
    _wake_courier()
    return name


def clean() -> None:
    """Deletes what processes that no longer live left half-written."""
    try:
        names = os.listdir(path())
    except FileNotFoundError:  # The algorithm may do with its scratch volume as it likes.
        return
    for name in names:
        if name.endswith(PART_SUFFIX):
            _forget(os.path.join(path(), name))


def _next_name() -> str:
    """Names sort by time; within a process they never go back, even when its clock does."""
    global _count, _last_ns
    _count += 1
    _last_ns = max(_last_ns + 1, time.time_ns())
    return f"{_last_ns:020d}-{os.getpid()}-{_count}"


def _measure() -> None:
    global _used, _used_known_at
    total = 0
    with os.scandir(path()) as entries:
        for entry in entries:
            try:
                if entry.is_file(follow_symlinks=False):
                    total += max(entry.stat(follow_symlinks=False).st_size, _SMALLEST_CHARGE)
            except FileNotFoundError:  # Shipped between listing and looking.
                continue
    _used, _used_known_at = total, time.monotonic()


def _forget(file: str) -> None:
    try:
        os.unlink(file)
    except FileNotFoundError:
        pass


def _wake_courier() -> None:
    """Tells the courier that there is something; when it does not listen it finds the record by itself."""
    try:
        pipe = os.open(os.path.join(_task.directory(), _task.WAKE_NAME), os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return
    try:
        os.write(pipe, b"\n")
    except OSError:
        pass
    finally:
        os.close(pipe)
