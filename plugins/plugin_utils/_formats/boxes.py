# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places of cells in files that draw containers without naming them: what is inside of what, and what is near."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import MIN_HEIGHT, MIN_WIDTH

#: An end of a flow belongs to the only node at most so many pixels away.
NEAR = 30


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
    found: dict[str, str] = {}
    for key, box in boxes.items():
        inside = next((other for other in order[ranks.get(key, -1) + 1 :] if boxes[other].contains(box)), None)
        if inside is not None:
            found[key] = inside
    return found


def near(x: float, y: float, boxes: Mapping[str, Box]) -> str | None:
    """Return the key of the only box on which a point lies, or that is at most NEAR pixels away; None without one."""
    on = [key for key, box in boxes.items() if _distance(x, y, box) == 0]
    found = on or [key for key, box in boxes.items() if _distance(x, y, box) <= NEAR]
    return found[0] if len(found) == 1 else None


def _distance(x: float, y: float, box: Box) -> float:
    across = max(box.x - x, 0.0, x - box.x - box.width)
    down = max(box.y - y, 0.0, y - box.y - box.height)
    return max(across, down)
