# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: TMI 1.8 by REST; the entry of this generation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Collection, Iterable, Optional, Sequence

from ..._cells.cell import Cell
from ..._cells.changes import CellPlan, SessionOutcome
from ..._engine.tree import Change, Entity
from ..._engine.unknown_people import unknown_people
from ..._errors import ConflictError, PermissionDeniedError
from ..._http.transport import Transport
from ..._resources._fields import EMPTY
from ..._resources._resource import Resource
from ..._resources.asset import ASSET
from ..._resources.diagram import DIAGRAM
from ..._resources.document import DOCUMENT
from ..._resources.note import NOTE
from ..._resources.source import SOURCE
from ..._resources.threat import THREAT
from ..._resources.threat_model import THREAT_MODEL
from ..paging import Page
from ..person import email_of
from ..server import BaseServer, Prefetched, collection_path, entity_path, path_segment
from ..wire import metadata_from_wire
from ..wire_shapes import METADATA
from .accounts import Accounts
from .bodies import metadata_after, patch_operations, put_answer, put_body
from .bulk import BULK, BulkServer, new_metadata
from .cells import cell_to_wire, cells_from_wire
from .deleted import SIZE, WITH_DELETED, joined, missing
from .list import list_filters
from .people import people_without_identity, rows_from_wire, rows_without
from .shapes import PAGES, SHAPES
from .wire import from_wire, metadata_to_wire, segment, to_wire

if TYPE_CHECKING:
    from ..._session.channel import WatchedChannel

_PATCH = "application/json-patch+json"
#: Fields of a model that only a PATCH accepts, and their members (V1-MODELS).
_LATE = ("authorization", "project", "status", "reviewer")
_LATE_MEMBERS = ("project_id", "status", "security_reviewer")
#: Members that PUT of a diagram accepts; it clears those that are left out (V1-PUT).
_DIAGRAM_MEMBERS = ("name", "type", "description", "image", "include_in_report", "timmy_enabled", "color_palette")


