# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plans as data and as text: nothing that changes is absent from either."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import plan_text, report
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, Run
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.test_cell_assets import FakeV1

SCHEMA = Path(__file__).resolve().parents[6] / "docs" / "schema" / "tmi_plan-1.json"
PROSE = "Requests from outside of the zone end at the proxy. " * 6
SECTIONS = ("threats", "documents", "sources", "diagrams")
POLICY = Policy("metadata", "", prune=dict.fromkeys(SECTIONS, "managed"), register=True)

SHOP: dict[str, Any] = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "description": PROSE + "Default deny.",
    "metadata": {"team": "payments"},
    "access": [{"user": "bob@test.tmi", "role": "writer"}, {"user": "eve@test.tmi", "role": "reader"}],
    "documents": {"adr": {"uri": "https://wiki.example.com/adr"}},
    "repositories": {"code": {"uri": "https://git.example.com/shop", "ref": {"branch": "main"}}},
    "diagrams": {
        "main": {
            "boundaries": {"dmz": "DMZ", "core": "Core"},
            "nodes": {
                "web": {"label": "Web", "in": "dmz", "x": 100, "y": 100},
                "db": {"type": "store", "label": "Database", "in": "core", "metadata": {"team": "red"}},
            },
            "flows": {"query": {"from": "web", "to": "db", "label": "SQL"}},
        }
    },
    "threats": {
        "replay": {"at": "main/query", "severity": "high", "status": "open", "types": ["Spoofing"]},
        "leak": {"at": "main/db", "description": "Line one\nLine two\nLine three", "score": 7.5},
        "flood": {"risk": {"likelihood": "high"}, "mitigation": PROSE},
    },
}

#: The same with what only servers of API v1 hold.
SHOP_V1: dict[str, Any] = {
    **SHOP,
    "assets": {"cards": {"name": "Card data", "type": "data"}, "keys": {"type": "data"}},
    "notes": {"scope": {"content": "# Scope\n\n- shop\n- payments\n"}},
}

short = st.one_of(
    st.sampled_from(["a", "b c", "設計", "x -> y", "(none)", "true"]), st.text('ab"', min_size=1, max_size=4)
)
plain = st.sampled_from(["a", "b c", "設計", "(none)", "true"])
prose = st.one_of(
    st.builds(lambda at, word: PROSE[:at] + word + PROSE[at:], st.integers(0, len(PROSE)), st.sampled_from("ab")),
    st.lists(st.sampled_from(["Line one", "Line two", "Line 3", "- x"]), min_size=1, max_size=5).map("\n".join),
)
person = st.fixed_dictionaries(
    {
        "user": st.sampled_from(["bob@test.tmi", "eve@test.tmi", "joe@test.tmi"]),
        "role": st.sampled_from(["reader", "writer"]),
    }
)
#: Where the definition is edited -> what is written there; None takes the entry out of it.
EDITS: dict[tuple[str, ...], Any] = {
    ("name",): st.just("Shop"),
    ("description",): prose,
    ("metadata", "team"): plain,
    ("access",): st.lists(person, max_size=3, unique_by=lambda row: row["user"]),
    ("documents", "adr", "description"): prose,
    ("documents", "new"): st.builds(lambda text: {"uri": "https://wiki.example.com/" + text}, st.sampled_from("ab")),
    ("documents", "adr"): st.none(),
    ("repositories", "code", "ref"): st.fixed_dictionaries({"branch": st.sampled_from(["dev", "main"])}),
    ("diagrams", "main", "description"): short,
    ("diagrams", "main", "nodes", "web", "label"): short,
    ("diagrams", "main", "nodes", "web", "x"): st.integers(0, 9).map(lambda x: x * 100),
    ("diagrams", "main", "nodes", "web", "metadata"): st.fixed_dictionaries({"note": st.one_of(plain, prose)}),
    ("diagrams", "main", "nodes", "cache"): st.fixed_dictionaries(
        {"label": short, "type": st.sampled_from(["store", "process"])}, optional={"in": st.just("core")}
    ),
    ("diagrams", "main", "nodes", "db", "type"): st.sampled_from(["store", "process"]),
    ("diagrams", "main", "nodes", "db", "in"): st.sampled_from(["core", "dmz"]),
    ("diagrams", "main", "nodes", "db", "raw"): st.builds(
        lambda color: {"attrs": {"body": {"fill": color}}}, st.sampled_from(["#fff", "#000"])
    ),
    ("diagrams", "main", "flows", "query", "label"): st.one_of(short, st.just("SQL over TLS")),
    ("diagrams", "main", "flows", "query", "bidirectional"): st.booleans(),
    ("diagrams", "main", "flows", "back"): st.fixed_dictionaries(
        {"from": st.just("db"), "to": st.just("web")}, optional={"label": short, "to_port": st.just("left")}
    ),
    ("threats", "replay", "severity"): st.sampled_from(["low", "critical"]),
    ("threats", "replay", "at"): st.sampled_from(["main", "main/web", "main/db"]),
    ("threats", "replay", "types"): st.lists(st.sampled_from(["Spoofing", "Tampering"]), min_size=1, unique=True),
    ("threats", "leak", "description"): prose,
    ("threats", "leak", "score"): st.sampled_from([0.0, 1.0, 7.5]),
    ("threats", "leak", "cwe"): st.lists(st.sampled_from(["CWE-1", "CWE-79"]), min_size=1, unique=True),
    ("threats", "flood", "mitigation"): prose,
    ("threats", "flood"): st.none(),
    ("threats", "new"): st.fixed_dictionaries(
        {"severity": st.sampled_from(["low", "high"])}, optional={"at": st.just("main/web")}
    ),
}
EDITS_V1: dict[tuple[str, ...], Any] = {
    ("assets", "cards", "criticality"): plain,
    ("assets", "cards", "classification"): st.lists(st.sampled_from(["pci", "pii"]), min_size=1, unique=True),
    ("assets", "new"): st.fixed_dictionaries({"type": st.sampled_from(["data", "service"])}),
    ("notes", "scope", "content"): prose,
    ("threats", "replay", "asset"): st.sampled_from(["cards", "keys"]),
    ("diagrams", "main", "nodes", "db", "assets"): st.lists(
        st.sampled_from(["cards", "keys"]), max_size=2, unique=True
    ),
}
EDITS.update(EDITS_V1)
edits = st.lists(
    st.one_of([st.tuples(st.just(place), values) for place, values in EDITS.items()]), min_size=1, max_size=4
)


