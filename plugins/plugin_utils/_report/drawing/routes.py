# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Routes for the flows of a diagram: horizontal and vertical lines around the boxes between the ends.

Every flow has several possible ways, from each side of one end to each side of the other. The cheapest one is used:
short, with few corners, not through another box, not along another flow. The result only depends on the input and its
order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import (
    SIDES,
    Box,
    Point,
    Route,
    border,
    cross,
    length,
    shared,
    straightened,
)

#: Distance between flows at a box, their least distance from a corner, and the least length of their first line.
_APART, _CORNER, _STUB = 16, 12, 18
#: Distances from boxes at which flows may turn; above nodes there is space for the numbers of threats.
_LANES = (-26, -14, 14, 26)
#: Most places for a turn that are tried in one direction.
_MOST_LANES = 12
_MOST_TIES = 60
#: Most comparisons for a whole diagram, and the least number of ways for each flow of a large one.
_MOST_COMPARED, _LEAST_WAYS = 1_500_000, 24
#: Prices, in pixels of detour.
_CORNERS, _OTHER_SIDE, _THROUGH, _HEAD, _CROSSING, _ALONG, _JOG = 40, 60, 5000, 260, 45, 9, 120


@dataclass(frozen=True)
class Flow:
    """A flow to draw: ids of its ends, the sides where it is attached (None: any), and its fixed points."""

    source: str
    target: str
    source_port: str | None = None
    target_port: str | None = None
    course: Route = ()


