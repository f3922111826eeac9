# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undeclared objects: register, prune, protect, and deleted models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import report
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import ABSENT
from ansible_collections.tmi.tmi.plugins.module_utils._engine.undeclared import read_register, write_register
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import prune_levels
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import desired_tree
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer

DRAWN = "11111111-1111-4111-8111-111111111111"
DIAGRAM = {"nodes": {"web": {"type": "process"}, "db": {"type": "store"}}, "flows": ["web -> db"]}
SHOP = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "documents": {"adr": {"uri": "https://docs.example.com/adr"}},
    "diagrams": {"main": DIAGRAM},
    "threats": {"flood": {"at": "main/web"}, "leak": {"at": "main/db"}, "theft": {}},
}


def apply(
    server: FakeServer,
    definition: Mapping[str, Any],
    prune: Any = "none",
    protect: tuple[str, ...] = (),
    write: bool = True,
    state: str = "present",
    force: bool = False,
) -> Outcome:
    levels = prune_levels(prune)
    cells = levels.pop("cells", "none")
    desired = compile_definition(document(definition, "test"))
    children = tuple(replace(c, prune_cells=cells) if c.resource.name == "diagram" else c for c in desired.children)
    desired = replace(desired, children=children, state=state)
    policy = Policy("metadata", "", not write, levels, protect, register=True, force=force)
    return reconcile(server, desired, policy, write, "rest")


def person(server: FakeServer, kind: str, **params: Any) -> Mapping[str, Any]:
    """Let a person add an object, which no definition knows of."""
    root, leaf = desired_tree(_catalog.by_name(kind), {"state": "present", "threat_model": "Shop", **params})
    return reconcile(server, root, Policy(), True).after(leaf) or {}


def without(definition: Mapping[str, Any], section: str, *keys: str) -> dict[str, Any]:
    return {**definition, section: {k: v for k, v in definition[section].items() if k not in keys}}


def threats(server: FakeServer) -> list[str]:
    return sorted(name for kind, name in server.census() if kind == "threat")


@pytest.fixture
def shop() -> FakeServer:
    server = FakeServer()
    apply(server, SHOP)
    return server


