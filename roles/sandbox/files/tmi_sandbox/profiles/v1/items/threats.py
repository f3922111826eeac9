# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threats, single and in bulk (V1-THREATS, V1-BULK)."""

from __future__ import annotations

from typing import Any

from .... import validation as v
from ....store import DELETED, Item
from ....web.rest import Answer, ApiError, Call, Route
from .. import bodies, errors, schemas, versions
from ..texts import addresses
from . import items, threat_list
from .children import FLAGS, LONGEST, TIMES, TOO_LONG, Children, Kind
from .item_patch import BOOLEAN, NUMBER, STRINGS, Member, blank

Json = Any
OWN = ("alias", "auto_generated", *TIMES, "threat_model_id")
REFERENCES = {"diagram_id": "diagram", "asset_id": "asset"}


def _check_forms(body: dict[str, Json]) -> None:
    """Check identifiers and addresses."""
    for name in (*REFERENCES, "cell_id"):
        if body.get(name) is not None and not v.UUID.fullmatch(body[name]):
            raise errors.invalid(
                "Invalid UUID format in request. UUIDs must be in standard format (e.g., "
                "'550e8400-e29b-41d4-a716-446655440000'). If a UUID field is optional, omit it or send null instead of "
                f"invalid values. Error: invalid UUID length: {len(body[name])}"
            )
    addresses.check_reference(body.get("issue_uri"))


def _check(call: Call, body: dict[str, Json]) -> None:
    """Check the members. A value that the database would refuse gives 500 in a single POST, otherwise 400."""
    _check_forms(body)
    if len(body.get("status") or "") > LONGEST["status"]:
        raise _refused(call, errors.invalid(TOO_LONG))
    for name, kind in REFERENCES.items():
        if body.get(name) is not None:
            found = call.sandbox.store.whereabouts(body[name].lower())
            if found is None or found[0].removeprefix(DELETED) != kind:
                raise _refused(call, errors.invalid("request violates a data constraint"))


def _refused(call: Call, problem: ApiError) -> ApiError:
    """Return the error of the database, which a single POST hides."""
    if call.method == "POST" and not call.path.endswith("/bulk"):
        return errors.error(500, "server_error", "Failed to create threat")
    if not call.path.endswith("/bulk"):
        problem.answer.headers |= versions.pending(call)
    return problem


_EMPTIED, _REPLACED = Member(emptied=True), Member()
THREATS = Children(
    Kind(
        "threat",
        schemas.THREAT,
        {
            "name": Member(refuse=blank),
            "description": _EMPTIED,
            "severity": _REPLACED,
            "mitigation": _EMPTIED,
            "status": _REPLACED,
            "priority": _REPLACED,
            "mitigated": Member(BOOLEAN),
            "score": Member(NUMBER, emptied=True),
            "threat_type": Member(STRINGS, group=True),
        },
        texts=("name", "description", "mitigation", "issue_uri"),
        check=_check,
        addresses={"issue_uri": lambda _call, value: addresses.check_reference(value)},
        injected={**dict.fromkeys(FLAGS, True), "threat_type": []},
        defaults={"mitigated": False},
        get=OWN,
        post=("alias", *TIMES, "threat_model_id"),
        put=("modified_at", "threat_model_id"),
        patched=OWN,
        bulk_post=("alias", *TIMES, "threat_model_id"),
        not_listed=("metadata",),
        keeps_metadata_of_post=False,
        put_begins_without_metadata=True,
        created_at_once=False,
    )
)


def listed(call: Call) -> Answer:
    """List threats, filtered and sorted."""
    store, model_id = call.sandbox.store, call.params["threat_model_id"]
    if threat_list.PARAMETERS.isdisjoint(call.query):
        return THREATS.listed(call)
    found = store.items("threat", model_id)
    if items.with_deleted(call):
        found += store.items(DELETED + "threat", model_id)
        found.sort(key=lambda item: item.created_at, reverse=True)
    found = threat_list.select(call, found)
    limit, offset = items.page(call)
    return items.wrapped(call, "threats", THREATS.list_views(call, found[offset : offset + limit]), len(found))


# ---------------------------------------------------------------------------------------------- bulk
def replace_bulk(call: Call) -> Answer:
    """Replace threats, all or none. Unknown or deleted identifiers are answered as if they were written."""
    answers = []
    now = call.sandbox.clock.stamp()
    for given in [THREATS.cleaned(one) for one in call.input]:
        _check_forms(given)
        item = call.sandbox.store.item("threat", call.params["threat_model_id"], given["id"])
        if item is not None:
            _check(call, given)
            THREATS.overwrite(call, item, given)
        shown = item or Item(given["id"], call.params["threat_model_id"], now, {"modified_at": now})
        answers.append(THREATS.echo(shown, given, THREATS.kind.put))
    return Answer(200, answers)


_PATCHES = v.Schema(
    {
        "patches": v.Member(
            v.list_of(
                v.Schema(
                    {
                        "id": v.Member(v.uuid_text, required=True),
                        "operations": v.Member(schemas.OPERATIONS, required=True),
                    }
                ),
                1,
                20,
            ),
            required=True,
        )
    }
)


def patch_bulk(call: Call) -> Answer:
    """Patch threats one by one. Changes before a failure are kept."""
    answers = []
    for one in call.input["patches"]:
        item = call.sandbox.store.item("threat", call.params["threat_model_id"], one["id"])
        if item is None:
            raise errors.keeping(errors.not_found(f"Threat {one['id']} not found"))
        try:
            THREATS.patch_item(call, item, one["operations"], versioned=False)
        except ApiError as problem:
            raise errors.keeping(problem) from problem
        answers.append(THREATS.stored_view(call, item))
    return Answer(200, answers)


def _check_delete(call: Call) -> list[str]:
    given = [value for name, value in call.pairs if name == "threat_ids"]
    if len(given) > 1:
        text = "parameter 'threat_ids' is not exploded, but is specified multiple times"
        raise errors.invalid(f"Invalid format for parameter threat_ids: {text}", "invalid_id")
    if not given:
        raise errors.invalid('parameter "threat_ids" in query has an error: value is required but missing')
    ids = given[0].lower().split(",")
    for i, one in enumerate(ids):
        if not v.UUID.fullmatch(one):
            raise errors.invalid(f'parameter "threat_ids" in query has an error: Error at "/{i}": it is not a UUID')
    if len(ids) > THREATS.kind.most:
        raise errors.invalid('parameter "threat_ids" in query has an error: maximum number of items is 20')
    return ids


def delete_bulk(call: Call) -> Answer:
    """Delete threats, all or none."""
    for threat_id in dict.fromkeys(call.input):
        item = call.sandbox.store.item("threat", call.params["threat_model_id"], threat_id)
        if item is None:
            raise errors.not_found("One or more threats not found in this threat model")
        items.delete(call, "threat", item)
    return Answer(200, {"deleted_count": len(call.input), "deleted_ids": call.input})


_BULK = THREATS.many + "/bulk"
ROUTES = [
    *THREATS.routes()[1:],
    *THREATS.bulk_routes()[:1],
    Route("GET", THREATS.many, listed, threat_list.check, role="reader", then=threat_list.then),
    Route("PUT", _BULK, replace_bulk, bodies.checked(THREATS.check_bulk_put), role="writer", then=THREATS.some),
    Route("PATCH", _BULK, patch_bulk, bodies.checked(_PATCHES), role="writer"),
    Route("DELETE", _BULK, delete_bulk, _check_delete, role="writer"),
]
