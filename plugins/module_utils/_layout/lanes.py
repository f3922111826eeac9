# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Waypoints of flows whose straight lines would lie on one another: several between two boxes, and loops at one box."""

from __future__ import annotations

import math
from typing import Iterator, List, Sequence, Tuple

from .lines import line
from .text_width import FLOW_LINE

Point = Tuple[float, float]
#: A straight line: x1, y1, x2, y2.
Segment = Tuple[float, float, float, float]

#: The least distance of two lanes, as in the web editor, and the least distance of two labels.
_LANE, _GAP = 30, 6
#: Lanes that are tried if others lead through a box.
_SPARE = 8
#: How far the first loop leaves its box, and the distance of two loops: a loop must not touch the next box.
_LOOP = 25

#: The sides at which a loop leaves its box and comes back.
LOOP_PORTS = ("right", "top")


def loop(rect: Sequence[float], number: int) -> List[Point]:
    """Return the waypoints of the loop ``number`` (from 0) at a rectangle (x, y, width, height)."""
    x, y, width, height = rect
    away = _LOOP * (number + 1)
    right, top = x + width + away, y - away
    return [(_whole(right), _whole(y + height / 2)), (_whole(right), _whole(top)), (_whole(x + width / 2), _whole(top))]


def distance_of(segment: Segment, widths: Sequence[int]) -> float:
    """Return the distance of two lanes at which labels of these widths, in their middles, do not overlap."""
    widest = sorted(widths, reverse=True)
    return _distance(segment, (widest[0] + widest[min(1, len(widest) - 1)]) / 2)


def lanes(count: int, is_taken: bool) -> Iterator[float]:
    """Yield the lanes of ``count`` new flows, inner ones first, in distances from the straight line; more than needed.

    ``is_taken``: whether another flow has the straight line; otherwise the lanes lie at both sides of it.
    """
    first = 1.0 if is_taken else 0.5 if count % 2 == 0 else 0.0
    for number in range(count + _SPARE):
        away = first + number // 2 if first else (number + 1) // 2
        yield away if number % 2 == (0 if is_taken else 1) else -away


def bend(segment: Segment, offset: float) -> Point:
    """Return the point beside the middle of a line; lines in both directions have the same sides."""
    x1, y1, x2, y2 = segment
    across = _across(segment)
    return _whole((x1 + x2) / 2 + across[0] * offset), _whole((y1 + y2) / 2 + across[1] * offset)


def is_own_course(points: Sequence[Point], source: Sequence[float], target: Sequence[float]) -> bool:
    """Whether waypoints between two rectangles are of a lane or a loop, of this layout or of the web editor.

    A drawing with better ways for its flows can ignore them.
    """
    if tuple(source) == tuple(target):
        return any(list(points) == loop(source, number) for number in range(_SPARE))
    if len(points) != 1:
        return False
    x1, y1, x2, y2 = line(source, target)
    length = math.hypot(x2 - x1, y2 - y1)
    along = (points[0][0] - (x1 + x2) / 2) * (x2 - x1) + (points[0][1] - (y1 + y2) / 2) * (y2 - y1)
    return length > 0 and abs(along) <= length  # no more than a pixel from the middle


def _across(segment: Segment) -> Point:
    x1, y1, x2, y2 = segment
    if (x1, y1) > (x2, y2):
        x1, y1, x2, y2 = x2, y2, x1, y1
    length = math.hypot(x2 - x1, y2 - y1)
    return (-(y2 - y1) / length, (x2 - x1) / length) if length else (0.0, 1.0)


def _distance(segment: Segment, width: float) -> float:
    """Return the distance of two lanes at which labels of this mean width, in their middles, do not overlap."""
    across = _across(segment)
    needs = [(need + _GAP) / abs(part) for need, part in zip((width, FLOW_LINE), across) if abs(part) > 0.01]
    return max(_LANE, math.ceil(min(needs)))


def _whole(value: float) -> float:
    return float(round(value))
