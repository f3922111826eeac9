# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places for the labels of flows and the numbers of threats, so that no text is covered."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point, hull
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.candidates import (
    COARSE,
    DISTANT,
    FAR,
    FINE,
    places,
    spiral,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import (
    Route,
    around,
    is_at,
    leader,
    length,
    outline,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.space import Index

#: Free space around a label.
_MARGIN = 3
#: Sizes of a label that are tried at first; places of others that are tried for one label.
_USUAL, _PUSHES = 2, 12
#: Steps of all searches for better places, for each label, after which no label is moved any more.
_MENDING = 330
#: Prices: another flow under a label, the line of a boundary, a bend.
_FOREIGN, _BORDER, _BEND = 120, 110, 80
#: A price that is high enough: nothing worse is distinguished.
_WORST = 4.0 * _FOREIGN
#: Prices: more lines than needed; numbers near another element.
_NARROWER, _DOUBTFUL = 8, 30
#: Most free places of which the price is found out: at first, and for a label that covers something.
_TRIED, _TRIED_LATER = 70, 400
#: The owner of lines that are no flows.
_NO_FLOW = -1


class Space:
    """What is in a drawing: boxes that nothing may cover, lines of flows and boundaries, and bends of flows.

    ``steps`` counts the things that were looked at.
    """

    def __init__(self, taken: Sequence[Box], routes: Sequence[Route], boundaries: Sequence[Box]) -> None:
        whole = hull([*taken, *boundaries, *(Box(*point, 0, 0) for route in routes for point in route)])
        self._taken: Index[int] = Index(whole)
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
        self.steps += 1
        for other, _owner in self._taken.each(box):
            self.steps += 1
            if other is not but and box.overlaps(other):
                return False
        return True

    def is_open(self, line: Route) -> bool:
        """Whether a line leads through no box."""
        self.steps += 1
        for other, _owner in self._taken.each(hull(Box(*point, 0, 0) for point in line)):
            self.steps += 1
            if other.crossed(line[0], line[1]):
                return False
        return True

    def take(self, box: Box, owner: int = _NO_FLOW) -> Box:
        """Use the space of a box, perhaps for the label of a flow."""
        self._taken.add(box, owner)
        return box

    def free(self, box: Box) -> None:
        """Free the space of a box."""
        self._taken.remove(box)

    def owners(self, box: Box) -> list[int]:
        """Return the flows whose labels are there, and ``_NO_FLOW`` for anything else."""
        near = self._taken.near(box)
        self.steps += 1 + len(near)
        return [owner for other, owner in near if box.overlaps(other)]

    def price(self, box: Box, own: int = _NO_FLOW - 1, limit: float = _WORST) -> float:
        """Return the price of what a text covers; the line of the flow ``own`` costs nothing, but its bends do.

        A price of ``limit`` or more may be too low, because no more than needed is looked at.
        """
        price = 0.0
        self.steps += 1
        for _place, (owner, a, b) in self._lines.each(box):
            self.steps += 1
            if owner != own and box.crossed(a, b):
                price += _BORDER if owner == _NO_FLOW else _FOREIGN
                if price >= limit:
                    return price
        return price + _BEND * sum(1 for _bend in self._bends.each(box))


def put_labels(routes: Sequence[Route], sizes: Sequence[Sequence[Point]], space: Space) -> list[tuple[Box, int]]:
    """Return the box of each flow's label and the index of its size in ``sizes``; an empty box without sizes.

    Labels with the fewest possible places come first. No box overlaps another one or one that is taken in ``space``.
    Then labels that cover a line get a better place if there is one, perhaps that of another label.
    """
    labels = _Labels(routes, sizes, space)
    widest = [max((width for width, _height in given), default=0) for given in sizes]
    order = sorted(
        (number for number, given in enumerate(sizes) if given), key=lambda n: (length(routes[n]) - widest[n], n)
    )
    for number in order:
        labels.put(number)
    most = space.steps + _MENDING * len(order)
    for number in order:
        if space.steps > most:
            break
        labels.mend(number)
    empty = [around(route[0], 0, 0) for route in routes]
    return [labels.found.get(number, (empty[number], 0)) for number in range(len(routes))]


class _Labels:
    """Puts labels into a space and moves them; ``found``: flow -> box of its label, and the index of its size."""

    def __init__(self, routes: Sequence[Route], sizes: Sequence[Sequence[Point]], space: Space) -> None:
        self._routes, self._sizes, self._space = routes, sizes, space
        self._prices: dict[int, float] = {}
        self.found: dict[int, tuple[Box, int]] = {}

    def put(self, number: int) -> None:
        """Find a place for a label: on its flow, beside it, or as near as possible."""
        best = self._cheapest(number)
        if best is None:
            box = _nearest(middle(self._routes[number]), *self._sizes[number][0], self._space, number)
            best = (FAR + self._space.price(box, number), box, 0)
        self._set(number, *best)

    def mend(self, number: int) -> None:
        """Move a label that covers a line, or is distant: to a place that is free, or taken from others, or distant."""
        if self._is_good(number):
            return
        old = self._take(number)
        better = self._cheapest(number, FINE) or old
        self._set(number, *min(old, better))
        if self._is_good(number) or self._push(number) or not self._space.price(self.found[number][0], number):
            return
        old = self._take(number)
        far = self._cheapest(number, FINE, DISTANT) or old
        self._set(number, *min(old, far))

    def _is_good(self, number: int) -> bool:
        """Whether a label covers nothing and is at its flow."""
        box = self.found[number][0]
        return is_at(self._routes[number], box) and not self._space.price(box, number)

    def _push(self, number: int) -> bool:
        """Take a place from other labels if they find another one that is no worse than what is won."""
        before = self._take(number)
        tried = 0
        for price, box, choice in self._ranked(number, FINE):
            if tried == _PUSHES or price >= before[0]:
                break
            owners = self._space.owners(box.grown(_MARGIN))
            if not owners or len(owners) > 2 or _NO_FLOW in owners or self._space.price(box, number):
                continue
            tried += 1
            moved = {other: self._take(other) for other in owners}
            self._set(number, price, box, choice)
            gain = before[0] - price
            for other, old in moved.items():
                new = self._cheapest(other) or self._cheapest(other, FINE)
                if new is None:
                    gain = -1
                    break
                gain -= new[0] - old[0]
                self._set(other, *new)
            if gain > 0:
                return True
            for other in (number, *moved):
                if other in self.found:
                    self._take(other)
            for other, old in moved.items():
                self._set(other, *old)
        self._set(number, *before)
        return False

    def _cheapest(
        self, number: int, steps: tuple[float, int] = COARSE, away: Sequence[float] = ()
    ) -> tuple[float, Box, int] | None:
        """Return the price, the box and the size of the best free place; None if there is none."""
        best = None
        cheapest, tried = float("inf"), 0
        most = _TRIED_LATER if steps is FINE else _TRIED
        for price, box, choice in self._ranked(number, steps, away):
            if price >= cheapest or tried == most:
                break
            if self._space.is_free(box.grown(_MARGIN)):
                if away and not self._space.is_open(leader(self._routes[number], box)):
                    continue
                tried += 1
                whole = price + self._space.price(box, number, min(cheapest - price, _WORST))
                if whole < cheapest:
                    best, cheapest = (whole, box, choice), whole
        return best

    def _ranked(
        self, number: int, steps: tuple[float, int], away: Sequence[float] = ()
    ) -> list[tuple[float, Box, int]]:
        sizes = self._sizes[number] if steps is FINE else self._sizes[number][:_USUAL]
        found = sorted(
            (price + _NARROWER * choice, place, choice)
            for choice, size in enumerate(sizes)
            for price, place in places(self._routes[number], size, steps, away)
        )
        self._space.steps += len(found)
        return found

    def _set(self, number: int, price: float, box: Box, choice: int) -> None:
        self.found[number], self._prices[number] = (self._space.take(box, number), choice), price

    def _take(self, number: int) -> tuple[float, Box, int]:
        box, choice = self.found.pop(number)
        self._space.free(box)
        return self._prices[number], box, choice


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
        spots = [Box(left, box.y - height - gap, width, height) for left in columns]
        spots += [Box(left, box.bottom + gap, width, height) for left in columns]
        spots += [Box(box.x - width - gap, top, width, height) for top in rows]
        spots += [Box(box.right + gap, top, width, height) for top in rows]
        for number, place in enumerate(spots):
            price = space.price(place.grown(2)) + _DOUBTFUL * (not space.is_free(place.grown(8), but=box))
            ranked.append((price + 4 * number + 10 * order, place))
    best = next((place for _price, place in sorted(ranked) if space.is_free(place)), None)
    return space.take(best or _nearest(box.middle, *sizes[0], space))


def _nearest(start: Point, width: float, height: float, space: Space, own: int = _NO_FLOW - 1) -> Box:
    """Return a free place near a point; a place that covers no line is preferred to a closer one."""
    found: list[tuple[float, Box]] = []
    for distance, box in spiral(start, width, height):
        if space.is_free(box.grown(_MARGIN)):
            found.append((distance + space.price(box, own), box))
        if found and distance > min(found)[0]:
            break
    return min(found)[1]
