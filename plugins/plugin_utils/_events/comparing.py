# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Events for the differences between two states of a model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from .objects import Objects

CREATED, UPDATED, DELETED = "created", "updated", "deleted"


def events_between(model: Mapping[str, str], before: Objects, after: Objects) -> Iterator[dict[str, Any]]:
    """Yield an event for each object that differs; ``model`` is the id and name of the model.

    An event has type, kind, action, id, name, threat_model, changes (field -> its value before and after, None if there
    is none), before and after (all fields, None if there is no object), for a cell also diagram, and event_id, which is
    the same if the same change is found again.
    """
    for key in (*before, *(key for key in after if key not in before)):
        old, new = before.get(key), after.get(key)
        there = after.get(key) or before[key]
        changes = _changes(_fields(old), _fields(new))
        renamed = old is not None and new is not None and old["name"] != new["name"]
        if old is not None and new is not None and not changes and not renamed:
            continue
        action = CREATED if old is None else DELETED if new is None else UPDATED
        event = {
            "type": "%s.%s" % (there["kind"], action),
            "kind": there["kind"],
            "action": action,
            "id": there["id"],
            "name": there["name"],
            "threat_model": dict(model),
            "changes": changes,
            "before": None if old is None else old["fields"],
            "after": None if new is None else new["fields"],
        }
        if "diagram" in there:
            event["diagram"] = there["diagram"]
        yield {**event, "event_id": digest(event)}


def digest(value: Any) -> str:
    """Return a short text that is the same for equal values."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _fields(one: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {} if one is None else one["fields"]


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return {name: {"before": old.get(name), "after": new.get(name)} for name in names}
