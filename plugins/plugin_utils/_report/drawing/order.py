# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The order of flows that run side by side, in which they cross only where they must."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.lanes import Lanes

#: Flows whose ends in a lane are closer than this are kept apart too.
_NEAR = 8.0
#: How far a flow may move from its lane.
REACH = 90.0
#: Beyond every drawing.
_FAR = float("inf")


@dataclass(eq=False)
class Part:
    """A straight part of a way: ``axis`` 0 in a row, 1 in a column; from lane ``first`` to ``last`` of the other axis.

    ``low`` and ``high``: its extent in pixels; ``least`` and ``most``: where it may be; ``place``: where it is.
    """

    flow: int
    axis: int
    lane: int
    first: int
    last: int
    low: float
    high: float
    place: float
    least: float
    most: float


class Order:
    """The order of the parts of ways: ``ways`` are the vertices of each way, by its number.

    ``steps`` counts the pairs of parts that were looked at.
    """

    def __init__(self, lanes: Lanes, ways: Mapping[int, tuple[int, ...]]) -> None:
        self._lanes, self._ways = lanes, ways
        #: Way and direction of a walk (1 or -1) -> the place of the next corner for each place.
        self._corners = {number: {1: _corners(found), -1: _corners_back(found)} for number, found in ways.items()}
        self.steps = 0
        self._at = {number: {v: i for i, v in enumerate(found)} for number, found in ways.items()}

    def of(self, parts: Sequence[Part]) -> tuple[list[Part], list[list[tuple[int, bool]]]]:
        """Return parts of one axis in an order, and for each one those before it (number, whether in the same lane).

        Only neighbours are compared; a part is before another one too if there is a row of neighbours between them.
        """
        lanes: dict[int, list[int]] = {}
        for number in sorted(range(len(parts)), key=lambda n: (parts[n].low, n)):
            lanes.setdefault(parts[number].lane, []).append(number)
        after: list[dict[int, bool]] = [{} for _part in parts]
        front = _Front()
        for lane in sorted(lanes):
            sections = list(self._sections(parts, lanes[lane], after))
            for low, high, first, _last in sections:
                for other in front.seen(low, high):
                    self.steps += 1
                    if parts[first].place - parts[other].place <= 2 * REACH:
                        after[other][first] = False
            for low, high, _first, last in sections:
                front.cover(low, high, last)
        return _sorted(parts, after)

    def _sections(
        self, parts: Sequence[Part], numbers: Sequence[int], after: Sequence[dict[int, bool]]
    ) -> Iterator[tuple[float, float, int, int]]:
        """Put the parts of one lane, which are sorted by their beginning, in order: those at one place at a time.

        Adds the order of neighbours to ``after``. Yields (low, high, first part, last part) between two places.
        """
        events = [(parts[number].low - _NEAR / 2, True, number) for number in numbers]
        events += [(parts[number].high + _NEAR / 2, False, number) for number in numbers]
        row: list[int] = []
        last = 0.0
        for place, begins, number in sorted(events):
            if row and place > last:
                yield last, place, row[0], row[-1]
            at = self._position(parts, row, number) if begins else row.index(number)
            if begins:
                row.insert(at, number)
                pairs = [(at - 1, at), (at, at + 1)]
            else:
                del row[at]
                pairs = [(at - 1, at)]
            for one, other in pairs:
                if one >= 0 and other < len(row) and parts[row[one]].flow != parts[row[other]].flow:
                    after[row[one]][row[other]] = True
            last = place

    def _position(self, parts: Sequence[Part], row: Sequence[int], number: int) -> int:
        """Return the place of a part in a row of others."""
        low, high = 0, len(row)
        while low < high:
            middle = (low + high) // 2
            if self._is_before(parts[row[middle]], parts[number]):
                low = middle + 1
            else:
                high = middle
        return low

    def _is_before(self, one: Part, other: Part) -> bool:
        """Whether a part is above, or left of, another one in its lane, so that they cross no more than needed."""
        if one.flow > other.flow:
            return not self._is_before(one=other, other=one)
        self.steps += 1
        common = max(one.first, other.first)
        if common > min(one.last, other.last):
            return True
        wide = self._lanes.wide
        vertex = one.lane * wide + common if one.axis == 0 else common * wide + one.lane
        if vertex not in self._at[one.flow] or vertex not in self._at[other.flow]:
            return True
        ahead, forward = self._turn(one, other, vertex, True)
        back, _forward = self._turn(one, other, vertex, False)
        left = ahead if forward else -back
        if not left:
            left = -back if forward else ahead
        if not left:
            left = 1 if forward else -1
        return (left > 0) == (one.axis == 0)

    def _turn(self, one: Part, other: Part, vertex: int, onwards: bool) -> tuple[int, bool]:
        """Walk along two ways, right or down if ``onwards``, to the place where they part.

        Returns 1 if the first one is then at the left of the other, -1 at the right, 0 if they end together; and
        whether the walk is in the direction of the first way.
        """
        heading = one.axis + (0 if onwards else 2)
        back = (-1, -self._lanes.wide, 1, self._lanes.wide)[heading]
        places, steps = [], []
        for part in (one, other):
            place = self._at[part.flow][vertex]
            way = self._ways[part.flow]
            if place and way[place - 1] == vertex + back:
                step = 1
            elif place + 1 < len(way) and way[place + 1] == vertex + back:
                step = -1
            else:
                step = 1 if place + 1 < len(way) and way[place + 1] == vertex - back else -1
                if step < 0 and not (place and way[place - 1] == vertex - back):
                    step = -1 if place else 1
            places.append(place)
            steps.append(step)
        moves = {1: 0, self._lanes.wide: 1, -1: 2, -self._lanes.wide: 3}
        first, second = self._ways[one.flow], self._ways[other.flow]
        while True:
            at = first[places[0]]
            following = [place + step for place, step in zip(places, steps, strict=True)]
            a = first[following[0]] if 0 <= following[0] < len(first) else None
            b = second[following[1]] if 0 <= following[1] < len(second) else None
            if a is not None and a == b:
                heading = moves[a - at]
                common = min(
                    abs(self._corners[part.flow][step][place] - place)
                    for part, place, step in zip((one, other), places, steps, strict=True)
                )
                places = [place + step * common for place, step in zip(places, steps, strict=True)]
                continue
            turns = []
            for ahead in (a, b):
                turn = 0 if ahead is None else (moves[ahead - at] - heading) % 4
                turns.append({0: 0, 1: 1, 3: -1, 2: 0}[turn])
            return (turns[0] < turns[1]) - (turns[0] > turns[1]), steps[0] > 0


