# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Threat models, their authorization, and everything that can be written to them."""

from __future__ import annotations

from typing import Any

import pytest

Json = Any
THREAT = {"name": "T", "severity": "Low", "priority": "P3", "mitigated": False, "status": "Open", "threat_type": "x"}


def put_body(owner: str, *rows: tuple[str, str], **more: Json) -> dict[str, Json]:
    """Return a body for PUT."""
    return {
        "name": "M",
        "owner": owner,
        "threat_model_framework": "DIE",
        "authorization": [{"subject": subject, "role": role} for subject, role in rows],
        **more,
    }


def roles(client: Any, model: str) -> dict[str, str]:
    """Return the authorization list as a mapping."""
    return {row["subject"]: row["role"] for row in client.call("GET", model)["authorization"]}


def test_what_is_not_given_has_a_default_or_is_absent(alice: Any) -> None:
    model = alice.call("POST", "/threat_models", {"name": "M", "version": "1.0", "unknown": 1})
    assert model == alice.call("GET", f"/threat_models/{model['id']}")
    assert model.keys() == {
        "id",
        "name",
        "owner",
        "created_by",
        "threat_model_framework",
        "authorization",
        "metadata",
        "threats",
        "created_at",
        "modified_at",
    }
    assert model["threat_model_framework"] == "STRIDE"
    assert model["metadata"] is model["threats"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 256},
        {"name": None},
        {"threat_model_framework": "stride"},
        {"description": "x" * 1025},
        {"issue_url": "x" * 1025},
        {"issue_url": 5},
        {"authorization": {}},
        {"authorization": [{"subject": "a<b", "role": "reader"}]},
        {"authorization": [{"subject": "nobody@test.tmi", "role": "reader"}]},
        {"authorization": [{"role": "reader"}]},
        {"metadata": [{"key": "a b", "value": "v"}]},
        {"owner": "x"},
        {"created_by": None},
        {"sourceCode": []},
        {"description": "a <iframe src=x>"},
        {"description": "JavaScript:x"},
        {"unknown": "monkey=1"},
    ],
)
def test_bad_bodies(alice: Any, body: dict[str, Json]) -> None:
    alice.call("POST", "/threat_models", {"name": "M", **body}, expect=400)


def test_put_replaces_all_but_metadata(alice: Any) -> None:
    model = alice.model(description="d", issue_url="https://x", metadata=[{"key": "k", "value": "v"}])
    after = alice.call("PUT", model, put_body(alice.email, (alice.email, "owner")))
    assert after["metadata"] == [{"key": "k", "value": "v"}]
    assert not after.keys() & {"description", "issue_url"}
    assert alice.call("PUT", model, put_body(alice.email, (alice.email, "owner"), metadata=[]))["metadata"] is None


def test_what_get_answers_can_be_put_back(alice: Any) -> None:
    model = alice.model(description="d")
    alice.call("POST", model + "/threats", THREAT)
    alice.diagram(model)
    before = alice.call("GET", model)
    assert {**alice.call("PUT", model, before), "modified_at": 0} == {**before, "modified_at": 0}


def test_roles(alice: Any, bob: Any, user: Any) -> None:
    """Each step of the ladder can do what it may, and no more."""
    carol = user("carol")
    model = alice.model(
        authorization=[{"subject": bob.email, "role": "reader"}, {"subject": carol.email, "role": "writer"}]
    )
    threat = f"{model}/threats/" + carol.call("POST", f"{model}/threats", THREAT)["id"]
    bob.call("GET", threat)
    bob.call("PUT", threat, THREAT, expect=403)
    bob.call("POST", f"{model}/metadata", {"key": "k", "value": "v"}, expect=403)
    bob.call(
        "POST", f"{model}/threats/batch/patch", {"patches": [{"threat_id": threat[-36:], "operations": []}]}, expect=403
    )
    carol.call("PUT", threat, THREAT)
    carol.call("POST", f"{model}/metadata", {"key": "k", "value": "v"})
    carol.call("DELETE", f"{model}/metadata/k", expect=403)
    carol.call("DELETE", f"{model}/threats/batch", {"threat_ids": [threat[-36:]]}, expect=403)
    carol.call("DELETE", threat, expect=403)
    carol.call("DELETE", model, expect=403)
    assert model[-36:] in [one["id"] for one in bob.call("GET", "/threat_models")]
    alice.call("DELETE", threat)
    alice.call("DELETE", model)
    bob.call("GET", model, expect=404)


