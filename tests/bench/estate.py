# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An estate of models as code, against floor.py and against a task for each object."""

from __future__ import annotations

import json
import statistics
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import estate_content as content
from floor import content as without_ids
from floor import with_floor
from measure import HERE, Bench, Json, by_path, show

FLOOR = HERE / "floor.py"
FORMS = {"YAML": ".yml", "JSON": ".json"}

#: What is aimed at. Requests a model of a second run, by generation: the model, and the lists that it does not hold.
TIME, REQUESTS, FASTER, MEMORY, CHANGED_WRITES = 2.0, 1.1, 100, 200, 1
AGAIN = {"v0": 3, "v1": 4}
#: A round takes half a minute.
MOST_ROUNDS = 3


class Step(NamedTuple):
    """One run: seconds without those that starting takes, what the server counted, and MiB at the peak."""

    seconds: float
    stats: dict[str, Json]
    memory: float


class Estate:
    """Runs of the collection and of the script over one estate."""

    def __init__(self, bench: Bench, models: int) -> None:
        self.bench = bench
        self.server = bench.server
        self.models = models
        self.nothing = bench.playbook("nothing", [])
        self.start = self.python = 0.0
        self.wanted = {what: bench.folder / f"{what}-{self.server.api}.json" for what in ("created", "changed")}
        self.steps: dict[tuple[str, str], list[Step]] = defaultdict(list)

    def calm(self) -> None:
        """Take the time that starting with nothing to do takes; a busy machine only adds to it."""
        self.start = min(self.nothing().seconds for _turn in range(2))
        self.python = self.bench.seconds(sys.executable, "-c", "pass")

    def apply(self, folder: Path) -> Step:
        """Run the collection over the definitions of a folder."""
        task = {"name": "Have the estate", "tmi.tmi.tmi_definition": {"src": str(folder)}}
        self.server.forget_counts()
        spent = self.bench.playbook("estate", [task])()
        return Step(spent.seconds - self.start, self.server.stats(), spent.memory)

    def floor(self, what: str, wanted: str) -> Step:
        """Run the script."""
        self.server.forget_counts()
        command = (sys.executable, FLOOR, self.server.api, self.server.url, what, self.wanted[wanted])
        spent = self.bench.spent(*command)
        return Step(spent.seconds - self.python, self.server.stats(), spent.memory)

    def read(self) -> list[Json]:
        """Return what is on the server, by name and without ids."""
        found = with_floor(self.server.api, self.server.url, lambda floor: list(floor.read()))
        return sorted((without_ids(model) for model in found), key=lambda model: str(model["model"]["name"]))

    def round_of_ours(self, form: str) -> None:
        """Create, run again, change one threat."""
        folder = self.bench.folder / f"estate-{form}"
        content.write(folder, self.models, FORMS[form])
        self.server.empty()
        self.steps[form, "create"].append(self.apply(folder))
        self.steps[form, "again"].append(self.apply(folder))
        content.write_changed(folder, FORMS[form])
        self.steps[form, "change"].append(self.apply(folder))

    def round_of_floor(self) -> None:
        """The same by the script."""
        self.server.empty()
        self.steps["floor", "create"].append(self.floor("create", "created"))
        self.steps["floor", "again"].append(self.floor("again", "created"))
        self.steps["floor", "change"].append(self.floor("again", "changed"))

    def rehearse(self) -> None:
        """Run everything once, unmeasured, and make sure that both sides leave the same."""
        folder = self.bench.folder / "estate-YAML"
        content.write(folder, self.models, ".yml")
        self.server.empty()
        self.apply(folder)
        left = {"created": self.read()}
        content.write_changed(folder, ".yml")
        self.apply(folder)
        left["changed"] = self.read()
        for what, models in left.items():
            self.wanted[what].write_text(json.dumps(models), encoding="utf-8")
        self.server.empty()
        for step, what in (("create", "created"), ("again", "changed")):
            self.floor(step, what)
            if self.read() != left[what]:
                raise SystemExit(f"The script leaves other content than the collection ({what}): worth nothing")


