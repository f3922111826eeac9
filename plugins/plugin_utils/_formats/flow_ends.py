# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The node at which a flow ends by its picture: other programs tie an end to a node only if it snapped to it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import number

#: The largest distance in pixels between the end of a flow and its node.
NEAR = 30
#: Nodes are sorted into squares of this side; a node in more than _MANY squares is kept apart.
_SIDE, _MANY = 256, 64


class Node(NamedTuple):
    """The node at the end of a flow, and its distance in pixels."""

    key: str
    distance: float


class Nodes:
    """Finds nodes by a point; the time does not depend on their number."""

    def __init__(self, boxes: Mapping[str, Box]) -> None:
        self._boxes = boxes
        self._squares: dict[tuple[int, int], list[str]] = {}
        self._large: list[str] = []
        for key, box in boxes.items():
            xs = range(_square(box.x - NEAR), _square(box.x + box.width + NEAR) + 1)
            ys = range(_square(box.y - NEAR), _square(box.y + box.height + NEAR) + 1)
            if len(xs) * len(ys) > _MANY:
                self._large.append(key)
            else:
                for place in ((x, y) for x in xs for y in ys):
                    self._squares.setdefault(place, []).append(key)

    def at(self, end: Mapping[str, Any], other: str | None) -> Node | None:
        """Return the only node on which an end lies, else the only one near it; ``other``: that of the other end."""
        x, y = number(end.get("x")), number(end.get("y"))
        if x is None or y is None:
            return None
        near = [node for node in self._near(x, y) if node.key != other]
        on_it = [node for node in near if not node.distance]
        found = on_it or near
        return found[0] if len(found) == 1 else None

    def _near(self, x: float, y: float) -> Iterator[Node]:
        for key in (*self._squares.get((_square(x), _square(y)), ()), *self._large):
            box = self._boxes[key]
            across = max(box.x - x, 0, x - box.x - box.width)
            down = max(box.y - y, 0, y - box.y - box.height)
            distance = math.hypot(across, down)
            if distance <= NEAR:
                yield Node(key, distance)


def _square(pixels: float) -> int:
    return math.floor(pixels / _SIDE)
