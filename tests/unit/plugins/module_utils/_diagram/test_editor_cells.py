# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells as TMI's web editor (tmi-ux 1.13.2) saves them after opening and closing a diagram.

``editor_cells`` holds recordings: a definition, the cells that a server of API 1.8 returned after the collection had
written them, and those it returned after the editor had saved the diagram.
"""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0 import cells as v0_cells
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import cells as v1_cells
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.cells import CellOptions, export_cells
from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.keys import ExportLosses
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.cell_changes import cell_changes

RECORDING, UNNAMED = (
    json.loads((Path(__file__).parent / "editor_cells" / name).read_text(encoding="utf-8"))
    for name in ("checkout.json", "unnamed.json")
)
FORMS: dict[str, Any] = {"v0": v0_cells, "v1": v1_cells}
Wire = dict[str, Any]


def read(form: str, name: str, recording: dict[str, Any] = RECORDING) -> tuple[Cell, ...]:
    """Return recorded cells; API 0.x calls a flow an edge."""
    wires = copy.deepcopy(recording[name])
    if form == "v0":
        for wire in wires:
            wire["shape"] = "edge" if wire["shape"] == "flow" else wire["shape"]
    found: tuple[Cell, ...] = FORMS[form].cells_from_wire(wires)
    return found


def exported(cells: tuple[Cell, ...]) -> dict[str, Any]:
    """Return what an export writes; nothing may be lost."""
    lost = ExportLosses()
    members = export_cells(cells, CellOptions(), "diagrams.checkout", lost).members
    assert lost.rows == []
    return members


def wanted(**more: dict[str, Any]) -> dict[str, Any]:
    definition = copy.deepcopy(RECORDING["definition"])
    for section, entries in more.items():
        definition[section].update(entries)
    return definition


def planned(definition: dict[str, Any], cells: tuple[Cell, ...] = ()) -> Any:
    return plan_cells(compile_diagram(definition, "m", "checkout"), cells)


def saved(name: str, recording: dict[str, Any] = RECORDING, **members: Any) -> Wire:
    """Return the recorded cell of a key, with other members."""
    for wire in recording["saved"]:
        if {"key": "ansible_key", "value": name} in wire["data"]["_metadata"]:
            found: Wire = copy.deepcopy(wire)
            found.update(members)
            return found
    raise AssertionError(name)


def raw_of(wire: Wire) -> Any:
    (section,) = (
        entries
        for name, entries in exported(v1_cells.cells_from_wire([wire])).items()
        if name in ("boundaries", "nodes")
    )
    (entry,) = section.values()
    return entry.get("raw")


def test_the_recording_is_of_what_the_collection_writes() -> None:
    written = {cell.id: v1_cells.cell_to_wire(cell) for cell in planned(wanted()).cells}
    for wire in RECORDING["sent"]:
        own = {name: part for name, part in wire.items() if name not in ("angle", "parent")}
        own["data"] = {name: part for name, part in own["data"].items() if name != "security_boundary"}
        written[wire["id"]].pop("parent", None)
        assert written[wire["id"]] == own


@pytest.mark.parametrize("form", FORMS)
def test_opening_and_closing_changes_neither_plan_nor_export(form: str) -> None:
    after = read(form, "saved")
    assert planned(wanted(), after).changes == ()
    assert exported(after) == exported(read(form, "sent"))
    assert planned(exported(after), after).changes == ()


@pytest.mark.parametrize("form", FORMS)
def test_the_export_holds_the_words_of_the_definition(form: str) -> None:
    found = exported(read(form, "saved"))
    entries = {**found["boundaries"], **found["nodes"], **found["flows"]}
    assert [key for key, entry in entries.items() if "raw" in entry or "metadata" in entry] == []
    assert found["nodes"]["api"]["icon"] == "amazon-ec2"
    assert found["nodes"]["tokens"]["icon"]["placement"] == {"vertical": "top", "horizontal": "left"}
    two_way = {key: entry.get("label") for key, entry in found["flows"].items() if entry.get("bidirectional")}
    assert two_way == {"api->tokens": "Card token", "mailer->partner": None}
    assert found["flows"]["report"]["router"] == "orth"


@pytest.mark.parametrize("form", FORMS)
def test_the_next_write_brings_back_what_the_editor_dropped(form: str) -> None:
    more = planned(wanted(nodes={"mailer": {"label": "Mail", "in": "core"}}), read(form, "saved"))
    assert [change.fields for change in more.changes] == [("label",)]
    wires = [FORMS[form].cell_to_wire(cell) for cell in more.cells]
    again = FORMS[form].cells_from_wire(json.loads(json.dumps(wires)))
    assert planned(wanted(nodes={"mailer": {"label": "Mail"}}), again).changes == ()
    (report,) = [wire for wire in wires if wire.get("router")]
    assert report["router"] in ("orth", {"name": "orth"})


@pytest.mark.parametrize("form", FORMS)
def test_a_flow_becomes_one_way_again(form: str) -> None:
    one_way = wanted(flows={"api <-> tokens": {"bidirectional": False, "label": "Card token"}})
    found = planned(one_way, read(form, "saved"))
    assert [change.fields for change in found.changes] == [("bidirectional",)]
    (wire,) = [FORMS[form].cell_to_wire(change.cell) for change in found.changes]
    assert wire["labels"][0]["attrs"]["text"]["text"] == "Card token"
    assert [entry["key"] for entry in wire["data"]["_metadata"]] == ["ansible_key"]
    assert "sourceMarker" not in wire.get("attrs", {}).get("line", {})


def test_a_label_that_a_person_types_without_arrows_is_the_label() -> None:
    typed = saved("api->tokens", labels=[{"attrs": {"text": {"text": "Token"}}, "position": 0.5}])
    cell = v1_cells.cell_from_wire(typed)
    assert (cell.label, cell.bidirectional, cell.metadata) == ("Token", True, {"ansible_key": "api->tokens"})
    assert v1_cells.cell_to_wire(cell) == typed


def test_cells_may_be_declared_as_a_server_returns_them() -> None:
    cells = read("v1", "saved")
    desired = compile_diagram({"cells": RECORDING["saved"]}, "m", "checkout")
    assert plan_cells(desired, cells).changes == ()
    assert {cell.key for cell in desired.cells if cell.bidirectional} == {"api->tokens", "mailer->partner"}
    assert {cell.key: cell.router for cell in desired.cells if cell.router} == {"report": "orth"}


@pytest.mark.parametrize("form", FORMS)
def test_boxes_without_labels_stay_without_labels(form: str) -> None:
    """The editor shows the name of the shape, and saves it as the label; it also rounds places and sizes."""
    after = read(form, "saved", UNNAMED)
    assert {cell.label for cell in after if not cell.is_flow} == {"", "Named"}
    assert planned(UNNAMED["definition"], after).changes == ()
    assert exported(after) == exported(read(form, "sent", UNNAMED))
    assert planned(exported(after), after).changes == ()
    wires = [FORMS[form].cell_to_wire(cell) for cell in after]
    assert FORMS[form].cells_from_wire(wires) == tuple(replace(cell, raw=w) for cell, w in zip(after, wires))


def test_a_box_without_a_label_keeps_its_style() -> None:
    """The editor replaces the styles of a box that has neither label nor fill."""
    for wire in UNNAMED["saved"]:
        if wire["shape"] not in ("flow", "text-box"):
            assert wire["attrs"]["body"]["stroke"] in ("#000000", "#c00000")
    place = saved("zone", UNNAMED)["attrs"]["text"]
    assert (place["refX"], place["textAnchor"], place["textVerticalAnchor"]) == ("5%", "start", "top")


@pytest.mark.parametrize("form", FORMS)
def test_a_box_gets_a_label_and_loses_it(form: str) -> None:
    definition = copy.deepcopy(UNNAMED["definition"])
    actual = read(form, "saved", UNNAMED)
    for label in ("Security Boundary", "Zone", ""):
        definition["boundaries"]["zone"]["label"] = label
        changed = planned(definition, actual)
        assert [change.fields for change in changed.changes] == [("label",)]
        actual = FORMS[form].cells_from_wire([FORMS[form].cell_to_wire(cell) for cell in changed.cells])
        assert planned(definition, actual).changes == ()


def test_an_earlier_box_without_a_label_is_repaired_once() -> None:
    wires = [saved_without_marks(wire) for wire in UNNAMED["saved"]]
    first = planned(UNNAMED["definition"], v1_cells.cells_from_wire(wires))
    assert {change.fields for change in first.changes} == {("label",)}
    after = v1_cells.cells_from_wire([v1_cells.cell_to_wire(cell) for cell in first.cells])
    assert planned(UNNAMED["definition"], after).changes == ()


def saved_without_marks(wire: Wire) -> Wire:
    found = copy.deepcopy(wire)
    rows = found["data"]["_metadata"]
    found["data"]["_metadata"] = [row for row in rows if row["key"] != "ansible_unnamed"]
    return found


def test_cells_without_labels_may_be_declared_as_a_server_returns_them() -> None:
    desired = compile_diagram({"cells": UNNAMED["saved"]}, "m", "checkout")
    assert plan_cells(desired, read("v1", "saved", UNNAMED)).changes == ()


@pytest.mark.parametrize("label", [" ", "\t\n", "\u00a0\u2003"])
def test_white_space_is_no_label(label: str) -> None:
    """The editor leaves out a box with such a label, and its save deletes the box."""
    for definition in ({"nodes": {"a": {"label": label}}}, {"cells": [text_cell(label)]}):
        (cell,) = planned(definition).cells
        assert cell.label == ""
        assert v1_cells.cell_to_wire(cell)["attrs"]["text"]["text"] == "Process"
        (there,) = planned(definition, v1_cells.cells_from_wire([{**text_cell(label), "id": cell.id}])).changes
        assert there.cell.label == ""


def text_cell(label: str) -> Wire:
    return {
        "id": "a",
        "shape": "process",
        "attrs": {"text": {"text": label}},
        "data": {"_metadata": [{"key": "ansible_key", "value": "a"}]},
        "position": {"x": 0, "y": 0},
        "size": {"width": 100, "height": 60},
    }


@pytest.mark.parametrize(("form", "router"), [("v0", {"name": "oneSide"}), ("v1", None)])
def test_the_router_one_side_is_written_as_the_editor_takes_it(form: str, router: Any) -> None:
    """API 1.x takes ``one_side`` only. The editor knows ``oneSide`` only, and its save deletes a flow with another."""
    for cell in planned(UNNAMED["definition"]).cells:
        wire = FORMS[form].cell_to_wire(cell)
        assert wire.get("router") == (router if cell.router else None)
        (again,) = FORMS[form].cells_from_wire([wire])
        assert again.router == cell.router == ("one_side" if cell.key in ("side", "way") else None)


def test_a_flow_of_an_earlier_version_loses_the_router_that_the_editor_fails_on() -> None:
    (side,) = [cell for cell in planned(UNNAMED["definition"]).cells if cell.key == "side"]
    (earlier,) = v1_cells.cells_from_wire([{**v1_cells.cell_to_wire(side), "router": "one_side"}])
    assert earlier.router == "one_side"
    assert "router" not in v1_cells.cell_to_wire(earlier)


def older(wire: Wire) -> Wire:
    """Return a cell as earlier versions wrote it: no marks, arrows, waypoints, placed names or sizes by label."""
    found = copy.deepcopy(wire)
    rows = found["data"]["_metadata"]
    two_way = any(row["key"] == "ansible_two_way" for row in rows)
    found["data"]["_metadata"] = [row for row in rows if row["key"] == "ansible_key"]
    found.pop("vertices", None)
    text = found.get("attrs", {}).get("text", {})
    if text:
        found["attrs"] = {"text": {"text": text["text"]}}
    if two_way:
        found["attrs"] = {"line": {"sourceMarker": {"name": "block"}}}
    for label in found.get("labels", ()):
        label["attrs"]["text"]["text"] = label["attrs"]["text"]["text"].lstrip("\u2194 ")
    found["labels"] = [label for label in found.get("labels", ()) if label["attrs"]["text"]["text"]]
    if found["shape"] in ("actor", "process", "text-box"):
        found["width"], found["height"] = 100, 40
    return found


def test_diagrams_of_earlier_versions_stay_as_they_are() -> None:
    wires = [older(wire) for wire in RECORDING["sent"]]
    cells = v1_cells.cells_from_wire(wires)
    assert planned(wanted(), cells).changes == ()
    assert [v1_cells.cell_to_wire(cell) for cell in cells] == wires
    assert planned(exported(cells), cells).changes == ()


@pytest.mark.parametrize(
    ("members", "raw"),
    [
        ({"data": {"customStyles": True}}, None),
        ({"body": {"fill": "#fff2cc"}}, {"attrs": {"body": {"fill": "#fff2cc"}}}),
        (
            {"body": {"stroke": "#d62728", "strokeWidth": 3}},
            {"attrs": {"body": {"stroke": "#d62728", "strokeWidth": 3}}},
        ),
        ({"body": {"fill": "#FFFFFF", "stroke": "#000"}}, None),
        ({"text": {"fontSize": 20}}, {"attrs": {"text": {"fontSize": 20}}}),
        (
            {"text": {"refX": "95%", "refY": "5%", "textAnchor": "end", "textVerticalAnchor": "top"}},
            {"attrs": {"text": {"refX": "95%", "refY": "5%", "textAnchor": "end", "textVerticalAnchor": "top"}}},
        ),
        ({"data": {"_layoutLocked": True}}, {"data": {"_layoutLocked": True}}),
        ({"data": {"_archAutoFit": {"kind": "container", "width": 9, "height": 9}}}, None),
    ],
)
def test_raw_holds_what_a_person_chose(members: Wire, raw: Any) -> None:
    wire = saved("partner")
    for part in ("body", "text"):
        wire["attrs"][part].update(members.get(part, {}))
    wire["data"].update(members.get("data", {}))
    found = raw_of(wire)
    if raw is not None and "refX" in raw.get("attrs", {}).get("text", {}):
        found["attrs"]["text"].pop("refX2", None)
    assert found == raw


def test_a_label_at_a_port_is_a_choice() -> None:
    wire = saved("partner")
    wire["ports"]["items"][0]["attrs"]["text"]["text"] = "443"
    assert raw_of(wire)["ports"] == wire["ports"]


def test_a_chosen_fill_is_marked_so_that_the_editor_keeps_it() -> None:
    definition = wanted(
        nodes={"partner": {"type": "actor", "label": "Partner", "raw": {"attrs": {"body": {"fill": "#fee"}}}}}
    )
    (partner,) = [cell for cell in planned(definition).cells if cell.key == "partner"]
    assert partner.raw["data"] == {"customStyles": True}
    unmarked = tuple(
        v1_cells.cell_from_wire(
            {**v1_cells.cell_to_wire(cell), "data": {"_metadata": [{"key": "ansible_key", "value": "partner"}]}}
        )
        if cell.key == "partner"
        else cell
        for cell in planned(definition).cells
    )
    assert planned(definition, unmarked).changes == ()


def test_a_plan_does_not_list_the_editors_own_members() -> None:
    for entry in cell_changes(planned(wanted()), {}):
        assert not {"attrs", "connector", "ports"} & set(entry.get("fields", {}))


@pytest.mark.parametrize("attrs", [{"body": {"fill": [1, 2]}}, {"text": {"fill": {}}}])
def test_any_form_of_a_style_may_be_declared(attrs: Any) -> None:
    wanted = {"nodes": {"web": {"raw": {"attrs": attrs}}}}
    plan = plan_cells(compile_diagram(wanted, "shop", "main"), ())
    assert plan_cells(compile_diagram(wanted, "shop", "main"), plan.cells).changes == ()
