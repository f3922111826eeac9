# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exported cells: an apply creates the same cells, also with members for which the format has no field."""

from __future__ import annotations

import copy
import math
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0 import cells as v0_cells
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import cells as v1_cells
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan, is_reported
from ansible_collections.tmi.tmi.plugins.module_utils._cells.editor import chosen_members
from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.cell_keys import is_ours
from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.cells import CellOptions, export_cells
from ansible_collections.tmi.tmi.plugins.module_utils._definition.export.keys import ExportLosses, slug, unique_key
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells

GENERATIONS = {"v0": v0_cells, "v1": v1_cells}
Wire = dict[str, Any]

labels = st.sampled_from(["", "Web", "web", "Größe", "数据", "on", "a -> b: c", "42"])
numbers = st.integers(0, 900) | st.sampled_from([10.5, 333.25])
sizes = st.integers(40, 300)
metadata = st.dictionaries(st.sampled_from(["team", "tier"]), st.sampled_from(["a", "1"]), max_size=2)
keys = st.none() | st.sampled_from(["api", "db", "edge", "a->b", "x <-> y: z", "off"])
free = st.fixed_dictionaries(
    {}, optional={"note": st.just({"deep": [1, {"er": True}]}), "_layoutLocked": st.just(True)}
)
strokes = st.fixed_dictionaries({}, optional={"stroke": st.sampled_from(["#ff0000", "red"]), "strokeWidth": st.just(2)})
markers = st.sampled_from([{"name": "block"}, {"name": "classic", "size": 8}])
ports = st.none() | st.sampled_from(["top", "right", "port-9"])
routers = st.none() | st.sampled_from(["manhattan", "normal", {"name": "orth"}, {"name": "er", "args": {"offset": 24}}])
points = st.fixed_dictionaries({"x": numbers, "y": numbers})
extra_label = st.fixed_dictionaries(
    {
        "attrs": st.just({"text": {"text": "second", "fill": "red"}}),
        "position": st.just({"distance": 0.2, "offset": 10}),
    }
)


@st.composite
def diagrams(draw: st.DrawFn) -> list[Wire]:
    """Cells in wire form: boundaries in each other, nodes, flows between all of them; all of it valid for v0 and v1."""
    ids = iter([str(uuid.UUID(int=n, version=draw(st.sampled_from([4, 5])))) for n in range(1, 40)])
    boundaries: list[str] = []
    boxes: list[Wire] = []
    for shape in ["security-boundary"] * draw(st.integers(0, 3)) + draw(
        st.lists(st.sampled_from(["actor", "process", "store", "text-box"]), min_size=1, max_size=4)
    ):
        cell = _box(draw, next(ids), shape, boundaries)
        boxes.append(cell)
        if shape == "security-boundary":
            boundaries.append(cell["id"])
    ends = [box["id"] for box in boxes]
    flows = [_flow(draw, next(ids), ends) for _number in range(draw(st.integers(0, 4)))]
    return list(draw(st.permutations([*boxes, *flows])))


def _data(draw: st.DrawFn) -> Wire:
    entries = draw(metadata)
    key = draw(keys)
    rows = [{"key": k, "value": v} for k, v in entries.items()]
    rows += [{"key": "ansible_key", "value": key}] if key else []
    return {**draw(free), "_metadata": rows}


def _box(draw: st.DrawFn, cell_id: str, shape: str, boundaries: Sequence[str]) -> Wire:
    cell: Wire = {
        "id": cell_id,
        "shape": shape,
        "position": {"x": draw(numbers), "y": draw(numbers)},
        "size": {"width": draw(sizes), "height": draw(sizes)},
        "attrs": {"text": {"text": draw(labels)}},
        "data": _data(draw),
    }
    body = draw(strokes)
    if body:
        cell["attrs"]["body"] = body
    if boundaries and draw(st.booleans()):
        cell["parent"] = draw(st.sampled_from(boundaries))
    if draw(st.booleans()):
        cell["ports"] = {"groups": {"top": {"position": "top"}}, "items": [{"id": "top", "group": "top"}]}
    if draw(st.booleans()):
        cell["zIndex"] = draw(st.integers(1, 9))
    return cell


