# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The way of each flow along lanes, from a side of a box to a side of another one: the cheapest one that is found.

A way is short, has few corners, leads around nodes and headings, and crosses few other ways. The search looks first at
what seems nearest to the end (A*), and gives up after a fixed number of steps, so its time grows with the flows only.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.lanes import CLEAR, SIDES, THROUGH, Lanes, ports

#: Prices, in pixels of detour: a corner; another way crossed; each pixel along another way; the wrong side of a node;
#: each pixel between a port and the middle of its side.
_CORNER, _CROSSING, _ALONG, _OTHER_SIDE, _OFF = 45.0, 70.0, 0.12, 60.0, 0.5
#: Space that a flow needs at a side, and the price of each flow for which there is none.
_PORT_SPACE, _FULL = 11.0, 90.0
#: The least length of the first and last line of a way; free space between a port and the corner of a box.
STUB, CORNER_SPACE = 14, 10
#: Most ports of a side.
_PORTS = 5
#: Steps of a search, and the weight of the rest of the way: the later searches hurry.
_SEARCHES = ((800, 1.0), (1500, 3.0), (3000, 10.0))
#: Searches in a row without success after which the same kind is left out for ways that are no shorter.
_IN_VAIN = 2
#: Steps for each way, on average, after which the first search is left out.
_CAREFUL = 400
#: Direction -> directions in which a way may go on.
_TURNS = ((0, 1, 3), (1, 2, 0), (2, 3, 1), (3, 0, 2))
_INFINITE = float("inf")


@dataclass(frozen=True)
class End:
    """An end of a flow: its box, the side that is wanted (None: any), and whether the way runs inside of the box.

    ``is_solid``: no way leads through the box. ``corner``: a loop takes the right upper corner of the box.
    """

    box: Box
    side: str | None = None
    is_inside: bool = False
    is_solid: bool = True
    corner: float = 0.0


@dataclass(frozen=True)
class Way:
    """The vertices of a way, and the sides at which it begins and ends."""

    vertices: tuple[int, ...]
    sides: tuple[str, str]


