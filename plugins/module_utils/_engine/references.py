# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Resolves ``diagram``, ``cell`` and ``asset``: names, keys or ids, of existing objects and of those to be created."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, NamedTuple, Optional, Sequence, Union

from .._cells.cell import Cell
from .._diagram.names import CellNames
from .._errors import AmbiguousNameError, NotFoundError
from .._resources._resource import Resource
from .._resources.asset import ASSET
from .._resources.diagram import DIAGRAM
from .identity.objects import not_found, stored_anchors
from .ports import Rules
from .tree import ABSENT, Desired, Entity, place


def anchors_of(desired: Desired) -> dict[str, Any]:
    """Return the resolved references that distinguish objects of equal name; a diagram to be created is its name."""
    anchors = {n: desired.values[n] for n in stored_anchors(desired.resource) if n in desired.values}
    return {n: getattr(v, "label", v) for n, v in anchors.items()}


class _Target(NamedTuple):
    """A possible target of a reference: its id or, before it is created, the wanted object; and its cells."""

    name: str
    target: Union[str, Desired]
    key: Optional[str]
    cells: CellNames

    def find(self, cell: str, where: str) -> Optional[str]:
        """Return the id of the cell that a reference means, None if the diagram has no such cell."""
        try:
            return self.cells.resolve(cell)
        except NotFoundError:
            return None
        except AmbiguousNameError as error:
            raise AmbiguousNameError('in diagram "%s" %s' % (self.name, error.message), where) from None


class References:
    """The objects of one model that others refer to: existing objects and, after they are planned, wanted ones.

    References without a column on the server (see ``rules``) stay texts. Names are compared as the server stores them.
    """

    def __init__(
        self,
        actual: Mapping[str, Sequence[Entity]],
        rules: Rules,
        assumed: list[str],
    ) -> None:
        self.actual = actual
        self.rules = rules
        self.assumed = assumed
        self.wanted: dict[Resource, list[tuple[Desired, Optional[Entity], Sequence[Cell]]]] = {}
        self._targets: dict[Resource, list[_Target]] = {}

    def add(self, desired: Desired, entity: Optional[Entity], cells: Sequence[Cell]) -> None:
        """Add a planned object, with the cells that it will have."""
        self.wanted.setdefault(desired.resource, []).append((desired, entity, cells))
        self._targets.pop(desired.resource, None)

    def resolve(self, desired: Desired) -> Desired:
        """Return the object with ids in place of names; an object to be created is used in place of its id."""
        columns = self.rules.columns(desired.resource)
        given = {
            f.name: desired.values[f.name]
            for f in desired.resource.references
            if f.name in desired.values and f.stored_as in columns
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
        if "asset" in given:
            values["asset_id"] = self.asset(given["asset"], place(desired, "asset")) if given["asset"] else None
        return desired.with_values(values)

    def asset(self, reference: str, where: str) -> Union[str, Desired, None]:
        """Return the asset that an object refers to: its id, the wanted asset if it is to be created, None if assumed.

        Raises NotFoundError and AmbiguousNameError at ``where``.
        """
        known = self._known(ASSET)
        if not known and self.assumed:
            self.assumed.append("asset %s" % reference)
            return None
        return self._named(ASSET, reference, known, where).target

    def _anchor(self, desired: Desired, diagram: Optional[str], cell: Optional[str]) -> dict[str, Any]:
        known = self._known(DIAGRAM)
        if diagram:
            if not known and self.assumed:
                self.assumed.append("diagram %s" % diagram)
                return {"diagram_id": None}
            known = [self._named(DIAGRAM, diagram, known, place(desired, DIAGRAM.name))]
        if not cell:
            return {"diagram_id": known[0].target}
        where = place(desired, "cell")
        named = self.rules.as_stored(DIAGRAM, "cell", cell)
        fits = [(d, d.find(named, where)) for d in known]
        fits = [(d, cell_id) for d, cell_id in fits if cell_id is not None]
        if len(fits) == 1:
            return {"diagram_id": fits[0][0].target, "cell_id": fits[0][1]}
        if fits:
            names = ", ".join('"%s"' % d.name for d, cell_id in fits)
            raise AmbiguousNameError('cell "%s" is in the diagrams %s: say which with diagram' % (cell, names), where)
        if self.assumed:
            self.assumed.append("cell %s" % cell)
            return {"diagram_id": known[0].target} if diagram else {}
        raise self._no_cell(cell, known[0] if diagram else None, where)

    def _no_cell(self, cell: str, diagram: Optional[_Target], where: str) -> NotFoundError:
        """Return the error for a missing cell; if the diagram is known, with the most similar names of its cells."""
        if diagram is not None:
            try:
                diagram.cells.resolve(cell)
            except NotFoundError as error:
                return NotFoundError(error.message, where)
        return NotFoundError('no diagram of this model has a cell "%s"' % cell, where)

    def _known(self, resource: Resource) -> list[_Target]:
        """Return all existing and wanted objects of a kind."""
        if resource not in self._targets:
            self._targets[resource] = list(self._find_known(resource))
        return self._targets[resource]

    def _find_known(self, resource: Resource) -> Iterator[_Target]:
        wanted = self.wanted.get(resource, [])
        for desired, entity, cells in wanted:
            if desired.state != ABSENT:
                name = self.rules.as_stored(resource, "name", desired.label)
                key = self.rules.as_stored(resource, "key", desired.key) if desired.key else None
                yield _Target(name, entity.id if entity else desired, key, CellNames(cells))
        planned = {entity.id for _desired, entity, _cells in wanted if entity}
        for entity in self.actual.get(resource.plural, ()):
            if entity.id not in planned:
                yield _Target(entity.label, entity.id, None, CellNames(entity.cells))

    def _named(self, resource: Resource, reference: str, known: Sequence[_Target], where: str) -> _Target:
        """Return the object that a reference means: by id, then by key in the definition, then by name."""
        fits = [d for d in known if d.target == reference]
        fits = fits or [d for d in known if d.key == self.rules.as_stored(resource, "key", reference)]
        fits = fits or [d for d in known if d.name == self.rules.as_stored(resource, "name", reference)]
        if len(fits) == 1:
            return fits[0]
        if fits:
            ids = ", ".join(d.target for d in fits if isinstance(d.target, str))
            text = '%d %ss are called "%s": %s; use the id' % (len(fits), resource.title, reference, ids)
            raise AmbiguousNameError(text, where)
        raise not_found(resource, reference, self.actual.get(resource.plural, ()), where)
