"""Errors that an algorithm can meet when it calls the SDK."""


class OutsideTask(RuntimeError):
    """The program asked for something that only a task of Berth has, but was not started by Berth."""


class SpoolFull(RuntimeError):
    """An output was not taken because too much output already waits for the platform on this container's disk."""


class JobEnding(RuntimeError):
    """The platform could not be asked before the job had to end, or asks nothing more of this task."""


class NotBound(AttributeError):
    """A name in the code stands for no sensor or control: it is not declared, or the instance runs without the device."""


class Refused(RuntimeError):
    """The platform refused what was asked for good. `code` is for programs; `remedy` says what to do."""

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.code = code
        self.message = message
        self.remedy = remedy


class ActionRefused(Refused):
    """An action was not taken, and asking again would change nothing."""


class StateRefused(Refused):
    """A value was not kept, and asking again would change nothing."""


class SecretMissing(LookupError):
    """The task has no secret of that name: the instance does not name it, or it was taken away."""


class ControlFailed(RuntimeError):
    """A device did not do what it was told, or did not say so in time.

    `state` is `refused` (by the platform or the device), `failed`, or `unknown`: it may have done it. `id` is the
    action's, None when there is none; `reason` says why.
    """

    def __init__(self, state: str, reason: str, id: "str | None") -> None:
        super().__init__(reason)
        self.state = state
        self.reason = reason
        self.id = id
