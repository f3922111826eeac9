# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Bugs of real servers: there when they are switched on. That they are not there otherwise, all other tests show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import websocket

Json = Any
THREAT = {"name": "T", "severity": "Low", "priority": "P3", "mitigated": False, "status": "Open", "threat_type": "x"}
ENTRY = {"key": "k", "value": "v"}
NONE = "00000000-0000-4000-8000-000000000001"
PATCH_TYPE = "application/json-patch+json"


@pytest.fixture
def quirky(new_server: Callable[..., Any]) -> Callable[..., Any]:
    """Return a maker of users of a server with quirks."""
    return lambda *names: new_server(quirks=frozenset(names)).client("alice")


@pytest.mark.parametrize("kind", ["threat", "document", "source", "diagram"])
def test_b4_metadata_are_echoed_not_stored(quirky: Any, kind: str) -> None:
    alice = quirky("B4")
    many = f"{alice.model()}/{kind}s"
    body = {"threat": THREAT, "diagram": {"name": "D"}}.get(kind, {"name": "N", "url": "https://x.example"})
    made = alice.call("POST", many, {**body, "metadata": [ENTRY]})
    put = {**body, "type": "DFD-1.0.0", "cells": []} if kind == "diagram" else body
    assert (
        made["metadata"]
        == alice.call("PUT", f"{many}/{made['id']}", {**put, "metadata": [ENTRY]})["metadata"]
        == [ENTRY]
    )
    assert alice.call("GET", f"{many}/{made['id']}")["metadata"] is None


def test_b5_and_b32_new_models(quirky: Any) -> None:
    body = {"name": "M", "issue_url": "https://x", "threat_model_framework": "DIE", "metadata": [ENTRY]}
    lost = quirky("B5").call("POST", "/threat_models", body)
    assert (lost.get("issue_url"), lost["threat_model_framework"], lost["metadata"]) == (None, "", None)
    alice = quirky("B32")
    odd = alice.call("POST", "/threat_models", {"name": "M", "threat_model_framework": "DIE"})
    assert (odd["threats"], odd["metadata"], odd["threat_model_framework"]) == ([], [], "")
    assert alice.call("GET", f"/threat_models/{odd['id']}")["threat_model_framework"] == "DIE"


def test_b8_post_joins(quirky: Any) -> None:
    alice = quirky("B8")
    where = alice.diagram(alice.model()) + "/collaborate"
    made = alice.call("POST", where, expect=201)
    assert alice.call("POST", where, expect=200)["session_id"] == made["session_id"]
    alice.call("PUT", where, expect=400)


def test_b9_batches_want_everything_twice(quirky: Any) -> None:
    alice = quirky("B9")
    threats = alice.model() + "/threats"
    patch = {
        "threat_id": alice.call("POST", threats, THREAT)["id"],
        "operations": [{"op": "test", "path": "/name", "value": "T"}],
    }
    both = {"patches": [patch, {**patch, "threat_id": NONE}], "operations": [patch, {**patch, "threat_id": NONE}]}
    alice.call("POST", threats + "/batch/patch", {"patches": [patch]}, kind=PATCH_TYPE, expect=400)
    alice.call("POST", threats + "/batch/patch", both, expect=400)
    assert alice.call("POST", threats + "/batch/patch", both, kind=PATCH_TYPE, expect=207)["summary"]["failed"] == 1
    body, query = {"threat_ids": [patch["threat_id"], NONE]}, f"?threat_ids={patch['threat_id']},{NONE}"
    alice.call("DELETE", threats + "/batch", body, expect=400)
    alice.call("DELETE", threats + "/batch" + query, expect=400)
    alice.call("DELETE", threats + "/batch" + query, body, expect=207)


def test_b10_bulk_put_never_works(quirky: Any) -> None:
    alice = quirky("B10")
    threats = alice.model() + "/threats"
    made = alice.call("POST", threats, THREAT)
    assert "readOnly" in alice.call("PUT", threats + "/bulk", [made], expect=400)["error_description"]


def test_b11_other_statuses_of_oauth(quirky: Any) -> None:
    alice = quirky("B11")
    alice.call("POST", "/oauth2/refresh", {"refresh_token": "invented"}, expect=400)
    form = {"token": alice.tokens["access_token"]}
    assert alice.http.post(alice.url + "/oauth2/introspect", data=form, timeout=5).status_code == 401
    alice.call("POST", "/oauth2/revoke", expect=200)
    alice.call("GET", "/threat_models", expect=401)


def test_b19_and_b20_strict_diagrams_and_patches(quirky: Any) -> None:
    alice = quirky("B19", "B20")
    model = alice.model()
    for body in ({"name": "D"}, {"name": "D", "type": "DFD-1.0.0", "cells": []}):
        alice.call("POST", model + "/diagrams", body, expect=400)
    diagram = alice.diagram(model)
    for path in (model, diagram):
        alice.call("PATCH", path, {"name": "N"}, expect=400)
        alice.call("PATCH", path, [], expect=400)
        alice.patch(path, {"op": "replace", "path": "/name", "value": "N"})


def test_b22_the_first_operation_is_the_last(quirky: Any) -> None:
    alice = quirky("B22")
    diagram = alice.diagram(alice.model())
    sender, other = alice.join(diagram), alice.join(diagram)
    sender.kinds(["participant_joined", "participants_update"])
    sender.operate({"id": "a", "operation": "add", "data": {"shape": "actor"}})
    sender.operate({"id": "b", "operation": "add", "data": {"shape": "actor"}})
    sender.send("resync_request")
    sender.ws.settimeout(0.2)
    with pytest.raises(websocket.WebSocketTimeoutException):
        sender.take()
    other.nothing()
    assert [cell["id"] for cell in alice.call("GET", diagram)["cells"]] == ["a"]


def test_b25_no_state_on_connecting(quirky: Any) -> None:
    alice = quirky("B25")
    alice.join(alice.diagram(alice.model()), greet=False).kinds(["current_presenter", "participants_update"])


def test_b31_no_metadata_are_null(quirky: Any) -> None:
    alice = quirky("B31")
    model = alice.model()
    assert alice.send("GET", model + "/metadata").text == "null"
    alice.call("POST", model + "/metadata", ENTRY)
    assert alice.call("GET", model + "/metadata") == [ENTRY]


def test_open_sessions_lock_diagrams(quirky: Any) -> None:
    alice = quirky("locked")
    diagram = alice.diagram(alice.model())
    alice.call("POST", diagram + "/collaborate")
    rename = {"op": "replace", "path": "/name", "value": "N"}
    assert alice.patch(diagram, rename, expect=409)["error"] == "conflict"
    alice.call("DELETE", diagram, expect=409)
    alice.call("DELETE", diagram + "/collaborate")
    alice.patch(diagram, rename)
