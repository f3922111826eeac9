# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notes changes in the audit trail (V1-AUDIT): single writes of a model and its objects, and edits in sessions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from ....audit import Change
from ....clock import uuid4
from ....web.rest import Answer, Call, Route
from ..items import items
from ..people import users

Json = Any
#: Seconds without another change of the object after which an entry appears.
REST_SECONDS, SESSION_SECONDS = 10.0, 5.0
#: A difference in these members alone makes no entry.
_OF_SERVER = ("id", "created_at", "modified_at", "update_vector", "image", "image_update_vector", "version")
_KINDS = {plural: kind for kind, plural in items.PLURAL.items()}
_PATH = re.compile(
    r"/threat_models(/\{threat_model_id\}(/(?P<plural>[a-z]+)(/\{[a-z]+_id\})?)?)?(?P<restore>/restore)?"
)
_ACTIONS = {"POST": "created", "PUT": "updated", "PATCH": "patched", "DELETE": "deleted"}
_EDITED = "edited in a session"
_LONGEST = 50


def audited(call: Call, route: Route) -> Answer:
    """Run an endpoint that writes, and note its change."""
    found = _PATH.fullmatch(route.path)
    if call.method not in _ACTIONS:
        return route.handler(call)
    if found is None or (found["plural"] and found["plural"] not in _KINDS):
        return _bulk_deleted(call, route)
    kind = _KINDS[found["plural"]] if found["plural"] else "threat_model"
    object_id = call.params.get(f"{kind}_id", "")
    before = call.sandbox.store.stored_state(object_id) if object_id else None
    answer = route.handler(call)
    if answer.status < 300:
        object_id = object_id or answer.body["id"]
        after = call.sandbox.store.stored_state(object_id)
        action = "restored" if found["restore"] else _ACTIONS[call.method]
        if action != "patched" or _summary(before, after):
            _note(call, kind, object_id, action, before, after)
    return answer


def _bulk_deleted(call: Call, route: Route) -> Answer:
    """Run another endpoint. Of the writes in bulk, only the deletion of threats is noted."""
    answer = route.handler(call)
    if (call.method, route.path) == ("DELETE", "/threat_models/{threat_model_id}/threats/bulk") and answer.status < 300:
        for threat_id in answer.body["deleted_ids"]:
            _note(call, "threat", threat_id, "deleted", {}, None)
    return answer


def _note(call: Call, kind: str, object_id: str, action: str, before: Json, after: Json) -> None:
    flush(call.sandbox)
    user = users.principal(call.user)
    actor = {name: user[name] for name in ("email", "provider", "provider_id", "display_name")}
    model_id = call.params.get("threat_model_id", object_id)
    due = call.sandbox.clock.now() + REST_SECONDS
    call.sandbox.store.add_change(Change(model_id, kind, object_id, action, actor, before, after, due))


def edited_in_session(sandbox: Any, model_id: str, diagram_id: str, before: Json, after: Json) -> None:
    """Note that a session has changed the cells of a diagram, in a transaction of the caller.

    The trail does not show the user, as on real servers.
    """
    actor = dict.fromkeys(("email", "provider", "provider_id", "display_name"), "")
    due = sandbox.clock.now() + SESSION_SECONDS
    flush(sandbox)
    states = {"cells": before}, {"cells": after}
    sandbox.store.add_change(Change(model_id, "diagram", diagram_id, _EDITED, actor, *states, due))


def flush(sandbox: Any) -> None:
    """Store the entries that are due, in a transaction of the caller."""
    for change in sandbox.store.due_changes(sandbox.clock.now()):
        if change.action in (_EDITED, "patched") and not _summary(change.before, change.after):
            continue
        sandbox.store.add_audit_entry(
            {
                "id": uuid4(),
                "threat_model_id": change.model_id,
                "object_type": change.kind,
                "object_id": change.object_id,
                "change_type": "updated" if change.action == _EDITED else change.action,
                "actor": change.actor,
                "change_summary": _text(change),
                "created_at": sandbox.clock.stamp_of(change.due),
            }
        )


def _text(change: Change) -> str:
    if change.before is None and change.action == "restored":
        return "unable to parse original state"
    if change.before is None or change.after is None:
        return change.action
    summary = _summary(change.before, change.after) or "no significant changes"
    return f"[{change.count} changes coalesced] {summary}" if change.count > 1 else summary


def _summary(before: Mapping[str, Json] | None, after: Mapping[str, Json] | None) -> str:
    old, new = before or {}, after or {}
    found = []
    for name in sorted(old.keys() | new.keys()):
        if name in _OF_SERVER or old.get(name) == new.get(name):
            continue
        if name not in old or name not in new:
            found.append(f"{name}: {'added' if name in new else 'removed'}")
        else:
            found.append(f"{name}: {_short(old[name])} -> {_short(new[name])}")
    return ", ".join(found)


def _short(value: Json) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
