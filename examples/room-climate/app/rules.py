"""What the fan should do and when somebody must be told. Nothing here touches a device, so it can be tried without one."""
from typing import NamedTuple

# A fan that is switched at one value would be switched all the time: it goes down only when it is this much better.
HYSTERESIS_CELSIUS = 0.5
HYSTERESIS_PERCENT = 3.0


class Room(NamedTuple):
    """What is known of the room; humidity and occupancy may be unknown."""

    celsius: float
    humidity: float
    occupied: bool


class Limits(NamedTuple):
    """What people find comfortable, and what nobody should have to bear."""

    comfort_celsius: float
    comfort_humidity: float
    alarm_celsius: float


def wanted_speed(room: Room, limits: Limits, present: int) -> int:
    """The speed of the fan in percent, in steps of 20; an empty room gets half of what people would get."""
    too_warm = room.celsius - limits.comfort_celsius
    too_humid = room.humidity - limits.comfort_humidity
    if present > 0:
        too_warm += HYSTERESIS_CELSIUS
        too_humid += HYSTERESIS_PERCENT
    if too_warm <= 0 and too_humid <= 0:
        return 0
    full = max(40.0 + 20.0 * too_warm, 40.0 + 4.0 * too_humid)
    share = 1.0 if room.occupied else 0.5
    return int(min(100, max(20, round(full * share / 20) * 20)))


def is_alarming(room: Room, limits: Limits) -> bool:
    """Whether somebody must be told: it is too hot, and people are in the room."""
    return room.occupied and room.celsius >= limits.alarm_celsius