def edited(changes: Any, shop: dict[str, Any] | None = None) -> dict[str, Any]:
    base = SHOP if shop is None else shop
    found = copy.deepcopy(base)
    for place, value in changes:
        if base is SHOP and place in EDITS_V1:
            continue
        holder: Any = found
        for part in place[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if isinstance(holder, dict):
            holder.pop(place[-1], None)
            if value is not None:
                holder[place[-1]] = value
    return found


def planned(server: FakeServer, definition: dict[str, Any]) -> Outcome:
    return Run(server, compile_definition(document(definition, "shop.yml")), POLICY, "rest").plan()


def server_with(definition: dict[str, Any]) -> FakeServer:
    made = FakeV1() if definition is SHOP_V1 else FakeServer()
    Run(made, compile_definition(document(definition, "shop.yml")), POLICY, "rest").apply()
    return made


@pytest.fixture(scope="module")
def server() -> FakeServer:
    return server_with(SHOP)


@pytest.fixture(scope="module", params=[SHOP, SHOP_V1], ids=["v0", "v1"])
def estate(request: pytest.FixtureRequest) -> tuple[FakeServer, dict[str, Any]]:
    """A server with a model, and the definition of the model."""
    return server_with(request.param), request.param


def shown(outcome: Outcome) -> str:
    return "\n".join(plan_text.tree("Shop", report.entries(outcome.plan)))


def data(outcome: Outcome) -> list[dict[str, Any]]:
    """Return a plan as data; of a new object, which is one line of text, without what the line does not show."""
    found = report.entries(outcome.plan)
    return [
        {n: v for n, v in entry.items() if entry["action"] != "create" or n not in ("fields", "cell_changes")}
        for entry in found
    ]


@settings(max_examples=200)
@given(edits, edits)
def test_two_plans_that_print_the_same_are_the_same(estate: Any, one: Any, other: Any) -> None:
    server, base = estate
    plans = [planned(server, edited(changes, base)) for changes in (one, other)]
    assert (shown(plans[0]) == shown(plans[1])) == (data(plans[0]) == data(plans[1]))


@settings(max_examples=100)
@given(edits)
def test_every_change_is_in_data_and_text(estate: Any, changes: Any) -> None:
    server, base = estate
    outcome = planned(server, edited(changes, base))
    entries = report.entries(outcome.plan)
    assert [tuple(entry["path"]) for entry in entries] == [c.path for c in outcome.plan.changes if c.changed]
    lines = shown(outcome).split("\n")
    for change, entry in zip((c for c in outcome.plan.changes if c.changed), entries, strict=True):
        assert any(change.path[-1] in line for line in lines)
        told = [cell for cell in change.cells.changes if cell.fields or cell.action != "update"] if change.cells else []
        assert len(entry.get("cell_changes", ())) == len(told)
    jsonschema.validate(json.loads(json.dumps(entries)), json.loads(SCHEMA.read_text("utf-8")))


def test_a_new_model_is_a_line_for_each_object() -> None:
    outcome = planned(FakeServer(), SHOP)
    assert shown(outcome).split("\n") == [
        '+ threat model "Shop" (owner alice@test.tmi, 3 access rows)',
        "      [access] authorization: + alice@test.tmi owner",
        "      [access] authorization: + bob@test.tmi writer",
        "      [access] authorization: + eve@test.tmi reader",
        '    + source "code" (https://git.example.com/shop)',
        '    + document "adr" (https://wiki.example.com/adr)',
        '    + diagram "main" (2 boundaries, 2 nodes, 1 flow)',
        '    + threat "replay" (high, open, main/query)',
        '    + threat "leak" (unknown, open, main/db)',
        '    + threat "flood" (unknown, open)',
    ]
    entries = report.entries(outcome.plan, with_new=False)
    assert [sorted(entry.get("fields", ())) for entry in entries if "fields" in entry] == [["authorization", "owner"]]
    assert not any("cell_changes" in entry for entry in entries)
    assert "ansible_" not in json.dumps(report.entries(outcome.plan))


def test_changes_of_all_kinds(server: FakeServer) -> None:
    definition = edited(
        [
            (("description",), PROSE + "Default allow."),
            (("access",), [{"user": "bob@test.tmi", "role": "reader"}, {"user": "joe@test.tmi", "role": "writer"}]),
            (("diagrams", "main", "nodes", "cache"), {"label": "Cache", "in": "core", "type": "store"}),
            (("diagrams", "main", "flows", "query", "label"), "SQL over TLS"),
            (("diagrams", "main", "nodes", "web", "x"), 900),
            (("threats", "replay", "severity"), "critical"),
            (("threats", "leak", "description"), "Line one\nLine 2\nLine three"),
            (("threats", "flood"), None),
        ]
    )
    assert shown(planned(server, definition)).split("\n") == [
        '~ threat model "Shop"',
        "      [access] authorization: bob@test.tmi writer -> reader",
        "      [access] authorization: + joe@test.tmi writer",
        '      description: …"end at the proxy. Default deny." -> …"end at the proxy. Default allow."',
        '    ~ diagram "main"',
        '          + node cache "Cache" in core (store)',
        '          ~ flow query label SQL -> "SQL over TLS"',
        "          ~ moved: core height 170 -> 310; web x 100 -> 900",
        '    ~ threat "replay" (main/query)',
        "          severity: high -> critical",
        '    ~ threat "leak" (main/db)',
        "          description:",
        "            @@ line 1 @@",
        "              Line one",
        "            - Line two",
        "            + Line 2",
        "              Line three",
        '    - threat "flood" (unknown, open, pruned)',
    ]


def test_objects_that_only_ids_tell_apart_show_them() -> None:
    server = FakeServer()
    run = Run(server, compile_definition(document(SHOP, "shop.yml")), POLICY, "rest")
    run.apply()
    twin = copy.deepcopy(next(o for o in server.objects.values() if o["wire"].get("name") == "adr"))
    twin["id"] = next(server.ids)
    server.objects[twin["id"]] = twin
    policy = Policy("metadata", "", prune={"documents": "all"}, register=True)
    definition = {**SHOP, "documents": {}}
    outcome = Run(server, compile_definition(document(definition, "shop.yml")), policy, "rest").plan()
    gone = [entry for entry in report.entries(outcome.plan) if entry["action"] == "delete"]
    assert len(gone) == 2
    lines = plan_text.tree("Shop", gone)
    assert [entry["id"] in line for entry, line in zip(gone, lines[1:], strict=True)] == [True, True]


def without_keys(server: FakeServer) -> None:
    """Make all cells those of a person who gives them the same label."""
    for found in server.objects.values():
        found["cells"] = [replace(cell, metadata={}, label="Box") for cell in found["cells"]]


def test_a_threat_that_moves_between_cells_of_one_name_shows_both() -> None:
    boxes = {"nodes": {"web": {}, "db": {}}}
    shop = {"tmi_definition": 1, "key": "shop", "name": "Shop", "diagrams": {"main": boxes, "other": boxes}}
    server = server_with({**shop, "threats": {"flood": {"at": "main/web"}}})
    moved = {**shop, "threats": {"flood": {"at": "other/web"}}}
    assert shown(planned(server, moved)).split("\n")[-2:] == [
        "          cell: main/web -> other/web",
        "          diagram: main -> other",
    ]
    without_keys(server)
    cells = [cell.id for found in server.objects.values() for cell in found["cells"]]
    shop["diagrams"] = {"main": {}, "other": {}}
    plans = [planned(server, {**shop, "threats": {"flood": {"at": "main/" + cell}}}) for cell in cells[:2]]
    lines = [line for plan in plans for line in shown(plan).split("\n") if "cell:" in line]
    assert lines == ['          cell: "Box (%s)" -> "Box (%s)"' % (cells[0], cells[1])]
    assert [entry["at"] for entry in data(plans[1])] == ["main/Box (%s)" % cells[0]]


def test_assets_of_one_name_are_distinguished() -> None:
    server = server_with(SHOP_V1)
    card = next(found for found in server.objects.values() if found["wire"].get("name") == "Card data")
    twin = {**card, "id": next(server.ids), "wire": dict(card["wire"])}
    server.objects[twin["id"]] = twin
    definition = copy.deepcopy({name: part for name, part in SHOP_V1.items() if name != "assets"})
    definition["diagrams"]["main"]["nodes"]["db"]["assets"] = [twin["id"]]
    names = ["Card data (%s)" % found["id"] for found in (card, twin)]
    definition["threats"]["replay"]["asset"] = twin["id"]
    plan = planned(server, definition)
    change = next(cell for entry in data(plan) for cell in entry.get("cell_changes", ()))
    assert change["fields"]["assets"]["after"] == [names[1]]
    assert '    asset: (none) -> "%s"' % names[1] in shown(plan)


def test_places_whose_names_have_a_slash_are_in_quotes() -> None:
    diagrams = {"a": {"nodes": {"b": {}}}, "ab": {"name": "a/b"}}
    shop = {"tmi_definition": 1, "key": "shop", "name": "Shop", "diagrams": diagrams}
    threats = {"one": {"name": "X", "at": "a/b"}, "two": {"name": "X", "diagram": "ab"}}
    server = server_with({**shop, "threats": threats})
    gone = [planned(server, {**shop, "threats": {key: threats[key]}}) for key in threats]
    assert [data(plan)[0]["at"] for plan in gone] == ['"a/b"', "a/b"]
    assert shown(gone[0]) != shown(gone[1])


def test_a_change_of_an_origin_is_shown(server: FakeServer) -> None:
    definition = edited([(("origin",), "td:1"), (("threats", "flood", "origin"), "td:2")])
    assert shown(planned(server, definition)).split("\n") == [
        '~ threat model "Shop" (its origin)',
        '      origin: (none) -> "td:1"',
        '    ~ threat "flood" (its origin)',
        '          origin: (none) -> "td:2"',
    ]


def test_a_label_of_several_lines_is_one_change() -> None:
    changes = [(("diagrams", "main", "nodes", "web", "label"), "a\n\nb: c")]
    server = server_with(edited(changes))
    definition = edited([(("diagrams", "main", "nodes", "web", "label"), "a\n\nb: d")])
    assert shown(planned(server, definition)).split("\n")[2:] == [
        "          ~ node web label:",
        "            @@ line 2 @@",
        "",
        "            - b: c",
        "            + b: d",
    ]


def test_texts_of_people_cannot_steer_a_terminal_or_add_lines() -> None:
    entry = {
        "action": "create",
        "kind": "document",
        "path": ["A", "b\x1b[2J"],
        "details": ["x, pruned", "\u202ey\n- z"],
    }
    lines = plan_text.tree("A", [entry], warnings=["one\x1b[2J\ntwo"], notes=["n\u200b"])
    assert lines[1:] == [
        '    + document "b\\u001b[2J" ("x, pruned", "\\u202ey\\n- z")',
        "    ! one\\u001b[2J",
        "      two",
        "    # n\\u200b",
    ]


@pytest.mark.parametrize(
    ("numbers", "more", "line"),
    [
        ([(3, 0, 1, 0)], {}, "Plan: 3 to create, 1 to change, 0 to remove, in 1 model"),
        ([(3, 0, 1, 0), (0, 0, 0, 0)], {}, "Plan: 3 to create, 1 to change, 0 to remove, in 1 of 2 models"),
        ([(3, 1, 1, 2)] * 2, {"done": True}, "Done: 6 created, 2 restored, 2 changed, 4 removed, in 2 models"),
        (
            [(1, 0, 0, 0)],
            {"access": 1, "warnings": 2, "failed": 1},
            "Plan: 1 to create, 0 to change, 0 to remove, in 1 model; access changes in 1 model; 2 warnings; "
            "1 model failed",
        ),
    ],
)
def test_the_last_line(numbers: Any, more: Any, line: str) -> None:
    names = ("created", "restored", "updated", "deleted")
    assert plan_text.summary([dict(zip(names, number, strict=True)) for number in numbers], **more) == line
