# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API v1: project, reviewer and confidentiality of a model."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.people import reviewer_to_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.wire import from_wire, to_wire
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL

RULES = V1Rules()
PROJECT = "5a0c4d7e-8a0b-4f0e-9a53-0f6f1ad2a7f4"
ANA = {"principal_type": "user", "provider": "tmi", "provider_id": "ana", "email": "ana@tmi.local"}
BOB = {"principal_type": "user", "provider": "tmi", "provider_id": "bob", "email": "bob@tmi.local"}
MODEL: dict[str, Any] = {"owner": ANA, "authorization": [{**ANA, "role": "owner"}, {**BOB, "role": "writer"}]}


def test_a_project_is_named_by_its_id() -> None:
    assert list(RULES.check(THREAT_MODEL, {"project": PROJECT})) == []
    ((name, problem),) = RULES.check(THREAT_MODEL, {"project": "Payments"})
    assert (name, problem) == ("project", "must be the id of a project, a UUID, not 'Payments'")


def test_members_of_the_wire() -> None:
    values = {"project": PROJECT, "confidential": False, "name": "x"}
    wire = to_wire(THREAT_MODEL, {**values, "reviewer": "bob@tmi.local"})
    assert wire == {"project_id": PROJECT, "is_confidential": False, "name": "x"}, "people are told by the model alone"
    assert from_wire(THREAT_MODEL, wire) == values


@pytest.mark.parametrize(
    ("reviewer", "principal"),
    [
        ("bob@tmi.local", BOB),
        ("bob", BOB),
        ("carol@tmi.local", {"principal_type": "user", "provider": "tmi", "email": "carol@tmi.local"}),
        ("carol", {"principal_type": "user", "provider": "tmi", "provider_id": "carol"}),
    ],
)
def test_a_reviewer_as_the_model_names_them_else_as_written(reviewer: str, principal: dict[str, str]) -> None:
    assert reviewer_to_wire(reviewer, MODEL) == principal


def test_a_reviewer_becomes_an_owner_of_the_model() -> None:
    values = {"owner": "ana@tmi.local", "reviewer": "bob@tmi.local", "authorization": []}
    rows = RULES.stored(THREAT_MODEL, values)["authorization"]
    assert rows == [{"user": name, "role": "owner"} for name in ("ana@tmi.local", "bob@tmi.local")]


@pytest.mark.parametrize("values", [{"owner": "a", "reviewer": None}, {"owner": "a"}])
def test_without_one_no_one_is_added(values: dict[str, Any]) -> None:
    assert RULES.stored(THREAT_MODEL, {**values, "authorization": []})["authorization"] == [
        {"user": "a", "role": "owner"}
    ]
