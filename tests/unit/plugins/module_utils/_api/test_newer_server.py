# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server of API 2 is used as v1, with one warning where its version is seen, and no request more anywhere else."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api import client, info_reads
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.server import V1Server
from ansible_collections.tmi.tmi.plugins.module_utils._modules.token import log_in

from ..conftest import make_jwt

ROOT = {"api": {"version": "2.2.0"}, "service": {"name": "TMI", "build": "2.2.0"}, "status": {"code": "ok"}}


def opened(url: str, **options: Any) -> Any:
    return client.open_transport({"url": url, "token": make_jwt(), "timeout": 3, "retry_timeout": 0, **options}, False)


@pytest.fixture
def newer(server: Any, answer: Any) -> Any:
    server.routes["GET /"] = answer(200, ROOT)
    server.routes["GET /threat_models"] = answer(200, {"threat_models": [], "total": 0, "limit": 100, "offset": 0})
    return server


def test_it_is_reported_once(newer: Any) -> None:
    with opened(newer.url) as transport:
        assert info_reads.server(transport)["generation"] == "v1"
        info_reads.check_version(transport)
        (reported,) = transport.warnings()
    assert reported.startswith("This server speaks API 2.2 and is used as API v1")
    assert "tested on TMI 1.8.22" in reported


def test_it_is_spoken_to_as_v1_without_another_request(newer: Any) -> None:
    with opened(newer.url) as transport:
        assert isinstance(client.connect(transport), V1Server)
        assert transport.warnings() == []
    assert newer.calls() == ["GET /threat_models"]


def test_an_empty_list_without_the_generation_leaves_it_to_the_root(newer: Any, answer: Any) -> None:
    newer.routes["GET /threat_models"] = answer(200, [])
    with opened(newer.url) as transport:
        assert isinstance(client.connect(transport), V1Server)
        assert len(transport.warnings()) == 1


def test_a_login_looks_once_and_a_look_that_fails_fails_nothing(newer: Any, answer: Any) -> None:
    newer.routes["POST /oauth2/token"] = answer(200, {"access_token": make_jwt(), "expires_in": 3600})
    newer.routes["GET /oauth2/userinfo"] = answer(200, {"email": "alice@example.com"})
    account = {"token": "", "client_id": "c", "client_secret": "s"}
    with opened(newer.url, **account) as transport:
        log_in(transport, {"state": "present"}, False)
        assert len(transport.warnings()) == 1
    newer.routes["GET /"] = answer(500, {"error": "down"})
    with opened(newer.url, **account) as transport:
        assert log_in(transport, {"state": "present"}, False)["access_token"]
        assert transport.warnings() == []
    newer.seen.clear()
    with opened(newer.url) as transport:  # with a given token there is no login
        log_in(transport, {"state": "present"}, False)
    assert newer.calls() == ["GET /oauth2/userinfo"]
