"""Keeps a room comfortable: looks at its sensors, sets the fan, and tells people when the fan is not enough.

Parameters: `comfort_celsius` (24), `comfort_humidity` (60), `alarm_celsius` (30), `every_seconds` between two looks (5),
`alert_every_minutes` between two alerts (60).
"""
import time

import berth
from rules import Limits, Room, is_alarming, wanted_speed


def parameter(name, default):
    return float(berth.job.parameters.get(name, default))


def look():
    """The room as its sensors last gave it, or None while a thermometer has given nothing."""
    readings = [sensor.latest() for sensor in berth.sensors.temperature]
    known = [reading.value for reading in readings if reading is not None]
    if not known:
        return None
    humidity = berth.sensors.humidity.latest()
    occupancy = berth.sensors.occupancy.latest()
    # Who is unsure whether anybody is there does better to treat the room as if somebody were.
    return Room(
        celsius=sum(known) / len(known),
        humidity=0.0 if humidity is None else humidity.value,
        occupied=True if occupancy is None else occupancy.value,
    )


def set_fan(speed):
    """Sets the fan; one that does not answer is told again at the next look."""
    try:
        berth.controls.fan.set(percent=speed)
    except berth.ControlFailed as fault:
        berth.log.warning("The fan did not take its speed", wanted=speed, fault=str(fault))
        return False
    berth.log.info("The fan was set", percent=speed)
    # It is known again after a restart, here or on another machine.
    berth.state.set("fan_percent", speed)
    return True


def alert(room, every_minutes):
    """Tells people once in a while, whichever container does it."""
    last = berth.state.get("alerted_at", 0)
    if time.time() - last < every_minutes * 60:
        return
    berth.actions.notify(
        title=f"It is {room.celsius:.1f} °C in the room",
        text="People are in it and the fan is not enough. Open a window, or move them.",
        severity="alert",
        key=f"hot-{int(time.time() // (every_minutes * 60))}",
    )
    berth.state.set("alerted_at", time.time())
    berth.log.warning("People were told that it is too hot", celsius=round(room.celsius, 1))


def main():
    limits = Limits(parameter("comfort_celsius", "24"), parameter("comfort_humidity", "60"), parameter("alarm_celsius", "30"))
    every = parameter("every_seconds", "5")
    speed = berth.state.get("fan_percent", 0)
    while not berth.job.stopping():
        room = look()
        if room is not None:
            wanted = wanted_speed(room, limits, speed)
            if wanted != speed and set_fan(wanted):
                speed = wanted
            if is_alarming(room, limits):
                alert(room, parameter("alert_every_minutes", "60"))
            berth.output.json({**room._asdict(), "fan_percent": speed}, name="room")
        berth.job.wait(every)


if __name__ == "__main__":
    main()
