# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Editing beside a person, in sessions of the embedded server."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.session import V0Channel
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan, SessionOutcome
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import MissingError, PermissionDeniedError
from ansible_collections.tmi.tmi.plugins.module_utils._http import sockets
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._login.tokens import jwt_claims
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._session import editor as session
from ansible_collections.tmi.tmi.tests.harness.process import serving

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
websocket = pytest.importorskip("websocket")

#: 30 nodes and 15 flows; "door" is there before, drawn by a person.
NODES: dict[str, Any] = {"n%d" % i: {"type": "process", "label": "Node %d" % i} for i in range(30)}
FLOWS = {"f%d" % i: {"from": "n%d" % i, "to": "n%d" % (i + 15), "label": "Flow %d" % i} for i in range(15)}
DOOR = "11111111-1111-4111-8111-111111111111"
LAMP = "22222222-2222-4222-8222-222222222222"


def wire_node(cell_id: str, label: str, x: float) -> dict[str, Any]:
    return {
        "id": cell_id,
        "shape": "process",
        "position": {"x": x, "y": 10},
        "size": {"width": 100, "height": 60},
        "attrs": {"text": {"text": label}},
    }


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of this module's own, which ends with it."""
    with serving("v0", "--test-controls") as process:
        yield process.url


@dataclass
class Account:
    transport: Transport

    @classmethod
    def of(cls, url: str, hint: str) -> Account:
        settings = Settings(url=url, login_hint=hint, login_provider="test", timeout=5, retry_timeout=2)
        return cls(Transport(settings, Auth(settings)))

    def email(self) -> str:
        return str(jwt_claims(self.transport.access_token())["email"])

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return self.transport.request(method, path, json=body, expect=(200, 201, 204), **more).data

    def connect(self, path: str) -> Person:
        socket_url = sockets.url(self.transport.settings, path + "/ws", {"token": self.transport.access_token()})
        return Person(websocket.create_connection(socket_url, timeout=5, suppress_origin=True, http_no_proxy=["*"]))


class Person:
    """Somebody with the diagram open in a browser."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.heard("participants_update")

    def heard(self, kind: str) -> dict[str, Any]:
        """The next message of a kind."""
        while True:
            message: dict[str, Any] = json.loads(self.socket.recv())
            if message["message_type"] == kind:
                return message

    def edits(self, *cells: dict[str, Any]) -> None:
        operation = {"type": "patch", "cells": list(cells)}
        message = {"message_type": "diagram_operation", "operation_id": os.urandom(8).hex(), "operation": operation}
        self.socket.send(json.dumps(message))
        self.socket.ping("done")
        opcode = None
        while opcode != websocket.ABNF.OPCODE_PONG:
            opcode, _data = self.socket.recv_data(control_frame=True)


class Room:
    """A diagram with one node, Alice's; Bob may write, Carol may read."""

    def __init__(self, url: str) -> None:
        self.alice, self.bob, self.carol = (Account.of(url, name) for name in ("alice", "bob", "carol"))
        rows = [{"subject": self.bob.email(), "role": "writer"}, {"subject": self.carol.email(), "role": "reader"}]
        self.bob.call("GET", "/threat_models"), self.carol.call("GET", "/threat_models")
        model = self.alice.call("POST", "/threat_models", {"name": "Live", "authorization": rows})
        path = "/threat_models/%s/diagrams" % model["id"]
        diagram = self.alice.call("POST", path, {"name": "Main", "type": "DFD-1.0.0"})
        self.path = "%s/%s" % (path, diagram["id"])
        cells = [{"op": "replace", "path": "/cells", "value": [wire_node(DOOR, "Door", 10)]}]
        self.alice.call("PATCH", self.path, cells, content_type="application/json-patch+json")
        self.diagram = Entity(DIAGRAM, diagram["id"], {"name": "Main"}, parent_id=model["id"])

    def close(self) -> None:
        for account in (self.alice, self.bob, self.carol):
            account.transport.close()

    def cells(self) -> dict[str, dict[str, Any]]:
        return {cell["id"]: cell for cell in self.alice.call("GET", self.path)["cells"]}

    def sessions(self) -> list[Any]:
        found: list[Any] = self.alice.call("GET", "/collaboration/sessions")
        return [one for one in found if one["diagram_id"] == self.diagram.id]

    def channel(self, account: Account, before_sending: Callable[[], None] | None = None) -> V0Channel:
        channel = V0Channel(account.transport, self.diagram, account.email)
        build = channel.message
        waiting = [before_sending] if before_sending else []

        def message(operation_id: str, edits: Sequence[Any]) -> Any:
            if edits and waiting:
                waiting.pop()()
            return build(operation_id, edits)

        channel.message = message  # type: ignore[method-assign]
        return channel


@pytest.fixture
def room(url: str) -> Iterator[Room]:
    found = Room(url)
    yield found
    found.close()


def planner(options: dict[str, Any]) -> Callable[[Sequence[Cell]], CellPlan]:
    desired = compile_diagram(options, "Live", "Main")
    return lambda cells: plan_cells(desired, cells, "none")


ALL = planner({"nodes": NODES, "flows": FLOWS})


