# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of accounts, for administrators (V1-ACCOUNTS)."""

from __future__ import annotations

from typing import Any

from ....web.rest import Answer, Call, Route
from .. import errors
from ..items import items
from . import users

Json = Any


def list_users(call: Call) -> Answer:
    """List accounts, optionally filtered by a part of the address or name."""
    if "administrators" not in users.groups(call):
        raise errors.forbidden("Administrator access required")
    limit, offset = items.page(call)
    parts = {member: call.query.get(member, "").lower() for member in ("email", "name")}
    found = [
        _account(key, body)
        for key, body in call.sandbox.store.users()
        if all(part in str(body.get(member, "")).lower() for member, part in parts.items())
        and call.query.get("provider", users.PROVIDER) == users.PROVIDER
    ]
    return items.wrapped(call, "users", found[offset : offset + limit], len(found))


def _account(key: str, body: dict[str, Json]) -> dict[str, Json]:
    return {
        "internal_uuid": key,
        "provider": users.PROVIDER,
        "provider_user_id": body.get("sub", ""),
        "email": body.get("email", ""),
        "name": body.get("name", ""),
        "email_verified": False,
        "is_admin": "administrators" in body.get("groups", ()),
    }


ROUTES = [Route("GET", "/admin/users", list_users)]
