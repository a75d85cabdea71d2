"""Reads the measurements of the package and reports on every room: lowest, mean and highest, and hours out of comfort.

Parameters: `comfort_low` and `comfort_high` in degrees Celsius (20 and 24). With several copies, each takes its share of the rooms.
"""
import csv
import io
import os
import statistics
from collections import defaultdict

import berth

MEASUREMENTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "measurements.csv")
COLUMNS = ("room", "hours", "lowest", "mean", "highest", "hours_too_cold", "hours_too_warm", "mean_humidity")


def read_rooms(path):
    rooms = defaultdict(list)
    with open(path, newline="", encoding="utf-8") as source:
        for row in csv.DictReader(source):
            rooms[row["room"]].append((float(row["temperature"]), float(row["humidity"])))
    return dict(rooms)


def describe(room, hours, low, high):
    temperatures = [temperature for temperature, _ in hours]
    return {
        "room": room,
        "hours": len(hours),
        "lowest": min(temperatures),
        "mean": round(statistics.fmean(temperatures), 1),
        "highest": max(temperatures),
        "hours_too_cold": sum(temperature < low for temperature in temperatures),
        "hours_too_warm": sum(temperature > high for temperature in temperatures),
        "mean_humidity": round(statistics.fmean(humidity for _, humidity in hours)),
    }


def as_csv(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main():
    low = float(berth.job.parameters.get("comfort_low", "20"))
    high = float(berth.job.parameters.get("comfort_high", "24"))
    rooms = read_rooms(MEASUREMENTS)
    share = sorted(rooms)[berth.job.slot :: berth.job.copies]
    berth.log.info("Measurements were read", rooms=len(rooms), share=len(share), comfort_low=low, comfort_high=high)
    rows = [describe(room, rooms[room], low, high) for room in share]
    for row in rows:
        print(f"{row['room']}: {row['lowest']} to {row['highest']} °C, mean {row['mean']} °C")
    path = os.path.join(os.environ.get("HOME", "."), f"report-{berth.job.slot}.csv")
    with open(path, "w", newline="", encoding="utf-8") as target:
        target.write(as_csv(rows))
    berth.output.file(path, content_type="text/csv")


if __name__ == "__main__":
    main()
