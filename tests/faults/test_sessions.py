# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A collaboration session whose connection is cut at every frame, in either direction, and at every connection."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._session.editor import REJOINS
from ansible_collections.tmi.tmi.tests.harness.runs import after, clean_once, scenario_of, sweep

Json = Any
CUTS: dict[str, Json] = {
    "cut before a frame to the server": {"kind": "cut", "method": "IN"},
    "cut after a frame to the server": {"kind": "cut_after", "method": "IN"},
    "cut before a frame from the server": {"kind": "cut", "method": "OUT"},
}
SCENARIOS = ("create, session", "update, session")


def frames(server: Any, scenario: Any, direction: str) -> int:
    """Return how many frames go in a direction in a run without faults."""
    scenario.prepare(server)
    server.arm({"kind": "cut", "method": direction, "nth": 10**9})
    done = scenario.run(server)
    assert not done.get("failed"), done["msg"]
    return int(server.disarm()[0]["seen"])


@pytest.mark.parametrize("kind", list(CUTS))
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_cut_at_every_frame(servers: Any, tally: Any, name: str, kind: str) -> None:
    """The run gets back into the session, or the next one completes the cells."""
    scenario = scenario_of(servers[0].api, name)
    golden, _requests = clean_once(servers[0], scenario)
    number = frames(servers[0], scenario, CUTS[kind]["method"])
    assert number >= 4

    def case(server: Any, index: int) -> Any:
        scenario.prepare(server)
        server.arm({**CUTS[kind], "nth": index})
        first = scenario.run(server)
        seen = server.disarm()[0]["seen"]
        return after(server, f"frame {index} of {number}", first, scenario, golden, seen >= index)

    row = tally(scenario.name, kind)
    sweep(row, servers, range(1, number + 1), case)
    row.check()


@pytest.mark.parametrize("kind", list(CUTS))
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_connection_is_cut(servers: Any, tally: Any, name: str, kind: str) -> None:
    """Reconnects have an end, the failure names what is left, and the next run completes the cells."""
    scenario = scenario_of(servers[0].api, name)
    golden, _requests = clean_once(servers[0], scenario)
    connections = []

    def case(server: Any, index: int) -> Any:
        scenario.prepare(server)
        server.arm({**CUTS[kind], "nth": index, "times": None})
        first = scenario.run(server)
        paths = server.counted()["by_path"]
        connections.append(max(count for path, count in paths.items() if path.endswith("/ws")))
        seen = server.disarm()[0]["seen"]
        return after(server, f"from frame {index} on", first, scenario, golden, seen >= index)

    row = tally(scenario.name, kind + ", from here on")
    sweep(row, servers, (1, 2, 3), case)
    row.check()
    diagrams = 3
    assert max(connections) <= diagrams * (1 + REJOINS) * 2
