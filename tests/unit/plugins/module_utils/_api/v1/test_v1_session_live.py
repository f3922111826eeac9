# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API v1: editing beside a person, in sessions of the embedded server."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.cells import cell_to_wire, cells_from_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.session import V1Channel
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan, SessionOutcome
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, PermissionDeniedError
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

#: The address of a real server, for runs by hand.
REAL = os.environ.get("TMI_TEST_V1_URL", "")

#: 30 nodes and 15 flows; "door" is there before, drawn by a person.
NODES: dict[str, Any] = {"n%d" % i: {"type": "process", "label": "Node %d" % i} for i in range(30)}
FLOWS = {"f%d" % i: {"from": "n%d" % i, "to": "n%d" % (i + 15), "label": "Flow %d" % i} for i in range(15)}
DOOR = "11111111-1111-4111-8111-111111111111"


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
    if REAL:
        yield REAL
        return
    with serving("v1") as process:
        yield process.url


class Account:
    def __init__(self, url: str, hint: str) -> None:
        settings = Settings(url=url, login_hint=hint, login_provider="tmi", timeout=10, retry_timeout=2)
        self.transport = Transport(settings, Auth(settings))
        self.name = hint
        self.email = str(jwt_claims(self.transport.access_token())["email"])

    def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return self.transport.request(method, path, json=body, expect=(200, 201, 204), **more).data

    def open(self, path: str) -> Person:
        """Join the session, or open one, as a browser does."""
        found = self.call("POST", path + "/collaborate")["session_id"]
        ticket = self.call("GET", "/ws/ticket", params={"session_id": found})["ticket"]
        socket_url = sockets.url(self.transport.settings, path + "/ws", {"session_id": found, "ticket": ticket})
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

    def says(self, kind: str, **more: Any) -> None:
        self.socket.send(json.dumps({"message_type": kind, **more}))

    def edits(self, *cells: dict[str, Any]) -> list[dict[str, Any]]:
        """Edit, wait until it is done, and return what is stored then."""
        operation = {"type": "patch", "cells": list(cells)}
        self.says("diagram_operation_request", operation_id=str(uuid.uuid4()), operation=operation)
        self.says("sync_request")
        found: list[dict[str, Any]] = self.heard("diagram_state")["cells"]
        return found


