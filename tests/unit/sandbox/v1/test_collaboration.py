# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Collaboration in API generation v1, as far as the recordings do not show it: time, limits, ends of sessions."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

websocket: Any = pytest.importorskip("websocket")

Json = Any
A, B = "0b8e0000-0000-4000-8000-00000000000a", "0b8e0000-0000-4000-8000-00000000000b"


def cell(name: str, **more: Json) -> Json:
    """Return a cell."""
    return {"id": name, "shape": "process", "x": 1, "y": 1, "width": 80, "height": 40, **more}


def person(name: str, **other: str) -> dict[str, str]:
    """Return the user object of somebody."""
    known = {"principal_type": "user", "provider": "tmi", "provider_id": name, "email": f"{name}@tmi.local"}
    return {**known, "display_name": f"{name.capitalize()} (TMI User)", **other}


@pytest.fixture
def diagram(bob: Any, user: Callable[[str], Any]) -> str:
    """Return the path of a diagram of bob's that charlie can write and dave can read."""
    roles = {"charlie": "writer", "dave": "reader"}
    access = [
        {"principal_type": "user", "provider": "tmi", "provider_id": name, "role": role}
        for name, role in roles.items()
        if user(name)
    ]
    return str(bob.diagram(bob.model(authorization=access)))


@pytest.fixture
def pair(bob: Any, user: Callable[[str], Any], diagram: str, join: Callable[..., Any]) -> tuple[Any, Any]:
    """Return two participants, the first of whom is the host."""
    host = join(bob, diagram)
    guest = join(user("charlie"), diagram)
    host.kinds("participants_update")
    return host, guest


def cells(client: Any, diagram: str) -> list[Json]:
    """Return the stored cells of a diagram."""
    found: list[Json] = client.call("GET", diagram)["cells"]
    return found


# ---------------------------------------------------------------------------------------------- time
def test_a_round_ends_sessions_that_nobody_joined(server: Any, bob: Any, diagram: str) -> None:
    bob.call("POST", diagram + "/collaborate")
    server.control("advance", {"seconds": 15})
    bob.call("GET", diagram + "/collaborate", expect=404)
    bob.call("PUT", diagram, {"name": "N", "type": "DFD-1.0.0", "cells": []})


