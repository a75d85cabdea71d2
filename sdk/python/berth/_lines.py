"""An answer of the platform that does not end: pieces of it as they come (RFC 9112, chunked)."""
from __future__ import annotations

import socket
import time

from ._http import Answer, Connection, ProtocolError, number, parse_head, request_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List

_RECEIVE_BYTES = 256 * 1024
_LONGEST_CHUNK_HEAD = 1024
# The platform sends an empty line every ten seconds.
_SILENCE_SECONDS = 30.0
_OPEN_SECONDS = 30.0


class Lines(Connection):
    """One such answer; asked for once."""

    def __init__(self, path: str, token: str) -> None:
        super().__init__(path, token)
        self._headers: Dict[str, str] = {}
        self._heard_at = 0.0
        self._left = 0
        self._skip = 0
        self._head = b""
        self._ended = False

    def open(self, target: str) -> int:
        """Asks for it and gives the status; its body is for `read` when that is 200, and for `refusal` when it is not. Raises OSError."""
        connection = self._connect(_OPEN_SECONDS)
        connection.sendall(request_head("GET", target, {"Host": "berth", "Authorization": f"Bearer {self._token}"}))
        connection.settimeout(1.0)
        self._answer_by = time.monotonic() + _OPEN_SECONDS
        status, self._headers = parse_head(self._read_until(connection, b"\r\n\r\n"))
        self._heard_at = time.monotonic()
        return status

    def refusal(self, status: int) -> Answer:
        """The whole answer when its status is not 200."""
        length = number(self._headers.get("content-length", "0"), 10)
        body = b"" if self._socket is None else self._read_exactly(self._socket, length)
        return Answer(status, self._headers, body)

    def read(self, seconds: float) -> bytes:
        """What has come, or what comes within the seconds; may be nothing. Raises OSError when the answer has ended or broken off."""
        if self._rest:
            data, self._rest = self._rest, b""
        else:
            data = self._more(seconds)
        if self._ended:
            raise ProtocolError("the answer has ended")
        return self._decode(data)

    def _more(self, seconds: float) -> bytes:
        if self._socket is None:
            raise ProtocolError("the connection is closed")
        self._socket.settimeout(seconds)
        try:
            data = self._socket.recv(_RECEIVE_BYTES)
        except socket.timeout:
            if time.monotonic() - self._heard_at > _SILENCE_SECONDS:
                raise ProtocolError("nothing has come for a while") from None
            if self._look() not in (self._place, None):
                raise ProtocolError("the socket's path leads elsewhere now") from None
            return b""
        if not data:
            raise ProtocolError("the connection was closed before the answer had ended")
        self._heard_at = time.monotonic()
        return data

    def _decode(self, data: bytes) -> bytes:
        """The bodies of the chunks in `data`, which may begin and end anywhere."""
        pieces: List[bytes] = []
        at = 0
        while at < len(data) and not self._ended:
            if self._left > 0:
                piece = data[at : at + self._left]
                pieces.append(piece)
                at += len(piece)
                self._left -= len(piece)
                self._skip = 0 if self._left else 2
            elif self._skip > 0:
                step = min(self._skip, len(data) - at)
                at += step
                self._skip -= step
            else:
                at = self._decode_head(data, at)
        return b"".join(pieces)

    def _decode_head(self, data: bytes, at: int) -> int:
        end = data.find(b"\n", at)
        self._head += data[at:] if end < 0 else data[at:end]
        if len(self._head) > _LONGEST_CHUNK_HEAD:
            raise ProtocolError("a chunk's head is too large")
        if end < 0:
            return len(data)
        self._left = number(self._head.decode("latin-1").partition(";")[0].strip(), 16)
        self._head = b""
        self._ended = self._left == 0
        return end + 1
