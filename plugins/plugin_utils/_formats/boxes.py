# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places of cells in files that draw containers without naming them: what is inside of what, and what is near."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from itertools import product
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import FOLLOW
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import MIN_HEIGHT, MIN_WIDTH

#: Containers are sorted into squares of this side; one in more than _MANY squares is kept apart.
_SIDE, _MANY = 256, 64


def drawn_layout(positions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the layout of a diagram that another program has drawn: existing cells follow what is moved there."""
    return {"existing": FOLLOW, "positions": positions}


def large_enough(box: Box) -> Box:
    """Return a box that the server accepts."""
    return box._replace(width=max(box.width, MIN_WIDTH), height=max(box.height, MIN_HEIGHT))


def around(points: Collection[tuple[float, float]]) -> Box:
    """Return the box around some points, at least one."""
    xs, ys = [x for x, _y in points], [y for _x, y in points]
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def containers(boxes: Mapping[str, Box], outer: Collection[str]) -> dict[str, str]:
    """Return key -> key of the smallest of the boxes ``outer`` around it; of equal ones the last is outside."""
    order = sorted(outer, key=lambda key: boxes[key].width * boxes[key].height)
    ranks = {key: rank for rank, key in enumerate(order)}
    squares: dict[tuple[int, int], list[int]] = {}
    large: list[int] = []
    for rank, key in enumerate(order):
        box = boxes[key]
        xs, ys = _squares(box.x, box.x + box.width), _squares(box.y, box.y + box.height)
        if len(xs) * len(ys) > _MANY:
            large.append(rank)
        else:
            for place in product(xs, ys):
                squares.setdefault(place, []).append(rank)
    found: dict[str, str] = {}
    for key, box in boxes.items():
        least = ranks.get(key, -1)
        near = squares.get((_squares(box.x, box.x)[0], _squares(box.y, box.y)[0]), ())
        inside = [_first(some, least, box, order, boxes) for some in (near, large)]
        if any(rank is not None for rank in inside):
            found[key] = order[min(rank for rank in inside if rank is not None)]
    return found


def _first(ranks: Sequence[int], least: int, box: Box, order: Sequence[str], boxes: Mapping[str, Box]) -> int | None:
    return next((rank for rank in ranks if rank > least and boxes[order[rank]].contains(box)), None)


def _squares(first: float, last: float) -> range:
    return range(math.floor(first / _SIDE), math.floor(last / _SIDE) + 1)
