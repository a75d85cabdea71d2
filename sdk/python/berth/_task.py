"""The task that this container runs: its document, and what the launcher has learnt about it since.

The platform writes the document to the launcher's standard input, because that reaches a container much sooner than a
file does. The launcher keeps it as `task.json`, which never changes. `desired.json` lies beside it and is written by the
launcher alone, by renaming: number of the run, the platform's stop notice, the job's present end.
"""
from __future__ import annotations

import os

from ._errors import OutsideTask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, TypedDict

    class NetworkNeed(TypedDict):
        """A host that the package declares, and the loopback address that stands for it in the container."""

        host: str
        address: str
        ports: List[int]

    class Task(TypedDict, total=False):
        """The document `task.json`; times are milliseconds since the epoch on the platform's clock."""

        version: int
        task: str
        job: str
        instance: str
        application: str
        algorithm: str
        slot: int
        copies: int
        attempt: int
        script: str
        runtime: str
        kind: str
        token: str
        socket: str
        scheduledAt: int
        startsAt: int
        endsAt: Optional[int]
        clockOffsetMs: float
        runsPerTask: int
        stableAfterMs: int
        graceMs: int
        exactlyOne: bool
        parameters: Dict[str, str]
        network: List[NetworkNeed]
        spoolBytes: int
        secrets: List[str]
        secretsDirectory: str

    class State(TypedDict):
        """The document `desired.json`."""

        run: int
        stop: Optional[Dict[str, Any]]
        endsAt: Optional[int]
        clockOffsetMs: float


class Untold(ValueError):
    """Nobody has said what the task is: whoever started the container has ended before."""


# The variable is for those who run an algorithm outside a container, as `berth dev` does.
DEFAULT_PATH = os.environ.get("BERTH_TASK_FILE", "/scratch/.berth/task.json")
STATE_NAME = "desired.json"
SPOOL_NAME = "spool"
WAKE_NAME = "wake"
# Docker may start a container long before it is let near a processor, but what it was given has been waiting since.
_RECEIVE_SECONDS = 10.0
DEFAULT_SECRETS_DIRECTORY = "/run/secrets"
DEFAULT_SPOOL_BYTES = 64 * 1024 * 1024

_WORDS = ("task", "job", "instance", "application", "algorithm", "script", "kind", "token", "socket")
_NUMBERS = ("slot", "copies", "attempt", "scheduledAt", "startsAt", "clockOffsetMs", "runsPerTask", "stableAfterMs", "graceMs")

_path = DEFAULT_PATH
_task: Optional[Task] = None
_state: Optional[State] = None
_state_stamp: Optional[tuple[int, int]] = None


class _Reader:
    """What the C scanner of the `json` package wants to know."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


def _parse(text: str) -> Any:
    """Reads JSON by the C scanner alone: importing `json` loads `re` and `enum`, 5 ms before the algorithm's first line."""
    try:
        from _json import make_scanner
    except ImportError:
        from json import loads

        return loads(text)
    try:
        value, end = make_scanner(_Reader)(text.strip(), 0)  # type: ignore[arg-type]
    except StopIteration:
        raise ValueError("it is not JSON") from None
    if end != len(text.strip()):
        raise ValueError("it has text after the JSON document")
    return value


def _check(document: Any) -> Task:
    if not isinstance(document, dict) or document.get("version") != 1:
        raise ValueError("it is not a task document of version 1")
    for name in _WORDS:
        if not isinstance(document.get(name), str) or not document[name]:
            raise ValueError(f"its field {name!r} must be a non-empty text")
    for name in _NUMBERS:
        if not isinstance(document.get(name), (int, float)):
            raise ValueError(f"its field {name!r} must be a number")
    if document["kind"] not in ("continuous", "run-to-completion"):
        raise ValueError("its field 'kind' must be 'continuous' or 'run-to-completion'")
    if document.get("runtime", "python") not in ("python", "node"):
        raise ValueError("its field 'runtime' must be 'python' or 'node'")
    if not isinstance(document.get("endsAt", ""), (int, float, type(None))):
        raise ValueError("its field 'endsAt' must be a number or null")
    return document  # type: ignore[return-value]


def receive(path: str) -> None:
    """Keeps the document that stands on standard input, a line, at a path, unless there is one: of an earlier start of the container.

    Raises OSError, or Untold when none comes.
    """
    if os.path.exists(path):
        return
    document = _first_line(0)
    if not document:
        raise Untold("standard input ended before a task document came")
    os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
    part = path + ".part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400)
    try:
        while document:
            document = document[os.write(descriptor, document) :]
    finally:
        os.close(descriptor)
    os.rename(part, path)


def _first_line(descriptor: int) -> bytes:
    """What stands before the first end of a line, or before the end of all."""
    import select

    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    line = b""
    while poll.poll(_RECEIVE_SECONDS * 1000):
        piece = os.read(descriptor, 65536)
        line += piece
        if not piece or b"\n" in piece:
            return line.split(b"\n", 1)[0]
    raise Untold("no task document came on standard input")


def load(path: str) -> Task:
    """Reads the task document at a path; from then on it is this process's task. Raises OSError or ValueError."""
    global _path, _task
    with open(path, encoding="utf-8") as file:
        _task = _check(_parse(file.read()))
    _path = path
    return _task


def task() -> Task:
    """The task that this process belongs to; OutsideTask when there is none."""
    if _task is not None:
        return _task
    try:
        return load(_path)
    except FileNotFoundError:
        raise OutsideTask(
            f"This program runs outside Berth ({_path} is missing), so it has no job and nowhere to send output. "
            "Upload its package to Berth and run an instance of it, or try it here with `berth dev`."
        ) from None


def path() -> str:
    """Where the task document lies."""
    return _path


def directory() -> str:
    """The directory on the scratch volume that the launcher, the courier and the SDK share."""
    return os.path.dirname(_path)


def secrets_directory() -> str:
    """Where the values of the task's secrets lie, in memory alone."""
    return task().get("secretsDirectory", DEFAULT_SECRETS_DIRECTORY)


def spool_bytes() -> int:
    """How many bytes may wait in the spool."""
    return task().get("spoolBytes", DEFAULT_SPOOL_BYTES)


def state() -> State:
    """What the launcher last said of the task; before it said anything, what the task document says."""
    global _state, _state_stamp
    path = os.path.join(directory(), STATE_NAME)
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return _initial_state()
    stamp = (found.st_ino, found.st_mtime_ns)
    if _state is None or stamp != _state_stamp:
        with open(path, encoding="utf-8") as file:
            _state = _parse(file.read())
        _state_stamp = stamp
    assert _state is not None
    return _state


def _initial_state() -> State:
    document = task()
    return {"run": 1, "stop": None, "endsAt": document["endsAt"], "clockOffsetMs": document["clockOffsetMs"]}
