# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The straight lines of flows between rectangles (x, y, width, height), and their ports."""

from __future__ import annotations

from typing import Sequence


def ports(source: Sequence[float], target: Sequence[float]) -> tuple[str, str]:
    """Return the sides of two rectangles (x, y, width, height) that a flow connects, along the larger distance."""
    dx = target[0] + target[2] / 2 - source[0] - source[2] / 2
    dy = target[1] + target[3] / 2 - source[1] - source[3] / 2
    if abs(dx) >= abs(dy):
        return ("right", "left") if dx >= 0 else ("left", "right")
    return ("bottom", "top") if dy >= 0 else ("top", "bottom")


def line(source: Sequence[float], target: Sequence[float]) -> tuple[float, float, float, float]:
    """Return the straight line of a flow between its ports as (x1, y1, x2, y2)."""
    sx, sy, sw, sh = source
    tx, ty, tw, th = target
    cx, cy, ex, ey = sx + sw / 2, sy + sh / 2, tx + tw / 2, ty + th / 2
    dx, dy = ex - cx, ey - cy
    if abs(dx) >= abs(dy):
        return (sx + sw, cy, tx, ey) if dx >= 0 else (sx, cy, tx + tw, ey)
    return (cx, sy + sh, ex, ty) if dy >= 0 else (cx, sy, ex, ty + th)
