# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Cells as people name and read them: references in threats, and the two sides of a diff."""

from __future__ import annotations

from collections import Counter
from typing import Any, Collection, Mapping, Optional, Sequence

from .._cells.cell import KEY, Cell
from .._cells.changes import CellPlan
from .._errors import AmbiguousNameError, NotFoundError
from .declared.inputs import close_names
from .match import describe_cell, kind_of
from .raw_members import differing_raw_members

#: Attribute of a cell -> the name that users write.
_FIELDS = {
    "shape": "type",
    "label": "label",
    "parent": "in",
    "source": "from",
    "target": "to",
    "source_port": "from_port",
    "target_port": "to_port",
    "router": "router",
    "bidirectional": "bidirectional",
    "metadata": "metadata",
}
#: Fields for the place and the size of a cell.
GEOMETRY = ("x", "y", "width", "height")
#: Shapes whose names users write otherwise.
_TYPES = {"security-boundary": "boundary", "text-box": "text"}
_SECTIONS = {"boundary": "boundaries", "node": "nodes", "flow": "flows"}


def differences(before: Cell, after: Cell) -> tuple[str, ...]:
    """Return the users' names of the fields in which two states of a cell differ."""
    if before is after:
        return ()
    found = [
        name for field, name in _FIELDS.items() if (getattr(before, field) or None) != (getattr(after, field) or None)
    ]
    found += [name for name in GEOMETRY if getattr(before.geometry, name, None) != getattr(after.geometry, name, None)]
    return (*found, *differing_raw_members(before, after))


def resolve_cell(reference: str, cells: Sequence[Cell]) -> str:
    """Return the id of the cell that an id, a key or a label stands for, in this order (ENGINE-17).

    Raises AmbiguousNameError that lists keys and ids, and NotFoundError that names the nearest keys and labels.
    """
    return CellNames(cells).resolve(reference)


class CellNames:
    """What the cells of one diagram are called: every threat of a model asks for one of them."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._by_id: dict[str, Cell] = {}
        self._by_key: dict[str, list[Cell]] = {}
        self._by_label: dict[str, list[Cell]] = {}
        for cell in cells:
            self._by_id.setdefault(cell.id.lower(), cell)
            if cell.key:
                self._by_key.setdefault(cell.key, []).append(cell)
            if cell.label:
                self._by_label.setdefault(cell.label, []).append(cell)

    def resolve(self, reference: str) -> str:
        """Do what :func:`resolve_cell` does."""
        found = self._by_id.get(reference.lower())
        if found is not None:
            return found.id
        matches = self._by_key.get(reference) or self._by_label.get(reference) or []
        if len(matches) == 1:
            return matches[0].id
        if matches:
            listed = ", ".join("%s (%s)" % (cell.key or "no key", describe_cell(cell)) for cell in matches)
            raise AmbiguousNameError('"%s" may be any of these cells: %s' % (reference, listed))
        known = {*self._by_key, *self._by_label}
        raise NotFoundError('the diagram has no cell "%s"%s' % (reference, close_names(reference, known)))


def describe(cells: Sequence[Cell], details: Optional[Mapping[str, Collection[str]]] = None) -> dict[str, Any]:
    """Return cells as ``{boundaries, nodes, flows}``, each a map from key, else label, else id to readable fields.

    ``details`` adds, by id of a cell, fields that are left out otherwise: geometry and members of the wire form.
    """
    return _describe(cells, unique_names(cells), details or {})


def describe_plan(actual: Sequence[Cell], plan: CellPlan) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the two sides of a diff, equal exactly where the plan changes nothing.

    A cell has one name on both sides, and geometry only where the plan changes it.
    """
    details = {change.cell.id: change.fields for change in plan.changes if change.action == "update"}
    names = display_names(plan)
    return _describe(actual, names, details), _describe(plan.cells, names, details)


def display_names(plan: CellPlan) -> dict[str, str]:
    """Return what the cells of a diagram are called, by id, also those that a plan removes; all names are distinct."""
    return unique_names([*plan.cells, *(change.cell for change in plan.changes if change.action == "remove")])


def unique_names(cells: Sequence[Cell]) -> dict[str, str]:
    """Return what cells are called, by id: those that share a name have their ids with it."""
    count = Counter(cell.name for cell in cells)
    names = {}
    for cell in cells:
        names[cell.id] = cell.name if count[cell.name] == 1 else "%s (%s)" % (cell.name, cell.id)
    return names


def _describe(
    cells: Sequence[Cell], names: Mapping[str, str], details: Mapping[str, Collection[str]]
) -> dict[str, Any]:
    found: dict[str, Any] = {section: {} for section in _SECTIONS.values()}
    for cell in cells:
        section = found[_SECTIONS[kind_of(cell)]]
        section[names.get(cell.id, cell.id)] = fields_of(cell, names, details.get(cell.id, ()))
    return {section: dict(sorted(entries.items())) for section, entries in found.items()}


def fields_of(cell: Cell, names: Mapping[str, str], details: Collection[str] = ()) -> dict[str, Any]:
    """Return what people read of a cell: fields that are set, by the names that users write, and those in ``details``.

    ``names``: what cells are called, by id.
    """
    found: dict[str, Any] = {"id": cell.id}
    if cell.key is not None:
        found["key"] = cell.key
    for field, name in _FIELDS.items():
        value = getattr(cell, field)
        if name in ("in", "from", "to"):
            value = names.get(value, value)
        elif name == "type":
            value = _TYPES.get(value, value)
        elif name == "metadata":
            value = {key: entry for key, entry in sorted(value.items()) if key != KEY}
        if value and not (name == "type" and cell.is_flow):
            found[name] = value
    for name in details:
        if name in GEOMETRY and cell.geometry is not None:
            found[name] = getattr(cell.geometry, name)
        elif name not in _FIELDS.values() and cell.raw.get(name) is not None:
            found[name] = cell.raw[name]
    return found
