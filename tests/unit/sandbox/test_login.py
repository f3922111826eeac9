# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Login with PKCE, refresh, revocation, introspection, expiry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Json = Any
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.fixture
def client(server: Any) -> Any:
    """Return a client that is not logged in."""
    return server.client()


def test_challenge_of_the_standard(client: Any) -> None:
    """The pair of RFC 7636, appendix B, logs in, with the claims that follow from the hint."""
    code = (
        client.authorize(login_hint="Rfc-7636", code_challenge=CHALLENGE)
        .headers["Location"]
        .split("code=")[1]
        .split("&")[0]
    )
    assert code.startswith("test_auth_code_")
    answer = client.exchange(code, VERIFIER)
    assert answer.status_code == 200
    client.tokens = answer.json()
    assert client.tokens.keys() == {"access_token", "refresh_token", "expires_in", "token_type"}
    info = client.call("GET", "/oauth2/userinfo")
    assert (info["email"], info["name"]) == ("rfc-7636@test.tmi", "Rfc-7636 (Test User)")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"idp": "nope"}, "provider nope not found"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": "short"}, "invalid_input"),
        ({"code_challenge": ""}, "invalid_input"),
        ({"code_challenge_method": "plain"}, "invalid_input"),
        ({"code_challenge_method": ""}, "invalid_input"),
        ({"login_hint": "a"}, "invalid_input"),
        ({"login_hint": "has space"}, "invalid_input"),
        ({"client_callback": ""}, "client_callback URL is required"),
        ({"client_callback": "http://x/\r\nSet-Cookie: a=b"}, "client_callback must be a URL"),
    ],
)
def test_authorize_refuses(client: Any, query: dict[str, str], error: str) -> None:
    answer = client.authorize(**{"login_hint": "alice", "code_challenge": CHALLENGE, **query})
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_authorize_answers_to_the_callback(client: Any) -> None:
    """State is echoed, a query of the callback kept; scope and hint may be left out."""
    answer = client.authorize(code_challenge=CHALLENGE, scope="", state="a b&c", client_callback="http://x/cb?n=1")
    assert answer.status_code == 302
    location = answer.headers["Location"]
    assert location.startswith("http://x/cb?n=1&code=test_auth_code_")
    assert location.endswith("&state=a+b%26c")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "e" + VERIFIER[1:]}, "invalid_grant"),
        ({"code": "invented"}, "invalid_grant"),
        ({"code_verifier": VERIFIER[:42]}, "invalid_input"),
        ({"grant_type": "password"}, "invalid_input"),
        ({"redirect_uri": None}, "invalid_input"),
        ({"state": "s"}, "invalid_input"),
    ],
)
def test_token_refuses(client: Any, change: dict[str, Json], error: str) -> None:
    answer = client.exchange(client.code("alice", VERIFIER), VERIFIER, **change)
    assert answer.status_code == 400
    assert answer.json()["error"] == error


def test_token_takes_no_form(client: Any) -> None:
    form = {"grant_type": "authorization_code", "code": "c", "code_verifier": VERIFIER, "redirect_uri": "r"}
    answer = client.http.post(client.url + "/oauth2/token?idp=test", data=form, timeout=10)
    assert answer.status_code == 400


def test_a_code_works_once_and_a_wrong_verifier_uses_it_up(client: Any) -> None:
    code = client.code("alice", VERIFIER)
    assert client.exchange(code, VERIFIER).status_code == 200
    assert client.exchange(code, VERIFIER).status_code == 400
    code = client.code("alice", VERIFIER)
    assert client.exchange(code, "x" * 43).json()["error_description"] == "PKCE verification failed"
    assert client.exchange(code, VERIFIER).status_code == 400


def test_a_code_expires(new_server: Callable[..., Any]) -> None:
    server = new_server(test_controls=True)
    client = server.client()
    code = client.code("alice", VERIFIER)
    server.control("advance", {"seconds": 601})
    assert client.exchange(code, VERIFIER).status_code == 400


