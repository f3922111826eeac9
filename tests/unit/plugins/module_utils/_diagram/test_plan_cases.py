# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Matching and planning of declared cells."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import BOUNDARY, KEY, Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan, is_reported
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells
from ansible_collections.tmi.tmi.plugins.module_utils._errors import AmbiguousNameError, InputError, NotFoundError
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._diagram.diagrams import (
    SHOP,
    cell_of,
    changed,
    foreign,
    foreign_flow,
    plan,
    without_marks,
)


def shop(**sections: dict[str, Any]) -> dict[str, Any]:
    """The shop, with entries added or replaced."""
    options = copy.deepcopy(SHOP)
    for section, entries in sections.items():
        options.setdefault(section, {}).update(entries)
    return options


def fields(found: CellPlan) -> dict[str, tuple[str, ...]]:
    """Key or label -> fields of all updates, or the action."""
    return {
        change.cell.key or change.cell.label: change.fields if change.action == "update" else (change.action,)
        for change in found.changes
    }


def test_a_new_diagram() -> None:
    found = plan(SHOP)
    assert [change.cell.key for change in found.changes] == [
        *("internet", "core", "vault"),
        *("browser", "web", "api", "tokens"),
        *("order", "call", "keep"),
    ]
    assert cell_of(found.cells, "tokens").parent == cell_of(found.cells, "vault").id == found.ids["vault"]
    assert plan({"nodes": {"web": {}}, "flows": {"self": {"from": "web", "to": "web"}}}).cells[0].label == "web"
    assert plan({"nodes": {"web": {}}}).cells[0].shape == "process"
    assert plan({"nodes": {"web": {}}, "flows": {"self": {"from": "web", "to": "web"}}}).cells[1].label == ""


def test_only_declared_fields_change() -> None:
    before = plan(SHOP).cells
    assert fields(plan(shop(nodes={"web": {"type": "store", "label": "Shop", "in": "vault"}}), before)) == {
        "web": ("type", "label", "in", "x", "y"),
        "vault": ("height",),
        "core": ("height",),
    }
    assert fields(plan(shop(nodes={"web": {}}), changed(before, "web", label="Renamed by hand"))) == {}
    edited = changed(before, "call", bidirectional=True, router="orth", source_port="top")
    assert plan(SHOP, edited).changes == ()
    assert fields(plan(shop(flows={"call": {"from": "web", "to": "api", "bidirectional": False}}), edited)) == {
        "call": ("bidirectional",)
    }


def test_a_concurrent_edit_of_a_declared_field_is_undone() -> None:
    edited = changed(plan(SHOP).cells, "web", label="Webby", metadata={KEY: "web", "theirs": "1"})
    found = plan(shop(nodes={"web": {"label": "Web", "metadata": {"ours": "2"}}}), edited)
    assert fields(found) == {"web": ("label", "metadata")}
    assert cell_of(found.cells, "web").metadata == {KEY: "web", "theirs": "1", "ours": "2"}
    found = plan(shop(nodes={"web": {"metadata": {"theirs": ""}}}), edited)
    assert cell_of(found.cells, "web").metadata == {KEY: "web"}


def test_a_flow_can_be_led_elsewhere() -> None:
    before = plan(SHOP).cells
    before = changed(before, "order", raw={"vertices": [{"x": 1, "y": 2}], "zIndex": 7})
    found = plan(shop(flows={"order": {"from": "browser", "to": "api", "label": "Order"}}), before)
    assert "to" in fields(found)["order"]
    assert "vertices" in fields(found)["order"]
    assert cell_of(found.cells, "order").raw == {"zIndex": 7}
    assert cell_of(found.cells, "order").id == cell_of(before, "order").id


def test_removing_a_containers_name_puts_a_cell_outside() -> None:
    before = plan(SHOP).cells
    found = plan(shop(nodes={"api": {"in": ""}}), before)
    assert fields(found) == {"api": ("in",)}
    assert cell_of(found.cells, "api").parent is None
    assert plan(shop(nodes={"api": {}}), before).changes == ()


# -- recognising


