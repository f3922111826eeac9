# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ratios of speed, measured side by side against the embedded server.

    run.py                      all, five rounds
    run.py seed --rounds 9
    run.py call

seed: the eight standard models by the role tmi.tmi.seed, their cells through collaboration sessions, against plain.py
      beside this file, which does the least that creates the same content. A run of ansible-playbook without tasks is
      taken off the one, the start of Python off the other. That both leave the same content is checked.
call: one call of a module inside the worker, against the same call shipped as a module.

Seconds depend on the machine and are shown for orientation. Ratios are compared with the aims, by their medians: the
exit code is 1 where one is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BIN = Path(sys.executable).parent
PLAIN = HERE / "plain.py"

#: What is aimed at: ratios that must not be exceeded.
TIME, REQUESTS, CALL = 2.0, 1.2, 0.2
#: Calls of a module in one playbook.
CALLS = 10

Json = Any


class Server:
    """The embedded server, for as long as the measurement takes."""

    def __init__(self, url: str) -> None:
        self.url = url

    def _ask(self, path: str, body: Json = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + "/_test/" + path, data, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def empty(self) -> None:
        """Forget all data and counts."""
        self._ask("reset", {"counters": True, "data": True})

    def stats(self) -> dict[str, Json]:
        """Return what was counted since."""
        found: dict[str, Json] = self._ask("stats")
        return found


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Start a server with its data in memory, and stop it."""
    command = [sys.executable, "-B", "-m", "tmi_sandbox", "serve", "--api=v0", "--port=0", "--data=:memory:", "--test-controls"]
    with subprocess.Popen(
        command,
        cwd=ROOT / "roles" / "sandbox" / "files",
        stdout=subprocess.PIPE,
        stderr=(folder / "server.log").open("w"),
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield Server(json.loads(process.stdout.readline())["url"])
        finally:
            process.terminate()


class Bench:
    """Times commands in surroundings that nothing of this machine's settings gets into."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.folder = folder
        self.server = server
        (folder / "ansible.cfg").touch()
        dropped = ("ANSIBLE_", "TMI_", "PYTHONDONTWRITEBYTECODE")
        self.surroundings = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
        self.surroundings.update(
            PATH=os.pathsep.join([str(BIN), os.environ.get("PATH", os.defpath)]),
            ANSIBLE_COLLECTIONS_PATH=os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".cache" / "collections")),
            ANSIBLE_CONFIG=str(folder / "ansible.cfg"),
            ANSIBLE_HOME=str(folder / "ansible"),
            ANSIBLE_LOCALHOST_WARNING="false",
            ANSIBLE_INVENTORY_UNPARSED_WARNING="false",
            ANSIBLE_CONNECTION_PLUGINS=str(HERE / "connection_plugins"),
            TMI_URL=server.url,
            TMI_LOGIN_PROVIDER="test",
            TMI_LOGIN_HINT="alice",
        )

    def seconds(self, *command: str | Path) -> float:
        """Return how long a command takes. Ends the measurement if it fails."""
        begin = time.perf_counter()
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=self.surroundings,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        spent = time.perf_counter() - begin
        if done.returncode:
            raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stdout}\n{done.stderr}")
        return spent

    def playbook(self, name: str, tasks: list[Json], **play: Json) -> Callable[[], float]:
        """Return a call that runs a playbook of these tasks and returns its seconds."""
        path = self.folder / f"{name}.yml"
        content = {"name": name, "hosts": "localhost", "gather_facts": False, **play, "tasks": tasks}
        path.write_text(yaml.safe_dump([content], sort_keys=False), encoding="utf-8")
        return lambda: self.seconds(BIN / "ansible-playbook", path)


def show(title: str, ratios: list[float], aim: float) -> bool:
    """Print a ratio with its spread; return whether the aim is met."""
    middle = statistics.median(ratios)
    verdict = "met" if middle <= aim else "MISSED"
    print(f"  {title}: {middle:.2f} (from {min(ratios):.2f} to {max(ratios):.2f}); aim: at most {aim:g}, {verdict}")
    return middle <= aim


