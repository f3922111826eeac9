# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""An index of boxes by their place, so that a question about a place does not look at the whole drawing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box

#: The least side of a square of the index, in pixels, and the most squares along the longer side of a drawing.
_SIDE, _SQUARES = 64.0, 512

Item = TypeVar("Item")
#: Number, left, top, right and bottom of a box; the box; its item.
_Entry = tuple[int, float, float, float, float, Box, Item]


class Index(Generic[Item]):
    """Boxes with an item each. ``around`` is the drawing; boxes outside of it are found too, but more slowly."""

    def __init__(self, around: Box) -> None:
        self._around = around
        self._side = max(_SIDE, max(around.width, around.height) / _SQUARES)
        self._squares: dict[tuple[int, int], list[_Entry[Item]]] = {}
        self._count = 0

    def add(self, box: Box, item: Item) -> None:
        """Add a box."""
        entry = (self._count, box.x, box.y, box.right, box.bottom, box, item)
        self._count += 1
        for square in self._covered(box):
            self._squares.setdefault(square, []).append(entry)

    def remove(self, box: Box) -> None:
        """Remove a box that was added."""
        for square in self._covered(box):
            self._squares[square] = [entry for entry in self._squares[square] if entry[5] is not box]

    def near(self, box: Box) -> list[tuple[Box, Item]]:
        """Return the boxes that have a common point with a box, in the order in which they were added."""
        found = {entry[0]: (entry[5], entry[6]) for entry in self._touching(box)}
        return [found[number] for number in sorted(found)]

    def each(self, box: Box) -> Iterator[tuple[Box, Item]]:
        """Yield the boxes that have a common point with a box, in any order."""
        seen: set[int] = set()
        for entry in self._touching(box):
            if entry[0] not in seen:
                seen.add(entry[0])
                yield entry[5], entry[6]

    def _touching(self, box: Box) -> Iterator[_Entry[Item]]:
        """Yield the boxes that touch a box, perhaps repeatedly."""
        left, top, right, bottom = box.x, box.y, box.right, box.bottom
        for square in self._covered(box):
            for entry in self._squares.get(square, ()):
                if entry[1] <= right and left <= entry[3] and entry[2] <= bottom and top <= entry[4]:
                    yield entry

    def _covered(self, box: Box) -> list[tuple[int, int]]:
        left, right = self._square(box.x - self._around.x), self._square(box.right - self._around.x)
        top, bottom = self._square(box.y - self._around.y), self._square(box.bottom - self._around.y)
        return [(column, row) for column in range(left, right + 1) for row in range(top, bottom + 1)]

    def _square(self, distance: float) -> int:
        return int(min(max(distance // self._side, -1), _SQUARES))
