# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports by properties, with a server in memory of either generation: an apply of an export creates the same model."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import wire as v1_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.model import (
    SECTIONS,
    Exported,
    ExportOptions,
    export_model,
    file_names,
)
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._resources._marks import ORIGIN
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer

BARE = ExportOptions()


class FakeV1(FakeServer):
    """The same in the forms of v1, which has columns for more and kinds of its own."""

    rules: Any = V1Rules()
    wire = v1_wire


SERVERS: Mapping[str, type[FakeServer]] = {"v0": FakeServer, "v1": FakeV1}

letters = st.characters(codec="utf-8", categories=("L", "N", "Zs"), exclude_characters="\u00a0")
#: Servers of v1 store texts composed, so that only such are the same on both.
names = (
    st.text(letters, min_size=1, max_size=8)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(bool)
    .filter(lambda text: text == unicodedata.normalize("NFC", text))
)
texts = st.sampled_from(["One line", "Two\nlines\n", "on", "1.0", " with {braces} "])
keys = st.text("abcdefgh", min_size=1, max_size=3)
words = st.sampled_from(["open", "closed", "mitigation_planned"])
metadata = st.dictionaries(keys, st.sampled_from(["x", "yes", "2"]), min_size=1, max_size=2)
named = {"name": names, "description": texts, "metadata": metadata}
threats = st.fixed_dictionaries(
    {"name": st.sampled_from(["SQL injection", "Sql-Injection", "Größe"]) | names},
    optional={
        "description": texts,
        "severity": st.sampled_from(["low", "high", "informational", "none"]),
        "priority": st.sampled_from(["low", "immediate"]),
        "status": words,
        "types": st.lists(st.sampled_from(["Spoofing", "Tampering"]), min_size=1, max_size=2),
        "score": st.integers(0, 10),
        "mitigated": st.booleans(),
        "mitigation": texts,
        "cwe": st.just(["CWE-79", "CWE-89"]),
        "refs": st.just(["T1001"]),
        "accept": st.fixed_dictionaries({"by": st.just("ana")}, optional={"until": st.just("2026-12-31")}),
        "risk": st.fixed_dictionaries({"likelihood": words}, optional={"impact": words}),
        "issue": st.just("https://jira.example.com/1"),
        "include_in_report": st.booleans(),
        "metadata": metadata,
        "at": st.sampled_from(["main", "main/web", "main/db", "main/web->db"]),
    },
)
sources = st.fixed_dictionaries(
    {"uri": st.sampled_from(["https://git.example.com/a", "https://git.example.com/b"])},
    optional={
        **named,
        "type": st.just("git"),
        "ref": st.sampled_from([{"branch": "main"}, {"tag": "v1"}]),
    },
)
documents = st.fixed_dictionaries({"uri": st.just("https://docs.example.com/a")}, optional=named)
MAIN = {
    "name": "Main flow",
    "boundaries": {"dmz": "DMZ"},
    "nodes": {"web": {"type": "process", "in": "dmz", "metadata": {"k": "v"}}, "db": {"type": "store", "x": 5, "y": 7}},
    "flows": ["web -> db: SQL", {"key": "back", "from": "db", "to": "web", "bidirectional": True}],
}
models = st.fixed_dictionaries(
    {"tmi_definition": st.just(1), "name": names, "diagrams": st.just({"main": MAIN})},
    optional={
        "key": keys,
        "description": texts,
        "framework": st.sampled_from(["STRIDE", "CIA"]),
        "issue": st.just("https://jira.example.com/1"),
        "version": st.just("1.0"),
        "status": words,
        "metadata": metadata,
        "access": st.just([{"user": "bob@test.tmi", "role": "writer"}]),
        "threats": st.dictionaries(keys, threats, max_size=4),
        "documents": st.dictionaries(keys, documents, max_size=3),
        "repositories": st.dictionaries(keys, sources, max_size=3),
    },
)


def apply(server: FakeServer, definition: Mapping[str, Any]) -> Outcome:
    desired = compile_definition(document(definition, "test"))
    return reconcile(server, desired, Policy("metadata", "", assume_missing=False), True, "rest")


def export(server: FakeServer, options: ExportOptions = BARE) -> Exported:
    (listed,) = server.models()
    return export_model(server.model(listed.id, options.needed()), options, server.rules.chosen_id)


