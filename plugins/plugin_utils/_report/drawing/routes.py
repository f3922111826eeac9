# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Routes for the flows of a diagram: horizontal and vertical lines around the boxes between the ends.

Ways along lanes come first, those between near ends before the others; then flows in one lane get tracks of their own.
The result only depends on the input and its order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, hull
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import (
    Route,
    border,
    length,
    outline,
    straightened,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.lanes import Lanes
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.space import Index
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.tracks import Tracks
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.ways import CORNER_SPACE, STUB, End, Way, Ways

#: Places of the corners of a loop: on the sides of the box, and away from it.
_LOOP_AT, _LOOP_AWAY = 16, 30
#: The least size of a box whose other flows keep away from its loop.
_LOOPED = 80
#: Gaps between two nodes that are narrower have no lane: a way needs space for its first and its last line.
_NARROW = 2 * STUB + 7
#: Steps of all searches, for each flow, after which no way is looked for a second time.
_STEPS = 500


@dataclass(frozen=True)
class Flow:
    """A flow to draw: ids of its ends, the sides where it is attached (None: any), its fixed points, its route."""

    source: str
    target: str
    source_port: str | None = None
    target_port: str | None = None
    course: Route = ()
    route: Route = ()


class Router:
    """Finds routes between ``boxes`` (by id); ``nodes`` are the ids of those that flows should not lead through.

    ``avoided`` are other places, such as headings of boundaries, that flows should not lead through either. ``steps``
    counts the places that were looked at.
    """

    def __init__(self, boxes: Mapping[str, Box], nodes: Sequence[str], avoided: Sequence[Box]) -> None:
        self._boxes, self._avoided = boxes, avoided
        self._nodes = dict.fromkeys(nodes)
        self.steps = 0

    def route(self, flows: Sequence[Flow]) -> list[Route]:
        """Return the routes of flows, in their order."""
        found: dict[int, Route] = {}
        free = []
        straight = self._straight(flows)
        for number, flow in enumerate(flows):
            a, b = self._boxes[flow.source], self._boxes[flow.target]
            if flow.route:
                found[number] = flow.route
            elif flow.course:
                found[number] = (border(a, flow.course[0]), *flow.course, border(b, flow.course[-1]))
            elif flow.source == flow.target:
                found[number] = _loop(a)
            elif number in straight:
                found[number] = straight[number]
            else:
                free.append(number)
        if free:
            found.update(self._routes(flows, sorted(free, key=lambda n: (self._distance(flows[n]), n))))
        return [found[number] for number in range(len(flows))]

    def _straight(self, flows: Sequence[Flow]) -> dict[int, Route]:
        """Return the routes of flows between nodes that are too near to one another for lanes between them."""
        groups: dict[frozenset[str], list[int]] = {}
        for number, flow in enumerate(flows):
            if not flow.course and flow.source in self._nodes and flow.target in self._nodes:
                groups.setdefault(frozenset((flow.source, flow.target)), []).append(number)
        found: dict[int, Route] = {}
        for numbers in groups.values():
            for place, number in enumerate(numbers, 1):
                flow = flows[number]
                route = _across(self._boxes[flow.source], self._boxes[flow.target], place / (len(numbers) + 1))
                if route:
                    found[number] = route
        return found

    def _distance(self, flow: Flow) -> float:
        return length((self._boxes[flow.source].middle, self._boxes[flow.target].middle))

    def _routes(self, flows: Sequence[Flow], order: Sequence[int]) -> dict[int, Route]:
        nodes = [self._boxes[name] for name in self._nodes]
        bounds = [box for name, box in self._boxes.items() if name not in self._nodes]
        lanes = Lanes(nodes, bounds, self._avoided, self._shared([flows[number] for number in order]))
        loops = {flow.source for flow in flows if flow.source == flow.target and not flow.course}
        ends = {number: self._ends(flows[number], loops) for number in order}
        ways = self._ways(Ways(lanes), order, ends)
        obstacles: Index[bool] = Index(hull(self._boxes.values()))
        for box in nodes:
            obstacles.add(box, True)
        for box in bounds:
            for line in outline(box):
                obstacles.add(hull(Box(*point, 0, 0) for point in line), False)
        found = {number: (way, *ends[number]) for number, way in ways.items() if way is not None}
        routes = {number: straightened(route) for number, route in Tracks(lanes, obstacles).routes(found).items()}
        for number in order:
            if len(routes.get(number, ())) < 2:  # one end in the other, or no way at all
                a, b = self._boxes[flows[number].source], self._boxes[flows[number].target]
                routes[number] = (border(a, b.middle), border(b, a.middle))
        return routes

    def _ways(self, ways: Ways, order: Sequence[int], ends: Mapping[int, tuple[End, End]]) -> dict[int, Way | None]:
        """Return the way of each flow. Those that cross others are looked for again when all have one."""
        found = {number: ways.find(*ends[number]) for number in order}
        for number in order:
            if ways.steps > _STEPS * len(order):
                break
            way = found[number]
            if way is not None and ways.crossings(way):
                ways.forget(way, *ends[number])
                found[number] = ways.find(*ends[number])
        self.steps += ways.steps
        return found

    def _ends(self, flow: Flow, loops: set[str]) -> tuple[End, End]:
        a, b = self._boxes[flow.source], self._boxes[flow.target]
        found = []
        for name, port, box, other in ((flow.source, flow.source_port, a, b), (flow.target, flow.target_port, b, a)):
            is_inside = name not in self._nodes and box.contains(other)
            corner = 12.0 + _LOOP_AT if name in loops and min(box.width, box.height) >= _LOOPED / 2 else 0.0
            found.append(End(box, port, is_inside, name in self._nodes, corner))
        return found[0], found[1]

    def _shared(self, flows: Sequence[Flow]) -> tuple[list[float], list[float]]:
        """Return lanes on which flows would be straight: in the middle of what two boxes have in common."""
        found: tuple[list[float], list[float]] = ([], [])
        for flow in flows:
            a, b = self._boxes[flow.source], self._boxes[flow.target]
            for axis in (0, 1):
                low, high = max(a[axis], b[axis]), min(a[axis] + a[axis + 2], b[axis] + b[axis + 2])
                if high - low > 24 and not any(low + 10 <= box.middle[axis] <= high - 10 for box in (a, b)):
                    found[axis].append((low + high) / 2)
        return found


def _across(a: Box, b: Box, share: float) -> Route:
    """Return the straight line across a narrow gap between two boxes side by side; () if there is none.

    ``share``: its place on the part of the sides that the boxes have in common, from 0 to 1.
    """
    for axis in (0, 1):
        low, high = max(a[1 - axis], b[1 - axis]), min(a[1 - axis] + a[3 - axis], b[1 - axis] + b[3 - axis])
        first, last = (a, b) if a[axis] <= b[axis] else (b, a)
        ends = (first[axis] + first[axis + 2], last[axis])
        if high - low >= 2 * CORNER_SPACE and 0 < ends[1] - ends[0] < _NARROW:
            place = low + (high - low) * share
            points = [(end, place) if axis == 0 else (place, end) for end in (ends if first is a else ends[::-1])]
            return tuple(points)
    return ()


def _loop(box: Box) -> Route:
    x, y = box.right - min(_LOOP_AT, box.width / 2), box.y + min(_LOOP_AT, box.height / 2)
    right, top = box.right + _LOOP_AWAY, box.y - _LOOP_AWAY
    return ((box.right, y), (right, y), (right, top), (x, top), (x, box.y))
