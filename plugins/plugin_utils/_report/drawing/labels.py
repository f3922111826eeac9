# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places for the labels of flows and the numbers of threats, so that no text is covered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point, hull
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import Route, around, length, outline
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.space import Index

#: Free space around a label, and between a label and the line next to it.
_MARGIN, _BESIDE = 3, 3
#: Distance of two places of a label that are tried along a line, and the most places along one.
_STEP, _PLACES = 18, 11
#: Prices: another flow under a label, the line of a boundary, a bend; the flow's own line hidden, a place beside the
#: line, a place off the middle.
_FOREIGN, _BORDER, _BEND, _HIDDEN, _ASIDE, _OFF = 90, 80, 60, 45, 12, 30
#: Price of a level line between the lines of a label, and the height of labels with one line.
_BETWEEN, _ONE_LINE = 25, 22
#: Prices: more lines than needed; numbers near another element.
_NARROWER, _DOUBTFUL = 8, 30
#: Visible length of a line on each side of a label on it; space between a label and the bends of its flow.
_SEEN = 14
#: Most free places of which the price is found out.
_TRIED = 70
#: The owner of lines that are no flows.
_NO_FLOW = -1


class Space:
    """What is in a drawing: boxes that nothing may cover, lines of flows and boundaries, and bends of flows.

    ``steps`` counts the things that were looked at.
    """

    def __init__(self, taken: Sequence[Box], routes: Sequence[Route], boundaries: Sequence[Box]) -> None:
        whole = hull([*taken, *boundaries, *(Box(*point, 0, 0) for route in routes for point in route)])
        self._taken: Index[Box] = Index(whole)
        self._lines: Index[tuple[int, Point, Point]] = Index(whole)
        self._bends: Index[None] = Index(whole)
        self.steps = 0
        for box in taken:
            self.take(box)
        for number, route in enumerate(routes):
            for a, b in pairwise(route):
                self._lines.add(hull((Box(*a, 0, 0), Box(*b, 0, 0))), (number, a, b))
            for point in route[1:-1]:
                self._bends.add(Box(*point, 0, 0), None)
        for box in boundaries:
            for a, b in outline(box):
                self._lines.add(hull((Box(*a, 0, 0), Box(*b, 0, 0))), (_NO_FLOW, a, b))

    def is_free(self, box: Box, but: Box | None = None) -> bool:
        """Whether no box is there, except perhaps ``but``."""
        near = self._taken.near(box)
        self.steps += 1 + len(near)
        return not any(box.overlaps(other) for other, _item in near if other is not but)

    def take(self, box: Box) -> Box:
        """Use the space of a box."""
        self._taken.add(box, box)
        return box

    def price(self, box: Box, own: int = _NO_FLOW - 1) -> float:
        """Return the price of what a text covers; the line of the flow ``own`` costs nothing, but its bends do."""
        price = 0.0
        near = self._lines.near(box)
        self.steps += 1 + len(near)
        for _place, (owner, a, b) in near:
            if owner != own and box.crossed(a, b):
                price += _BORDER if owner == _NO_FLOW else _FOREIGN
        return price + _BEND * sum(1 for _bend in self._bends.near(box))


def put_labels(routes: Sequence[Route], sizes: Sequence[Sequence[Point]], space: Space) -> list[tuple[Box, int]]:
    """Return the box of each flow's label and the index of its size in ``sizes``; an empty box without sizes.

    Labels with the fewest possible places come first. No box overlaps another one or one that is taken in ``space``.
    """
    found: dict[int, tuple[Box, int]] = {}
    widest = [max((width for width, _height in given), default=0) for given in sizes]
    for number in sorted(range(len(routes)), key=lambda n: (length(routes[n]) - widest[n], n)):
        if not sizes[number]:
            found[number] = (around(routes[number][0], 0, 0), 0)
            continue
        ranked = sorted(
            (price + _NARROWER * choice, place, choice)
            for choice, size in enumerate(sizes[number])
            for price, place in _places(routes[number], *size)
        )
        best: tuple[Box, int] | None = None
        cheapest, tried = float("inf"), 0
        for price, box, choice in ranked:
            if price >= cheapest or tried == _TRIED:
                break
            if space.is_free(box.grown(_MARGIN)):
                tried += 1
                whole = price + space.price(box, number)
                if whole < cheapest:
                    best, cheapest = (box, choice), whole
        found[number] = best or (_nearest(middle(routes[number]), *sizes[number][0], space, number), 0)
        space.take(found[number][0])
    return [found[number] for number in range(len(routes))]


