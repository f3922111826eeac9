# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API v0: how its answers show that a session is opened or joined, and the forms of its messages."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.cells import cell_from_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.session import V0Channel
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellChange
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, MissingError, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._http.request import Response
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._session import channel as events

ME, HOST = "me@example.com", "host@example.com"
PATH = "/threat_models/t/diagrams/d/collaborate"


def session_answer(host: Any, session_id: str = "s", **participants: str) -> dict[str, Any]:
    rows = [{"user_id": name.replace("_at_", "@"), "permissions": role} for name, role in participants.items()]
    return {"session_id": session_id, "host": host, "participants": rows}


class Scripted(Transport):
    """Answers POST and PUT of ``collaborate`` in the order given."""

    def __init__(self, *answers: Any) -> None:
        super().__init__(Settings(url="http://127.0.0.1:9"))
        self.answers = list(answers)
        self.calls: list[str] = []

    def request(self, method: str, path: str, **_more: Any) -> Response:
        assert path == PATH
        self.calls.append(method)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Response(answer[0], answer[1], {})


def channel(*answers: Any) -> V0Channel:
    return V0Channel(Scripted(*answers), Entity(DIAGRAM, "d", {"name": "Main"}, parent_id="t"), lambda: ME)


EXISTS = (409, {"error": "Collaboration session already exists for this diagram"})


@pytest.mark.parametrize(
    ("answers", "calls", "opened", "shared"),
    [
        ([(201, session_answer(ME))], "POST", True, False),
        ([EXISTS, (200, session_answer(HOST))], "POST PUT", False, False),
        ([EXISTS, (200, session_answer(ME))], "POST PUT", False, True),
        ([(200, session_answer({"email": HOST}))], "POST", False, False),
        ([EXISTS, (201, session_answer(ME))], "POST PUT", True, False),
        ([EXISTS, MissingError("gone", status=404), (201, session_answer(ME))], "POST PUT POST", True, False),
        ([EXISTS, ApiError("no", status=400, server_message="Method not allowed")], "POST PUT", False, True),
    ],
)
def test_joining(answers: list[Any], calls: str, opened: bool, shared: bool) -> None:
    one = channel(*answers)
    membership = one.join()
    assert one._transport.calls == calls.split()  # type: ignore[attr-defined]
    assert (membership.opened, membership.shared, membership.caller) == (opened, shared, ME)


def test_joining_what_always_ends_is_given_up() -> None:
    with pytest.raises(ApiError, match="again and again"):
        channel(*[EXISTS, MissingError("gone", status=404)] * 3).join()


def test_another_refusal_to_join_is_reported() -> None:
    with pytest.raises(ApiError, match="bad"):
        channel(EXISTS, ApiError("bad", status=400, server_message="invalid")).join()


def test_the_role_is_taken_from_the_answer() -> None:
    assert channel((201, session_answer(ME, me_at_example__com="reader"))).join().role == ""
    row = {"user": {"email": ME.upper()}, "permissions": "reader"}
    assert channel((200, {**session_answer(HOST), "participants": [row]})).join().role == "reader"


def test_an_update_holds_the_whole_cell_and_none_for_what_goes() -> None:
    flat = {"id": "a", "shape": "process", "x": 1, "y": 2, "width": 80, "height": 40, "label": "Old", "own": 7}
    before = cell_from_wire(flat)
    after = Cell("a", "process", "New", geometry=Box(1, 2, 80, 40), raw=flat)
    edit = channel().edit(CellChange("update", before, after))
    assert {name for name, value in edit.data.items() if value is None} == {"x", "y", "width", "height"}
    assert edit.data["own"] == 7
    kept = channel().merged(before, edit)
    assert (kept.label, kept.geometry, kept.raw["own"]) == ("New", Box(1, 2, 80, 40), 7)
    assert "x" not in kept.raw
    assert channel().edit(CellChange("remove", before, None)).wire() == {"id": "a", "operation": "remove"}


def test_a_message_names_its_author_in_both_forms() -> None:
    one = channel((201, session_answer(ME)))
    one.join()
    message = one.message("o", [events.CellEdit("a", "remove", {})])
    assert (message["user_id"], message["initiating_user"]["email"]) == (ME, ME)
    assert message["operation"] == {"type": "patch", "cells": [{"id": "a", "operation": "remove"}]}


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"message_type": "diagram_state_sync", "cells": None}, events.State(())),
        ({"message_type": "diagram_operation", "operation_id": "o", "operation": 3}, events.Edited("o", ())),
        (
            {
                "message_type": "diagram_operation",
                "operation_id": "o",
                "operation": {"cells": [{"id": "a", "operation": "remove"}, {"id": "b", "operation": "zap"}, 5]},
            },
            events.Edited("o", (events.CellEdit("a", "remove", {}),)),
        ),
        (
            {
                "message_type": "operation_rejected",
                "operation_id": "o",
                "reason": "cell_already_exists",
                "affected_cells": ["a"],
                "requires_resync": True,
            },
            events.Rejected("o", "cell_already_exists", ("a",)),
        ),
        ({"message_type": "authorization_denied", "reason": "no"}, events.Denied("no")),
        ({"message_type": "state_correction", "update_vector": 3}, events.Correction()),
        (
            {"message_type": "participants_update", "participants": [{"user": {"user_id": "me", "email": ME}}, 3]},
            events.People((ME,)),
        ),
        ({"message_type": "error", "error": "something else"}, None),
        ({"message_type": "presenter_cursor"}, None),
        ({}, None),
    ],
)
def test_what_messages_mean(message: dict[str, Any], event: events.Event | None) -> None:
    assert channel().decode(json.loads(json.dumps(message))) == event


def test_who_is_thrown_out_is_distinguished_from_who_sees_the_end() -> None:
    for code, expelled in (("session_terminated", False), ("removed_from_session", True), ("access_denied", True)):
        event = channel().decode({"message_type": "error", "error": code})
        assert isinstance(event, events.Ended)
        assert event.expelled is expelled


@pytest.mark.parametrize("module", [None, json])
def test_without_the_library_the_package_is_named(monkeypatch: pytest.MonkeyPatch, module: Any) -> None:
    monkeypatch.setitem(sys.modules, "websocket", module)
    with pytest.raises(TmiError, match="websocket-client"):
        channel()
