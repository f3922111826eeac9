# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access rights of a threat model: its authorization list (V1-AUTHORIZATION, V1-ROLES).

The store has a row for each subject, `user:<key>` or `group:<name>`. `users` has the details of subjects.
"""

from __future__ import annotations

from typing import Any

from ....clock import uuid4
from ....web.rest import ROLES, ApiError, Call
from .. import errors
from ..people import users

Json = Any


def rows(call: Call, model_id: str) -> list[dict[str, str]]:
    """Return the list in the form of GET."""
    return [
        {**users.stored(call.sandbox.store, row["subject"]), "role": row["role"]}
        for row in call.sandbox.store.access(model_id)
    ]


def roles(call: Call, model_id: str) -> dict[str, str]:
    """Return the list in stored form."""
    return {row["subject"]: row["role"] for row in call.sandbox.store.access(model_id)}


def automatic(call: Call, confidential: bool, given: dict[str, str]) -> dict[str, str]:
    """Return the automatic rows of a new threat model: its owner, and groups that were not given."""
    reviewers = "confidential-project-reviewers" if confidential else "security-reviewers"
    groups = {f"group:{reviewers}": "owner", "group:tmi-automation": "writer"}
    return {f"user:{call.user.key}": "owner", **{name: role for name, role in groups.items() if name not in given}}


def bare(call: Call, given: dict[str, str]) -> list[dict[str, str]]:
    """Return automatic rows in the form of the answer to POST, which is without names."""
    shown = []
    for subject, role in given.items():
        whole = users.stored(call.sandbox.store, subject)
        shown.append({**{name: whole[name] for name in ("principal_type", "provider", "provider_id")}, "role": role})
    return shown


def refuse_duplicates(given: list[dict[str, str]]) -> None:
    """Refuse a list with a repeated subject."""
    seen = [(row["principal_type"], row["provider_id"]) for row in given]
    for one in seen:
        if seen.count(one) > 1:
            raise errors.invalid(f"Duplicate authorization subject: {one[1]}")


def subjects(
    call: Call, given: list[dict[str, str]], unknown_user: ApiError, unknown_group: ApiError
) -> dict[str, str]:
    """Return the stored form of a list of POST or PUT. Its people and groups must exist."""
    found: dict[str, str] = {}
    for row in given:
        name = row["provider_id"]
        if row["principal_type"] == "group":
            if name not in users.GROUPS:
                raise unknown_group
            found[f"group:{name}"] = row["role"]
            continue
        key = _key(call, "sub", name) or _key(call, "email", name)
        if key is None:
            raise unknown_user
        found[f"user:{key}"] = row["role"]
    return found


def enriched(call: Call, given: Json, unknown_group: ApiError) -> dict[str, str]:
    """Return the stored form of a list of a PATCH. The last row of a subject counts, and people may be new."""
    found: dict[str, str] = {}
    for i, row in enumerate(given if isinstance(given, list) else []):
        if not isinstance(row, dict) or row.get("role") not in ROLES:
            role = row.get("role") if isinstance(row, dict) else None
            text = f"Authorization entry at index {i}: invalid role '{role}'. Must be one of: reader, writer, owner"
            raise errors.invalid(text, "validation_failed")
        if row.get("provider") in (None, "", "*"):
            raise errors.invalid(f"Authorization entry at index {i}: provider is required", "validation_failed")
        found[_enriched_subject(call, row, i, unknown_group)] = row["role"]
    return found


def _enriched_subject(call: Call, row: dict[str, Json], i: int, unknown_group: ApiError) -> str:
    name, email = row.get("provider_id") or "", row.get("email") or ""
    if row.get("principal_type") == "group":
        if name not in users.GROUPS:
            raise unknown_group
        return f"group:{name}"
    if not isinstance(name, str) or not isinstance(email, str) or not (name or email):
        text = f"Authorization entry at index {i}: provider_id or email is required"
        raise errors.invalid(text, "validation_failed")
    key = (_key(call, "sub", name) or _key(call, "email", name)) if name else _key(call, "email", email)
    return f"user:{key or _sparse(call, name, email)}"


def _key(call: Call, member: str, value: str) -> str | None:
    found = call.sandbox.store.find_user(member, value)
    return found[0] if found else None


def _sparse(call: Call, name: str, email: str) -> str:
    """Create a user who has not logged in. The server can have only one without an e-mail (V1-PEOPLE)."""
    if not email and _key(call, "email", "") is not None:
        raise errors.error(500, "server_error", "Failed to lookup user after creation")
    key = uuid4()
    call.sandbox.store.set_user(key, {"sub": name, "email": email, "name": email or name, "groups": []})
    return key
