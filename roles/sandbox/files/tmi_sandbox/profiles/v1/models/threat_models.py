# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threat models (V1-MODELS, V1-PUT). Their list is in `model_list`, their PATCH in `model_patch`."""

from __future__ import annotations

from typing import Any

from ....clock import uuid4
from ....store import DELETED, Model
from ....web.rest import Answer, Call, Route, User
from .. import bodies, errors, pipeline, schemas, versions
from ..diagrams import diagrams
from ..items import children
from ..people import users
from ..texts import addresses, text
from ..webhooks import records
from . import access, model_list

Json = Any
MANY = "/threat_models"
ONE = "/threat_models/{threat_model_id}"
TEXTS = ("name", "description", "issue_uri")
FAILED_CREATE = "Failed to create threat model"
FAILED_UPDATE = "Failed to update threat model"
UNKNOWN_USER = (
    "The request references an entity that does not exist. "
    "Check the authorization subjects and owner reference for IDs that have not been created yet."
)


def of(call: Call) -> Model:
    """Return the threat model of the path."""
    model = call.sandbox.store.model(call.params["threat_model_id"])
    if model is None:
        raise errors.not_found("Threat model not found")
    return model


# ---------------------------------------------------------------------------------------------- forms
def view(call: Call, model: Model) -> dict[str, Json]:
    """Return the form of GET, with complete diagrams and a short form of threats, including deleted ones."""
    return {**own_view(call, model), **_below(call, model.id)}


def own_view(call: Call, model: Model) -> dict[str, Json]:
    """Return the form of GET without the objects of the threat model."""
    body = model.body
    return {
        **model_list.head(call, model, {}),
        "is_confidential": body["is_confidential"],
        **({"project_id": body["project_id"]} if body.get("project_id") else {}),
        "authorization": access.rows(call, model.id),
        "metadata": call.sandbox.store.metadata(model.id),
    }


def _below(call: Call, model_id: str) -> dict[str, Json]:
    store = call.sandbox.store
    threats = [*store.items("threat", model_id), *store.items(DELETED + "threat", model_id)]
    metadata = store.metadata_of([one.id for one in threats])
    return {
        "diagrams": diagrams.views(call, model_id),
        "threats": [children.embedded_threat(one, metadata.get(one.id, [])) for one in threats],
    }


def _echo(call: Call, model: Model, given: dict[str, Json]) -> dict[str, Json]:
    """Return the common part of answers to POST and PUT, which repeat the request without defaults."""
    texts = {name: given[name] for name in ("description", "issue_uri") if given.get(name) is not None}
    return {
        "id": model.id,
        "name": given["name"],
        **texts,
        "owner": users.stored(call.sandbox.store, model.owner),
        "created_by": users.stored(call.sandbox.store, model.body["created_by"]),
        "threat_model_framework": given.get("threat_model_framework") or "",
        "is_confidential": model.body["is_confidential"],
        "created_at": model.created_at,
        "modified_at": model.body["modified_at"],
    }


def _cleaned(given: dict[str, Json]) -> dict[str, Json]:
    """Return a body with its texts in stored form."""
    body = {name: text.plain(one) if name in TEXTS and one else one for name, one in given.items()}
    return {**body, "metadata": schemas.clean_metadata(given.get("metadata"))}


# ---------------------------------------------------------------------------------------------- operations
def create(call: Call) -> Answer:
    """Create a threat model. Its creator and two groups are added to its list automatically."""
    store, given, now = call.sandbox.store, _cleaned(call.input), call.sandbox.clock.stamp()
    confidential = bool(given.get("is_confidential"))
    rows = given.get("authorization", [])
    access.refuse_duplicates(rows)
    addresses.check_reference(given.get("issue_uri"))
    failed = errors.error(500, "server_error", FAILED_CREATE)
    given_access = access.subjects(call, rows, errors.invalid(UNKNOWN_USER), failed)
    own = access.automatic(call, confidential, given_access)
    wanted = {**given_access, **own}
    if not schemas.storable(given["metadata"] or []):
        raise failed
    body = {
        **{name: given.get(name) for name in TEXTS},
        "threat_model_framework": given.get("threat_model_framework") or "STRIDE",
        "is_confidential": confidential,
        "status": "not_started",
        "status_updated": now,
        "created_by": f"user:{call.user.key}",
        "modified_at": now,
        "alias": store.next_number("alias"),
        "version": 1,
    }
    model = Model(uuid4(), f"user:{call.user.key}", now, body)
    store.add_model(model)
    store.set_access(model.id, wanted)
    store.put_metadata(model.id, given["metadata"] or [])
    shown = [row for row in rows if row["provider_id"] != call.user.sub]
    records.emit(call, "threat_model.created", model)
    whole = {
        **_echo(call, model, given),
        **{name: body[name] for name in ("status", "status_updated", "alias")},
        "authorization": [*shown, *access.bare(call, own)],
        "metadata": given["metadata"] or [],
        "threats": [],
    }
    if call.user.account:
        whole |= {"owner": _acting(call.user), "created_by": _acting(call.user)}
    return Answer(201, whole, {"Location": f"/threat_models/{model.id}"})


