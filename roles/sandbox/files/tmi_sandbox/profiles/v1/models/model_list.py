# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of threat models: its entries and its filters (V1-MODEL-LIST)."""

from __future__ import annotations

import re
from typing import Any

from ....store import Model
from ....web.rest import Answer, Call
from .. import errors
from ..items import items
from ..people import users

Json = Any
CONTAINING = ("name", "description", "issue_uri")
TIMES = {"created": "created_at", "modified": "modified_at", "status_updated": "status_updated"}
TIME_FILTERS = tuple(f"{name}_{side}" for name in TIMES for side in ("after", "before"))
FILTERS = {*CONTAINING, *TIME_FILTERS, "owner", "status", "security_reviewer", "include_deleted"}
SINGLE = tuple(FILTERS - {"status", "include_deleted"})
then = items.once(*SINGLE, moments=TIME_FILTERS)
COUNTS = {
    **{f"{kind}_count": kind for kind in ("document", "diagram", "threat", "asset", "note")},
    "repo_count": "repository",
}


def head(call: Call, model: Model, known: dict[str, Json]) -> dict[str, Json]:
    """Return the common part of lists and GET, without empty texts. `known` caches people over many models."""
    body = model.body
    for subject in (model.owner, body["created_by"], body.get("security_reviewer")):
        if subject and subject not in known:
            known[subject] = users.stored(call.sandbox.store, subject)
    reviewer = body.get("security_reviewer")
    return {
        "id": model.id,
        "name": body["name"],
        **{name: body[name] for name in ("description", "issue_uri", "deleted_at") if body.get(name)},
        "owner": known[model.owner],
        "created_by": known[body["created_by"]],
        **({"security_reviewer": known[reviewer]} if reviewer else {}),
        **{name: body[name] for name in ("threat_model_framework", "status", "status_updated", "alias")},
        "created_at": model.created_at,
        "modified_at": body["modified_at"],
    }


def counts(call: Call, ids: list[str]) -> dict[str, dict[str, int]]:
    """Return the counts of threat models by identifier."""
    found = call.sandbox.store.counts(ids)
    return {one: {name: kinds.get(kind, 0) for name, kind in COUNTS.items()} for one, kinds in found.items()}


def check(call: Call) -> None:
    """Check the parameters of the query."""
    items.page(call)
    items.some_values(call, "status")
    for name in TIME_FILTERS:
        if name in call.query and not items.DATE_TIME.fullmatch(call.query[name]):
            text = f'parameter "{name}" in query has an error: string doesn\'t match the format "date-time"'
            raise errors.invalid(text, "invalid_id")
    items.boolean(call, "include_deleted")


def listed(call: Call) -> Answer:
    """List the threat models that the caller may read, the newest first. Administrators can also list deleted ones."""
    store, subjects = call.sandbox.store, users.subjects(call.sandbox.store, call.user)
    limit, offset = items.page(call)
    deleted = items.boolean(call, "include_deleted") or False
    if deleted and "group:administrators" not in subjects:
        raise errors.forbidden("The include_deleted parameter requires admin role")
    reviewer = call.query.get("security_reviewer", "")
    if reviewer.startswith("is:") and reviewer not in ("is:null", "is:notnull"):
        raise errors.invalid(
            f'Unsupported filter operator for parameter "security_reviewer": "{reviewer}". '
            "Supported: is:null, is:notnull"
        )
    if FILTERS.isdisjoint(call.query):
        found, total = store.models_for(subjects, limit, offset)
    else:
        every = _selected(call, store.models_matching(subjects, call.query.get("name", ""), deleted))
        found, total = every[offset : offset + limit], len(every)
    known: dict[str, Json] = {}
    counted = counts(call, [model.id for model in found])
    none = dict.fromkeys(COUNTS, 0)
    shown = [
        {**head(call, model, known), **none, **counted.get(model.id, {}), **model.body.get("counts", {})}
        for model in found
    ]
    return items.wrapped(call, "threat_models", shown, total)


def _selected(call: Call, found: list[Model]) -> list[Model]:
    """Apply the filters."""
    query = call.query
    for name in CONTAINING:
        if query.get(name):
            pattern = like(query[name])
            found = [model for model in found if pattern.search(model.body.get(name) or "")]
    for name, member in TIMES.items():
        found = [
            model for model in found if _between(model, member, query.get(f"{name}_after"), query.get(f"{name}_before"))
        ]
    states = [value for name, value in call.pairs if name == "status"]
    if states:
        found = [model for model in found if model.body["status"] in states]
    for name, subject in (("owner", None), ("security_reviewer", "security_reviewer")):
        if query.get(name):
            found = [
                model for model in found if _is(call, model.body.get(subject) if subject else model.owner, query[name])
            ]
    return found


def _between(model: Model, member: str, after: str | None, before: str | None) -> bool:
    value = model.created_at if member == "created_at" else model.body[member]
    return (not after or items.moment(value) >= items.moment(after)) and (
        not before or items.moment(value) <= items.moment(before)
    )


def _is(call: Call, subject: str | None, wanted: str) -> bool:
    """Return whether a person matches a filter, which is a part of e-mail or identifier, or tests for any person."""
    if wanted in ("is:null", "is:notnull"):
        return (subject is None) == (wanted == "is:null")
    if subject is None:
        return False
    person, pattern = users.stored(call.sandbox.store, subject), like(wanted)
    return any(pattern.search(person[name]) for name in ("email", "provider_id", "display_name"))


def like(part: str) -> re.Pattern[str]:
    """Return the pattern of a filter, in which `%` and `_` are wildcards as in SQL."""
    escaped = re.escape(part).replace("%", ".*").replace("_", ".")
    return re.compile(escaped, re.IGNORECASE | re.DOTALL)
