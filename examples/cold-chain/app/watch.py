"""Watches a cold store. Too warm for too long: an e-mail with the readings as evidence, and an SMS; and an e-mail when it is over.

Parameters: `limit_celsius` (8), `after_seconds` above it before anybody is told (60), `email` (addresses, separated by commas),
`sms` (numbers, separated by commas), `evidence_seconds` of readings that go with the e-mail (3600).
"""
import os
from datetime import datetime, timezone

import berth
from incident import Watch, write_evidence


def addresses(name):
    return [part.strip() for part in berth.job.parameters.get(name, "").split(",") if part.strip()]


def evidence_of(incident):
    """Writes the readings that led here and hands them over as output, so that the e-mail can carry them."""
    name = f"{incident}.csv"
    path = os.path.join(os.environ.get("HOME", "."), name)
    seconds = float(berth.job.parameters.get("evidence_seconds", "3600"))
    write_evidence(path, berth.sensors.store.window(seconds))
    berth.output.file(path, name=name)
    return name


def tell_beginning(incident, reading, limit):
    words = {"celsius": f"{reading.values['celsius']:.1f}", "limit": f"{limit:.1f}", "sensor": reading.sensor}
    if addresses("email"):
        berth.actions.email(
            to=addresses("email"),
            subject=f"Cold chain: {reading.sensor} is too warm",
            text="{sensor} is at {celsius} °C, above {limit} °C. The readings that led here are attached.",
            values=words,
            attachments=[evidence_of(incident)],
            key=f"{incident}-email",
        )
    if addresses("sms"):
        berth.actions.sms(
            to=addresses("sms"),
            text=f"{reading.sensor}: {words['celsius']} °C, limit {words['limit']} °C",
            key=f"{incident}-sms",
        )
    berth.log.warning("It is too warm", incident=incident, **words)


def tell_end(incident, reading):
    if addresses("email"):
        berth.actions.email(
            to=addresses("email"),
            subject=f"Cold chain: {reading.sensor} is cold again",
            text="{sensor} is back at {celsius} °C.",
            values={"sensor": reading.sensor, "celsius": f"{reading.values['celsius']:.1f}"},
            key=f"{incident}-over",
        )
    berth.log.info("It is cold again", incident=incident)


def main():
    limit = float(berth.job.parameters.get("limit_celsius", "8"))
    watch = Watch(limit, float(berth.job.parameters.get("after_seconds", "60")))
    # An incident that a container before this one told of is not told again, and its end is.
    incident = berth.state.get("incident")
    watch.is_incident = incident is not None
    for reading in berth.sensors.store.stream():
        meaning = watch.take(reading.at.timestamp(), reading.values["celsius"])
        if meaning == "began":
            incident = "incident-" + datetime.fromtimestamp(watch.warm_since, timezone.utc).strftime("%Y%m%dT%H%M%SZ")
            tell_beginning(incident, reading, limit)
            berth.state.set("incident", incident)
        if meaning == "ended":
            tell_end(incident, reading)
            berth.state.delete("incident")
        if berth.job.stopping():
            return


if __name__ == "__main__":
    main()
