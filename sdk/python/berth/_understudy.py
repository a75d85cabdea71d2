"""The algorithm's process, made while the launcher waits for its time: all that it needs is done before, and a word begins it.

Without the word it never runs a line of the algorithm: it ends when the launcher lets go of the pipe, or is gone.
"""
from __future__ import annotations

import os

from ._script import fork

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional


class Understudy:
    """A process that waits to be the first run; none, once it has been."""

    def __init__(self) -> None:
        self.pid: Optional[int] = None
        self._word: Optional[int] = None

    def prepare(self) -> Optional[int]:
        """Forks it. Gives in the child the pipe on which the word will come, and None in the launcher, which can do without it."""
        heard, word = os.pipe()
        try:
            pid = fork()
        except OSError:
            os.close(heard)
            os.close(word)
            return None
        if pid == 0:
            os.close(word)
            return heard
        os.close(heard)
        self.pid, self._word = pid, word
        return None

    def begin(self) -> Optional[int]:
        """Says the word; gives its pid, which is the algorithm's from then on, or None when there is none."""
        pid, word = self.pid, self._word
        if pid is None or word is None:
            return None
        try:
            os.write(word, b"\n")
        except BrokenPipeError:
            pid = None
        self.dismiss()
        return pid

    def dismiss(self) -> None:
        """Lets go of it."""
        if self._word is not None:
            os.close(self._word)
        self.pid = self._word = None

    def descriptors(self) -> List[int]:
        """The launcher's end of the pipe."""
        return [] if self._word is None else [self._word]
