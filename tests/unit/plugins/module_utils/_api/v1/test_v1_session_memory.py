# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API v1: sessions keep a copy of the cells that may be other than what is stored (TMI 1.8.22, seen live).

Every operation starts from the copy, stores the diagram after each of its cells, and changes the copy only when all of
them were taken. So a refused operation leaves cells that the next one wipes away, and of two operations at the same
time the later one stores the diagram without what the other one did.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.session import V1Channel
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan, SessionOutcome
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._http.frames import BROKEN, ConnectionLost, Pong
from ansible_collections.tmi.tmi.plugins.module_utils._http.request import Response
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._session import editor as session

pytest.importorskip("websocket")

ME = {"principal_type": "user", "provider": "tmi", "provider_id": "me", "email": "me@example.com"}
ZOE = {**ME, "provider_id": "zoe", "email": "zoe@example.com"}
Cells = dict[str, dict[str, Any]]


def node(name: str, x: float = 10) -> dict[str, Any]:
    return {"id": name, "shape": "process", "x": x, "y": 10, "width": 100, "height": 60}


def edit(action: str, wire: dict[str, Any]) -> dict[str, Any]:
    return {"id": wire["id"], "operation": action, **({} if action == "remove" else {"data": wire})}


class Peer(Transport):
    """The server: ``stored`` is the diagram, ``copy`` what the session has of it."""

    def __init__(self, stored: Sequence[dict[str, Any]] = (), copy: Sequence[dict[str, Any]] | None = None) -> None:
        super().__init__(Settings(url="http://127.0.0.1:9"))
        self.stored: Cells = {wire["id"]: wire for wire in stored}
        self.copy: Cells = {wire["id"]: wire for wire in (stored if copy is None else copy)}
        self.frames: deque[str] = deque()
        self.ours: list[list[str]] = []
        self.waiting: dict[str, Callable[[], None]] = {}
        self.cut_after: int | None = None
        self.number = 0

    # REST
    def access_token(self, renew: bool = False) -> str:
        return "opaque"

    def request(self, method: str, path: str, **more: Any) -> Response:
        if path.endswith("/collaborate"):
            return Response(200, {"session_id": "s", "host": ZOE, "participants": [{"user": ZOE}]}, {})
        if path == "/ws/ticket":
            return Response(200, {"ticket": "t"}, {})
        return Response(200, {"cells": json.loads(json.dumps(list(self.stored.values())))}, {})

    # the socket
    def websocket(self, _path: str, _params: Any, _seconds: float) -> Any:
        self.frames.clear()
        self.says(message_type="diagram_state", cells=list(self.stored.values()))
        return self

    def says(self, **message: Any) -> None:
        self.frames.append(json.dumps(message))

    def send(self, text: str) -> None:
        message = json.loads(text)
        if message["message_type"] == "sync_request":
            self.says(message_type="diagram_state", cells=list(self.stored.values()))
            return
        cells = message["operation"]["cells"]
        self.ours.append(["%s %s" % (cell["operation"], cell["id"][:1]) for cell in cells])
        self._act("before")
        arrived = self.cut_after != len(self.ours) or self.number % 2 == 0
        if arrived:
            self.operate(cells, message["operation_id"])
        if self.cut_after == len(self.ours):
            raise ConnectionLost(BROKEN, "the connection broke")

    def _act(self, when: str) -> None:
        act = self.waiting.pop(when, None)
        if act is not None:
            act()

    def operate(self, cells: Sequence[Mapping[str, Any]], ours: str = "", during: str = "during") -> None:
        """Do an operation; ``during`` names what others do after it has begun."""
        self.number += 1
        found = dict(self.copy or self.stored)
        begun = dict(found)
        self._act(during)
        for cell in cells:
            name, action = cell["id"], cell["operation"]
            known = {"add": name not in begun, "update": name in begun}.get(action, True)
            if not known:
                reason = "cell_already_exists" if action == "add" else "update_nonexistent_cell"
                if ours:
                    rejection = {"operation_id": ours, "reason": reason, "affected_cells": [name]}
                    self.says(message_type="operation_rejected", **rejection)
                return
            if action == "remove":
                found.pop(name, None)
            else:
                found[name] = cell["data"]
            self.stored = dict(found)
        for cell in cells:
            if cell["operation"] == "remove":
                self.copy.pop(cell["id"], None)
            else:
                self.copy[cell["id"]] = cell["data"]
        if not ours:
            self.says(
                message_type="diagram_operation_event",
                operation_id="theirs %d" % self.number,
                sequence_number=self.number,
                operation={"cells": cells},
            )

    def somebody(self, edits: Sequence[tuple[str, str, int]]) -> None:
        """Somebody does what is possible of this."""
        possible = {"add": lambda name: name not in self.copy, "update": self.copy.__contains__}
        self.operate(
            [edit(a, node(key(name), x)) for a, name, x in edits if possible.get(a, bool)(key(name))], during=""
        )

    def receive(self, _seconds: float) -> str | Pong | None:
        return self.frames.popleft() if self.frames else None

    def close(self) -> None:
        """Nothing to do."""


def planner(*names: str) -> Callable[[Sequence[Cell]], CellPlan]:
    desired = compile_diagram({"nodes": {key(name): {"type": "process"} for name in names}}, "M", "D")
    return lambda cells: plan_cells(desired, cells, "none")


