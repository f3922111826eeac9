# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collaboration: sessions over REST, and several participants over WebSocket."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import websocket

Json = Any


def node(cell_id: str, **more: Json) -> Json:
    """Return a cell."""
    return {"id": cell_id, "shape": "process", "x": 1, "y": 1, "width": 80, "height": 40, **more}


def add(cell_id: str, **more: Json) -> Json:
    """Return an operation that adds a cell."""
    return {"id": cell_id, "operation": "add", "data": node(cell_id, **more)}


@pytest.fixture
def diagram(alice: Any, bob: Any) -> str:
    """Return the path of a diagram of alice's that bob can write."""
    return str(alice.diagram(alice.model(authorization=[{"subject": bob.email, "role": "writer"}])))


@pytest.fixture
def pair(alice: Any, bob: Any, diagram: str) -> tuple[Any, Any]:
    """Return two participants, the first of whom is the host."""
    alice.call("POST", diagram + "/collaborate")
    host = alice.join(diagram)
    guest = bob.join(diagram)
    host.kinds(["participant_joined", "participants_update"])
    return host, guest


def cells(client: Any, diagram: str) -> list[Json]:
    """Return the stored cells of a diagram."""
    found: list[Json] = client.call("GET", diagram)["cells"]
    return found


# ---------------------------------------------------------------------------------------------- REST
def test_a_session_over_rest(alice: Any, bob: Any, diagram: str) -> None:
    where = diagram + "/collaborate"
    assert alice.call("GET", where)["session_id"] is None
    bob.call("PUT", where, expect=404)
    made = alice.call("POST", where, expect=201)
    assert made["host"] == made["presenter"] == alice.email
    assert bob.call("POST", where, expect=409)["join_url"] == where
    joined = bob.call("PUT", where)
    assert {one["user_id"]: one["permissions"] for one in joined["participants"]} == {
        alice.email: "owner",
        bob.email: "writer",
    }
    assert bob.call("PUT", where)["participants"] == joined["participants"]
    assert made["session_id"] in [one["session_id"] for one in bob.call("GET", "/collaboration/sessions")]
    bob.call("DELETE", where)
    assert len(alice.call("GET", where)["participants"]) == 1
    alice.call("DELETE", where)
    assert bob.call("GET", where)["session_id"] is None
    bob.call("DELETE", where)


def test_sessions_that_nobody_joins_or_uses_end(new_server: Callable[..., Any]) -> None:
    server = new_server(test_controls=True)
    alice = server.client("alice")
    diagram = alice.diagram(alice.model())
    where = diagram + "/collaborate"
    alice.call("POST", where)
    server.control("advance", {"seconds": 14})
    assert alice.call("GET", where)["session_id"] is not None
    server.control("advance", {"seconds": 2})
    assert alice.call("GET", where)["session_id"] is None
    socket = alice.join(diagram)
    server.control("advance", {"seconds": 80})  # connected: idle, but not unjoined
    socket.nothing()
    server.control("advance", {"seconds": 301})
    assert socket.take()["error"] == "session_terminated"
    assert socket.take()["closed"] == 1000
    assert alice.call("GET", where)["session_id"] is None


# ---------------------------------------------------------------------------------------------- handshake
@pytest.mark.parametrize(("query", "status"), [("", 401), ("?token=invented", 401), ("?token={stranger}", 403)])
def test_refused_handshakes(diagram: str, user: Callable[..., Any], query: str, status: int) -> None:
    stranger = user("stranger")
    address = f"{stranger.url.replace('http', 'ws')}{diagram}/ws" + query.format(
        stranger=stranger.tokens["access_token"]
    )
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        websocket.create_connection(address, timeout=5)
    assert refused.value.status_code == status


def test_handshakes_to_what_is_not_there(alice: Any, diagram: str) -> None:
    for path in (diagram[:-1] + "x", diagram.replace("/threat_models/", "/threat_models/x")):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            alice.join(path)
        assert refused.value.status_code == 404
    alice.call("GET", f"{diagram}/ws?token={alice.tokens['access_token']}", expect=400)


