# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Service accounts, and the ends of a login on a server of API 1.x."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import (
    ApiError,
    AuthenticationError,
    PermissionDeniedError,
)
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._modules.token import manage_token
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings

SECRET = "marker-secret-9d1f"
ACCOUNT = {"client_id": "tmi_cc_1", "client_secret": SECRET}
REFUSED = "service account credentials cannot be used here; addon write-backs must use the delegation token"


class Issuer:
    """The OAuth part of a server of API 1.x, as the real one answered."""

    def __init__(self, server: Any, answer: Any, jwt: Any) -> None:
        self.server, self.answer, self.jwt = server, answer, jwt
        self.accepted: set[str] = set()
        self.alive: set[str] = set()
        self.faults: list[Any] = []
        server.routes.update(
            {"POST /oauth2/token": self.token, "POST /oauth2/refresh": self.refresh, "POST /oauth2/revoke": self.revoke}
        )
        server.otherwise = self.api

    def issue(self, refresh: str = "", **claims: Any) -> Any:
        number = len(self.accepted) + 1
        access = self.jwt(jti=number, **claims)
        self.accepted.add(access)
        refresh = refresh and "%s-%d" % (refresh, number)
        self.alive.add(refresh)
        data = {"access_token": access, "refresh_token": refresh, "expires_in": 3600, "token_type": "bearer"}
        return self.answer(data=data)

    def token(self, seen: Any) -> Any:
        if self.faults:
            return self.faults.pop(0)
        assert seen.json == {"grant_type": "client_credentials", **ACCOUNT}
        return self.issue(sub="sa:0001:alice")

    def refresh(self, seen: Any) -> Any:
        if seen.json["refresh_token"] not in self.alive:
            words = "The refresh token is invalid or expired."
            return self.answer(400, {"error": "invalid_grant", "error_description": words})
        self.alive.discard(seen.json["refresh_token"])
        return self.issue("refresh")

    def revoke(self, seen: Any) -> Any:
        if not seen.body:
            return self.answer(400, {"error": "invalid_input", "error_description": "value is required but missing"})
        self.accepted.discard(seen.json["token"])
        self.alive.discard(seen.json["token"])
        return self.answer(200, {})

    def api(self, seen: Any) -> Any:
        if seen.token in self.accepted:
            return self.answer(data={"sub": "alice", "email": "alice@tmi.local", "name": "Alice (TMI User)"})
        return self.answer(401, {"error": "unauthorized", "error_description": "Authentication required"})


@pytest.fixture
def issuer(server: Any, answer: Any, jwt: Any) -> Issuer:
    return Issuer(server, answer, jwt)


def connect(url: str, **options: Any) -> Transport:
    settings = Settings.from_params({"url": url, "timeout": 5, **options})
    return Transport(settings, Auth(settings, sleep=lambda _seconds: None))


def manage(url: str, **params: Any) -> dict[str, Any]:
    with connect(url, **params) as transport:
        return manage_token(transport, {"state": "present", **params}, check_mode=False)


# --- service accounts -------------------------------------------------------------------------------


def test_service_account_logs_in_and_again_after_a_401(server: Any, issuer: Issuer) -> None:
    transport = connect(server.url, **ACCOUNT)
    assert transport.request("GET", "/x").data["sub"] == "alice"
    issuer.accepted.clear()
    transport.request("GET", "/x")
    # Its answers hold an empty refresh token, which is none.
    assert server.calls() == ["POST /oauth2/token", "GET /x", "GET /x", "POST /oauth2/token", "GET /x"]
    assert server.seen[0].token == ""


