"""A cloud whose machines are files in a directory, as a program: what a user's own commands could be.

Words: directory, then `status MACHINE`, `start MACHINE`, `stop MACHINE`, `create NAME ACT`, `find ACT` or `destroy MACHINE`.
"""

import json
import sys
from pathlib import Path

directory, act, *words = sys.argv[1:]
machines = {path.stem: json.loads(path.read_text()) for path in Path(directory).glob("*.json")}


def keep(machine: dict) -> None:
    (Path(directory) / f"{machine['machine']}.json").write_text(json.dumps(machine))


def change(state: str) -> None:
    if words[0] in machines:
        keep({**machines[words[0]], "state": state})
    elif state == "running":
        sys.exit(f"there is no machine {words[0]}")


if act == "status":
    print(json.dumps(machines.get(words[0], {"machine": words[0], "state": "gone"})))
elif act == "find":
    print(json.dumps(next((each for each in machines.values() if each["act"] == words[0]), None)))
elif act == "start":
    change("running")
elif act == "stop":
    change("stopped")
elif act == "create":
    name, mark = words
    made = {"machine": f"file-{mark}", "name": name, "act": mark, "state": "running"}
    made["address"] = f"10.0.0.{len(machines) + 1}"
    keep(made)
    print(json.dumps(made))
elif act == "destroy":
    (Path(directory) / f"{words[0]}.json").unlink(missing_ok=True)
