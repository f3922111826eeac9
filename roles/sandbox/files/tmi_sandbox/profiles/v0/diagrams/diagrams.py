# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Diagrams over REST (V0-DIAGRAMS)."""

from __future__ import annotations

from typing import Any

from .... import patch as json_patch
from .... import validation as v
from ....clock import uuid4
from ....store import Item
from ....web.rest import Answer, ApiError, Call, Route, error
from .. import items, schemas
from ..patching import patch_body, patched
from . import cells

Json = Any
MANY = "/threat_models/{threat_model_id}/diagrams"
ONE = MANY + "/{diagram_id}"
TYPE = "DFD-1.0.0"
READ_ONLY = ("id", "created_at", "modified_at", "update_vector")
IMAGE = v.Schema({"svg": v.Member(v.text(10_000_000, 0, "[A-Za-z0-9+/=\\s]*")), "update_vector": v.Member(v.number(0))})

_MEMBERS = {"name": v.Member(v.text(255, 1), required=True), "description": schemas.TEXT, "metadata": schemas.METADATA}
POST = v.Schema({**_MEMBERS, "type": v.Member(v.choice(TYPE)), "cells": v.Member(cells.CELLS)}, refuse_unknown=True)
_PUT = {**_MEMBERS, "type": v.Member(v.choice(TYPE), required=True), "image": v.Member(IMAGE, nullable=True)}
PUT = v.Schema({**_PUT, "cells": v.Member(cells.CELLS, required=True)}, refused=("id", "update_vector"))
PATCHED = v.Schema(_PUT)  # its cells are checked against the stored ones


# ---------------------------------------------------------------------------------------------- forms
def view(item: Item, metadata: list[dict[str, str]] | None) -> dict[str, Json]:
    """Return a diagram as answers show it."""
    body = item.body
    return {
        "id": item.id,
        "name": body["name"],
        "type": TYPE,
        "description": body["description"],
        "cells": item.content,
        "image": body["image"],
        "metadata": metadata or None,
        "update_vector": body["update_vector"],
        "created_at": item.created_at,
        "modified_at": body["modified_at"],
    }


def views(call: Call, found: list[Item]) -> list[dict[str, Json]]:
    """Return many diagrams."""
    metadata = items.metadata(call, found)
    return [view(item, metadata.get(item.id)) for item in found]


def _stored_view(call: Call, item: Item) -> dict[str, Json]:
    return view(item, call.sandbox.store.metadata(item.id))


def of(call: Call) -> Item:
    """Return the diagram of the path with its cells."""
    item = items.of(call, "diagram")
    item.content = item.content or []
    return item


# ---------------------------------------------------------------------------------------------- operations
def listed(call: Call) -> Answer:
    """List diagrams, the oldest first, without their cells."""
    limit, offset = call.page()
    found = call.sandbox.store.items(
        "diagram", call.params["threat_model_id"], newest_first=False, limit=limit, offset=offset
    )
    return Answer(200, [{"id": item.id, "name": item.body["name"], "type": TYPE} for item in found])


def create(call: Call) -> Answer:
    """Create a diagram. Cells are stored unchanged."""
    body, model_id, now = call.input, call.params["threat_model_id"], call.sandbox.clock.stamp()
    item = Item(
        uuid4(),
        model_id,
        now,
        {
            "name": body["name"],
            "description": body.get("description"),
            "image": {},
            "update_vector": 0,
            "modified_at": now,
        },
        body.get("cells", []),
    )
    call.sandbox.store.add_item("diagram", item)
    call.sandbox.store.put_metadata(item.id, body.get("metadata") or [])
    return Answer(201, _stored_view(call, item), {"Location": f"/threat_models/{model_id}/diagrams/{item.id}"})


def get(call: Call) -> Answer:
    """Return one diagram."""
    return Answer(200, _stored_view(call, of(call)))


def _store(call: Call, item: Item, body: dict[str, Json]) -> Answer:
    """Store a full new state. If its cells differ, count it and inform the participants of a session."""
    changed = not json_patch.same(item.content, body["cells"])
    vector = item.body["update_vector"] + changed
    image = body.get("image") or {}
    if image and not json_patch.same(image, item.body["image"]):
        image = {**image, "update_vector": vector}
    item.body = {
        "name": body["name"],
        "description": body.get("description"),
        "image": image,
        "update_vector": vector,
        "modified_at": call.sandbox.clock.stamp(),
    }
    item.content = body["cells"]
    call.sandbox.store.update_item(item, content=item.content)
    items.replace_metadata(call, item.id, body)
    if changed:
        call.after.append(lambda: correct(call, item.id, vector))
    return Answer(200, _stored_view(call, item))


def correct(call: Call, diagram_id: str, vector: int) -> None:
    """Inform every connection of a session, including the author's, that its state is old (V0-OPERATIONS)."""
    session = call.sandbox.hub.session(diagram_id)
    if session is not None:
        session.broadcast({"message_type": "state_correction", "update_vector": vector})


def replace(call: Call) -> Answer:
    """Replace a diagram. Missing defaults of cells are added."""
    body = {**call.input, "cells": [cells.with_defaults(one) for one in call.input["cells"]]}
    return _store(call, of(call), body)


def patch(call: Call) -> Answer:
    """Change parts of a diagram. A patch that does not apply or gives an invalid diagram is 422 (V0-PATCH)."""
    item = of(call)
    before = _stored_view(call, item)
    if call.input == []:
        return Answer(200, before)
    try:
        after = patched(before, call.input, READ_ONLY)
        body = PATCHED(after)
        body["cells"] = cells.check_changed(after.get("cells"), item.content)
    except ApiError as problem:
        if problem.answer.body["error"] != "patch_failed":
            raise
        raise error(422, "patch_failed", problem.answer.body["error_description"]) from problem
    except v.Problem as problem:
        raise error(422, "patch_failed", f"Failed to apply patch: {problem}") from problem
    return _store(call, item, {**body, "metadata": body.get("metadata") or []})


def delete(call: Call) -> Answer:
    """Remove a diagram, end its session, and clear its id in threats, which keep `cell_id`."""
    store, item = call.sandbox.store, items.of(call, "diagram")
    for threat in store.items("threat", item.model_id):
        if threat.body.get("diagram_id") == item.id:
            threat.body["diagram_id"] = None
            store.update_item(threat)
    store.delete_item(item.id)
    call.after.append(lambda: call.sandbox.hub.end_where("Diagram has been deleted", diagram_id=item.id))
    return Answer(204)


def _check_post(call: Call) -> Json:
    return POST(schemas.refuse_dangerous(v.json_body(call)))


ROUTES = [
    Route("GET", MANY, listed, role="reader"),
    Route("POST", MANY, create, _check_post, role="writer"),
    Route("GET", ONE, get, role="reader"),
    Route("PUT", ONE, replace, v.body(PUT), role="writer"),
    Route("PATCH", ONE, patch, patch_body, role="writer"),
    Route("DELETE", ONE, delete, role="owner"),
]
