# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a plan says about the cells of one diagram; REST writes and sessions both start from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Mapping, Optional, Sequence

from .cell import Cell


@dataclass(frozen=True)
class CellChange:
    """One cell to ``add``, ``update`` or ``remove``; ``fields`` names what an update changes, for people to read.

    An update without fields only marks a cell as ours.
    """

    action: str
    before: Optional[Cell]
    after: Optional[Cell]
    fields: tuple[str, ...] = ()

    @property
    def cell(self) -> Cell:
        """The cell as it will be, or as it was when it goes."""
        cell = self.after if self.after is not None else self.before
        if cell is None:
            raise ValueError("a change has a cell before it, after it, or both")
        return cell


def is_reported(change: CellChange) -> bool:
    """Whether people are told of a change."""
    return change.action != "update" or bool(change.fields)


@dataclass(frozen=True)
class KeptCell:
    """A cell that was to go but stays, because something that is not ours uses it."""

    cell: Cell
    used_by: tuple[Cell, ...]


@dataclass(frozen=True)
class CellPlan:
    """All cells of the diagram as they shall be, in order, and the changes that lead there.

    ``changes`` are in an order that never leaves a reference dangling: boundaries with parents first, nodes, flows,
    then removals with flows first (ENGINE-21). ``ids`` maps the keys of all declared cells to their ids, also
    of cells that were recognised by their looks and keep ids that the names do not tell.
    """

    cells: tuple[Cell, ...]
    changes: tuple[CellChange, ...] = ()
    kept: tuple[KeptCell, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def removed_ids(self) -> frozenset[str]:
        """Ids of the cells that go: threats that sit on them lose their anchor."""
        return frozenset(change.cell.id for change in self.changes if change.action == "remove")


@dataclass(frozen=True)
class SessionOutcome:
    """What came of a collaboration session: the diagram's cells at its end, how many cell operations were sent, and
    the people whose session ended because we, its host, left."""

    cells: Sequence[Cell]
    operations: int
    ended_for: Sequence[str] = ()
