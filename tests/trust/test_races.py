# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that create the same at the same time, each in a process of its own."""

from __future__ import annotations

import functools
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog
from ansible_collections.tmi.tmi.tests.harness.process import fork
from ansible_collections.tmi.tmi.tests.harness.promises import LOOK_AGAIN

Json = Any
#: Rounds of an item, and of one in the sample. Ten runs at once have half of them on each generation.
ROUNDS, SAMPLED = 40, 3
FORKS = 10
#: What a task of a single-object module says besides the model and the name.
OBJECTS = {
    "asset": {"type": "data"},
    "diagram": {"nodes": {"web": {"type": "process"}, "db": {"type": "store"}}, "flows": ["web -> db"]},
    "document": {"uri": "https://wiki.example.com/x"},
    "note": {"content": "A note"},
    "source": {"uri": "https://git.example.com/x.git"},
    "threat": {"severity": "low"},
}
#: What only API v1 has.
NEW_KINDS = ("asset", "note")


def definition(api: str, name: str) -> Json:
    """Return a model with something of each kind that the server of a generation names."""
    nodes = {"web": {"type": "process"}, "db": {"type": "store"}}
    model = {
        "tmi_definition": 1,
        "key": name.replace(" ", "-").lower(),
        "name": name,
        "documents": {f"d{n}": {"uri": f"https://wiki.example.com/{n}"} for n in range(3)},
        "sources": {f"s{n}": {"uri": f"https://git.example.com/{n}.git", "type": "git"} for n in range(3)},
        "diagrams": {
            "main": {"nodes": nodes, "flows": {"sql": {"from": "web", "to": "db"}}},
            "second": {"nodes": {"web": {"type": "process"}}},
        },
        "threats": {f"t{n}": {"at": "main/web", "severity": "low"} for n in range(5)},
    }
    return {**model, "notes": {"n": {"content": "A note"}}} if api == "v1" else model


def task(site: Any, kind: str, name: str) -> Callable[[], Json]:
    """Return a call that runs a module on a model of this name."""
    if kind == "definition":
        module = definition_module()
        given: Json = {"definition": [definition(site.api, name), definition(site.api, name + " again")]}
    elif kind == "threat_model":
        module, given = single_module(_catalog.by_name(kind)), {"name": name}
    else:
        module = single_module(_catalog.by_name(kind))
        given = {"threat_model": name, **OBJECTS[kind], **({} if kind == "source" else {"name": "X"})}
    defaults = {option: spec.get("default") for option, spec in module.argument_spec.items()}
    return lambda: module.run({**defaults, **site.connection(), **given}, False)


def at_once(work: Callable[[], Json], number: int, folder: Path, is_one_machine: bool) -> list[Json]:
    """Run the same so many times at once, in processes that share their locks or do not; return the results."""
    gate, opener = os.pipe()

    def run(place: int) -> None:
        os.close(opener)
        tempfile.tempdir = str(folder if is_one_machine else folder / str(place))
        Path(tempfile.tempdir).mkdir(exist_ok=True)
        os.read(gate, 1)
        (folder / f"{place}.json").write_text(json.dumps(work()))

    pids = [fork(functools.partial(run, place)) for place in range(number)]
    os.close(opener)
    os.close(gate)
    for pid in pids:
        os.waitpid(pid, 0)
    return [json.loads((folder / f"{place}.json").read_text()) for place in range(number)]


def race(site: Any, kind: str, folder: Path, rounds: int, number: int, is_one_machine: bool) -> None:
    """Let runs race, and after each round let one more run find nothing to do."""
    for lap in range(rounds):
        name = f"{site.prefix}{kind} {lap}"
        if kind not in ("definition", "threat_model"):
            made = task(site, "threat_model", name)()
            assert not made.get("failed"), made["msg"]
        work = task(site, kind, name)
        results = at_once(work, number, folder, is_one_machine)
        doubles = Counter({key: len(found) for key, found in site.census().items() if len(found) > 1})
        assert not doubles, (lap, doubles)
        kept = [line for result in results for line in result.get("warnings", ()) if "it is already used" in line]
        assert not kept, (lap, kept)
        failed = [result["msg"] for result in results if result.get("failed")]
        assert not failed, (lap, failed)
        later = work()
        assert not later.get("failed"), later["msg"]
        assert later["changed"] is False, (lap, later["diff"])
        assert later["stats"]["writes"] == 0
        site.clean()


@pytest.fixture
def rounds(request: pytest.FixtureRequest) -> int:
    """Return how many rounds an item has."""
    return SAMPLED if request.config.getoption("--sample") else ROUNDS


@pytest.mark.promise("Two runs at once create no duplicates", sample=3, guard=LOOK_AGAIN, fails="definition")
@pytest.mark.parametrize("kind", ["definition", "threat_model", *sorted(OBJECTS)])
def test_two_machines(site: Any, kind: str, tmp_path: Path, rounds: int, record_property: Any) -> None:
    """Each with its own locks, as two controllers have."""
    if kind in NEW_KINDS and site.api == "v0":
        pytest.skip("this generation has no such objects")
    record_property("cases", rounds)
    race(site, kind, tmp_path, rounds, 2, False)


@pytest.mark.promise(
    "Ten runs at once on one machine create no duplicates", sample=1, guard=LOOK_AGAIN, fails="diagram"
)
@pytest.mark.parametrize("kind", ["definition", "diagram", "threat_model"])
def test_ten_runs_of_one_machine(site: Any, kind: str, tmp_path: Path, rounds: int, record_property: Any) -> None:
    """As forks of one play over ten hosts do."""
    rounds = max(1, rounds // 2)
    record_property("cases", rounds)
    race(site, kind, tmp_path, rounds, FORKS, True)