def middle(route: Route) -> Point:
    """Return the point in the middle of a route."""
    left = length(route) / 2
    for a, b in pairwise(route):
        part = length((a, b))
        if part and left <= part:
            return a[0] + (b[0] - a[0]) * left / part, a[1] + (b[1] - a[1]) * left / part
        left -= part
    return route[0]


def put_numbers(box: Box, sizes: Sequence[Point], space: Space) -> Box:
    """Return the place for the numbers of a node's threats: around it, where they cover the fewest lines.

    ``sizes`` are their possible sizes.
    """
    gap = 3
    ranked = []
    for order, (width, height) in enumerate(sizes):
        x, y = box.middle
        columns = (box.x, box.right - width, x - 8 - width, x + 8)
        rows = (box.y, box.bottom - height, y - 8 - height, y + 8)
        places = [Box(left, box.y - height - gap, width, height) for left in columns]
        places += [Box(left, box.bottom + gap, width, height) for left in columns]
        places += [Box(box.x - width - gap, top, width, height) for top in rows]
        places += [Box(box.right + gap, top, width, height) for top in rows]
        for number, place in enumerate(places):
            price = space.price(place.grown(2)) + _DOUBTFUL * (not space.is_free(place.grown(8), but=box))
            ranked.append((price + 4 * number + 10 * order, place))
    best = next((place for _price, place in sorted(ranked) if space.is_free(place)), None)
    return space.take(best or _nearest(box.middle, *sizes[0], space))


def _places(route: Route, width: float, height: float) -> Iterator[tuple[float, Box]]:
    """Yield places on and beside the parts of a route, with their prices besides what they cover."""
    whole = length(route) or 1
    passed = 0.0
    for a, b in pairwise(route):
        part = length((a, b))
        is_level = abs(a[0] - b[0]) >= abs(a[1] - b[1])
        long = width if is_level else height
        hidden = long > part - 2 * _SEEN
        aside = (height if is_level else width) / 2 + _BESIDE
        for share in _shares(part, long):
            x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            price = _OFF * abs((passed + part * share) / whole - 0.5) * 2
            for step in (0, -1, 1):
                place = (x, y + step * aside) if is_level else (x + step * aside, y)
                on_line = _HIDDEN * hidden + _BETWEEN * (is_level and height > _ONE_LINE)
                yield price + (_ASIDE if step else on_line), around(place, width, height)
        passed += part


def _shares(part: float, long: float) -> list[float]:
    """Return places along a line, from 0 to 1, such that a label is beside or on it as a whole if it fits."""
    free = part - long - 2 * _SEEN
    if free <= 0:
        return [0.5, 0.3, 0.7]
    count = min(_PLACES, 1 + 2 * int(free / 2 / _STEP))
    edge = (long / 2 + _SEEN) / part
    return [0.5] if count < 2 else [edge + (1 - 2 * edge) * number / (count - 1) for number in range(count)]


def _nearest(start: Point, width: float, height: float, space: Space, own: int = _NO_FLOW - 1) -> Box:
    """Return a free place near a point; a place that covers no line is preferred to a closer one."""
    found: list[tuple[float, Box]] = []
    for distance, box in _spiral(start, width, height):
        if space.is_free(box.grown(_MARGIN)):
            found.append((distance + space.price(box, own), box))
        if found and distance > min(found)[0]:
            break
    return min(found)[1]


def _spiral(start: Point, width: float, height: float) -> Iterator[tuple[float, Box]]:
    """Yield places around a point with growing distances, without an end, so that there is always a free one."""
    radius = 10.0
    while True:
        for step in range(16):
            angle = step * math.pi / 8
            place = (start[0] + radius * 1.6 * math.cos(angle), start[1] + radius * math.sin(angle))
            yield radius, around((round(place[0], 1), round(place[1], 1)), width, height)
        radius *= 1.2