def test_service_account_of_a_play_logs_in_once(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for _i in range(3):
        result = manage(server.url, token_cache=str(cache), **ACCOUNT)
    assert server.calls().count("POST /oauth2/token") == 1
    assert result["user"]["service_account"]
    assert result["refresh_token"] is None
    assert SECRET not in cache.read_text()
    manage(server.url, token_cache=str(cache), renew=True, **ACCOUNT)
    assert server.calls().count("POST /oauth2/token") == 2


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (
            401,
            "invalid_client",
            "client_secret is wrong, or the credential has expired or was deleted; the fifth wrong",
        ),
        (429, "too_many_requests", "locked after five wrong secrets, for an hour"),
        (400, "invalid_input", "Does this server know service accounts"),
    ],
)
def test_service_account_that_is_refused(
    status: int, code: str, words: str, server: Any, issuer: Issuer, answer: Any
) -> None:
    headers = {"Retry-After": "1"} if status == 429 else {}
    issuer.faults = [answer(status, {"error": code, "error_description": "No %s here" % SECRET}, headers)]
    with pytest.raises(AuthenticationError, match=r"^login: POST /oauth2/token answered.*%s" % words) as raised:
        connect(server.url, **ACCOUNT).request("GET", "/x")
    assert SECRET not in "%s %r" % (raised.value, raised.value.details())
    assert server.calls() == ["POST /oauth2/token"]


@pytest.mark.parametrize(("status", "code"), [(429, "rate_limit_exceeded"), (503, "unavailable")])
def test_trouble_of_the_server_is_no_refusal(status: int, code: str, server: Any, issuer: Issuer, answer: Any) -> None:
    issuer.faults = [answer(status, {"error": code, "error_description": "Later, %s" % SECRET})]
    with pytest.raises(ApiError, match="Later") as raised:
        connect(server.url, **ACCOUNT).request("GET", "/x")
    assert not isinstance(raised.value, AuthenticationError)
    assert SECRET not in str(raised.value)


def test_service_account_may_not_change_a_model(server: Any, issuer: Issuer, answer: Any) -> None:
    server.routes["POST /threat_models/1/threats"] = answer(
        403, {"error": "forbidden", "error_description": REFUSED + " from X-TMI-Delegation-Token"}
    )
    with pytest.raises(
        PermissionDeniedError, match=r"may only read and create threat models.*refresh_token.*browser"
    ) as r:
        connect(server.url, **ACCOUNT).request("POST", "/threat_models/1/threats", json={}, role="writer")
    assert "role writer" not in str(r.value)
    server.routes["PUT /x"] = answer(403, {"error": "forbidden", "error_description": "Not yours"})
    with pytest.raises(PermissionDeniedError, match="needs the role writer"):
        connect(server.url, **ACCOUNT).request("PUT", "/x", json={}, role="writer")


# --- the end of a login -----------------------------------------------------------------------------


def test_logout_revokes_both_tokens(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    issuer.alive.add("first")
    options = {"refresh_token": "first", "token_cache": str(tmp_path / "cache")}
    token = manage(server.url, **options)["access_token"]
    server.seen.clear()
    assert manage(server.url, state="absent", **options)["changed"]
    assert [json.loads(seen.body or b"{}").get("token_type_hint") for seen in server.seen] == [
        None,
        None,
        "refresh_token",
        "access_token",
    ]
    assert issuer.accepted == issuer.alive == set()
    # Here a revoked token can be revoked again, so it is asked first whether it lives.
    assert not manage(server.url, state="absent", token=token)["changed"]
    assert server.calls()[-2:] == ["POST /oauth2/revoke", "GET /oauth2/userinfo"]


def test_dead_refresh_token_of_api_1(server: Any, issuer: Issuer, tmp_path: Path) -> None:
    with pytest.raises(AuthenticationError, match=r"answered 400: .*already used: log in again"):
        connect(server.url, refresh_token="gone", token_cache=str(tmp_path / "cache")).request("GET", "/x")


def test_renewal_without_a_way_is_reported(server: Any, issuer: Issuer, jwt: Any) -> None:
    token = jwt()
    issuer.accepted.add(token)
    with pytest.raises(AuthenticationError, match="give a valid token"):
        manage(server.url, token=token, renew=True)
