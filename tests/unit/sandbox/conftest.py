# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real server on a free port for every test that wants one, and clients that speak plain HTTP and WebSocket."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import importlib
import json
import secrets
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

FILES = Path(__file__).resolve().parents[3] / "roles" / "sandbox" / "files"
if str(FILES) not in sys.path:
    sys.path.insert(0, str(FILES))

pytest.importorskip("aiohttp")
requests = pytest.importorskip("requests")
websocket = pytest.importorskip("websocket")
app, daemon, server = (importlib.import_module(f"tmi_sandbox.{name}") for name in ("app", "daemon", "web.server"))

Json = Any
CALLBACK = "http://127.0.0.1:9/callback"
THREAT = {"name": "T", "severity": "Low", "priority": "P3", "mitigated": False, "status": "Open", "threat_type": "x"}


def challenge_of(verifier: str) -> str:
    """Return the PKCE challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


class Server:
    """A server in a thread of this process, which cannot outlive the tests."""

    def __init__(self, **settings: Any) -> None:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(settings,), daemon=True)
        self._thread.start()
        assert self._ready.wait(10)
        self.clients: list[Client] = []

    def _run(self, settings: dict[str, Any]) -> None:
        asyncio.run(self._serve(settings))

    async def _serve(self, settings: dict[str, Any]) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        listener = daemon.listen("127.0.0.1", 0)
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._loop.call_soon(self._ready.set)
        await server.serve(listener, app.Sandbox(app.Settings(**settings)), self._stop)

    def shut_down(self) -> None:
        """Tell the server to stop."""
        with contextlib.suppress(RuntimeError):  # it has stopped by itself, and closed its loop
            self._loop.call_soon_threadsafe(self._stop.set)

    def stop(self) -> None:
        """Stop serving and drop every client."""
        for client in self.clients:
            client.close()
        self.shut_down()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def client(self, user: str = "") -> Client:
        """Return a client, logged in when a user is given."""
        client = Client(self.url)
        self.clients.append(client)
        if user:
            client.log_in(user)
        return client

    def control(self, name: str, body: Json = None, method: str = "POST") -> Json:
        """Use a test control."""
        answer = requests.request(method, f"{self.url}/_test/{name}", json=body, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


class Client:
    """One user over HTTP and WebSocket."""

    def __init__(self, url: str) -> None:
        self.url, self.tokens, self.email = url, {}, ""
        self.http = requests.Session()
        self.http.trust_env = False
        self._sockets: list[Participant] = []

    def close(self) -> None:
        """Close all connections."""
        for socket in self._sockets:
            socket.ws.shutdown()
        self.http.close()

    def authorize(self, **query: str) -> Any:
        """Begin a login; a parameter given as "" is left out."""
        given = {
            "idp": "test",
            "scope": "openid",
            "client_callback": CALLBACK,
            "state": "s",
            "code_challenge_method": "S256",
            **query,
        }
        return self.http.get(
            self.url + "/oauth2/authorize",
            params={k: v for k, v in given.items() if v},
            allow_redirects=False,
            timeout=10,
        )

    def code(self, user: str, verifier: str) -> str:
        """Return an authorization code."""
        location = self.authorize(login_hint=user, code_challenge=challenge_of(verifier)).headers["Location"]
        return parse_qs(urlsplit(location).query)["code"][0]

    def exchange(self, code: str, verifier: str, /, **more: Json) -> Any:
        """Exchange a code for tokens."""
        body = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": CALLBACK}
        return self.http.post(self.url + "/oauth2/token?idp=test", json={**body, **more}, timeout=10)

    def log_in(self, user: str) -> None:
        """Log in with PKCE."""
        verifier = secrets.token_urlsafe(32)
        answer = self.exchange(self.code(user, verifier), verifier)
        assert answer.status_code == 200, answer.text
        self.tokens, self.email = answer.json(), f"{user}@test.tmi"

    def send(
        self, method: str, path: str, body: Json = None, *, raw: bytes | None = None, kind: str = "", **more: Any
    ) -> Any:
        """Return the answer to one request."""
        headers = {"Authorization": "Bearer " + self.tokens["access_token"]} if self.tokens else {}
        if body is not None or raw is not None:
            headers["Content-Type"] = kind or "application/json"
        data = raw if raw is not None else None if body is None else json.dumps(body).encode()
        return self.http.request(
            method, self.url + path, data=data, headers=headers, timeout=10, allow_redirects=False, **more
        )

    def call(self, method: str, path: str, body: Json = None, *, expect: int = 0, **more: Any) -> Json:
        """Return the body of an answer of the expected status, by default any success."""
        answer = self.send(method, path, body, **more)
        fine = answer.status_code == expect if expect else answer.status_code < 300
        assert fine, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def patch(self, path: str, *operations: Json, expect: int = 200) -> Json:
        """Send a JSON Patch."""
        return self.call("PATCH", path, list(operations), kind="application/json-patch+json", expect=expect)

    def model(self, **members: Json) -> str:
        """Create a threat model and return its path."""
        return "/threat_models/" + self.call("POST", "/threat_models", {"name": "Model", **members})["id"]

    def diagram(self, model: str) -> str:
        """Create a diagram and return its path."""
        return f"{model}/diagrams/" + self.call("POST", f"{model}/diagrams", {"name": "D", "type": "DFD-1.0.0"})["id"]

    def join(self, diagram: str, greet: bool = True, query: str = "") -> Participant:
        """Connect to the session of a diagram and, unless told otherwise, take the three greetings."""
        address = f"{self.url.replace('http', 'ws')}{diagram}/ws?token={self.tokens['access_token']}{query}"
        participant = Participant(websocket.create_connection(address, timeout=5, http_no_proxy=["*"]))
        self._sockets.append(participant)
        if greet:
            participant.kinds(["diagram_state_sync", "current_presenter", "participants_update"])
        return participant


class Participant:
    """One WebSocket connection."""

    def __init__(self, ws: Any) -> None:
        self.ws = ws

    def send(self, kind: str, **members: Json) -> None:
        """Send a message."""
        self.ws.send(json.dumps({"message_type": kind, **members}))

    def operate(self, *cells: Json, operation_id: str = "o", kind: str = "patch") -> None:
        """Send an operation."""
        self.send("diagram_operation", operation_id=operation_id, operation={"type": kind, "cells": list(cells)})

    def take(self) -> Json:
        """Return the next message, or {"closed": code}."""
        while True:
            opcode, data = self.ws.recv_data(control_frame=True)
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                return {"closed": int.from_bytes(data[:2], "big"), "text": data[2:].decode()}
            if opcode == websocket.ABNF.OPCODE_TEXT:
                return json.loads(data)

    def kinds(self, wanted: list[str]) -> list[Json]:
        """Return as many messages as wanted, which must have these types in this order."""
        got = [self.take() for _kind in wanted]
        assert [one.get("message_type", "closed") for one in got] == wanted
        return got

    def nothing(self) -> None:
        """Assert that nothing has come: the answer to a resync request is the next message."""
        self.send("resync_request")
        self.kinds(["resync_response"])


@pytest.fixture(scope="session", name="server")
def shared_server() -> Iterator[Server]:
    """Return a server with test controls for tests that do not disturb each other."""
    shared = Server(test_controls=True)
    yield shared
    shared.stop()


@pytest.fixture
def new_server() -> Iterator[Callable[..., Server]]:
    """Return a maker of servers for tests that want one of their own."""
    made: list[Server] = []

    def make(**settings: Any) -> Server:
        made.append(Server(**settings))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture
def client_of() -> Iterator[Callable[[str, str], Client]]:
    """Return a maker of users of a server by its address."""
    made: list[Client] = []

    def make(url: str, name: str) -> Client:
        made.append(Client(url))
        made[-1].log_in(name)
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def user(server: Server) -> Iterator[Callable[[str], Client]]:
    """Return a maker of clients, each a user of its own: names are made unique."""
    made: list[Client] = []

    def make(name: str = "user") -> Client:
        made.append(server.client(f"{name[:8]}-{secrets.token_hex(5)}"))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def alice(user: Callable[[str], Client]) -> Client:
    """Return the user that owns things."""
    return user("alice")


@pytest.fixture
def bob(user: Callable[[str], Client]) -> Client:
    """Return another user."""
    return user("bob")
