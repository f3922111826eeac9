# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Writes a plan: in bulk, and in an order in which no reference points at a missing object (ENGINE-3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Callable, Sequence, TypeVar

from .._cells.cell import Cell
from .._cells.changes import CellPlan
from .._diagram.declared.asset_names import plan_with_asset_ids, with_asset_ids
from .._diagram.plan import plan_cells
from .._errors import ApiError, TmiError
from .._failures import UNEXPECTED
from .._journal import Effect
from .._resources._catalog import CHILDREN
from .._resources._fields import Person, Rows
from .._resources._resource import Resource
from .._resources._storage import same
from .._resources.diagram import DIAGRAM
from .identity.renames import givers_first
from .identity.same_named import SameNamed
from .ports import Server, cells_as_stored, person
from .tree import RESTORE, Change, Desired, Entity, Plan, ids_below

T = TypeVar("T")

REST = "rest"
SESSION = "session"
AUTO = "auto"

#: Writes, in the words of messages.
CREATED, RESTORED, UPDATED, DELETED = "created", "restored", "updated", "deleted"
WROTE_METADATA = "wrote metadata of"


def effect(verb: str, change: Change) -> Effect:
    """Return the journal entry of a write to the object of a change."""
    of = id(change.desired) if change.desired is not None else change.actual.id if change.actual else change.path
    return Effect((verb, of), "%s %s" % (verb, change.what), (verb, change))


@dataclass
class Applied:
    """The objects as the server has returned them so far. The journal has the writes themselves."""

    entities: dict[int, Entity] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)

    def entity(self, desired: Desired) -> Entity:
        """Return a wanted object as the server has returned it. Raises KeyError."""
        return self.entities[id(desired)]


