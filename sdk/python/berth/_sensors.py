"""`berth.sensors`: the sensors that the algorithm declares, by their names in app_config.json."""
from __future__ import annotations

from . import _bound, _platform
from ._errors import NotBound, Refused
from ._http import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Optional

    from ._http import Answer
    from ._readings import Reading


class Sensor:
    """One sensor."""

    def __init__(self, name: str, index: int, document: Dict[str, Any]) -> None:
        self._name = name
        self.index = index
        """Which of the sensors of its name it is, from 0."""
        self.id: str = document["id"]
        """Its id on the platform."""
        self.name: str = document["name"]
        """Its name for people."""
        self.location: str = document["location"]
        """A path such as `campus/building-a/room-12`; empty when it has none."""
        self.rate: float = document["rateHz"]
        """Readings in a second when it works."""
        self.fields: List[Dict[str, Any]] = document["fields"]
        """What a reading holds: name, type, unit and range of each field."""

    def latest(self) -> Optional[Reading]:
        """Its last reading, or None when it has given none."""
        answer = _platform.call("GET", f"{_path(self._name)}/{self.index}/latest")
        if answer.status == 204:
            return None
        return self._reading(_platform.document(_taken(answer)))

    def window(self, seconds: float) -> List[Reading]:
        """Its readings of the last so many seconds, oldest first."""
        from json import loads

        answer = _platform.call("GET", f"{_path(self._name)}/{self.index}/window?seconds={_positive('seconds', seconds)!r}")
        return [self._reading(document) for document in loads(_taken(answer).body)]

    def stream(self, rate: Optional[float] = None) -> Iterator[Reading]:
        """Its readings from now on as they come, at most `rate` in a second, until the job is to end."""
        return _stream(self._name, [self], f"&index={self.index}", rate)

    def _reading(self, document: Dict[str, Any]) -> Reading:
        from ._readings import Reading

        return Reading(document, self.fields[0]["name"] if len(self.fields) == 1 else "")

    def __repr__(self) -> str:
        return f"<Sensor {self.id}>"


class SensorName:
    """What one name stands for: a sensor, or a sequence of several.

    `latest` and `window` are those of the only one; `stream` is of all, and each reading's `index` tells whose it is.
    """

    def __init__(self, name: str, document: Dict[str, Any]) -> None:
        self._name = name
        self._sensors = [Sensor(name, index, each) for index, each in enumerate(document["sensors"])]

    def latest(self) -> Optional[Reading]:
        """The last reading of the only sensor, or None when it has given none."""
        return self._only().latest()

    def window(self, seconds: float) -> List[Reading]:
        """The readings of the last so many seconds of the only sensor, oldest first."""
        return self._only().window(seconds)

    def stream(self, rate: Optional[float] = None) -> Iterator[Reading]:
        """The readings of all its sensors from now on as they come, each at most `rate` times in a second, until the job is to end."""
        if not self._sensors:
            self._only()
        return _stream(self._name, self._sensors, "", rate)

    def _only(self) -> Sensor:
        _bound.only("sensors", self._name, len(self._sensors))
        return self._sensors[0]

    def __len__(self) -> int:
        return len(self._sensors)

    def __getitem__(self, index: int) -> Sensor:
        return self._sensors[index]

    def __iter__(self) -> Iterator[Sensor]:
        return iter(self._sensors)

    def __repr__(self) -> str:
        return f"<sensors.{self._name}: {', '.join(each.id for each in self._sensors) or 'none'}>"


class Sensors:
    """Sensors by name: `berth.sensors.NAME`, or `berth.sensors["NAME"]`; iterating gives the names."""

    def __init__(self) -> None:
        self._known: Dict[str, SensorName] = {}

    def __getattr__(self, name: str) -> SensorName:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> SensorName:
        if name not in self._known:
            self._known[name] = SensorName(name, _bound.named("sensors", name))
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_bound.names("sensors"))

    def __repr__(self) -> str:
        return "<berth.sensors>"


sensors = Sensors()
"""The sensors of this task."""


def _stream(name: str, of: List[Sensor], which: str, rate: Optional[float]) -> Iterator[Reading]:
    from . import job
    from ._readings import follow

    if rate is not None:
        which += f"&rate={_positive('rate', rate)!r}"
    job.stopping()
    # Asked now, so that whatever comes from here on is in the stream, though its connection may be made and broken later.
    last = [reading.sequence for reading in (each.latest() for each in of) if reading is not None]
    batches = follow(lambda after: f"{_path(name)}/stream?after={after}{which}", max(last, default=0), _refusal)
    return (of[_place(of, document)]._reading(document) for batch in batches for document in batch)


def _place(of: List[Sensor], document: Dict[str, Any]) -> int:
    return 0 if len(of) == 1 else int(document["index"])


def _path(name: str) -> str:
    return f"/sdk/v1/sensors/{quoted(name)}"


def _taken(answer: Answer) -> Answer:
    if answer.status != 200:
        raise _refusal(answer)
    return answer


def _refusal(answer: Answer) -> Exception:
    refused = _platform.refusal(Refused, answer)
    return NotBound(str(refused)) if answer.status == 404 else refused


def _positive(what: str, value: float) -> float:
    if not isinstance(value, (int, float)) or not 0 < value < float("inf"):
        raise ValueError(f"{what} must be a number above 0, not {value!r}")
    return value