class TestPrune:
    def test_undeclared_objects_stay_by_default(self, shop: FakeServer) -> None:
        outcome = apply(shop, without(SHOP, "threats", "leak"))
        assert not outcome.changed
        assert threats(shop) == ["flood", "leak", "theft"]

    def test_undeclared_objects_are_deleted_also_later(self, shop: FakeServer) -> None:
        smaller = without(SHOP, "threats", "leak")
        apply(shop, smaller)
        outcome = apply(shop, smaller, "managed")
        assert [(e["action"], e["path"][-1], e.get("reason")) for e in report.entries(outcome.plan)] == [
            ("delete", "leak", "pruned"),
        ]
        assert threats(shop) == ["flood", "theft"]

    def test_what_a_person_added_stays(self, shop: FakeServer) -> None:
        person(shop, "threat", name="insider")
        apply(shop, without(SHOP, "threats", "leak"), "managed")
        assert threats(shop) == ["flood", "insider", "theft"]

    def test_all_takes_that_too(self, shop: FakeServer) -> None:
        person(shop, "threat", name="insider")
        apply(shop, SHOP, "all")
        assert threats(shop) == ["flood", "leak", "theft"]

    def test_a_section_that_is_left_out_is_left_alone(self, shop: FakeServer) -> None:
        outcome = apply(shop, {k: v for k, v in SHOP.items() if k != "threats"}, "all")
        assert not outcome.changed
        assert threats(shop) == ["flood", "leak", "theft"]

    def test_an_empty_section_is_emptied(self, shop: FakeServer) -> None:
        apply(shop, {**SHOP, "threats": {}}, "managed")
        assert threats(shop) == []

    def test_levels_by_section(self, shop: FakeServer) -> None:
        apply(shop, {**SHOP, "threats": {}, "documents": {}}, {"documents": "managed"})
        assert [kind for kind, _name in shop.census()] == ["diagram", "threat", "threat", "threat", "threat_model"]

    def test_an_object_of_the_same_name_of_a_person_stays(self, shop: FakeServer) -> None:
        person(shop, "threat", name="flood", diagram="main", cell="db")
        apply(shop, {**SHOP, "threats": {}}, "managed")
        assert threats(shop) == ["flood"]

    def test_of_two_indistinguishable_objects_none_is_deleted(self, shop: FakeServer) -> None:
        twin = person(shop, "threat", name="twin", diagram="main", cell="db")
        person(shop, "threat", id=twin["id"], name="theft")
        outcome = apply(shop, {**SHOP, "threats": {}}, "managed")
        assert threats(shop) == ["theft", "theft"]
        assert [e["reason"] for e in report.entries(outcome.plan) if e["action"] == "none"] == ["unclear", "unclear"]
        assert not apply(shop, {**SHOP, "threats": {}}, "managed").changed

    def test_what_was_taken_over_is_managed(self) -> None:
        server = FakeServer()
        apply(server, {**SHOP, "threats": {}})
        person(server, "threat", name="theft")
        apply(server, SHOP)
        apply(server, {**SHOP, "threats": {}}, "managed")
        assert threats(server) == []

    def test_a_renamed_object_stays_managed(self, shop: FakeServer) -> None:
        renamed = {**without(SHOP, "threats", "theft"), "threats": {**SHOP["threats"], "loss": {"was": "theft"}}}
        del renamed["threats"]["theft"]
        apply(shop, renamed, "managed")
        assert threats(shop) == ["flood", "leak", "loss"]
        apply(shop, without(SHOP, "threats", "theft"), "managed")
        assert threats(shop) == ["flood", "leak"]

    def test_a_run_that_was_cut_off_knows_what_it_has_made(self) -> None:
        server = FakeServer()
        server.lose, server.commits = 5, True
        apply(server, SHOP)
        apply(server, {**SHOP, "threats": {}, "documents": {}}, "managed")
        assert [kind for kind, _name in server.census()] == ["diagram", "threat_model"]

    def test_threats_on_a_diagram_that_goes_lose_their_place(self, shop: FakeServer) -> None:
        insider = person(shop, "threat", name="insider", diagram="main", cell="db")
        smaller = {**SHOP, "diagrams": {}, "threats": {"theft": {}}}
        apply(shop, smaller, "managed")
        assert threats(shop) == ["insider", "theft"]
        wire = shop.objects[insider["id"]]["wire"]
        assert not wire.get("diagram_id")
        assert not wire.get("cell_id")
        assert not apply(shop, smaller, "managed").changed

    def test_cells(self, shop: FakeServer) -> None:
        smaller = {**SHOP, "diagrams": {"main": {"nodes": {"web": {"type": "process"}}, "flows": []}}}
        smaller["threats"] = {k: t for k, t in SHOP["threats"].items() if k != "leak"}
        outcome = apply(shop, smaller, "managed")
        assert sorted(report.removals(outcome.plan)) == [
            'cell "db" of diagram "main"',
            'cell "web->db" of diagram "main"',
            'threat "leak"',
        ]
        assert not apply(shop, smaller, "managed").changed

    @pytest.mark.parametrize("wrong", ["some", {"threats": "some"}, {"thraets": "all"}, 1])
    def test_a_level_or_section_that_there_is_not(self, wrong: Any) -> None:
        with pytest.raises(InputError):
            prune_levels(wrong)

    def test_repositories_are_sources(self) -> None:
        assert prune_levels({"repositories": "all"}) == {"sources": "all"}


