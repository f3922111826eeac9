# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a threat's ``diagram`` and ``cell`` mean: names, keys or ids, of what is there and of what is yet to be made."""
from __future__ import annotations

from dataclasses import replace
from typing import Any, Optional, Sequence

from .._diagram.cells import Cell
from .._diagram.plan import resolve_cell
from .._errors import AmbiguousNameError, InputError, NotFoundError
from .._resources._fields import Reference
from .._resources.diagram import DIAGRAM
from .identity import not_found, stored_anchors
from .tree import ABSENT, Desired, Entity, place


def anchors_of(desired: Desired) -> dict[str, Any]:
    """Return the resolved references that tell a wanted object from its namesakes; a diagram to be made by its name."""
    names = stored_anchors(desired.resource)
    return {n: getattr(v, "label", v) for n, v in desired.values.items() if n in names}


class References:
    """The diagrams of one model: those on the server (``actual``) and, once planned, the wanted ones."""

    def __init__(self, actual: Sequence[Entity], assumed: list[str]) -> None:
        self.actual = actual
        self.assumed = assumed
        self.wanted: list[tuple[Desired, Optional[Entity], Sequence[Cell]]] = []

    def add(self, desired: Desired, entity: Optional[Entity], cells: Sequence[Cell]) -> None:
        """Add a wanted diagram with its cells as they will be."""
        self.wanted.append((desired, entity, cells))

    def resolve(self, desired: Desired) -> Desired:
        """Return the object with ``diagram`` and ``cell`` replaced by ids (or the wanted diagram, if yet to be made)."""
        given = {f.name: desired.values[f.name] for f in desired.resource.fields
                 if isinstance(f, Reference) and f.name in desired.values}
        if not given:
            return desired
        values = {n: v for n, v in desired.values.items() if n not in given}
        if "diagram" in given and not given["diagram"]:
            values.update(diagram_id=None, cell_id=None)
        elif "cell" in given and not given["cell"]:
            values.update(cell_id=None)
        if given.get("diagram") or given.get("cell"):
            values.update(self._anchor(desired, given.get("diagram"), given.get("cell")))
        return replace(desired, values=values)

    def _anchor(self, desired: Desired, diagram: Optional[str], cell: Optional[str]) -> dict[str, Any]:
        known = self._known()
        if diagram:
            known = [self._diagram(desired, diagram, known)] if known or not self.assumed else []
            if not known:
                self.assumed.append("diagram %s" % diagram)
                return {"diagram_id": None}
        if not cell:
            return {"diagram_id": known[0][1]}
        fits = []
        problem: Optional[InputError] = None
        for name, ident, cells in known:
            try:
                fits.append((name, {"diagram_id": ident, "cell_id": resolve_cell(cell, cells)}))
            except NotFoundError as error:
                problem = error
            except AmbiguousNameError as error:
                raise AmbiguousNameError('in diagram "%s" %s' % (name, error.message), place(desired, "cell")) from None
        if len(fits) > 1:
            raise AmbiguousNameError(
                'cell "%s" is in the diagrams %s: say which with diagram' % (cell, ", ".join('"%s"' % n for n, x in fits)),
                place(desired, "cell"),
            )
        if not fits and self.assumed:
            self.assumed.append("cell %s" % cell)
            return {"diagram_id": known[0][1]} if diagram else {}
        if not fits:
            text = problem.message if problem and diagram else 'no diagram of this model has a cell "%s"' % cell
            raise NotFoundError(text, place(desired, "cell"))
        return fits[0][1]

    def _known(self) -> list[tuple[str, Any, Sequence[Cell]]]:
        """Return (name, id or the wanted diagram, cells) of every diagram there is or will be."""
        known: list[tuple[str, Any, Sequence[Cell]]] = []
        wanted = {entity.id for x, entity, y in self.wanted if entity}
        for desired, entity, cells in self.wanted:
            if desired.state != ABSENT:
                known.append((desired.label, entity.id if entity else desired, cells))
        for entity in self.actual:
            if entity.id not in wanted:
                known.append((entity.label, entity.id, entity.cells))
        return known

    def _diagram(
        self, desired: Desired, reference: str, known: Sequence[tuple[str, Any, Sequence[Cell]]]
    ) -> tuple[str, Any, Sequence[Cell]]:
        """Return the diagram a reference means: by id, then by key of the definition, then by name."""
        keys = [k for k in known if isinstance(k[1], str) and k[1] == reference]
        keys = keys or [k for k, d in ((k, self._wanted(k)) for k in known) if d is not None and d.key == reference]
        keys = keys or [k for k in known if k[0] == reference]
        if len(keys) == 1:
            return keys[0]
        if keys:
            ids = ", ".join(str(k[1]) for k in keys if isinstance(k[1], str))
            raise AmbiguousNameError('%d diagrams are called "%s": %s; use the id' % (len(keys), reference, ids), place(desired, "diagram"))
        raise not_found(DIAGRAM, reference, self.actual, place(desired, "diagram"))

    def _wanted(self, known: tuple[str, Any, Sequence[Cell]]) -> Optional[Desired]:
        if isinstance(known[1], Desired):
            return known[1]
        return next((d for d, entity, x in self.wanted if entity and entity.id == known[1]), None)