class Room:
    """A diagram with one node, Alice's; Bob and Cat may write, Dan may read."""

    def __init__(self, url: str) -> None:
        names = ("alice", "bob", "cat", "dan")
        self.alice, self.bob, self.cat, self.dan = (Account(url, "live-" + name) for name in names)
        for account in self.accounts()[1:]:
            account.call("GET", "/me")
        rows = [
            {"principal_type": "user", "provider": "tmi", "provider_id": account.name, "role": role}
            for account, role in ((self.bob, "writer"), (self.cat, "writer"), (self.dan, "reader"))
        ]
        self.model = self.alice.call("POST", "/threat_models", {"name": "Live", "authorization": rows})["id"]
        path = "/threat_models/%s/diagrams" % self.model
        diagram = self.alice.call("POST", path, {"name": "Main", "type": "DFD-1.0.0"})
        self.path = "%s/%s" % (path, diagram["id"])
        self.put([wire_node(DOOR, "Door", 10)])
        self.diagram = Entity(DIAGRAM, diagram["id"], {"name": "Main"}, parent_id=self.model)

    def accounts(self) -> tuple[Account, ...]:
        return self.alice, self.bob, self.cat, self.dan

    def close(self) -> None:
        self.alice.call("DELETE", self.path + "/collaborate")
        self.alice.transport.request("DELETE", "/threat_models/" + self.model, expect=(204, 409))
        for account in self.accounts():
            account.transport.close()

    def put(self, cells: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        body = {"name": "Main", "type": "DFD-1.0.0", "cells": cells}
        found: list[dict[str, Any]] = self.alice.call("PUT", self.path, body)["cells"]
        return found

    def cells(self) -> dict[str, dict[str, Any]]:
        return {cell["id"]: cell for cell in self.alice.call("GET", self.path)["cells"]}

    def is_open(self) -> bool:
        return self.alice.transport.request("GET", self.path + "/collaborate", expect=(200, 404)).status == 200

    def channel(self, account: Account, before_sending: Callable[[], None] | None = None) -> V1Channel:
        channel = V1Channel(account.transport, self.diagram, lambda: account.email)
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


def test_alone_it_costs_four_requests_and_leaves_nothing_behind(room: Room) -> None:
    stats = room.alice.transport.stats
    before = stats.as_dict()["requests"]
    outcome = post(room, room.alice)
    assert stats.as_dict()["requests"] - before == 4
    assert (outcome.operations, list(outcome.ended_for)) == (45, [])
    assert {cell.id for cell in outcome.cells} == set(room.cells())
    assert len(room.cells()) == 46
    assert not room.is_open()
    assert post(room, room.alice).operations == 0


def test_what_was_posted_is_taken_by_put_and_comes_back(room: Room) -> None:
    post(room, room.alice)
    posted = list(room.cells().values())
    assert [cell_to_wire(cell) for cell in cells_from_wire(posted)] == posted
    put = room.put(posted)
    assert not ALL(cells_from_wire(put)).changes
    again = [cell_to_wire(cell) for cell in cells_from_wire(put)]
    assert again == put
    assert room.put(again) == put


@pytest.mark.parametrize("host", ["bob", "alice"])
def test_what_a_person_does_at_the_same_moment_is_kept(room: Room, host: str) -> None:
    people = [room.bob.open(room.path)] if host == "bob" else []
    lamp = str(uuid.uuid4())

    def act() -> None:
        bob = people[0] if people else room.bob.open(room.path)
        people[:] = [bob]
        bob.edits({"id": DOOR, "operation": "update", "data": {**wire_node(DOOR, "Door", 777), "zIndex": 9}})
        bob.edits({"id": lamp, "operation": "add", "data": wire_node(lamp, "Lamp", 500)})

    named = {DOOR: {"type": "process", "label": "Front door"}}
    outcome = post(room, room.alice, planner({"nodes": {**NODES, **named}, "flows": FLOWS}), act)
    cells = room.cells()
    assert len(cells) == 47
    assert cells[lamp] == wire_node(lamp, "Lamp", 500)
    assert (cells[DOOR]["position"]["x"], cells[DOOR]["zIndex"]) == (777, 9)
    assert cells[DOOR]["attrs"]["text"]["text"] == "Front door"
    assert list(outcome.ended_for) == ([room.bob.email] if host == "alice" else [])
    assert room.is_open() is (host == "bob")
    people[0].socket.close()


def test_a_person_who_edits_all_the_time(room: Room) -> None:
    bob = room.bob.open(room.path)
    stop = threading.Event()
    lamps: list[str] = []

    def draw() -> None:
        while not stop.is_set():
            lamps.append(str(uuid.uuid4()))
            bob.edits({"id": lamps[-1], "operation": "add", "data": wire_node(lamps[-1], "Lamp", len(lamps))})
            stop.wait(0.05)

    drawing = threading.Thread(target=draw)
    drawing.start()
    try:
        post(room, room.alice)
    finally:
        stop.set()
        drawing.join()
    bob.edits({"id": DOOR, "operation": "update", "data": wire_node(DOOR, "Door", 5)})
    bob.socket.close()
    assert len(room.cells()) == 46 + len(lamps)


def test_two_runs_of_the_same_play_at_once(room: Room) -> None:
    """One of them is refused half-way; what it has stored by then must outlast the next operation."""
    bob = room.bob.open(room.path)
    together = threading.Barrier(2, timeout=20)
    found: list[Any] = []

    def run(account: Account) -> None:
        try:
            found.append(post(room, account, before_sending=together.wait).operations)
        except Exception as error:
            found.append(error)

    runs = [threading.Thread(target=run, args=(account,)) for account in (room.alice, room.cat)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert [type(one) for one in found] == [int, int], found
    stored = bob.edits({"id": DOOR, "operation": "update", "data": wire_node(DOOR, "Door", 5)})
    bob.socket.close()
    assert len(stored) == 46


def test_a_refused_message_is_sent_anew_with_what_it_had_stored(room: Room) -> None:
    bob = room.bob.open(room.path)
    wanted = {cell.id: cell for cell in ALL(()).cells}
    last = list(wanted)[-1]

    def act() -> None:
        bob.edits({"id": last, "operation": "add", "data": cell_to_wire(wanted[last])})

    post(room, room.alice, before_sending=act)
    stored = bob.edits({"id": DOOR, "operation": "update", "data": wire_node(DOOR, "Door", 5)})
    bob.socket.close()
    assert {cell["id"] for cell in stored} == {DOOR, *wanted}


def test_a_reader_is_reported_so(room: Room) -> None:
    with pytest.raises(PermissionDeniedError, match=r'diagram "Main": .*live-dan.*role writer'):
        post(room, room.dan)
    assert len(room.cells()) == 1
    assert not room.is_open()


def test_our_own_browser_session_is_not_joined(room: Room) -> None:
    browser = room.alice.open(room.path)
    with pytest.raises(ApiError, match="same account elsewhere"):
        post(room, room.alice)
    assert room.is_open()
    browser.socket.close()


def test_a_session_that_its_host_ends_gets_one_successor(room: Room) -> None:
    bob = room.bob.open(room.path)
    post(room, room.alice, before_sending=lambda: room.bob.call("DELETE", room.path + "/collaborate"))
    assert len(room.cells()) == 46
    assert not room.is_open()
    bob.socket.close()


def test_who_was_removed_does_not_come_back(room: Room) -> None:
    bob = room.bob.open(room.path)
    me = room.alice.call("GET", "/me")
    names = ("principal_type", "provider", "provider_id", "display_name", "email")

    def remove() -> None:
        bob.says("remove_participant_request", removed_user={name: me[name] for name in names})
        bob.says("sync_request")
        bob.heard("diagram_state")

    with pytest.raises(PermissionDeniedError, match="removed this account"):
        post(room, room.alice, before_sending=remove)
    bob.socket.close()


def test_no_error_shows_the_ticket(room: Room) -> None:
    channel = room.channel(room.alice)
    membership = channel.join()
    ticket = channel._ticket
    assert ticket
    lost = V1Channel(room.alice.transport, room.diagram, lambda: room.alice.email)
    lost._session, lost._ticket = membership.session_id, ticket
    channel.connect(5).close()
    with pytest.raises(session.ConnectionLost) as caught:
        lost.connect(5)  # used
    error: BaseException | None = caught.value
    while error is not None:
        assert ticket not in str(error) + repr(error)
        error = error.__context__
    channel.leave(membership)
