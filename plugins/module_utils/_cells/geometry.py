# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Boxes, points and lines in pixels, for layouts, drawings and files of other programs; y grows downwards."""

from __future__ import annotations

from typing import Iterable, NamedTuple, Sequence, Tuple

Point = Tuple[float, float]


class Box(NamedTuple):
    """An upright rectangle: in a cell its absolute place and size in TMI's editor, also for children."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The largest x."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The largest y."""
        return self.y + self.height

    @property
    def middle(self) -> Point:
        """The point in the middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    def moved(self, dx: float, dy: float) -> Box:
        """Return the box in another place."""
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, by: float) -> Box:
        """Return the box with a margin around it."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Box, margin: float = 0) -> bool:
        """Whether two boxes share more than an edge, or are nearer than ``margin`` pixels."""
        return (
            self.x < other.x + other.width + margin
            and other.x < self.x + self.width + margin
            and self.y < other.y + other.height + margin
            and other.y < self.y + self.height + margin
        )

    def contains(self, other: Box) -> bool:
        """Whether the other box is completely inside this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )

    def crossed(self, a: Point, b: Point) -> bool:
        """Whether the line from ``a`` to ``b`` crosses the inside of the box."""
        return runs_through((a[0], a[1], b[0], b[1]), self)


def hull(boxes: Iterable[Box]) -> Box:
    """Return the box around boxes; an empty one at the origin without boxes."""
    found = list(boxes)
    left, top = min((box.x for box in found), default=0), min((box.y for box in found), default=0)
    right, bottom = max((box.right for box in found), default=0), max((box.bottom for box in found), default=0)
    return Box(left, top, right - left, bottom - top)


def runs_through(segment: tuple[float, float, float, float], rect: Sequence[float]) -> bool:
    """Whether a line enters a rectangle (x, y, width, height); touching its edge does not count."""
    x1, y1, x2, y2 = segment
    left, top, width, height = rect
    right, bottom = left + width, top + height
    if (x1 <= left and x2 <= left) or (x1 >= right and x2 >= right):
        return False
    if (y1 <= top and y2 <= top) or (y1 >= bottom and y2 >= bottom):
        return False
    dx, dy = x2 - x1, y2 - y1
    # The line crosses the inside of the rectangle if and only if corners lie on both sides of the line.
    a, b = dx * (top - y1), dx * (bottom - y1)
    c, d = dy * (left - x1), dy * (right - x1)
    sides = (a - c, a - d, b - c, b - d)
    return min(sides) < 0 < max(sides)


def crosses(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether two lines cross; touching does not count."""
    ax, ay, bx, by = one
    cx, cy, dx, dy = other
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    return (ux * (cy - ay) - uy * (cx - ax)) * (ux * (dy - ay) - uy * (dx - ax)) < 0 and (
        vx * (ay - cy) - vy * (ax - cx)
    ) * (vx * (by - cy) - vy * (bx - cx)) < 0