def unique_key(definition: Mapping[str, Any]) -> dict[str, Any]:
    """The definition without objects that an apply cannot distinguish."""
    found = dict(definition)
    for section in ("threats", "documents", "repositories"):
        kept: dict[Any, Any] = {}
        for key, entry in definition.get(section, {}).items():
            kept.setdefault((entry.get("name", key), entry.get("at") if section == "threats" else None), (key, entry))
        if section in found:
            found[section] = dict(kept.values())
    return found


def meanings(definition: Mapping[str, Any]) -> dict[Any, Desired]:
    """The children that a definition wants, by kind, name and place."""
    desired = compile_definition(document(definition, "test"))
    return {
        (c.resource.name, c.label, c.values.get("diagram", "").replace("main-flow", "main"), c.values.get("cell")): c
        for c in desired.children
    }


@pytest.mark.parametrize("generation", SERVERS)
@settings(max_examples=40)
@given(models)
def test_an_export_makes_the_same_model_on_an_empty_server(generation: str, definition: dict[str, Any]) -> None:
    server, empty = SERVERS[generation](), SERVERS[generation]()
    apply(server, unique_key(definition))
    first = export(server)
    assert first.lost == []
    apply(empty, first.definition)
    second = export(empty)
    assert second == first
    assert list(second.definition) == list(first.definition)


@pytest.mark.parametrize("generation", SERVERS)
@settings(max_examples=40)
@given(models)
def test_an_export_changes_nothing_where_it_comes_from(generation: str, definition: dict[str, Any]) -> None:
    server = SERVERS[generation]()
    apply(server, unique_key(definition))
    written = server.writes
    again = apply(server, export(server).definition)
    assert again.diff() == []
    assert server.writes == written


@settings(max_examples=40)
@given(models)
def test_a_move_to_the_next_generation_and_back_loses_nothing(definition: dict[str, Any]) -> None:
    bare = ExportOptions(frozenset(SECTIONS) - {"access"})  # of whom the server in memory knows only in v0
    old, new, back = FakeServer(), FakeV1(), FakeServer()
    apply(old, unique_key(definition))
    first = export(old, bare)
    apply(new, first.definition)
    moved = export(new, bare)
    apply(back, moved.definition)
    assert first.lost == moved.lost == []
    assert export(back, bare).definition == first.definition


@settings(max_examples=40)
@given(models)
def test_an_export_compiles_to_what_was_wanted(definition: dict[str, Any]) -> None:
    server = FakeV1()
    apply(server, unique_key(definition))
    wanted, found = meanings(unique_key(definition)), meanings(export(server).definition)
    assert set(found) == set(wanted)
    for place, child in wanted.items():
        said = found[place].values
        expected = {
            n: v for n, v in child.values.items() if v not in (None, "") and (n, v) != ("include_in_report", True)
        }
        assert {name: said.get(name) for name in expected if name != "diagram"} == {
            name: value for name, value in expected.items() if name != "diagram"
        }
        assert found[place].metadata == child.metadata


# ---------------------------------------------------------------------------------------------------- single rules
SHOP = {"tmi_definition": 1, "key": "shop", "name": "Shop"}


def entity(resource: Any, number: int, values: Mapping[str, Any], **more: Any) -> Entity:
    return Entity(resource, "00000000-0000-4000-8000-%012d" % number, values, **more)


def model(*children: Entity, values: Mapping[str, Any] | None = None, **more: Any) -> Entity:
    below: dict[str, list[Entity]] = {}
    for child in children:
        below.setdefault(child.resource.plural, []).append(child)
    return entity(THREAT_MODEL, 1, {"name": "Shop", **(values or {})}, children=below, **more)


def exported(found: Entity, options: ExportOptions = BARE) -> Exported:
    return export_model(found, options, V1Rules().chosen_id)


def lost_paths(found: Exported) -> list[str]:
    return [row["path"] for row in found.lost]


def test_of_indistinguishable_objects_the_oldest_is_exported() -> None:
    uri = {"uri": "https://docs.example.com/"}
    old = entity(DOCUMENT, 9, {"name": "A", "created_at": "2025-01-01", "description": "old", **uri})
    new = entity(DOCUMENT, 3, {"name": "A", "created_at": "2025-01-02", **uri})
    found = exported(model(new, old))
    assert found.definition["documents"] == {"a": {"name": "A", "description": "old", **uri}}
    assert [(row["path"], row["value"]["id"]) for row in found.lost] == [("documents.A", new.id)]
    assert "rename one" in found.lost[0]["reason"]


