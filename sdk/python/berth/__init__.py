"""Berth's SDK: what an algorithm says to the platform that runs it.

`berth.output` hands results over, `berth.log` writes structured log lines, `berth.job` tells what this run is and
when it should end. The submodules are loaded when they are first used, so that `import berth` costs next to nothing.
"""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from . import job, log, output
    from ._errors import OutsideTask, SpoolFull

__all__ = ["OutsideTask", "SpoolFull", "job", "log", "output"]

_SUBMODULES = ("job", "log", "output")
_ERRORS = ("OutsideTask", "SpoolFull")


def __getattr__(name: str) -> object:
    if name in _SUBMODULES:
        __import__(f"{__name__}.{name}")
        return globals()[name]
    if name in _ERRORS:
        from . import _errors

        return getattr(_errors, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
