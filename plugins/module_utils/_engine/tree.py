# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The data of the engine: wanted objects, existing objects, and changes.

A module for single objects wants a tree with one leaf, a definition one with many; the engine treats both alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence, Union

from .._cells.cell import Cell
from .._cells.changes import CellPlan
from .._diagram.declared.asset_names import assets_named
from .._diagram.declared.desired import DesiredCells
from .._resources._marks import ORIGIN
from .._resources._resource import Resource

PRESENT = "present"
ABSENT = "absent"
#: The object must exist; it is only the parent of a wanted object.
EXISTING = "existing"

#: Actions of a change.
CREATE, RESTORE = "create", "restore"


@dataclass(frozen=True)
class Desired:
    """One wanted object.

    ``values``: canonical fields that the user declared; None or [] clears. ``metadata``: declared keys; "" removes one.
    ``was``: the former name. ``where``: place in the user's text, for messages. ``purge``: fields (``metadata``,
    ``authorization``) whose undeclared entries are removed. ``given``: plurals of the sections that the user's text
    has, also empty ones: only they can be pruned (ENGINE-9). ``moves``: if the only object of that name has another
    anchor, whether it is the wanted object (True) or a different one (False); None if the user does not say.
    """

    resource: Resource
    values: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)
    own_metadata: Mapping[str, str] = field(default_factory=dict)
    state: str = PRESENT
    id: Optional[str] = None
    key: Optional[str] = None
    was: Optional[str] = None
    where: str = ""
    purge: frozenset[str] = frozenset()
    given: frozenset[str] = frozenset()
    children: tuple[Desired, ...] = ()
    cells: Optional[DesiredCells] = None
    prune_cells: str = "none"
    moves: Optional[bool] = None

    @property
    def label(self) -> str:
        """The name of the object in messages: its name, else its address, key or id."""
        for name in self.resource.identity:
            if self.values.get(name):
                return str(self.values[name])
        return self.key or self.id or "?"

    @property
    def origin(self) -> str:
        """The object of another program from which this one was made (``td:3f2a``), "" if there is none."""
        return self.own_metadata.get(ORIGIN, "")

    def with_values(self, values: Mapping[str, Any]) -> Desired:
        """Return a copy with other values. ``replace`` takes ten times as long, and every threat needs a copy."""
        copy = object.__new__(Desired)
        copy.__dict__.update(self.__dict__, values=values)
        return copy

    def sections(self) -> set[str]:
        """The plurals of the children that must be read to plan this tree: its own and those that they refer to."""
        plurals = {child.resource.plural for child in self.children} | self.given
        for child in self.children:
            plurals.update(f.to for f in child.resource.references if child.values.get(f.name))
            if child.cells is not None and child.prune_cells != "none":
                plurals.add("threats")
            if child.cells is not None and assets_named(child.cells):
                plurals.add("assets")
        return plurals


def place(desired: Desired, name: str) -> str:
    """Return the place of an option of a wanted object in the user's text."""
    return "%s.%s" % (desired.where, name) if desired.where else name


@dataclass(frozen=True)
class Entity:
    """One object on the server, in canonical form.

    ``values`` has every field that is set, also fields kept as metadata; ``metadata`` the entries of people;
    ``own_metadata`` those of the collection; ``stored_metadata`` all of them as the server has them. ``raw`` is the
    wire form, so that a generation can write the complete object back. ``children`` maps a plural to the children that
    were read; a section that was not read is missing. ``deleted`` maps a plural to children that can be restored.
    """

    resource: Resource
    id: str
    values: Mapping[str, Any]
    metadata: Mapping[str, str] = field(default_factory=dict)
    own_metadata: Mapping[str, str] = field(default_factory=dict)
    stored_metadata: Mapping[str, str] = field(default_factory=dict)
    parent_id: Optional[str] = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    cells: tuple[Cell, ...] = ()
    children: Mapping[str, Sequence[Entity]] = field(default_factory=dict)
    deleted: Mapping[str, Sequence[Entity]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The name of the object in messages."""
        for name in self.resource.identity:
            if self.values.get(name):
                return str(self.values[name])
        return self.id


def ids_below(entity: Optional[Entity]) -> frozenset[str]:
    """Return the ids of all children of an object that were read."""
    return frozenset(child.id for section in (entity.children.values() if entity else ()) for child in section)


@dataclass(frozen=True)
class Change:
    """The change of one object: ``create``, ``restore``, ``update``, ``delete`` or ``none``.

    For a restore, ``actual`` is the deleted object, which is restored in that state and then updated.

    ``values``: all fields with their new values. ``fields``: the fields that differ. ``pending``: reference field ->
    the wanted object that it points at, whose id is unknown until it is created. ``reason``: the reason for deleting an
    undeclared object (``pruned``), or for leaving an object unchanged although its definition differs.
    ``cell_assets``: name of an asset in the cells of a diagram -> its id, or the wanted asset if it is to be created.
    """

    action: str
    resource: Resource
    path: tuple[str, ...]
    desired: Optional[Desired]
    actual: Optional[Entity]
    values: Mapping[str, Any]
    fields: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    metadata_set: Mapping[str, str] = field(default_factory=dict)
    metadata_removed: tuple[str, ...] = ()
    cells: Optional[CellPlan] = None
    pending: Mapping[str, Desired] = field(default_factory=dict)
    reason: str = ""
    cell_assets: Mapping[str, Union[str, Desired]] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether anything has to be written."""
        return self.action != "none"

    @property
    def there(self) -> Optional[Entity]:
        """The object that exists on the server; None for a deleted or a new one."""
        return None if self.action == RESTORE else self.actual

    @property
    def what(self) -> str:
        """The kind and the name of the object, for messages."""
        return '%s "%s"' % (self.resource.title, self.path[-1])


@dataclass(frozen=True)
class Plan:
    """All changes of one tree in the order of writing; ``warnings`` are shown to the user once."""

    changes: tuple[Change, ...]
    warnings: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the plan writes anything."""
        return any(change.changed for change in self.changes)

    def of(self, desired: Desired) -> Change:
        """Return the change that was planned for a wanted object. Raises KeyError."""
        for change in self.changes:
            if change.desired is desired:
                return change
        raise KeyError(desired.label)
