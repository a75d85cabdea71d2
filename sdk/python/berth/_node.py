"""Turning a freshly forked copy of the launcher into Node, which runs the algorithm's script.

A Node that comes before its time starts all the same and waits inside itself (`_await_word.cjs`): its own start, the larger part of what
comes before the first line of a script, is then over when the word comes.
"""
from __future__ import annotations

import os

from . import _task

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from typing import List, NoReturn, Optional
else:
    import _signal

# Where `_await_word.cjs` reads.
_WORD_DESCRIPTOR = 3
_AWAIT_WORD = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_await_word.cjs")
_CANNOT_START = 127


def become_node(path: str, word: Optional[int]) -> NoReturn:
    """Replaces this process by Node with the script, once a word has come where one is to be waited for. Signals are reset by then."""
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ):
        _signal.signal(number, _signal.SIG_DFL)  # What Python ignores would stay ignored.
    os.environ["BERTH_TASK_FILE"] = _task.path()  # Only this process was told of another than the usual one.
    waiting: List[str] = []
    if word is not None:
        if word == _WORD_DESCRIPTOR:
            os.set_inheritable(word, True)
        else:
            os.dup2(word, _WORD_DESCRIPTOR)
        waiting = ["--require", _AWAIT_WORD]
    try:
        os.execvp("node", ["node", *waiting, path])
    except OSError as error:
        if word is None:  # Otherwise it is said when the time has come, and not before.
            os.write(2, f"berth: Node cannot be started: {error.strerror}\n".encode())
        os._exit(_CANNOT_START)