def test_a_nesting_can_be_turned_inside_out() -> None:
    before = plan({"boundaries": {"all": {}, "outer": {"in": "all"}, "inner": {"in": "outer"}}}).cells
    found = plan({"boundaries": {"inner": {}, "new": {"in": "inner"}, "outer": {"in": "new"}}}, before)
    parents = {cell.key: cell.parent for cell in found.cells}
    assert parents == {
        "all": None,
        "inner": found.cells[0].id,
        "new": found.ids["inner"],
        "outer": found.ids["new"],
    }
    # What surrounded the ring may itself have been put inside.
    deep = plan({"boundaries": {"first": {}, "second": {"in": "first"}, "third": {"in": "second"}}}).cells
    found = plan({"boundaries": {"third": {}, "first": {"in": "third"}, "second": {"in": "third"}}}, deep)
    assert {cell.key: cell.parent for cell in found.cells} == {
        "first": found.ids["third"],
        "second": found.ids["third"],
        "third": None,
    }
    # A ring that is there already is none of our business.
    one, two = foreign("One", BOUNDARY), foreign("Two", BOUNDARY)
    ring = (replace(one, parent=two.id), replace(two, parent=one.id))
    assert plan({"nodes": {}}, ring, "managed").cells == ring
    assert len(plan({"nodes": {"a": {"in": one.id}}}, ring).cells) == 3


def test_a_cell_is_recognised_by_key_whatever_it_looks_like() -> None:
    drawn = without_marks(plan(SHOP).cells)
    marked = changed(drawn, "Web", metadata={KEY: "web"}, label="Something else", shape="store", parent=None)
    found = plan(SHOP, marked)
    assert found.ids["web"] == cell_of(marked, "web").id
    assert {"type", "label", "in"} <= set(fields(found)["web"])


def test_an_adopted_cell_keeps_its_id_and_gains_our_key() -> None:
    drawn = without_marks(plan(SHOP).cells)
    found = plan(SHOP, drawn)
    assert {change.fields for change in found.changes} == {("metadata",)}
    assert [cell.id for cell in found.cells] == [cell.id for cell in drawn]
    assert all(cell.metadata[KEY] for cell in found.cells)
    assert cell_of(found.cells, "order").source == cell_of(drawn, "Browser").id


@pytest.mark.parametrize("difference", [{"label": "Weblog"}, {"shape": "store"}, {"parent": None}])
def test_a_cell_that_looks_different_is_not_adopted(difference: dict[str, Any]) -> None:
    drawn = changed(without_marks(plan(SHOP).cells), "Web", **difference)
    assert fields(plan(SHOP, drawn))["web"] == ("add",)


def test_cells_that_look_the_same_are_never_chosen_silently() -> None:
    drawn = without_marks(plan(SHOP).cells)
    twin = replace(cell_of(drawn, "Web"), id="11111111-1111-4111-8111-111111111111")
    with pytest.raises(AmbiguousNameError) as caught:
        plan(SHOP, (*drawn, twin))
    assert caught.value.path == "nodes.web"
    assert twin.id in str(caught.value)
    assert cell_of(drawn, "Web").id in str(caught.value)
    # It is no question where the key says which one is meant, or where the other cell lies elsewhere.
    marked = (*changed(drawn, "Web", metadata={KEY: "web"}), twin)
    assert plan(SHOP, marked).ids["web"] == cell_of(drawn, "Web").id
    elsewhere = replace(twin, parent=None)
    assert plan(SHOP, (*drawn, elsewhere)).ids["web"] == cell_of(drawn, "Web").id
    by_id = {"nodes": {twin.id: {"type": "process", "label": "Web"}}}
    assert plan(by_id, (*drawn, twin)).ids == {twin.id: twin.id}


def test_an_id_counts_more_than_a_key() -> None:
    wanted: dict[str, Any] = {"nodes": {"one": {}, "two": {}}}
    one = cell_of(plan(wanted).cells, "one")
    found = plan(wanted, (replace(one, metadata={KEY: "two"}),))
    assert found.ids["one"] == one.id
    assert found.ids["two"] != one.id
    assert cell_of(found.cells, "one").id == one.id


def test_one_cell_is_never_two() -> None:
    drawn = (foreign("Web"),)
    with pytest.raises(AmbiguousNameError, match="one, two"):
        plan({"nodes": {"one": {"label": "Web"}, "two": {"label": "Web"}}}, drawn)
    # What is claimed takes no part in the look-up of the other.
    marked = (replace(drawn[0], metadata={KEY: "one"}),)
    found = plan({"nodes": {"one": {"label": "Web"}, "two": {"label": "Web"}}}, marked)
    assert fields(found) == {"two": ("add",)}


def test_without_a_container_the_cell_outside_is_meant() -> None:
    zone = foreign("Zone", BOUNDARY)
    inside, outside = foreign("Web", parent=zone.id), foreign("Web", x=3000)
    assert plan({"nodes": {"web": {"label": "Web"}}}, (zone, inside, outside)).ids["web"] == outside.id
    assert plan({"nodes": {"web": {"label": "Web"}}}, (zone, inside)).ids["web"] == inside.id


