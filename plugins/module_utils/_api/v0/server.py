# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v0: the servers of autumn 2025, by REST (V0-DOCUMENTS); the entry of this generation.

Every workaround for a bug of a real server cites it (V0-BUGS).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, Collection, Iterable, Mapping, Optional, Sequence

from ..._cells.cell import Cell
from ..._cells.changes import CellPlan, SessionOutcome
from ..._engine.tree import Change, Entity
from ..._errors import ApiError, NotFoundError, TmiError, listed
from ..._http.shapes import Listed, Shape
from ..._resources._resource import Resource
from ..._resources.diagram import DIAGRAM
from ..._resources.document import DOCUMENT
from ..._resources.source import SOURCE
from ..._resources.threat import THREAT
from ..._resources.threat_model import THREAT_MODEL
from ..server import BaseServer, collection_path, entity_path, path_segment
from ..wire import metadata_from_wire
from ..wire_shapes import METADATA
from .cells import cell_to_wire, cells_from_wire
from .rules import V0Rules
from .shapes import PAGES, SHAPES
from .wire import MEMBERS, from_wire, to_wire

if TYPE_CHECKING:
    from ..._session.channel import WatchedChannel

#: Objects in one bulk call, and entries in one bulk write of metadata (V0-THREATS, V0-METADATA).
BULK = 20
_PATCH = "application/json-patch+json"
#: Most people in a message.
_NAMED = 5


