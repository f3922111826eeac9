# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threat models (V0-MODELS)."""

from __future__ import annotations

from typing import Any

from ... import validation as v
from ...clock import uuid4
from ...store import Model
from ...web.rest import Answer, Call, Route, forbidden, invalid, not_found
from . import schemas, threats
from .diagrams import diagrams
from .patching import patch_body, patched

Json = Any
PATH = "/threat_models/{threat_model_id}"
READ_ONLY = ("id", "created_at", "modified_at", "created_by", "threats", "diagrams", "documents", "sourceCode")


def of(call: Call) -> Model:
    """Return the threat model of the path."""
    model = call.sandbox.store.model(call.params["threat_model_id"])
    if model is None:
        raise not_found("Threat model not found")
    return model


def _head(model: Model) -> dict[str, Json]:
    """Return the common part of lists and single answers. A text that is null is left out."""
    texts = {name: model.body[name] for name in ("description", "issue_url") if model.body.get(name) is not None}
    return {
        "id": model.id,
        "name": model.body["name"],
        "owner": model.owner,
        "created_by": model.body["created_by"],
        "threat_model_framework": model.body["threat_model_framework"],
        **texts,
        "created_at": model.created_at,
        "modified_at": model.body["modified_at"],
    }


def view(call: Call, model: Model) -> dict[str, Json]:
    """Return the form of GET, which is also the answer to every write."""
    store = call.sandbox.store
    whole = {
        **_head(model),
        "authorization": store.access(model.id),
        "metadata": store.metadata(model.id) or None,
        "threats": threats.views(call, store.items("threat", model.id)) or None,
    }
    found = store.items("diagram", model.id, newest_first=False, content=True)
    if found:
        whole["diagrams"] = diagrams.views(call, found)
    return whole


# ---------------------------------------------------------------------------------------------- authorization
def _roles(call: Call, rows: list[dict[str, str]], owners: tuple[str, ...]) -> dict[str, str]:
    """Return the roles of an authorization list. Owners remain owners, whatever the list has for them (V0-B16)."""
    subjects = [row["subject"] for row in rows]
    for subject in subjects:
        if subjects.count(subject) > 1:
            raise invalid(f"Duplicate authorization subject: {subject}")
    for subject in {*subjects, *owners}:
        if call.sandbox.store.user(subject) is None:
            raise invalid(
                "One or more users in the authorization list do not exist. "
                "Users must log in at least once before they can be added to a threat model."
            )
    return {row["subject"]: row["role"] for row in rows} | dict.fromkeys(owners, "owner")


def _change_access(call: Call, model: Model, owner: str, rows: list[dict[str, str]]) -> None:
    """Set owner and authorization list of a threat model. Only its owner may change them."""
    store = call.sandbox.store
    before = {row["subject"]: row["role"] for row in store.access(model.id)}
    wanted = {row["subject"]: row["role"] for row in rows}
    if owner == model.owner and wanted == before and len(rows) == len(wanted):
        return
    if call.role != "owner":
        raise forbidden("Only the owner can change ownership or authorization")
    owners = (owner,) if owner == model.owner else (owner, model.owner)
    store.set_access(model.id, _roles(call, rows, owners))
    model.owner = owner


# ---------------------------------------------------------------------------------------------- operations
def listed(call: Call) -> Answer:
    """List the threat models that the user can read, the newest first."""
    models = call.sandbox.store.models_of(call.user.email, *call.page())
    counts = call.sandbox.store.counts([model.id for model in models])
    kinds = ("document", "source", "diagram", "threat")
    return Answer(
        200,
        [
            {**_head(model), **{f"{kind}_count": counts.get(model.id, {}).get(kind, 0) for kind in kinds}}
            for model in models
        ],
    )


def create(call: Call) -> Answer:
    """Create a threat model. Its creator is its owner."""
    store, body, now, email = call.sandbox.store, call.input, call.sandbox.clock.stamp(), call.user.email
    model = Model(
        uuid4(),
        email,
        now,
        {
            "name": body["name"],
            "description": body.get("description"),
            "issue_url": body.get("issue_url"),
            "threat_model_framework": body.get("threat_model_framework", "STRIDE"),
            "created_by": email,
            "modified_at": now,
        },
    )
    store.add_model(model)
    store.set_access(model.id, {email: "owner"} | _roles(call, body.get("authorization", []), (email,)))
    store.put_metadata(model.id, body.get("metadata") or [])
    return Answer(201, view(call, model), {"Location": f"/threat_models/{model.id}"})


def get(call: Call) -> Answer:
    """Return one threat model in full."""
    return Answer(200, view(call, of(call)))


def _store(call: Call, model: Model, body: dict[str, Json]) -> Answer:
    """Store a full new state, from PUT or PATCH."""
    _change_access(call, model, body["owner"], body["authorization"])
    model.body |= {
        "name": body["name"],
        "description": body.get("description"),
        "issue_url": body.get("issue_url"),
        "threat_model_framework": body["threat_model_framework"],
        "modified_at": call.sandbox.clock.stamp(),
    }
    call.sandbox.store.update_model(model)
    if body.get("metadata") is not None:
        call.sandbox.store.replace_metadata(model.id, body["metadata"])
    return Answer(200, view(call, model))


def replace(call: Call) -> Answer:
    """Replace a threat model. Metadata that are not given are kept."""
    return _store(call, of(call), call.input)


def patch(call: Call) -> Answer:
    """Change parts of a threat model (V0-PATCH). A patch without operations changes nothing."""
    model = of(call)
    before = view(call, model)
    if call.input == []:
        return Answer(200, before)
    after = patched(before, call.input, READ_ONLY)
    if (
        isinstance(after.get("authorization"), list)
        and call.role != "owner"
        and (after["authorization"] != before["authorization"] or after.get("owner") != model.owner)
    ):
        raise forbidden("Only the owner can change ownership or authorization")
    try:
        body = schemas.MODEL_PUT(after)
    except v.Problem as problem:
        raise invalid(str(problem), "validation_failed") from problem
    if body.get("metadata") is None:
        body["metadata"] = []
    return _store(call, model, body)


def delete(call: Call) -> Answer:
    """Remove a threat model and all its objects."""
    model_id = call.params["threat_model_id"]
    call.sandbox.store.delete_model(model_id)
    call.after.append(lambda: call.sandbox.hub.end_where("Threat model has been deleted", model_id=model_id))
    return Answer(204)


def _check_post(call: Call) -> Json:
    return schemas.MODEL_POST(schemas.refuse_dangerous(v.json_body(call)))


ROUTES = [
    Route("GET", "/threat_models", listed),
    Route("POST", "/threat_models", create, _check_post),
    Route("GET", PATH, get, role="reader"),
    Route("PUT", PATH, replace, v.body(schemas.MODEL_PUT), role="writer"),
    Route("PATCH", PATH, patch, patch_body, role="writer"),
    Route("DELETE", PATH, delete, role="owner"),
]