class Applier:
    """Writes the plan of one model; ``applied`` always has the results so far."""

    def __init__(self, server: Server, via: str = AUTO) -> None:
        self.server = server
        self.via = via
        self.applied = Applied()
        self.columns: Callable[[Resource], frozenset[str]] = server.rules.columns
        self.same_named = SameNamed(server, self.applied.warnings)
        #: Ids of the children that existed when the run planned.
        self.known: frozenset[str] = frozenset()

    def run(self, plan: Plan) -> Applied:
        """Write everything. Raises the errors of ``_errors``; ``applied`` then has the results before the error."""
        root = plan.changes[0]
        duplicates = [change for change in plan.changes[1:] if change.resource is root.resource]
        if root.action == "delete":
            for change in (root, *duplicates):
                self._delete(change)
            return self.applied
        self.known = ids_below(root.actual)
        model = self._root(root)
        children = plan.changes[1:]
        for change in children:
            if change.action == RESTORE:
                self._restore(change)
        for resource in CHILDREN:
            changes = [c for c in children if c.resource is resource]
            self._create(model, [c for c in changes if c.action == "create"])
            self._update([c for c in changes if c.action in ("update", RESTORE) and c.actual is not None])
        for change in children:
            self._metadata(change)
        for resource in reversed(CHILDREN):
            for change in children:
                if change.resource is resource and change.action == "delete":
                    self._delete(change)
        for change in duplicates:
            self._delete(change)
        self._write_last_fields(root)
        for change in plan.changes:
            self._warn(change)
        return self.applied

    # ------------------------------------------------------------------------------------------------- writing
    def _root(self, change: Change) -> Entity:
        """Write the model itself, and its metadata immediately: the run may stop later (ENGINE-8)."""
        if change.action == "create":
            entity = self._about(CREATED, [change], lambda: self.server.create(None, [change]))[0]
            self._record(change, entity)
            self._about(CREATED, [change], lambda: self.same_named.wait_until_unique(None, [(change, entity)], ()))
        else:
            entity = change.actual or _no_object(change)
            fields = [n for n in self._fields(change) if not change.resource.field(n).last]
            if fields:
                entity = self._about(UPDATED, [change], lambda: self.server.update(entity, change.values, fields))
                self._record(change, entity)
            self._remember(change, entity)
        self._metadata(change)
        return entity

    def _restore(self, change: Change) -> None:
        """Restore a deleted object; it is updated later, together with the others of its kind."""
        entity = change.actual or _no_object(change)
        self._about(RESTORED, [change], lambda: self.server.restore(entity))
        self._remember(change, entity)

    def _create(self, model: Entity, changes: Sequence[Change]) -> None:
        if not changes:
            return
        ready = [self._with_ids(change) for change in changes]
        entities = self._about(CREATED, ready, lambda: self.server.create(model.id, ready))
        for change, entity in zip(ready, entities):
            self._record(change, entity)
        made = list(zip(ready, entities))
        self._about(CREATED, ready, lambda: self.same_named.wait_until_unique(model.id, made, self.known))
        for change, entity in made:
            if change.resource is DIAGRAM:  # it was created empty; missing fields are written with the cells
                lacking = [
                    n for n in self._fields(change) if not same(DIAGRAM, n, change.values.get(n), entity.values.get(n))
                ]
                self._diagram(change, entity, lacking)

    def _update(self, changes: Sequence[Change]) -> None:
        ready = [replace(self._with_ids(c), fields=tuple(self._fields(c))) for c in givers_first(changes)]
        for change in ready:
            self._remember(change, change.actual or _no_object(change))
        for change in [c for c in ready if c.resource is DIAGRAM]:
            self._diagram(change, change.actual or _no_object(change), change.fields)
        plain = [c for c in ready if c.fields and c.resource is not DIAGRAM]
        if plain:
            entities = self._about(UPDATED, plain, lambda: self.server.update_many(plain))
            for change, entity in zip(plain, entities):
                self._record(change, entity)

    def _diagram(self, change: Change, entity: Entity, fields: Sequence[str]) -> None:
        """Write a diagram's cells and fields: all in one REST request, or the cells through a session."""
        cells = change.cells if change.cells and change.cells.changes else None
        if cells is not None and self._wants_session(change, entity):
            self._session(change, entity)
            cells = None
        if cells is not None:
            planned_cells = cells
            entity = self._about(
                UPDATED, [change], lambda: self.server.write_cells(entity, planned_cells, change.values)
            )
        elif fields:
            entity = self._about(UPDATED, [change], lambda: self.server.update(entity, change.values, fields))
        else:
            return
        self._record(change, entity)

    def _wants_session(self, change: Change, entity: Entity) -> bool:
        if self.via == AUTO:  # a new diagram has no session
            return change.action != "create" and entity.id in self.server.open_sessions()
        return self.via == SESSION

    def _session(self, change: Change, entity: Entity) -> None:
        desired = change.desired
        if desired is None or desired.cells is None:
            return
        wanted = with_asset_ids(cells_as_stored(desired.cells, self.server.rules), self._asset_ids(change))
        first = change.cells

        def replan(cells: Sequence[Cell]) -> CellPlan:
            if first is not None and tuple(cells) == entity.cells:
                return first  # the diagram has not changed since it was read; placing its cells again would be slow
            return plan_cells(wanted, cells, desired.prune_cells)

        outcome = self._about(UPDATED, [change], lambda: self.server.edit_in_session(entity, replan))
        self.applied.sessions.append(
            {"diagram": entity.label, "operations": outcome.operations, "session_ended_for": list(outcome.ended_for)}
        )
        self._record(change, replace(entity, cells=tuple(outcome.cells)))

    def _metadata(self, change: Change) -> None:
        if not (change.metadata_set or change.metadata_removed):
            return
        entity = self.applied.entity(change.desired) if change.desired is not None else change.actual
        if entity is None:
            return
        target, stored = entity, entity.stored_metadata
        # Some servers have already stored them with the object itself.
        put = {k: v for k, v in change.metadata_set.items() if stored.get(k) != v}
        if put or change.metadata_removed:
            self._about(
                WROTE_METADATA, [change], lambda: self.server.write_metadata(target, put, change.metadata_removed)
            )
        if change.desired is not None:
            self._remember(change, self._with_metadata_fields(change, entity))

    def _delete(self, change: Change) -> None:
        entity = change.actual or _no_object(change)
        self._about(DELETED, [change], lambda: self.server.delete(entity))

    def _write_last_fields(self, root: Change) -> None:
        """Write the owner, since the caller may lose access with it (ENGINE-3)."""
        desired = root.desired
        if desired is None or root.action == "none":
            return
        entity = self.applied.entity(desired)
        fields = [
            f.name
            for f in root.resource.fields
            if f.last and f.name in desired.values and entity.values.get(f.name) != root.values.get(f.name)
        ]
        if fields:
            after = self._about(UPDATED, [root], lambda: self.server.update(entity, root.values, fields))
            self._record(root, replace(after, metadata=root.metadata))

    # --------------------------------------------------------------------------------------------- bookkeeping
    def _fields(self, change: Change) -> list[str]:
        """Return the fields that differ and that have a column."""
        columns = self.columns(change.resource)
        return [n for n in change.fields if n in columns]

    def _with_ids(self, change: Change) -> Change:
        """Return the change with the ids of the objects that this run has created."""
        if change.cells is not None and change.cell_assets:
            change = replace(change, cells=plan_with_asset_ids(change.cells, self._asset_ids(change)))
        if not change.pending:
            return change
        ids = {name: self.applied.entity(target).id for name, target in change.pending.items()}
        return replace(change, values={**change.values, **ids}, pending={})

    def _asset_ids(self, change: Change) -> dict[str, str]:
        """Return the ids of the assets that a diagram's cells name; by now all of them exist."""
        return {
            name: asset if isinstance(asset, str) else self.applied.entity(asset).id
            for name, asset in change.cell_assets.items()
        }

    def _about(self, verb: str, changes: Sequence[Change], call: Callable[[], T]) -> T:
        """Make a call that writes, and name its objects in the journal and in its error."""
        with self.server.journal.doing([effect(verb, change) for change in changes]):
            try:
                return call()
            except ApiError as error:
                what, more = changes[0].what, len(changes) - 1
                error.about("%s and %d more" % (what, more) if more else what)
                raise

    def _remember(self, change: Change, entity: Entity) -> None:
        if change.desired is not None:
            self.applied.entities[id(change.desired)] = entity

    def _with_metadata_fields(self, change: Change, entity: Entity) -> Entity:
        """Return a returned object with the fields that are kept as metadata, which a separate call writes."""
        fields = change.resource.by_name.keys() - self.columns(change.resource)
        kept = {n: v for n, v in entity.values.items() if n not in fields}
        kept.update({n: change.values[n] for n in fields if change.values.get(n) is not None})
        return replace(entity, values=kept, metadata=change.metadata)

    def _record(self, change: Change, entity: Entity) -> None:
        """Remember the returned object as the object's new state."""
        self._remember(change, self._with_metadata_fields(change, entity))

    def _warn(self, change: Change) -> None:
        """Warn if the server kept another value than was sent. At the end, because fields may take several writes."""
        entity = self.applied.entities.get(id(change.desired))
        if entity is None or not change.changed:
            return
        columns = self.columns(change.resource)
        for name in change.fields:
            sent, kept = self._comparable(change, name, entity)
            if same(change.resource, name, sent, kept):
                continue
            is_reported = name in change.resource.clearable or name in entity.values
            if is_reported and name in columns and name not in change.pending:
                self.applied.warnings.append(
                    "%s: %s was sent as %r, the server kept %r" % (change.what, name, sent, kept)
                )

    def _comparable(self, change: Change, name: str, entity: Entity) -> tuple[Any, Any]:
        """Return the value of a field that was sent and the one that was kept, with people named in the same way."""
        field, sent, kept = change.resource.by_name.get(name), change.values.get(name), entity.values.get(name)
        if isinstance(field, Person) and sent:
            return person(self.server.rules, sent, entity), kept
        if not isinstance(field, Rows):
            return sent, kept
        rows = [self.server.rules.align(value or [], entity) for value in (sent, kept)]
        one, other = ({field.key(row): dict(row) for row in aligned} for aligned in rows)
        return (sent, sent) if one == other else (sent, kept)


def _no_object(change: Change) -> Entity:
    raise TmiError("%s: there is no object to write to" % change.what, UNEXPECTED)
