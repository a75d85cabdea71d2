"""Errors that an algorithm can meet when it calls the SDK."""


class OutsideTask(RuntimeError):
    """The program asked for something that only a task of Berth has, but was not started by Berth."""


class SpoolFull(RuntimeError):
    """An output was not taken because too much output already waits for the platform on this container's disk."""
