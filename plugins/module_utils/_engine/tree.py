# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The words of the engine: what is wanted, what is there, and what must change.

A single-object module wants a tree with one leaf, a definition one with many; the engine does not tell them apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence, Union

from .._cells.cell import Cell
from .._cells.changes import CellPlan
from .._diagram.declared.asset_names import assets_named
from .._diagram.declared.desired import DesiredCells
from .._resources._resource import Resource

PRESENT = "present"
ABSENT = "absent"
#: The object must be there already; it is only the place in which something else is wanted.
EXISTING = "existing"

#: Actions of a change.
CREATE, RESTORE = "create", "restore"


@dataclass(frozen=True)
class Desired:
    """One wanted object.

    ``values``: canonical fields that the user declared; None or [] clears. ``metadata``: declared keys; "" removes one.
    ``identity``: (field, value) pairs in the order in which they look the object up. ``where``: place in the user's
    text, for messages. ``purge``: fields (``metadata``, ``authorization``) whose undeclared entries go. ``given``:
    plurals of the sections that the user's text has, also empty ones: only they can be pruned (ENGINE-9).
    ``moves``: whether the only object of that name that is about something else is meant (True), or surely another one
    (False); None where the user does not say.
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
        """How messages call the object: its name, else its address, key or id."""
        for name in self.resource.identity:
            if self.values.get(name):
                return str(self.values[name])
        return self.key or self.id or "?"

    def with_values(self, values: Mapping[str, Any]) -> Desired:
        """Return the same with other values: as ``replace``, which takes ten times as long, for every threat."""
        copy = object.__new__(Desired)
        copy.__dict__.update(self.__dict__, values=values)
        return copy

    def sections(self) -> set[str]:
        """Plurals of the children that must be read to plan this tree: its own, and those they refer to."""
        plurals = {child.resource.plural for child in self.children} | self.given
        for child in self.children:
            plurals.update(f.to for f in child.resource.references if child.values.get(f.name))
            if child.cells is not None and child.prune_cells != "none":
                plurals.add("threats")
            if child.cells is not None and assets_named(child.cells):
                plurals.add("assets")
        return plurals


def place(desired: Desired, name: str) -> str:
    """Return where in the user's text an option of a wanted object stands."""
    return "%s.%s" % (desired.where, name) if desired.where else name


@dataclass(frozen=True)
class Entity:
    """One object on the server, in canonical form.

    ``values`` holds every field of the resource that is set, also those kept as metadata; ``metadata`` what is left for
    people; ``own_metadata`` the keys of the collection; ``stored_metadata`` all of it, as the server has it. ``raw`` is
    the wire form, so that a generation can write an object back whole. ``children`` maps a plural to the children that
    were read; a section that was not read is absent. ``deleted`` maps a plural to children that can be restored.
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
        """How messages call the object."""
        for name in self.resource.identity:
            if self.values.get(name):
                return str(self.values[name])
        return self.id


def ids_below(entity: Optional[Entity]) -> frozenset[str]:
    """Return the ids of all children of an object that were read."""
    return frozenset(child.id for section in (entity.children.values() if entity else ()) for child in section)


@dataclass(frozen=True)
class Change:
    """What happens to one object: ``create``, ``restore``, ``update``, ``delete`` or ``none``.

    A restored object was deleted; ``actual`` is how it was, and how it comes back before it is updated.

    ``values``: all fields as they shall be. ``fields``: those of them that differ. ``pending``: reference fields whose
    id is known only after the object they point at was created, with that object's change index. ``stored``: what of
    ``values`` and ``metadata`` goes into columns and what into metadata is the generation's business. ``reason``: why
    an object changes though nobody asked for it (``pruned``), or stays as it is though a definition says otherwise.
    ``cell_assets``: what the cells of a diagram call assets -> their ids, or the assets as wanted that are to be made.
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
        """The object as it is on the server; None where nobody can see one."""
        return None if self.action == RESTORE else self.actual

    @property
    def what(self) -> str:
        """The object in the user's words, for messages."""
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
