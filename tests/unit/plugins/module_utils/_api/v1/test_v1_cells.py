# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""API v1: cells keep the form they have, and nothing is written that the schema of PUT refuses."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.cells import (
    cell_from_wire,
    cell_problems,
    cell_to_wire,
    cells_from_wire,
)
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import BOUNDARY, FLOW, NODE_SHAPES, Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells

A, B, E, Z = ("%08d-1111-4111-8111-111111111111" % n for n in range(4))

#: Cells as TMI 1.8.22 returns them: after a PUT, after a PATCH, and from a session.
ANSWERS: list[dict[str, Any]] = [
    {
        "angle": 0,
        "attrs": {"text": {"text": "Customer"}},
        "data": {"_metadata": [], "security_boundary": False},
        "height": 60,
        "id": A,
        "parent": None,
        "shape": "actor",
        "width": 120,
        "x": 40,
        "y": 50,
    },
    {
        "angle": 0,
        "attrs": {"body": {"fill": "#ffffff", "stroke": "#333333", "strokeWidth": 2}, "text": {"text": "Shop"}},
        "data": {"_metadata": [{"key": "pii", "value": "yes"}], "note": "free", "security_boundary": True},
        "height": 60,
        "id": B,
        "parent": Z,
        "shape": "process",
        "width": 120,
        "x": 440.5,
        "y": 50.25,
    },
    {
        "angle": 0,
        "data": {"_metadata": [], "security_boundary": False, "data_assets": [A], "_arch": {"icon": "aws/lambda"}},
        "height": 300,
        "id": Z,
        "parent": None,
        "shape": "security-boundary",
        "width": 600,
        "x": 0,
        "y": 0,
    },
    {
        "attrs": {"line": {"stroke": "#000000", "strokeWidth": 1, "targetMarker": {"name": "classic", "size": 8}}},
        "connector": "smooth",
        "data": {"_metadata": [], "security_boundary": False},
        "id": E,
        "labels": [{"attrs": {"text": {"text": "orders"}}, "position": {"distance": 0.5, "offset": {"x": 1, "y": 2}}}],
        "router": "orth",
        "shape": "flow",
        "source": {"cell": A, "port": "right"},
        "target": {"cell": B},
        "vertices": [{"x": 200, "y": 80}],
    },
    {"data": {"_metadata": []}, "id": E, "shape": "flow", "source": {"cell": A}, "target": {"cell": B}},
    {
        "id": E,
        "shape": "flow",
        "source": {"cell": A},
        "target": {"cell": B, "port": None},
        "router": {"name": "manhattan", "args": {"padding": 5}},
        "attrs": {"line": {"strokeDasharray": None, "sourceMarker": {"name": "block"}}},
    },
    {"id": A, "shape": "process", "position": {"x": 200, "y": 20}, "size": {"width": 80, "height": 40}, "zIndex": 4},
    {"height": 40, "id": A, "shape": "store", "width": 80, "x": 400, "y": 20},
    {"id": A, "shape": "actor"},
    {"id": A, "shape": "actor", "position": {"x": 1, "y": 1}},
    {"id": A, "shape": "nonsense", "data": {"_metadata": [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}]}},
]


@pytest.mark.parametrize("wire", ANSWERS, ids=lambda wire: json.dumps(wire)[:40])
def test_what_the_server_returned_is_written_back_equal(wire: dict[str, Any]) -> None:
    before = copy.deepcopy(wire)
    assert cell_to_wire(cell_from_wire(wire)) == wire == before


def test_canonical_members() -> None:
    customer, shop, zone, orders = cells_from_wire(ANSWERS[:4])
    assert (customer.shape, customer.label, customer.parent) == ("actor", "Customer", None)
    assert customer.geometry == Box(40, 50, 120, 60)
    assert (shop.parent, shop.metadata, shop.geometry) == (Z, {"pii": "yes"}, Box(440.5, 50.25, 120, 60))
    assert (zone.is_boundary, zone.label) == (True, "")
    assert (orders.shape, orders.label, orders.router, orders.bidirectional) == (FLOW, "orders", "orth", False)
    assert (orders.source, orders.source_port, orders.target, orders.target_port) == (A, "right", B, None)
    routed = cell_from_wire(ANSWERS[5])
    assert (routed.router, routed.bidirectional) == ("manhattan", True)
    assert cell_from_wire(ANSWERS[6]).geometry == Box(200, 20, 80, 40)
    assert cell_from_wire(ANSWERS[9]).geometry is None
    assert cells_from_wire(None) == ()


def test_the_flat_form_counts_where_both_are_there() -> None:
    both = {**ANSWERS[6], "x": 1, "y": 2, "width": 50, "height": 30}
    assert cell_from_wire(both).geometry == Box(1, 2, 50, 30)
    moved = cell_to_wire(replace(cell_from_wire(both), geometry=Box(3, 4, 50, 30)))
    assert (moved["x"], moved["y"], "position" in moved, "size" in moved) == (3, 4, False, False)