class V1Server(BulkServer):
    """A server of generation v1."""

    shapes = SHAPES
    page_shapes = PAGES
    listed_fields = BaseServer.listed_fields | {"status", "reviewer"}
    sessions_path = "/me/sessions"
    has_webhooks = True

    def __init__(self, transport: Transport, prefetched: Optional[Prefetched] = None) -> None:
        super().__init__(transport, prefetched)
        #: Models in which the caller may not restore.
        self._unrestorable: set[str] = set()
        self._accounts = Accounts(transport)

    # ------------------------------------------------------------------------------------------------- reading
    def page_of(self, resource: Resource, data: Any) -> Page:
        """Lists are wrapped: the items are under the name of their kind, with total, limit and offset."""
        return Page(data[segment(resource)], data.get("total"))

    def is_unknown_person(self, row: Mapping[str, Any], model: Optional[Entity]) -> bool:
        """Whether a person has never logged in, which only administrators can see."""
        owner = (model.raw.get("owner") if model is not None else None) or {}
        return self._accounts.is_unknown_person(row, str(owner.get("provider") or ""))

    def model_item(self, item: Mapping[str, Any]) -> Entity:
        return self._entity(THREAT_MODEL, item, None)

    def list_filters(self, wanted: Mapping[str, Any]) -> Mapping[str, str]:
        return list_filters(wanted)

    def model(self, model_id: str, sections: Iterable[str]) -> Entity:
        """One model with its diagrams; other sections need one list each.

        The list of threats has all fields but no metadata. The threats in the model have metadata but not all fields,
        and include deleted ones. The two are joined by id (ENGINE-1, V1-MODEL).
        """
        path = "/threat_models/%s" % path_segment(model_id)
        wire = self.get(path, SHAPES[THREAT_MODEL.name], what="threat model %s" % model_id)
        model = self._entity(THREAT_MODEL, wire, None)
        children = {DIAGRAM.plural: [self._entity(DIAGRAM, d, model.id) for d in wire.get("diagrams") or []]}
        for resource in (THREAT, DOCUMENT, SOURCE, ASSET, NOTE):
            if resource.plural in sections:
                path = self.list_path(resource, model.id)
                items = joined(resource, wire, self.pages(path, resource))
                if resource is NOTE:  # the list has no texts
                    shape = SHAPES[NOTE.name]
                    items = [self.get("%s/%s" % (path, path_segment(item["id"])), shape, what="note") for item in items]
                children[resource.plural] = [self._entity(resource, item, model.id) for item in items]
        return replace(model, children=children)

    def in_order(self, listed: Sequence[Entity]) -> list[Entity]:
        """Objects in a model have a number, in the order in which they became visible to others."""
        if all(entity.parent_id and isinstance(entity.raw.get("alias"), int) for entity in listed):
            return sorted(listed, key=lambda entity: (entity.raw["alias"], entity.id))
        return super().in_order(listed)

    def list_path(self, resource: Resource, parent_id: Optional[str]) -> str:
        return collection_path(resource, parent_id, segment(resource))

    def listed(self, resource: Resource, item: Mapping[str, Any], parent_id: Optional[str]) -> Entity:
        return self._entity(resource, item, parent_id)

    def path_of(self, entity: Entity) -> str:
        return entity_path(entity, segment(entity.resource))

    def _entity(self, resource: Resource, wire: Mapping[str, Any], parent_id: Optional[str]) -> Entity:
        metadata = metadata_from_wire(wire)
        values, people, own = self.lifted(resource, wire, from_wire(resource, wire), metadata)
        if resource is THREAT_MODEL:
            values["owner"] = email_of(wire.get("owner"))
            if wire.get("security_reviewer"):
                values["reviewer"] = email_of(wire["security_reviewer"])
            values["created_by"] = email_of(wire.get("created_by"))
            if "authorization" in wire:
                values["authorization"] = rows_from_wire(wire)
        cells = cells_from_wire(wire.get("cells")) if resource is DIAGRAM else ()
        return Entity(resource, str(wire["id"]), values, people, own, metadata, parent_id, wire, cells)

    def deleted(self, model: Entity, ids: Mapping[Resource, Collection[str]]) -> Mapping[str, Sequence[Entity]]:
        """Deleted objects with these ids, for owners of the model: one list for each kind that may have some."""
        found: dict[str, Sequence[Entity]] = {}
        for resource, wanted in missing(model, ids).items():
            if model.id in self._unrestorable:
                return {}
            try:
                items = list(self.pages(self.list_path(resource, model.id), resource, WITH_DELETED, SIZE))
            except PermissionDeniedError:
                self._unrestorable.add(model.id)
                return {}
            items = [item for item in items if item["id"] in wanted]
            found[resource.plural] = [self._entity(resource, i, model.id) for i in joined(resource, model.raw, items)]
        return found

    def restore(self, deleted: Entity) -> None:
        """Restore one object. Raises ConflictError for an administrator who may only see it: plan without it."""
        try:
            self.transport.request("POST", self.path_of(deleted) + "/restore", expect=(200,), role="owner")
        except PermissionDeniedError as error:
            self._unrestorable.add(str(deleted.parent_id))
            self.used_ids.add(deleted.id)
            raise ConflictError(str(error), method=error.method, path=error.path, status=error.status) from error

    # ------------------------------------------------------------------------------------------------ creating
    def create(self, parent_id: Optional[str], changes: Sequence[Change]) -> list[Entity]:
        """Create objects of one kind: threats, documents and sources in bulk with chosen ids (ENGINE-6)."""
        resource = changes[0].resource
        path = self.list_path(resource, parent_id)
        if resource is THREAT_MODEL:
            return [self._create_model(path, change) for change in changes]
        if resource is DIAGRAM:
            return self.in_batches(changes, 1, lambda one: [self._create_diagram(path, one[0], parent_id)])
        if resource is NOTE or _nameless(changes):
            return self.in_batches(
                changes, 1, lambda one: [self._create_single(path, resource, str(parent_id), one[0])]
            )
        return self.in_batches(changes, BULK, lambda some: self.create_bulk(path, resource, str(parent_id), some))

    def _create_model(self, path: str, change: Change) -> Entity:
        """Create a model with metadata; its authorization needs a PATCH, because only PATCH accepts e-mails."""
        body = {k: v for k, v in to_wire(THREAT_MODEL, change.values).items() if k not in _LATE_MEMBERS}
        if change.metadata_set:
            body["metadata"] = metadata_to_wire(change.metadata_set)
        wire = self.send("POST", path, body, SHAPES[THREAT_MODEL.name])
        self.forget()
        # The answer leaves the framework blank (V1-MODELS); it is what was sent.
        created = self._entity(THREAT_MODEL, {**wire, "threat_model_framework": body["threat_model_framework"]}, None)
        late = [n for n in _LATE if n in change.values and created.values.get(n) != change.values[n]]
        return self.update(created, change.values, late) if late else created

    def _create_diagram(self, path: str, change: Change, parent_id: Optional[str]) -> Entity:
        """Create an empty diagram: POST accepts nothing else."""
        body = {"name": change.values["name"], "type": change.values["type"]}
        return self._entity(DIAGRAM, self.send("POST", path, body, SHAPES[DIAGRAM.name]), parent_id)

    def _create_single(self, path: str, resource: Resource, parent_id: str, change: Change) -> Entity:
        """Create one object without a bulk call; the server drops a flag that is false, so it is written again."""
        body = {**to_wire(resource, change.values), **new_metadata(change)}
        created = self._entity(resource, self.send("POST", path, body, SHAPES[resource.name]), parent_id)
        if change.values.get("include_in_report") is False:
            return self.update(created, change.values, ["include_in_report"])
        return created

    # ------------------------------------------------------------------------------------------------ updating
    def update(self, actual: Entity, values: Mapping[str, Any], fields: Sequence[str]) -> Entity:
        """Write some fields of one object. Models and diagrams get a PATCH, all others a PUT."""
        return self._update(actual, values, fields, actual.stored_metadata)

    def _update(
        self, actual: Entity, values: Mapping[str, Any], fields: Sequence[str], metadata: Mapping[str, str]
    ) -> Entity:
        if actual.resource in (THREAT_MODEL, DIAGRAM):
            return self._patch(actual, values, fields)
        body = put_body(actual, values, metadata)
        answer = self.send("PUT", self.path_of(actual), body, SHAPES[actual.resource.name])
        return self._answered(actual, answer, body)

    def update_many(self, changes: Sequence[Change]) -> list[Entity]:
        """Write several objects of one kind in one model, in bulk, each with its final metadata.

        There is one write for each object: if there were two, a late commit of the first could undo the second
        (ENGINE-5).
        """
        resource = changes[0].resource
        if len(changes) == 1 or resource in (DIAGRAM, NOTE) or _nameless(changes):
            return self.in_batches(changes, 1, self._update_each)
        return self.in_batches(changes, BULK, self._update_bulk)

    def _update_each(self, changes: Sequence[Change]) -> list[Entity]:
        pairs = [(c.actual, c) for c in changes if c.actual is not None]
        return [self._update(a, c.values, c.fields, metadata_after(a, c)) for a, c in pairs]

    def _update_bulk(self, changes: Sequence[Change]) -> list[Entity]:
        pairs = [(c.actual, c) for c in changes if c.actual is not None]
        bodies = [{"id": a.id, **put_body(a, c.values, metadata_after(a, c))} for a, c in pairs]
        resource = changes[0].resource
        answers = self.send_all("PUT", self.list_path(resource, pairs[0][0].parent_id), resource, bodies)
        return [self._answered(a, answer, body) for (a, _c), answer, body in zip(pairs, answers, bodies)]

    def _answered(self, actual: Entity, answer: Mapping[str, Any], body: Mapping[str, Any]) -> Entity:
        return self._entity(actual.resource, put_answer(actual, answer, body), actual.parent_id)

    def _patch(self, actual: Entity, values: Mapping[str, Any], fields: Sequence[str]) -> Entity:
        """Send a JSON Patch if there is anything to change."""
        operations = patch_operations(actual, values, fields)
        if not operations:
            return actual
        role = "owner" if {"owner", "authorization"} & set(fields) else "writer"
        role = "security reviewer" if actual.resource is THREAT_MODEL and {"status", "reviewer"} & set(fields) else role
        shape = SHAPES[actual.resource.name]
        answer = self.send("PATCH", self.path_of(actual), operations, shape, content_type=_PATCH, needs=role)
        if actual.parent_id is None:
            self.forget()
        if "authorization" in fields:
            self._take_back_unknown_people(actual, answer)
        return self._entity(actual.resource, answer, actual.parent_id)

    def _take_back_unknown_people(self, actual: Entity, answer: Mapping[str, Any]) -> None:
        """Remove rows of people whom the server does not know: it accepts and shows them, but grants no access."""
        unknown = sorted(set(people_without_identity(answer)) - set(people_without_identity(actual.raw)))
        if not unknown:
            return
        operation = {"op": "replace", "path": "/authorization", "value": rows_without(answer, unknown)}
        shape = SHAPES[actual.resource.name]
        self.send("PATCH", self.path_of(actual), [operation], shape, content_type=_PATCH, needs="owner")
        raise unknown_people(unknown, "authorization")

    # ------------------------------------------------------------------------------------------------ metadata
    def write_metadata(self, entity: Entity, put: Mapping[str, str], removed: Sequence[str]) -> None:
        """Merge entries in bulk. Removals replace all metadata, because some keys cannot be in a path (V1-PATHS)."""
        path = self.path_of(entity) + "/metadata/bulk"
        removed = [
            key for key in removed if key in entity.stored_metadata
        ]  # the write of the object removed the others
        if removed:
            left = {k: v for k, v in {**entity.stored_metadata, **put}.items() if k not in removed}
            if len(left) <= BULK:
                self.send("PUT", path, metadata_to_wire(left), METADATA)
                return
            for key in removed:
                self.delete_path("%s/metadata/%s" % (self.path_of(entity), path_segment(key)))
        entries = metadata_to_wire(put)
        for at in range(0, len(entries), BULK):
            self.send("PATCH", path, entries[at : at + BULK], METADATA, idempotent=True)

    # ------------------------------------------------------------------------------------------------ diagrams
    def write_cells(self, diagram: Entity, plan: CellPlan, values: Mapping[str, Any]) -> Entity:
        """Replace a whole diagram, with all members that PUT would clear; it keeps metadata that is left out."""
        body = {n: diagram.raw[n] for n in _DIAGRAM_MEMBERS if diagram.raw.get(n) not in EMPTY}
        body.pop("description", None)
        body.update(to_wire(DIAGRAM, values))
        body["cells"] = [cell_to_wire(cell) for cell in plan.cells]
        # Not repeated after a lost answer, but planned again, because others may have edited meanwhile (ENGINE-5).
        answer = self.send("PUT", self.path_of(diagram), body, SHAPES[DIAGRAM.name], idempotent=False)
        return self._entity(DIAGRAM, {**diagram.raw, "description": None, **answer}, diagram.parent_id)

    def edit_in_session(self, diagram: Entity, replan: Callable[[Sequence[Cell]], CellPlan]) -> SessionOutcome:
        """Send the cells of a plan through the diagram's collaboration session."""
        from ..._session import editor as session

        return session.edit(self.channel(diagram), replan, stored=diagram.cells)

    def channel(self, diagram: Entity) -> WatchedChannel:
        """Return the diagram's collaboration session."""
        from .session import V1Channel

        return V1Channel(self.transport, diagram, self.caller)


def _nameless(changes: Sequence[Change]) -> bool:
    """Whether any of them has no name, which sources may lack: bulk calls need one (V1-REPOSITORIES)."""
    return not all(change.values.get("name") for change in changes)
