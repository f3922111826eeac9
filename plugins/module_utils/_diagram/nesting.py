# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Consequences for boundaries if cells move from one boundary into another."""

from __future__ import annotations

from dataclasses import replace
from typing import AbstractSet, Mapping, Optional, Sequence

from .._cells.cell import Cell


def cut_rings(cells: Sequence[Cell], placed: AbstractSet[str], before: Mapping[str, Cell]) -> list[Cell]:
    """Return the cells without rings of boundaries that the plan has created.

    ``placed``: ids of cells whose container is declared. If a nesting is reversed and one container is not declared,
    declared and kept containers form a ring: the first cell that keeps its container moves to the boundary around the
    ring. A ring that the server already had stays.
    """
    parents = {cell.id: cell.parent for cell in cells}
    cut = set()
    for cell in cells:
        ring = _ring(cell.id, parents)
        if cell.id in placed or cell.id not in before or not any(member in placed for member in ring):
            continue
        surroundings = _outwards(cell.id, {known.id: known.parent for known in before.values()})
        # A boundary that was around it may now be in it.
        free = (above for above in surroundings if cell.id not in [above, *_outwards(above, parents)])
        parents[cell.id] = next(free, None)
        cut.add(cell.id)
    return [replace(cell, parent=parents[cell.id]) if cell.id in cut else cell for cell in cells]


def _ring(start: str, parents: Mapping[str, Optional[str]]) -> set[str]:
    """Return the cells of the ring that a cell is part of, an empty set if it is in no ring."""
    chain = _outwards(start, parents)
    return set(chain) if start in chain else set()


def _outwards(start: str, parents: Mapping[str, Optional[str]]) -> list[str]:
    """Return the containers of a cell, inner ones first; the cell itself is among them only in a ring."""
    seen: list[str] = []
    above = parents.get(start)
    while above is not None and above not in seen:
        seen.append(above)
        above = parents.get(above)
    return seen


def follow_children(cells: Sequence[Cell], before: Mapping[str, Cell]) -> list[Cell]:
    """Return the cells with corrected lists of children (``children``), which some boundaries have.

    TMI uses ``parent``, but the drawing library of the web editor moves the cells in the list. Only changes of the plan
    are corrected; a boundary without a list gets none.
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
