# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places for the labels of flows and the numbers of threats, so that no text is covered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import Box, Point, Route, around, length

#: Free space around a label, and between a label and the line next to it.
_MARGIN, _BESIDE = 3, 5
#: Possible places of a label along a part of a route.
_PLACES = (0.5, 0.35, 0.65, 0.2, 0.8)
#: Prices: another flow under a label, the flow's own line hidden, a place beside the line, a place off the middle.
_FOREIGN, _HIDDEN, _ASIDE, _OFF = 70, 45, 12, 30
#: Prices: more lines than needed; numbers across the edge of a boundary, or near another element.
_NARROWER, _ON_EDGE, _DOUBTFUL = 14, 25, 30
#: Visible length of a line on each side of a label on it.
_SEEN = 14


class FreeSpace:
    """The free space: ``taken`` are boxes that nothing may cover."""

    def __init__(self, taken: Sequence[Box]) -> None:
        self._taken = list(taken)

    def is_free(self, box: Box, but: Box | None = None) -> bool:
        """Whether no box is there, except perhaps ``but``."""
        return not any(box.overlaps(other) for other in self._taken if other is not but)

    def take(self, box: Box) -> Box:
        """Use the space of a box."""
        self._taken.append(box)
        return box


def put_labels(
    routes: Sequence[Route], sizes: Sequence[Sequence[Point]], taken: Sequence[Box]
) -> list[tuple[Box, int]]:
    """Return the box of each flow's label and the index of its size in ``sizes``; an empty box without sizes.

    Labels with the fewest possible places come first. No box overlaps another one or a box in ``taken``.
    """
    free = FreeSpace(taken)
    lines = [list(pairwise(route)) for route in routes]
    found: dict[int, tuple[Box, int]] = {}
    widest = [max((width for width, _height in given), default=0) for given in sizes]
    for number in sorted(range(len(routes)), key=lambda n: (length(routes[n]) - widest[n], n)):
        if not sizes[number]:
            found[number] = (around(routes[number][0], 0, 0), 0)
            continue
        others = [line for other, parts in enumerate(lines) if other != number for line in parts]
        ranked = sorted(
            (price + _NARROWER * choice, box, choice)
            for choice, size in enumerate(sizes[number])
            for price, box in _beside(routes[number], *size, others)
        )
        best = next(((box, choice) for _price, box, choice in ranked if free.is_free(box.grown(_MARGIN))), None)
        found[number] = best or (_nearest(middle(routes[number]), *sizes[number][0], others, free), 0)
        free.take(found[number][0])
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


def put_numbers(
    box: Box, sizes: Sequence[Point], lines: Sequence[tuple[Point, Point]], edges: Sequence[Box], free: FreeSpace
) -> Box:
    """Return the place for the numbers of a node's threats: around it, where they cover the fewest flows.

    ``sizes`` are their possible sizes, ``edges`` the boundaries.
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
            crossed = sum(place.grown(2).crossed(*line) for line in lines)
            across = sum(place.overlaps(edge) and not edge.contains(place) for edge in edges)
            doubtful = not free.is_free(place.grown(8), but=box)
            price = _FOREIGN * crossed + _ON_EDGE * across + _DOUBTFUL * doubtful
            ranked.append((price + 4 * number + 10 * order, place))
    best = next((place for _price, place in sorted(ranked) if free.is_free(place)), None)
    return free.take(best or _nearest(box.middle, *sizes[0], lines, free))


def _beside(
    route: Route, width: float, height: float, others: Sequence[tuple[Point, Point]]
) -> Iterator[tuple[float, Box]]:
    """Yield places on and beside the parts of a route, with their prices."""
    whole = length(route) or 1
    passed = 0.0
    for a, b in pairwise(route):
        part = length((a, b))
        is_level = abs(a[0] - b[0]) >= abs(a[1] - b[1])
        reach = Box(min(a[0], b[0]), min(a[1], b[1]), abs(a[0] - b[0]), abs(a[1] - b[1]))
        near = [line for line in others if reach.grown(max(width, height) + _BESIDE).crossed(*line)]
        hidden = (width if is_level else height) > part - 2 * _SEEN
        for share in _PLACES:
            x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            price = _OFF * abs((passed + part * share) / whole - 0.5) * 2
            aside = height / 2 + _BESIDE if is_level else width / 2 + _BESIDE
            for step in (0, -1, 1):
                place = (x, y + step * aside) if is_level else (x + step * aside, y)
                box = around(place, width, height)
                under = sum(box.crossed(*line) for line in near)
                yield price + _FOREIGN * under + (_ASIDE if step else _HIDDEN * hidden), box
        passed += part


def _nearest(start: Point, width: float, height: float, lines: Sequence[tuple[Point, Point]], free: FreeSpace) -> Box:
    """Return a free place near a point; a place without other flows is preferred to a closer one."""
    found: list[tuple[float, Box]] = []
    for distance, box in _spiral(start, width, height):
        if free.is_free(box.grown(_MARGIN)):
            found.append((distance + _FOREIGN * sum(box.crossed(*line) for line in lines), box))
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
