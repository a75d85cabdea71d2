"""Structured log lines: one line of JSON each on standard error, which the platform keeps with everything else printed."""
from __future__ import annotations

import json
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["debug", "error", "info", "warning"]


def debug(message: str, /, **fields: Any) -> None:
    """Writes a line that only helps to find a fault."""
    _write("debug", message, fields)


def info(message: str, /, **fields: Any) -> None:
    """Writes a line about the ordinary course of things."""
    _write("info", message, fields)


def warning(message: str, /, **fields: Any) -> None:
    """Writes a line about something that someone should look at."""
    _write("warning", message, fields)


def error(message: str, /, **fields: Any) -> None:
    """Writes a line about something that failed."""
    _write("error", message, fields)


def _write(level: str, message: str, fields: dict[str, Any]) -> None:
    line = {"at": _timestamp(time.time()), "level": level, "message": str(message)}
    for name, value in fields.items():
        line[f"{name}_" if name in ("at", "level", "message") else name] = value
    # One call for the whole line, so that lines of several threads and processes do not mix.
    sys.stderr.write(json.dumps(line, default=str) + "\n")


def _timestamp(seconds: float) -> str:
    """ISO 8601 in UTC with milliseconds."""
    whole, millis = divmod(int(seconds * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{millis:03d}Z"