def key(name: str) -> str:
    """A key that is the cell's id."""
    return name * 8 + "-1111-4111-8111-111111111111"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., SessionOutcome]:
    def act(peer: Peer, *names: str) -> SessionOutcome:
        diagram = Entity(DIAGRAM, "d", {"name": "Main"}, parent_id="t")
        now = [0.0]

        def clock() -> float:
            now[0] += 0.01
            return now[0]

        return session.edit(V1Channel(peer, diagram, lambda: ME["email"]), planner(*names), clock=clock, sleep=len_of)

    return act


def len_of(_seconds: float) -> None:
    """Sleep without waiting."""


def holds(peer: Peer, names: str) -> bool:
    """Whether these cells are there, now and after the next operation of another participant."""
    there = [{name[0] for name in peer.stored}]
    peer.operate([edit("add", node(key("9")))])
    there.append({name[0] for name in peer.stored} - {"9"})
    return there == [set(names)] * 2


def test_alone(run: Any) -> None:
    peer = Peer([node(key("a"))])
    assert run(peer, "a", "b", "c").operations == 3
    assert peer.ours == [["update a", "add b", "add c"]]
    assert holds(peer, "abc")


def test_cells_of_a_refused_operation_are_wiped_away_before_the_next_plan(run: Any) -> None:
    peer = Peer([node(key("a"))])
    peer.waiting["before"] = lambda: peer.operate([edit("add", node(key("c")))])
    run(peer, "b", "c", "d")
    assert peer.ours[:2] == [["add b", "add c", "add d"], ["update c"]]
    assert sorted(peer.ours[2]) == ["add b", "add d", "update c"]
    assert holds(peer, "abcd")


def test_a_refused_operation_that_left_just_what_was_wanted(run: Any) -> None:
    """Another run has added the last cell: all of them are stored, and the session has but that one."""
    peer = Peer()
    others = Peer()
    run(others, "b", "c")
    theirs = others.stored[key("c")]
    peer.waiting["before"] = lambda: peer.operate([edit("add", theirs)])
    run(peer, "b", "c")
    assert {name[0] for name in peer.stored} == {"b", "c"}
    assert holds(peer, "bc")


def test_what_others_did_while_our_operation_was_stored_is_brought_back(run: Any) -> None:
    peer = Peer([node(key("a")), node(key("z"))])
    theirs = [edit("add", node(key("d"))), edit("update", node(key("a"), 500)), edit("remove", node(key("z")))]
    peer.waiting["during"] = lambda: peer.operate(theirs, during="")
    run(peer, "b")
    assert peer.ours == [["add b"], ["update b"]]
    assert peer.stored[key("a")]["x"] == 500
    assert holds(peer, "abd")


def test_what_we_did_while_others_stored_their_operation_is_brought_back(run: Any) -> None:
    peer = Peer([node(key("a"))])

    def overtaken() -> None:
        stored = dict(peer.stored)
        peer.operate([edit("update", node(key("a"), 500))], during="")
        peer.waiting["late"] = lambda: setattr(peer, "stored", {**stored, key("a"): node(key("a"), 500)})

    peer.waiting["during"] = overtaken
    read = peer.request

    def request(method: str, path: str, **more: Any) -> Response:
        if method == "GET" and path.endswith("/d"):
            peer._act("late")
        return read(method, path, **more)

    peer.request = request  # type: ignore[method-assign]
    run(peer, "b", "c")
    assert peer.ours == [["add b", "add c"], ["update b"]]
    assert holds(peer, "abc")


def test_cells_that_are_stored_but_not_in_the_session(run: Any) -> None:
    peer = Peer([node(key("a")), node(key("b"))], copy=[node(key("a"))])
    run(peer, "b", "c")
    assert holds(peer, "abc")


def test_cells_that_the_session_has_but_are_not_stored(run: Any) -> None:
    peer = Peer([node(key("a"))], copy=[node(key("a")), node(key("b"))])
    run(peer, "b", "c")
    assert holds(peer, "abc")


def test_an_undone_operation_is_read_anew(run: Any) -> None:
    peer = Peer([node(key("a"))])

    def undo() -> None:
        peer.operate([edit("add", node(key("b")))])
        peer.stored.pop(key("b")), peer.copy.pop(key("b"))
        peer.frames.append(peer.frames[-1])

    peer.waiting["before"] = undo
    run(peer, "c")
    assert holds(peer, "ac")


edits = st.lists(
    st.tuples(st.sampled_from(["add", "update", "remove"]), st.sampled_from("abcdz"), st.integers(1, 9)),
    max_size=3,
    unique_by=lambda one: one[1],
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits, edits, st.sampled_from([None, 1, 2]))
def test_whatever_others_do_all_ends_well(run: Any, before: Any, during: Any, cut_after: int | None) -> None:
    """The wanted cells are there, and, unless the connection is lost, no participant loses a cell of the session."""
    peer = Peer([node(key("a")), node(key("b"))])
    peer.cut_after = cut_after
    for when, theirs in (("before", before), ("during", [] if cut_after else during)):
        peer.waiting[when] = lambda theirs=theirs: peer.somebody(theirs)  # type: ignore[misc]
    run(peer, "b", "c", "d")
    assert {key(name) for name in "bcd"} <= set(peer.stored)
    if cut_after is None:
        assert {name[0] for name in peer.copy} <= {name[0] for name in peer.stored}
        assert holds(peer, "".join(name[0] for name in peer.stored))
