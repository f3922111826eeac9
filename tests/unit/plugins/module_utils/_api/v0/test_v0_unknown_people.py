# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API v0 shows only by a refusal that a person has never logged in; the message names the possible people."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.modules import tmi_threat_model

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")


@pytest.fixture
def server() -> Iterator[Any]:
    from ansible_collections.tmi.tmi.tests.harness.server import Server

    with contextlib.closing(Server("v0")) as made:
        yield made


def run(server: Any, *people: str) -> dict[str, Any]:
    module = tmi_threat_model.MODULE
    params = {name: option.get("default") for name, option in module.argument_spec.items()}
    rows = [{"user": person, "group": None, "provider": None, "role": "reader"} for person in people]
    params.update(url=server.url, token=server.tokens["access_token"], name="Shop", authorization=rows or None)
    return module.run(params, False)


def test_of_a_new_model_and_of_one_that_is_there(server: Any) -> None:
    for _model_is_new in (True, False):
        refused = run(server, "zoe@nowhere.example.com", "yan@nowhere.example.com", "bob@test.tmi")
        assert refused["error"]["code"] == "not_found"
        assert refused["error"]["where"] == "authorization"
        assert "zoe@nowhere.example.com" in refused["msg"]
        assert "yan@nowhere.example.com" in refused["msg"]
        assert "alice@test.tmi" not in refused["msg"]
        assert not run(server).get("failed")


@pytest.mark.parametrize("body", [{"error": "unauthorized", "error_description": "session is no longer valid"}])
def test_in_the_words_of_servers_of_2025(server: Any, body: Any) -> None:
    server.arm(
        {"kind": "status", "status": 401, "body": body, "method": "POST", "path": "^/threat_models$", "times": None}
    )
    refused = run(server, "zoe@nowhere.example.com")
    assert "one of them has not: zoe@nowhere.example.com" in refused["msg"]
    assert "session is no longer valid" in refused["msg"]


def test_another_refusal_stays_what_it_is(server: Any) -> None:
    body = {"error": "invalid_input", "error_description": "Not today"}
    server.arm(
        {"kind": "status", "status": 400, "body": body, "method": "POST", "path": "^/threat_models$", "times": None}
    )
    refused = run(server, "bob@test.tmi")
    assert (refused["error"]["code"], refused["error"]["message"]) == ("rejected", "Not today")
