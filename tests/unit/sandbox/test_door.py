# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may ask the server at all: names of hosts, pages in browsers, bodies without a login."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import secrets
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("aiohttp")
door = importlib.import_module("tmi_sandbox.web.door")

Json = Any
EVIL = "http://evil.example.com"


@pytest.fixture(params=["v0", "v1"])
def api(request: pytest.FixtureRequest) -> str:
    """Each generation of the API."""
    found: str = request.param
    return found


@pytest.fixture
def one(new_server: Callable[..., Any], api: str) -> Any:
    """A server with its test controls, whose name is also sandbox.example.com."""
    return new_server(api=api, test_controls=True, allowed_hosts=("Sandbox.example.com",))


def ask(server: Any, *lines: str, body: bytes = b"", host: str | None = None) -> tuple[int, str, str]:
    """Send a request as it is and return status, headers and body of the answer."""
    head = [lines[0] + " HTTP/1.1", *([f"Host: {host or '127.0.0.1'}"] if host != "" else []), *lines[1:]]
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode() + body)
        answer = b""
        while part := connection.recv(65536):
            answer += part
    headers, _blank, text = answer.decode().partition("\r\n\r\n")
    return int(headers.split(" ")[1]), headers.lower(), text


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8080", "127.1.2.3", "localhost", "LOCALHOST:1", "a.localhost", "[::1]", "[::1]:80"]
    + ["sandbox.example.com", "SANDBOX.example.com:9", "sandbox.example.com.", "localhost."],
)
def test_hosts_that_are_ours(one: Any, host: str) -> None:
    assert ask(one, "GET /", host=host)[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example.com",
        "evil.example.com:8080",
        "10.0.0.1",
        "0.0.0.0",
        "localhost.evil.example.com",
        "[::2]",
        "a b",
    ]
    + [
        "127.0.0.1.evil.example.com",
        "localhost@evil.example.com",
        "evil.example.com@localhost",
        "x.sandbox.example.com",
    ]
    + ["2130706433", "localhost:evil", "localhost/evil", "[::1", "localhost,evil.example.com"],
)
@pytest.mark.parametrize("path", ["/", "/oauth2/providers", "/_test/stats", "/threat_models"])
def test_hosts_that_are_not(one: Any, path: str, host: str) -> None:
    status, headers, text = ask(one, "GET " + path, host=host)
    assert status in (400, 421)
    assert "access-control" not in headers
    if status == 421:
        assert "--allow-host" in text


def test_two_hosts_are_none(one: Any) -> None:
    assert ask(one, "GET /", "Host: evil.example.com")[0] in (400, 421)


@pytest.mark.parametrize("origin", [EVIL, "null", "https://127.0.0.1.evil.example.com", "file://", EVIL + ":18100"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/oauth2/authorize?idp=test&login_hint=alice"),
        ("POST", "/oauth2/token"),
        ("POST", "/oauth2/refresh"),
        ("OPTIONS", "/oauth2/token"),
        ("GET", "/%6fauth2/providers"),
        ("GET", "/_test/stats"),
        ("POST", "/_test/reset"),
        ("DELETE", "/_test/faults"),
        ("OPTIONS", "/_test/reset"),
    ],
)
def test_pages_of_other_sites(one: Any, method: str, path: str, origin: str) -> None:
    status, headers, _text = ask(one, f"{method} {path}", "Origin: " + origin, "Content-Length: 0")
    assert status == 403
    assert "access-control" not in headers


def test_no_page_may_read_what_a_login_answers(one: Any) -> None:
    for path in ("/oauth2/providers", "/oauth2/userinfo", "/oauth2/nothing", "/_test/stats", "/_test/nothing"):
        assert "access-control" not in ask(one, "GET " + path)[1]
    assert "access-control" not in ask(one, "GET /oauth2/providers", "Origin: http://localhost:4200")[1]
    assert "access-control-allow-origin: *" in ask(one, "GET /", "Origin: " + EVIL)[1]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_requests_that_a_page_makes_without_an_origin(one: Any, site: str) -> None:
    marks = ("Sec-Fetch-Site: " + site, "Sec-Fetch-Mode: no-cors", "Content-Length: 0")
    assert ask(one, "POST /_test/reset", *marks)[0] == 403
    assert ask(one, "GET /_test/stats", *marks)[0] == 403
    assert ask(one, "GET /oauth2/providers", *marks)[0] == (403 if site == "cross-site" else 200)
    assert ask(one, "GET /oauth2/providers", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate")[0] == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_forms_cannot_use_the_controls(one: Any, kind: str) -> None:
    body = b'{"data": true}'
    answer = ask(one, "POST /_test/reset", "Content-Type: " + kind, "Content-Length: %d" % len(body), body=body)
    assert answer[0] == 415
    assert ask(one, "POST /_test/reset", "Content-Type: application/json", "Content-Length: 14", body=body)[0] == 204


def test_controls_are_for_this_machine() -> None:
    class Request:
        def __init__(self, remote: str) -> None:
            self.remote, self.body_exists = remote, False
            self.headers = importlib.import_module("multidict").CIMultiDict(Host="localhost")

    keeper = door.Door("0.0.0.0")
    assert keeper.refusal(Request("127.0.0.1"), "/_test/stats") is None
    assert keeper.refusal(Request("::ffff:127.0.0.1"), "/_test/stats") is None
    assert keeper.refusal(Request("10.1.2.3"), "/_test/stats")[0] == 403
    assert keeper.refusal(Request("10.1.2.3"), "/threat_models") is None
    assert keeper.refusal(Request(""), "/_test/stats")[0] == 403
    assert door.Door("10.0.0.7")._is_known("//10.0.0.7:18100")
    assert not keeper._is_known("//10.0.0.7:18100")


# --- bodies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/threat_models", "/nowhere", "/oauth2/token", "/_test/reset"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_without_a_login_is_not_read(one: Any, path: str, chunked: bool) -> None:
    length = "Transfer-Encoding: chunked" if chunked else "Content-Length: 67108864"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{length}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", one.port), timeout=30) as connection:
        connection.sendall(head.encode())
        if chunked:  # the first byte too much is the end
            connection.sendall(b"10001\r\n" + b"x" * 65537)
        answer = connection.recv(65536).decode()
    assert int(answer[9:12]) == (401 if path in ("/threat_models", "/nowhere") else 413)
    assert "connection: close" in answer.lower()
    assert "64 KiB" in answer


def test_a_body_with_a_login_has_a_limit(one: Any, api: str) -> None:
    idp, verifier = {"v0": "test", "v1": "tmi"}[api], secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    client = one.client()
    answer = client.authorize(idp=idp, login_hint="alice", code_challenge=challenge)
    code = parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    body = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier}
    body["redirect_uri"] = "http://127.0.0.1:9/callback"
    answer = client.http.post(f"{one.url}/oauth2/token?idp={idp}", json=body, timeout=10)
    token, kind = "Authorization: Bearer " + answer.json()["access_token"], "Content-Type: application/json"
    status, _headers, text = ask(one, "POST /threat_models", token, kind, "Content-Length: %d" % ((64 << 20) + 1))
    assert status == 413
    assert "64 MiB" in text
    large = json.dumps({"name": "Large", "description": "x" * 100_000}).encode()
    assert ask(one, "POST /threat_models", token, kind, "Content-Length: %d" % len(large), body=large)[0] in (201, 400)
