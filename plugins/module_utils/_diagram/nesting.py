# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What moving cells from one boundary into another means for the boundaries."""

from __future__ import annotations

from dataclasses import replace
from typing import AbstractSet, Mapping, Optional, Sequence

from .._cells.cell import Cell


def cut_rings(cells: Sequence[Cell], placed: AbstractSet[str], before: Mapping[str, Cell]) -> list[Cell]:
    """Return the cells with no boundary inside itself because of the plan.

    ``placed``: ids of cells whose container is declared. Turning a nesting inside out while one container is left out
    makes a ring of declared and kept containers: the first cell that keeps its container leaves it for what surrounded
    the ring. A ring that the server already had is left alone.
    """
    parents = {cell.id: cell.parent for cell in cells}
    cut = set()
    for cell in cells:
        ring = _ring(cell.id, parents)
        if cell.id in placed or cell.id not in before or not any(member in placed for member in ring):
            continue
        surroundings = _outwards(cell.id, {known.id: known.parent for known in before.values()})
        # What surrounded it may lie inside it now.
        free = (above for above in surroundings if cell.id not in [above, *_outwards(above, parents)])
        parents[cell.id] = next(free, None)
        cut.add(cell.id)
    return [replace(cell, parent=parents[cell.id]) if cell.id in cut else cell for cell in cells]


def _ring(start: str, parents: Mapping[str, Optional[str]]) -> set[str]:
    """The cells of the ring that a cell is part of, none if it is part of none."""
    chain = _outwards(start, parents)
    return set(chain) if start in chain else set()


def _outwards(start: str, parents: Mapping[str, Optional[str]]) -> list[str]:
    """What a cell lies in, from the inside out; the cell itself is there only if it is part of a ring."""
    seen: list[str] = []
    above = parents.get(start)
    while above is not None and above not in seen:
        seen.append(above)
        above = parents.get(above)
    return seen


def follow_children(cells: Sequence[Cell], before: Mapping[str, Cell]) -> list[Cell]:
    """Return the cells with the lists of children that some boundaries carry (``children``) put right.

    TMI goes by ``parent``, but the drawing library behind the web editor moves what the list names. Only what the plan
    itself has changed is touched; a boundary without a list gets none.
    """
    parents = {cell.id: cell.parent for cell in cells}
    return [_with_children(cell, parents, before) if cell.raw.get("children") else cell for cell in cells]


def _with_children(cell: Cell, parents: Mapping[str, Optional[str]], before: Mapping[str, Cell]) -> Cell:
    children = cell.raw["children"]
    if not isinstance(children, (list, tuple)):
        return cell
    listed = {child for child in children if isinstance(child, str)}
    removed = {child for child in listed if child in before and child not in parents}
    removed |= {child for child in listed if child in before and parents.get(child) != before[child].parent == cell.id}
    added = [
        child
        for child, parent in parents.items()
        if parent == cell.id and child not in listed and (child not in before or before[child].parent != cell.id)
    ]
    if not removed and not added:
        return cell
    left = [child for child in children if not isinstance(child, str) or child not in removed]
    return replace(cell, raw={**cell.raw, "children": left + added})