def test_refresh_rotates(alice: Any) -> None:
    old = alice.tokens["refresh_token"]
    alice.tokens = alice.call("POST", "/oauth2/refresh", {"refresh_token": old})
    assert alice.tokens["refresh_token"] != old
    alice.call("GET", "/threat_models")
    alice.call("POST", "/oauth2/refresh", {"refresh_token": old}, expect=401)
    alice.call("POST", "/oauth2/refresh", {}, expect=400)


def test_revocation_ends_one_access_token_only(alice: Any, server: Any) -> None:
    assert alice.send("POST", "/oauth2/revoke").status_code == 204
    alice.call("GET", "/threat_models", expect=401)
    assert _introspect(alice) == {"active": False}
    alice.tokens = alice.call("POST", "/oauth2/refresh", {"refresh_token": alice.tokens["refresh_token"]})
    alice.call("GET", "/threat_models")
    server.client().call("POST", "/oauth2/revoke", expect=401)


def _introspect(client: Any) -> Json:
    form = {"token": client.tokens["access_token"]}
    return client.http.post(client.url + "/oauth2/introspect", data=form, timeout=10).json()


def test_introspection_is_public(alice: Any, client: Any) -> None:
    told = _introspect(alice)
    assert told["active"] is True
    assert told["email"] == alice.email
    assert told["exp"] - told["iat"] == 3600
    assert client.http.post(client.url + "/oauth2/introspect", data={}, timeout=10).status_code == 400


def test_tokens_expire(new_server: Callable[..., Any]) -> None:
    """After an hour of its own accord, or all at once by a test control; refreshing helps both times."""
    server = new_server(test_controls=True)
    alice = server.client("alice")
    server.control("advance", {"seconds": 3590})
    alice.call("GET", "/threat_models")
    server.control("advance", {"seconds": 20})
    alice.call("GET", "/threat_models", expect=401)
    alice.tokens = alice.call("POST", "/oauth2/refresh", {"refresh_token": alice.tokens["refresh_token"]})
    alice.call("GET", "/threat_models")
    server.control("expire_tokens")
    alice.call("GET", "/threat_models", expect=401)
    alice.tokens = alice.call("POST", "/oauth2/refresh", {"refresh_token": alice.tokens["refresh_token"]})
    alice.call("GET", "/threat_models")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "bearer {}", "Bearer  {}", "Bearer {} ", "Basic {}", "Bearer {}x", "{}"]
)
def test_the_bearer_header_is_taken_literally(alice: Any, header: str) -> None:
    given = {"Authorization": header.format(alice.tokens["access_token"])} if header else {}
    answer = alice.http.get(alice.url + "/threat_models", headers=given, timeout=10)
    if header == "Bearer {} ":  # trailing blanks are no part of a header's value
        assert answer.status_code == 200
    else:
        assert answer.status_code == 401
        assert "WWW-Authenticate" not in answer.headers


def test_callback_of_an_identity_provider(client: Any) -> None:
    """A state that is under way leads back to the client that began with it; any other is refused."""
    client.authorize(login_hint="alice", code_challenge=CHALLENGE, state="known-state")
    answer = client.send("GET", "/oauth2/callback?code=c&state=known-state")
    assert answer.status_code == 302
    code = answer.headers["Location"].split("code=")[1].split("&")[0]
    assert client.exchange(code, VERIFIER).status_code == 200
    assert client.send("GET", "/oauth2/callback?code=c&state=unknown").status_code == 400


def test_discovery(client: Any) -> None:
    """Everything that discovery names is an address of this server."""
    for document in ("openid-configuration", "oauth-authorization-server"):
        told = client.call("GET", "/.well-known/" + document)
        assert told["code_challenge_methods_supported"] == ["S256"]
        assert {
            value
            for key, value in told.items()
            if key.endswith(("_endpoint", "jwks_uri", "issuer"))
            if not value.startswith(client.url)
        } == set()
    assert client.call("GET", "/.well-known/jwks.json") == {"keys": []}
    assert [one["id"] for one in client.call("GET", "/oauth2/providers")["providers"]] == ["test"]


def test_root_for_programs_and_for_browsers(client: Any) -> None:
    assert client.call("GET", "/")["api"]["version"] == "0.99.1"
    page = client.http.get(client.url + "/", headers={"Accept": "text/html"}, timeout=10)
    assert page.headers["Content-Type"].startswith("text/html")
