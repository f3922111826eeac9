# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `-vvv` shows: a line for each request, each wait and each message, and no secret in any of them."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.client import open_transport
from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._http import frames
from ansible_collections.tmi.tmi.plugins.module_utils._http.frames import ConnectionLost, HandshakeRefused, Pong
from ansible_collections.tmi.tmi.plugins.module_utils._http.request_log import RequestLog
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings

TOKEN = "marker-token-d41d8cd98f00b204"
CANARY = "S3CRET-canary"


class Logged:
    """A transport whose lines are kept, by a clock that only tests move."""

    def __init__(self, url: str, fake_time: Any, **options: Any) -> None:
        settings = Settings.from_params({"url": url, "token": TOKEN, "timeout": 3, **options})
        auth = Auth(settings)
        self.lines: list[str] = []
        self.transport = Transport(settings, auth, clock=fake_time.clock, sleep=fake_time.sleep)
        self.transport.log = RequestLog(self.lines.append, self.transport.censor)

    def ask(self, method: str, path: str, **more: Any) -> list[str]:
        """Return the lines of one request, with times left out; those of a failed one too."""
        self.lines.clear()
        with contextlib.suppress(TmiError):
            self.transport.request(method, path, **more)
        return [re.sub(r"\b\d+ ms|\d+\.\d s", "T", line) for line in self.lines]


@pytest.fixture
def logged(server: Any, fake_time: Any) -> Callable[..., Logged]:
    return lambda **options: Logged(server.url + options.pop("prefix", ""), fake_time, **options)


def test_a_request_is_reported_whole(logged: Any, server: Any, answer: Any) -> None:
    server.script = [answer(data={"a": "b"}, headers={"X-Request-Id": "7d-0f"}), answer(status=201, data={"id": 1})]
    assert logged(prefix="/tmi").ask("GET", "/threat_models", params={"limit": 100, "offset": 0}) == [
        "GET /tmi/threat_models?limit=100&offset=0: 200, T, 10 bytes, request id 7d-0f"
    ]
    assert logged().ask("POST", "/threat_models", json={"name": CANARY}, expect=(201,)) == [
        "POST /threat_models: 201, T, 9 bytes"
    ]


@pytest.mark.parametrize("fault", [{"status": 503, "headers": {"Retry-After": "2"}}, {"how": "reset"}])
def test_repetitions_and_their_waits_are_reported(logged: Any, server: Any, answer: Any, fault: dict[str, Any]) -> None:
    server.script = [answer(**fault), answer(data={})]
    first, wait, last = logged().ask("GET", "/x")
    assert first.startswith("GET /x: 503, T, " if "status" in fault else "GET /x: no answer, T: the connection broke")
    assert wait == "GET /x: again (try 2) after a wait of T"
    assert last == "GET /x: 200, T, 2 bytes"


def test_a_wait_of_all_threads_is_reported(logged: Any, server: Any, answer: Any) -> None:
    server.script = [answer(status=429, headers={"Retry-After": "3"}), answer(data={})]
    assert logged().ask("GET", "/x")[1] == (
        "GET /x: again (try 2) after a wait of T, and no other request is sent before"
    )


def test_a_refusal_is_reported_too(logged: Any, server: Any, answer: Any) -> None:
    server.script = [answer(status=403, data={"error": CANARY})]
    assert logged().ask("GET", "/x") == ["GET /x: 403, T, %d bytes" % len(json.dumps({"error": CANARY}))]


def test_a_login_and_a_renewal_are_reported(logged: Any, server: Any, answer: Any, jwt: Any, tmp_path: Any) -> None:
    fresh, refresh = jwt(), CANARY + "-refresh"
    server.routes["POST /oauth2/refresh"] = answer(
        data={"access_token": fresh, "refresh_token": CANARY + "-next", "expires_in": 3600, "token_type": "Bearer"}
    )
    server.script = [answer(status=401), answer(data={})]
    (tmp_path / "private").mkdir(mode=0o700)
    made = logged(token=jwt(lifetime=900), refresh_token=refresh, token_cache=str(tmp_path / "private" / "t.json"))
    lines = made.ask("GET", "/x")
    assert [line.partition(",")[0] for line in lines] == [
        "GET /x: 401",
        "POST /oauth2/refresh: 200",
        "GET /x: again",
        "GET /x: 200",
    ]
    assert not leaks(made, fresh, refresh)


#: Ways in which a secret may get into the log.
PLANTED: dict[str, dict[str, Any]] = {
    "ticket": {"params": {"ticket": CANARY, "session_id": CANARY}},
    "token": {"params": {"token": CANARY}},
    "pairs": {"params": [("state", CANARY), ("code_challenge", CANARY), ("login_hint", CANARY), ("code", CANARY)]},
    "name": {"params": {"name": CANARY, "owner": CANARY}},
    "own token in the path": {"path": "/x/" + TOKEN},
    "body": {"json": {"password": CANARY}},
}


@pytest.mark.parametrize("way", PLANTED)
@pytest.mark.parametrize("fault", [{}, {"how": "reset"}, {"status": 500, "data": {"error": CANARY}}])
def test_no_secret_is_reported(logged: Any, server: Any, answer: Any, way: str, fault: dict[str, Any]) -> None:
    server.otherwise = answer(**{"data": {"secret": CANARY}, **fault})
    made = logged(retry_timeout=1)
    planted = dict(PLANTED[way])
    for method in ("GET", "PUT"):
        assert made.ask(method, planted.get("path", "/x"), **{k: v for k, v in planted.items() if k != "path"})
        assert not leaks(made)