def post(room: Room, account: Account, replan: Any = ALL, before_sending: Any = None) -> SessionOutcome:
    return session.edit(room.channel(account, before_sending), replan)


def test_alone_it_costs_three_requests_and_leaves_nothing_behind(room: Room) -> None:
    stats = room.alice.transport.stats
    before = stats.as_dict()
    outcome = post(room, room.alice)
    after = stats.as_dict()
    assert after["requests"] - before["requests"] == 3
    assert after["writes"] - before["writes"] == 2 + 1, "one message of 45 operations"
    assert (outcome.operations, list(outcome.ended_for)) == (45, [])
    assert len(room.cells()) == 46
    assert {cell.id for cell in outcome.cells} == set(room.cells())
    assert room.sessions() == []
    assert post(room, room.alice).operations == 0


@pytest.mark.parametrize("_time", range(5))
@pytest.mark.parametrize("host", ["bob", "alice"])
def test_what_a_person_does_at_the_same_moment_is_kept(room: Room, host: str, _time: int) -> None:
    """Bob moves the node whose label we are about to change, and adds another, after our plan and before it arrives."""
    people: list[Person] = []
    if host == "bob":
        room.bob.call("POST", room.path + "/collaborate")
        people.append(room.bob.connect(room.path))

    def act() -> None:
        bob = people[0] if people else room.bob.connect(room.path)
        people[:] = [bob]
        moved = {**wire_node(DOOR, "Door", 777), "zIndex": 9}
        bob.edits({"id": DOOR, "operation": "update", "data": moved})
        bob.edits({"id": LAMP, "operation": "add", "data": wire_node(LAMP, "Lamp", 500)})

    named = {DOOR: {"type": "process", "label": "Front door"}}
    outcome = post(room, room.alice, planner({"nodes": {**NODES, **named}, "flows": FLOWS}), act)
    cells = room.cells()
    assert len(cells) == 47
    assert cells[LAMP] == wire_node(LAMP, "Lamp", 500)
    assert cells[DOOR]["position"]["x"] == 777
    assert cells[DOOR]["zIndex"] == 9
    assert cells[DOOR]["attrs"]["text"]["text"] == "Front door"
    assert list(outcome.ended_for) == ([room.bob.email()] if host == "alice" else [])
    assert len(room.sessions()) == (1 if host == "bob" else 0)
    people[0].socket.close()


def test_a_person_who_edits_all_the_time(room: Room) -> None:
    room.bob.call("POST", room.path + "/collaborate")
    bob = room.bob.connect(room.path)
    stop = threading.Event()
    moved: list[int] = []

    def drag() -> None:
        while not stop.is_set():
            moved.append(len(moved) + 20)
            bob.edits({"id": DOOR, "operation": "update", "data": wire_node(DOOR, "Door", moved[-1])})

    dragging = threading.Thread(target=drag)
    dragging.start()
    try:
        for _time in range(5):
            post(room, room.alice)
    finally:
        stop.set()
        dragging.join()
    bob.socket.close()
    assert len(room.cells()) == 46
    assert room.cells()[DOOR] == wire_node(DOOR, "Door", moved[-1])


def test_a_reader_is_reported_so_before_anything_is_sent(room: Room) -> None:
    with pytest.raises(PermissionDeniedError, match=r'diagram "Main": .*carol.*role writer'):
        post(room, room.carol)
    assert room.carol.transport.stats.as_dict()["writes"] == 2  # POST and DELETE
    assert len(room.cells()) == 1
    assert room.sessions() == []


def test_our_own_browser_session_stays_open(room: Room) -> None:
    room.alice.call("POST", room.path + "/collaborate")
    browser = room.alice.connect(room.path)
    post(room, room.alice)
    assert len(room.sessions()) == 1
    assert len(browser.heard("diagram_operation")["operation"]["cells"]) == 45
    browser.socket.close()


def test_connections_that_the_server_drops_are_come_back_from(room: Room, url: str) -> None:
    def drop() -> None:
        room.alice.call("POST", "/_test/close_sockets")

    waits: list[float] = []
    outcome = session.edit(room.channel(room.alice, drop), ALL, sleep=waits.append)
    assert len(room.cells()) == 46
    assert outcome.operations in (45, 90)  # sent into the void, or not
    assert waits == [1.0]


def test_an_expired_token_is_renewed_for_the_handshake(room: Room) -> None:
    channel = room.channel(room.alice)
    membership = channel.join()
    room.alice.call("POST", "/_test/expire_tokens")
    channel.connect(5).close()
    channel.leave(membership)


def test_no_error_shows_the_token(room: Room) -> None:
    lost = Entity(DIAGRAM, "99999999-9999-4999-8999-999999999999", {"name": "Lost"}, parent_id=room.diagram.parent_id)
    channel = V0Channel(room.alice.transport, lost, room.alice.email)
    token = room.alice.transport.access_token()
    with pytest.raises(MissingError, match=r'diagram "Lost": .*404') as caught:
        channel.connect(5)
    error: BaseException | None = caught.value
    while error is not None:
        assert token not in str(error) + repr(error)
        error = error.__context__
