# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The eight standard models by the role tmi.tmi.seed, against plain.py, which does the least that creates the same."""

from __future__ import annotations

import json
import statistics
import sys

import plain
import requests
from measure import HERE, Bench, Json, by_path, show

#: What is aimed at: ratios that must not be exceeded.
TIME, REQUESTS = 2.0, 1.2
PLAIN = HERE / "plain.py"


def seed(bench: Bench) -> bool:
    """Compare the role with the script."""
    server = bench.server
    role = bench.playbook("seed", [{"name": "Seed", "ansible.builtin.import_role": {"name": "tmi.tmi.seed"}}])
    nothing = bench.playbook("nothing", [])
    content = bench.folder / "models.json"

    def run_role() -> tuple[float, dict[str, Json]]:
        server.empty()
        return role().seconds, server.stats()

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
    for number in range(bench.rounds):
        bare.append(nothing().seconds)
        python.append(bench.seconds(sys.executable, "-c", "pass"))
        for run, times, name in ((run_role, ours, "role"), (run_script, theirs, "script"))[:: 1 if number % 2 else -1]:
            spent, counted[name] = run()
            times.append(spent)
    took = statistics.median(bare), statistics.median(python)
    print("Seeding eight models, medians of %d rounds:" % bench.rounds)
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


def read(url: str) -> list[Json]:
    """Return all models whole."""
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
