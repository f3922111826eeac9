# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A delivery of a webhook (V1-WEBHOOKS): refusals, recognition of repetitions, and the event that is made of it."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._values import as_builtins


class Refusal(Exception):
    """A delivery is not accepted: the status of the answer, the reason, and the word under which it is counted."""

    def __init__(self, status: int, reason: str, counted_as: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.counted_as = status, reason, counted_as


class Seen:
    """The last events, by the id of the delivery and by the body; a recorded body can have another id."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._keys: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, keys: tuple[str, ...]) -> bool:
        return any(key in self._keys for key in keys)

    def add(self, keys: tuple[str, ...]) -> None:
        """Remember an event, and forget the oldest ones."""
        self._keys.update(dict.fromkeys(keys))
        while len(self._keys) > 2 * self._most:
            self._keys.popitem(last=False)


def event_of(body: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """Return a delivery as event: type, kind, action, id, threat_model_id, time, data and ids of the delivery.

    Raises Refusal if it names no type.
    """
    kind_of_event = body.get("event_type")
    if not isinstance(kind_of_event, str) or not kind_of_event:
        raise Refusal(400, "the body has no event_type", "malformed")
    kind, _dot, action = kind_of_event.rpartition(".")
    data = body.get("data")
    return {
        "type": kind_of_event,
        "kind": str(body.get("object_type") or kind),
        "action": action,
        "id": str(body.get("object_id") or ""),
        "threat_model_id": str(body.get("threat_model_id") or ""),
        "time": str(body.get("timestamp") or ""),
        "data": data if isinstance(data, dict) else {},
        "delivery_id": _header(headers, "X-Webhook-Delivery-Id"),
        "subscription_id": _header(headers, "X-Webhook-Subscription-Id"),
    }


def _header(headers: Mapping[str, str], name: str) -> str:
    return headers.get(name, "").encode("utf-8", "replace").decode()


def json_object(raw: bytes) -> dict[str, Any]:
    """Return the object that a body is, in values that are JSON again for the engine of the rules. Raises Refusal."""
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise Refusal(400, "the body is not JSON", "malformed") from None
    if not isinstance(body, dict):
        raise Refusal(400, "the body is not a JSON object", "malformed")
    try:
        mended: dict[str, Any] = as_builtins(body, mends=True)
    except InputError as error:
        raise Refusal(400, "the body has values that rules cannot use: %s" % error, "malformed") from None
    return mended
