# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoints of webhooks, for administrators (V1-WEBHOOKS)."""

from __future__ import annotations

import json
import secrets
from typing import Any

from .... import validation as v
from ....clock import uuid4
from ....web.rest import Answer, ApiError, Call, Route
from .. import bodies, errors
from ..items import items
from ..people import users
from . import records

Json = Any
MANY = "/admin/webhooks/subscriptions"
ONE = MANY + "/{webhook_id}"
SENT = "/admin/webhooks/deliveries"
_LABEL = "[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_URL = rf"\s*https?://{_LABEL}(\.{_LABEL})*(:[0-9]{{1,5}})?(/\S*)?\s*"
_PLAIN = r"[^\x00-\x1F]*"
SUBSCRIPTION = v.Schema(
    {
        "name": v.Member(v.text(255, 1, _PLAIN), required=True),
        "url": v.Member(v.text(1024, 8, _URL), required=True),
        "events": v.Member(v.list_of(v.text(1000, 0, _PLAIN), 1, 50), required=True),
        "secret": v.Member(v.text(128, 16, _PLAIN)),
        "threat_model_id": v.Member(v.uuid_text, nullable=True),
    },
    refuse_unknown=True,
)
_SHOWN = (
    *("id", "owner_id", "threat_model_id", "name", "url", "events", "status", "challenges_sent"),
    *("publication_failures", "last_successful_use", "created_at", "modified_at"),
)


def _error(status: int, text: str) -> ApiError:
    """Return an error of these endpoints, which have no codes."""
    return ApiError(status, {"error": text, "error_description": ""})


def _administrator(call: Call) -> None:
    if "administrators" not in users.groups(call):
        raise errors.forbidden("Administrator access required")


def _check_id(call: Call) -> None:
    """Check the identifier in the path, after the caller's right."""
    for name, value in call.params.items():
        if not v.UUID.fullmatch(value):
            raise errors.invalid(f"Invalid UUID format for parameter: {name}", "invalid_id")


def _of(call: Call) -> records.Record:
    _check_id(call)
    found = records.find(call.sandbox.store, records.SUBSCRIPTIONS, call.params["webhook_id"].lower())
    if found is None:
        raise _error(404, "subscription not found")
    return found


def _view(one: records.Record) -> dict[str, Json]:
    return {name: one[name] for name in _SHOWN if one.get(name) is not None}


def listed(call: Call) -> Answer:
    """List subscriptions. The total counts all, also with the filter by model, as on real servers."""
    _administrator(call)
    limit, offset = items.page(call)
    every = records.load(call.sandbox.store, records.SUBSCRIPTIONS)
    model = call.query.get("threat_model_id")
    found = [_view(one) for one in every if model in (None, one.get("threat_model_id"))]
    return items.wrapped(call, "subscriptions", found[offset : offset + limit], len(every))


def create(call: Call) -> Answer:
    """Create a subscription. Only this answer shows the secret."""
    _administrator(call)
    store, given, now = call.sandbox.store, call.input, call.sandbox.clock.stamp()
    if given["url"].strip()[:8].lower() != "https://" and not call.sandbox.settings.webhook_hosts:
        found = f"URL must start with https:// (found: {given['url'][:8]})"
        raise _error(400, f"invalid webhook URL: {found}")
    one = {
        "id": uuid4(),
        "owner_id": call.user.key,
        "threat_model_id": given.get("threat_model_id"),
        "name": given["name"],
        "url": given["url"],
        "events": given["events"],
        "secret": given.get("secret") or secrets.token_hex(32),
        "status": records.PENDING,
        "challenge": secrets.token_hex(32),
        "challenges_sent": 0,
        "publication_failures": 0,
        "created_at": now,
        "modified_at": now,
    }
    records.keep(store, records.SUBSCRIPTIONS, [*records.load(store, records.SUBSCRIPTIONS), one])
    return Answer(201, {**_view(one), "secret": one["secret"]})


def get(call: Call) -> Answer:
    """Return one subscription without its secret."""
    _administrator(call)
    return Answer(200, _view(_of(call)))


def delete(call: Call) -> Answer:
    """Remove a subscription."""
    _administrator(call)
    records.remove(call.sandbox.store, records.SUBSCRIPTIONS, _of(call)["id"])
    return Answer(204)


def test(call: Call) -> Answer:
    """Send a test event."""
    _administrator(call)
    one, clock = _of(call), call.sandbox.clock
    given = call.body.get("event_type") if isinstance(call.body, dict) else None
    stamp = clock.stamp()[:19] + "Z"
    payload = {
        "message": "This is a test webhook delivery",
        "subscription_id": one["id"],
        "timestamp": stamp,
        "type": "test",
    }
    event = given or one["events"][0]
    delivery = records.add_delivery(call.sandbox.store, clock, one["id"], event, json.dumps(payload))
    return Answer(202, {"delivery_id": delivery, "message": "Test delivery created and queued for sending"})


def _delivery(one: records.Record) -> dict[str, Json]:
    shown = {name: value for name, value in one.items() if value not in (None, "") and name != "due"}
    return {**shown, "payload": json.loads(one["payload"])}


def deliveries(call: Call) -> Answer:
    """List deliveries, the newest first."""
    _administrator(call)
    limit, offset = items.page(call)
    wanted = call.query.get("subscription_id")
    if wanted and records.find(call.sandbox.store, records.SUBSCRIPTIONS, wanted) is None:
        raise _error(404, "subscription not found")
    every = records.load(call.sandbox.store, records.DELIVERIES)[::-1]
    found = [_delivery(one) for one in every if wanted in (None, one["subscription_id"])]
    return items.wrapped(call, "deliveries", found[offset : offset + limit], len(found))


def delivery(call: Call) -> Answer:
    """Return one delivery."""
    _administrator(call)
    _check_id(call)
    found = records.find(call.sandbox.store, records.DELIVERIES, call.params["delivery_id"].lower())
    if found is None:
        raise _error(404, "delivery not found")
    return Answer(200, _delivery(found))


def _check_page(call: Call) -> None:
    items.page(call)


_ONCE = items.once("threat_model_id", "subscription_id")
ROUTES = [
    Route("GET", MANY, listed, _check_page, then=_ONCE),
    Route("POST", MANY, create, bodies.checked(SUBSCRIPTION)),
    Route("GET", ONE, get),
    Route("DELETE", ONE, delete),
    Route("POST", ONE + "/test", test),
    Route("GET", SENT, deliveries, _check_page, then=_ONCE),
    Route("GET", SENT + "/{delivery_id}", delivery),
]