def _acting(user: User) -> dict[str, str]:
    """Return the caller with the name of its service account, which only the answer to POST shows."""
    return users.principal(user)


def get(call: Call) -> Answer:
    """Return one threat model."""
    return Answer(200, view(call, of(call)))


def replace(call: Call) -> Answer:
    """Replace a threat model. Missing members are cleared, except metadata. Without a list only the owner remains."""
    store, model, given = call.sandbox.store, of(call), _cleaned(call.input)
    rows: list[dict[str, str]] | None = given.get("authorization")
    access.refuse_duplicates(rows or [])
    addresses.check_reference(given.get("issue_uri"))
    if rows and call.role != "owner" and not _same(call, model.id, rows):
        raise errors.forbidden()
    headers = versions.bump(call, model.body)
    failed = errors.error(500, "server_error", FAILED_UPDATE, headers)
    unknown = errors.error(400, "invalid_input", "request violates a data constraint", headers)
    wanted = access.subjects(call, rows or [], unknown, failed)
    keep_reviewer(call, model, wanted)
    if not schemas.storable(given["metadata"] or []):
        raise failed
    model.body |= {
        **{name: given.get(name) for name in TEXTS},
        "threat_model_framework": given.get("threat_model_framework") or "STRIDE",
        "modified_at": call.sandbox.clock.stamp(),
        "project_id": None,
    }
    store.update_model(model)
    store.set_access(model.id, wanted)
    if given["metadata"] is not None:
        store.replace_metadata(model.id, given["metadata"])
    records.emit(call, "threat_model.updated", model)
    metadata = {} if given["metadata"] is None else {"metadata": given["metadata"]}
    return Answer(
        200, {**_echo(call, model, given), "authorization": rows, **metadata, **_below(call, model.id)}, headers
    )


def _same(call: Call, model_id: str, rows: list[dict[str, str]]) -> bool:
    """Return whether a list does not change any role."""
    refusal = errors.forbidden()
    return access.subjects(call, rows, refusal, refusal) == access.roles(call, model_id)


def keep_reviewer(call: Call, model: Model, rows: dict[str, str]) -> None:
    """Refuse a list without the assigned security reviewer as owner."""
    reviewer = model.body.get("security_reviewer")
    if reviewer and rows.get(reviewer) != "owner":
        name = users.stored(call.sandbox.store, reviewer)["provider_id"]
        raise errors.conflict(
            f"Cannot remove security reviewer '{name}' from authorization. The assigned security reviewer must retain "
            "the owner role. To remove the security reviewer from authorization, first unassign them as security "
            "reviewer."
        )


def delete(call: Call) -> Answer:
    """Delete a threat model with all its objects. Only lists of deleted models show it afterwards."""
    model = of(call)
    if any(one.model_id == model.id for one in call.sandbox.hub.sessions()):
        raise errors.conflict("Cannot delete threat model while a collaboration session is active")
    model.body["deleted_at"] = call.sandbox.clock.stamp()
    model.body["counts"] = model_list.counts(call, [model.id]).get(model.id, {})
    call.sandbox.store.bury_model(model)
    records.emit(call, "threat_model.deleted", model)
    return Answer(204)


def restore(call: Call) -> Answer:
    """Refuse, because the server treats every threat model as not deleted (V1-RESTORE)."""
    if call.sandbox.store.model(call.params["threat_model_id"]) is not None:
        pipeline.require_role(call, "owner")
    raise errors.conflict("Threat model is not deleted")


def check(call: Call) -> Json:
    """Return the body of POST and PUT if it is valid."""
    return schemas.MODEL(bodies.required(call))


def _check_put(call: Call) -> Json:
    versions.check(call)
    return check(call)


_refuse = schemas.refusing((), dangerous=True)
ROUTES = [
    Route("GET", MANY, model_list.listed, model_list.check, then=model_list.then),
    Route("POST", MANY, create, check, then=_refuse),
    Route("GET", ONE, get, role="reader"),
    Route("PUT", ONE, replace, _check_put, role="writer", then=_refuse),
    Route("DELETE", ONE, delete, role="owner"),
    Route("POST", ONE + "/restore", restore),
]
