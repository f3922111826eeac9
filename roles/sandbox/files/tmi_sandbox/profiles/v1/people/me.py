# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The caller and the caller's service accounts (V1-TOKENS, V1-CREDENTIALS)."""

from __future__ import annotations

import secrets
from typing import Any

from .... import validation as v
from ....clock import uuid4
from ....login.tokens import digest
from ....web.rest import Answer, Call, Route
from .. import bodies, errors, schemas
from ..items import items
from ..texts import text
from . import users

Json = Any
CREDENTIALS = "/me/client_credentials"
MOST_CREDENTIALS = 10
CREDENTIAL = v.Schema(
    {
        "name": v.Member(v.text(100, 1), required=True),
        "description": v.Member(v.text(500)),
        "expires_at": v.Member(schemas.quoted(v.text(64, 0, items.DATE_TIME.pattern))),
    }
)


def me(call: Call) -> Answer:
    """Return the caller, the caller's groups and the resulting rights."""
    body = call.sandbox.store.user(call.user.key) or {}
    names = sorted(body.get("groups", ()))
    return Answer(
        200,
        {
            **users.principal(call.user),
            "display_name": body.get("name"),
            "groups": [
                {"internal_uuid": users.GROUPS[name][0], "group_name": name, "name": users.GROUPS[name][1]}
                for name in names
            ],
            "is_admin": "administrators" in names,
            "is_security_reviewer": "security-reviewers" in names,
        },
    )


def logout(call: Call) -> Answer:
    """Make the caller's token invalid."""
    call.sandbox.tokens.revoke(call.headers["Authorization"].partition(" ")[2])
    return Answer(204)


def create_credential(call: Call) -> Answer:
    """Create a service account. Only this answer shows its secret."""
    if call.user.account:
        raise errors.forbidden(
            "Client credential creation is not available to service accounts - "
            "administrators must provision credentials via the admin API"
        )
    store, key = call.sandbox.store, call.user.key
    if not {"administrators", "security-reviewers"} & set(users.groups(call)):
        raise errors.forbidden("Only administrators and security reviewers can create client credentials")
    _refuse_unfit(call)
    if len(store.credentials(key)) >= MOST_CREDENTIALS:
        raise errors.error(403, "quota_exceeded", f"At most {MOST_CREDENTIALS} client credentials are allowed")
    given = {name: value for name, value in call.input.items() if value is not None}
    client_id, secret = f"tmi_cc_{secrets.token_urlsafe(16)}", secrets.token_urlsafe(32)
    body = {"id": uuid4(), "client_id": client_id, **given, "created_at": call.sandbox.clock.stamp()}
    store.add_credential(client_id, key, digest(secret), body)
    return Answer(201, {**body, "client_secret": secret})


def _refuse_unfit(call: Call) -> None:
    """Refuse values that the schema accepts."""
    unknown = sorted(call.body.keys() - CREDENTIAL.members.keys())
    if unknown:
        raise errors.invalid(f'unknown field "{unknown[0]}"', "invalid_request")
    if not call.input["name"].strip():
        raise errors.invalid("Invalid name: name cannot be empty or whitespace only", "invalid_request")
    for name in ("name", "description"):
        if text.DANGEROUS.search(call.input.get(name, "")):
            reason = f"Invalid {name}: Field '{name}' contains potentially unsafe content"
            raise errors.invalid(reason, "invalid_request")
    end = call.input.get("expires_at")
    if end and items.moment(end) < items.moment(call.sandbox.clock.stamp()):
        raise errors.invalid("expires_at must be a future date", "invalid_request")


def list_credentials(call: Call) -> Answer:
    """List the caller's service accounts."""
    limit, offset = items.page(call)
    found = [{**one, "is_active": True} for one in call.sandbox.store.credentials(call.user.key)]
    return items.wrapped(call, "credentials", found[offset : offset + limit], len(found))


def delete_credential(call: Call) -> Answer:
    """Remove a service account. Its tokens stay valid until they expire."""
    for one in call.sandbox.store.credentials(call.user.key):
        if one["id"] == call.params["credential_id"]:
            call.sandbox.store.delete_credential(one["client_id"])
            return Answer(204)
    raise errors.not_found("Client credential not found or not owned by user")


def _check_page(call: Call) -> None:
    items.page(call)


ROUTES = [
    Route("GET", "/me", me),
    Route("POST", "/me/logout", logout),
    Route("GET", CREDENTIALS, list_credentials, _check_page, then=items.once()),
    Route("POST", CREDENTIALS, create_credential, bodies.checked(CREDENTIAL)),
    Route("DELETE", CREDENTIALS + "/{credential_id}", delete_credential),
]