# ---------------------------------------------------------------------------------------------- seeding
def seed(bench: Bench, rounds: int) -> bool:
    """Compare the role with the script."""
    server = bench.server
    role = bench.playbook("seed", [{"name": "Seed", "ansible.builtin.import_role": {"name": "tmi.tmi.seed"}}])
    nothing = bench.playbook("nothing", [])
    content = bench.folder / "models.json"

    def run_role() -> tuple[float, dict[str, Json]]:
        server.empty()
        return role(), server.stats()

    def run_script() -> tuple[float, dict[str, Json]]:
        server.empty()
        return bench.seconds(sys.executable, PLAIN, server.url, content), server.stats()

    # Once unmeasured: everything is compiled then, and the script gets its content.
    run_role()
    models = read(server.url)
    content.write_text(json.dumps([payload(model) for model in models]), encoding="utf-8")
    run_script()
    if comparable(models) != comparable(read(server.url)):
        raise SystemExit("The script leaves other content than the role: the comparison would be worth nothing")

    ours, theirs, bare, python = [], [], [], []
    counted: dict[str, dict[str, Json]] = {}
    for number in range(rounds):
        bare.append(nothing())
        python.append(bench.seconds(sys.executable, "-c", "pass"))
        for run, times, name in ((run_role, ours, "role"), (run_script, theirs, "script"))[:: 1 if number % 2 else -1]:
            spent, counted[name] = run()
            times.append(spent)
    took = statistics.median(bare), statistics.median(python)
    print("Seeding eight models, medians of %d rounds:" % rounds)
    for name, times, off in (("role", ours, took[0]), ("script", theirs, took[1])):
        whole, stats = statistics.median(times), counted[name]
        print(
            f"  {name}: {whole - off:.2f} s ({whole:.2f} s less {off:.2f} s for starting with nothing to do), "
            f"{stats['requests']} requests, {stats['diagram_operations']} messages in sessions"
        )
    print(f"  requests of the role: {by_path(counted['role'])}")
    pairs = zip(ours, theirs, bare, python, strict=True)
    met = show("time, role / script", [(a - c) / (b - d) for a, b, c, d in pairs], TIME)
    return show("requests", [counted["role"]["requests"] / counted["script"]["requests"]], REQUESTS) and met


def by_path(stats: dict[str, Json]) -> str:
    return ", ".join(f"{count} {path}" for path, count in sorted(stats["by_path"].items(), key=lambda one: -one[1]))


def read(url: str) -> list[Json]:
    """Return all models whole."""
    sys.path.insert(0, str(HERE))
    import plain
    import requests

    with requests.Session() as session:
        session.trust_env = False
        plain.log_in(session, url)
        items = session.get(f"{url}/threat_models", params={"limit": 100}).json()
        found = [session.get(f"{url}/threat_models/{item['id']}").json() for item in items]
    return sorted(found, key=lambda model: str(model["name"]))


def payload(model: Json) -> Json:
    """Return what plain.py sends for one model."""
    diagrams = {diagram["id"]: diagram["name"] for diagram in model["diagrams"]}
    threat = ("name", "description", "severity", "priority", "status", "threat_type", "mitigated", "cell_id")
    return {
        "model": {name: model[name] for name in ("name", "description", "threat_model_framework")},
        "metadata": model["metadata"],
        "diagrams": [{name: diagram[name] for name in ("name", "type", "cells")} for diagram in model["diagrams"]],
        "threats": [
            {
                "diagram": diagrams[found["diagram_id"]],
                "threat": {name: found[name] for name in threat if name in found},
                "metadata": found["metadata"],
            }
            for found in sorted(model["threats"], key=lambda one: str(one["name"]))
        ],
    }


def comparable(models: list[Json]) -> Json:
    """Return the content without what the server chooses, and without the defaults that it adds to cells on PUT."""
    found = [payload(model) for model in models]
    for model in found:
        for diagram in model["diagrams"]:
            for cell in diagram["cells"]:
                for name, value in {"visible": True, "zIndex": 1, "angle": 0}.items():
                    cell.setdefault(name, value)
                cell.setdefault("data", {}).setdefault("_metadata", [])
    return found


# ---------------------------------------------------------------------------------------------- one call
def call(bench: Bench, rounds: int) -> bool:
    """Compare a call inside the worker with a shipped one."""
    bench.server.empty()
    tasks = [{"name": f"Call {number}", "tmi.tmi.tmi_threat_model": {"name": "Shop"}} for number in range(CALLS)]
    # The implicit localhost has a connection of its own, which the keyword of a play does not replace.
    host = {"ansible_python_interpreter": sys.executable, "ansible_connection": "local"}
    worker = bench.playbook("worker", tasks, vars=host)
    shipped = bench.playbook("shipped", tasks, vars={**host, "ansible_connection": "shipped"})
    nothing = bench.playbook("nothing", [])
    bench.surroundings["TMI_TOKEN_CACHE"] = str(bench.folder / "tokens.json")
    worker()
    ours, theirs, bare = [], [], []
    for number in range(rounds):
        bare.append(nothing())
        for run, times in ((worker, ours), (shipped, theirs))[:: 1 if number % 2 else -1]:
            times.append(run())
    off = statistics.median(bare)
    print("One call of a module, medians of %d rounds of %d calls:" % (rounds, CALLS))
    for name, times in (("in the worker", ours), ("shipped", theirs)):
        print(f"  {name}: {(statistics.median(times) - off) / CALLS * 1000:.0f} ms")
    pairs = zip(ours, theirs, bare, strict=True)
    return show("time, in the worker / shipped", [(a - c) / (b - c) for a, b, c in pairs], CALL)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", nargs="*", help="measurements: seed, call (all)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each measurement (%(default)s)")
    options = parser.parse_args()
    measurements = {"seed": seed, "call": call}
    for name in set(options.what) - set(measurements):
        parser.error(f"there is no measurement {name}")
    with tempfile.TemporaryDirectory(prefix="tmi-bench-") as name, serving(Path(name)) as server:
        bench = Bench(Path(name), server)
        met = [measurements[one](bench, options.rounds) for one in options.what or measurements]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