class _Front:
    """The parts that are in front, seen from the lanes that follow. Those behind them are kept apart by them."""

    def __init__(self) -> None:
        self._starts = [-_FAR]
        self._found: list[tuple[float, float, int | None]] = [(-_FAR, _FAR, None)]

    def seen(self, low: float, high: float) -> list[int]:
        """Return the parts in front between two places."""
        first, end = bisect_right(self._starts, low) - 1, bisect_left(self._starts, high)
        seen = [number for _low, _high, number in self._found[first:end] if number is not None]
        return list(dict.fromkeys(seen))

    def cover(self, low: float, high: float, number: int) -> None:
        """Put a part in front between two places."""
        first, end = bisect_right(self._starts, low) - 1, bisect_left(self._starts, high)
        start, _end, before = self._found[first]
        _start, stop, behind = self._found[end - 1]
        new = [(start, low, before), (low, high, number), (high, stop, behind)]
        self._found[first:end] = [found for found in new if found[0] < found[1]]
        self._starts[first:end] = [found[0] for found in new if found[0] < found[1]]


def _corners(vertices: Sequence[int]) -> list[int]:
    """Return for each place in a way the place where it turns next, or ends."""
    found = list(range(len(vertices)))
    for place in range(len(vertices) - 2, -1, -1):
        step = vertices[place + 1] - vertices[place]
        is_straight = place + 2 < len(vertices) and vertices[place + 2] - vertices[place + 1] == step
        found[place] = found[place + 1] if is_straight else place + 1
    return found


def _corners_back(vertices: Sequence[int]) -> list[int]:
    """Return for each place in a way the place where it turned last, or began."""
    last = len(vertices) - 1
    return [last - place for place in reversed(_corners(vertices[::-1]))]


def _sorted(parts: Sequence[Part], after: Sequence[dict[int, bool]]) -> tuple[list[Part], list[list[tuple[int, bool]]]]:
    """Sort parts so that each is behind those before it; a ring is cut at the first of its parts."""
    waiting = [0] * len(parts)
    for found in after:
        for number in found:
            waiting[number] += 1
    keys = [(part.lane, part.low, part.flow, number) for number, part in enumerate(parts)]
    ready = [keys[number] for number in range(len(parts)) if not waiting[number]]
    heapify(ready)
    rest = sorted(keys)
    order: dict[int, int] = {}
    position = 0
    while len(order) < len(parts):
        if ready:
            number = heappop(ready)[-1]
        else:
            while rest[position][-1] in order:
                position += 1
            number = rest[position][-1]
        if number in order:
            continue
        order[number] = len(order)
        for following in after[number]:
            waiting[following] -= 1
            if not waiting[following] and following not in order:
                heappush(ready, keys[following])
    found_before: list[list[tuple[int, bool]]] = [[] for _part in parts]
    for number, found in enumerate(after):
        for following, same in found.items():
            if order[number] < order[following]:
                found_before[order[following]].append((order[number], same))
    return [parts[number] for number in order], found_before
