# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The way of each flow along lanes, from a side of a box to a side of another one: the cheapest one that is found.

A way is short, has few corners, leads around nodes and headings, and crosses few other ways. The search looks first at
what seems nearest to the end (A*), and gives up after a fixed number of steps, so its time grows with the flows only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import Box
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.lanes import CLEAR, SIDES, THROUGH, Lanes, ports

#: Prices, in pixels of detour: a corner; another way crossed; each pixel along another way; the wrong side of a node;
#: each pixel between a port and the middle of its side.
_CORNER, _CROSSING, _ALONG, _OTHER_SIDE, _OFF = 45.0, 70.0, 0.12, 60.0, 0.5
#: The least length of the first and last line of a way; free space between a port and the corner of a box.
STUB, CORNER_SPACE = 14, 10
#: Most ports of a side.
_PORTS = 5
#: Steps of a search, and how much a distance weighs that is still to go: the second search hurries.
_SEARCHES = ((2500, 1.0), (5000, 2.5))


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
        self.steps = 0
        self._moves = (1, lanes.wide, -1, -lanes.wide)

    def find(self, source: End, target: End) -> Way | None:
        """Return a way and use its place; None if none was found."""
        starts = list(self._ties(source, target))
        goals: dict[int, tuple[float, str, tuple[int, ...]]] = {}
        for price, side, vertices, direction in self._ties(target, source):
            state = vertices[-1] * 4 + (direction + 2) % 4
            if state not in goals or price < goals[state][0]:
                goals[state] = (price, side, vertices)
        for most, weight in _SEARCHES:
            found = self._search(starts, goals, target.box, most, weight)
            if found is not None:
                self._use(found.vertices, 1)
                return found
        return None

    def forget(self, way: Way) -> None:
        """Free the place of a way."""
        self._use(way.vertices, -1)

    def crossings(self, way: Way) -> int:
        """Return the number of other ways that a way crosses or touches."""
        count = 0
        for before, vertex, after in zip(way.vertices, way.vertices[1:], way.vertices[2:], strict=False):
            axis = 0 if abs(vertex - before) == 1 else 1
            straight = after - vertex == vertex - before
            count += self._passed[1 - axis][vertex] - (0 if straight else 1)
        return count

    def _use(self, vertices: Sequence[int], by: int) -> None:
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
            for port in ports(across, low, high, _PORTS):
                price = abs(along[beyond] - edge) + _OFF * abs(across[port] - (low + high) / 2)
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
        lanes, moves, wide = self._lanes, self._moves, self._lanes.wide
        columns, rows = lanes.columns, lanes.rows
        left, top, right, bottom = target.x - STUB, target.y - STUB, target.right + STUB, target.bottom + STUB
        last_column, last_row = wide - 1, len(rows) - 1
        prices, passed = lanes.prices, self._passed

        def rest(vertex: int) -> float:
            x, y = columns[vertex % wide], rows[vertex // wide]
            return weight * (max(left - x, x - right, 0.0) + max(top - y, y - bottom, 0.0))

        best: dict[int, float] = {}
        before: dict[int, int] = {}
        ties: dict[int, tuple[str, tuple[int, ...]]] = {}
        queue: list[tuple[float, int, float, int]] = []
        for price, side, vertices, direction in starts:
            state = vertices[-1] * 4 + direction
            if price < best.get(state, float("inf")):
                best[state], ties[state] = price, (side, vertices)
                before.pop(state, None)
                heappush(queue, (price + rest(vertices[-1]), len(queue), price, state))
        count, closed = len(queue), set()
        end, cheapest = -1, float("inf")
        for _step in range(most):
            if not queue:
                break
            total, _order, price, state = heappop(queue)
            if total >= cheapest:
                break
            if state in closed:
                continue
            closed.add(state)
            self.steps += 1
            vertex, direction = divmod(state, 4)
            if state in goals and price + goals[state][0] < cheapest:
                end, cheapest = state, price + goals[state][0]
            column, row = vertex % wide, vertex // wide
            for turn in (direction, (direction + 1) % 4, (direction + 3) % 4):
                if turn == 0:
                    if column == last_column:
                        continue
                    edge, length = vertex, columns[column + 1] - columns[column]
                elif turn == 1:
                    if row == last_row:
                        continue
                    edge, length = vertex, rows[row + 1] - rows[row]
                elif turn == 2:
                    if not column:
                        continue
                    edge, length = vertex - 1, columns[column] - columns[column - 1]
                else:
                    if not row:
                        continue
                    edge, length = vertex - wide, rows[row] - rows[row - 1]
                axis, following = turn % 2, vertex + moves[turn]
                new = following * 4 + turn
                if new in closed:
                    continue
                cost = price + length + prices[axis][edge] + _CROSSING * passed[1 - axis][following]
                if turn != direction:
                    cost += _CORNER
                if passed[axis][following] and passed[axis][vertex]:
                    cost += _ALONG * length
                if cost < best.get(new, float("inf")):
                    best[new], before[new] = cost, state
                    count += 1
                    heappush(queue, (cost + rest(following), count, cost, new))
        if end < 0:
            return None
        found = [end]
        while found[-1] in before:
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
    from bisect import bisect_left, bisect_right

    number = bisect_left(lanes, place) if forward else bisect_right(lanes, place) - 1
    return number if 0 <= number < len(lanes) else None


def _away(box: Box, towards: tuple[float, float], direction: int) -> float:
    """Return how far a side looks away from a point: 0 for a side that faces it."""
    x, y = box.middle
    ahead = ((towards[0] - x), (towards[1] - y), (x - towards[0]), (y - towards[1]))[direction]
    return min(max(0.0, -ahead), 300.0)
