"""Looks at the machine that it runs on, again and again until it is stopped, and gives every look as JSON.

Parameters: `every_seconds` between two looks (10).
"""
import os

import berth

OWN_MEMORY = ("/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory/memory.usage_in_bytes")


def memory_of_machine():
    """Total and available memory in MiB. A container sees those of its machine."""
    fields = {}
    with open("/proc/meminfo", encoding="ascii") as source:
        for line in source:
            name, _, rest = line.partition(":")
            fields[name] = int(rest.split()[0]) // 1024
    return fields["MemTotal"], fields["MemAvailable"]


def own_memory():
    """Memory of this container in MiB, or None where the kernel does not tell."""
    for path in OWN_MEMORY:
        try:
            with open(path, encoding="ascii") as source:
                return round(int(source.read()) / 1024 / 1024, 1)
        except OSError:
            continue
    return None


def look(number):
    total, available = memory_of_machine()
    scratch = os.statvfs(os.environ.get("HOME", "/"))
    return {
        "look": number,
        "load": [round(load, 2) for load in os.getloadavg()],
        "cpus": os.cpu_count(),
        "memory_used_percent": round(100 * (1 - available / total), 1),
        "own_memory_mib": own_memory(),
        "scratch_free_mib": scratch.f_bavail * scratch.f_frsize // 1024 // 1024,
    }


def main():
    every = max(0.1, float(berth.job.parameters.get("every_seconds", "10")))
    number = 0
    while not berth.job.stopping():
        number += 1
        seen = look(number)
        berth.log.info("The machine was looked at", slot=berth.job.slot, **seen)
        berth.output.json(seen, name="machine")
        if berth.job.wait(every):
            break
    berth.log.info("Stopping as asked", looks=number)


if __name__ == "__main__":
    main()