def test_flows_are_recognised_by_ends_and_label() -> None:
    one, two = foreign("A"), foreign("B", x=3000)
    flows = [foreign_flow(one, two, label) for label in ("x", "y")] + [foreign_flow(two, one, "x")]
    wanted = {"nodes": {"a": {"label": "A"}, "b": {"label": "B"}}, "flows": ["a -> b: x", {"z": "b"}]}
    wanted["flows"] = ["a -> b: x"]
    assert plan(wanted, (one, two, *flows)).ids["a->b"] == flows[0].id
    assert fields(plan({**wanted, "flows": ["a -> b: z"]}, (one, two, *flows)))["a->b"] == ("add",)
    twin = foreign_flow(one, two, "x")
    with pytest.raises(AmbiguousNameError):
        plan(wanted, (one, two, *flows, twin))


def test_a_copy_made_in_the_editor_is_not_the_original() -> None:
    before = plan(SHOP).cells
    copied = replace(cell_of(before, "web"), id="11111111-1111-4111-8111-111111111111")
    assert plan(SHOP, (copied, *before)).changes == ()
    # Also where the original was drawn by hand and adopted: it is the one that looks as declared.
    adopted = changed(without_marks(before), "Web", metadata={KEY: "web"})
    copied = replace(cell_of(adopted, "web"), id=copied.id, label="Web 2")
    assert plan(SHOP, (copied, *adopted)).ids["web"] == cell_of(adopted, "Web").id
    with pytest.raises(AmbiguousNameError, match="have the key web"):
        plan(SHOP, (replace(copied, label="Web"), *adopted))


def test_ids_are_found_in_any_case() -> None:
    upper = replace(foreign("Web"), id="6F1B0F6E-3F7C-4D7E-9C39-0A4F3C1B2D5E")
    found = plan({"nodes": {upper.id.lower(): {}}, "flows": {"f": {"from": upper.id, "to": upper.id}}}, (upper,))
    assert found.cells[-1].source == upper.id
    assert [change.action for change in found.changes] == ["update", "add"]


def test_a_node_does_not_become_a_flow() -> None:
    before = plan({"nodes": {"a": {}, "x": {}}}).cells
    with pytest.raises(InputError, match="choose another key") as caught:
        plan({"nodes": {"a": {}}, "flows": {"x": {"from": "a", "to": "a"}}}, before)
    assert caught.value.path == "flows.x"


def test_references_to_cells_of_the_server() -> None:
    zone, node = foreign("Zone", BOUNDARY), foreign("Node", x=3000)
    wanted = {"nodes": {"a": {"in": zone.id}}, "flows": {"f": {"from": "a", "to": node.id}}}
    found = plan(wanted, (zone, node))
    assert cell_of(found.cells, "a").parent == zone.id
    assert cell_of(found.cells, "f").target == node.id
    with pytest.raises(NotFoundError) as caught:
        plan(wanted, (zone,))
    assert caught.value.path == "flows.f.to"


# -- wire form


def test_raw_cells_are_compared_as_they_are_wanted() -> None:
    style = {"body": {"fill": "red"}, "text": {"text": "Web"}}
    cell = {"id": "web", "shape": "process", "x": 10, "y": 20, "width": 100, "height": 60, "attrs": style, "zIndex": 4}
    first = plan({"cells": [cell]})
    (made,) = first.cells
    # Without the mark the editor would paint over the chosen style.
    marked = {"data": {"customStyles": True}, "zIndex": 4}
    assert made.raw == {"attrs": {"body": {"fill": "red"}, "text": {}}, **marked}
    assert made.geometry == Box(10, 20, 100, 60)
    # The editor drops what it does not know and adds what it likes: no reason to write.
    kept = replace(made, raw={"attrs": {"body": {"fill": "red", "stroke": "blue"}, "text": {}}})
    assert plan({"cells": [cell]}, (kept,)).changes == ()
    moved = replace(kept, geometry=Box(11, 20, 100, 60))
    assert fields(plan({"cells": [cell]}, (moved,))) == {"web": ("x",)}
    painted = replace(kept, raw={"attrs": {"body": {"fill": "green", "stroke": "blue"}}})
    found = plan({"cells": [cell]}, (painted,))
    assert fields(found) == {"web": ("attrs", "data")}
    assert found.cells[0].raw["attrs"]["body"] == {"fill": "red", "stroke": "blue"}
    assert plan({"cells": [cell]}, found.cells).changes == ()


