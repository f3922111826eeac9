# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Plans the cells of a diagram: from declared and existing cells to the new cells and the changes.

Declared fields win; all other members of existing cells are kept, whoever wrote them. Planning a planned diagram again
changes nothing: differences that the web editor causes, which rounds numbers and drops members, do not count.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Collection, Iterable, Sequence

from .._cells.cell import BOUNDARY, FLOW, KEY, Cell
from .._cells.changes import CellChange, CellPlan, is_reported
from .._cells.editor import TOP_LEFT
from .declared.desired import DesiredCells
from .declared.desired_cell import DesiredCell
from .match import Matching
from .names import describe, describe_plan, differences, resolve_cell
from .nesting import cut_rings, follow_children
from .placement import enforced, following, place
from .prune import prune_cells
from .raw_members import merge_raw_members

__all__ = ["describe", "describe_plan", "plan_cells", "resolve_cell"]

#: The shape of a new node without a declared type.
DEFAULT_SHAPE = "process"


def plan_cells(desired: DesiredCells, actual: Sequence[Cell], prune: str = "none") -> CellPlan:
    """Plan the cells of one diagram. ``prune``: none, managed (cells with a key of the collection), all.

    Pure, and ``plan_cells(desired, plan.cells, prune).changes`` is empty. Raises AmbiguousNameError if several existing
    cells match a declared one, NotFoundError for a reference to an id that does not exist, and InputError for a key
    that changes between a flow and a node.
    """
    matching = Matching(desired, actual)
    desired = following(desired, matching)
    wanted = {cell.id: want for want in desired.cells for cell in [matching.cells.get(want.id)] if cell is not None}
    before: dict[str, Cell] = {}
    cells: list[Cell] = []
    for cell in actual:
        want = wanted.get(cell.id)
        if cell.id in before:
            want = None
        before.setdefault(cell.id, cell)
        cells.append(cell if want is None else _declared(cell, want, matching))
    cells += [_new(want, matching) for want in desired.cells if want.id not in matching.cells]

    placed = frozenset(matching.final_ids[want.id] for want in desired.cells if want.container is not None)
    pruned = prune_cells(
        cut_rings(cells, placed, before),
        frozenset(matching.final_ids.values()),
        frozenset(want.key for want in desired.cells),
        placed,
        desired.sections,
        prune,
    )
    final = tuple(follow_children(place(pruned.cells, desired, matching), before))
    removed = tuple(before[cell.id] for cell in pruned.removed)
    ids = {want.key: matching.final_ids[want.id] for want in desired.cells}
    known = frozenset(matching.final_ids[want.id] for want in desired.cells if want.has_id)
    changes = [_unless_mark(change, known) for change in _changes(final, before, removed)]
    return CellPlan(final, tuple(changes) if any(map(is_reported, changes)) else (), pruned.kept, ids)


def _unless_mark(change: CellChange, known: Collection[str]) -> CellChange:
    """Return a change; without fields if it only stores the key of a cell that is known by its id.

    Such keys are written together with other changes of the diagram and are no change by themselves: a diagram that
    matches its definition is not written, whoever drew it. Other cells need the key to be found again.
    """
    old, new = change.before, change.after
    if old is None or new is None or change.fields != ("metadata",) or old.id not in known:
        return change
    is_mark = {**old.metadata, KEY: new.key} == new.metadata
    return replace(change, fields=()) if is_mark else change


def _new(want: DesiredCell, matching: Matching) -> Cell:
    """Return the new cell of a declared one, without geometry, which the layout adds."""
    is_flow = want.kind == "flow"
    default = FLOW if is_flow else BOUNDARY if want.kind == "boundary" else DEFAULT_SHAPE
    label = "" if is_flow else want.key
    raw = {"attrs": {"text": dict(TOP_LEFT)}} if want.kind == "boundary" else {}
    return _declared(Cell(want.id, want.shape or default, label, raw=raw), want, matching)


def _declared(cell: Cell, want: DesiredCell, matching: Matching) -> Cell:
    """Return a cell with its declared fields."""
    changes: dict[str, Any] = {
        name: value
        for name, value in (
            ("shape", want.shape),
            ("label", want.label),
            ("source_port", want.source_port),
            ("target_port", want.target_port),
            ("router", want.router),
            ("bidirectional", want.bidirectional),
        )
        if value is not None
    }
    if want.kind == "flow":
        changes.update(source=matching.resolve(want.source or ""), target=matching.resolve(want.target or ""))
    if want.container is not None:
        changes["parent"] = matching.resolve(want.container) if want.container else None
        if not changes["parent"] and not cell.parent:
            del changes["parent"]
    changes["metadata"] = _metadata(cell, want)
    if want.is_placed and cell.geometry is not None:
        changes["geometry"] = enforced(cell.geometry, want)
    changes = {name: value for name, value in changes.items() if value != getattr(cell, name)}
    return merge_raw_members(cell, replace(cell, **changes) if changes else cell, want.raw_members)


def _metadata(cell: Cell, want: DesiredCell) -> dict[str, str]:
    entries = dict(cell.metadata)
    for key, value in want.metadata.items():
        if value == "":
            entries.pop(key, None)
        else:
            entries[key] = value
    entries[KEY] = want.key
    return entries


def _changes(after: Sequence[Cell], before: dict[str, Cell], removed: Sequence[Cell]) -> Iterable[CellChange]:
    """Yield boundaries with parents first, nodes, flows; then removals: flows, nodes, boundaries, children first."""
    seen: set[str] = set()
    changes = []
    for cell in after:
        old = before.get(cell.id) if cell.id not in seen else cell
        seen.add(cell.id)
        if old is None:
            changes.append(CellChange("add", None, cell))
            continue
        fields = differences(old, cell)
        if fields:
            changes.append(CellChange("update", old, cell, fields))
    order = _Order(after)
    yield from sorted(changes, key=lambda change: order.of(change.cell))
    order = _Order(removed)
    removals = [CellChange("remove", cell, None) for cell in removed]
    yield from sorted(removals, key=lambda change: [-part for part in order.of(change.cell)])


class _Order:
    """The order of cells: by kind, boundaries also by depth."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._parents = {cell.id: cell.parent for cell in cells}

    def of(self, cell: Cell) -> tuple[int, int]:
        """Return (0 boundary, 1 node, 2 flow; depth of a boundary)."""
        if not cell.is_boundary:
            return (2 if cell.is_flow else 1), 0
        depth, above = 0, cell.parent
        while above is not None and depth <= len(self._parents):
            above, depth = self._parents.get(above), depth + 1
        return 0, depth
