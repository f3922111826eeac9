# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds the existing cell of every declared one: by id, by key, then by its looks (ENGINE-18).

A cell that was found keeps its id, because threats and comments point at it.
"""

from __future__ import annotations

from collections import Counter
from typing import Iterable, Optional, Sequence

from .._cells.cell import Cell
from .._errors import AmbiguousNameError, InputError, NotFoundError
from .declared.desired import DesiredCells
from .declared.desired_cell import DesiredCell


def kind_of(cell: Cell) -> str:
    """Return ``flow``, ``boundary`` or ``node``."""
    return "flow" if cell.is_flow else "boundary" if cell.is_boundary else "node"


def describe_cell(cell: Cell) -> str:
    """Return a cell in one phrase for messages: ``process "Web" (id …)``."""
    return '%s "%s" (id %s)' % (cell.shape, cell.label or cell.key or "", cell.id)


class Matching:
    """The result. ``cells``: id of a declared cell -> the existing cell; ``final_ids``: the same -> its final id."""

    def __init__(self, desired: DesiredCells, actual: Sequence[Cell]) -> None:
        """Match all. Raises AmbiguousNameError, NotFoundError (an id that is referred to), InputError."""
        self.cells: dict[str, Cell] = {}
        self.claimed: set[str] = set()
        self._actual = actual
        # The server accepts an id twice and shows only the first cell.
        self._by_id = {cell.id.lower(): cell for cell in reversed(actual)}
        self.final_ids = {cell.id: cell.id for cell in desired.cells}
        for want in desired.cells:
            self._claim(want, self._by_id.get(want.id))
        copies = self._by_key(desired.cells)
        # Containers before their content, nodes before flows: looks include ids that must be known.
        for wants in _groups(desired.cells):
            self._by_key_and_look([(want, copies[want.key]) for want in wants if want.key in copies])
            self._by_look([want for want in wants if want.id not in self.cells])
        for want in desired.cells:
            for name, reference in (("in", want.container), ("from", want.source), ("to", want.target)):
                self._check_reference(reference, "%s.%s" % (want.path, name))

    def resolve(self, reference: str) -> str:
        """Return the id that a declared reference has on the server."""
        if reference in self.final_ids:
            return self.final_ids[reference]
        known = self._by_id.get(reference)
        return known.id if known is not None else reference

    def _check_reference(self, reference: Optional[str], path: str) -> None:
        if reference and reference not in self.final_ids and reference not in self._by_id:
            raise NotFoundError("the diagram has no cell with the id %s" % reference, path)

    def _claim(self, want: DesiredCell, cell: Optional[Cell]) -> None:
        if cell is None:
            return
        if (kind_of(cell) == "flow") != (want.kind == "flow"):
            raise InputError(
                "the diagram has a cell of this key that is a %s, not a %s: choose another key"
                % (kind_of(cell), want.kind),
                want.path,
            )
        self.cells[want.id] = cell
        self.claimed.add(cell.id)
        self.final_ids[want.id] = cell.id

    def _by_key(self, wants: Iterable[DesiredCell]) -> dict[str, list[Cell]]:
        """Claim cells by key. Returns the keys of several cells: the web editor copies the key with a cell."""
        keyed: dict[str, list[Cell]] = {}
        for cell in self._actual:
            if cell.key is not None and cell.id not in self.claimed:
                keyed.setdefault(cell.key, []).append(cell)
        copies = {}
        for want in wants:
            bearers = keyed.get(want.key, [])
            if len(bearers) > 1 and want.id not in self.cells:
                copies[want.key] = bearers
            elif bearers and want.id not in self.cells:
                self._claim(want, bearers[0])
        return copies

    def _by_key_and_look(self, wants: Iterable[tuple[DesiredCell, list[Cell]]]) -> None:
        for want, copies in wants:
            candidates = self._narrow(want, [cell for cell in copies if self._may_be(want, cell)]) or copies
            self._claim(want, _only(want, candidates, "have the key %s" % want.key))

    def _by_look(self, wants: Sequence[DesiredCell]) -> None:
        free = [cell for cell in self._actual if cell.id not in self.claimed]
        candidates = {
            want.id: self._narrow(want, [cell for cell in free if self._may_be(want, cell)]) for want in wants
        }
        wanted_by = Counter(cells[0].id for cells in candidates.values() if len(cells) == 1)
        for want in wants:
            cell = _only(want, candidates[want.id], "look like it")
            if cell is None:
                continue
            if wanted_by[cell.id] > 1:
                rivals = [other.key for other in wants if candidates[other.id] == [cell]]
                raise AmbiguousNameError(
                    "%s may be any of %s: give one of them the id as key" % (describe_cell(cell), ", ".join(rivals)),
                    want.path,
                )
            self._claim(want, cell)

    def _may_be(self, want: DesiredCell, cell: Cell) -> bool:
        """Whether a cell matches all declared fields; undeclared fields match anything."""
        if kind_of(cell) != want.kind or cell.label != _label_of(want):
            return False
        if want.kind == "flow":
            return cell.source == self.resolve(want.source or "") and cell.target == self.resolve(want.target or "")
        if want.shape is not None and cell.shape != want.shape:
            return False
        return want.container is None or (cell.parent or "") == (self.resolve(want.container) if want.container else "")

    @staticmethod
    def _narrow(want: DesiredCell, cells: list[Cell]) -> list[Cell]:
        """Prefer cells outside of all boundaries, where a new cell would be, if no boundary is declared."""
        if len(cells) > 1 and want.container is None and want.kind != "flow":
            return [cell for cell in cells if not cell.parent] or cells
        return cells


def _label_of(want: DesiredCell) -> str:
    """Return the label that a new cell gets: for a node without a label its key."""
    if want.label is not None:
        return want.label
    return "" if want.kind == "flow" else want.key


def _only(want: DesiredCell, cells: Sequence[Cell], why: str) -> Optional[Cell]:
    if len(cells) > 1:
        listed = ", ".join(describe_cell(cell) for cell in cells)
        raise AmbiguousNameError("several cells %s, write the id of one as key: %s" % (why, listed), want.path)
    return cells[0] if cells else None


def _groups(wants: Sequence[DesiredCell]) -> list[list[DesiredCell]]:
    """Return declared cells by kind, boundaries also by depth, so that no cell of a group contains another."""
    depths: dict[str, int] = {}
    groups: dict[tuple[int, int], list[DesiredCell]] = {}
    for want in wants:
        depths[want.id] = depths.get(want.container or "", -1) + 1 if want.kind == "boundary" else 0
        rank = ("boundary", "node", "flow").index(want.kind)
        groups.setdefault((rank, depths[want.id]), []).append(want)
    return [groups[place] for place in sorted(groups)]
