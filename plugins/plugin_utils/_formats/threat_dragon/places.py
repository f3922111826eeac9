# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Places of Threat Dragon's cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import MIN_HEIGHT, MIN_WIDTH
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import number
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.drawn import Drawn, as_map

#: The size of a cell without one in Threat Dragon.
_DEFAULT_SIZE = (100.0, 80.0)


def place(cell: Mapping[str, Any]) -> Box | None:
    """Return the box of a cell, None without a position."""
    position, size = as_map(cell.get("position")), as_map(cell.get("size"))
    x, y = number(position.get("x")), number(position.get("y"))
    if x is None or y is None:
        return None
    width, height = number(size.get("width")), number(size.get("height"))
    return Box(x, y, width or _DEFAULT_SIZE[0], height or _DEFAULT_SIZE[1])


def around(one: Drawn) -> Box | None:
    """Return the box around the points of a curve."""
    vertices = one.cell.get("vertices")
    points = [one.end("source"), one.end("target"), *(vertices if isinstance(vertices, list) else ())]
    xs = [x for x in (number(as_map(point).get("x")) for point in points) if x is not None]
    ys = [y for y in (number(as_map(point).get("y")) for point in points) if y is not None]
    if not xs or not ys:
        return None
    return Box(min(xs), min(ys), max(max(xs) - min(xs), MIN_WIDTH), max(max(ys) - min(ys), MIN_HEIGHT))
