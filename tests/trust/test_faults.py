# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about runs that are interrupted; the fault suite (`make faults`) tries each of their requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.faults import KINDS, kill, requests_of, strike
from ansible_collections.tmi.tmi.tests.harness.promises import LOOK_AGAIN
from ansible_collections.tmi.tmi.tests.harness.runs import SCENARIOS, Tally, after, clean_once, make_faster, scenario_of

HTTP = "ansible_collections.tmi.tmi.plugins.module_utils._http."
#: Requests that are tried of each run; other kinds of faults try others.
TRIED = 1
REFUSED = {"kind": "status", "status": 401, "body": {"error": "unauthorized", "error_description": "token expired"}}

Record = Callable[[str, object], None]


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    make_faster(monkeypatch)


def spread(requests: int, turn: int) -> Iterator[int]:
    """Yield numbers of requests, evenly spread, others in each turn."""
    step = max(1, requests // TRIED)
    return iter(range(1 + turn % step, requests + 1, step))


#: What keeps a write whose answer was lost from being repeated without a look, and what mends that.
UNDOUBTED = (HTTP + "retry:verdict_on_failure", *LOOK_AGAIN)
COMPLETED = "After a fault at any request the next run completes: nothing twice, nothing missing"


@pytest.mark.promise(COMPLETED, sample=1, guard=UNDOUBTED, fails="v1")
def test_a_lost_answer_to_each_creation(server: Any, record_property: Record) -> None:
    scenario = scenario_of(server.api, "create")
    golden, _requests = clean_once(server, scenario)
    row = Tally("reset after")
    for index in range(1, requests_of(server, scenario, "POST") + 1):
        strike(server, scenario, golden, "reset after", index, "POST").add_to(row)
    record_property("cases", row.cases)
    row.check()


@pytest.mark.promise(COMPLETED, sample=8, guard=UNDOUBTED)
@pytest.mark.parametrize("name", list(SCENARIOS))
@pytest.mark.parametrize("kind", list(KINDS))
def test_a_fault_at_a_request(server: Any, name: str, kind: str, record_property: Record) -> None:
    scenario = scenario_of(server.api, name)
    golden, requests = clean_once(server, scenario)
    row = Tally(kind)
    for index in spread(requests, list(KINDS).index(kind)):
        strike(server, scenario, golden, kind, index).add_to(row)
    record_property("cases", row.cases)
    row.check()


@pytest.mark.promise(
    "After a killed run the next one completes: nothing twice, nothing missing",
    sample=2,
    guard="ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.objects:match",
)
@pytest.mark.parametrize("name", ["create", "update", "update, session"])
@pytest.mark.parametrize("acted", [False, True], ids=["before the server acts", "before it answers"])
def test_a_killed_run(server: Any, name: str, acted: bool, record_property: Record) -> None:
    scenario = scenario_of(server.api, name)
    golden, _requests = clean_once(server, scenario)
    row = Tally("kill -9")
    partial = 0
    for index in range(1 + acted, requests_of(server, scenario) + 1, 6):
        case, left = kill(server, scenario, golden, index, acted=acted)
        case.add_to(row)
        partial += left
    record_property("cases", row.cases)
    row.check()
    assert partial, "no kill has left a part"


@pytest.mark.promise(
    "A token that expires at any request is renewed, and the run completes",
    sample=2,
    guard=HTTP + "transport:Transport._renew",
)
@pytest.mark.parametrize("name", ["create", "update, session"])
@pytest.mark.parametrize("fault", [REFUSED, {"kind": "expire_tokens"}], ids=["one refusal", "all tokens expire"])
def test_an_expired_token(server: Any, tmp_path: Any, name: str, fault: Any, record_property: Record) -> None:
    scenario = scenario_of(server.api, name)
    golden, requests = clean_once(server, scenario)
    row = Tally("expired")
    for index in spread(requests, 0):
        scenario.prepare(server)
        tokens = server.log_in("alice")
        login = {"token": tokens["access_token"], "refresh_token": tokens["refresh_token"]}
        server.arm({"path": scenario.only, "nth": index, **fault})
        first = scenario.run(server, token_cache=str(tmp_path / str(index)), **login)
        struck = server.disarm()[0]["seen"] >= index
        server.tokens = server.log_in("alice")
        after(server, f"request {index}", first, scenario, golden, struck).add_to(row)
    record_property("cases", row.cases)
    row.check()
    assert row.at_once == row.cases, "a run did not complete at once"
