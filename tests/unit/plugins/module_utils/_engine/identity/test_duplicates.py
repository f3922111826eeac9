# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Existing same-named objects: an error with advice, and a definition that deletes all but one."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import plan_text, report
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._errors import AmbiguousNameError, InputError
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import ALICE, FakeServer

SHOP = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "documents": {"d": {"uri": "https://wiki.example.com/d"}},
    "diagrams": {"main": {"nodes": {"web": {"type": "process"}}}},
    "threats": {"t": {"at": "main/web"}},
}


def run(server: FakeServer, definition: Any = None, write: bool = True, **policy: Any) -> Outcome:
    desired = compile_definition(document(definition or SHOP, "shop.yml"))
    return reconcile(server, desired, replace(Policy("fail", caller=ALICE, register=True), **policy), write, "rest")


def double(server: FakeServer, kind: str, **changes: Any) -> str:
    """Create a duplicate of the first object of a kind, and return its id."""
    found = next(o for o in server.objects.values() if o["resource"].name == kind)
    duplicate = {**copy.deepcopy({k: v for k, v in found.items() if k != "resource"}), "resource": found["resource"]}
    duplicate.update(changes, id=next(server.ids))
    server.objects[duplicate["id"]] = duplicate
    return str(duplicate["id"])


@pytest.fixture
def shop() -> FakeServer:
    server = FakeServer()
    run(server)
    return server


KINDS = ["threat_model", "document", "diagram", "threat"]


def other(server: FakeServer, kind: str) -> str:
    """Put an object of the same name beside the first one of a kind, which holds something of its own."""
    duplicate = double(server, kind, metadata={"ansible_key": "shop", "note": "a person's"})
    if kind == "threat_model":
        double(server, "document", parent=duplicate)
    return duplicate


@pytest.mark.parametrize("kind", KINDS)
def test_the_error_says_what_can_be_done(shop: FakeServer, kind: str) -> None:
    other(shop, kind)
    with pytest.raises(AmbiguousNameError, match=r"use id.*on_twins: remove keeps one, and lists in check mode"):
        run(shop)


@pytest.mark.parametrize("kind", KINDS)
def test_all_but_one_are_deleted_if_the_task_says_so(shop: FakeServer, kind: str) -> None:
    before = shop.census()
    duplicate = other(shop, kind)
    planned = run(shop, write=False, on_twins="remove")
    going = [change for change in planned.plan.changes if change.action == "delete"]
    assert [change.actual.id for change in going if change.actual] == [duplicate]
    assert len(report.removals(planned.plan)) == 1
    (line,) = [text for text in plan_text.tree("Shop", report.entries(planned.plan)) if "duplicate of 0000" in text]
    assert "id %s" % duplicate in line
    run(shop, on_twins="remove")
    assert shop.census() == before
    assert not run(shop).changed


def test_an_empty_model_of_the_same_key_is_deleted(shop: FakeServer) -> None:
    """A run that was killed in the moment of creating it, beside another one, has left it."""
    before = shop.census()
    duplicate = double(shop, "threat_model")
    planned = run(shop, write=False)
    assert [c.actual.id for c in planned.plan.changes if c.action == "delete" and c.actual] == [duplicate]
    run(shop)
    assert shop.census() == before
    assert not run(shop).changed


def test_of_two_empty_models_of_the_same_key_one_stays() -> None:
    server = FakeServer()
    run(server, {name: SHOP[name] for name in ("tmi_definition", "key", "name")})
    double(server, "threat_model")
    run(server)
    assert [name for kind, name in server.census() if kind == "threat_model"] == ["Shop"]
    assert not run(server).changed


@pytest.mark.parametrize("kind", ["document", "threat"])
def test_the_same_object_once_more_is_no_reason_to_fail(shop: FakeServer, kind: str) -> None:
    duplicate = double(shop, kind)
    outcome = run(shop)
    assert not outcome.changed
    assert [line for line in outcome.warnings if duplicate in line and "on_twins: remove" in line]


def test_an_empty_diagram_is_no_reason_to_fail(shop: FakeServer) -> None:
    duplicate = double(shop, "diagram", cells=[])
    outcome = run(shop)
    assert not outcome.changed
    assert [line for line in outcome.warnings if duplicate in line]


def test_a_diagram_that_holds_something_stays(shop: FakeServer) -> None:
    first = next(o for o in shop.objects.values() if o["resource"].name == "diagram")
    kept = double(shop, "diagram")
    first["cells"] = []
    run(shop, {**SHOP, "threats": {}}, on_twins="remove")
    assert [o["id"] for o in shop.objects.values() if o["resource"].name == "diagram"] == [kept]


def test_a_model_of_a_person_is_deleted_only_by_force(shop: FakeServer) -> None:
    double(shop, "document", parent=double(shop, "threat_model", metadata={}))
    with pytest.raises(InputError, match=r"was not created from this definition.*force: true"):
        run(shop, on_twins="remove")
    run(shop, on_twins="remove", force=True)
    assert [name for kind, name in shop.census() if kind == "threat_model"] == ["Shop"]


def test_what_is_protected_stays(shop: FakeServer) -> None:
    double(shop, "document")
    run(shop, on_twins="remove", protect=("documents/*",))
    assert len([kind for kind, _name in shop.census() if kind == "document"]) == 2


def test_an_object_with_a_wanted_id_has_no_duplicates(shop: FakeServer) -> None:
    duplicate = double(shop, "document")
    again = {"id": duplicate, "name": "d", "uri": "https://wiki.example.com/d"}
    both = {**SHOP, "documents": {**SHOP["documents"], "e": again}}
    run(shop, both, on_twins="remove")
    assert len([kind for kind, _name in shop.census() if kind == "document"]) == 2
