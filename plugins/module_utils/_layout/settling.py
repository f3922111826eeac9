# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Makes space in a whole layout for boxes that must not move: a person locked them, or the user placed them."""

from __future__ import annotations

from typing import Callable, Mapping, Optional

from .._cells.geometry import Box
from .boxes import Boxes, boundary_around, extended
from .layout import SIBLING_GAP


def settle(
    boxes: Boxes,
    places: dict[str, Box],
    pinned: Mapping[str, Box],
    is_exact: Callable[[str], bool],
    down: bool,
) -> None:
    """Move the ``pinned`` boxes to their places, with their content, and move free boxes away from them.

    Free boxes move only in the direction of the diagram. Boundaries follow their content, unless their size is exact.
    Overlaps that cannot be avoided stay: two pinned boxes, or a pinned box outside of its pinned boundary.
    """
    shifts: dict[Optional[str], tuple[float, float]] = {None: (0, 0)}
    for box in boxes.outer_first():
        place = places[box].moved(*shifts[boxes.parents[box]])
        if box in pinned:
            place = pinned[box]
        shifts[box] = (place.x - places[box].x, place.y - places[box].y)
        places[box] = place
    # Boundaries that contain a pinned box cannot be moved as a whole.
    blocked = {above for box in pinned for above in boxes.with_ancestors(box)}
    for container in [*reversed(boxes.outer_first()), None]:
        children = boxes.children[container]
        if not children:
            continue
        _push_apart(boxes, places, children, blocked, down)
        if container is None or is_exact(container):
            continue
        if container in pinned:
            for child in children:
                places[container] = extended(places[container], places[child])
        else:
            places[container] = boundary_around([places[child] for child in children])


def _push_apart(boxes: Boxes, places: dict[str, Box], children: list[str], blocked: set[str], down: bool) -> None:
    settled = [places[child] for child in children if child in blocked]
    free = [child for child in children if child not in blocked]

    def along(box: str) -> tuple[float, float]:
        place = places[box]
        return (place.y, place.x) if down else (place.x, place.y)

    for child in sorted(free, key=along):
        start = place = places[child]
        while True:
            # Every step passes one more box, so there are no more steps than boxes.
            obstacle = next((other for other in settled if place.overlaps(other)), None)
            if obstacle is None:
                break
            dx = 0 if down else obstacle.x + obstacle.width + SIBLING_GAP - place.x
            dy = obstacle.y + obstacle.height + SIBLING_GAP - place.y if down else 0
            place = place.moved(dx, dy)
        settled.append(place)
        for name in boxes.with_descendants(child):
            places[name] = places[name].moved(place.x - start.x, place.y - start.y)
