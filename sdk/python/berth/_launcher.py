"""The launcher, process 1 of every container: from the task document to the algorithm's first line.

This module holds only what must happen before the algorithm starts, because every import here delays its first line.
All that keeps watch afterwards is in `_supervisor`, which is loaded while the algorithm already runs.
"""
from __future__ import annotations

import os
import sys
import time


from . import _task
from ._script import HANDLED, become, fork

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from typing import List, NoReturn, Optional

    from ._task import Task
else:
    import _signal  # What `signal` wraps, without the 3 ms that its enums take.


class Launch:
    """What was prepared before the first run: documents, paths, listening sockets; and that run, if it was due at once."""

    def __init__(self, path: str) -> None:
        self.task: Task = _task.load(path)
        self.directory = _task.directory()
        self.script = os.path.join(os.getcwd(), self.task["script"])
        self.runtime = self.task.get("runtime", "python")
        self.listeners: List[int] = []
        self.pid: Optional[int] = None
        self.started = 0.0
        self.word: Optional[int] = None


def main() -> None:
    """Runs the task. In the launcher it never returns; in the algorithm's process it returns when the script ends."""
    # A signal without a handler is lost on process 1; a blocked one waits until the supervisor listens.
    _signal.pthread_sigmask(_signal.SIG_BLOCK, HANDLED)
    try:
        launch = _prepare(sys.argv[1] if len(sys.argv) > 1 else _task.DEFAULT_PATH)
    except _task.Untold as error:
        from ._exit_codes import UNTOLD

        _fail(str(error), UNTOLD)
    except Exception as error:
        from ._exit_codes import LAUNCHER_FAILED

        _fail(f"the task could not be prepared: {error}", LAUNCHER_FAILED)
    if _due(launch.task):
        launch.started = time.clock_gettime(time.CLOCK_BOOTTIME)
        launch.pid = fork()
        if launch.pid == 0:
            return become(launch.script, launch.listeners, None, launch.runtime)
    inherited = _supervise(launch)
    become(launch.script, inherited, launch.word, launch.runtime)


def _supervise(launch: Launch) -> List[int]:
    """Ends the process with the launcher's exit code; returns only in a forked child that is to become the algorithm."""
    try:
        from ._supervisor import Supervisor

        supervisor = Supervisor(launch)
        code = supervisor.run()
    except Exception as error:
        from ._exit_codes import LAUNCHER_FAILED

        _fail(f"the launcher failed: {type(error).__name__}: {error}", LAUNCHER_FAILED)
    if code is not None:
        os._exit(code)
    return supervisor.descriptors()


def _prepare(path: str) -> Launch:
    _task.receive(path)
    _close_input()
    launch = Launch(path)
    try:
        os.mkdir(os.path.join(launch.directory, _task.SPOOL_NAME), 0o700)
    except FileExistsError:
        pass
    try:
        os.mkfifo(os.path.join(launch.directory, _task.WAKE_NAME), 0o600)
    except FileExistsError:
        pass
    try:
        os.unlink(os.path.join(launch.directory, _task.STATE_NAME))  # Of an earlier start of the same container.
    except FileNotFoundError:
        pass
    for need in launch.task.get("network", []):
        for port in need["ports"]:
            launch.listeners.append(_listen(need["address"], port))
    return launch


def _close_input() -> None:
    """Leaves nothing to read on standard input: the algorithm inherits it."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


def _listen(address: str, port: int) -> int:
    """A listening socket that stands for a declared host. Made before the algorithm starts, so that no connection is early."""
    import _socket

    listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        raise RuntimeError(f"no socket could listen on {address}:{port}: {error.strerror}") from None
    listener.listen(128)
    return listener.detach()


def _due(task: Task) -> bool:
    if task.get("exactlyOne") or task.get("secrets"):  # Only with a lease, and with secrets, for which the supervisor has to ask.
        return False
    now = time.time() * 1000 - task["clockOffsetMs"]
    ends = task["endsAt"]
    return task["startsAt"] <= now and (ends is None or now < ends)


def _fail(reason: str, code: int) -> NoReturn:
    os.write(2, f"berth: {' '.join(reason.split())}\n".encode())
    os._exit(code)
