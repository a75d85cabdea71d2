"""What the names of this task's sensors and controls stand for: asked once in a process, because it stays as it is for a whole job."""
from __future__ import annotations

from . import _platform
from ._errors import NotBound, Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict

_described: Dict[str, Dict[str, Any]] = {}


def names(kind: str) -> Dict[str, Any]:
    """The declared names of a kind, `sensors` or `controls`, with what the platform says of each."""
    if not _described:
        answer = _platform.call("GET", "/sdk/v1/sensors")
        if answer.status != 200:
            raise _platform.refusal(Refused, answer)
        said = _platform.document(answer)
        for each in ("sensors", "controls"):
            _described[each] = {need["name"]: need for need in said.get(each, [])}
    return _described[kind]


def named(kind: str, name: str) -> Dict[str, Any]:
    """What a name stands for. Raises NotBound when it is not declared."""
    found = names(kind).get(name)
    if found is None:
        known = ", ".join(names(kind)) or "none"
        raise NotBound(f"This algorithm has no {name!r} among its {kind} ({known}); declare it in app_config.json.")
    return dict(found)


def only(kind: str, name: str, count: int) -> None:
    """Raises unless a name stands for exactly one device."""
    if count == 0:
        raise NotBound(
            f"{kind}.{name} stands for no device: the instance runs without it. "
            f"len(berth.{kind}.{name}) tells; bind it, or register the device."
        )
    if count > 1:
        raise TypeError(f"berth.{kind}.{name} stands for {count} devices: say which, as in berth.{kind}.{name}[0].")
