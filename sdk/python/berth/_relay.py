"""The relay: how a container without a network reaches the hosts that its package declares.

Inside the container each declared host stands for a loopback address, where the launcher has made a listening socket.
Every connection there becomes a `CONNECT host:port` on the platform's socket (RFC 9110, section 9.3.6); the platform
checks and dials. Bytes then go both ways, each direction ends by itself (half-close), and no more is read than the
other side takes.
"""
from __future__ import annotations

import selectors
import socket
import struct
import sys
import time

from ._http import ProtocolError, parse_head, request_head

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, Optional, Set

    from ._launcher import Launch

_MOST_CONNECTIONS = 256
_BUFFER_BYTES = 64 * 1024
_HANDSHAKE_SECONDS = 30.0
_LOOK_SECONDS = 1.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Relay:
    """Relays all connections of the container, in one thread."""

    def __init__(self, launch: Launch, path: str, token: str) -> None:
        self.selector = selectors.DefaultSelector()
        self.path = path
        self.token = token
        self._listeners: Dict[socket.socket, str] = {}
        self._links: Set[Link] = set()
        self._accepting = False
        self._told: Set[str] = set()
        targets = [f"{need['host']}:{port}" for need in launch.task["network"] for port in need["ports"]]
        for descriptor, target in zip(launch.listeners, targets):
            listener = socket.socket(fileno=descriptor)
            listener.setblocking(False)
            self._listeners[listener] = target

    def relay_for_ever(self) -> None:
        """Accepts and relays."""
        while True:
            self._accept_if_room()
            for key, events in self.selector.select(_LOOK_SECONDS if self._links else None):
                if key.data is None:
                    self._accept(key.fileobj)  # type: ignore[arg-type]
                elif not key.data.link.closed:
                    key.data.link.turn(key.data, events)
            self._end_late_handshakes()

    def forget(self, link: Link) -> None:
        """Takes note that a connection is over."""
        self._links.discard(link)

    def complain(self, target: str, why: str) -> None:
        """Says once why a host cannot be reached."""
        said = f"berth: no connection to {target}: {' '.join(why.split())[:300]}"
        if said not in self._told and len(self._told) < _MOST_CONNECTIONS:
            self._told.add(said)
            sys.stderr.write(said + "\n")

    def _accept_if_room(self) -> None:
        room = len(self._links) < _MOST_CONNECTIONS
        if room == self._accepting:
            return
        for listener in self._listeners:
            if room:
                self.selector.register(listener, selectors.EVENT_READ)
            else:
                self.selector.unregister(listener)
        self._accepting = room

    def _accept(self, listener: socket.socket) -> None:
        if len(self._links) >= _MOST_CONNECTIONS:
            return
        try:
            client, _ = listener.accept()
        except OSError:  # It went away again, or descriptors have run out.
            return
        client.setblocking(False)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link = Link(self, client, self._listeners[listener])
        self._links.add(link)
        link.open()

    def _end_late_handshakes(self) -> None:
        now = time.monotonic()
        for link in [link for link in self._links if link.connecting and now > link.answer_by]:
            link.refuse("the platform did not answer")


class End:
    """One of the two sockets of a connection: what was read from the other and waits to be written here."""

    def __init__(self, link: Link, connection: socket.socket) -> None:
        self.link = link
        self.connection = connection
        self.waiting = bytearray()
        self.read_over = False
        self.write_over = False
        self.events = 0

    def other(self) -> End:
        """The other side."""
        return self.link.upstream if self is self.link.client else self.link.client


class Link:
    """One relayed connection. Until the platform has answered, the client's bytes are not read."""

    def __init__(self, relay: Relay, client: socket.socket, target: str) -> None:
        self._relay = relay
        self._target = target
        self._head: Optional[bytearray] = bytearray()
        self.closed = False
        self.answer_by = time.monotonic() + _HANDSHAKE_SECONDS
        self.client = End(self, client)
        self.upstream = End(self, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))

    @property
    def connecting(self) -> bool:
        """Whether the platform's answer is still to come."""
        return self._head is not None

    def open(self) -> None:
        """Asks the platform for the connection."""
        head = request_head("CONNECT", self._target, {"Host": self._target, "Authorization": f"Bearer {self._relay.token}"})
        self.upstream.connection.setblocking(False)
        try:
            self.upstream.connection.connect(self._relay.path)
        except OSError as error:  # A Unix socket connects at once or not at all.
            self.refuse(f"the platform cannot be reached: {error.strerror}")
            return
        self.upstream.waiting += head
        self._watch()

    def turn(self, end: End, events: int) -> None:
        """Does what a socket is ready for."""
        try:
            if events & selectors.EVENT_WRITE:
                self._write(end)
            if events & selectors.EVENT_READ:
                self._read(end)
        except (BlockingIOError, InterruptedError):
            pass
        except ProtocolError as error:
            self.refuse(str(error))
            return
        except OSError:
            self.close()
            return
        if not self.closed:
            self._watch()

    def refuse(self, why: str) -> None:
        """Ends the connection so that the algorithm sees a reset, not an end of data."""
        self._relay.complain(self._target, why)
        self.client.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.close()

    def close(self) -> None:
        """Closes both sockets."""
        if self.closed:
            return
        self.closed = True
        for end in (self.client, self.upstream):
            if end.events:
                self._relay.selector.unregister(end.connection)
            end.connection.close()
        self._relay.forget(self)

    def _read(self, end: End) -> None:
        received = end.connection.recv(_BUFFER_BYTES)
        if self._head is not None and end is self.upstream:
            self._read_answer(received)
        elif received:
            end.other().waiting += received
        else:
            end.read_over = True

    def _read_answer(self, received: bytes) -> None:
        if not received or self._head is None:
            raise ProtocolError("the platform closed the connection")
        self._head += received
        head, mark, rest = bytes(self._head).partition(b"\r\n\r\n")
        if not mark:
            if len(head) > _BUFFER_BYTES:
                raise ProtocolError("the platform's answer is too large")
            return
        status, _ = parse_head(head)
        if status != 200:
            raise ProtocolError(f"the platform refused it ({status}) {rest.decode('utf-8', 'replace')}")
        self._head = None
        self.client.waiting += rest

    def _write(self, end: End) -> None:
        if end.waiting:
            sent = end.connection.send(end.waiting)
            del end.waiting[:sent]

    def _watch(self) -> None:
        """Passes ends of data on, and asks the selector for what can be done next."""
        for end in (self.client, self.upstream):
            if end.other().read_over and not end.waiting and not end.write_over:
                end.write_over = True
                try:
                    end.connection.shutdown(socket.SHUT_WR)
                except OSError:  # The other side is gone already.
                    pass
        if self.client.write_over and self.upstream.write_over:
            self.close()
            return
        for end in (self.client, self.upstream):
            self._select(end)

    def _select(self, end: End) -> None:
        may_read = not end.read_over and len(end.other().waiting) < _BUFFER_BYTES
        if self._head is not None and end is self.client:
            may_read = False
        events = (selectors.EVENT_READ if may_read else 0) | (selectors.EVENT_WRITE if end.waiting else 0)
        if events == end.events:
            return
        if end.events == 0:
            self._relay.selector.register(end.connection, events, end)
        elif events == 0:
            self._relay.selector.unregister(end.connection)
        else:
            self._relay.selector.modify(end.connection, events, end)
        end.events = events