def test_assets_are_a_set_and_an_empty_one_is_taken_away() -> None:
    first = plan({"nodes": {"a": {"assets": ["x", "y"]}}}).cells
    assert plan({"nodes": {"a": {"assets": ["y", "x"]}}}, first).changes == ()
    found = plan({"nodes": {"a": {"assets": []}}}, first)
    assert fields(found) == {"a": ("data",)}
    assert found.cells[0].raw == {"data": {}}
    assert plan({"nodes": {"a": {"assets": []}}}, found.cells).changes == ()
    assert plan({"nodes": {"b": {"assets": []}}}).cells[0].raw.get("data", {}) == {}


def test_lists_of_children_follow() -> None:
    before = plan(SHOP).cells
    core = cell_of(before, "core")
    inside = [cell.id for cell in before if cell.parent == core.id]
    listed = changed(before, "core", raw={"children": [*inside, "unknown"]})
    assert plan(SHOP, listed).changes == ()
    found = plan(shop(nodes={"api": {"in": ""}, "new": {"in": "core"}}), listed)
    assert "children" in fields(found)["core"]
    children = cell_of(found.cells, "core").raw["children"]
    assert cell_of(before, "api").id not in children
    assert {found.ids["new"], found.ids["web"], found.ids["vault"], "unknown"} == set(children)


def test_cells_with_one_id_are_left_unchanged() -> None:
    before = plan(SHOP).cells
    web = cell_of(before, "web")
    for twin in (replace(web, label="Twin", metadata={}), replace(cell_of(before, "call"), id=web.id)):
        found = plan(SHOP, (*before, twin), "all")
        assert found.changes == ()
        assert found.cells == (*before, twin)


# -- places


def test_declared_places_are_enforced_and_rounding_is_accepted() -> None:
    before = plan(SHOP).cells
    found = plan(shop(nodes={"web": {"x": 700.4, "width": 200}}), before)
    assert fields(found) == {"web": ("x", "width")}
    rounded = changed(found.cells, "web", geometry=_place(found, "web")._replace(x=700))
    assert plan(shop(nodes={"web": {"x": 700.4, "width": 200}}), rounded).changes == ()


def test_positions_place_new_cells_only() -> None:
    layout = {"positions": {"web": [500, 600], "vault": [10, 20, 400, 300], "gone": [1, 1]}}
    found = plan(shop(layout=layout))
    assert (_place(found, "web").x, _place(found, "web").y) == (500, 600)
    assert _place(found, "vault") == Box(10, 20, 400, 300)
    moved = changed(found.cells, "web", geometry=_place(found, "web")._replace(x=900))
    assert plan(shop(layout=layout), moved).changes == ()
    assert _place(plan(shop(layout=layout, nodes={"web": {"x": 70, "in": ""}})), "web").x == 70


def test_all_that_is_exported_comes_back_in_place() -> None:
    first = plan(SHOP)
    spots = {
        cell.key: [cell.geometry.x, cell.geometry.y, cell.geometry.width, cell.geometry.height]
        for cell in first.cells
        if cell.geometry is not None
    }
    assert plan(shop(layout={"positions": spots})).cells == first.cells
    spots = {key: spot[:2] for key, spot in spots.items()}
    second = plan(shop(layout={"positions": spots}))
    assert {cell.geometry for cell in second.cells} == {cell.geometry for cell in first.cells}


def test_relayout_moves_all_but_what_is_locked_or_written() -> None:
    first = plan(SHOP)
    scattered: tuple[Cell, ...] = first.cells
    for number, key in enumerate(("browser", "web", "api")):
        scattered = changed(scattered, key, geometry=Box(3000 + 10 * number, 50, 120, 60))
    scattered = changed(scattered, "api", raw={"data": {"_layoutLocked": True}})
    layout = {"existing": "relayout", "positions": {"web": [1, 1]}}
    wanted = shop(layout=layout, nodes={"tokens": {"x": 100, "y": 2000}})
    found = plan(wanted, scattered)
    assert _place(found, "api") == Box(3020, 50, 120, 60)
    assert (_place(found, "tokens").x, _place(found, "tokens").y) == (100, 2000)
    assert _place(found, "browser") != cell_of(scattered, "browser").geometry
    assert plan(wanted, found.cells).changes == ()