class Router:
    """Finds routes between ``boxes`` (by id); ``nodes`` are the ids of those that flows should not lead through.

    ``avoided`` are other places, such as headings of boundaries, that flows should not lead through either.
    """

    def __init__(self, boxes: Mapping[str, Box], nodes: Sequence[str], avoided: Sequence[Box]) -> None:
        self._boxes, self._nodes, self._avoided = boxes, {name: boxes[name].grown(7) for name in nodes}, avoided
        self._taken: dict[tuple[str, str], list[float]] = {}
        self._lines: list[tuple[Point, Point]] = []
        self._most_ways = _LEAST_WAYS
        self._borders = [line for name, box in boxes.items() if name not in self._nodes for line in _outline(box)]
        self._columns = sorted({edge + lane for b in boxes.values() for edge in (b.x, b.right) for lane in _LANES})
        self._rows = sorted({edge + lane for b in boxes.values() for edge in (b.y, b.bottom) for lane in _LANES})

    def route(self, flows: Sequence[Flow]) -> list[Route]:
        """Return the routes of flows, in their order. Flows between near ends come first."""
        found: dict[int, Route] = {}
        compared = 3 * len(flows) * (len(self._nodes) + 3 * len(flows))
        self._most_ways = max(_LEAST_WAYS, _MOST_COMPARED // max(1, compared))
        order = sorted(range(len(flows)), key=lambda number: (self._distance(flows[number]), number))
        for number in order:
            found[number] = self._best(flows[number])
            self._lines += pairwise(found[number])
        return [found[number] for number in range(len(flows))]

    def _distance(self, flow: Flow) -> float:
        return length((self._boxes[flow.source].middle, self._boxes[flow.target].middle))

    def _best(self, flow: Flow) -> Route:
        a, b = self._boxes[flow.source], self._boxes[flow.target]
        if flow.course:
            return (border(a, flow.course[0]), *flow.course, border(b, flow.course[-1]))
        if flow.source == flow.target:
            return self._loop(flow.source)
        ways = []
        for way, sides in self._ways(flow, a, b):
            ports = zip(sides, (flow.source_port, flow.target_port), strict=True)
            price: float = _OTHER_SIDE * sum(port is not None and port != side for side, port in ports)
            price += length(way) + _CORNERS * (len(way) - 2)
            price += _JOG * sum(length(line) < _APART for line in pairwise(way))
            ways.append((price, way, sides))
        best: tuple[float, Route, tuple[str, str]] | None = None
        for price, way, sides in sorted(ways)[: self._most_ways]:
            if best is not None and price >= best[0]:
                break
            whole = price + self._obstacles(way, flow, best[0] - price if best else float("inf"))
            if best is None or whole < best[0]:
                best = (whole, way, sides)
        if best is None:  # one end inside the other, too near to turn
            return (border(a, b.middle), border(b, a.middle))
        for name, side, point in ((flow.source, best[2][0], best[1][0]), (flow.target, best[2][1], best[1][-1])):
            self._taken.setdefault((name, side), []).append(point[1] if SIDES[side][0] else point[0])
        return best[1]

    def _loop(self, name: str) -> Route:
        box = self._boxes[name]
        x, y = box.right - _APART, box.y + _APART
        return ((box.right, y), (box.right + 30, y), (box.right + 30, box.y - 30), (x, box.y - 30), (x, box.y))

    def _obstacles(self, way: Route, flow: Flow, most: float) -> float:
        """Return the price of a way besides its length and corners; any number above ``most`` if it is more."""
        price = 0.0
        ends = (flow.source, flow.target)
        for line in pairwise(way):
            price += _THROUGH * sum(box.crossed(*line) for name, box in self._nodes.items() if name not in ends)
            price += _THROUGH * sum(self._boxes[name].grown(-1).crossed(*line) for name in ends if name in self._nodes)
            price += _HEAD * sum(box.crossed(*line) for box in self._avoided)
            for other in self._lines:
                along = shared(*line, *other, _APART / 2)
                price += (2 * _CROSSING + _ALONG * along) if along else _CROSSING * cross(*line, *other)
            price += sum(_ALONG / 3 * shared(*line, *edge, 8) for edge in self._borders)
            if price >= most:
                break
        return price

    # ----------------------------------------------------------------------------------------------- ways
    def _ways(self, flow: Flow, a: Box, b: Box) -> Iterator[tuple[Route, tuple[str, str]]]:
        columns, rows = _near(self._columns, a, b, 0), _near(self._rows, a, b, 1)
        for first in SIDES:
            for second in SIDES:
                straight = self._straight(flow, first, second)
                if straight:
                    yield straight, (first, second)
                start = self._tie(flow.source, first, b.middle)
                end = self._tie(flow.target, second, a.middle)
                for inner in _turns(start, first, end, second, columns, rows):
                    way = straightened((start, *inner, end))
                    has_length = len(way) > 1  # boxes in the same place have the same points
                    if has_length and _leaves(way[0], way[1], first) and _leaves(way[-1], way[-2], second):
                        yield way, (first, second)

    def _tie(self, name: str, side: str, towards: Point, wish: float | None = None) -> Point:
        """Return the free point of a side that is nearest to the other end of the flow."""
        box = self._boxes[name]
        level = bool(SIDES[side][0])
        low, high = (box.y, box.bottom) if level else (box.x, box.right)
        middle = (low + high) / 2
        taken = self._taken.get((name, side), [])
        most = _MOST_TIES + len(taken)  # a box may have any size, and its middle is enough for all flows
        reach = int(min(max(0.0, (high - low - 2 * _CORNER) / 2 / _APART), most))
        if wish is None:
            wish = middle + max(-1.0, min(1.0, ((towards[1] if level else towards[0]) - middle) / 400)) * _APART * reach
        places = [middle + step * _APART for step in range(-reach, reach + 1)]
        free = [p for p in places if all(abs(p - other) >= _APART - 1 for other in taken)]
        place = min(free or places, key=lambda p: (abs(p - wish), p))
        edge = {"right": box.right, "left": box.x, "bottom": box.bottom, "top": box.y}[side]
        return (edge, place) if level else (place, edge)

    def _straight(self, flow: Flow, first: str, second: str) -> Route | None:
        """Return the straight way between two sides that face each other, if there is a free one."""
        a, b = self._boxes[flow.source], self._boxes[flow.target]
        if SIDES[first] != (-SIDES[second][0], -SIDES[second][1]):
            return None
        level = bool(SIDES[first][0])
        low = max(a.y, b.y) if level else max(a.x, b.x)
        high = min(a.bottom, b.bottom) if level else min(a.right, b.right)
        taken = [*self._taken.get((flow.source, first), ()), *self._taken.get((flow.target, second), ())]
        middle = (low + high) / 2
        steps = sorted((step * _APART for step in range(-4, 5)), key=lambda step: (abs(step), step))
        for place in (middle + step for step in steps):
            inside = low + _CORNER <= place <= high - _CORNER
            if inside and all(abs(place - other) >= _APART - 1 for other in taken):
                ends = [{"right": box.right, "left": box.x, "bottom": box.bottom, "top": box.y} for box in (a, b)]
                edges = ends[0][first], ends[1][second]
                way = tuple((edge, place) if level else (place, edge) for edge in edges)
                return way if _leaves(way[0], way[1], first) else None
        return None


def _outline(box: Box) -> Iterator[tuple[Point, Point]]:
    corners = ((box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom))
    yield from pairwise((*corners, corners[0]))


def _near(lanes: Sequence[float], a: Box, b: Box, axis: int) -> list[float]:
    """Return the middle between two boxes, and the lanes that are nearest to it."""
    middle = (a.middle[axis] + b.middle[axis]) / 2
    between = sorted(((a[axis], a[axis] + a[axis + 2]), (b[axis], b[axis] + b[axis + 2])))
    gap = (between[0][1] + between[1][0]) / 2
    nearest = sorted(lanes, key=lambda lane: (abs(lane - middle), lane))[:_MOST_LANES]
    outer = [min(a[axis], b[axis]) - 32, max(between[0][1], between[1][1]) + 32]
    return list(dict.fromkeys((gap, *outer, *nearest)))


def _turns(
    start: Point, first: str, end: Point, second: str, columns: Sequence[float], rows: Sequence[float]
) -> Iterator[tuple[Point, ...]]:
    """Yield the corners of the ways from a point on a side to a point on another one."""
    out, into = SIDES[first], SIDES[second]
    a = (start[0] + out[0] * _STUB, start[1] + out[1] * _STUB)
    b = (end[0] + into[0] * _STUB, end[1] + into[1] * _STUB)
    if out[0] and into[0]:
        yield from (((x, start[1]), (x, end[1])) for x in columns)
        yield from ((a, (a[0], y), (b[0], y), b) for y in rows)
    elif out[1] and into[1]:
        yield from (((start[0], y), (end[0], y)) for y in rows)
        yield from ((a, (x, a[1]), (x, b[1]), b) for x in columns)
    elif out[0]:
        yield ((end[0], start[1]),)
        yield from (((x, start[1]), (x, b[1]), b) for x in columns)
        yield from ((a, (a[0], y), (end[0], y)) for y in rows)
    else:
        yield ((start[0], end[1]),)
        yield from (((start[0], y), (b[0], y), b) for y in rows)
        yield from ((a, (x, a[1]), (x, end[1])) for x in columns)


def _leaves(point: Point, following: Point, side: str) -> bool:
    """Whether a line leaves a side outwards and is long enough for an arrow head."""
    out = SIDES[side]
    return (following[0] - point[0]) * out[0] + (following[1] - point[1]) * out[1] >= _STUB * 0.9
