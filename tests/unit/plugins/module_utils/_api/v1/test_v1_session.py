# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API v1: how a session is opened, joined and left, and what its messages mean."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.cells import cell_from_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.session import V1Channel
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellChange
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, MissingError, PermissionDeniedError
from ansible_collections.tmi.tmi.plugins.module_utils._http import frames
from ansible_collections.tmi.tmi.plugins.module_utils._http.request import Response
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._session import channel as events

pytest.importorskip("websocket")

PATH = "/threat_models/t/diagrams/d"
TICKET = (200, {"ticket": "secret-ticket"})
GONE = MissingError("gone", status=404)


def user(name: str, provider: str = "tmi") -> dict[str, Any]:
    return {
        "principal_type": "user",
        "provider": provider,
        "provider_id": name,
        "display_name": name.title(),
        "email": f"{name}@example.com",
    }


def session_answer(
    host: dict[str, Any], *there: dict[str, Any], session_id: str = "s", role: str = "writer"
) -> dict[str, Any]:
    rows = [{"user": one, "permissions": role, "last_activity": "now"} for one in there]
    return {"session_id": session_id, "host": host, "participants": rows}


ME, ZOE = user("me"), user("zoe")
CALLER = {**ME, "provider_id": "me@example.com", "display_name": "me@example.com"}


def token(**claims: str) -> str:
    parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "x"])


class Scripted(Transport):
    """Answers requests in the order given."""

    def __init__(self, *answers: Any, **claims: str) -> None:
        super().__init__(Settings(url="http://127.0.0.1:9"))
        self.answers = list(answers)
        self.calls: list[str] = []
        self.token = token(**claims) if claims else "opaque"

    def access_token(self, renew: bool = False) -> str:
        return self.token

    def request(self, method: str, path: str, **more: Any) -> Response:
        params = more.get("params") or {}
        self.calls.append(" ".join([method, path.replace(PATH, ""), *map(str, params.values())]))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        assert answer[0] in more.get("expect", (200,))
        return Response(answer[0], answer[1], {})


def channel(*answers: Any, **claims: str) -> V1Channel:
    diagram = Entity(DIAGRAM, "d", {"name": "Main"}, parent_id="t")
    return V1Channel(Scripted(*answers, **claims), diagram, lambda: "me@example.com")


def calls(one: V1Channel) -> list[str]:
    found: list[str] = one._transport.calls  # type: ignore[attr-defined]
    return found


# --- coming and going ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "opened"),
    [
        ((201, session_answer(ME)), True),
        ((200, session_answer(ZOE)), False),
        ((200, session_answer(ZOE, ZOE)), False),
        ((200, session_answer(ME)), True),  # nobody in it: left over, or ours with its answer lost
        (
            (200, session_answer(ME, CALLER)),
            True,
        ),  # nobody either: the server adds who asks, if a group gives the rights
        ((200, session_answer(ZOE, ZOE, CALLER)), False),
    ],
)
def test_joining(answer: Any, opened: bool) -> None:
    one = channel(answer, TICKET)
    membership = one.join()
    assert calls(one) == ["POST /collaborate", "GET /ws/ticket s"]
    assert (membership.opened, membership.shared, membership.caller) == (opened, False, "me@example.com")


def test_a_session_that_vanishes_before_the_ticket_is_opened_anew() -> None:
    one = channel((201, session_answer(ME)), GONE, (201, session_answer(ME, session_id="s2")), TICKET)
    assert one.join().session_id == "s2"
    assert calls(one) == ["POST /collaborate", "GET /ws/ticket s", "POST /collaborate", "GET /ws/ticket s2"]


def test_joining_what_always_vanishes_is_given_up() -> None:
    with pytest.raises(ApiError, match=r'diagram "Main": .*again and again'):
        channel(*[(201, session_answer(ME)), GONE] * 3).join()


def test_a_session_of_the_same_account_is_not_joined_since_leaving_would_end_it() -> None:
    one = channel((200, session_answer(ME, ME, ZOE, CALLER)))
    with pytest.raises(ApiError, match=r"same account elsewhere, with me@example\.com, zoe@example\.com") as caught:
        one.join()
    assert caught.value.server_code == "session_of_same_account"
    assert calls(one) == ["POST /collaborate"]