def test_connecting_opens_and_joins(alice: Any, bob: Any, diagram: str) -> None:
    """Who comes first is host, even a mere writer; a stale session id is told so."""
    host = bob.join(diagram, greet=False)
    sync, presenter, update = host.kinds(["diagram_state_sync", "current_presenter", "participants_update"])
    assert sync == {"message_type": "diagram_state_sync", "diagram_id": diagram[-36:], "update_vector": 0, "cells": []}
    assert presenter["current_presenter"] == update["host"] == bob.email
    session = alice.call("GET", diagram + "/collaborate")
    assert session["host"] == bob.email
    assert session["websocket_url"].endswith(f"{diagram}/ws?session_id={session['session_id']}")
    assert alice.join(diagram, greet=False, query="&session_id=stale").take() == {
        "closed": 1000,
        "text": "Session ID mismatch",
    }
    alice.join(diagram, query=f"&session_id={session['session_id']}")


# ---------------------------------------------------------------------------------------------- operations
def test_operations_reach_the_others_and_are_stored_at_once(alice: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    host.operate(add("a", label="A"), operation_id="1")
    got = guest.take()
    assert got == {
        "message_type": "diagram_operation",
        "user_id": alice.email,
        "operation_id": "1",
        "sequence_number": 1,
        "operation": {"type": "patch", "cells": [add("a", label="A")]},
    }
    assert cells(alice, diagram) == [node("a", label="A")]
    guest.operate({"id": "a", "operation": "update", "data": {"x": 7, "label": None, "new": {"y": 1}}})
    assert host.take()["sequence_number"] == 2
    changed = node("a", x=7, new={"y": 1})
    assert cells(alice, diagram) == [changed]
    assert alice.call("GET", diagram)["update_vector"] == 2
    host.nothing()
    guest.nothing()


def test_a_second_connection_of_the_same_user_gets_the_echo(alice: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    second = alice.join(diagram)
    host.kinds(["participant_joined", "participants_update"])
    update = guest.kinds(["participant_joined", "participants_update"])[1]
    assert len(update["participants"]) == 2
    host.operate(add("a"))
    assert second.take() == guest.take()
    host.nothing()
    host.ws.close()
    guest.kinds(["participant_left", "participants_update"])
    assert alice.call("GET", diagram + "/collaborate")["session_id"] is not None


REJECTED = [
    ([add("b"), add("a")], "cell_already_exists"),
    ([add("b"), {"id": "c", "operation": "update", "data": {"x": 1}}], "update_nonexistent_cell"),
    ([add("b"), {"id": "c", "operation": "add"}], "add_requires_cell_data"),
    ([add("b"), {"id": "a", "operation": "update"}], "update_requires_cell_data"),
    ([add("b"), {"id": "a", "operation": "zap"}], "invalid_cell_operation"),
    ([add("b"), {"id": "c", "operation": "add", "data": {"id": "c", "shape": "nope"}}], "validation_failed"),
    ([add("b"), {"id": "c", "operation": "add", "data": {"id": "d", "shape": "actor"}}], "validation_failed"),
    ([add("b"), {"id": "c", "operation": "add", "data": "text"}], "validation_failed"),
    ([add("b"), {"operation": "remove"}], "validation_failed"),
    ([add("b"), "text"], "validation_failed"),
    ([], "empty_cell_operations"),
    ([{"id": "z", "operation": "remove"}], "no_state_change"),
    ([{"id": "a", "operation": "update", "data": node("a")}], "no_state_change"),
]


@pytest.mark.parametrize(("operation", "reason"), REJECTED)
def test_an_operation_is_applied_whole_or_not_at_all(
    alice: Any, diagram: str, pair: tuple[Any, Any], operation: list[Json], reason: str
) -> None:
    host, guest = pair
    host.operate(add("a"))
    guest.kinds(["diagram_operation"])
    host.operate(*operation, operation_id="bad")
    answer = host.take()
    assert (answer["message_type"], answer["reason"], answer["operation_id"]) == ("operation_rejected", reason, "bad")
    assert answer["sequence_number"] == 2
    if answer["requires_resync"]:
        assert host.take() == {"message_type": "state_correction", "update_vector": 1}
    assert answer["requires_resync"] == (reason in ("cell_already_exists", "update_nonexistent_cell"))
    host.nothing()
    guest.nothing()
    assert cells(alice, diagram) == [node("a")]
    assert alice.call("GET", diagram)["update_vector"] == 1


def test_only_the_first_operation_on_a_cell_counts(alice: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    host.operate(add("a"), {"id": "a", "operation": "remove"})
    assert guest.take()["operation"]["cells"] == [add("a")]
    assert cells(alice, diagram) == [node("a")]


def test_other_types_of_operation(pair: tuple[Any, Any]) -> None:
    host, guest = pair
    host.operate(add("a"), kind="replace")
    answer = host.take()
    assert (answer["reason"], answer["requires_resync"]) == ("invalid_operation_type", False)
    guest.nothing()


def test_readers_change_nothing(alice: Any, user: Callable[..., Any], diagram: str, pair: tuple[Any, Any]) -> None:
    """Neither those that came as readers nor those that lost their role meanwhile."""
    host, guest = pair
    carol = user("carol")
    alice.patch(
        diagram.partition("/diagrams")[0],
        {"op": "add", "path": "/authorization/-", "value": {"subject": carol.email, "role": "reader"}},
    )
    reader = carol.join(diagram)
    for one in pair:
        one.kinds(["participant_joined", "participants_update"])
    reader.operate(add("a"), operation_id="r")
    assert reader.take() == {
        "message_type": "authorization_denied",
        "original_operation_id": "r",
        "reason": "insufficient_permissions",
    }
    reader.send("undo_request")
    assert reader.take()["original_operation_id"] == ""
    alice.patch(diagram.partition("/diagrams")[0], {"op": "remove", "path": "/authorization/1"})
    guest.operate(add("a"))
    guest.kinds(["authorization_denied"])
    host.nothing()
    assert cells(alice, diagram) == []


def test_what_is_no_message_is_ignored(alice: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    for text in (
        "{bad",
        "[]",
        '"x"',
        "{}",
        '{"message_type": 5}',
        '{"message_type": "nonsense"}',
        '{"message_type": "diagram_state_sync"}',
        '{"message_type": "presenter_cursor"}',
        '{"message_type":"diagram_operation","operation":{"type":"patch","cells":[{"id":"a","operation":"add",'
        '"data":{"shape":"actor","x":NaN}}]}}',
    ):
        host.ws.send(text)
    host.nothing()
    guest.nothing()
    assert cells(alice, diagram) == []


def test_changes_over_rest_are_told_to_everybody(alice: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    body = {"name": "D", "type": "DFD-1.0.0", "cells": [node("a")]}
    alice.call("PUT", diagram, body)
    for one in pair:
        assert one.take() == {"message_type": "state_correction", "update_vector": 1}
    alice.call("PUT", diagram, {**body, "name": "Other"})
    alice.patch(diagram, {"op": "test", "path": "/cells/0/x", "value": 5}, expect=422)
    for one in pair:
        one.nothing()
    alice.patch(diagram, {"op": "replace", "path": "/cells/0/x", "value": 5})
    for one in pair:
        assert one.take()["update_vector"] == 2


# ---------------------------------------------------------------------------------------------- presenter
def test_the_presenter(alice: Any, bob: Any, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    guest.send("presenter_cursor", cursor_position={"x": 1, "y": 2})
    guest.send("change_presenter", new_presenter=bob.email)
    guest.send("presenter_request")
    assert host.take() == {
        "message_type": "presenter_request",
        "user": {
            "user_id": bob.email.partition("@")[0],
            "email": bob.email,
            "name": bob.email.partition("@")[0].capitalize() + " (Test User)",
        },
    }
    host.send("presenter_denied", target_user=bob.email)
    assert guest.take()["target_user"] == bob.email
    host.send("change_presenter", new_presenter="nobody@test.tmi")
    host.nothing()
    host.send("change_presenter", new_presenter=bob.email)
    for one in pair:
        assert one.kinds(["current_presenter", "participants_update"])[1]["current_presenter"] == bob.email
    guest.send("presenter_cursor", cursor_position={"x": 1, "y": 2}, user_id="somebody else")
    assert host.take() == {
        "message_type": "presenter_cursor",
        "cursor_position": {"x": 1, "y": 2},
        "user_id": bob.email,
    }
    guest.send("presenter_selection", selected_cells=["a"])
    assert host.take()["selected_cells"] == ["a"]
    guest.ws.close()
    left = host.kinds(["participant_left", "current_presenter", "participants_update"])
    assert left[1]["current_presenter"] == alice.email


def test_nothing_to_undo(pair: tuple[Any, Any]) -> None:
    pair[0].send("redo_request")
    assert pair[0].take() == {
        "message_type": "history_operation",
        "operation_type": "redo",
        "message": "no_operations_to_redo",
    }


# ---------------------------------------------------------------------------------------------- ends
def test_the_session_ends_with_its_host(alice: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    host.ws.close()
    assert guest.take()["error"] == "session_terminated"
    assert guest.take()["closed"] == 1000
    assert alice.call("GET", diagram + "/collaborate")["session_id"] is None


@pytest.mark.parametrize("path", ["/collaborate", "", "model"])
def test_the_session_ends_with_what_it_is_about(alice: Any, diagram: str, pair: tuple[Any, Any], path: str) -> None:
    alice.call("DELETE", diagram.partition("/diagrams")[0] if path == "model" else diagram + path)
    for one in pair:
        assert one.take()["error"] == "session_terminated"
        assert one.take()["closed"] == 1000


def test_a_guest_leaves_over_rest(alice: Any, bob: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    bob.call("DELETE", diagram + "/collaborate")
    assert guest.take()["closed"] == 1000
    left = host.kinds(["participant_left", "participants_update"])
    assert left[0]["user"]["email"] == bob.email
    assert [one["user_id"] for one in alice.call("GET", diagram + "/collaborate")["participants"]] == [alice.email]


def test_who_is_removed_stays_out_of_this_session(alice: Any, bob: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    guest.send("remove_participant", target_user=alice.email)
    guest.nothing()
    host.send("remove_participant", target_user=bob.email)
    assert guest.take()["error"] == "removed_from_session"
    assert guest.take()["closed"] == 1000
    host.kinds(["participant_left", "participants_update"])
    bob.call("PUT", diagram + "/collaborate", expect=403)
    back = bob.join(diagram, greet=False)
    assert back.take()["error"] == "access_denied"
    assert back.take()["closed"] == 1000
    host.nothing()
    alice.call("DELETE", diagram + "/collaborate")
    bob.join(diagram)


def test_frames_have_a_limit(pair: tuple[Any, Any]) -> None:
    host, guest = pair
    guest.send("padding", text="y" * (65_536 - len('{"message_type": "padding", "text": ""}')))
    guest.nothing()
    guest.send("padding", text="y" * 70_000)
    assert guest.take()["closed"] == 1009
    host.kinds(["participant_left", "participants_update"])


def test_pings_are_sent_answered_and_missed(new_server: Callable[..., Any]) -> None:
    server = new_server(test_controls=True)
    alice = server.client("alice")
    socket = alice.join(alice.diagram(alice.model()))
    socket.ws.ping("p")
    assert socket.ws.recv_data(control_frame=True) == (websocket.ABNF.OPCODE_PONG, b"p")
    server.control("advance", {"seconds": 31})
    time.sleep(0.01)
    assert socket.ws.recv_data(control_frame=True)[0] == websocket.ABNF.OPCODE_PING
    socket.nothing()
    server.control("advance", {"seconds": 91})
    with pytest.raises((OSError, websocket.WebSocketException)):
        socket.nothing()


def test_a_server_that_stops_says_so(new_server: Callable[..., Any]) -> None:
    server = new_server()
    alice = server.client("alice")
    socket = alice.join(alice.diagram(alice.model()))
    server.shut_down()
    assert socket.take()["closed"] == 1001
