# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Where cells go that have no place yet, within what the user and the people at the web editor have decided."""
from __future__ import annotations

from dataclasses import replace
from typing import Sequence

from .cells import Cell, Geometry
from .desired import DesiredCells
from .match import Matching
from .named_cells import DesiredCell

SIZES = {"actor": (120, 60), "process": (140, 60), "store": (160, 80), "text-box": (100, 40)}


def enforced(geometry: Geometry, want: DesiredCell) -> Geometry:
    """Put the written parts of the geometry in; within half a pixel the editor has only rounded them."""
    parts = {
        name: value
        for name, value in (("x", want.x), ("y", want.y), ("width", want.width), ("height", want.height))
        if value is not None and abs(value - getattr(geometry, name)) > 0.5
    }
    return replace(geometry, **parts) if parts else geometry


def place(cells: Sequence[Cell], desired: DesiredCells, matching: Matching) -> tuple[Cell, ...]:
    """Return the cells, those without geometry placed."""
    wants = {matching.final[want.id]: want for want in desired.cells}
    found = []
    row = max((cell.geometry.y + cell.geometry.height for cell in cells if cell.geometry is not None), default=0)
    for cell in cells:
        if cell.is_flow or cell.geometry is not None:
            found.append(cell)
            continue
        width, height = SIZES.get(cell.shape, (200, 150))
        row += 60
        geometry = Geometry(40, row, width, height)
        want = wants.get(cell.id)
        found.append(replace(cell, geometry=enforced(geometry, want) if want is not None else geometry))
        row += height
    return tuple(found)