def test_the_session_that_we_opened_is_still_ours_when_we_come_back_to_it() -> None:
    one = channel((201, session_answer(ME)), TICKET, (200, session_answer(ME, ME, ZOE)), TICKET)
    assert one.join().opened
    assert one.join().opened


@pytest.mark.parametrize(
    ("claims", "host", "mine"),
    [
        ({}, {**ME, "email": "Me@Example.com"}, True),
        ({}, {**ZOE, "email": ""}, False),
        ({"sub": "me", "idp": "tmi"}, {**ME, "email": "old@example.com"}, True),
        ({"sub": "me", "idp": "tmi"}, user("me", provider="google"), False),
        ({"sub": "u-17", "idp": "tmi"}, ME, False),
        ({"sub": "me", "idp": "tmi"}, {"email": "me@example.com"}, True),
    ],
)
def test_who_we_are(claims: dict[str, str], host: dict[str, Any], mine: bool) -> None:
    assert channel((200, session_answer(host)), TICKET, **claims).join().opened is mine


def test_the_role_is_taken_from_the_answer() -> None:
    assert channel((200, session_answer(ZOE, ME, role="reader")), TICKET).join().role == "reader"
    assert channel((200, session_answer(ZOE, ZOE, role="reader")), TICKET).join().role == ""


def test_only_the_host_leaves_by_a_request() -> None:
    one = channel((201, session_answer(ME)), TICKET, (204, None))
    one.leave(one.join())
    assert calls(one)[-1] == "DELETE /collaborate"
    guest = channel((200, session_answer(ZOE, ZOE)), TICKET)
    guest.leave(guest.join())
    assert calls(guest)[-1] == "GET /ws/ticket s"


