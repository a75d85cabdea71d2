"""The courier: the process of the container that speaks with the platform for as long as the task lasts.

Its activities, each bounded and each for ever: it asks what the platform wants and tells the launcher, it ships the
spool, it relays the algorithm's connections to declared hosts, and it keeps the task's secrets and the lease of one that must run exactly once. The platform may be gone at any time and come back
under the same socket path; the courier then tries again, quietly, at least once a second.
"""
from __future__ import annotations

import json
import os
import threading

from ._http import Connection, quoted
from ._relay import Relay
from ._shipper import Shipper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, Optional

    from ._launcher import Launch

_POLL_SECONDS = 40.0
_FIRST_RETRY_SECONDS = 0.05
_LONGEST_RETRY_SECONDS = 1.0


def run(launch: Launch, news: int, words: int) -> None:
    """Works until the launcher is gone; never returns before."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    path, token = launch.task["socket"], launch.task["token"]
    telling = threading.Lock()

    def tell(document: Dict[str, Any]) -> None:
        with telling:
            os.write(news, json.dumps(document).encode("ascii") + b"\n")

    desired = Desired(Connection(path, token), tell)
    shipper = Shipper(Connection(path, token), launch.directory, tell)
    _begin(desired.follow)
    _begin(shipper.ship_for_ever)
    if launch.task.get("exactlyOne"):
        from ._lease_keeper import LeaseKeeper

        _begin(LeaseKeeper(Connection(path, token), tell).keep_for_ever)
    if launch.task.get("secrets"):
        from ._secret_keeper import MOST_BYTES, SecretKeeper

        _begin(SecretKeeper(Connection(path, token, MOST_BYTES), tell).keep_for_ever)
    if launch.listeners:
        _begin(Relay(launch, path, token).relay_for_ever)
    with open(words, "rb", buffering=0) as heard:
        while True:
            said = heard.readline()
            if not said:
                os._exit(0)
            if said == b"ask\n":
                desired.ask_now()
            elif said == b"flush\n":
                shipper.flush()


def _begin(activity: Callable[[], None]) -> None:
    """An activity that fails ends the courier: the launcher starts another."""

    def act() -> None:
        try:
            activity()
        except BaseException as error:
            os.write(2, f"berth: the courier failed and is started again: {type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(1)

    threading.Thread(target=act, daemon=True).start()


class Desired:
    """Follows what the platform wants of this task, by requests that it answers when something changes."""

    def __init__(self, connection: Connection, tell: Callable[[Dict[str, Any]], None]) -> None:
        self._connection = connection
        self._tell = tell
        self._asked = threading.Event()
        self._known = ""

    def ask_now(self) -> None:
        """Ends a pause between two tries."""
        self._asked.set()

    def follow(self) -> None:
        """Tells the launcher every change, for ever."""
        pause = _FIRST_RETRY_SECONDS
        while True:
            if self._ask():
                pause = _FIRST_RETRY_SECONDS
                continue
            self._asked.wait(pause)
            self._asked.clear()
            pause = min(pause * 2, _LONGEST_RETRY_SECONDS)

    def _ask(self) -> bool:
        """One request; whether it went as it should."""
        try:
            answer = self._connection.request("GET", f"/sdk/v1/desired?known={quoted(self._known)}", {}, None, _POLL_SECONDS)
        except OSError:
            return False
        if answer.status == 204:
            return True
        document = _document(answer.body) if answer.status == 200 else None
        if document is None:
            return False
        changed: bool = document["etag"] != self._known
        self._known = document["etag"]
        self._tell({"desired": {name: document.get(name) for name in ("stop", "endsAt", "clockOffsetMs")}})
        return changed


def _document(body: bytes) -> Optional[Dict[str, Any]]:
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) and isinstance(found.get("etag"), str) else None
