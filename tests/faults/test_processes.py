# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs that are killed at any moment, and two that run at the same one: processes of their own, without Ansible."""

from __future__ import annotations

import functools
import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.estate import estate
from ansible_collections.tmi.tmi.tests.harness.faults import kill, requests_of
from ansible_collections.tmi.tmi.tests.harness.held import compare
from ansible_collections.tmi.tmi.tests.harness.process import fork
from ansible_collections.tmi.tmi.tests.harness.runs import clean_once, run, scenario_of

Json = Any
ROUNDS = 30
RACES = 20
#: What v1 lets the client choose the ids of.
CHOSEN = ("threat", "document", "source", "asset")


@pytest.mark.parametrize("name", ["create", "update", "update, session"])
def test_killed_at_any_moment(servers: Any, tally: Any, name: str) -> None:
    """What a run leaves that is killed, the next one completes."""
    server = servers[0]
    scenario = scenario_of(server.api, name)
    golden, _requests = clean_once(server, scenario)
    requests = requests_of(server, scenario)
    row = tally(scenario.name, "kill -9")
    partial = 0
    begin = time.monotonic()
    for number in range(ROUNDS):
        index = 1 + number * requests // ROUNDS
        case, left = kill(server, scenario, golden, index, acted=bool(number % 2))
        case.add_to(row)
        partial += left
    row.seconds = time.monotonic() - begin
    row.kind += f" ({partial} left a part)"
    row.check()
    assert partial >= ROUNDS // 4


@pytest.mark.parametrize("there", [False, True], ids=["models too", "children"])
def test_two_runs_at_the_same_moment(servers: Any, tally: Any, tmp_path: Path, there: bool) -> None:
    """What stands twice afterwards is told and never picked in silence; what has an id of ours does not stand twice."""
    server = servers[0]
    wanted = estate(server.api, "second")
    empty = [{name: model[name] for name in ("tmi_definition", "key", "name")} for model in wanted]
    scenario = scenario_of(server.api, "create")
    golden, _requests = clean_once(server, scenario)
    row = tally(scenario.name, "two runs at once, " + ("of children" if there else "of models too"))
    begin = time.monotonic()
    for number in range(RACES):
        server.clear()
        if there:
            assert not run(server, empty).get("failed")
        results = race(server, wanted, tmp_path)
        found = server.census()
        twins = Counter(key[1] for key, objects in found.items() if len(objects) > 1)
        third = run(server, wanted)
        row.cases += 1
        row.at_once += not any(result.get("failed") for result in results)
        row.duplicates += sum(twins.values())
        broken = [result for result in (*results, third) if "exception" in result]
        assert not broken, broken[0]["exception"]
        if server.api == "v1" and not twins["threat model"]:
            assert not any(twins[kind] for kind in CHOSEN), (number, twins)
        if twins:
            assert third.get("failed"), (number, twins, third)
            names = [key[2] for key, objects in found.items() if len(objects) > 1]
            assert any(name in third["msg"] for name in names), third["msg"]
            row.never += 1
        else:
            assert not third.get("failed"), third["msg"]
            assert not compare(server.census(), golden).wrong
            server.control("reset", {"counters": True})
            assert run(server, wanted)["changed"] is False
            row.third_writes += server.counted()["writes"]
            row.by_next += any(result.get("failed") for result in results)
    row.seconds = time.monotonic() - begin
    assert row.third_writes == 0


def race(server: Any, wanted: Json, folder: Path) -> list[Json]:
    """Let two runs begin together; return their results."""
    gate, opener = os.pipe()
    files = [folder / "0.json", folder / "1.json"]

    def work(file: Path) -> None:
        os.close(opener)
        os.read(gate, 1)
        file.write_text(json.dumps(run(server, wanted)))

    pids = [fork(functools.partial(work, file)) for file in files]
    os.close(opener)
    os.close(gate)
    for pid in pids:
        os.waitpid(pid, 0)
    return [json.loads(file.read_text()) for file in files]