class TestProtect:
    def test_is_not_removed(self, shop: FakeServer) -> None:
        outcome = apply(shop, {**SHOP, "threats": {}}, "all", protect=("threats/l*",))
        assert threats(shop) == ["leak"]
        assert ("none", "leak", "protected") in [
            (e["action"], e["path"][-1], e.get("reason")) for e in report.entries(outcome.plan)
        ]
        assert not apply(shop, {**SHOP, "threats": {}}, "all", protect=("threats/l*",)).changed

    def test_is_not_changed(self, shop: FakeServer) -> None:
        changed = {**SHOP, "threats": {**SHOP["threats"], "leak": {"at": "main/db", "severity": "high"}}}
        assert not apply(shop, changed, protect=("threats/leak",)).changed

    def test_is_created(self) -> None:
        server = FakeServer()
        apply(server, SHOP, protect=("*/*",))
        assert threats(server) == ["flood", "leak", "theft"]

    def test_a_diagram_keeps_its_cells_and_threats_still_find_them(self, shop: FakeServer) -> None:
        changed = {**SHOP, "diagrams": {"main": {**DIAGRAM, "nodes": {**DIAGRAM["nodes"], "cache": {}}}}}
        changed["threats"] = {**SHOP["threats"], "tampering": {"at": "main/db"}}
        outcome = apply(shop, changed, protect=("diagrams/*",))
        assert [e["path"][-1] for e in report.entries(outcome.plan) if e["action"] == "create"] == ["tampering"]


class TestAbsent:
    def test_the_model_goes_with_all_that_is_in_it(self, shop: FakeServer) -> None:
        assert apply(shop, SHOP, state=ABSENT).changed
        assert shop.census() == []
        assert not apply(shop, SHOP, state=ABSENT).changed

    def test_one_that_the_definition_did_not_make_stays_unless_forced(self) -> None:
        server = FakeServer()
        person(server, "threat_model", name="Shop")
        with pytest.raises(InputError, match="force: true"):
            apply(server, SHOP, state=ABSENT)
        assert server.census() == [("threat_model", "Shop")]
        apply(server, SHOP, state=ABSENT, force=True)
        assert server.census() == []

    def test_one_of_another_key_stays(self, shop: FakeServer) -> None:
        with pytest.raises(InputError, match="its key is shop"):
            apply(shop, {**SHOP, "key": "market"}, state=ABSENT)

    def test_without_a_key_the_register_shows_it(self) -> None:
        server = FakeServer()
        keyless = {k: v for k, v in SHOP.items() if k != "key"}
        apply(server, keyless)
        apply(server, keyless, state=ABSENT)
        assert server.census() == []

    def test_a_protected_one_stays(self, shop: FakeServer) -> None:
        assert not apply(shop, SHOP, state=ABSENT, protect=("threat_models/Shop",)).changed


class TestRegister:
    def test_alone_it_is_no_change(self) -> None:
        server = FakeServer()
        apply(server, {**SHOP, "key": None})
        (model,) = [o for o in server.objects.values() if o["resource"].name == "threat_model"]
        model["metadata"].clear()  # as if people had made all of it
        before = server.writes
        outcome = apply(server, {**SHOP, "key": None})
        assert not outcome.changed
        assert report.entries(outcome.plan) == []
        assert server.writes == before
        assert model["metadata"] == {}

    def test_it_is_written_with_other_changes_and_not_reported(self) -> None:
        server = FakeServer()
        apply(server, {**SHOP, "key": None})
        (model,) = [o for o in server.objects.values() if o["resource"].name == "threat_model"]
        model["metadata"].clear()
        wanted = {**SHOP, "key": None, "threats": {**SHOP["threats"], "replay": {}}}
        outcome = apply(server, wanted)
        assert [e["path"][-1] for e in report.entries(outcome.plan)] == ["replay"]
        assert report.counts(outcome.plan) == {"created": 1, "restored": 0, "updated": 0, "deleted": 0}
        assert len(read_register(model["metadata"])) == 6
        assert not apply(server, wanted).changed
        apply(server, {**wanted, "threats": {}}, "managed")
        assert threats(server) == []

    def test_a_key_that_is_new_is_a_change(self) -> None:
        server = FakeServer()
        apply(server, {**SHOP, "key": None})
        outcome = apply(server, SHOP)
        assert [(e["action"], e["reason"]) for e in report.entries(outcome.plan)] == [("update", "its key")]
        assert not apply(server, SHOP).changed

    @given(st.sets(st.text("abcdefgh", min_size=8, max_size=8), max_size=300))
    def test_reads_what_it_wrote_and_fits_into_values(self, entries: set[str]) -> None:
        written = write_register(entries)
        assert read_register(written) == entries
        assert all(0 < len(text.encode()) <= 1024 for text in written.values())

    def test_one_that_shrinks_leaves_no_key_behind(self) -> None:
        server = FakeServer()
        many = {**SHOP, "threats": {f"t{n}": {} for n in range(150)}}
        apply(server, many)
        assert any("ansible_managed_2" in dict(found) for found in server.all_metadata())
        apply(server, {**SHOP, "threats": {}}, "managed")
        assert not any("ansible_managed_2" in dict(found) for found in server.all_metadata())