def _flow(draw: st.DrawFn, cell_id: str, ends: Sequence[str]) -> Wire:
    cell: Wire = {"id": cell_id, "shape": "flow", "data": _data(draw)}
    for name in ("source", "target"):
        cell[name] = {"cell": draw(st.sampled_from(ends))}
        port = draw(ports)
        if port:
            cell[name]["port"] = port
    label, others = draw(labels), draw(st.lists(extra_label, max_size=1))
    if label:
        cell["labels"] = [{"position": 0.5, "attrs": {"text": {"text": label}}}, *others]
    line = draw(strokes)
    if draw(st.booleans()):
        line["sourceMarker"] = draw(markers)
    if line:
        cell["attrs"] = {"line": line}
    router = draw(routers)
    if router:
        cell["router"] = router
    course = draw(st.lists(points, max_size=2))
    if course:
        cell["vertices"] = course
    if draw(st.booleans()):
        cell["connector"] = "smooth"
    return cell


def exported(cells: Sequence[Cell], **options: Any) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, str]]:
    lost = ExportLosses()
    found = export_cells(cells, CellOptions(**options), "diagrams.main", lost)
    return found.members, lost.rows, found.keys


def planned(members: Mapping[str, Any], actual: Sequence[Cell] = ()) -> CellPlan:
    return plan_cells(compile_diagram(members, "shop", "main"), actual)


def looks(wire: Wire, names: Mapping[str, str]) -> Wire:
    """A cell of the wire without what may differ on another server: ids, forms and fractions of geometry, defaults."""
    cell = copy.deepcopy(wire)
    name = names[cell.pop("id")]
    for flat, (outer, inner) in {
        "x": ("position", "x"),
        "y": ("position", "y"),
        "width": ("size", "width"),
        "height": ("size", "height"),
    }.items():
        if flat in cell:
            cell.setdefault(outer, {})[inner] = cell.pop(flat)
    for box in (cell.get("position", {}), cell.get("size", {})):
        box.update({side: math.floor(pixels + 0.5) for side, pixels in box.items()})
    if cell.get("parent"):
        cell["parent"] = names[cell["parent"]]
    rows = cell.get("data", {}).get("_metadata", [])
    entries = {row["key"]: row["value"] for row in rows if not row["key"].startswith("ansible_")}
    if cell["shape"] in ("edge", "flow"):
        # A new flow has marks for what the editor drops, and its label arrows.
        found = v0_cells.cell_from_wire(wire)
        cell = {**cell, "both": found.bidirectional, "router": cell.get("router", found.router)}
        for label in cell.get("labels", ())[:1]:
            label["attrs"]["text"]["text"] = found.label
        cell["labels"] = [label for label in cell.get("labels", ()) if label["attrs"]["text"]["text"]]
    chosen = chosen_members(v0_cells.cell_from_wire(cell))
    cell.update({name: chosen.get(name, {}) for name in ("attrs", "connector", "ports")})
    for end in ("source", "target"):
        if end in cell:
            cell[end]["cell"] = names[cell[end]["cell"]]
    if isinstance(cell.get("router"), str):
        cell["router"] = {"name": cell["router"]}
    cell["shape"] = "flow" if cell["shape"] == "edge" else cell["shape"]
    if cell["shape"] != "flow":
        # A new box without a label has the name of its shape as its text, and a mark.
        cell.setdefault("attrs", {}).setdefault("text", {})["text"] = v0_cells.cell_from_wire(wire).label
    data = cell.pop("data", {})
    for own in ("_metadata", "customStyles"):
        data.pop(own, None)
    cell["metadata"] = entries
    defaults = {"angle": 0, "visible": True, "zIndex": 1}
    return {
        "name": name,
        "data": data,
        **{k: v for k, v in cell.items() if v != defaults.get(k) and v not in ({}, [], None)},
    }


