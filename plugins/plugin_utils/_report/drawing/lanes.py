# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The lanes of a drawing: the columns and rows in which flows run, and the prices of the stretches between them.

A vertex is the crossing of a column and a row. Directions are numbers: 0 right, 1 down, 2 left, 3 up.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box

#: Distance of lanes from nodes and from boundaries; free space around a node in which no flow runs.
BESIDE_NODE, BESIDE_BOUNDARY, CLEAR = 20, 16, 8
#: Space for the heads of arrows beside a node.
CLOSE = 11
#: Prices: a stretch through a node, among the heads of its arrows, through a heading; each pixel along the line of a
#: boundary.
THROUGH, AT_NODE, HEADING, ALONG_BORDER = 1e6, 60.0, 300.0, 1.0
#: Lanes closer than this become one; the distance grows while there are too many vertices for the number of boxes.
_MERGED, _MERGED_MORE = 7.0, 1.6
_VERTICES, _VERTICES_PER_BOX = 5000, 200
_NEAR_BORDER = 6


class Lanes:
    """Columns and rows for ``nodes`` and ``boundaries``; ``extra`` are further (columns, rows) that are useful.

    ``headings`` are places that flows should not lead through.
    """

    def __init__(
        self,
        nodes: Sequence[Box],
        boundaries: Sequence[Box],
        headings: Sequence[Box],
        extra: tuple[Sequence[float], Sequence[float]],
    ) -> None:
        merged, most = _MERGED, _VERTICES + _VERTICES_PER_BOX * (len(nodes) + len(boundaries))
        while True:
            self.columns = _merged(*_wishes(nodes, boundaries, 0), extra[0], merged)
            self.rows = _merged(*_wishes(nodes, boundaries, 1), extra[1], merged)
            if len(self.columns) * len(self.rows) <= most:
                break
            merged *= _MERGED_MORE
        self.wide = len(self.columns)
        size = self.wide * len(self.rows)
        #: Vertex -> number of nodes that the stretch to the right, or down, leads through.
        self.through = ([0] * size, [0] * size)
        #: Vertex -> price of the stretch to the right, or down, besides its length.
        self.prices = ([0.0] * size, [0.0] * size)
        for box in nodes:
            for axis, vertex in self._stretches(box.grown(CLEAR)):
                self.through[axis][vertex] += 1
                self.prices[axis][vertex] += THROUGH
        for box in nodes:
            for axis, vertex in self._stretches(box.grown(CLOSE)):
                self.prices[axis][vertex] += AT_NODE
        for box in headings:
            for axis, vertex in self._stretches(box):
                self.prices[axis][vertex] += HEADING
        for box in boundaries:
            for line in _borders(box):
                axis = 0 if line.width > line.height else 1
                for direction, vertex in self._stretches(line):
                    if direction == axis:
                        self.prices[axis][vertex] += ALONG_BORDER * self.length(axis, vertex)

    def length(self, axis: int, vertex: int) -> float:
        """Return the length of the stretch from a vertex to the right (axis 0) or down (axis 1)."""
        lanes, number = (self.columns, vertex % self.wide) if axis == 0 else (self.rows, vertex // self.wide)
        return lanes[number + 1] - lanes[number] if number + 1 < len(lanes) else 0.0

    def place(self, vertex: int) -> tuple[float, float]:
        """Return the point of a vertex."""
        return self.columns[vertex % self.wide], self.rows[vertex // self.wide]

    def _stretches(self, box: Box) -> Iterable[tuple[int, int]]:
        """Yield (axis, vertex) of the stretches that lead through the inside of a box."""
        columns = range(bisect_right(self.columns, box.x), bisect_left(self.columns, box.right))
        rows = range(bisect_right(self.rows, box.y), bisect_left(self.rows, box.bottom))
        for row in rows:
            for column in range(max(0, columns.start - 1), min(columns.stop, self.wide - 1)):
                yield 0, row * self.wide + column
        for column in columns:
            for row in range(max(0, rows.start - 1), min(rows.stop, len(self.rows) - 1)):
                yield 1, row * self.wide + column


def _wishes(nodes: Iterable[Box], boundaries: Iterable[Box], axis: int) -> tuple[list[float], list[float]]:
    """Return the lanes through the middle of nodes, and the lanes beside boxes, of one axis."""
    middles = [box.middle[axis] for box in nodes]
    beside = [edge for box in nodes for edge in (box[axis] - BESIDE_NODE, box[axis] + box[axis + 2] + BESIDE_NODE)]
    for box in boundaries:
        beside += [box[axis] - BESIDE_BOUNDARY, box[axis] + box[axis + 2] + BESIDE_BOUNDARY]
    return middles, beside


def _merged(middles: Iterable[float], beside: Iterable[float], extra: Iterable[float], within: float) -> list[float]:
    """Return lanes at least about ``within`` apart; the middle of a node is kept before other lanes."""
    ranked = sorted([(place, 0) for place in middles] + [(p, 1) for p in extra] + [(p, 2) for p in beside])
    lanes: list[float] = []
    group: list[tuple[int, float]] = []
    for place, rank in [*ranked, (float("inf"), 0)]:
        if group and place - group[0][1] > within:
            best = min(rank for rank, _place in group)
            places = [p for r, p in group if r == best]
            lanes.append(places[len(places) // 2])
            group = []
        group.append((rank, place))
    return lanes


def _borders(box: Box) -> Iterable[Box]:
    near = _NEAR_BORDER
    yield Box(box.x, box.y - near, box.width, 2 * near)
    yield Box(box.x, box.bottom - near, box.width, 2 * near)
    yield Box(box.x - near, box.y, 2 * near, box.height)
    yield Box(box.right - near, box.y, 2 * near, box.height)


def ports(lanes: Sequence[float], low: float, high: float, most: int) -> list[int]:
    """Return the numbers of the lanes that meet a side between ``low`` and ``high``, those in the middle first.

    The nearest lane if none does.
    """
    middle = (low + high) / 2
    met = range(bisect_left(lanes, low), bisect_right(lanes, high))
    if not met:
        return [min(range(len(lanes)), key=lambda number: abs(lanes[number] - middle))]
    return sorted(met, key=lambda number: (abs(lanes[number] - middle), number))[:most]


#: Name of a side -> its direction.
SIDES: Mapping[str, int] = {"right": 0, "bottom": 1, "left": 2, "top": 3}