keys = st.sampled_from("abcdef")
sections = {
    "documents": st.dictionaries(keys, st.just({"uri": "https://docs.example.com/a"}), max_size=4),
    "threats": st.dictionaries(keys, st.sampled_from([{}, {"at": "main/web"}, {"severity": "high"}]), max_size=4),
}
definitions = st.fixed_dictionaries(
    {
        "tmi_definition": st.just(1),
        "key": st.just("shop"),
        "name": st.just("Shop"),
        "diagrams": st.just({"main": DIAGRAM}),
    },
    optional=sections,
)


def names(server: FakeServer, kind: str) -> set[str]:
    return {name for found, name in server.census() if found == kind}


@settings(max_examples=150)
@given(definitions, definitions, st.sets(keys), st.sampled_from(["none", "managed", "all"]))
def test_prune_by_properties(first: dict[str, Any], then: dict[str, Any], people: set[str], level: str) -> None:
    server = FakeServer()
    apply(server, first)
    added = {f"person {name}" for name in people}
    for name in sorted(added):
        person(server, "threat", name=name)
    apply(server, then, level)
    ours = set(then.get("threats", {}))
    if level == "none" or "threats" not in then:
        ours |= set(first.get("threats", {}))
    assert names(server, "threat") == ours | (added if level != "all" or "threats" not in then else set())
    again = apply(server, then, level)
    assert not again.changed
    assert report.removals(again.plan) == []


@settings(max_examples=100)
@given(
    definitions, definitions, st.lists(st.sampled_from(["threats/*", "documents/a", "*/b", "diagrams/*"]), max_size=2)
)
def test_what_is_protected_is_never_touched(first: dict[str, Any], then: dict[str, Any], globs: list[str]) -> None:
    server = FakeServer()
    apply(server, first)
    outcome = apply(server, then, "all", tuple(globs), write=False)
    for change in outcome.plan.changes:
        if change.actual is not None and change.resource.parent is not None:
            path = f"{change.resource.plural}/{change.actual.label}"
            released = change.resource.name == "threat" and set(change.fields) <= {"cell_id", "diagram_id"}
            assert not change.changed or released or not any(fnmatchcase(path, glob) for glob in globs)


def test_keys_on_cells_of_people_are_no_change_and_are_not_counted() -> None:
    server = FakeServer()
    nodes: dict[str, Any] = {"web": {"id": DRAWN, "label": "Web"}}
    made = {"tmi_definition": 1, "name": "Shop", "diagrams": {"main": {"nodes": nodes}}}
    apply(server, made)
    (diagram,) = [o for o in server.objects.values() if o["resource"].name == "diagram"]
    diagram["cells"] = [replace(cell, metadata={}) for cell in diagram["cells"]]
    assert not apply(server, made).changed
    nodes["db"] = {"type": "store"}
    (entry,) = report.entries(apply(server, made).plan)
    assert entry["cells"] == {"added": 1, "changed": 0, "removed": 0}
    assert {cell.key for cell in diagram["cells"]} == {"web", "db"}
