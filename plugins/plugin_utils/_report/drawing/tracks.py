# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Tracks: flows in one lane run side by side, in an order in which they cross only where they must."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.lanes import SIDES, Lanes
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.order import REACH, Order, Part
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.space import Index
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.ways import End, Way, port_range

#: Distances between flows side by side: the largest one for which there is space.
_GAPS = (14.0, 10.0, 8.0, 6.0, 4.5, 3.0, 1.5)
#: A distance of two flows at which the head of an arrow has free space, and the attempts to reach it.
_ENOUGH, _SWEEPS = 8.0, 2
#: Boxes closer than this to a corner limit both of its lines: moved together they could enter the box.
_CORNER = 24.0
#: The distance of a flow from nodes, and from the lines of boundaries.
_FROM_NODE, _FROM_BORDER = 15.0, 6.0
#: The least distance from a node for flows in a narrow lane.
_CLOSE = 10.5


class Tracks:
    """Turns ways into routes. ``obstacles`` are nodes (item True), and the lines of boundaries (item False)."""

    def __init__(self, lanes: Lanes, obstacles: Index[bool]) -> None:
        self._lanes, self._obstacles = lanes, obstacles

    def routes(self, ways: dict[int, tuple[Way, End, End]]) -> dict[int, tuple[Point, ...]]:
        """Return the route of each way, by its number."""
        parts = {number: list(self._parts(number, *found)) for number, found in ways.items()}
        order = Order(self._lanes, {number: way.vertices for number, (way, _source, _target) in ways.items()})
        for axis in (0, 1):
            _spread(*order.of([part for found in parts.values() for part in found if part.axis == axis]))
        return {number: _points(found, *ways[number]) for number, found in parts.items()}

    # ----------------------------------------------------------------------------------------------- parts
    def _parts(self, number: int, way: Way, source: End, target: End) -> Iterator[Part]:
        wide = self._lanes.wide
        runs: list[tuple[int, list[int]]] = [(SIDES[way.sides[0]] % 2, [way.vertices[0]])]
        for before, vertex in zip(way.vertices, way.vertices[1:], strict=False):
            axis = 0 if abs(vertex - before) == 1 else 1
            if axis != runs[-1][0]:
                runs.append((axis, [before]))
            runs[-1][1].append(vertex)
        if runs[-1][0] != SIDES[way.sides[1]] % 2:
            runs.append((1 - runs[-1][0], [way.vertices[-1]]))
        for place, (axis, vertices) in enumerate(runs):
            lane = vertices[0] // wide if axis == 0 else vertices[0] % wide
            along = sorted(v % wide if axis == 0 else v // wide for v in vertices)
            lanes, across = (
                (self._lanes.columns, self._lanes.rows) if axis == 0 else (self._lanes.rows, self._lanes.columns)
            )
            ends = [end for end, is_here in ((source, place == 0), (target, place == len(runs) - 1)) if is_here]
            sides = [
                side for side, is_here in zip(way.sides, (place == 0, place == len(runs) - 1), strict=True) if is_here
            ]
            extent = [lanes[along[0]], lanes[along[-1]], *map(_edge, ends, sides)]
            part = Part(number, axis, lane, along[0], along[-1], min(extent), max(extent), across[lane], -1e300, 1e300)
            part.least, part.most = part.place - REACH, part.place + REACH
            self._bound(part, [port_range(end, side) for end, side in zip(ends, sides, strict=True)])
            yield part

    def _bound(self, part: Part, ranges: Sequence[tuple[float, float]]) -> None:
        """Set the limits of a part: the sides of the boxes that it touches, and what is beside it."""
        at = part.place
        if ranges:
            low, high = max(low for low, _high in ranges), min(high for _low, high in ranges)
            part.least, part.most = (low, high) if low <= high else ranges[-1]
            at = part.place = min(max(at, part.least), part.most)
        space = 0.0 if ranges else _CORNER
        low, high = part.low - space, part.high + space
        around = (
            (low, at - REACH, high - low, 2 * REACH) if part.axis == 0 else (at - REACH, low, 2 * REACH, high - low)
        )
        for box, is_node in self._obstacles.near(Box(*around)):
            start, end = box[part.axis], box[part.axis] + box[part.axis + 2]
            near, far = box[1 - part.axis], box[1 - part.axis] + box[3 - part.axis]
            if end <= low or high <= start or (not is_node and end - start < far - near):
                continue  # beside the ends, or a line that the part crosses
            apart = _FROM_NODE if is_node else _FROM_BORDER
            if far <= at:
                part.least = max(part.least, far + min(at - far, apart if at - far >= apart else _CLOSE))
            elif near >= at:
                part.most = min(part.most, near - min(near - at, apart if near - at >= apart else _CLOSE))


def _spread(parts: Sequence[Part], before: Sequence[Sequence[tuple[int, bool]]]) -> None:
    """Place parts, which are in order, with gaps between them, as near to their lanes as possible."""
    size = len(parts)
    behind: list[list[tuple[int, bool]]] = [[] for _part in parts]
    for number, found in enumerate(before):
        for other, same in found:
            behind[other].append((number, same))
    lane_rank, lane_back = _ranks(before, range(size)), _ranks(behind, range(size - 1, -1, -1))
    gaps: list[float] = [0.0] * size
    limits = [(part.least, max(part.least, part.most)) for part in parts]
    for gap in _GAPS:
        waiting = [number for number in range(size) if not gaps[number]]
        if not waiting:
            break
        least = _limits([part.least for part in parts], before, range(size), gap)
        most = _limits([-part.most for part in parts], behind, range(size - 1, -1, -1), gap)
        for number in waiting:
            if least[number] <= -most[number]:
                gaps[number], limits[number] = gap, (least[number], -most[number])
    for number, part in enumerate(parts):
        wish = part.place + (lane_rank[number] - lane_back[number]) * (gaps[number] or _GAPS[-1]) / 2
        earlier = [parts[other].place + min(gaps[other], gaps[number]) for other, _same in before[number]]
        part.place = min(max(wish, limits[number][0], *earlier), limits[number][1])
    _relax(parts, before, behind)


def _relax(
    parts: Sequence[Part],
    before: Sequence[Sequence[tuple[int, bool]]],
    behind: Sequence[Sequence[tuple[int, bool]]],
) -> None:
    """Move parts that are close to one neighbour, but not to the other one, towards the middle between them.

    A crowd in one place makes the gaps of the parts beside it small, although there is space for them.
    """
    numbers = range(len(parts))
    for order in (numbers, reversed(numbers)) * _SWEEPS:
        for number in order:
            part = parts[number]
            low = max((parts[other].place for other, _same in before[number]), default=-1e9)
            high = min((parts[other].place for other, _same in behind[number]), default=1e9)
            left, right = part.place - low, high - part.place
            if 0 <= left < _ENOUGH and left < right:
                part.place = max(part.place, min(part.place + min(_ENOUGH - left, (right - left) / 2), part.most))
            elif 0 <= right < _ENOUGH and right < left:
                part.place = min(part.place, max(part.place - min(_ENOUGH - right, (left - right) / 2), part.least))


def _limits(
    own: Sequence[float], linked: Sequence[Sequence[tuple[int, bool]]], order: Sequence[int], gap: float
) -> list[float]:
    """Return the least place of each part if there is a gap behind each of those that it follows."""
    found = list(own)
    for number in order:
        for other, _same in linked[number]:
            if found[other] + gap > found[number]:
                found[number] = found[other] + gap
    return found


def _ranks(linked: Sequence[Sequence[tuple[int, bool]]], order: Sequence[int]) -> list[int]:
    """Return the number of parts in a row that each part follows in its lane."""
    found = [0] * len(linked)
    for number in order:
        found[number] = max((found[other] + 1 for other, same in linked[number] if same), default=0)
    return found


def _edge(end: End, side: str) -> float:
    return {"right": end.box.right, "left": end.box.x, "bottom": end.box.bottom, "top": end.box.y}[side]


def _points(parts: Sequence[Part], way: Way, source: End, target: End) -> tuple[Point, ...]:
    """Return the points of a route: where its parts meet each other and the boxes."""
    first, last = _edge(source, way.sides[0]), _edge(target, way.sides[1])
    corners = [(a, b) if a.axis else (b, a) for a, b in pairwise(parts)]
    points = [(column.place, row.place) for column, row in corners]
    start = (first, parts[0].place) if parts[0].axis == 0 else (parts[0].place, first)
    end = (last, parts[-1].place) if parts[-1].axis == 0 else (parts[-1].place, last)
    return (start, *points, end)
