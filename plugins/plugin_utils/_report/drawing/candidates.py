# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places that are tried for a label: on, beside and near the route of its flow, with what each costs by itself."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box, Point
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.geometry import Route, around, length

#: Distance of two places that are tried along a line, and the most places along one: at first, and for a label that
#: covers something.
COARSE, FINE = (18.0, 11), (8.0, 24)
#: Price of a place that is not next to the flow, and the distances of such places.
FAR, DISTANT = 50, (14.0, 26.0, 38.0, 50.0, 62.0)
#: Prices: the flow's own line hidden, a place beside the line, a place off the middle.
_HIDDEN, _ASIDE, _OFF = 45, 12, 30
#: Further distances of labels beside their line that are still next to it.
_FURTHER = (4.0, 8.0)
#: Price of a level line between the lines of a label, and the height of labels with one line.
_BETWEEN, _ONE_LINE = 25, 22
#: Most parts of a route that are tried; others are shorter.
_PARTS = 6
#: Visible length of a line on each side of a label on it; space between a label and the line next to it.
_SEEN, _BESIDE = 14, 3


def places(route: Route, size: Point, steps: tuple[float, int], away: Sequence[float]) -> Iterator[tuple[float, Box]]:
    """Yield places on and beside the parts of a route, with their prices besides what they cover.

    ``away``: distances of places that are not next to the line, if there are such.
    """
    width, height = size
    whole = length(route) or 1
    passed = 0.0
    lengths = sorted((length(line) for line in pairwise(route)), reverse=True)
    least = lengths[_PARTS] if len(lengths) > _PARTS else 0.0
    for a, b in pairwise(route):
        part = length((a, b))
        if part < least:
            passed += part
            continue
        is_level = abs(a[0] - b[0]) >= abs(a[1] - b[1])
        long = width if is_level else height
        hidden = long > part - 2 * _SEEN
        aside = (height if is_level else width) / 2 + _BESIDE
        on_line = _HIDDEN * hidden + _BETWEEN * (is_level and height > _ONE_LINE)
        sides = [(0.0, float(on_line)), (-aside, _ASIDE), (aside, _ASIDE)]
        if steps is FINE:
            sides += [(sign * (aside + more), _ASIDE + more) for more in _FURTHER for sign in (-1, 1)]
        if away:
            sides = [(sign * (aside + far), FAR + far / 2) for far in away for sign in (-1, 1)]
        for share in _shares(part, long, steps):
            x, y = a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            price = _OFF * abs((passed + part * share) / whole - 0.5) * 2
            for step, more in sides:
                yield price + more, around((x, y + step) if is_level else (x + step, y), width, height)
        passed += part


def _shares(part: float, long: float, steps: tuple[float, int]) -> list[float]:
    """Return places along a line, from 0 to 1, such that a label is beside or on it as a whole if it fits."""
    free = part - long - 2 * _SEEN
    if free <= 0:
        return [0.5, 0.3, 0.7]
    step, most = steps
    count = min(most, 1 + 2 * int(free / 2 / step))
    edge = (long / 2 + _SEEN) / part
    return [0.5] if count < 2 else [edge + (1 - 2 * edge) * number / (count - 1) for number in range(count)]


def spiral(start: Point, width: float, height: float) -> Iterator[tuple[float, Box]]:
    """Yield places around a point with growing distances, without an end, so that there is always a free one."""
    radius = 10.0
    while True:
        for step in range(16):
            angle = step * math.pi / 8
            place = (start[0] + radius * 1.6 * math.cos(angle), start[1] + radius * math.sin(angle))
            yield radius, around((round(place[0], 1), round(place[1], 1)), width, height)
        radius *= 1.2