def test_only_coming_and_going_keeps_a_session(server: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    server.control("advance", {"seconds": 80})
    host.send("change_presenter_request", new_presenter=person("bob"))
    for one in pair:
        one.kinds("participants_update")
    for _time in range(3):
        server.control("advance", {"seconds": 80})
        for one in pair:
            one.nothing()
    host.operate((A, "add", cell(A)))
    guest.kinds("diagram_operation_event")
    server.control("advance", {"seconds": 80})
    assert guest.kinds("closed")["code"] == 0


def test_tickets(server: Any, bob: Any, diagram: str, join: Callable[..., Any]) -> None:
    session = bob.call("POST", diagram + "/collaborate")["session_id"]
    late, early = (bob.call("GET", f"/ws/ticket?session_id={session.upper()}")["ticket"] for _time in range(2))
    address = f"{bob.url.replace('http', 'ws')}{diagram}/ws?session_id={session}&ticket="
    bob.call("DELETE", diagram + "/collaborate")
    gone = websocket.create_connection(address + early, timeout=5, http_no_proxy=["*"])
    assert gone.recv_data(control_frame=True)[1] == (1000).to_bytes(2, "big") + b"Session ID mismatch"
    gone.shutdown()
    assert bob.call("GET", diagram + "/collaborate")["session_id"] != session
    server.control("advance", {"seconds": 31})
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        websocket.create_connection(address + late, timeout=5, http_no_proxy=["*"])
    assert caught.value.status_code == 401


def test_no_handshake(bob: Any, diagram: str) -> None:
    session = bob.call("POST", diagram + "/collaborate")["session_id"]
    ticket = bob.call("GET", f"/ws/ticket?session_id={session}")["ticket"]
    bob.call("GET", f"{diagram}/ws?ticket={ticket}", expect=400)
    bob.call("GET", f"{diagram}/ws", expect=401)


# ---------------------------------------------------------------------------------------------- limits
def test_five_connections(bob: Any, diagram: str, join: Callable[..., Any]) -> None:
    for _time in range(5):
        join(bob, diagram)
    with pytest.raises(websocket.WebSocketBadStatusException) as caught:
        join(bob, diagram)
    assert caught.value.status_code == 429
    assert json.loads(caught.value.resp_body)["error"] == "too_many_connections"
    assert caught.value.resp_headers["retry-after"] == "60"


def test_messages_that_are_too_big(bob: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    head = len(json.dumps({"message_type": "sync_status_request", "more": ""}))
    guest.send("sync_status_request", more="x" * (65_536 - head))
    guest.kinds("sync_status_response")
    guest.send("sync_status_request", more="x" * (65_537 - head))
    assert guest.kinds("closed")["code"] is None
    assert len(host.kinds("participants_update")["participants"]) == 1


def test_frames_that_are_no_message(pair: tuple[Any, Any]) -> None:
    host, _guest = pair
    twice = 2 * json.dumps({"message_type": "sync_request"})
    for text in (twice, "[]", json.dumps({"message_type": 1}), "7", "NaN"):
        host.ws.send(text)
    host.send("sync_request", update_vector=0.5)
    host.send("diagram_operation_request", operation=1)
    host.nothing()
    host.ws.send_binary(b'{"message_type":"sync_request","update_vector":0}')
    host.kinds("sync_status_response")


# ---------------------------------------------------------------------------------------------- people
@pytest.mark.parametrize(
    ("kind", "member"), [("change_presenter_request", "new_presenter"), ("remove_participant_request", "removed_user")]
)
def test_who_names_others_wrongly_is_put_out(
    bob: Any, diagram: str, pair: tuple[Any, Any], kind: str, member: str
) -> None:
    host, guest = pair
    host.send(kind, **{member: person("charlie", display_name="Mallory")})
    assert host.kinds("error")["error"] == "SECURITY_VIOLATION"
    assert host.kinds("closed")["code"] == 0
    assert guest.kinds("participants_update")["host"] == person("bob")
    guest.nothing()
    bob.call("GET", diagram + "/collaborate")


def test_what_only_the_host_may_do(pair: tuple[Any, Any]) -> None:
    host, guest = pair
    guest.send("remove_participant_request", removed_user=person("bob"))
    assert guest.kinds("error")["error"] == "unauthorized"
    guest.send("presenter_denied_request", denied_user=person("bob"))
    host.nothing()
    host.send("remove_participant_request", removed_user=person("bob"))
    assert host.kinds("error")["error"] == "invalid_request"
    host.send("remove_participant_request", removed_user=person("erin"))
    assert host.kinds("error")["error"] == "invalid_participant"
    host.send("remove_participant_request", removed_user=1)
    assert host.kinds("error")["error"] == "invalid_message"


def test_the_presenter_goes(pair: tuple[Any, Any]) -> None:
    host, guest = pair
    host.send("change_presenter_request", new_presenter={"provider_id": "charlie"})
    assert host.kinds("participants_update")["current_presenter"] == person("charlie")
    guest.ws.close()
    assert host.kinds("participants_update")["current_presenter"] == person("bob")


def test_a_session_ends_with_its_last_participant(
    bob: Any, user: Callable[[str], Any], diagram: str, join: Callable[..., Any]
) -> None:
    bob.call("POST", diagram + "/collaborate")
    reader = join(user("dave"), diagram)
    reader.operate((A, "add", cell(A)))
    assert reader.kinds("authorization_denied")["original_operation_id"] == ""
    reader.send("undo_request")
    reader.kinds("authorization_denied")
    reader.ws.close()
    bob.call("GET", diagram + "/collaborate", expect=404)


def test_access_that_is_taken_away(server: Any, bob: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    bob.call("PUT", diagram.partition("/diagrams")[0], {"name": "M", "authorization": []})
    guest.operate((A, "add", cell(A)))
    guest.kinds("authorization_denied")
    server.control("advance", {"seconds": 31})
    assert guest.kinds("closed")["code"] == 4403
    host.kinds("participants_update")


# ---------------------------------------------------------------------------------------------- history
def test_an_operation_after_an_undo_brings_back_what_was_undone(bob: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, _guest = pair
    host.operate((A, "add", cell(A)))
    host.send("undo_request")
    assert host.kinds("diagram_operation_event")["update_vector"] == 1
    assert cells(bob, diagram) == []
    host.operate((B, "add", cell(B)))
    host.nothing()
    assert cells(bob, diagram) == [cell(A), cell(B)]


def test_history_ends_at_a_refused_operation(bob: Any, diagram: str, pair: tuple[Any, Any]) -> None:
    host, _guest = pair
    host.operate((A, "add", cell(A)))
    host.operate((A, "add", cell(A)))
    host.operate((B, "add", cell(B)))
    host.send("undo_request")
    host.kinds("operation_rejected", "diagram_operation_event")
    host.send("undo_request")
    assert host.kinds("history_operation")["message"] == "resync_required"
    assert cells(bob, diagram) == [cell(A)]


def test_operations_are_counted(server: Any, pair: tuple[Any, Any]) -> None:
    host, guest = pair
    host.operate((A, "add", cell(A)), (B, "add", cell(B)))
    guest.kinds("diagram_operation_event")
    counts = server.control("stats", method="GET")
    assert (counts["diagram_operations"], counts["cell_operations"]) == (1, 2)
