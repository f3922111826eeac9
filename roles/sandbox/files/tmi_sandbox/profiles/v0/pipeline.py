# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of every request (V0-CHECKS)."""

from __future__ import annotations

from collections.abc import Mapping

from ...web.rest import ROLES, Answer, Call, Route, forbidden, invalid, not_found


def respond(call: Call, methods: Mapping[str, Route], route: Route | None) -> Answer:
    """Run the checks in the order of V0-CHECKS, then the endpoint."""
    if call.method == "OPTIONS":
        return Answer(204)
    if not any(one.public for one in methods.values()):
        call.authenticate()
    if not methods:
        raise not_found(
            f"The endpoint '{call.method} {call.path}' is not defined in the API specification. "
            "Check the request method and path (including trailing slashes)."
        )
    if route is None:
        raise invalid("method not allowed")
    if route.check is not None:
        call.input = route.check(call)
    if route.role:
        require_role(call, route.role)
    if call.method == "GET":
        return route.handler(call)
    with call.sandbox.store.transaction():
        return route.handler(call)


def require_role(call: Call, needed: str) -> None:
    """Require that the threat model exists (404) and the user has a role on it (403)."""
    role = call.sandbox.store.role(call.params["threat_model_id"], call.user.email)
    if role is None:
        raise not_found("Threat model not found")
    if ROLES.get(role, 0) < ROLES[needed]:
        raise forbidden()
    call.role = role
