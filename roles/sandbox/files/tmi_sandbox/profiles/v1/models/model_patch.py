# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Patch on a threat model: the rights for its paths, and the effects (V1-PATCH)."""

from __future__ import annotations

from typing import Any

from .... import patch as json_patch
from .... import validation as v
from ....store import Model
from ....web.rest import Answer, Call, Route
from .. import errors, schemas, versions
from ..people import users
from ..texts import addresses, text
from ..webhooks import records
from . import access, threat_models

Json = Any
FREE = (
    *("name", "description", "issue_uri", "metadata", "threat_model_framework", "source_code", "sourceCode"),
    *("repository_uri", "project_id"),
)
OWNER = ("owner", "authorization")
REVIEWER = ("status", "security_reviewer")
LONGEST = {"name": 256, "threat_model_framework": 30, "status": 128, "project_id": 36}  # of the columns
STRINGS = ("name", "description", "issue_uri", "threat_model_framework", "status", "project_id")


def _check(call: Call) -> Json:
    versions.check(call)
    return schemas.operations(call)


def _check_paths(call: Call, operations: list[dict[str, Json]]) -> set[str]:
    """Return the changed members. Refuse members that the caller may not change."""
    reviewer = bool(call.user.account) or "security-reviewers" in users.groups(call)
    for operation in operations:
        name = operation["path"].partition("/")[2]
        top = name.partition("/")[0]
        clears = operation["op"] == "remove" or (operation["op"] == "replace" and operation.get("value") is None)
        if top in OWNER and call.role != "owner":
            raise errors.forbidden(f"Field '{name}' may only be modified by the resource owner")
        if top in REVIEWER and not (reviewer or (top == "security_reviewer" and call.role == "owner" and clears)):
            raise errors.forbidden(f"Field '{name}' may only be modified by a security reviewer or a service account")
        if top not in (*FREE, *OWNER, *REVIEWER):
            reason = schemas.READ_ONLY.get(name, "This field is not allowed in this request.")
            raise errors.invalid(f"Field '{name}' is not allowed in PATCH requests. {reason}")
    return {operation["path"].split("/")[1] for operation in operations}


def patch(call: Call) -> Answer:
    """Change parts of a threat model."""
    model = threat_models.of(call)
    changed = _check_paths(call, call.input)
    before = threat_models.own_view(call, model)
    try:
        after = json_patch.apply(before, json_patch.with_values(call.input))
    except json_patch.PatchFailed as problem:
        raise errors.invalid(f"Failed to apply patch: {problem}", "patch_failed") from problem
    _check_values(after)
    addresses.check_reference(text.plain(after.get("issue_uri") or ""))
    headers = _store(call, model, changed, after)
    return Answer(200, _answer(call, model, after), headers)


def _check_values(after: dict[str, Json]) -> None:
    for name in STRINGS:
        value = after.get(name)
        if value is not None and not isinstance(value, str):
            kind = "bool" if isinstance(value, bool) else "number" if isinstance(value, (int, float)) else "object"
            raise errors.error(
                500,
                "server_error",
                f"Failed to deserialize patched entity: json: cannot unmarshal {kind} into Go struct field "
                f"ThreatModel.{name} of type string",
            )
    if not text.plain(after.get("name") or ""):
        raise errors.invalid("name is required", "validation_failed")


def _store(call: Call, model: Model, changed: set[str], after: dict[str, Json]) -> dict[str, str]:
    """Store the new state and return the headers of the answer."""
    store, now = call.sandbox.store, call.sandbox.clock.stamp()
    expected = versions.pending(call)
    failed = errors.error(500, "server_error", threat_models.FAILED_UPDATE, expected)
    rows = access.roles(call, model.id)
    if "authorization" in changed:
        rows = access.enriched(call, after.get("authorization"), failed)
    if "owner" in changed:
        rows |= {model.owner: "owner"}
        model.owner = _subject(call, after.get("owner"))
    if "security_reviewer" in changed:
        reviewer = _subject(call, after["security_reviewer"]) if after.get("security_reviewer") else None
        rows |= {reviewer: "owner"} if reviewer else {}
        model.body["security_reviewer"] = reviewer
    threat_models.keep_reviewer(call, model, rows)
    metadata = schemas.clean_metadata(_entries(call, after.get("metadata"))) if "metadata" in changed else None
    if metadata and not schemas.storable(metadata):
        raise failed
    if any(len(after.get(name) or "") > most for name, most in LONGEST.items()):
        raise errors.error(400, "invalid_input", "request violates a data constraint", expected)
    headers = versions.bump(call, model.body)
    for name in ("name", "description", "issue_uri", "threat_model_framework", "project_id"):
        value = after.get(name)
        model.body[name] = text.plain(value) if value and name in threat_models.TEXTS else value
    model.body["threat_model_framework"] = model.body["threat_model_framework"] or "STRIDE"
    if "status" in changed and after.get("status"):  # an empty one does not change it
        model.body |= {"status": after["status"], "status_updated": now}
    model.body["modified_at"] = now
    store.update_model(model)
    store.set_access(model.id, rows)
    if metadata is not None:
        store.replace_metadata(model.id, metadata)
    records.emit(call, "threat_model.updated", model)
    return headers


def _entries(call: Call, given: Json) -> list[dict[str, str]]:
    """Return the metadata of a patch, if they are valid."""
    try:
        found: list[dict[str, str]] = schemas.METADATA.check(given if given is not None else [])
    except v.Problem:
        raise errors.error(500, "server_error", threat_models.FAILED_UPDATE, versions.pending(call)) from None
    return found


def _subject(call: Call, person: Json) -> str:
    """Return the user of a principal."""
    if person is None:
        raise errors.error(404, "not_found", "Threat model not found", versions.pending(call))
    name = person.get("provider_id") or person.get("email") if isinstance(person, dict) else None
    found = isinstance(name, str) and (
        call.sandbox.store.find_user("sub", name) or call.sandbox.store.find_user("email", name)
    )
    if not found:
        raise errors.invalid("request violates a data constraint")
    return f"user:{found[0]}"


def _answer(call: Call, model: Model, after: dict[str, Json]) -> dict[str, Json]:
    """Return the form of GET, but without names of groups and of the former owner, and with people as given."""
    shown = threat_models.view(call, model)
    given_rows = [row for row in after.get("authorization") or [] if isinstance(row, dict)]
    named = {row.get(member) for row in given_rows for member in ("provider_id", "email")}
    rows = []
    for row in shown["authorization"]:
        group = row["principal_type"] == "group"
        owner = not group and row["role"] == "owner"
        added = owner and not {row["provider_id"], row.get("email")} & named and "email" in row
        hidden = ("display_name",) if group else ("display_name", "email") if added and row["provider_id"] else ()
        rows.append({name: value for name, value in row.items() if name not in hidden})
    given = {name: after[name] for name in ("owner", "security_reviewer") if after.get(name)}
    return {**shown, "authorization": rows, **given}


ROUTES = [Route("PATCH", threat_models.ONE, patch, _check, role="writer", then=schemas.some_operations)]
