# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Bundles: many flows between two boxes. They are nested around the gap, as far apart as a layout puts their labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.courses import is_of_layout
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import Route
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.routes import Flow

#: From this number on, flows between two boxes are a bundle: too many for lines side by side with their labels.
_BUNDLE = 4
#: Distance of ports from corners; the largest and the least distance of two ports; the least gap.
_CORNER, _APART, _CLOSE, _GAP = 10.0, 14.0, 7.0, 24.0
#: Least distance between a box and a line beside it: a label fits between them.
_BESIDE = 26.0


def to_route(cells: Sequence[Cell], boxes: Mapping[str, Box], taken: Sequence[Box]) -> list[Flow]:
    """Return flows for a router, those in bundles with their routes, which lead around what is ``taken``."""
    courses = {cell.id: _course(cell, boxes) for cell in cells}
    bundled = _bundled(cells, courses, boxes, taken)
    return [_flow(cell, *courses[cell.id], bundled.get(cell.id, ())) for cell in cells]


def _flow(cell: Cell, course: Route, is_own: bool, route: Route) -> Flow:
    """Return a flow with the course that a person gave it; that of a layout is ignored, because this one is better."""
    given = () if is_own else course
    return Flow(str(cell.source), str(cell.target), cell.source_port, cell.target_port, given, route)


def _course(cell: Cell, boxes: Mapping[str, Box]) -> tuple[Route, bool]:
    """Return the waypoints of a flow, and whether they are those of a layout."""
    points: Any = cell.raw.get("vertices") or ()
    course = tuple((float(p["x"]), float(p["y"])) for p in points if isinstance(p, dict) and {"x", "y"} <= p.keys())
    return course, bool(course) and is_of_layout(course, boxes[str(cell.source)], boxes[str(cell.target)])


def _bundled(
    flows: Sequence[Cell],
    courses_by_id: Mapping[str, tuple[Route, bool]],
    boxes: Mapping[str, Box],
    taken: Sequence[Box],
) -> dict[str, Route]:
    """Return the routes of flows in bundles by id. A bundle needs boxes at which there are few other flows."""
    ends = Counter(end for cell in flows for end in frozenset((cell.source, cell.target)))
    groups: dict[frozenset[str | None], list[Cell]] = {}
    for cell in flows:
        groups.setdefault(frozenset((cell.source, cell.target)), []).append(cell)
    found: dict[str, Route] = {}
    for group in groups.values():
        courses = [courses_by_id[cell.id] for cell in group]
        if len(group) < _BUNDLE or group[0].source == group[0].target or any(c and not own for c, own in courses):
            continue
        if sum(ends[end] - len(group) for end in (group[0].source, group[0].target)) > len(group):
            continue
        a, b = boxes[str(group[0].source)], boxes[str(group[0].target)]
        others = [box for box in taken if box not in (a, b)]
        routes = _bundle(a, b, [course[0] if course else None for course, _own in courses], others) or ()
        for cell, route in zip(group, routes, strict=False):
            found[cell.id] = route if cell.source == group[0].source else route[::-1]
    return found


def _bundle(a: Box, b: Box, bends: Sequence[Point | None], others: Sequence[Box]) -> list[Route] | None:
    """Return the routes of a bundle from the box ``a`` to ``b``; None if there is no space for it.

    ``bends``: the waypoint of a layout for each flow, None for the straight line. ``others`` must not be crossed.
    """
    axis = 0 if abs(a.middle[0] - b.middle[0]) >= abs(a.middle[1] - b.middle[1]) else 1
    across = 1 - axis
    first, last = (a, b) if a[axis] <= b[axis] else (b, a)
    gap = (first[axis] + first[axis + 2], last[axis])
    low, high = min(a[across], b[across]), max(a[across] + a[across + 2], b[across] + b[across + 2])
    common = (max(a[across], b[across]), min(a[across] + a[across + 2], b[across] + b[across + 2]))
    if gap[1] - gap[0] < _GAP or common[1] - common[0] < 2 * _CORNER + _CLOSE:
        return None
    places = [(common[0] + common[1]) / 2 if bend is None else bend[across] for bend in bends]
    order = sorted(range(len(bends)), key=lambda n: places[n])
    before = [n for n in reversed(order) if places[n] < low]
    behind = [n for n in order if places[n] > high]
    inner = [n for n in order if n not in before and n not in behind]
    found: dict[int, list[Point]] = {}
    # Labels are beside level lines on their outer sides, and beside others between them.
    space = _CORNER if axis == 0 and len(inner) > 1 else (common[1] - common[0]) / (len(inner) + 1)
    for place, number in enumerate(inner):
        at = common[0] + space + (common[1] - common[0] - 2 * space) * place / max(1, len(inner) - 1)
        found[number] = [(gap[0], at), (gap[1], at)]
    for numbers, edge, nearest in ((before, 0, low - _BESIDE), (behind, 1, high + _BESIDE)):
        more = nearest - places[numbers[0]] if numbers else 0.0
        more = min(more, 0.0) if numbers is before else max(more, 0.0)
        room = min(first[axis + 2], last[axis + 2]) - 2 * _CORNER
        step = min(_APART, room / max(1, len(numbers) - 1))
        if step < _CLOSE:
            return None
        for rank, number in enumerate(numbers):
            start, end = gap[0] - _CORNER - step * rank, gap[1] + _CORNER + step * rank
            sides = [box[across] + edge * box[across + 2] for box in (first, last)]
            away = places[number] + more
            found[number] = [(start, sides[0]), (start, away), (end, away), (end, sides[1])]
    routes = []
    for number in range(len(bends)):
        points = found[number] if first is a else found[number][::-1]
        routes.append(tuple(points if axis == 0 else [(x, y) for y, x in points]))
    if any(box.crossed(*line) for route in routes for line in pairwise(route) for box in others):
        return None
    return routes
