# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""New cells are legible in TMI's web editor: names of boundaries, sizes, flows between the same boxes, loops."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.editor import TOP_LEFT
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._layout.lanes import is_own_course, loop
from ansible_collections.tmi.tmi.plugins.module_utils._layout.layout import HEAD
from ansible_collections.tmi.tmi.plugins.module_utils._layout.text_width import FLOW_LINE, flow_text_width, text_width
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._diagram.diagrams import (
    cell_of,
    changed,
    overlaps,
    plan,
)


def place(cell: Cell) -> Box:
    assert cell.geometry is not None
    return cell.geometry


def test_names_of_new_boundaries_are_at_the_top_left() -> None:
    found = plan({"boundaries": {"zone": "Zone"}, "nodes": {"web": {"in": "zone"}}}).cells
    assert cell_of(found, "zone").raw == {"attrs": {"text": TOP_LEFT}}
    assert cell_of(found, "web").raw == {}
    middle = {"refX": "50%", "refY": "50%", "textAnchor": "middle", "textVerticalAnchor": "middle"}
    found = plan({"boundaries": {"zone": {"raw": {"attrs": {"text": middle}}}}}).cells
    assert cell_of(found, "zone").raw["attrs"]["text"] == middle


def test_the_name_of_a_high_boundary_stays_above_its_content() -> None:
    nodes = {"n%d" % number: {"in": "zone"} for number in range(12)}
    zone = cell_of(plan({"boundaries": {"zone": "Zone"}, "nodes": nodes}).cells, "zone")
    percent = int(zone.raw["attrs"]["text"]["refY"].rstrip("%"))
    assert place(zone).height > 1000
    assert 0 < percent * place(zone).height / 100 < HEAD - 12


def test_existing_boundaries_keep_their_names_where_they_are() -> None:
    options = {"boundaries": {"zone": "Zone"}, "nodes": {"web": {"in": "zone"}}}
    before = changed(plan(options).cells, "zone", raw={})
    assert plan(options, before).changes == ()
    more = plan({**options, "nodes": {"web": {}, "db": {"in": "zone"}}}, before)
    assert cell_of(more.cells, "zone").raw == {}


@pytest.mark.parametrize("kind", ["actor", "process", "store", "text", "boundary"])
@pytest.mark.parametrize(
    "label", ["Web", "W" * 40, "A label of several words that no box would hold", "\u6570\u636e" * 20]
)
def test_a_new_box_is_as_wide_as_its_label(kind: str, label: str) -> None:
    (cell,) = plan({"nodes": {"a": {"type": kind, "label": label}}}).cells
    inside = 0.9 if kind == "boundary" else 1
    assert place(cell).width * inside > text_width(label)
    assert place(cell).width % 10 == 0
    assert place(plan({"nodes": {"a": {"type": kind, "label": label, "width": 90}}}).cells[0]).width == 90
    (renamed,) = plan({"nodes": {"a": {"label": label * 2}}}, (cell,)).cells
    assert renamed.geometry == cell.geometry


def test_widths_are_those_of_the_font() -> None:
    """As a canvas of a browser measures them in 12px Roboto Condensed, rounded up."""
    measured = {
        "Checkout API with a long name": 148,
        "A remark of several words": 124,
        "Customer browser": 87,
        "WAVE To Yes": 63,
        "Gr\u00f6\u00dfe & Ma\u00df": 62,
    }
    for text, width in measured.items():
        assert abs(text_width(text) - width) <= 2, (text, text_width(text))
    assert text_width("a\nlonger") == text_width("longer")
    assert text_width("e\u0301") == text_width("\u00e9") == text_width("e")
    assert text_width("") == 0


def test_an_icon_has_its_label_below_it() -> None:
    (cell,) = plan({"nodes": {"a": {"label": "EC2", "icon": "amazon-ec2"}}}).cells
    assert place(cell).height >= 2 * (32 / 2 + 6 + 12)


