"""Whether the algorithm may begin as far as its secrets go: when every one that the task names has been there."""
from __future__ import annotations

from ._reports import complain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List


class SecretGate:
    """Opens once and for all: what is taken away later does not hold up another run."""

    def __init__(self, named: List[str]) -> None:
        self.open = not named
        self._told: List[str] = []

    def take(self, missing: List[str]) -> None:
        """Takes note of which are missing; says so while the algorithm waits for them."""
        if not missing:
            self.open = True
        elif not self.open and missing != self._told:
            self._told = missing
            complain(f"the algorithm waits for its secrets: {', '.join(map(str, missing))}")
