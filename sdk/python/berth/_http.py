"""As much HTTP/1.1 as the SDK needs, over the platform's Unix socket.

Written here because `http.client` brings the whole e-mail package: 50 ms and several megabytes in every container.
Source of the protocol: RFC 9112. Every request may be repeated safely, and is, once, when a connection
that was kept alive turns out to be closed. While an answer is awaited, the socket's path is looked at: when it leads elsewhere
(the platform came back by a new way while the old one hangs), the request goes there.
"""
from __future__ import annotations

import os
import socket
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO, Dict, List, Optional, Tuple

_HEAD_BYTES = 64 * 1024
_BODY_BYTES = 1024 * 1024
_READ_BYTES = 64 * 1024
_LOOK_SECONDS = 1.0


class ProtocolError(ConnectionError):
    """The other side did not speak HTTP as expected."""


class Answer:
    """An answer with its whole body."""

    def __init__(self, status: int, headers: Dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


def request_head(method: str, target: str, headers: Dict[str, str]) -> bytes:
    """The bytes that begin a request."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def parse_head(head: bytes) -> Tuple[int, Dict[str, str]]:
    """Status and headers (names in small letters) of an answer's head."""
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise ProtocolError(f"not an HTTP answer: {first[:80]!r}")
    pairs = (line.partition(":") for line in lines if line)
    return int(words[1]), {name.strip().lower(): value.strip() for name, _, value in pairs}


class Connection:
    """A connection to the platform that is opened when needed and kept alive between requests."""

    def __init__(self, path: str, token: str, most_bytes: int = _BODY_BYTES) -> None:
        self._path = path
        self._token = token
        self._most_bytes = most_bytes
        self._socket: Optional[socket.socket] = None
        self._rest = b""
        self._place: Optional[Tuple[int, int]] = None
        self._answer_by = 0.0

    def request(
        self,
        method: str,
        target: str,
        headers: Dict[str, str],
        body: Optional[Tuple[BinaryIO, int]],
        seconds: float,
    ) -> Answer:
        """Sends a request (body: an open file at its start, and how many bytes of it) and reads the answer.

        Raises OSError when there is no connection, or no whole answer within the seconds.
        """
        fresh = self._socket is None
        start = body[0].tell() if body else 0
        try:
            return self._exchange(method, target, headers, body, seconds)
        except ConnectionError:
            self.close()
            if fresh:
                raise
            if body:
                body[0].seek(start)
            return self._exchange(method, target, headers, body, seconds)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes the connection; the next request opens another."""
        if self._socket is not None:
            self._socket.close()
        self._socket, self._rest = None, b""

    def _exchange(
        self,
        method: str,
        target: str,
        headers: Dict[str, str],
        body: Optional[Tuple[BinaryIO, int]],
        seconds: float,
    ) -> Answer:
        connection = self._connect(seconds)
        length = {"Content-Length": str(body[1])} if body else {}
        head = request_head(method, target, {"Host": "berth", "Authorization": f"Bearer {self._token}", **length, **headers})
        try:
            connection.sendall(head)
            if body and body[1] > 0:
                connection.sendfile(body[0], body[0].tell(), body[1])
        except (BrokenPipeError, ConnectionResetError):
            # An answer that refuses a body may come before the body was taken.
            self._answer_by = time.monotonic() + seconds
            refusal = self._read_answer(connection)
            self.close()
            return refusal
        connection.settimeout(_LOOK_SECONDS)
        self._answer_by = time.monotonic() + seconds
        answer = self._read_answer(connection)
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    def _connect(self, seconds: float) -> socket.socket:
        if self._socket is None:
            opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            opened.settimeout(seconds)
            self._place = self._look()
            try:
                opened.connect(self._path)
            except BaseException:
                opened.close()
                raise
            self._socket = opened
        self._socket.settimeout(seconds)
        return self._socket

    def _read_answer(self, connection: socket.socket) -> Answer:
        status, headers = parse_head(self._read_until(connection, b"\r\n\r\n"))
        while 100 <= status < 200:
            status, headers = parse_head(self._read_until(connection, b"\r\n\r\n"))
        if status in (204, 304):
            return Answer(status, headers, b"")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return Answer(status, headers, self._read_chunks(connection))
        if "content-length" not in headers:
            headers["connection"] = "close"
            return Answer(status, headers, b"")
        return Answer(status, headers, self._read_exactly(connection, number(headers["content-length"], 10)))

    def _read_chunks(self, connection: socket.socket) -> bytes:
        pieces: List[bytes] = []
        total = 0
        while True:
            size = number(self._read_until(connection, b"\r\n").decode("latin-1").partition(";")[0].strip(), 16)
            if size == 0:
                while self._read_until(connection, b"\r\n"):
                    pass
                return b"".join(pieces)
            pieces.append(self._read_exactly(connection, size))
            self._read_exactly(connection, 2)
            total += size
            if total > self._most_bytes:
                raise ProtocolError("the answer is too large")

    def _read_until(self, connection: socket.socket, mark: bytes) -> bytes:
        while mark not in self._rest:
            if len(self._rest) > _HEAD_BYTES:
                raise ProtocolError("the answer's head is too large")
            self._receive(connection)
        found, _, self._rest = self._rest.partition(mark)
        return found

    def _read_exactly(self, connection: socket.socket, size: int) -> bytes:
        if size > self._most_bytes:
            raise ProtocolError("the answer is too large")
        if len(self._rest) < size:
            self._read_much(connection, size)
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _read_much(self, connection: socket.socket, size: int) -> None:
        pieces = [self._rest]
        missing = size - len(self._rest)
        while missing > 0:
            self._rest = b""
            self._receive(connection)
            pieces.append(self._rest)
            missing -= len(self._rest)
        self._rest = b"".join(pieces)

    def _receive(self, connection: socket.socket) -> None:
        while True:
            try:
                received = connection.recv(_READ_BYTES)
                break
            except socket.timeout:
                if time.monotonic() >= self._answer_by:
                    raise
                if self._look() not in (self._place, None):
                    raise ProtocolError("the socket's path leads elsewhere now") from None
        if not received:
            raise ProtocolError("the connection was closed before the answer was whole")
        self._rest += received

    def _look(self) -> Optional[Tuple[int, int]]:
        """Which socket the path leads to."""
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return (found.st_dev, found.st_ino)


def number(text: str, base: int) -> int:
    """A length as it stands in an answer. Raises ProtocolError."""
    try:
        return int(text, base)
    except ValueError:
        raise ProtocolError(f"not a length: {text[:20]!r}") from None


def quoted(text: str) -> str:
    """A text as a part of a path or a query."""
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in text.encode())