@pytest.mark.parametrize(
    "placement", ["%s-%s" % (y, x) for y in ("top", "middle", "bottom") for x in ("left", "right")]
)
@pytest.mark.parametrize("label", ["S3", "Checkout API with a long name", "Two\nlines of text"])
def test_a_label_below_an_icon_in_a_corner_stays_in_its_box(placement: str, label: str) -> None:
    icon = {"icon": "amazon-ec2", "placement": placement}
    entries = {"nodes": {"a": {"label": label, "icon": icon}}, "boundaries": {"b": {"label": label, "icon": icon}}}
    for cell in plan(entries).cells:
        vertical, horizontal = placement.split("-")
        x = {"left": 0.15, "right": 0.85}[horizontal] * place(cell).width
        y = {"top": 0.15, "middle": 0.5, "bottom": 0.85}[vertical] * place(cell).height
        half = max(32, text_width(label)) / 2
        assert 0 < x - half < x + half < place(cell).width
        assert y - 16 > 0
        assert y + 22 + 16 * (label.count("\n") + 1) < place(cell).height


@pytest.mark.parametrize("existing", [{"x": 100, "y": 100}, {"x": 100, "y": 100, "in": "zone"}])
@pytest.mark.parametrize("flow", ["old -> new: Label", "new -> old: Label"])
def test_a_new_node_leaves_space_for_the_arrow_and_the_label_of_its_flow(existing: dict[str, Any], flow: str) -> None:
    inside = {"in": "zone"} if "in" in existing else {}
    zone = {"zone": {}} if inside else {}
    before = plan({"boundaries": zone, "nodes": {"old": existing}}).cells
    found = plan({"boundaries": zone, "nodes": {"old": existing, "new": inside}, "flows": [flow]}, before).cells
    old, new = (place(cell_of(found, key)) for key in ("old", "new"))
    assert not old.overlaps(new, 60)
    assert overlaps(found) == []


def labels(cells: Any) -> list[tuple[float, float, float, float]]:
    """The labels of flows with one waypoint, in whose middle they are: x1, y1, x2, y2."""
    found = []
    for cell in cells:
        if cell.is_flow and cell.raw.get("vertices"):
            (spot,) = cell.raw["vertices"]
            width = flow_text_width(cell.label)
            x, y = spot["x"], spot["y"]
            found.append((x - width / 2, y - FLOW_LINE / 2, x + width / 2, y + FLOW_LINE / 2))
    return found


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_flows_between_the_same_boxes_do_not_lie_on_one_another(direction: str, count: int) -> None:
    ends = [("a", "b"), ("b", "a")]
    flows = {
        "f%d" % n: {"from": ends[n % 2][0], "to": ends[n % 2][1], "label": "Order with items"} for n in range(count)
    }
    options = {"nodes": {"a": {}, "b": {}}, "flows": flows, "layout": {"direction": direction}}
    found = plan(options)
    boxes = labels(found.cells)
    assert len(boxes) == count - count % 2
    for one, other in combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    assert plan(options, found.cells).changes == ()


def test_a_new_flow_beside_an_existing_one_leaves_that_alone() -> None:
    nodes = {"a": {}, "b": {}}
    before = plan({"nodes": nodes, "flows": {"f": {"from": "a", "to": "b"}}}).cells
    found = plan({"nodes": nodes, "flows": {"f": {"from": "a", "to": "b"}, "g": {"from": "b", "to": "a"}}}, before)
    assert [change.cell.key for change in found.changes] == ["g"]
    assert len(cell_of(found.cells, "g").raw["vertices"]) == 1
    assert cell_of(found.cells, "f").raw == {}


def test_given_waypoints_are_kept() -> None:
    flows = {"f": {"from": "a", "to": "b"}, "g": {"from": "b", "to": "a"}, "h": {"from": "a", "to": "a"}}
    positions = {"f": [], "g": [[1, 2]], "h": []}
    found = plan({"nodes": {"a": {}, "b": {}}, "flows": flows, "layout": {"positions": positions}}).cells
    assert [cell_of(found, key).raw.get("vertices") for key in flows] == [None, [{"x": 1, "y": 2}], None]


