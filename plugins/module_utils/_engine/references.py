# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a threat's ``diagram`` and ``cell`` mean: names, keys or ids, of what is there and of what is yet to be made."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple, Optional, Sequence, Union

from .._diagram.cells import Cell
from .._diagram.plan import resolve_cell
from .._errors import AmbiguousNameError, NotFoundError
from .._resources._fields import Reference
from .._resources.diagram import DIAGRAM
from .identity import not_found, stored_anchors
from .tree import ABSENT, Desired, Entity, place


def anchors_of(desired: Desired) -> dict[str, Any]:
    """Return the resolved references that tell a wanted object from its namesakes; a diagram to be made by its name."""
    names = stored_anchors(desired.resource)
    return {n: getattr(v, "label", v) for n, v in desired.values.items() if n in names}


class _Diagram(NamedTuple):
    """A diagram that a threat may point at: its id or, where it is yet to be made, what is wanted."""

    name: str
    target: Union[str, Desired]
    key: Optional[str]
    cells: Sequence[Cell]

    def find(self, cell: str, where: str) -> Optional[str]:
        """Return the id of the cell that a reference means, None if there is none."""
        try:
            return resolve_cell(cell, self.cells)
        except NotFoundError:
            return None
        except AmbiguousNameError as error:
            raise AmbiguousNameError('in diagram "%s" %s' % (self.name, error.message), where) from None


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
        """Return the object with ids for ``diagram`` and ``cell``; a diagram yet to be made stands for its id."""
        given = {
            f.name: desired.values[f.name]
            for f in desired.resource.fields
            if isinstance(f, Reference) and f.name in desired.values
        }
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
            if not known and self.assumed:
                self.assumed.append("diagram %s" % diagram)
                return {"diagram_id": None}
            known = [self._named(desired, diagram, known)]
        if not cell:
            return {"diagram_id": known[0].target}
        where = place(desired, "cell")
        fits = [(d, d.find(cell, where)) for d in known]
        fits = [(d, found) for d, found in fits if found is not None]
        if len(fits) == 1:
            return {"diagram_id": fits[0][0].target, "cell_id": fits[0][1]}
        if fits:
            names = ", ".join('"%s"' % d.name for d, found in fits)
            raise AmbiguousNameError('cell "%s" is in the diagrams %s: say which with diagram' % (cell, names), where)
        if self.assumed:
            self.assumed.append("cell %s" % cell)
            return {"diagram_id": known[0].target} if diagram else {}
        if diagram:
            resolve_cell(cell, known[0].cells)  # raises, and names the cells that come close
        raise NotFoundError('no diagram of this model has a cell "%s"' % cell, where)

    def _known(self) -> list[_Diagram]:
        """Return every diagram there is or will be."""
        known = [
            _Diagram(desired.label, entity.id if entity else desired, desired.key, cells)
            for desired, entity, cells in self.wanted
            if desired.state != ABSENT
        ]
        planned = {entity.id for desired, entity, cells in self.wanted if entity}
        return known + [_Diagram(e.label, e.id, None, e.cells) for e in self.actual if e.id not in planned]

    def _named(self, desired: Desired, reference: str, known: Sequence[_Diagram]) -> _Diagram:
        """Return the diagram a reference means: by id, then by key of the definition, then by name."""
        fits = [d for d in known if d.target == reference]
        fits = fits or [d for d in known if d.key == reference]
        fits = fits or [d for d in known if d.name == reference]
        if len(fits) == 1:
            return fits[0]
        where = place(desired, "diagram")
        if fits:
            ids = ", ".join(d.target for d in fits if isinstance(d.target, str))
            raise AmbiguousNameError('%d diagrams are called "%s": %s; use the id' % (len(fits), reference, ids), where)
        raise not_found(DIAGRAM, reference, self.actual, where)
