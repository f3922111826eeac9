# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Waypoints of flows whose straight lines would lie on one another: several between two boxes, and loops at one box."""

from __future__ import annotations

import math
from typing import Dict, List, Sequence, Tuple

from .text_width import FLOW_LINE

Point = Tuple[float, float]
#: A straight line: x1, y1, x2, y2.
Segment = Tuple[float, float, float, float]

#: The least distance of two lanes, as in the web editor, and the least distance of two labels.
_LANE, _GAP = 30, 6
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


def offsets(segment: Segment, fresh: Sequence[Tuple[str, int]], is_taken: bool) -> Dict[str, float]:
    """Return flow -> the distance of its middle from the straight line.

    ``fresh``: new flows and the widths of their labels in pixels. ``is_taken``: whether another flow has the straight
    line; otherwise the lanes lie at both sides of it.
    """
    widest = sorted((width for _flow, width in fresh), reverse=True)
    distance = _distance(segment, (widest[0] + widest[min(1, len(widest) - 1)]) / 2)
    if not is_taken:
        first = -(len(fresh) - 1) / 2
        return {flow: (first + number) * distance for number, (flow, _width) in enumerate(fresh)}
    sides = [(number // 2 + 1) * (1 if number % 2 == 0 else -1) for number in range(len(fresh))]
    return {flow: side * distance for side, (flow, _width) in zip(sides, fresh)}


def bend(segment: Segment, offset: float) -> Point:
    """Return the point beside the middle of a line; lines in both directions have the same sides."""
    x1, y1, x2, y2 = segment
    across = _across(segment)
    return _whole((x1 + x2) / 2 + across[0] * offset), _whole((y1 + y2) / 2 + across[1] * offset)


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