def by_name(cells: Sequence[Wire], names: Mapping[str, str]) -> list[Wire]:
    return sorted((looks(cell, names) for cell in cells), key=lambda cell: str(cell["name"]))


@pytest.mark.parametrize("generation", GENERATIONS)
@settings(max_examples=150)
@given(diagrams())
def test_cells_that_are_made_again_are_the_same(generation: str, wire: list[Wire]) -> None:
    form = GENERATIONS[generation]
    members, lost, names = exported(form.cells_from_wire(wire))
    made = planned(members)
    again = [form.cell_to_wire(cell) for cell in made.cells]
    assert lost == []
    assert by_name(again, {made.ids[key]: key for key in made.ids}) == by_name(
        [form.cell_to_wire(cell) for cell in form.cells_from_wire(wire)], names
    )
    assert exported(form.cells_from_wire(again))[0] == members


@pytest.mark.parametrize("generation", GENERATIONS)
@settings(max_examples=150)
@given(diagrams())
def test_the_same_diagram_stays_as_it_is(generation: str, wire: list[Wire]) -> None:
    cells = GENERATIONS[generation].cells_from_wire(wire)
    members = exported(cells)[0]
    taken = planned(members, cells)
    # A cell with an id as we make them, and without our key, may have lost it: it gets it back.
    assert {change.fields for change in taken.changes if is_ours(change.cell.id)} <= {("metadata",), ()}
    assert [change for change in taken.changes if is_reported(change) and not is_ours(change.cell.id)] == []
    assert planned(members, taken.cells).changes == ()
    assert exported(taken.cells)[0] == members


@settings(max_examples=100)
@given(diagrams(), st.randoms(use_true_random=False))
def test_the_order_of_a_server_does_not_matter(wire: list[Wire], chance: Any) -> None:
    shuffled = list(wire)
    chance.shuffle(shuffled)
    one, other = (exported(v1_cells.cells_from_wire(cells))[0] for cells in (wire, shuffled))
    assert one == other
    assert list(one.get("nodes", {})) == list(other.get("nodes", {}))


def node(number: int, label: str = "Web", shape: str = "process", **more: Any) -> Wire:
    return {
        "id": str(uuid.UUID(int=number, version=4)),
        "shape": shape,
        "x": 10,
        "y": 10,
        "width": 100,
        "height": 60,
        "attrs": {"text": {"text": label}},
        **more,
    }


def flow(number: int, source: Wire, target: Wire, **more: Any) -> Wire:
    ends = {"source": {"cell": source["id"]}, "target": {"cell": target["id"]}}
    return {"id": str(uuid.UUID(int=number, version=4)), "shape": "flow", **ends, **more}


def lost_of(*wire: Wire, **options: Any) -> list[tuple[str, Any]]:
    return [(row["path"], row["value"]) for row in exported(v0_cells.cells_from_wire(wire), **options)[1]]


def test_readable_keys_come_from_labels() -> None:
    web, database = node(1, "Größe & Web"), node(2, "数据", "store")
    members, lost, _keys = exported(v1_cells.cells_from_wire([web, database, flow(3, web, database)]))
    assert list(members["nodes"]) == ["grosse-web", "数据"]
    assert list(members["flows"]) == ["grosse-web->数据"]
    assert members["flows"]["grosse-web->数据"] == {
        "from": "grosse-web",
        "to": "数据",
        "id": flow(3, web, database)["id"],
    }
    assert lost == []


def test_cells_that_look_alike_have_their_ids_for_keys() -> None:
    members = exported(v1_cells.cells_from_wire([node(1), node(2), node(3, "Web", "store")]))[0]
    assert list(members["nodes"]) == [node(1)["id"], node(2)["id"], "web"]


def test_a_copy_does_not_take_the_key_of_the_original() -> None:
    data = {"data": {"_metadata": [{"key": "ansible_key", "value": "api"}]}}
    original = {**node(2, **data), "id": str(uuid.UUID(int=2, version=5))}
    copied = node(1, **data)
    keys_found = exported(v1_cells.cells_from_wire([copied, original]))[2]
    assert keys_found == {original["id"]: "api", copied["id"]: copied["id"]}


