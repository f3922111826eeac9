# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Outlines of boxes and routes of flows in a drawing, in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point

#: The points of a drawn flow, with its ends.
Route = tuple[Point, ...]
#: Most pixels between a route and a label beside it.
_AT = 12


def around(middle: Point, width: float, height: float) -> Box:
    """Return the box of this size around a point."""
    return Box(middle[0] - width / 2, middle[1] - height / 2, width, height)


def outline(box: Box) -> list[tuple[Point, Point]]:
    """Return the four lines around a box."""
    corners = ((box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom))
    return list(pairwise((*corners, corners[0])))


def border(box: Box, towards: Point) -> Point:
    """Return the point where the line from the middle of the box to another point crosses the border."""
    x, y = box.middle
    dx, dy = towards[0] - x, towards[1] - y
    if not dx and not dy:
        return x, y
    share = min(box.width / 2 / abs(dx) if dx else 1e9, box.height / 2 / abs(dy) if dy else 1e9)
    return x + dx * share, y + dy * share


def length(route: Sequence[Point]) -> float:
    """Return the length of a route, measured along the axes."""
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in pairwise(route))


def is_at(route: Sequence[Point], box: Box) -> bool:
    """Whether a label is on or beside a route, so that a reader sees that it belongs to it."""
    reach = box.grown(_AT)
    return any(reach.crossed(a, b) for a, b in pairwise(route))


def leader(route: Sequence[Point], box: Box) -> Route:
    """Return the shortest line from a route to a box."""
    lines = [(start, _nearest(box, start)) for a, b in pairwise(route) for start in (_foot(box.middle, a, b), a, b)]
    return min(lines, key=length)


def _foot(point: Point, a: Point, b: Point) -> Point:
    """Return the point of a line that is the nearest one to a point."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    long = dx * dx + dy * dy
    share = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / long if long else 0.0
    share = min(max(share, 0.0), 1.0)
    return a[0] + dx * share, a[1] + dy * share


def _nearest(box: Box, point: Point) -> Point:
    return min(max(point[0], box.x), box.right), min(max(point[1], box.y), box.bottom)


def straightened(points: Iterable[Point]) -> Route:
    """Return a route without repeated points and without points on a straight line."""
    found: list[Point] = []
    for point in points:
        if found and found[-1] == point:
            continue
        if len(found) > 1 and _in_line(found[-2], found[-1], point):
            found[-1] = point
        else:
            found.append(point)
    return tuple(found)


def _in_line(a: Point, b: Point, c: Point) -> bool:
    """Whether a vertical or horizontal line continues in its direction."""
    return (a[0] == b[0] == c[0] and (b[1] - a[1]) * (c[1] - b[1]) > 0) or (
        a[1] == b[1] == c[1] and (b[0] - a[0]) * (c[0] - b[0]) > 0
    )


def shared(a: Point, b: Point, c: Point, d: Point, apart: float) -> float:
    """Return the pixels that two vertical or horizontal lines are side by side, closer than ``apart``."""
    for one, other in ((0, 1), (1, 0)):
        if a[one] == b[one] and c[one] == d[one] and abs(a[one] - c[one]) < apart:
            low = max(min(a[other], b[other]), min(c[other], d[other]))
            high = min(max(a[other], b[other]), max(c[other], d[other]))
            return max(0.0, high - low)
    return 0.0