def estate(bench: Bench, models: int) -> bool:
    """Compare, print, and return whether all aims are met."""
    rounds = min(bench.rounds, MOST_ROUNDS)
    runs = Estate(bench, models)
    runs.rehearse()
    for number in range(rounds):
        runs.calm()
        sides = [runs.round_of_floor, *(lambda form=form: runs.round_of_ours(form) for form in FORMS)]
        for side in sides[:: 1 if number % 2 else -1]:
            side()
    print(
        f"An estate of {models} models with {content.OBJECTS} objects each on API {bench.server.api}, medians of "
        f"{rounds} rounds; starting with nothing to do ({runs.start:.2f} s of ansible-playbook) is taken off:"
    )
    for what in ("create", "again", "change"):
        for side in (*FORMS, "floor"):
            step = typical(runs.steps[side, what])
            print(
                f"  {what:6} {side:5}: {step.seconds:5.2f} s, {step.stats['requests']} requests, "
                f"{step.stats['writes']} writes"
            )
    print(f"  requests of a creation: {by_path(runs.steps['YAML', 'create'][-1].stats)}")
    met = [aims(runs, form) for form in FORMS]
    met.append(tasks(bench, models, runs))
    return all(met)


def typical(steps: list[Step]) -> Step:
    """Return the step of median duration."""
    return sorted(steps, key=lambda step: step.seconds)[len(steps) // 2]


def aims(runs: Estate, form: str) -> bool:
    """Hold the runs from one form of the definitions against the aims."""
    create, again, change = (runs.steps[form, what] for what in ("create", "again", "change"))
    floor = {what: runs.steps["floor", what] for what in ("create", "again")}
    pages = -(-runs.models // 100)
    ratios = [ours.seconds / theirs.seconds for ours, theirs in zip(create, floor["create"], strict=True)]
    requests = create[-1].stats["requests"] / floor["create"][-1].stats["requests"]
    a_model = (again[-1].stats["requests"] - login(again[-1].stats) - pages) / runs.models
    slower = statistics.median(a.seconds / b.seconds for a, b in zip(again, floor["again"], strict=True))
    memory = max(step.memory for step in (*create, *again, *change))
    print(f"  {form}: second run in {slower:.1f} times the time of the script, {again[-1].stats['writes']} writes")
    return all(
        [
            show(f"{form}: time of creating, collection / script", ratios, TIME),
            show(f"{form}: requests of creating, collection / script", [requests], REQUESTS),
            show(f"{form}: requests a model in a second run", [a_model], AGAIN[runs.server.api]),
            show(f"{form}: writes of a second run", [again[-1].stats["writes"]], 0),
            show(f"{form}: writes for one changed threat", [change[-1].stats["writes"]], CHANGED_WRITES),
            show(f"{form}: MiB of memory of the largest process", [memory], MEMORY),
        ]
    )


def login(stats: dict[str, Json]) -> int:
    """Return how many requests were for logging in."""
    return sum(count for path, count in stats["by_path"].items() if "/oauth2/" in path)


def tasks(bench: Bench, models: int, runs: Estate) -> bool:
    """Create one model by a task for each object, in both ways, and reckon what the estate would take."""
    host = {"ansible_python_interpreter": sys.executable}
    took = {}
    for way, connection in (("inside the worker", "local"), ("shipped as a module", "shipped")):
        bench.server.empty()
        cache = bench.folder / f"tokens-{bench.server.api}-{connection}.json"
        settings = {"environment": {"TMI_TOKEN_CACHE": str(cache)}, "vars": {**host, "ansible_connection": connection}}
        runs.calm()
        spent = bench.playbook("tasks", content.tasks(0), **settings)()
        took[way] = (spent.seconds - runs.start) * models
        print(
            f"  create by a task for each object, {way}: {took[way]:.0f} s, reckoned from one model "
            f"({content.OBJECTS} tasks in {spent.seconds - runs.start:.1f} s) times {models}"
        )
    ours = [step.seconds for step in runs.steps["YAML", "create"]]
    faster = [took["shipped as a module"] / seconds for seconds in ours]
    return show("times faster than a shipped task for each object", faster, FASTER, least=True)