def test_a_flow_to_itself_is_a_loop_from_right_to_top() -> None:
    options = {
        "nodes": {"a": {"x": 100, "y": 100}},
        "flows": {"f": {"from": "a", "to": "a"}, "g": {"from": "a", "to": "a"}},
    }
    found = plan(options)
    box, loops = place(cell_of(found.cells, "a")), [cell_of(found.cells, key) for key in "fg"]
    assert {(flow.source_port, flow.target_port) for flow in loops} == {("right", "top")}
    right, top = box.x + box.width, box.y
    for flow in loops:
        first, corner, last = ((spot["x"], spot["y"]) for spot in flow.raw["vertices"])
        assert first[0] == corner[0] > right
        assert corner[1] == last[1] < top
        assert (first[1], last[0]) == (box.y + box.height / 2, box.x + box.width / 2)
    assert loops[0].raw["vertices"] != loops[1].raw["vertices"]
    assert plan(options, found.cells).changes == ()


def test_the_editor_lays_out_no_new_box_again() -> None:
    """It does so with the content of every box of the size of a new one, and counts a loop as content."""
    found = plan({"boundaries": {"z": "Zone"}, "nodes": {"a": {"type": "actor", "in": "z"}}}).cells
    assert (place(cell_of(found, "z")).width, place(cell_of(found, "z")).height) == (210, 150)
    for kind, size in {"actor": (120, 60), "process": (140, 60), "store": (160, 80)}.items():
        found = plan({"nodes": {"n": {"type": kind}}, "flows": {"f": {"from": "n", "to": "n"}}}).cells
        assert (place(cell_of(found, "n")).width, place(cell_of(found, "n")).height) == (size[0] + 10, size[1])


def test_a_flow_is_not_bent_through_a_box() -> None:
    nodes = {"a": {"x": 0, "y": 0}, "b": {"x": 600, "y": 0}, "c": {"x": 300, "y": -75, "width": 140, "height": 100}}
    flows = {"f": {"from": "a", "to": "b"}, "g": {"from": "b", "to": "a"}}
    found = plan({"nodes": nodes, "flows": flows}).cells
    bends = [cell_of(found, key).raw["vertices"][0] for key in "fg"]
    assert all(spot["y"] > 30 for spot in bends)
    assert bends[0] != bends[1]


def test_flows_do_not_lie_on_one_another_though_every_way_leads_through_a_box() -> None:
    nodes = {"a": {"x": 0, "y": 0}, "b": {"x": 600, "y": 0}, "c": {"x": 300, "y": -900, "width": 140, "height": 1800}}
    flows = {key: {"from": "a", "to": "b", "label": "Order"} for key in "fghi"}
    found = plan({"nodes": nodes, "flows": flows}).cells
    courses = [cell_of(found, key).raw.get("vertices") for key in flows]
    assert None not in courses
    boxes = sorted(labels(found), key=lambda box: box[1])
    assert all(upper[3] <= lower[1] for upper, lower in zip(boxes, boxes[1:]))


@pytest.mark.parametrize(
    ("points", "is_own"),
    [([(300, 45)], True), ([(300.5, -400)], True), ([(320, 45)], False), ([(300, 45), (301, 45)], False), ([], False)],
)
def test_waypoints_of_lanes_are_recognized(points: list[tuple[float, float]], is_own: bool) -> None:
    one, other = (0, 0, 100, 60), (500, 0, 100, 60)
    assert is_own_course(points, one, other) is is_own
    assert is_own_course(points, other, one) is is_own


def test_loops_are_recognized() -> None:
    box = (0, 0, 100, 60)
    assert is_own_course(loop(box, 2), box, box)
    assert not is_own_course([(200, 30), (200, -90), (50, -90)], box, box)