def test_threats_of_one_name_at_two_places_are_both_exported() -> None:
    diagram = entity(DIAGRAM, 2, {"name": "Main"})
    here = entity(THREAT, 3, {"name": "Leak", "diagram_id": diagram.id})
    nowhere, twin = (entity(THREAT, number, {"name": "Leak"}) for number in (4, 5))
    found = exported(model(diagram, here, nowhere, twin))
    assert found.definition["threats"] == {"leak": {"name": "Leak"}, "leak-2": {"name": "Leak", "at": "main"}}
    assert [(row["path"], row["value"]["id"]) for row in found.lost] == [("threats.Leak", twin.id)]


def test_a_place_that_is_not_exported_is_lost_and_not_cleared() -> None:
    diagram = replace(entity(DIAGRAM, 2, {"name": "Main"}), cells=(Cell("odd", "hexagon"),))
    threat = entity(THREAT, 3, {"name": "Leak", "diagram_id": diagram.id, "cell_id": "odd"})
    found = exported(model(diagram, threat))
    assert found.definition["threats"]["leak"] == {"name": "Leak", "diagram": "main"}
    assert lost_paths(found)[-1] == "threats.leak.at"


def test_a_key_by_which_an_apply_would_take_another_object_is_not_used() -> None:
    """On v1 an object is looked for under the id that is made of its key."""
    chosen = V1Rules().chosen_id(THREAT, model().id, "leak")
    other = replace(entity(THREAT, 3, {"name": "Spoof"}), id=str(chosen))
    found = exported(model(entity(THREAT, 4, {"name": "Leak"}), other))
    assert {key: entry["name"] for key, entry in found.definition["threats"].items()} == {
        "leak-2": "Leak",
        "spoof": "Spoof",
    }


def test_a_source_without_a_name_has_its_address_for_a_key() -> None:
    found = exported(model(entity(SOURCE, 2, {"uri": "https://git.example.com/a"})))
    assert found.definition["repositories"] == {"https://git.example.com/a": {"uri": "https://git.example.com/a"}}
    assert compile_definition(document(found.definition, "x")).children[0].values == {
        "uri": "https://git.example.com/a"
    }


def test_values_that_no_definition_can_contain_are_lost() -> None:
    threat = entity(THREAT, 2, {"name": "Leak", "severity": "rather_bad"})
    found = exported(model(threat, values={"framework": "Homegrown"}))
    assert lost_paths(found) == ["framework", "threats.leak.severity"]
    assert found.definition["threats"]["leak"] == {"name": "Leak"}


def test_an_object_that_lacks_what_it_needs_is_lost_as_a_whole() -> None:
    found = exported(model(entity(ASSET, 2, {"name": "Cards", "type": "treasure"}, raw={"type": "treasure"})))
    assert "assets" not in found.definition
    assert found.lost == [
        {
            "path": "assets.Cards",
            "value": {"type": "treasure"},
            "reason": "its type cannot be exported: 'treasure' is not one of data, hardware, software, infrastructure, "
            "service, personnel",
        }
    ]


def test_metadata_of_fields_become_fields_and_our_own_stay_out() -> None:
    threat = entity(
        THREAT, 2, {"name": "Leak"}, metadata={"cwe": "CWE-1, CWE-2", "team": "a", "include_in_report": "false"}
    )
    found = exported(model(threat, own_metadata={"ansible_key": "shop", "ansible_managed": "x"}))
    assert found.definition["key"] == "shop"
    assert found.definition["threats"]["leak"] == {
        "name": "Leak",
        "cwe": ["CWE-1", "CWE-2"],
        "include_in_report": False,
        "metadata": {"team": "a"},
    }
    assert found.lost == []


def test_an_origin_is_written_as_such() -> None:
    threat = entity(THREAT, 2, {"name": "Leak"}, metadata={"team": "a"}, own_metadata={ORIGIN: "td:1"})
    found = exported(model(threat, metadata={"origin": "intranet"}, own_metadata={ORIGIN: "otm:shop"}))
    assert found.definition["origin"] == "otm:shop"
    assert found.definition["metadata"] == {"origin": "intranet"}
    assert found.definition["threats"]["leak"] == {"name": "Leak", "origin": "td:1", "metadata": {"team": "a"}}


def test_reserved_metadata_that_contradict_the_field_are_lost() -> None:
    found = exported(model(entity(THREAT, 2, {"name": "Leak", "cwe": ["CWE-1"]}, metadata={"cwe": "CWE-2"})))
    assert found.definition["threats"]["leak"]["cwe"] == ["CWE-1"]
    assert lost_paths(found) == ["threats.leak.metadata.cwe"]