@pytest.mark.parametrize(("wire", "nested"), [(ANSWERS[6], True), (ANSWERS[7], False), (ANSWERS[8], False)])
def test_geometry_keeps_its_form(wire: dict[str, Any], nested: bool) -> None:
    moved = cell_to_wire(replace(cell_from_wire(wire), geometry=Box(7, 8.5, 80, 40)))
    if nested:
        assert (moved["position"], moved["size"]) == ({"x": 7, "y": 8.5}, {"width": 80, "height": 40})
    assert ("x" in moved) is not nested
    assert cell_from_wire(moved).geometry == Box(7, 8.5, 80, 40)


def test_a_flow_of_the_other_generation_is_written_as_one_of_this() -> None:
    cell = cell_from_wire({"id": E, "shape": "edge", "source": {"cell": A}, "target": {"cell": B}, "router": "oneSide"})
    assert (cell.shape, cell.router) == (FLOW, "one_side")
    wire = cell_to_wire(cell)
    assert (wire["shape"], wire["router"]) == ("flow", "one_side")


@pytest.mark.parametrize(
    ("wire", "kept"),
    [
        ({"attrs": {"label": {"text": "x"}, "text": {"text": "L", "fontSize": 12, "style": {}}}}, "L"),
        ({"attrs": {"text": {"text": "L", "fontSize": 0, "fill": "Red", "textAnchor": "left"}}}, "L"),
        ({"attrs": {"text": {"text": "L"}, "body": {"strokeDasharray": "5 5", "refWidth": "half"}}}, "L"),
        ({"attrs": None, "angle": "0", "ports": [], "children": None}, ""),
        ({"data": {"security_boundary": "no", "_metadata": None}}, ""),
    ],
)
def test_members_that_put_refuses_are_left_out(wire: dict[str, Any], kept: str) -> None:
    """A session and PATCH store anything (V1-CELLS-ANY); one such member makes every PUT fail."""
    cell = cell_from_wire({**ANSWERS[7], **wire})
    assert cell.label == kept
    written = cell_to_wire(cell)
    assert list(cell_problems(cell)) == []
    attrs = written.get("attrs", {})
    assert attrs.get("text", {}).items() <= {"text": "L", "fontSize": 12}.items()
    assert set(attrs) <= {"text", "body"}
    assert not {"strokeDasharray", "refWidth"} & set(attrs.get("body", {}))
    assert not {"angle", "ports", "children"} & set(written)
    assert written.get("data", {}) == {}


def test_members_of_flows_that_put_refuses_are_left_out() -> None:
    wire = {
        "id": E,
        "shape": "flow",
        "source": {"cell": A, "magnet": "m"},
        "target": {"x": 1, "y": 2},
        "attrs": {"line": {"sourceMarker": "classic", "targetMarker": {"name": "ellipse", "size": 3}}, "text": {}},
        "labels": [{"attrs": {"text": {"text": "L"}, "rect": {}}, "position": "mid"}, 7],
        "vertices": [{"x": 1, "y": 2, "z": 3}, {"x": 1}],
        "connector": {"name": "jumpover", "args": {"size": 5}, "more": 1},
        "router": "spiral",
        "zIndex": 3,
    }
    assert cell_to_wire(cell_from_wire(wire)) == {
        "id": E,
        "shape": "flow",
        "source": {"cell": A},
        "target": {},
        "zIndex": 3,
        "attrs": {"line": {"sourceMarker": {"name": "block"}, "targetMarker": {"size": 3}}},
        "labels": [{"attrs": {"text": {"text": "\u2194 L"}}}],
        "data": {"_metadata": [{"key": "ansible_two_way", "value": "true"}]},
        "vertices": [{"x": 1, "y": 2}],
        "connector": {"name": "jumpover", "args": {"size": 5}},
    }


def test_a_label_in_another_place_is_moved_where_a_put_keeps_it() -> None:
    wire = cell_to_wire(cell_from_wire({**ANSWERS[7], "label": "kept"}))
    assert (wire["attrs"]["text"]["text"], wire["label"]) == ("kept", "kept")


def test_labels_and_metadata_are_changed_alone() -> None:
    orders = cell_to_wire(replace(cell_from_wire(ANSWERS[3]), label="bills", metadata={"a": "b"}, bidirectional=True))
    assert orders["labels"] == [{**ANSWERS[3]["labels"][0], "attrs": {"text": {"text": "\u2194 bills"}}}]
    mark = {"key": "ansible_two_way", "value": "true"}
    assert orders["data"] == {"_metadata": [{"key": "a", "value": "b"}, mark], "security_boundary": False}
    assert orders["attrs"]["line"] == {**ANSWERS[3]["attrs"]["line"], "sourceMarker": {"name": "block"}}
    shop = cell_to_wire(replace(cell_from_wire(ANSWERS[1]), label="", parent=None))
    assert (shop["attrs"]["text"], shop["attrs"]["body"]) == ({"text": "Process"}, ANSWERS[1]["attrs"]["body"])
    assert shop["parent"] is None


