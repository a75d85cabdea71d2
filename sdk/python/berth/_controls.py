"""`berth.controls`: the devices that the algorithm may steer, by their names in app_config.json."""
from __future__ import annotations

from . import _bound
from ._errors import ActionRefused, ControlFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Mapping, Optional

_TIMEOUT_SECONDS = 10.0


class Control:
    """One device that can be told to do things."""

    def __init__(self, name: str, index: int, document: Dict[str, Any], commands: List[Dict[str, Any]], seconds: float) -> None:
        self._name = name
        self._document = document
        self._seconds = seconds
        self.index = index
        """Which of the devices of its name it is, from 0."""
        self.id: str = document["id"]
        """Its id on the platform."""
        self.name: str = document["name"]
        """Its name for people."""
        self.location: str = document["location"]
        """A path such as `campus/building-a/room-12`; empty when it has none."""
        self.commands = commands
        """What it can be told: name and parameters of each."""

    def set(self, parameters: Optional[Mapping[str, Any]] = None, /, **more: Any) -> Any:
        """Tells it the only thing that it can be told, and waits until it has acknowledged. Gives its answer.

        Raises ControlFailed, and JobEnding.
        """
        if len(self.commands) != 1:
            known = ", ".join(each["name"] for each in self.commands) or "none"
            raise TypeError(f"berth.controls.{self._name} can be told several things ({known}): say which, as in .do(\"name\", ...).")
        return self.do(self.commands[0]["name"], parameters, **more)

    def do(self, command: str, parameters: Optional[Mapping[str, Any]] = None, /, **more: Any) -> Any:
        """Tells it to do something, and waits until it has acknowledged. Gives its answer. Raises ControlFailed, and JobEnding."""
        from . import actions

        wanted = {
            "kind": "control",
            "name": self._name,
            "index": self.index,
            "control": command,
            "parameters": {**(parameters or {}), **more},
            "timeoutSeconds": self._seconds,
        }
        try:
            action = actions._ask(wanted, None)
        except ActionRefused as refused:
            raise ControlFailed("refused", str(refused), None) from None
        state = action.wait()
        if state != "delivered":
            raise ControlFailed(state, f"{self.id} did not do {command!r}: {action.reason}", action.id)
        return action.answer

    def within(self, seconds: float) -> Control:
        """The same device, with so many seconds to acknowledge instead of ten."""
        if not 0 < seconds < float("inf"):
            raise ValueError(f"seconds must be a number above 0, not {seconds!r}")
        return Control(self._name, self.index, self._document, self.commands, seconds)

    def __repr__(self) -> str:
        return f"<Control {self.id}>"


class ControlName:
    """What one name stands for: a device, or a sequence of several. `set`, `do` and `within` are those of the only one."""

    def __init__(self, name: str, document: Dict[str, Any]) -> None:
        self._name = name
        commands = document["controls"]
        self._devices = [Control(name, index, each, commands, _TIMEOUT_SECONDS) for index, each in enumerate(document["sensors"])]

    def set(self, parameters: Optional[Mapping[str, Any]] = None, /, **more: Any) -> Any:
        """As `Control.set`."""
        return self._only().set(parameters, **more)

    def do(self, command: str, parameters: Optional[Mapping[str, Any]] = None, /, **more: Any) -> Any:
        """As `Control.do`."""
        return self._only().do(command, parameters, **more)

    def within(self, seconds: float) -> Control:
        """As `Control.within`."""
        return self._only().within(seconds)

    def _only(self) -> Control:
        _bound.only("controls", self._name, len(self._devices))
        return self._devices[0]

    def __len__(self) -> int:
        return len(self._devices)

    def __getitem__(self, index: int) -> Control:
        return self._devices[index]

    def __iter__(self) -> Iterator[Control]:
        return iter(self._devices)

    def __repr__(self) -> str:
        return f"<controls.{self._name}: {', '.join(each.id for each in self._devices) or 'none'}>"


class Controls:
    """Devices by name: `berth.controls.NAME`, or `berth.controls["NAME"]`; iterating gives the names."""

    def __init__(self) -> None:
        self._known: Dict[str, ControlName] = {}

    def __getattr__(self, name: str) -> ControlName:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> ControlName:
        if name not in self._known:
            self._known[name] = ControlName(name, _bound.named("controls", name))
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_bound.names("controls"))

    def __repr__(self) -> str:
        return "<berth.controls>"


controls = Controls()
"""The devices that this task may steer."""
