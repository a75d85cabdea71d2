"""What the algorithm asks the platform to do in the world: e-mails, SMS, notices to users, calls of webhooks.

A call returns when the platform has taken what was asked, durably: it is then done once, with retries, also after this
program has ended. The same `key` from the same instance is the same action however often it is asked for, so that a
program that starts again after a crash may ask again. A key that is not given is made anew for each call.
"""
from __future__ import annotations

import os

from . import _platform, _task
from ._errors import ActionRefused
from ._http import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Mapping, Optional, Sequence, Union

__all__ = ["Action", "email", "notify", "sms", "webhook"]

_ENDS = ("delivered", "failed", "refused", "unknown")
# The platform holds an answer no longer.
_HELD_SECONDS = 25.0


class Action:
    """Something that was asked for."""

    def __init__(self, key: str, id: str, state: str) -> None:
        self.key = key
        """Names it among the actions of the instance."""
        self.id = id
        """Its id on the platform."""
        self.reason = ""
        """Why it is in its state, as last heard."""
        self.answer: Any = None
        """What the other side answered, if it did."""
        self._state = state

    def state(self) -> str:
        """How far it is now: `waiting`, `held`, `sending`, or at its end `delivered`, `failed`, `refused` or `unknown`."""
        return self._state if self._state in _ENDS else self._look(0)

    def wait(self, timeout: Optional[float] = None) -> str:
        """Waits until it has ended, so many seconds at most. Gives the state that it is in then."""
        import time

        until = None if timeout is None else time.monotonic() + timeout
        while self._state not in _ENDS:
            left = _HELD_SECONDS if until is None else min(until - time.monotonic(), _HELD_SECONDS)
            self._look(max(left, 0.0))
            if left <= 0:
                break
        return self._state

    def _look(self, seconds: float) -> str:
        answer = _platform.call("GET", f"/sdk/v1/actions/{quoted(self.id)}?wait={seconds:.3f}")
        if answer.status != 200:
            raise _platform.refusal(ActionRefused, answer)
        said = _platform.document(answer)
        self._state, self.reason, self.answer = said["state"], said.get("reason", ""), said.get("answer")
        return self._state

    def __repr__(self) -> str:
        return f"<Action {self.id}: {self._state}>"


def email(
    to: Union[str, Sequence[str]],
    subject: str,
    text: str,
    html: Optional[str] = None,
    values: Optional[Mapping[str, Any]] = None,
    attachments: Sequence[str] = (),
    key: Optional[str] = None,
) -> Action:
    """Asks for an e-mail. `{name}` in subject, text and HTML is filled from `values`; attachments are outputs of this job, by name.

    Raises ActionRefused, and JobEnding.
    """
    filled = {name: str(value) for name, value in (values or {}).items()}
    outputs = [{"output": name} for name in attachments]
    said = {"subject": subject, "text": text, "html": html, "values": filled, "attachments": outputs}
    return _ask({"kind": "email", "to": _addressees(to), **said}, key)


def sms(to: Union[str, Sequence[str]], text: str, key: Optional[str] = None) -> Action:
    """Asks for an SMS. Raises ActionRefused, and JobEnding."""
    return _ask({"kind": "sms", "to": _addressees(to), "text": text}, key)


def notify(title: str, text: str, severity: str = "info", key: Optional[str] = None) -> Action:
    """Asks for a notice to the users that the instance names; severity is `info`, `warning` or `alert`. Raises ActionRefused, and JobEnding."""
    return _ask({"kind": "notify", "title": title, "text": text, "severity": severity}, key)


def webhook(url: str, body: Any, headers: Optional[Mapping[str, str]] = None, key: Optional[str] = None) -> Action:
    """Asks for a POST of a value, as JSON, to an address. Raises ActionRefused, and JobEnding."""
    text = _json(body)
    return _ask({"kind": "webhook", "url": url, "method": "POST", "headers": dict(headers or {}), "body": text}, key)


def _ask(wanted: Dict[str, Any], key: Optional[str]) -> Action:
    if key is None:
        key = f"{_task.task()['task'][:100]}-{os.urandom(16).hex()}"
    answer = _platform.call("PUT", f"/sdk/v1/actions/{quoted(key)}", _json(wanted).encode("utf-8"))
    if answer.status != 200:
        raise _platform.refusal(ActionRefused, answer)
    said = _platform.document(answer)
    return Action(key, said["id"], said["state"])


def _json(value: Any) -> str:
    from json import dumps

    return dumps(value, ensure_ascii=False, allow_nan=False)


def _addressees(to: Union[str, Sequence[str]]) -> Sequence[str]:
    return [to] if isinstance(to, str) else list(to)
