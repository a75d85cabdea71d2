"""Berth's SDK: what an algorithm says to the platform that runs it.

`berth.sensors` reads what the algorithm declares, `berth.controls` steers it, `berth.actions` asks for e-mails, SMS,
notices and webhooks, `berth.state` keeps values beyond this container, `berth.secret` gives a secret of the application, `berth.output` hands results over, `berth.log`
writes structured log lines, and `berth.job` tells what this run is and when it should end. Everything is loaded when it
is first used, so that `import berth` costs next to nothing.
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import actions, job, log, output, state
    from ._controls import controls
    from ._errors import ActionRefused, ControlFailed, JobEnding, NotBound, OutsideTask, Refused, SecretMissing, SpoolFull, StateRefused
    from ._secret import secret
    from ._sensors import sensors

__all__ = [
    "ActionRefused",
    "ControlFailed",
    "JobEnding",
    "NotBound",
    "OutsideTask",
    "Refused",
    "SecretMissing",
    "SpoolFull",
    "StateRefused",
    "actions",
    "controls",
    "job",
    "log",
    "output",
    "secret",
    "sensors",
    "state",
]

_SUBMODULES = ("actions", "job", "log", "output", "state")
# Objects, because their attributes are whatever names the algorithm declares, and a function.
_OBJECTS = ("controls", "secret", "sensors")


def __getattr__(name: str) -> object:
    if name in _SUBMODULES:
        __import__(f"{__name__}.{name}")
        return globals()[name]
    if name in _OBJECTS:
        module = __import__(f"{__name__}._{name}", fromlist=[name])
        globals()[name] = getattr(module, name)
        return globals()[name]
    if name in __all__:
        from . import _errors

        return getattr(_errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
