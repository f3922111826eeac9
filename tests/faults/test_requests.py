# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fault at every request: this run or the next one completes, nothing stands twice, then nothing is left to do."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.estate import estate, natural_keys
from ansible_collections.tmi.tmi.tests.harness.faults import KINDS, strike
from ansible_collections.tmi.tmi.tests.harness.runs import SCENARIOS, Scenario, clean, clean_once, scenario_of, sweep


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
    row = tally(scenario.name, kind)
    sweep(row, servers, range(1, requests + 1, every), lambda server, i: strike(server, scenario, golden, kind, i))
    row.check()
