# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ways to log in that a credential offers, and what each may do on API 1.8."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from ansible_collections.tmi.tmi.tests.runner.controller import kept, writes
from ansible_collections.tmi.tmi.tests.runner.login_page import login_page, visit

Controller = Any
Server = Any


@pytest.fixture
def page(server: Server) -> Iterator[str]:
    """Return the address of the server, behind a page at which people log in."""
    with login_page(server.url) as address:
        yield address


def test_a_login_in_a_browser_serves_later_jobs(controller: Controller, server: Server, page: str) -> None:
    cache = controller.lasting / "tokens.json"
    controller.credentials["TMI"] = {"url": page, "token_cache": str(cache), "login_provider": "tmi"}
    begun = controller.launch("TMI log in", {"tmi_callback_url": ""})
    assert begun.status == "successful", begun.output
    assert "The login is not complete: run this again with the final address of the browser" in begun.output
    told = begun.result("Show the address")["msg"]
    ended = visit(told[1], server.url, "bob")
    finished = controller.launch("TMI log in", {"tmi_callback_url": ended})
    assert finished.status == "successful", finished.output
    assert "Logged in as bob@" in finished.output
    (code,) = parse_qs(urlsplit(ended).query)["code"]
    assert [path for path, text in kept(finished.folder) if code in text] == []

    made = controller.launch("TMI apply")
    assert made.status == "successful", made.output
    out = controller.launch("TMI log in", {"tmi_logout": "true"})
    assert out.status == "successful", out.output
    refused = controller.launch("TMI plan")
    assert refused.status == "failed"
    assert "log in" in refused.failure


def test_a_refresh_token_with_a_cache_serves_more_than_one_job(controller: Controller, server: Server) -> None:
    token = server.log_in("carol")["refresh_token"]
    cache = {"token_cache": str(controller.lasting / "tokens.json")}
    controller.credentials["TMI"] = {"url": server.url, "refresh_token": token, **cache}
    assert [controller.launch("TMI plan").status for _time in range(2)] == ["successful"] * 2


def test_a_service_account_suffices_to_plan_and_to_report(shop: Controller, server: Server) -> None:
    headers = {"Authorization": "Bearer " + server.tokens["access_token"]}
    asked = {"url": server.url + "/me/client_credentials", "json": {"name": "awx"}, "timeout": 10}
    account = requests.post(headers=headers, **asked).json()
    shop.credentials["TMI"] = {name: account[name] for name in ("client_id", "client_secret")} | {"url": server.url}
    writes(server)
    for name in ("TMI check", "TMI report", "TMI export"):
        assert shop.launch(name).status == "successful", name
    file = shop.project / "models" / "web_shop.yml"
    file.write_text(file.read_text("utf-8").replace("severity: high", "severity: low"), "utf-8")
    refused = shop.launch("TMI apply")
    assert refused.status == "failed"
    assert "service accounts may only read and create threat models" in refused.failure
