# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of the audit trail (V1-AUDIT)."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from ....web.rest import Answer, Call, Route
from .. import errors
from ..items import items
from . import record

Json = Any
MANY = "/threat_models/{threat_model_id}/audit_trail"
KINDS = ("threat_model", "diagram", "threat", "asset", "document", "note", "repository")
ACTIONS = ("created", "updated", "patched", "deleted", "rolled_back", "restored")
_EMAIL = r"^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}$"
_TIMES = ("created_after", "created_before")


def _trail(call: Call) -> list[dict[str, Json]]:
    record.flush(call.sandbox)
    return call.sandbox.store.audit_entries(call.params["threat_model_id"])


def _check(call: Call) -> None:
    """Check the query as the schema does."""
    items.limit(call)
    for name, allowed in (("object_type", KINDS), ("change_type", ACTIONS)):
        if call.query.get(name, allowed[0]) not in allowed:
            listed = json.dumps(allowed, separators=(",", ":"))
            raise errors.invalid(
                f'parameter "{name}" in query has an error: value is not one of the allowed values {listed}'
            )
    if not re.match(_EMAIL, call.query.get("actor_email", "a@b.cd")):
        reason = f'string doesn\'t match the regular expression "{_EMAIL}"'
        raise errors.invalid(f'parameter "actor_email" in query has an error: {reason}')
    for name in _TIMES:
        if name in call.query and not items.DATE_TIME.fullmatch(call.query[name]):
            reason = 'string doesn\'t match the format "date-time"'
            raise errors.invalid(f'parameter "{name}" in query has an error: {reason}', "invalid_id")


def listed(call: Call) -> Answer:
    """List the entries of a model and the objects in it, the newest first, in pages with cursors."""
    limit = items.limit(call) if "limit" in call.query else 50
    trail = _trail(call)
    numbered = [(number, one) for number, one in enumerate(trail) if _fits(call, one)]
    found = [one for _number, one in numbered]
    begin, end = 0, limit
    if "cursor" in call.query:
        entry_id, backward = _cursor(call.query["cursor"])
        at = next((number for number, one in enumerate(trail) if one["id"] == entry_id), len(trail))
        newer = sum(number < at for number, _one in numbered)
        older = sum(number <= at for number, _one in numbered)
        begin, end = (max(0, newer - limit), newer) if backward else (older, older + limit)
    page = found[begin:end]
    body: dict[str, Json] = {"audit_entries": page, "total": len(found), "limit": limit}
    if page and end < len(found):
        body["next_cursor"] = _as_cursor(page[-1], "f")
    if page and begin > 0:
        body["prev_cursor"] = _as_cursor(page[0], "b")
    return Answer(200, body)


def _fits(call: Call, one: dict[str, Json]) -> bool:
    query, moment = call.query, items.moment(one["created_at"])
    return (
        query.get("object_type") in (None, one["object_type"])
        and query.get("change_type") in (None, one["change_type"])
        and query.get("actor_email") in (None, one["actor"]["email"])
        and ("created_after" not in query or moment >= items.moment(query["created_after"]))
        and ("created_before" not in query or moment <= items.moment(query["created_before"]))
    )


def _as_cursor(one: dict[str, Json], direction: str) -> str:
    text = json.dumps({"t": one["created_at"], "i": one["id"], "d": direction}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _cursor(given: str) -> tuple[str, bool]:
    try:
        found = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        return str(found["i"]), found.get("d") == "b"
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise errors.invalid("Invalid pagination cursor") from None


def of_object(call: Call) -> Answer:
    """List the entries of one object, in pages with offsets."""
    object_id = next(value for name, value in call.params.items() if name != "threat_model_id")
    found = [one for one in _trail(call) if one["object_id"] == object_id]
    limit, offset = items.page(call)
    return items.wrapped(call, "audit_entries", found[offset : offset + limit], len(found))


def get(call: Call) -> Answer:
    """Return one entry."""
    found = next((one for one in _trail(call) if one["id"] == call.params["entry_id"].lower()), None)
    if found is None:
        raise errors.not_found("Audit entry not found")
    return Answer(200, found)


def _check_page(call: Call) -> None:
    items.page(call)


_ONCE = items.once("object_type", "change_type", "actor_email", "cursor", *_TIMES, moments=_TIMES)
_OF_OBJECTS = [f"/threat_models/{{threat_model_id}}/{plural}/{{{kind}_id}}" for kind, plural in items.PLURAL.items()]
ROUTES = [
    Route("GET", MANY, listed, _check, role="reader", writes=True, then=_ONCE),
    Route("GET", MANY + "/{entry_id}", get, role="reader", writes=True),
    *(Route("GET", path + "/audit_trail", of_object, _check_page, role="reader", writes=True) for path in _OF_OBJECTS),
]
