# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places new cells among cells that are not moved."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Callable, Iterable, Optional, Sequence

from .._cells.geometry import Box
from .boxes import Boxes, extended
from .layout import HEAD, ORIGIN, PADDING, SIBLING_GAP

#: The minimum distance to a neighbour if there is no space for more.
TIGHT_GAP = 20
#: Cost, in pixels of distance, of a place nearer than usual to a sibling, and to the other end of a flow, which then
#: has no space for its arrow and label.
TIGHT_COST, SHORT_FLOW_COST = 400, 1000
#: Cost, in pixels of distance, of growing a boundary, and of growing it over its neighbours.
GROWTH_COST, COLLISION_COST = 300, 5000
#: Number of the nearest neighbours beside which a place is tried.
MAX_NEIGHBOURS = 12


class Insertion:
    """Places units, which are boxes with all boxes in them, one after the other.

    ``places`` has every box with a place; new places are added to it. ``may_grow``: whether the size of a boundary may
    follow its content; a boundary is never moved, and a size that the user or a person has set never changes.
    """

    def __init__(self, boxes: Boxes, places: dict[str, Box], may_grow: Callable[[str], bool]) -> None:
        self.boxes = boxes
        self.places = places
        self.may_grow = may_grow

    def insert(self, parent: Optional[str], unit: dict[str, Box], roots: Sequence[str]) -> None:
        """Find a place in ``parent`` for boxes whose places relative to each other are known."""
        left = min(unit[root].x for root in roots)
        top = min(unit[root].y for root in roots)
        width = max(unit[root].x + unit[root].width for root in roots) - left
        height = max(unit[root].y + unit[root].height for root in roots) - top
        spot = self._find(parent, width, height, self._linked(unit))
        for name, geometry in unit.items():
            self.places[name] = geometry.moved(spot.x - left, spot.y - top)
        self.grow(parent, spot)

    def grow(self, parent: Optional[str], content: Box) -> None:
        """Enlarge boundaries for their content, outwards until one is large enough or may not grow."""
        for boundary in self.boxes.with_ancestors(parent):
            if boundary not in self.places or not self.may_grow(boundary):
                return
            after = extended(self.places[boundary], content)
            if after == self.places[boundary]:
                return
            content = self.places[boundary] = after

    def _linked(self, unit: Iterable[str]) -> list[Box]:
        """Return the placed boxes that flows connect with the unit."""
        members = set(unit)
        return [
            self.places[other]
            for source, target in self.boxes.flows
            for inside, other in ((source, target), (target, source))
            if inside in members and other not in members and other in self.places
        ]

    def _find(self, parent: Optional[str], width: float, height: float, linked: Sequence[Box]) -> Box:
        around = self.places.get(parent or "")
        inside = [self.places[box] for box in self.boxes.children[parent] if box in self.places]
        if around is not None:
            origin = (around.x + PADDING, around.y + HEAD)
        else:
            origin = (min((box.x for box in inside), default=ORIGIN), min((box.y for box in inside), default=ORIGIN))
        ancestors = set(self.boxes.with_ancestors(parent))
        obstacles = [place for name, place in self.places.items() if name not in ancestors]
        aim = _mean([_centre(box) for box in linked]) if linked else origin

        def cost(spot: Box) -> float:
            x, y = _centre(spot)
            total = abs(x - aim[0]) + abs(y - aim[1])
            return total + (self._growth_cost(parent, around, spot) if around is not None else 0)

        spots = [Box(x, y, width, height) for x, y in _corners(origin, inside, width, height, aim)]
        waiting = [(cost(spot), spot.y, spot.x, number, False) for number, spot in enumerate(spots)]
        heapify(waiting)
        while waiting:
            price, y, x, number, is_final = heappop(waiting)
            spot = spots[number]
            if is_final:
                return spot
            if not any(spot.overlaps(place, TIGHT_GAP) for place in obstacles):
                heappush(waiting, (price + _tightness(spot, inside, linked), y, x, number, True))
        # There is always space below everything.
        bottom = max(place.y + place.height for place in obstacles)
        return Box(origin[0], bottom + SIBLING_GAP, width, height)

    def _growth_cost(self, parent: Optional[str], around: Box, spot: Box) -> float:
        after = extended(around, spot)
        if after == around:
            return 0.0
        if parent is None or not self.may_grow(parent):
            # The cell would stick out of its boundary: acceptable only if there is no other place.
            return 0.0 if around.contains(spot) else 4.0 * COLLISION_COST
        cost = GROWTH_COST + after.width - around.width + after.height - around.height
        outer = self.boxes.parents[parent]
        for other in self.boxes.children[outer]:
            if other != parent and other in self.places and after.overlaps(self.places[other]):
                cost += COLLISION_COST
        return cost


def _tightness(spot: Box, siblings: Iterable[Box], linked: Iterable[Box]) -> float:
    if any(spot.overlaps(box, SIBLING_GAP) for box in linked):
        return SHORT_FLOW_COST
    return TIGHT_COST if any(spot.overlaps(box, SIBLING_GAP) for box in siblings) else 0


def _corners(
    origin: tuple[float, float], inside: Sequence[Box], width: float, height: float, aim: tuple[float, float]
) -> list[tuple[float, float]]:
    """Return the places beside, above and below existing boxes, and aligned with them, in which to look for space."""

    def distance(box: Box) -> float:
        x, y = _centre(box)
        return abs(x - aim[0]) + abs(y - aim[1])

    xs, ys = [origin[0]], [origin[1]]
    near = sorted(inside, key=distance)[:MAX_NEIGHBOURS]
    for box in near:
        xs.append(box.x)
        ys.append(box.y)
        for gap in (SIBLING_GAP, TIGHT_GAP):
            xs += [box.x + box.width + gap, box.x - gap - width]
            ys += [box.y + box.height + gap, box.y - gap - height]
    if inside:
        xs.append(max(box.x + box.width for box in inside) + SIBLING_GAP)
        ys.append(max(box.y + box.height for box in inside) + SIBLING_GAP)
    columns = [x for x in dict.fromkeys(xs) if x >= origin[0]]
    rows = [y for y in dict.fromkeys(ys) if y >= origin[1]]
    return [(x, y) for x in columns for y in rows]


def _centre(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def _mean(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _y in points) / len(points), sum(y for _x, y in points) / len(points)
