# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Subscriptions of webhooks and their deliveries (V1-WEBHOOKS). A subscription cannot be changed, only replaced."""

from __future__ import annotations

import contextlib
from typing import Any, Mapping, Optional

from .._errors import MissingError
from .._http.shapes import ANY_OBJECT, ID, TEXTS, WHOLE, Listed, Object, Shape, texts
from .._http.transport import Transport
from .._journal import Effect
from .any_list import all_rows

_PATH = "/admin/webhooks/subscriptions"
_DELIVERIES = "/admin/webhooks/deliveries"
_SUBSCRIPTION = Object(
    "webhook",
    {
        **texts("owner_id", "name", "url", "status", "threat_model_id", "created_at", "modified_at", "secret"),
        **texts("last_successful_use"),
        "id": ID,
        "events": TEXTS,
        "challenges_sent": WHOLE,
        "publication_failures": WHOLE,
    },
    ("id", "name", "url", "status"),
)
_DELIVERY = Object(
    "delivery of a webhook",
    {
        **texts("event_type", "status", "created_at", "delivered_at", "last_activity_at", "next_retry_at"),
        **texts("last_error", "status_message"),
        "id": ID,
        "subscription_id": ID,
        "attempts": WHOLE,
        "payload": ANY_OBJECT,
    },
    ("id", "subscription_id", "status"),
)
_TEST = Object("test of a webhook", texts("delivery_id"), ("delivery_id",))
_PAGE = Object("list of webhooks", {"subscriptions": Listed("list of webhooks", _SUBSCRIPTION)})
_DELIVERY_PAGE = Object("list of deliveries", {"deliveries": Listed("list of deliveries", _DELIVERY)})
#: Our name -> the server's name.
_MEMBERS: Mapping[str, str] = {
    **{name: name for name in ("id", "name", "status", "owner_id", "threat_model_id", "created_at", "modified_at")},
    "target_url": "url",
    "challenges_sent": "challenges_sent",
    "failures": "publication_failures",
    "last_success_at": "last_successful_use",
}
_DELIVERY_MEMBERS: Mapping[str, str] = {
    **{name: name for name in ("id", "status", "attempts", "payload", "last_error", "created_at", "delivered_at")},
    "webhook_id": "subscription_id",
    "event": "event_type",
    "next_retry_at": "next_retry_at",
    "last_activity_at": "last_activity_at",
}


def webhooks(transport: Transport) -> list[dict[str, Any]]:
    """Return all subscriptions in our words, without secrets. Only administrators may read them."""
    return [_webhook(row) for row in _rows(transport, _PATH, _PAGE, "webhooks")]


def webhook(transport: Transport, webhook_id: str) -> Optional[dict[str, Any]]:
    """Return one subscription, None if the server has removed it."""
    try:
        return _webhook(transport.request("GET", "%s/%s" % (_PATH, webhook_id), shape=_SUBSCRIPTION).data)
    except MissingError:
        return None


def deliveries(transport: Transport) -> list[dict[str, Any]]:
    """Return all deliveries that the server keeps, in our words."""
    rows = _rows(transport, _DELIVERIES, _DELIVERY_PAGE, "deliveries of webhooks")
    return [_in_our_words(row, _DELIVERY_MEMBERS) for row in rows]


def create(transport: Transport, wanted: Mapping[str, Any], secret: str) -> tuple[dict[str, Any], str]:
    """Create a subscription; return it, and the secret if the server has made it."""
    body = {"name": wanted["name"], "url": wanted["target_url"], "events": wanted["events"]}
    if wanted.get("threat_model_id"):
        body["threat_model_id"] = wanted["threat_model_id"]
    if secret:
        body["secret"] = secret
    with transport.journal.doing([Effect(("create", wanted["name"]), 'created webhook "%s"' % wanted["name"])]):
        answer = transport.request("POST", _PATH, json=body, expect=(201,), what="webhook", shape=_SUBSCRIPTION).data
    return _webhook(answer), "" if secret else str(answer.get("secret") or "")


def delete(transport: Transport, found: Mapping[str, Any]) -> None:
    """Remove a subscription. A subscription that does not exist is no error."""
    effect = Effect(found["id"], 'removed webhook "%s" (%s)' % (found["name"], found["id"]))
    with transport.journal.doing([effect]), contextlib.suppress(MissingError):
        transport.request("DELETE", "%s/%s" % (_PATH, found["id"]), expect=(204,), what="webhook")


def send_test(transport: Transport, webhook_id: str) -> str:
    """Let the server send a test to the receiver of a subscription; return the id of its delivery."""
    path = "%s/%s/test" % (_PATH, webhook_id)
    answer = transport.request("POST", path, json={}, expect=(202,), what="webhook", shape=_TEST).data
    return str(answer["delivery_id"])


def _rows(transport: Transport, path: str, shape: Shape, what: str) -> list[Any]:
    def read(query: Mapping[str, Any]) -> Any:
        return transport.request("GET", path, params=query, what=what, shape=shape).data

    return all_rows(read, {}, "GET %s" % path)


def _webhook(wire: Mapping[str, Any]) -> dict[str, Any]:
    return {**_in_our_words(wire, _MEMBERS), "events": sorted(wire.get("events") or [])}


def _in_our_words(wire: Mapping[str, Any], members: Mapping[str, str]) -> dict[str, Any]:
    return {ours: wire[theirs] for ours, theirs in members.items() if wire.get(theirs) is not None}
