"""When readings of a cold store are an incident, and what is written down as evidence. No device is touched here."""
import csv


class Watch:
    """Follows readings one by one; an incident begins when it has been too warm for long enough."""

    def __init__(self, limit_celsius, after_seconds):
        self.limit_celsius = limit_celsius
        self.after_seconds = after_seconds
        self.warm_since = None
        self.is_incident = False

    def take(self, at_seconds, celsius):
        """What this reading means: `began`, `ended`, or None."""
        if celsius <= self.limit_celsius:
            self.warm_since = None
            ended, self.is_incident = self.is_incident, False
            return "ended" if ended else None
        if self.warm_since is None:
            self.warm_since = at_seconds
        if self.is_incident or at_seconds - self.warm_since < self.after_seconds:
            return None
        self.is_incident = True
        return "began"


def write_evidence(path, readings):
    """Writes what was measured as CSV: time in UTC, temperature, door."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("at", "celsius", "door_open"))
        for reading in readings:
            table.writerow((reading.at.isoformat(), reading.values["celsius"], reading.values["door_open"]))