class Handshakes:
    """Refuses, or takes, connections."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, status: int = 101) -> None:
        self.status = status
        self.urls: list[str] = []
        monkeypatch.setattr(Scripted, "websocket", self.open)

    def open(self, path: str, query: dict[str, str], _seconds: float) -> Any:
        self.urls.append(f"{path}?{urlencode(query)}")
        if self.status != 101:
            raise frames.HandshakeRefused(self.status)
        return None


def test_a_ticket_is_used_once(monkeypatch: pytest.MonkeyPatch) -> None:
    handshakes = Handshakes(monkeypatch)
    one = channel((201, session_answer(ME)), TICKET, (200, {"ticket": "other"}), GONE)
    one.join()
    one.connect(5)
    one.connect(5)
    assert handshakes.urls == [f"{PATH}/ws?session_id=s&ticket={ticket}" for ticket in ("secret-ticket", "other")]
    with pytest.raises(frames.ConnectionLost):
        one.connect(5)


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, frames.ConnectionLost, "401"),
        (503, frames.ConnectionLost, "503"),
        (429, frames.ConnectionLost, "five WebSocket connections"),
        (403, PermissionDeniedError, "role writer"),
        (404, MissingError, "404"),
    ],
)
def test_refused_handshakes(monkeypatch: pytest.MonkeyPatch, status: int, kind: Any, words: str) -> None:
    Handshakes(monkeypatch, status)
    one = channel((201, session_answer(ME)), TICKET)
    one.join()
    with pytest.raises(kind, match=words) as caught:
        one.connect(5)
    error: BaseException | None = caught.value
    while error is not None:
        assert "secret-ticket" not in str(error) + repr(error)
        error = error.__context__


# --- cells and messages ----------------------------------------------------------------------------------

NODE = {"id": "A", "shape": "process", "x": 1, "y": 2, "width": 80, "height": 40, "own": 7, "parent": None}


def test_an_update_holds_the_whole_cell_and_replaces_it() -> None:
    before = cell_from_wire(NODE)
    edit = channel().edit(CellChange("update", before, Cell("A", "process", "New", geometry=Box(1, 2, 80, 40))))
    flat = {"x": 1, "y": 2, "width": 80, "height": 40}
    assert edit.data == {"id": "A", "shape": "process", "attrs": {"text": {"text": "New"}}, **flat}
    known = channel().merged(before, edit)
    assert (known.label, "own" in known.raw) == ("New", False)
    assert channel().edit(CellChange("remove", before, None)).wire() == {"id": "A", "operation": "remove"}


def test_a_message_names_no_author_and_ids_in_lower_case() -> None:
    message = channel().message("o", [events.CellEdit("A", "add", NODE)])
    assert message == {
        "message_type": "diagram_operation_request",
        "operation_id": "o",
        "operation": {"type": "patch", "cells": [{"id": "a", "operation": "add", "data": NODE}]},
    }
    assert channel().marker() == {"message_type": "sync_request"}


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"message_type": "diagram_state", "cells": None, "update_vector": 0}, events.State(())),
        ({"message_type": "sync_status_response", "update_vector": 0}, None),
        ({"message_type": "diagram_operation_event", "operation_id": "o", "operation": 3}, events.Edited("o", ())),
        (
            {
                "message_type": "diagram_operation_event",
                "initiating_user": ZOE,
                "operation_id": "o",
                "sequence_number": 1,
                "operation": {"type": "patch", "cells": [{"id": "a", "operation": "remove"}, 5]},
            },
            events.Edited("o", (events.CellEdit("a", "remove", {}),), "zoe@example.com"),
        ),
        (
            {
                "message_type": "operation_rejected",
                "operation_id": "o",
                "reason": "update_nonexistent_cell",
                "affected_cells": ["a", "b"],
                "requires_resync": True,
            },
            events.Rejected("o", "update_nonexistent_cell", ("a", "b")),
        ),
        (
            {"message_type": "operation_rejected", "operation_id": "o", "reason": "no_state_change"},
            events.Rejected("o", "no_state_change"),
        ),
        (
            {"message_type": "authorization_denied", "original_operation_id": "", "reason": "insufficient_permissions"},
            events.Denied("insufficient_permissions"),
        ),
        (
            {
                "message_type": "participants_update",
                "participants": [{"user": ME}, {"user": {"provider_id": "bot"}}, 3],
            },
            events.People(("me@example.com", "bot")),
        ),
        ({"message_type": "history_operation", "message": "resync_required"}, events.Correction()),
        ({"message_type": "history_operation", "message": "no_operations_to_undo"}, None),
        ({"message_type": "error", "error": "invalid_participant"}, None),
        (
            {"message_type": "participants_update", "participants": [], "host": ZOE, "current_presenter": None},
            events.People((), "zoe@example.com", ""),
        ),
        ({"message_type": "presenter_cursor"}, None),
        ({"message_type": "presenter_cursor", "cursor_position": {"x": 1, "y": "a"}}, None),
        ({"message_type": "presenter_cursor", "cursor_position": {"x": 1, "y": 2.5}}, events.Cursor("", 1, 2.5)),
        ({}, None),
    ],
)
def test_what_messages_mean(message: dict[str, Any], event: events.Event | None) -> None:
    assert channel().decode(json.loads(json.dumps(message))) == event


def test_undo_and_redo_are_distinguished_from_operations() -> None:
    """Their events repeat the operation they are about (V1-MESSAGES)."""

    def operation(number: int, name: str = "theirs") -> dict[str, Any]:
        return {"message_type": "diagram_operation_event", "operation_id": name, "sequence_number": number}

    one = channel()
    one.message("ours", ())
    assert one.decode(operation(3)) == events.Edited("theirs", ())
    assert one.decode(operation(5)) == events.Edited("theirs", ())
    assert one.decode(operation(3)) == events.Correction()
    assert one.decode(operation(6, "ours")) == events.Correction()


@pytest.mark.parametrize(
    ("code", "expelled"),
    [
        ("session_terminated", False),
        ("removed_from_session", True),
        ("access_denied", True),
        ("unauthorized", True),
        ("SECURITY_VIOLATION", True),
    ],
)
def test_who_is_thrown_out_is_distinguished_from_who_sees_the_end(code: str, expelled: bool) -> None:
    event = channel().decode({"message_type": "error", "error": code})
    assert isinstance(event, events.Ended)
    assert event.expelled is expelled
