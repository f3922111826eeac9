# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions and deliveries as they are stored, and the events that make deliveries (V1-WEBHOOKS)."""

from __future__ import annotations

import json
from typing import Any

from ....clock import Clock, uuid7
from ....store import Model, Store
from ....web.rest import Call, dumps

Json = Any
Record = dict[str, Json]
SUBSCRIPTIONS, DELIVERIES = "webhook subscriptions", "webhook deliveries"
PENDING, ACTIVE, PENDING_DELETE = "pending_verification", "active", "pending_delete"
#: Most deliveries that are kept. Real servers keep them for four hours, or seven days once they have ended.
MOST_DELIVERIES = 500


def load(store: Store, kind: str) -> list[Record]:
    """Return all records of a kind, the oldest first."""
    found: list[Record] = json.loads(store.setting(kind) or "[]")
    return found


def keep(store: Store, kind: str, records: list[Record]) -> None:
    """Store all records of a kind."""
    store.set_setting(kind, dumps(records))


def find(store: Store, kind: str, record_id: str) -> Record | None:
    """Return one record."""
    return next((one for one in load(store, kind) if one["id"] == record_id), None)


def change(store: Store, kind: str, record_id: str, **members: Json) -> None:
    """Change members of a record. One that is gone is ignored."""
    keep(store, kind, [{**one, **members} if one["id"] == record_id else one for one in load(store, kind)])


def remove(store: Store, kind: str, record_id: str) -> None:
    """Remove a record."""
    keep(store, kind, [one for one in load(store, kind) if one["id"] != record_id])


def forget(store: Store) -> None:
    """Remove all records."""
    for kind in (SUBSCRIPTIONS, DELIVERIES):
        keep(store, kind, [])


def add_delivery(store: Store, clock: Clock, subscription_id: str, event: str, payload: str) -> str:
    """Store a delivery that is due, and return its id. ``payload`` is sent as it is."""
    now = clock.stamp()
    record = {
        "id": uuid7(),
        "subscription_id": subscription_id,
        "event_type": event,
        "payload": payload,
        "status": "pending",
        "attempts": 0,
        "created_at": now,
        "last_activity_at": now,
        "due": clock.now(),
    }
    keep(store, DELIVERIES, [*load(store, DELIVERIES), record][-MOST_DELIVERIES:])
    return str(record["id"])


def emit(call: Call, event: str, model: Model) -> None:
    """Make deliveries of an event of a threat model for the subscriptions of its owner."""
    store, clock = call.sandbox.store, call.sandbox.clock
    owner = model.owner.partition(":")[2]
    data = {"name": model.body["name"]}
    if event != "threat_model.deleted":
        data["description"] = model.body.get("description")
    payload = {
        "event_type": event,
        "threat_model_id": model.id,
        "object_id": model.id,
        "object_type": "threat_model",
        "owner_id": owner,
        "timestamp": clock.stamp(),
        "data": data,
    }
    for one in load(store, SUBSCRIPTIONS):
        if one["status"] == ACTIVE and one["owner_id"] == owner and _fits(one, event, model.id):
            add_delivery(store, clock, one["id"], event, dumps(payload))


def _fits(subscription: Record, event: str, model_id: str) -> bool:
    wanted = subscription.get("threat_model_id")
    return bool({event, "*"} & set(subscription["events"])) and wanted in (None, model_id)
