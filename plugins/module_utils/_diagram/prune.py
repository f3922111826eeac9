# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Pruning: which undeclared cells are removed, which stay because people's cells use them (ENGINE-19)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Iterable, Optional, Sequence

from .._cells.cell import Cell
from .._cells.changes import KeptCell
from .match import kind_of

_SECTION = {"node": "nodes", "boundary": "boundaries", "flow": "flows"}


@dataclass(frozen=True)
class Pruned:
    """``cells``: the remaining cells, in order, with corrected parents. ``removed``, ``kept``: in the old order."""

    cells: tuple[Cell, ...]
    removed: tuple[Cell, ...] = ()
    kept: tuple[KeptCell, ...] = ()


def prune_cells(
    cells: Sequence[Cell],
    declared: frozenset[str],
    claimed_keys: frozenset[str],
    placed: frozenset[str],
    sections: Iterable[str],
    mode: str,
) -> Pruned:
    """Remove cells that are not ``declared`` (ids), as far as ``mode`` (none, managed, all) and ``sections`` allow.

    ``claimed_keys``: keys of declared cells. An undeclared cell with one of them is a copy that a person made in the
    web editor, which also copies metadata: the collection does not manage it. ``placed``: declared cells whose
    container is declared.
    """
    if mode == "none":
        return Pruned(tuple(cells))
    present = set(sections)

    def is_ours(cell: Cell) -> bool:
        return cell.key is not None and cell.key not in claimed_keys and cell.id not in declared

    to_delete = {
        cell.id
        for cell in cells
        if cell.id not in declared and _SECTION[kind_of(cell)] in present and (mode == "all" or is_ours(cell))
    }

    def users(cell: Cell) -> tuple[Cell, ...]:
        """Return remaining cells that need this one: flows and children that are a person's or declared to be here."""
        return tuple(
            other
            for other in cells
            if other.id not in to_delete
            and not is_ours(other)
            and (
                cell.id in (other.source, other.target)
                if other.is_flow
                else other.parent == cell.id and (other.id in placed or other.id not in declared)
            )
        )

    kept: dict[str, KeptCell] = {}
    while True:
        # A kept cell may use other cells, so this is repeated until no more cells are kept.
        used_by = {cell.id: users(cell) for cell in cells if cell.id in to_delete and not cell.is_flow}
        stay = {cell_id for cell_id, by in used_by.items() if by}
        if not stay:
            break
        to_delete -= stay
        kept.update({cell.id: KeptCell(cell, used_by[cell.id]) for cell in cells if cell.id in stay})
    # The managed flows of removed nodes are removed too, also if the user wrote no flows. (Other flows would have kept
    # the node.)
    to_delete |= {cell.id for cell in cells if cell.is_flow and {cell.source, cell.target} & to_delete}
    parents = {cell.id: cell.parent for cell in cells}
    return Pruned(
        tuple(_moved_up(cell, to_delete, parents) for cell in cells if cell.id not in to_delete),
        tuple(cell for cell in cells if cell.id in to_delete),
        tuple(kept[cell.id] for cell in cells if cell.id in kept),
    )


def _moved_up(cell: Cell, to_delete: set[str], parents: dict[str, Optional[str]]) -> Cell:
    """Return a cell in the nearest remaining boundary, if its own boundary is removed."""
    parent, passed = cell.parent, set()
    while parent is not None and parent in to_delete:
        passed.add(parent)
        parent = parents.get(parent)
        if parent in passed:  # a ring of parents, which servers accept
            parent = None
    return cell if parent == cell.parent else replace(cell, parent=parent)