@pytest.mark.parametrize(
    "target",
    ["/y?token=" + CANARY, "/y?limit=1&ticket=" + CANARY, "/y?" + CANARY, "/y#" + CANARY, "/y?=" + CANARY]
    + ["/" + "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"],
)
def test_no_secret_of_a_redirect_is_reported(logged: Any, server: Any, answer: Any, target: str) -> None:
    server.script = [answer(status=302, headers={"Location": target}), answer(data={})]
    made = logged()
    assert len(made.ask("GET", "/x")) == 2
    assert not leaks(made, "eyJhbGci")


def test_what_a_server_names_stays_on_its_line(logged: Any, server: Any, answer: Any) -> None:
    server.script = [answer(data={}, headers={"X-Request-Id": "a\x1b[31m" + "b" * 5000})]
    (line,) = logged().ask("GET", "/x")
    assert line.isprintable()
    assert len(line) < 200


def leaks(made: Logged, *more: str) -> list[str]:
    """Return the lines with a secret in them."""
    return [line for line in made.lines if any(secret in line for secret in (CANARY, TOKEN, *more))]


def test_nothing_is_made_of_a_request_that_is_not_logged(server: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(RequestLog, "__init__", lambda *_args: pytest.fail("made"))
    with open_transport({"url": server.url, "token": TOKEN}, read_only=True) as transport:
        assert transport.log is None
        transport.request("GET", "/x")


# --- sessions -----------------------------------------------------------------------------------


class Peer:
    """A connection that gives the frames it was made with."""

    def __init__(self, *frames: Any) -> None:
        self.frames = list(frames)
        self.sent: list[Any] = []

    def send(self, text: str) -> None:
        self.sent.append(text)

    def ping(self, mark: bytes) -> None:
        self.sent.append(mark)

    def receive(self, _seconds: float) -> Any:
        frame = self.frames.pop(0)
        if isinstance(frame, Exception):
            raise frame
        return frame

    def close(self) -> None:
        self.sent.append(None)


def message(kind: Any, **more: Any) -> str:
    return json.dumps({**more, "message_type": kind})


FRAMES: tuple[tuple[Any, str], ...] = (
    (message("diagram_state", cells=[{"label": CANARY, "message_type": CANARY}]), "got diagram_state, N bytes"),
    (message("a") + message("b"), "got a + b, N bytes"),
    (message(CANARY + " \x1b[0m"), "got message of an unknown type, N bytes"),
    (message({"a": CANARY}), "got message of an unknown type, N bytes"),
    (message("x" * 5000), "got message of an unknown type, N bytes"),
    ("[1, 2]", "got something that is no message, N bytes"),
    ("{" + CANARY, "got something that is no message, N bytes"),
    ("[" * 100_000, "got something that is no message, N bytes"),
    (Pong(b"1"), "got pong"),
    (
        ConnectionLost(1000, "the server closed the connection (code 1000)"),
        "is gone: the server closed the connection (code N)",
    ),
)


@pytest.mark.parametrize(("frame", "reported"), FRAMES, ids=range(len(FRAMES)))
def test_messages_are_reported_by_their_type(logged: Any, monkeypatch: Any, frame: Any, reported: str) -> None:
    made = logged()
    peer = Peer(frame, "", None)
    monkeypatch.setattr(made.transport._sockets, "open_socket", lambda *_args: None)
    monkeypatch.setattr(frames, "_WebSocket", lambda *_args: peer)
    opened = made.transport.websocket("/threat_models/1/ws", {"ticket": CANARY}, 5)
    opened.send(message("diagram_operation", cells=[CANARY]))
    opened.ping(b"1")
    if isinstance(frame, ConnectionLost):
        with pytest.raises(ConnectionLost, match="closed"):
            opened.receive(0)
    else:
        assert [opened.receive(0) for _frame in range(3)] == [frame, "", None]
    opened.close()
    start = "WebSocket /threat_models/1/ws: "
    assert [re.sub(r"\d+(?= bytes| ms|\))", "N", line[len(start) :]) for line in made.lines] == [
        "101, N ms",
        "sends diagram_operation, N bytes",
        "sends ping",
        reported,
        "is closed",
    ]
    assert all(line.startswith(start) for line in made.lines)
    assert not leaks(made)
    assert len(peer.sent) == 3


@pytest.mark.parametrize(
    ("failure", "reported"),
    [
        (HandshakeRefused(403), "403, N ms"),
        (ConnectionLost(1006, "no WebSocket connection: x"), "no answer, N ms: no WebSocket connection: x"),
    ],
)
def test_handshakes_that_fail_are_reported(logged: Any, monkeypatch: Any, failure: Exception, reported: str) -> None:
    made = logged()

    def fails(*_args: Any) -> Any:
        raise failure

    monkeypatch.setattr(made.transport._sockets, "open_socket", fails)
    with pytest.raises(type(failure)):
        made.transport.websocket("wss://elsewhere/d/1/ws?ticket=" + CANARY, {"token": CANARY}, 5)
    assert [re.sub(r"\d+ ms", "N ms", line) for line in made.lines] == ["WebSocket /d/1/ws: " + reported]