def test_what_is_no_cell_of_the_format_is_lost_with_its_flows() -> None:
    cloud, web = node(1, shape="cloud"), node(2)
    end = flow(3, web, cloud)
    assert [path for path, _value in lost_of(cloud, web, end)] == [
        "diagrams.main.cells.%s" % cloud["id"],
        "diagrams.main.flows.%s" % end["id"],
    ]


def test_a_node_in_a_node_is_exported_without_its_parent() -> None:
    outer, inner = node(1, "Outer"), node(2, "Inner", parent=node(1)["id"])
    assert lost_of(outer, inner) == [("diagrams.main.nodes.inner.in", outer["id"])]


def test_the_size_of_a_cell_that_no_server_makes_is_lost() -> None:
    small = {**node(1), "width": 10}
    assert lost_of(small) == [("diagrams.main.layout.positions.web", {"width": 10, "height": 60})]


def test_assets_are_exported_by_key_and_unknown_ones_lost() -> None:
    web = node(1, data={"data_assets": ["a1", "a2"]})
    cells = v0_cells.cells_from_wire([web])
    members, lost, _keys = exported(cells, assets={"a1": "cards"})
    assert members["nodes"]["web"]["assets"] == ["cards"]
    assert [(row["path"], row["value"]) for row in lost] == [("diagrams.main.nodes.web.assets", ["a2"])]


def test_of_metadata_entries_with_one_key_only_the_last_is_exported() -> None:
    rows = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}, {"key": "b", "value": ""}]
    paths = [path for path, _value in lost_of(node(1, data={"_metadata": rows}))]
    assert paths == ["diagrams.main.nodes.web.metadata.b", "diagrams.main.nodes.web.metadata"]


def test_layout_and_raw_can_be_left_out() -> None:
    web, database = node(1, zIndex=7), node(2, "DB", "store")
    cells = v0_cells.cells_from_wire([web, database, flow(3, web, database, vertices=[{"x": 1, "y": 2}])])
    cells = [replace(cell, id=str(uuid.uuid5(uuid.NAMESPACE_DNS, cell.id))) for cell in cells if not cell.is_flow]
    web_id, db_id = (cell.id for cell in cells)
    cells.append(Cell(str(uuid.uuid5(uuid.NAMESPACE_DNS, "f")), "flow", source=web_id, target=db_id))
    assert exported(cells, layout=False, raw=False)[0] == {
        "nodes": {"db": {"type": "store", "label": "DB"}, "web": {"type": "process", "label": "Web"}},
        "flows": {"web->db": {"from": "web", "to": "db"}},
    }


def test_waypoints_with_other_members_stay_raw() -> None:
    web, database = node(1), node(2, "DB", "store")
    course = [{"x": 1, "y": 2, "curve": True}]
    members = exported(v0_cells.cells_from_wire([web, database, flow(3, web, database, vertices=course)]))[0]
    assert members["flows"]["web->db"]["raw"] == {"vertices": course}


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Größe", "grosse"),
        ("A/B: c", "a-b-c"),
        ("snake_case", "snake_case"),
        ("数据 库", "数据-库"),
        ("Ключи и 鍵", "ключи-и-鍵"),
        ("データ", "データ"),
        ("सेवा (२)", "सेवा-२"),
        ("الخزنة!", "الخزنة"),
        ("ﬁle №7", "file-no7"),
        ("a\u0301 b\u200bc", "a-b-c"),
        ("🚀", "thing"),
        ("--", "thing"),
    ],
)
def test_slugs(text: str, key: str) -> None:
    assert slug(text, "thing") == key


def test_slugs_leave_room_for_a_number() -> None:
    assert len(unique_key(slug("x" * 300, "thing"), {"x" * 60})) <= 64
    assert unique_key("a", {"a", "a-2"}, lambda key: key == "a-3") == "a-4"