def test_only_the_owner_changes_access(alice: Any, bob: Any) -> None:
    model = alice.model(authorization=[{"subject": bob.email, "role": "writer"}])
    same = (alice.email, "owner"), (bob.email, "writer")
    bob.call("PUT", model, put_body(alice.email, *same))
    bob.call("PUT", model, put_body(alice.email, *same[::-1]))
    bob.call("PUT", model, put_body(bob.email, *same), expect=403)
    bob.call("PUT", model, put_body(alice.email), expect=403)
    bob.patch(model, {"op": "remove", "path": "/authorization/1"}, expect=403)
    bob.patch(model, {"op": "replace", "path": "/description", "value": "by a writer"})
    alice.call("PUT", model, put_body(alice.email))
    assert roles(alice, model) == {alice.email: "owner"}


def test_a_new_owner_leaves_the_old_one_in_the_list(alice: Any, bob: Any) -> None:
    model = alice.model()
    after = alice.call("PUT", model, put_body(bob.email))
    assert after["owner"] == bob.email
    assert roles(bob, model) == {alice.email: "owner", bob.email: "owner"}
    alice.patch(model, {"op": "replace", "path": "/owner", "value": "nobody@test.tmi"}, expect=400)


def test_patch_by_array_and_by_object(alice: Any) -> None:
    model = alice.model(description="d")
    assert alice.patch(model, {"op": "replace", "path": "/issue_url", "value": "https://x"})["issue_url"] == "https://x"
    assert "description" not in alice.patch(model, {"op": "remove", "path": "/description"})
    assert "issue_url" not in alice.call("PATCH", model, {"issue_url": None, "name": "N"})
    assert alice.call("GET", model)["name"] == "N"
    assert alice.patch(model)["name"] == "N"


@pytest.mark.parametrize(
    ("operation", "error"),
    [
        ({"op": "remove", "path": "/description"}, "patch_failed"),
        ({"op": "test", "path": "/name", "value": "other"}, "patch_failed"),
        ({"op": "add", "path": "/authorization/7", "value": {}}, "patch_failed"),
        ({"op": "add", "path": "name", "value": "x"}, "patch_failed"),
        ({"op": "replace", "path": "/name", "value": ""}, "validation_failed"),
        ({"op": "remove", "path": "/name"}, "validation_failed"),
        ({"op": "replace", "path": "/threat_model_framework", "value": "x"}, "validation_failed"),
        ({"op": "replace", "path": "/name", "value": None}, "invalid_input"),
        ({"op": "replace", "path": "/created_at", "value": "x"}, "invalid_input"),
        ({"op": "add", "path": "/threats/-", "value": {}}, "invalid_input"),
        ({"op": "move", "path": "/name", "from": "/id"}, "invalid_input"),
        ({"op": "zap", "path": "/name"}, "invalid_input"),
        ({"op": "remove"}, "invalid_input"),
        ("remove", "invalid_input"),
    ],
)
def test_patches_that_fail_change_nothing(alice: Any, operation: Json, error: str) -> None:
    model = alice.model()
    before = alice.call("GET", model)
    rename = {"op": "replace", "path": "/name", "value": "Other"}
    assert alice.patch(model, rename, operation, expect=400)["error"] == error
    assert alice.call("GET", model) == before


def test_the_list_counts_what_is_below(alice: Any) -> None:
    model = alice.model(description="d")
    alice.call("POST", model + "/threats/bulk", [THREAT, THREAT])
    alice.diagram(model)
    item = alice.call("GET", "/threat_models")[0]
    counts = {name.removesuffix("_count"): value for name, value in item.items() if name.endswith("_count")}
    assert counts == {"document": 0, "source": 0, "diagram": 1, "threat": 2}
    assert not item.keys() & {"authorization", "metadata", "threats"}
