# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Users, their groups, and principals in the form of answers (V1-PEOPLE, V1-HINT, V1-ROLES)."""

from __future__ import annotations

from typing import Any

from ....clock import uuid4
from ....store import Store
from ....web.rest import Call, User

Json = Any
PROVIDER = "tmi"
ADMINISTRATOR = "alice"  # the first user who logged in on the recorded servers (V1-FIRST-USER)
GROUPS = {
    "everyone": ("00000000-0000-0000-0000-000000000000", "Everyone (Pseudo-group)"),
    "security-reviewers": ("00000000-0000-0000-0000-000000000001", "Security Reviewers"),
    "administrators": ("00000000-0000-0000-0000-000000000002", "Administrators"),
    "confidential-project-reviewers": ("00000000-0000-0000-0000-000000000003", "Confidential Project Reviewers"),
    "tmi-automation": ("00000000-0000-0000-0000-000000000004", "TMI Automation"),
    "embedding-automation": ("00000000-0000-0000-0000-000000000005", "Embedding Automation"),
}


def prepare(store: Store) -> None:
    """Add the administrator to a new store, so that the order of logins does not matter."""
    record(store, ADMINISTRATOR)


def record(store: Store, hint: str) -> tuple[str, dict[str, Json]]:
    """Return key and record of a user of the login provider. An unknown user is created."""
    found = store.find_user("sub", hint) or store.find_user("email", f"{hint}@tmi.local")
    key, body = found or (
        uuid4(),
        {"groups": ["administrators", "security-reviewers"] if hint == ADMINISTRATOR else []},
    )
    whole = {**body, "sub": hint, "email": f"{hint}@tmi.local", "name": _display_name(hint)}
    if whole != body:
        store.set_user(key, whole)
    return key, whole


def _display_name(hint: str) -> str:
    words = (word[:1].upper() + word[1:] for word in hint.split("-"))
    return f"{' '.join(words)} (TMI User)"


def groups(call: Call) -> list[str]:
    """Return the groups of the caller, without the group `everyone`."""
    found = call.sandbox.store.user(call.user.key)
    return list(found["groups"]) if found else []


def subjects(store: Store, user: User) -> tuple[str, ...]:
    """Return the subjects of a user in authorization lists (store column `access.subject`)."""
    found = store.user(user.key)
    return (f"user:{user.key}", "group:everyone", *(f"group:{name}" for name in (found["groups"] if found else [])))


def principal(user: User) -> dict[str, str]:
    """Return the user object of answers and messages."""
    return {
        "principal_type": "user",
        "provider": PROVIDER,
        "provider_id": user.sub,
        "display_name": user.name,
        "email": user.email,
    }


def stored(store: Store, subject: str) -> dict[str, str]:
    """Return the principal of a subject (`user:<key>` or `group:<name>`) in stored form."""
    kind, _mark, name = subject.partition(":")
    if kind == "group":
        title = GROUPS[name][1] if name in GROUPS else name
        return {"principal_type": "group", "provider": PROVIDER, "provider_id": name, "display_name": title}
    body = store.user(name) or {}
    return principal(User(body.get("sub", ""), body.get("email", ""), body.get("name", "")))
