# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fault at every request: this run or the next one completes, nothing stands twice, then nothing is left to do."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.estate import estate, natural_keys
from ansible_collections.tmi.tmi.tests.harness.runs import (
    SCENARIOS,
    Scenario,
    after,
    clean,
    clean_once,
    scenario_of,
    sweep,
    untold,
)

Json = Any
#: Until the server has surely acted or given up (option settle_timeout; 0.8 s on the faster clock).
SETTLE = 16.0
#: Seconds, by the wall clock, after which the client gives up. On a busy machine it gives up on more requests than the
#: one that is struck, and what must hold then holds all the same.
GIVE_UP = 0.2

KINDS: dict[str, Json] = {
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "500": {"kind": "status", "status": 500},
    "500 after": {"kind": "status_after", "status": 500},
    "500, half done": {"kind": "half", "status": 500},
    "502": {"kind": "status", "status": 502},
    "502 after": {"kind": "status_after", "status": 502},
    "503": {"kind": "status", "status": 503},
    "503 after": {"kind": "status_after", "status": 503},
    "503, Retry-After 1": {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}},
    "504": {"kind": "status", "status": 504},
    "504 after": {"kind": "status_after", "status": 504},
    "429, Retry-After 0": {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
    "429, Retry-After 1": {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    "truncated": {"kind": "truncate"},
    "a page": {"kind": "html"},
    "late commit": {"kind": "delay", "seconds": None},
    "commit after the repetition": {"kind": "delay", "seconds": GIVE_UP + 0.07},
    "late answer": {"kind": "late_commit", "seconds": None},
    # Twice in a row, and until the end of the run: what was written then waits for the next run.
    "reset after, twice": {"kind": "reset_after", "times": 2},
    "502 after, twice": {"kind": "status_after", "status": 502, "times": 2},
    "500 from here on": {"kind": "status", "status": 500, "times": None},
    "reset before from here on": {"kind": "reset_before", "times": None},
    "502 after from here on": {"kind": "status_after", "status": 502, "times": None},
}
#: Faults in which the server does nothing: a failed run can tell exactly what it has written.
IDLE = ("status", "reset_before", "html")


@pytest.mark.parametrize("stage", ["first", "second"])
def test_what_is_counted_is_what_was_written(servers: Any, stage: str) -> None:
    """The census that all cases are compared with has every object, once, with its metadata."""
    server = servers[0]
    golden, _requests = clean(server, Scenario(stage, None, estate(server.api, stage)))
    assert len(golden) == natural_keys(server.api, stage)
    assert all(len(objects) == 1 for objects in golden.values())
    for model in estate(server.api, stage):
        for section, kind in (("threats", "threat"), ("documents", "document"), ("diagrams", "diagram")):
            for entry in model[section].values():
                facts = golden[model["name"], kind, entry["name"]][0]
                assert entry.get("metadata", {}).items() <= facts["metadata"].items()
        facts = golden[model["name"], "threat model", model["name"]][0]
        assert model.get("metadata", {}).items() <= facts["metadata"].items()
        assert {f"{row['user']}: {row['role']}" for row in model.get("access", ())} <= set(facts["access"])
    cells = golden["Shop", "diagram", "Flow"][0]["cells"]
    assert len(cells) == {"first": 6, "second": 8}[stage]


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("name", list(SCENARIOS))
def test_fault_at_every_request(servers: Any, tally: Any, every: int, name: str, kind: str) -> None:
    scenario = scenario_of(servers[0].api, name)
    golden, requests = clean_once(servers[0], scenario)
    options: Json = {"settle_timeout": SETTLE}
    fault = KINDS[kind]
    if "seconds" in fault:
        options["timeout"] = GIVE_UP
    if fault.get("times", 1) is None:
        options["retry_timeout"] = 3.0

    def case(server: Any, index: int) -> Any:
        scenario.prepare(server)
        before = server.census() if fault["kind"] in IDLE else {}
        server.arm({"path": scenario.only, "nth": index, **fault})
        first = scenario.run(server, **options)
        seen = server.disarm()[0]["seen"]
        lies = list(untold(first, before, server.census())) if first.get("failed") and fault["kind"] in IDLE else []
        done = after(server, f"request {index} of {requests}", first, scenario, golden, seen >= index)
        return dataclasses.replace(done, untold=lies)

    row = tally(scenario.name, kind)
    sweep(row, servers, range(1, requests + 1, every), case)
    row.check()