words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
cells = st.builds(
    lambda shape, label, bidirectional, metadata, router, parent: Cell(
        A,
        shape,
        label,
        parent=parent if shape != FLOW else None,
        geometry=None if shape == FLOW else Box(4, 5.5, 120, 60),
        source=B if shape == FLOW else None,
        target=Z if shape == FLOW else None,
        source_port="right" if shape == FLOW else None,
        router=router if shape == FLOW else None,
        bidirectional=bidirectional and shape == FLOW,
        metadata=metadata,
    ),
    st.sampled_from((*NODE_SHAPES, BOUNDARY, FLOW)),
    st.one_of(st.just(""), words),
    st.booleans(),
    st.dictionaries(words, words, max_size=2),
    st.sampled_from((None, "orth", "one_side")),
    st.sampled_from((None, Z)),
)


@given(cells, st.sampled_from((None, *ANSWERS)))
def test_cells_go_to_the_wire_and_back(cell: Cell, onto: dict[str, Any] | None) -> None:
    if onto is not None and cell_from_wire(onto).is_flow == cell.is_flow:
        old = cell_from_wire(onto)
        cell = replace(cell, raw=old.raw, target_port=old.target_port, router=cell.router or old.router)
    wire = cell_to_wire(cell)
    back = cell_from_wire(wire)
    assert replace(back, raw={}) == replace(cell, raw={})
    assert cell_to_wire(back) == wire
    kept = ("zIndex", "angle", "vertices", "connector")
    assert wire.items() >= {name: value for name, value in cell.raw.items() if name in kept}.items()


def test_planning_what_was_planned_and_read_changes_nothing() -> None:
    """Also where the server has added its own: a PUT adds ``angle``, ``parent`` and ``data.security_boundary``."""
    options = {
        "boundaries": {"zone": {}},
        "nodes": {
            "a": {"in": "zone", "icon": "aws/amazon-simple-storage-service", "assets": [Z]},
            "b": {"type": "store"},
        },
        "flows": {"a->b": {"from": "a", "to": "b", "router": "oneSide", "bidirectional": True}},
    }
    desired = compile_diagram(options, "M", "D")
    planned = plan_cells(desired, (), "none").cells
    wires = [cell_to_wire(cell) for cell in planned]
    assert all(list(cell_problems(cell)) == [] for cell in planned)
    for wire in wires:
        wire["data"]["security_boundary"] = False
        if wire["shape"] != "flow":
            wire.update(angle=0, parent=wire.get("parent"))
    assert plan_cells(desired, cells_from_wire(json.loads(json.dumps(wires))), "none").changes == ()


@pytest.mark.parametrize(
    ("cell", "places"),
    [
        (Cell(A, "process", "x" * 257), ["label"]),
        (Cell(A, "process", "two\nlines"), ["label"]),
        (Cell(A, FLOW, source_port="p" * 65, target_port="\x01"), ["source_port", "target_port"]),
        (Cell(A, "actor", metadata={"k": "a->b", "a b": "1"}), ["metadata.a b"]),
        (Cell(A, "actor", metadata={"k": ""}), ["metadata.k"]),
        (Cell(A, "actor", metadata={"k": "Vec<int>"}), ["metadata.k"]),
        (Cell(A, "actor", metadata={"k": "on = 1, connection = 2"}), ["metadata.k"]),
        (Cell(A, "actor", metadata={"k": "?a=1&copy=2"}), ["metadata.k"]),
        (Cell(A, "actor", metadata={"k": "a < b, R&D, {x}"}), []),
        (Cell(A, "actor", metadata={"ansible_key": "R&amp;D"}), ["key"]),
        (Cell(A, "actor", metadata={str(n): "v" for n in range(101)}), ["metadata"]),
        (Cell(A, "actor", raw={"attrs": {"label": {"text": "x"}, "body": {"fill": "RED"}}, "zIndex": 1}),
         ["attrs.label", "attrs.body.fill"]),
        (Cell(A, FLOW, raw={"attrs": {"line": {"stroke": "red"}}, "connector": "wavy", "vertices": [{"x": 1}]}),
         ["connector", "vertices"]),
    ],
)  # fmt: skip
def test_what_is_refused_is_reported_before(cell: Cell, places: list[str]) -> None:
    assert [place for place, _problem in cell_problems(cell)] == places
