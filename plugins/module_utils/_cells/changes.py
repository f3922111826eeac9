# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The plan for the cells of one diagram, for writes by REST and by sessions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Optional, Sequence

from .cell import Cell


@dataclass(frozen=True)
class CellChange:
    """One cell to ``add``, ``update`` or ``remove``; ``fields``: names of the fields that an update changes.

    An update without fields only stores the key of the cell.
    """

    action: str
    before: Optional[Cell]
    after: Optional[Cell]
    fields: tuple[str, ...] = ()

    @property
    def cell(self) -> Cell:
        """The cell after the change, or the removed cell."""
        cell = self.after if self.after is not None else self.before
        if cell is None:
            raise ValueError("a change needs a cell before it, after it, or both")
        return cell


def is_reported(change: CellChange) -> bool:
    """Whether a change is shown to people."""
    return change.action != "update" or bool(change.fields)


@dataclass(frozen=True)
class KeptCell:
    """A cell that pruning leaves in place, because cells that the collection does not manage use it."""

    cell: Cell
    used_by: tuple[Cell, ...]


@dataclass(frozen=True)
class CellPlan:
    """All cells of the diagram after the changes, in order, and the changes themselves.

    ``changes`` are in an order in which no reference points at a missing cell: boundaries with parents first, nodes,
    flows, then removals with flows first (ENGINE-21). ``ids`` maps the keys of all declared cells to their ids, also
    those of cells that were matched by their looks and have other ids than the keys would give them.
    """

    cells: tuple[Cell, ...]
    changes: tuple[CellChange, ...] = ()
    kept: tuple[KeptCell, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def removed_ids(self) -> frozenset[str]:
        """Ids of the removed cells; threats at them lose their anchor."""
        return frozenset(change.cell.id for change in self.changes if change.action == "remove")


@dataclass(frozen=True)
class SessionOutcome:
    """The result of a collaboration session: the diagram's cells at its end, the number of cell operations sent, and
    the people whose session ended because the collection, its host, left."""

    cells: Sequence[Cell]
    operations: int
    ended_for: Sequence[str] = ()
