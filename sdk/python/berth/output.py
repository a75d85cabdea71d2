"""Results of an algorithm, handed to the platform.

Each call is durable on the container's disk when it returns; the courier delivers it, in order, also when the platform
cannot be reached for a while. SpoolFull is raised when too much waits already.
"""
from __future__ import annotations

import os

from . import _spool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO, Dict, Iterator, Optional, Union

__all__ = ["file", "json", "write"]

_CHUNK_BYTES = 256 * 1024
_NAME_LENGTH = 200


def write(text: str, name: Optional[str] = None) -> None:
    """Hands over a text, with a name if it should have one."""
    if not isinstance(text, str):
        raise TypeError(f"berth.output.write takes a text, not {type(text).__name__}; berth.output.json takes other values")
    body = text.encode("utf-8")
    _spool.put(_record("text", name, "text/plain; charset=utf-8"), (body,), len(body))


def json(value: Any, name: Optional[str] = None) -> None:
    """Hands over a value as JSON; NaN and infinities are refused with ValueError, because JSON has none."""
    from json import dumps

    body = dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    _spool.put(_record("json", name, "application/json"), (body,), len(body))


def file(path: Union[str, os.PathLike[str]], name: Optional[str] = None, content_type: Optional[str] = None) -> None:
    """Hands over a file's present content, under its own name unless another is given.

    The content type is guessed from the name when it is not given.
    """
    shown = os.path.basename(os.fspath(path)) if name is None else name
    with open(path, "rb") as source:
        size = os.fstat(source.fileno()).st_size
        _spool.put(_record("file", shown, content_type or _guess_type(shown)), _chunks(source, size), size)


def _chunks(source: BinaryIO, size: int) -> Iterator[bytes]:
    """The first `size` bytes: what a growing file gains meanwhile had no room reserved."""
    while size > 0:
        chunk = source.read(min(size, _CHUNK_BYTES))
        if not chunk:
            return
        size -= len(chunk)
        yield chunk


def _guess_type(name: str) -> str:
    from mimetypes import guess_type

    return guess_type(name)[0] or "application/octet-stream"


def _record(kind: str, name: Optional[str], content_type: str) -> Dict[str, Any]:
    if not content_type.isprintable() or len(content_type) > _NAME_LENGTH:
        raise ValueError(f"a content type has at most {_NAME_LENGTH} printable characters: {content_type[:250]!r}")
    return {"kind": kind, "name": _checked(name), "contentType": content_type, "at": _spool.platform_ms()}


def _checked(name: Optional[str]) -> str:
    if name is None:
        return ""
    units = len(name.encode("utf-16-le", "surrogatepass")) // 2  # The platform counts as JavaScript does.
    if not 0 < units <= _NAME_LENGTH or not name.isprintable() or "/" in name or "\\" in name:
        raise ValueError(f"an output's name has 1 to {_NAME_LENGTH} printable characters and no slash: {name[:250]!r}")
    return name