class V0Server(BaseServer):
    """A server of generation v0."""

    rules = V0Rules()
    shapes = SHAPES
    page_shapes = PAGES

    # ------------------------------------------------------------------------------------------------- reading
    def model_item(self, item: Mapping[str, Any]) -> Entity:
        return self._entity(THREAT_MODEL, item, None)

    def model(self, model_id: str, sections: Iterable[str]) -> Entity:
        """One model. Its answer has threats and diagrams; documents and sources need one list each (ENGINE-1)."""
        wire = self.get(
            "/threat_models/%s" % path_segment(model_id), SHAPES[THREAT_MODEL.name], what="threat model %s" % model_id
        )
        model = self._entity(THREAT_MODEL, wire, None)
        children = {
            "threats": [self._entity(THREAT, t, model.id) for t in wire.get("threats") or []],
            "diagrams": [self._entity(DIAGRAM, d, model.id) for d in wire.get("diagrams") or []],
        }
        for resource in (DOCUMENT, SOURCE):
            if resource.plural in sections:
                items = self.pages(collection_path(resource, model.id, resource.plural), resource)
                children[resource.plural] = [self._entity(resource, item, model.id) for item in items]
        return replace(model, children=children)

    def listed(self, resource: Resource, item: Mapping[str, Any], parent_id: Optional[str]) -> Entity:
        return self._entity(resource, item, parent_id)

    def _entity(self, resource: Resource, wire: Mapping[str, Any], parent_id: Optional[str]) -> Entity:
        metadata = metadata_from_wire(wire)
        values, people, own = self.lifted(resource, wire, from_wire(resource, wire), metadata)
        if resource is DIAGRAM and "description" not in wire and "description" in people:
            values["description"] = people.pop("description")  # stored as metadata (V0-CLIENT-NAMES)
        cells = cells_from_wire(wire.get("cells")) if resource is DIAGRAM else ()
        return Entity(resource, str(wire["id"]), values, people, own, metadata, parent_id, wire, cells)

    # ------------------------------------------------------------------------------------------------ creating
    def create(self, parent_id: Optional[str], changes: Sequence[Change]) -> list[Entity]:
        """Create objects of one kind: threats, documents and sources in bulk."""
        resource = changes[0].resource
        path = collection_path(resource, parent_id, resource.plural)
        if resource is THREAT_MODEL:
            return [self._create_model(path, change) for change in changes]
        if resource is DIAGRAM:
            return self.in_batches(changes, 1, lambda one: [self._create_diagram(path, one[0], parent_id)])

        def create(some: Sequence[Change]) -> list[Entity]:
            bodies = [to_wire(resource, change.values) for change in some]
            shape = SHAPES[resource.name]
            if len(changes) > 1:
                answers = self._post(path + "/bulk", bodies, Listed("list of what was sent", shape, count=len(bodies)))
            else:
                answers = [self._post(path, bodies[0], shape)]
            return [self._entity(resource, answer, parent_id) for answer in answers]

        return self.in_batches(changes, BULK, create)

    def _post(self, path: str, body: Any, shape: Shape, **options: Any) -> Any:
        return self.transport.request(
            "POST", path, json=body, expect=(200, 201), role="writer", shape=shape, **options
        ).data

    def _create_model(self, path: str, change: Change) -> Entity:
        body = to_wire(THREAT_MODEL, change.values)
        body.pop("owner", None)  # refused on creation
        try:
            wire = self._post(path, body, SHAPES[THREAT_MODEL.name])
        except ApiError as error:
            raise _named(error, body, {change.values.get("owner")}) from error
        self.forget()
        created = self._entity(THREAT_MODEL, wire, None)
        late = [n for n in ("issue_uri", "framework") if created.values.get(n) != change.values.get(n)]  # V0-B5
        return self.update(created, change.values, late) if late else created

    def _create_diagram(self, path: str, change: Change, parent_id: Optional[str]) -> Entity:
        """Create an empty diagram; real servers accept only name and type in POST (V0-B19)."""
        body = {"name": change.values["name"], "type": change.values["type"]}
        return self._entity(DIAGRAM, self._post(path, body, SHAPES[DIAGRAM.name]), parent_id)

    # ------------------------------------------------------------------------------------------------ updating
    def update(self, actual: Entity, values: Mapping[str, Any], fields: Sequence[str]) -> Entity:
        """Write some fields of one object. Models and diagrams get a PATCH, all others a PUT (V0-B36)."""
        if actual.resource in (THREAT_MODEL, DIAGRAM):
            return self._patch(actual, values, fields)
        shape = SHAPES[actual.resource.name]
        answer = self._put(entity_path(actual), to_wire(actual.resource, values), shape)
        return self._entity(actual.resource, answer, actual.parent_id)

    def update_many(self, changes: Sequence[Change]) -> list[Entity]:
        """Write several objects of one kind of one model; threats in bulk."""
        if changes[0].resource is THREAT and len(changes) > 1:
            return self.in_batches(changes, BULK, self._put_threats)
        return self.in_batches(changes, 1, self._update_each)

    def _update_each(self, changes: Sequence[Change]) -> list[Entity]:
        return [self.update(c.actual, c.values, c.fields) for c in changes if c.actual is not None]

    def _put_threats(self, changes: Sequence[Change]) -> list[Entity]:
        pairs = [(c.actual, c) for c in changes if c.actual is not None]
        model_id = pairs[0][0].parent_id
        bodies = [{"id": actual.id, **to_wire(THREAT, change.values)} for actual, change in pairs]
        shape = Listed("list of what was sent", SHAPES[THREAT.name], [actual.id for actual, _change in pairs])
        try:
            answer = self._put(collection_path(THREAT, model_id, "threats") + "/bulk", bodies, shape)
        except ApiError as error:
            text = error.server_message
            if error.status != 400 or not ("readOnly" in text or "ID is required" in text):  # V0-B10
                raise
            return self.in_batches(changes, 1, self._update_each)
        answered = {wire["id"]: wire for wire in answer}
        return [self._entity(THREAT, answered[actual.id], model_id) for actual, _change in pairs]

    def _put(self, path: str, body: Any, shape: Shape, **options: Any) -> Any:
        return self.transport.request("PUT", path, json=body, role="writer", shape=shape, **options).data

    def _patch(self, actual: Entity, values: Mapping[str, Any], fields: Sequence[str]) -> Entity:
        """Send a JSON Patch; a field is cleared by ``remove``, and only if it is there (V0-PATCH)."""
        wire = to_wire(actual.resource, {name: values.get(name) for name in fields})
        members = MEMBERS[actual.resource.name]
        operations: list[dict[str, Any]] = []
        for name in fields:
            member = members.get(name, name)
            if member in wire:
                operations.append({"op": "replace", "path": "/" + member, "value": wire[member]})
            elif actual.raw.get(member) is not None:
                operations.append({"op": "remove", "path": "/" + member})
        if actual.resource is DIAGRAM:
            operations = self._without_description(actual, values, operations)
        if not operations:
            return actual
        role = "owner" if {"owner", "authorization"} & set(fields) else "writer"
        shape = SHAPES[actual.resource.name]
        try:
            answer = self.transport.request(
                "PATCH", entity_path(actual), json=operations, content_type=_PATCH, role=role, shape=shape
            ).data
        except ApiError as error:
            raise _named(error, wire, {row.get("subject") for row in actual.raw.get("authorization") or []}) from error
        if actual.parent_id is None:
            self.forget()
        return self._entity(actual.resource, answer, actual.parent_id)

    def _without_description(
        self, actual: Entity, values: Mapping[str, Any], operations: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """Store a diagram's description as metadata on servers without such a member (V0-CLIENT-NAMES)."""
        if "description" in actual.raw or not any(o["path"] == "/description" for o in operations):
            return operations
        self.write_metadata(actual, {"description": values["description"]}, ())
        return [o for o in operations if o["path"] != "/description"]

    # ------------------------------------------------------------------------------------------------ metadata
    def write_metadata(self, entity: Entity, put: Mapping[str, str], removed: Sequence[str]) -> None:
        """Set entries in bulk, which is safe to repeat; remove them one by one."""
        path = entity_path(entity) + "/metadata"
        entries = [{"key": key, "value": value} for key, value in put.items()]
        for at in range(0, len(entries), BULK):
            self._post(path + "/bulk", entries[at : at + BULK], METADATA, idempotent=True)
        for key in removed:
            self.delete_path("%s/%s" % (path, path_segment(key)))

    # ------------------------------------------------------------------------------------------------ diagrams
    def write_cells(self, diagram: Entity, plan: CellPlan, values: Mapping[str, Any]) -> Entity:
        """Replace a whole diagram: name, description and all cells in one request."""
        body = to_wire(DIAGRAM, values)
        if "description" not in diagram.raw:
            body.pop("description", None)
        body["cells"] = [cell_to_wire(cell) for cell in plan.cells]
        body.update(
            {name: diagram.raw[name] for name in ("created_at", "modified_at") if name in diagram.raw}
        )  # V0-B18
        if (diagram.raw.get("image") or {}).get("svg"):
            body["image"] = diagram.raw["image"]
        # Not repeated after a lost answer, but planned again, because others may have edited meanwhile (ENGINE-5).
        answer = self._put(entity_path(diagram), body, SHAPES[DIAGRAM.name], idempotent=False)
        return self._entity(DIAGRAM, answer, diagram.parent_id)

    def edit_in_session(self, diagram: Entity, replan: Callable[[Sequence[Cell]], CellPlan]) -> SessionOutcome:
        """Send the cells of a plan through the diagram's collaboration session."""
        from ..._session import editor as session

        return session.edit(self.channel(diagram), replan, stored=diagram.cells)

    def channel(self, diagram: Entity) -> WatchedChannel:
        """Return the diagram's collaboration session."""
        from .session import V0Channel

        return V0Channel(self.transport, diagram, self.caller)


def _named(error: ApiError, body: Mapping[str, Any], known: Collection[Any]) -> TmiError:
    """Return the error of a write; if a person has never logged in, it lists the new people in the authorization.

    The server does not say which one. Real servers answer 401 to a new model (V0-B14), newer ones 400 with this text.
    """
    new = [row["subject"] for row in body.get("authorization") or [] if row["subject"] not in known]
    if not new or not (error.status == 401 or "log in at least once" in error.server_message):
        return error
    return NotFoundError(
        "the server refused the authorization: each person in it must have logged in once, and one of them has not: %s "
        "(%s)" % (listed(new, _NAMED), error.server_message),
        "authorization",
    )