def test_unknown_members_are_lost_and_those_of_servers_are_not() -> None:
    raw = {"alias": 7, "timmy_enabled": False, "is_confidential": False, "update_vector": 3, "fresh": {"a": 1}}
    found = exported(model(entity(DIAGRAM, 2, {"name": "Main"}, raw={**raw, "timmy_enabled": True}), raw=raw))
    assert lost_paths(found) == ["fresh", "timmy_enabled", "diagrams.main.fresh"]


def test_what_is_deleted_on_the_server_is_not_lost() -> None:
    threat = entity(THREAT, 2, {"name": "Leak"})
    raw = {"threats": [{"id": threat.id, "name": "Leak"}, {"id": "gone", "name": "Old"}]}
    assert exported(model(threat, raw=raw)).lost == []


@pytest.mark.parametrize(
    "place",
    [{"diagram_id": "gone"}, {"diagram_id": "gone", "cell_id": "gone"}, {"cell_id": "gone"}, {"asset_id": "gone"}],
)
def test_nor_is_a_reference_to_it(place: dict[str, str]) -> None:
    diagram = entity(DIAGRAM, 2, {"name": "Main"})
    whole = {"name": "Leak", "diagram_id": diagram.id, **place}
    found = exported(model(diagram, entity(THREAT, 3, whole)))
    assert found.lost == []
    assert "cell" not in found.definition["threats"]["leak"]


def test_nor_is_a_deleted_asset_of_a_cell() -> None:
    cell = Cell("1", "process", geometry=Box(0, 0, 90, 60), raw={"data": {"data_assets": ["gone"]}})
    assert exported(model(replace(entity(DIAGRAM, 2, {"name": "Main"}), cells=(cell,)))).lost == []


def test_assets_are_exported_by_key_or_left_out() -> None:
    asset = entity(ASSET, 2, {"name": "Cards", "type": "data"})
    threat = entity(THREAT, 3, {"name": "Leak", "asset_id": asset.id})
    assert exported(model(asset, threat)).definition["threats"]["leak"]["asset"] == "cards"
    found = exported(model(asset, threat), ExportOptions(frozenset(["threats"])))
    assert found.definition == {"tmi_definition": 1, "name": "Shop", "threats": {"leak": {"name": "Leak"}}}
    assert lost_paths(found) == ["threats.leak.asset"]


def test_places_are_lost_where_diagrams_are_not_exported() -> None:
    diagram = entity(DIAGRAM, 2, {"name": "Main"})
    found = exported(
        model(diagram, entity(THREAT, 3, {"name": "Leak", "diagram_id": diagram.id})),
        ExportOptions(frozenset(["threats"])),
    )
    assert found.definition["threats"] == {"leak": {"name": "Leak"}}
    assert lost_paths(found) == ["threats.leak.at"]


def test_accept_is_exported_only_with_a_status() -> None:
    accepted = {"name": "Leak", "accepted_by": "ana", "accepted_until": "2026-12-31"}
    bare, whole = entity(THREAT, 2, accepted), entity(THREAT, 2, {**accepted, "status": "open"})
    assert exported(model(bare)).definition["threats"]["leak"] == accepted
    assert exported(model(whole)).definition["threats"]["leak"] == {
        "name": "Leak",
        "status": "open",
        "accept": {"by": "ana", "until": "2026-12-31"},
    }


def test_access_is_exported_once_and_can_be_left_out() -> None:
    values = {
        "owner": "ana@example.com",
        "authorization": [{"user": "ana@example.com", "role": "owner"}, {"user": "rob@example.com", "role": "reader"}],
    }
    found = exported(model(values=values)).definition
    assert found["owner"] == "ana@example.com"
    assert found["access"] == [{"user": "rob@example.com", "role": "reader"}]
    bare = exported(model(values=values), ExportOptions(frozenset(SECTIONS) - {"access"})).definition
    assert bare == {"tmi_definition": 1, "name": "Shop"}


def test_file_names_are_safe_and_no_two_are_the_same() -> None:
    found = [entity(THREAT_MODEL, n, {"name": name}) for n, name in enumerate(["Größe/../x", "A b", "a-B", "数"])]
    assert file_names(found) == [
        "grosse-x.yml",
        "a-b-000000000001.yml",
        "a-b-000000000002.yml",
        "数.yml",
    ]
