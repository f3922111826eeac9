# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threats: single and bulk (V0-THREATS)."""

from __future__ import annotations

from typing import Any

from ... import validation as v
from ...clock import uuid7
from ...store import Item
from ...web.rest import Answer, Call, Route, invalid, not_found
from . import items, schemas
from .patching import patch_body, patched

Json = Any
MANY = "/threat_models/{threat_model_id}/threats"
ONE = MANY + "/{threat_id}"
REQUIRED = ("name", "severity", "priority", "mitigated", "status", "threat_type")
LEFT_OUT_WHEN_NULL = ("description", "mitigation", "issue_url", "score")
SHOWN_WHEN_NULL = ("diagram_id", "cell_id")
READ_ONLY = ("id", "threat_model_id", "created_at", "modified_at")
SORTABLE = ("name", "created_at", "modified_at", "severity", "priority", "status", "score", "threat_type")
CONTAINING = ("name", "description")
EQUAL = ("severity", "priority", "status", "threat_type", "diagram_id", "cell_id")


# ---------------------------------------------------------------------------------------------- forms
def view(item: Item, metadata: list[dict[str, str]] | None) -> dict[str, Json]:
    """Return a threat as answers show it."""
    body = item.body
    return {
        "id": item.id,
        "threat_model_id": item.model_id,
        **{name: body[name] for name in REQUIRED},
        **{name: body[name] for name in LEFT_OUT_WHEN_NULL if body.get(name) is not None},
        **{name: body.get(name) for name in SHOWN_WHEN_NULL},
        "metadata": metadata or None,
        "created_at": item.created_at,
        "modified_at": body["modified_at"],
    }


def views(call: Call, found: list[Item]) -> list[dict[str, Json]]:
    """Return many threats."""
    metadata = items.metadata(call, found)
    return [view(item, metadata.get(item.id)) for item in found]


def stored_view(call: Call, item: Item) -> dict[str, Json]:
    """Return one threat with its metadata."""
    return view(item, call.sandbox.store.metadata(item.id))


def _stored(call: Call, body: dict[str, Json], now: str) -> dict[str, Json]:
    """Return the stored form of a valid body. A diagram that it names must belong to the threat model."""
    diagram = body.get("diagram_id")
    if diagram is not None and call.sandbox.store.item("diagram", call.params["threat_model_id"], diagram) is None:
        raise invalid(f"Diagram {diagram} does not exist in this threat model")
    return {**{name: body.get(name) for name in (*REQUIRED, *LEFT_OUT_WHEN_NULL, *SHOWN_WHEN_NULL)}, "modified_at": now}


def _create(call: Call, body: dict[str, Json], now: str) -> Item:
    item = Item(uuid7(), call.params["threat_model_id"], now, _stored(call, body, now))
    call.sandbox.store.add_item("threat", item)
    call.sandbox.store.put_metadata(item.id, body.get("metadata") or [])
    return item


def _replace(call: Call, item: Item, body: dict[str, Json]) -> dict[str, Json]:
    item.body = _stored(call, body, call.sandbox.clock.stamp())
    call.sandbox.store.update_item(item)
    items.replace_metadata(call, item.id, body)
    return stored_view(call, item)


# ---------------------------------------------------------------------------------------------- lists
def _sort_key(column: str) -> Any:
    def key(item: Item) -> tuple[bool, Json]:
        value = item.created_at if column == "created_at" else item.body.get(column)
        return (value is None, "" if value is None else value)

    return key


def _select(call: Call, found: list[Item]) -> list[Item]:
    """Apply filters and sorting. An unknown value matches nothing. An unknown column means the default order."""
    for name in CONTAINING:
        if call.query.get(name):
            part = call.query[name].lower()
            found = [item for item in found if part in (item.body.get(name) or "").lower()]
    for name in EQUAL:
        if call.query.get(name):
            found = [item for item in found if item.body.get(name) == call.query[name]]
    column, _mark, direction = call.query.get("sort", "").partition(":")
    if column in SORTABLE and direction in ("", "asc", "desc"):
        found = sorted(found, key=_sort_key(column), reverse=direction == "desc")
    return found


def listed(call: Call) -> Answer:
    """List threats, the newest first by default."""
    store, model_id = call.sandbox.store, call.params["threat_model_id"]
    limit, offset = call.page()
    if call.query.keys() <= {"limit", "offset"}:
        found = store.items("threat", model_id, limit=limit, offset=offset)
    else:
        found = _select(call, store.items("threat", model_id))[offset : offset + limit]
    return Answer(200, views(call, found))


# ---------------------------------------------------------------------------------------------- operations
def create(call: Call) -> Answer:
    """Create a threat."""
    return Answer(201, stored_view(call, _create(call, call.input, call.sandbox.clock.stamp())))


def create_bulk(call: Call) -> Answer:
    """Create threats, all or none, and return them in the order of the request."""
    now = call.sandbox.clock.stamp()
    return Answer(201, views(call, [_create(call, body, now) for body in call.input]))


def replace_bulk(call: Call) -> Answer:
    """Replace threats, all or none."""
    answers = []
    for body in call.input:
        item = call.sandbox.store.item("threat", call.params["threat_model_id"], body["id"])
        if item is None:
            raise not_found(f"Threat not found: {body['id']}")
        answers.append(_replace(call, item, body))
    return Answer(200, answers)


def get(call: Call) -> Answer:
    """Return one threat."""
    return Answer(200, stored_view(call, items.of(call, "threat")))


def replace(call: Call) -> Answer:
    """Replace a threat."""
    return Answer(200, _replace(call, items.of(call, "threat"), call.input))


def patch_one(call: Call, item: Item, changes: Json) -> dict[str, Json]:
    """Change parts of a threat. Every member that a client can write can be patched (V0-B36)."""
    if not changes:
        raise invalid("No patch operations provided")
    after = patched(stored_view(call, item), changes, READ_ONLY)
    try:
        body = schemas.THREAT_PUT(after)
    except v.Problem as problem:
        raise invalid(str(problem), "validation_failed") from problem
    return _replace(call, item, {**body, "metadata": body.get("metadata") or []})


def patch_single(call: Call) -> Answer:
    """Change parts of one threat."""
    return Answer(200, patch_one(call, items.of(call, "threat"), call.input))


def delete(call: Call) -> Answer:
    """Remove a threat."""
    call.sandbox.store.delete_item(items.of(call, "threat").id)
    return items.deleted()


def _check_post(call: Call) -> Json:
    return schemas.THREAT_POST(schemas.refuse_dangerous(v.json_body(call)))


def _check_put(call: Call) -> Json:
    return schemas.THREAT_PUT(schemas.refuse_dangerous(v.json_body(call)))


ROUTES = [
    Route("GET", MANY, listed, role="reader"),
    Route("POST", MANY, create, _check_post, role="writer"),
    Route("POST", MANY + "/bulk", create_bulk, v.body(schemas.THREATS_POST), role="writer"),
    Route("PUT", MANY + "/bulk", replace_bulk, v.body(schemas.THREATS_PUT), role="writer"),
    Route("GET", ONE, get, role="reader"),
    Route("PUT", ONE, replace, _check_put, role="writer"),
    Route("PATCH", ONE, patch_single, patch_body, role="writer"),
    Route("DELETE", ONE, delete, role="owner"),
]