def test_existing_cells_follow_positions_but_locked_and_written_ones() -> None:
    first = plan(SHOP)
    locked = changed(first.cells, "api", raw={"data": {"_layoutLocked": True}})
    flow = next(key for key, found in first.ids.items() if cell_of(locked, key).is_flow)
    positions = {"web": [700, 10, 150, 70], "api": [1, 1], "tokens": [5, 5], flow: [[10, 20], [30, 40.5]]}
    wanted = shop(layout={"existing": "follow", "positions": positions}, nodes={"tokens": {"x": 100, "y": 2000}})
    found = plan(wanted, locked)
    assert _place(found, "web") == Box(700, 10, 150, 70)
    assert _place(found, "api") == cell_of(locked, "api").geometry
    assert (_place(found, "tokens").x, _place(found, "tokens").y) == (100, 2000)
    assert _place(found, "browser") == cell_of(locked, "browser").geometry
    assert cell_of(found.cells, flow).raw["vertices"] == [{"x": 10, "y": 20}, {"x": 30, "y": 40.5}]
    assert plan(wanted, found.cells).changes == ()


def test_a_whole_layout_comes_to_rest_though_the_editor_rounds() -> None:
    wanted = shop(layout={"existing": "relayout"}, nodes={"tokens": {"in": "vault", "x": 1900.4, "y": 20.4}})
    first = plan(wanted).cells
    rounded = tuple(
        replace(
            cell,
            geometry=Box(*(round(getattr(cell.geometry, name)) for name in ("x", "y", "width", "height"))),
        )
        if cell.geometry is not None
        else cell
        for cell in first
    )
    assert rounded != first
    assert plan(wanted, rounded).changes == ()


def test_a_new_boundary_is_drawn_around_cells_that_are_there() -> None:
    before = plan(SHOP).cells
    found = plan(shop(boundaries={"zone": {"in": "core"}}, nodes={"web": {"in": "zone"}}), before)
    zone, web = _place(found, "zone"), _place(found, "web")
    assert web == cell_of(before, "web").geometry
    assert (zone.x, zone.y) == (web.x - 40, web.y - 50)


def test_a_boundary_of_others_is_never_resized() -> None:
    zone = foreign("Zone", BOUNDARY)
    nodes = {"n%d" % number: {"in": zone.id} for number in range(8)}
    found = plan({"nodes": nodes}, (zone,))
    assert cell_of(found.cells, "Zone") == zone
    mine = plan({"boundaries": {"zone": {"label": "Zone"}}, "nodes": {key: {"in": "zone"} for key in nodes}}, (zone,))
    assert {"width", "height"} & set(fields(mine)["zone"])
    fixed = {"zone": {"label": "Zone", "width": 300, "height": 200}}
    fast = plan({"boundaries": fixed, "nodes": {key: {"in": "zone"} for key in nodes}}, (zone,))
    assert fields(fast)["zone"] == ("metadata",)


def _place(found: CellPlan, key: str) -> Box:
    geometry = cell_of(found.cells, key).geometry
    assert geometry is not None
    return geometry


class TestMarks:
    """Cells that people drew, and that a definition refers to by id."""

    ID = "11111111-1111-4111-8111-111111111111"
    DRAWN = (Cell(ID, "process", "Web", geometry=Box(0, 0, 120, 60)),)

    def plan(self, **web: Any) -> CellPlan:
        return plan_cells(compile_diagram({"nodes": {"web": {"id": self.ID, **web}}}, "shop", "main"), self.DRAWN)

    def test_alone_they_are_no_change(self) -> None:
        planned = self.plan(label="Web")
        assert planned.changes == ()
        assert planned.ids == {"web": self.ID}

    def test_they_are_written_with_other_changes(self) -> None:
        (change,) = self.plan(label="Web front end").changes
        assert change.fields == ("label", "metadata")
        assert change.cell.key == "web"

    def test_those_of_other_cells_are_written_and_not_reported(self) -> None:
        nodes = {"web": {"id": self.ID}, "db": {"type": "store"}}
        planned = plan_cells(compile_diagram({"nodes": nodes}, "shop", "main"), self.DRAWN)
        assert {(change.action, change.cell.key, is_reported(change)) for change in planned.changes} == {
            ("update", "web", False),
            ("add", "db", True),
        }

    def test_a_cell_that_is_found_by_its_looks_gets_one(self) -> None:
        planned = plan_cells(compile_diagram({"nodes": {"web": {"label": "Web"}}}, "shop", "main"), self.DRAWN)
        assert [change.fields for change in planned.changes] == [("metadata",)]
