# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers and users of API generation v1; takes the place of fixtures of the same names one folder up."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

websocket = pytest.importorskip("websocket")

Json = Any
CALLBACK = "http://127.0.0.1:9/callback"


@pytest.fixture
def server(new_server: Callable[..., Any]) -> Any:
    """Return a server of its own for each test, for some let time pass."""
    return new_server(api="v1", test_controls=True)


def log_in(client: Any, name: str) -> None:
    """Log in with PKCE."""
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    location = client.authorize(idp="tmi", login_hint=name, code_challenge=challenge).headers["Location"]
    code = parse_qs(urlsplit(location).query)["code"][0]
    body = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": CALLBACK}
    answer = client.http.post(client.url + "/oauth2/token?idp=tmi", json=body, timeout=10)
    assert answer.status_code == 200, answer.text
    client.tokens, client.email = answer.json(), f"{name}@tmi.local"


@pytest.fixture
def user(server: Any) -> Iterator[Callable[[str], Any]]:
    """Return a maker of clients by the names of their users."""
    made: list[Any] = []

    def make(name: str) -> Any:
        made.append(server.client())
        log_in(made[-1], name)
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def alice(user: Callable[[str], Any]) -> Any:
    """Return the administrator, who owns things."""
    return user("alice")


@pytest.fixture
def bob(user: Callable[[str], Any]) -> Any:
    """Return another user."""
    return user("bob")


class Peer:
    """One WebSocket connection."""

    def __init__(self, address: str) -> None:
        self.ws = websocket.create_connection(address, timeout=5, http_no_proxy=["*"])

    def send(self, kind: str, **members: Json) -> None:
        """Send a message."""
        self.ws.send(json.dumps({"message_type": kind, **members}))

    def operate(self, *changes: tuple[str, str, Json]) -> None:
        """Send an operation of changes, each an identifier, what to do and the data."""
        cells = [{"id": name, "operation": what, "data": data} for name, what, data in changes]
        self.send("diagram_operation_request", operation_id="o", operation={"type": "patch", "cells": cells})

    def take(self) -> Json:
        """Return the next message; what ends the connection is one of type "closed", without a code where it breaks."""
        try:
            while True:
                opcode, data = self.ws.recv_data(control_frame=True)
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    return {
                        "message_type": "closed",
                        "code": int.from_bytes(data[:2], "big"),
                        "text": data[2:].decode(),
                    }
                if opcode == websocket.ABNF.OPCODE_TEXT:
                    return json.loads(data)
        except (OSError, websocket.WebSocketConnectionClosedException):
            return {"message_type": "closed", "code": None}

    def kinds(self, *wanted: str) -> Json:
        """Return the last of as many messages as wanted, which must have these types in this order."""
        got = [self.take() for _kind in wanted]
        assert [one["message_type"] for one in got] == [*wanted]
        return got[-1]

    def nothing(self) -> None:
        """Assert that nothing has come: the answer to a request is the next message."""
        self.send("sync_status_request")
        self.kinds("sync_status_response")


@pytest.fixture
def join() -> Iterator[Callable[..., Peer]]:
    """Return a function that connects a client to the session of a diagram, opening one if need be."""
    made: list[Peer] = []

    def connect(client: Any, diagram: str, greet: bool = True, query: str = "session_id={session}&") -> Peer:
        session = client.call("POST", diagram + "/collaborate")["session_id"]
        ticket = client.call("GET", f"/ws/ticket?session_id={session}")["ticket"]
        address = f"{client.url.replace('http', 'ws')}{diagram}/ws?{query.format(session=session)}ticket={ticket}"
        made.append(Peer(address))
        if greet:
            made[-1].kinds("diagram_state", "participants_update")
        return made[-1]

    yield connect
    for peer in made:
        peer.ws.shutdown()
