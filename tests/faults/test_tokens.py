# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens that the server refuses, at every request, and logins that fail."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.runs import after, clean_once, scenario_of, sweep
from ansible_collections.tmi.tmi.tests.harness.server import PROVIDERS

Json = Any
#: One refusal, as of a token revoked for this request alone, and a key that the server changes for all tokens.
REFUSALS: dict[str, Json] = {
    "401": {"kind": "status", "status": 401, "body": {"error": "unauthorized", "error_description": "token expired"}},
    "all tokens expire": {"kind": "expire_tokens"},
}
LOGINS: dict[str, Json] = {
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "500": {"kind": "status", "status": 500},
    "502 after": {"kind": "status_after", "status": 502},
    "503, Retry-After 1": {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}},
    "429, Retry-After 1": {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    "truncated": {"kind": "truncate"},
    "a page": {"kind": "html"},
}


@pytest.mark.parametrize("kind", list(REFUSALS))
@pytest.mark.parametrize("name", ["create", "update", "create, session", "update, session"])
def test_a_token_refused_at_every_request(
    servers: Any, tally: Any, every: int, tmp_path: Path, name: str, kind: str
) -> None:
    """One refresh, or one new ticket for a session, the request is repeated, and the run completes."""
    scenario = scenario_of(servers[0].api, name)
    golden, requests = clean_once(servers[0], scenario)
    renewed = []

    def case(server: Any, index: int) -> Any:
        scenario.prepare(server)
        tokens = server.log_in("alice")
        login = {"token": tokens["access_token"], "refresh_token": tokens["refresh_token"]}
        server.arm({"path": scenario.only, "nth": index, **REFUSALS[kind]})
        first = scenario.run(server, token_cache=str(tmp_path / str(index)), **login)
        by_path = server.counted()["by_path"]
        # A handshake of API v1 shows a ticket, each of which serves for one; where it is refused the token is good.
        spare = by_path.get("GET /ws/ticket", 0) - (by_path.get("GET /threat_models/{}/diagrams/{}/ws", 0) - 1)
        renewed.append(by_path.get("POST /oauth2/refresh", 0) or spare)
        seen = server.disarm()[0]["seen"]
        server.tokens = server.log_in("alice")
        return after(server, f"request {index} of {requests}", first, scenario, golden, seen >= index)

    row = tally(scenario.name, kind)
    sweep(row, servers, range(1, requests + 1, every), case)
    row.check()
    assert row.at_once == row.cases
    assert renewed == [1] * row.cases


@pytest.mark.parametrize("kind", list(LOGINS))
def test_a_fault_at_every_request_of_a_login(servers: Any, tally: Any, tmp_path: Path, kind: str) -> None:
    """Nothing has been written yet, and the next run logs in; codes and refresh tokens are never sent twice."""
    scenario = scenario_of(servers[0].api, "create")
    golden, _requests = clean_once(servers[0], scenario)
    login = {"login_hint": "alice", "login_provider": PROVIDERS[servers[0].api]}
    servers[0].arm({"kind": "delay", "path": "^/oauth2/", "nth": 10**9})
    assert not scenario.run(servers[0], **login).get("failed")
    assert servers[0].counted()["by_path"]["POST /oauth2/token"] == 1
    requests = servers[0].disarm()[0]["seen"]

    def case(server: Any, index: int) -> Any:
        scenario.prepare(server)
        server.arm({"path": "^/oauth2/", "nth": index, **LOGINS[kind]})
        first = scenario.run(server, **login)
        posted = server.counted()["by_path"].get("POST /oauth2/token", 0)
        seen = server.disarm()[0]["seen"]
        assert posted <= 1
        assert not (first.get("failed") and server.census()), first["msg"]
        return after(server, f"login request {index}", first, scenario, golden, seen >= index)

    row = tally(f"{servers[0].api} login", kind)
    sweep(row, servers, range(1, requests + 1), case)
    row.check()


@pytest.mark.parametrize("kind", ["reset before", "reset after", "truncated"])
def test_a_refresh_whose_answer_is_lost(servers: Any, tally: Any, tmp_path: Path, kind: str) -> None:
    """The refresh token may be used up; who can log in otherwise gets on with the next run all the same."""
    scenario = scenario_of(servers[0].api, "update")
    golden, requests = clean_once(servers[0], scenario)

    def case(server: Any, index: int) -> Any:
        scenario.prepare(server)
        cache = str(tmp_path / str(index))
        login = {"login_hint": "alice", "login_provider": PROVIDERS[server.api], "token_cache": cache}
        server.arm({"kind": "expire_tokens", "nth": index}, {"path": "^/oauth2/refresh", **LOGINS[kind]})
        first = scenario.run(server, **login)
        struck = all(fault["seen"] for fault in server.disarm())
        server.tokens = server.log_in("alice")
        return after(server, f"request {index} of {requests}", first, scenario, golden, struck, **login)

    row = tally(f"{servers[0].api} refresh", kind)
    sweep(row, servers, range(4, requests + 1, 5), case)
    row.check()
