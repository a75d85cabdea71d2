"""Turning a freshly forked copy of the launcher into the algorithm's process.

INVARIANTS:
- A Python script sees what `cd /app && python3 /app/script.py` would show it: `__main__`, `sys.argv`, `sys.path[0]`, default
  signals, nothing of the launcher in a traceback; one of Node sees what `cd /app && node /app/script.js` would.
- It is the leader of a session of its own, so that the launcher can signal and end all that it starts.
- Nothing here returns into the launcher's loop: the interpreter ends when the script does, with the script's exit code.
"""
from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from types import CodeType, TracebackType
    from typing import Any, Dict, Iterable, Optional, Type
else:
    import _signal  # What `signal` wraps, without the 3 ms that its enums take.

FORWARDED = (_signal.SIGHUP, _signal.SIGINT, _signal.SIGQUIT, _signal.SIGUSR1, _signal.SIGUSR2)
HANDLED = (*FORWARDED, _signal.SIGTERM, _signal.SIGCHLD)


def fork() -> int:
    """Forks a child that is to call `reset_process`.

    Signals are blocked in the child until then: one that came before would be written to the launcher's wake-up pipe.
    Raises OSError when the container has no room for another process.
    """
    before = _signal.pthread_sigmask(_signal.SIG_BLOCK, HANDLED)
    pid = -1
    try:
        pid = os.fork()
    finally:
        if pid != 0:
            _signal.pthread_sigmask(_signal.SIG_SETMASK, before)
    return pid


def reset_process(close: Iterable[int]) -> None:
    """Undoes in a forked child what the launcher set for itself: signals, descriptors, session."""
    os.setsid()
    _signal.set_wakeup_fd(-1)
    for number in HANDLED:
        _signal.signal(number, _signal.SIG_DFL)
    _signal.signal(_signal.SIGINT, _signal.default_int_handler)
    for descriptor in close:
        os.close(descriptor)
    _signal.pthread_sigmask(_signal.SIG_UNBLOCK, HANDLED)


def become(path: str, close: Iterable[int], word: Optional[int], runtime: str) -> None:
    """Makes this process the algorithm and runs its script, once a word has come where one is to be waited for; in Python as `__main__`."""
    reset_process(close)
    _offer_first()
    if runtime == "node":
        from ._node import become_node

        become_node(path, word)
    sdk = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.argv = [path]
    sys.path[0] = os.path.dirname(path)
    if sdk not in sys.path:
        sys.path.append(sdk)
    namespace = _new_main(path)
    code = None if word is None else _compiled_until(word, path)
    source = _read(path) if code is None else b""
    try:
        exec(code or compile(source, path, "exec", dont_inherit=True), namespace)
    except BaseException as error:
        _hide_launcher(error)
        raise


def _compiled_until(word: int, path: str) -> Optional[CodeType]:
    """The script, ready to run, when its time has come; None when there is anything to say about it, which is not said before."""
    import warnings

    code = None
    try:
        with open(path, "rb") as file, warnings.catch_warnings():
            warnings.simplefilter("error")
            code = compile(file.read(), path, "exec", dont_inherit=True)
    except Exception:
        pass
    if not os.read(word, 1):
        os._exit(0)
    os.close(word)
    return code


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        sys.stderr.write(f"berth: the script {path} cannot be read: {error.strerror}\n")
        sys.exit(2)


def _offer_first() -> None:
    """Makes this process and its children the first that the kernel takes when memory is short: the launcher is to live on."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:  # Where it is forbidden the kernel goes by size, which finds the algorithm mostly.
        pass


def _new_main(path: str) -> Dict[str, Any]:
    main = type(sys)("__main__")
    main.__dict__.update(
        __file__=path,
        __builtins__=sys.modules["builtins"],
        __cached__=None,
        __package__=None,
        __loader__=type(__loader__)("__main__", path),  # type: ignore[name-defined]
    )
    sys.modules["__main__"] = main
    return main.__dict__


def _hide_launcher(error: BaseException) -> None:
    """Lets the interpreter report the error itself (so that exit codes stay its own), without the launcher's frames."""
    shown = error.__traceback__.tb_next if error.__traceback__ else None
    hook = sys.excepthook

    def report(kind: Type[BaseException], value: BaseException, _: Optional[TracebackType]) -> None:
        hook(kind, value.with_traceback(shown), shown)

    sys.excepthook = report
