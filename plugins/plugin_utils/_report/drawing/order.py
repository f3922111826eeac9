# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The order of flows that run side by side, in which they cross only where they must."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.lanes import Lanes

#: Flows whose ends in a lane are closer than this are kept apart too.
_NEAR = 8.0
#: How far a flow may move from its lane.
REACH = 90.0


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
    """The order of the parts of ways: ``ways`` are the vertices of each way, by its number."""

    def __init__(self, lanes: Lanes, ways: Mapping[int, tuple[int, ...]]) -> None:
        self._lanes, self._ways = lanes, ways
        self._at = {number: {v: i for i, v in enumerate(found)} for number, found in ways.items()}

    def of(self, parts: Sequence[Part]) -> tuple[list[Part], list[list[tuple[int, bool]]]]:
        """Return parts of one axis in an order, and for each one those before it (number, whether in the same lane)."""
        lanes: dict[int, list[int]] = {}
        for number in sorted(range(len(parts)), key=lambda n: (parts[n].low, n)):
            lanes.setdefault(parts[number].lane, []).append(number)
        after: list[dict[int, bool]] = [{} for _part in parts]
        ranked = sorted(lanes)
        longest = {lane: max(parts[n].high - parts[n].low for n in found) for lane, found in lanes.items()}
        lows = {lane: [parts[n].low for n in found] for lane, found in lanes.items()}
        for rank, lane in enumerate(ranked):
            for other in ranked[rank:]:
                numbers = lanes[other]
                if other != lane and parts[numbers[0]].place - parts[lanes[lane][0]].place > 2 * REACH:
                    break
                for one in lanes[lane]:
                    part = parts[one]
                    start = bisect_left(lows[other], part.low - _NEAR - longest[other])
                    for number in numbers[start:]:
                        following = parts[number]
                        if following.low >= part.high + _NEAR:
                            break
                        if following.high + _NEAR <= part.low or following.flow == part.flow:
                            continue
                        if other != lane:
                            after[one][number] = False
                        elif number > one:
                            pair = (one, number) if self._is_before(part, following) else (number, one)
                            after[pair[0]][pair[1]] = True
        return _sorted(parts, after)

    def _is_before(self, one: Part, other: Part) -> bool:
        """Whether a part is above, or left of, another one in its lane, so that they cross no more than needed."""
        if one.flow > other.flow:
            return not self._is_before(one=other, other=one)
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
            places = [place + step for place, step in zip(places, steps, strict=True)]
            a = first[places[0]] if 0 <= places[0] < len(first) else None
            b = second[places[1]] if 0 <= places[1] < len(second) else None
            if a is not None and a == b:
                heading = moves[a - at]
                continue
            turns = []
            for following in (a, b):
                turn = 0 if following is None else (moves[following - at] - heading) % 4
                turns.append({0: 0, 1: 1, 3: -1, 2: 0}[turn])
            return (turns[0] < turns[1]) - (turns[0] > turns[1]), steps[0] > 0


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
