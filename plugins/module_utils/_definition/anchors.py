# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Checks references between the entries of a definition, as far as the definition alone shows mistakes.

A name that is not in the definition may be that of an object on the server. It is a mistake if it is nearly one of the
definition's names, or if it is the name of an object of another kind in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Collection, Optional, Sequence

from .._diagram.declared.asset_names import assets_named
from .._diagram.declared.entries import read_entries
from .._engine.tree import Desired
from .._errors import InputError
from .._mistakes import MistakeList
from .._near import similar
from .._resources._resource import Resource
from .._resources.asset import ASSET
from .._resources.diagram import DIAGRAM
from .._resources.reference import is_id
from .._resources.threat import THREAT
from .._unicode import composed
from .short_forms import CELL_SECTIONS

#: Minimum length of a name in which a misspelling can be detected.
_SHORTEST = 3
_NUMBERS = re.compile("[0-9]+")
#: Number of names that are compared with all others, which takes time. The plan finds the mistakes in further ones.
_MAX_COMPARED = 50


def check_references(children: Sequence[Desired], mistakes: MistakeList, diagrams: Any = None) -> None:
    """Add wrong references of threats and cells to ``mistakes``.

    ``diagrams``: the section as it was written, because wrong cells have names too.
    """
    known = _Known(children, diagrams if isinstance(diagrams, Mapping) else {})
    for child in children:
        if mistakes.is_full:
            return
        if child.resource is THREAT:
            with mistakes.collecting():
                known.check_place(child)
            with mistakes.collecting():
                known.check_asset(child.values.get("asset"), "%s.asset" % child.where)
        for name, path in assets_named(child.cells).items() if child.cells is not None else ():
            with mistakes.collecting():
                known.check_asset(name, "%s.%s.assets" % (child.where, path))


class _Known:
    """The names of the objects in one definition."""

    def __init__(self, children: Sequence[Desired], written: Mapping[Any, Any]) -> None:
        self.diagrams = [child for child in children if child.resource is DIAGRAM]
        self.names = {DIAGRAM: _names(children, DIAGRAM), ASSET: _names(children, ASSET)}
        self.cells = [
            (diagram, _cell_names(diagram) or _names_written(written.get(diagram.key))) for diagram in self.diagrams
        ]
        self._all_cells = {name for _diagram, names in self.cells for name in names}
        self._comparisons_left = _MAX_COMPARED

    def check_asset(self, reference: Optional[str], where: str) -> None:
        """Raise InputError for a wrong asset."""
        self._check(reference, self.names[ASSET], where, 'the definition has no asset "%s"', "")

    def check_place(self, threat: Desired) -> None:
        """Raise InputError for a wrong diagram or cell of a threat."""
        reference, cell = (_plain(threat.values.get(name)) for name in ("diagram", "cell"))
        where = "%s.cell" % threat.where
        if not reference:
            self._check(cell, self._all_cells, where, 'no diagram of the definition has a cell "%s"', "")
            return
        is_cell = not cell and reference in self._all_cells
        hint = "it is a cell: write the diagram before it, as in diagram/%s" % reference if is_cell else ""
        missing = 'the definition has no diagram "%s"'
        self._check(reference, self.names[DIAGRAM], "%s.diagram" % threat.where, missing, hint)
        cell_names = [names for diagram, names in self.cells if reference in _called(diagram)]
        if len(cell_names) == 1 and cell_names[0]:
            elsewhere = [d.key for d, names in self.cells if cell in names and names is not cell_names[0]]
            hint = "it is in the diagram %s" % elsewhere[0] if elsewhere else ""
            missing = 'diagram "%s" of the definition has no cell "%%s"' % reference.replace("%", "%%")
            self._check(cell, cell_names[0], where, missing, hint)

    def _check(self, reference: Optional[str], known: Collection[str], where: str, missing: str, hint: str) -> None:
        reference = _plain(reference)
        if not reference or is_id(reference) or reference in known:
            return
        close = [] if hint or not self._comparisons_left else _near(reference, known)
        self._comparisons_left -= bool(self._comparisons_left and not hint)
        if close or hint:
            advice = hint or "did you mean %s?" % ", ".join(close)
            raise InputError(
                "%s (%s); to refer to an object that only the server has, use its id" % (missing % reference, advice),
                where,
            )


def _names(children: Sequence[Desired], resource: Resource) -> set[str]:
    return {name for child in children if child.resource is resource for name in _called(child)}


def _called(child: Desired) -> set[str]:
    return {_plain(name) for name in (child.key, child.values.get("name"), child.was, child.id) if name}


def _cell_names(diagram: Desired) -> set[str]:
    cells = diagram.cells.cells if diagram.cells is not None else ()
    return {_plain(name) for cell in cells for name in (cell.key, cell.label, cell.id) if name}


def _names_written(diagram: Any) -> set[str]:
    """Return the names of the cells of a diagram that could not be read; none if the cells cannot be read either."""
    names: set[str] = set()
    wrong = MistakeList()
    for name in CELL_SECTIONS if isinstance(diagram, Mapping) else ():
        with wrong.collecting():
            for entry in read_entries(name, diagram.get(name) or {}, name, wrong):
                fields = entry.fields or {}
                words = (entry.key, *(fields.get(word) for word in ("label", "name", "id")))
                names.update(_plain(word) for word in words if isinstance(word, str))
    return set() if wrong.found else names


def _near(reference: str, known: Collection[str]) -> list[str]:
    """Return the most similar names, without very short names and names with other numbers."""
    numbers = _NUMBERS.findall(reference)
    close = similar(reference, known) if len(reference) >= _SHORTEST else ()
    return [name for name in close if len(name) >= _SHORTEST and _NUMBERS.findall(name) == numbers]


def _plain(name: Optional[str]) -> str:
    """Return a name as servers may store it: with composed characters."""
    return composed(str(name)) if name else ""