class Ways:
    """Finds ways, one after the other. ``steps`` counts the vertices that were looked at."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        size = lanes.wide * len(lanes.rows)
        #: Vertex -> ways that pass it to the right or left, and up or down.
        self._passed = ([0] * size, [0] * size)
        #: Box and side -> ways that begin or end there.
        self._tied: dict[tuple[Box, str], int] = {}
        self.steps = self._count = 0
        #: For each kind of search: how many in a row found nothing, and the shortest distance of their ends.
        self._failed = [(0, _INFINITE)] * len(_SEARCHES)

    def find(self, source: End, target: End) -> Way | None:
        """Return a way and use its place; None if none was found."""
        starts = list(self._ties(source, target))
        goals: dict[int, tuple[float, str, tuple[int, ...]]] = {}
        for price, side, vertices, direction in self._ties(target, source):
            state = vertices[-1] * 4 + (direction + 2) % 4
            if state not in goals or price < goals[state][0]:
                goals[state] = (price, side, vertices)
        self._count += 1
        far = _distance(source.box, target.box)
        for kind in range(self.steps > _CAREFUL * self._count, len(_SEARCHES)):
            failed, least = self._failed[kind]
            if failed >= _IN_VAIN and far >= least and kind + 1 < len(_SEARCHES):
                continue
            found = self._search(starts, goals, target.box, *_SEARCHES[kind])
            if found is None:
                self._failed[kind] = (failed + 1, min(far, least))
                continue
            if far >= least:
                self._failed[kind] = (0, _INFINITE)
            self._use(found, source, target, 1)
            return found
        return None

    def forget(self, way: Way, source: End, target: End) -> None:
        """Free the place of a way."""
        self._use(way, source, target, -1)

    def crossings(self, way: Way) -> int:
        """Return the number of other ways that a way crosses or touches."""
        count = 0
        for before, vertex, after in zip(way.vertices, way.vertices[1:], way.vertices[2:], strict=False):
            axis = 0 if abs(vertex - before) == 1 else 1
            straight = after - vertex == vertex - before
            count += self._passed[1 - axis][vertex] - (0 if straight else 1)
        return count

    def _use(self, way: Way, source: End, target: End, by: int) -> None:
        for end, side in zip((source, target), way.sides, strict=True):
            self._tied[end.box, side] = self._tied.get((end.box, side), 0) + by
        vertices = way.vertices
        for number, vertex in enumerate(vertices):
            around = (
                vertices[number - 1] if number else None,
                vertices[number + 1] if number + 1 < len(vertices) else None,
            )
            steps = {abs(vertex - other) == 1 for other in around if other is not None}
            for level in steps:
                self._passed[0 if level else 1][vertex] += by

    def _ties(self, end: End, other: End) -> Iterator[tuple[float, str, tuple[int, ...], int]]:
        """Yield (price, side, vertices from the box on, direction away from the box) for the ports of an end."""
        lanes, box = self._lanes, end.box
        towards = other.box.middle
        for side, direction in SIDES.items():
            level = direction % 2 == 0
            low, high = port_range(end, side)
            across, along = (lanes.rows, lanes.columns) if level else (lanes.columns, lanes.rows)
            edge = {"right": box.right, "left": box.x, "bottom": box.bottom, "top": box.y}[side]
            forward = (direction < 2) != end.is_inside
            reach = edge + (STUB if forward else -STUB)
            beyond = _beyond(along, reach, forward)
            if beyond is None:
                continue
            first = _beyond(along, edge + (CLEAR if forward else -CLEAR), forward)
            covered = range(first, beyond + 1) if forward else range(first, beyond - 1, -1)  # type: ignore[arg-type]
            heading = direction if not end.is_inside else (direction + 2) % 4
            full = _FULL * max(0.0, self._tied.get((box, side), 0) + 1 - (high - low) / _PORT_SPACE)
            for port in ports(across, low, high, _PORTS):
                price = full + abs(along[beyond] - edge) + _OFF * abs(across[port] - (low + high) / 2)
                price += _OTHER_SIDE if end.side not in (None, side) else 0
                price += 0.2 * _away(box, towards, direction) if not end.is_inside else 0
                vertices = tuple(port * lanes.wide + n if level else n * lanes.wide + port for n in covered)
                axis = 0 if level else 1
                for vertex in vertices[:-1] if forward else vertices[1:]:
                    price += THROUGH * lanes.through[axis][vertex] + _CROSSING * self._passed[1 - axis][vertex]
                yield price, side, vertices, heading

    def _search(
        self,
        starts: Sequence[tuple[float, str, tuple[int, ...], int]],
        goals: dict[int, tuple[float, str, tuple[int, ...]]],
        target: Box,
        most: int,
        weight: float,
    ) -> Way | None:
        wide, columns, rows = self._lanes.wide, self._lanes.columns, self._lanes.rows
        left, top, right, bottom = target.x - STUB, target.y - STUB, target.right + STUB, target.bottom + STUB
        #: The least price of the rest of a way, by column and by row.
        across = [weight * max(left - x, x - right, 0.0) for x in columns]
        down = [weight * max(top - y, y - bottom, 0.0) for y in rows]
        last_column, last_row = wide - 1, len(rows) - 1
        (row_prices, column_prices), (in_rows, in_columns) = self._lanes.prices, self._passed
        corner = _CORNER * math.sqrt(weight)  # otherwise searches that hurry would make stairs
        best: dict[int, float] = {}
        before: dict[int, int] = {}
        ties: dict[int, tuple[str, tuple[int, ...]]] = {}
        queue: list[tuple[float, int, float, int]] = []
        for price, side, vertices, direction in starts:
            state = vertices[-1] * 4 + direction
            if price < best.get(state, float("inf")):
                best[state], ties[state] = price, (side, vertices)
                rest = across[vertices[-1] % wide] + down[vertices[-1] // wide]
                heappush(queue, (price + rest, len(queue), price, state))
        count = len(queue)
        end, cheapest = -1, _INFINITE
        for _step in range(most):
            if not queue:
                break
            total, _order, price, state = heappop(queue)
            if total >= cheapest:
                break
            if price > best[state]:
                continue  # a cheaper way to this state was found after this one
            self.steps += 1
            vertex, direction = state >> 2, state & 3
            if state in goals and price + goals[state][0] < cheapest:
                end, cheapest = state, price + goals[state][0]
            column, row = vertex % wide, vertex // wide
            for turn in _TURNS[direction]:
                if turn == 0:
                    if column == last_column:
                        continue
                    edge, to, length = vertex, vertex + 1, columns[column + 1] - columns[column]
                    rest = across[column + 1] + down[row]
                elif turn == 2:
                    if not column:
                        continue
                    edge = to = vertex - 1
                    length, rest = columns[column] - columns[column - 1], across[column - 1] + down[row]
                elif turn == 1:
                    if row == last_row:
                        continue
                    edge, to, length = vertex, vertex + wide, rows[row + 1] - rows[row]
                    rest = across[column] + down[row + 1]
                else:
                    if not row:
                        continue
                    edge = to = vertex - wide
                    length, rest = rows[row] - rows[row - 1], across[column] + down[row - 1]
                cost = price + length + (corner if turn != direction else 0.0)
                if turn & 1:
                    cost += column_prices[edge] + _CROSSING * in_rows[to]
                    if in_columns[to] and in_columns[vertex]:
                        cost += _ALONG * length
                else:
                    cost += row_prices[edge] + _CROSSING * in_columns[to]
                    if in_rows[to] and in_rows[vertex]:
                        cost += _ALONG * length
                new = to * 4 + turn
                if cost < best.get(new, _INFINITE):
                    best[new], before[new] = cost, state
                    ties.pop(new, None)
                    count += 1
                    heappush(queue, (cost + rest, count, cost, new))
        if end < 0:
            return None
        found = [end]
        while found[-1] not in ties:
            found.append(before[found[-1]])
        found.reverse()
        side, first = ties[found[0]]
        _price, other, final = goals[end]
        vertices = (*first, *(state // 4 for state in found[1:]), *reversed(final[:-1]))
        return Way(vertices, (side, other))


def port_range(end: End, side: str) -> tuple[float, float]:
    """Return the least and the largest place of ports of a side."""
    box = end.box
    low, high = (box.y, box.bottom) if SIDES[side] % 2 == 0 else (box.x, box.right)
    space = min(CORNER_SPACE, (high - low) / 3)
    low, high = low + space, high - space
    if end.corner and side == "right":
        low = min(low + end.corner, high)
    if end.corner and side == "top":
        high = max(high - end.corner, low)
    return low, high


def _beyond(lanes: Sequence[float], place: float, forward: bool) -> int | None:
    """Return the number of the first lane at or beyond a place."""
    number = bisect_left(lanes, place) if forward else bisect_right(lanes, place) - 1
    return number if 0 <= number < len(lanes) else None


def _distance(one: Box, other: Box) -> float:
    """Return the distance between the middles of two boxes, measured along the axes."""
    (a, b), (c, d) = one.middle, other.middle
    return abs(a - c) + abs(b - d)


def _away(box: Box, towards: tuple[float, float], direction: int) -> float:
    """Return how far a side looks away from a point: 0 for a side that faces it."""
    x, y = box.middle
    ahead = ((towards[0] - x), (towards[1] - y), (x - towards[0]), (y - towards[1]))[direction]
    return min(max(0.0, -ahead), 300.0)
