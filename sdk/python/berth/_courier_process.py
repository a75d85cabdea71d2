"""The launcher's side of the courier: starting it, restarting it when it dies, and the two pipes between them.

News come as lines of JSON on one pipe; words (`ask`, `flush`) go out on the other, whose end tells the courier that the
launcher is gone. The launcher believes the courier nothing but its news.
"""
from __future__ import annotations

import json
import os


from ._script import fork, reset_process

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as _signal
    from typing import Any, Dict, Iterator, List, Optional

    from ._launcher import Launch
else:
    import _signal  # What `signal` wraps, without the 3 ms that its enums take.

_SHORT_LIFE_SECONDS = 5.0
_FIRST_DELAY_SECONDS = 0.1
_LONGEST_DELAY_SECONDS = 5.0
_READ_BYTES = 65536
_LONGEST_LINE = 1 << 20


class CourierProcess:
    """The courier that runs now, or is to run again."""

    def __init__(self, launch: Launch) -> None:
        self._launch = launch
        self.pid: Optional[int] = None
        self.restart_at: Optional[float] = None
        self.news: Optional[int] = None
        self._words: Optional[int] = None
        self._started_at = 0.0
        self._delay = 0.0
        self._rest = b""

    def start(self, now: float, close: List[int]) -> None:
        """Forks a courier; `close` are the descriptors of the launcher that are none of its business."""
        news, news_in = os.pipe()
        words_out, words = os.pipe()
        try:
            pid = fork()
        except OSError:  # The algorithm has filled the container with processes; there is room again when its run is over.
            for descriptor in (news, news_in, words_out, words):
                os.close(descriptor)
            self._postpone(now, now)
            return
        if pid == 0:
            self._become_courier([*close, news, words], news_in, words_out)
        os.close(news_in)
        os.close(words_out)
        os.set_blocking(news, False)
        os.set_blocking(words, False)
        self.pid, self.news, self._words = pid, news, words
        self._started_at, self.restart_at, self._rest = now, None, b""

    def died(self, now: float) -> None:
        """Takes note of its death and sets when it is to be started again: at once, unless it dies young repeatedly."""
        for descriptor in self.descriptors():
            os.close(descriptor)
        self.pid = self.news = self._words = None
        self._postpone(now, self._started_at)

    def _postpone(self, now: float, started_at: float) -> None:
        lived = now - started_at
        self._delay = 0.0 if lived > _SHORT_LIFE_SECONDS else min(max(self._delay * 2, _FIRST_DELAY_SECONDS), _LONGEST_DELAY_SECONDS)
        self.restart_at = now + self._delay

    def descriptors(self) -> List[int]:
        """The launcher's ends of both pipes."""
        return [descriptor for descriptor in (self.news, self._words) if descriptor is not None]

    def tell(self, word: str) -> None:
        """Says a word to the courier; one that cannot listen now is not waited for."""
        if self._words is None:
            return
        try:
            os.write(self._words, word.encode() + b"\n")
        except (BlockingIOError, BrokenPipeError):
            pass

    def take_news(self) -> Iterator[Dict[str, Any]]:
        """The news that have come, oldest first."""
        if self.news is None:
            return
        try:
            read = os.read(self.news, _READ_BYTES)
        except BlockingIOError:
            return
        if not read:
            self._end_silent()
            return
        *lines, self._rest = (self._rest + read).split(b"\n")
        if len(self._rest) > _LONGEST_LINE:
            self._rest = b""
        for line in lines:
            try:
                news = json.loads(line)
            except ValueError:
                continue
            if isinstance(news, dict) and _understood_news(news):
                yield news

    def _end_silent(self) -> None:
        """A courier without its pipe is of no use: it has died, or is made to."""
        if self.news is not None:
            os.close(self.news)
            self.news = None
        if self.pid is not None:
            os.kill(self.pid, _signal.SIGKILL)

    def _become_courier(self, close: List[int], news_in: int, words_out: int) -> None:
        try:
            reset_process(close)
            from ._courier import run

            run(self._launch, news_in, words_out)
        except Exception as error:
            os.write(2, f"berth: the courier failed and is started again: {type(error).__name__}: {error}\n".encode())
        finally:
            os._exit(1)


def _understood_news(news: Dict[str, Any]) -> bool:
    if "secrets" in news:
        return isinstance(news["secrets"], dict) and isinstance(news["secrets"].get("missing"), list)
    return "desired" not in news or _understood(news["desired"])


def _understood(desired: Any) -> bool:
    if not isinstance(desired, dict) or not _is_number(desired.get("clockOffsetMs")):
        return False
    stop, ends_at = desired.get("stop", ""), desired.get("endsAt", "")
    kill_at, grace = (stop.get("killAt"), stop.get("graceMs", 0)) if isinstance(stop, dict) else (None, 0)
    times = _is_number(grace) and all(at is None or _is_number(at) for at in (ends_at, kill_at))
    return times and (stop is None or isinstance(stop, dict))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
