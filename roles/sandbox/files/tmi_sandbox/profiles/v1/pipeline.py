# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of every request, in the order of V1-CHECKS."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...store import DELETED
from ...validation import UUID
from ...web.rest import ROLES, Answer, ApiError, Call, Route
from . import bodies, errors, not_offered
from .audit import record
from .items import items
from .people import users
from .texts import text

ACCEPTABLE = ("application/json", "*/*", "application/*", "text/event-stream")
# These need no login, although the server has nothing there.
PUBLIC = re.compile(r"/api/server-info|/\.well-known/.*")
WRITING = ("POST", "PUT", "PATCH", "DELETE")
READING = ("GET", "HEAD")
# Real servers accept other forms of a UUID, and then find no object with that text.
ANY_UUID = re.compile(rf"(urn:uuid:)?{UUID.pattern}|\{{{UUID.pattern}\}}|[0-9a-fA-F]{{32}}", re.IGNORECASE)
SUSPICIOUS = re.compile(
    "union|select|insert|update|delete|drop|create|alter|exec|execute|script|javascript|<|>", re.IGNORECASE
)
HALF_ESCAPE = re.compile("%(?![0-9a-fA-F]{2}).{0,2}", re.DOTALL)
NO_SERVICE_ACCOUNT = (
    "service account credentials cannot be used here; addon write-backs must use the delegation token from "
    "X-TMI-Delegation-Token"
)


def respond(call: Call, methods: Mapping[str, Route], route: Route | None) -> Answer:
    """Run the checks, then the endpoint."""
    moved = None if methods else _moved(call)
    if moved is not None:
        return moved
    if call.method == "OPTIONS":
        return Answer(204, headers={"Allow": allowed(methods)} if methods else {})
    if call.method == "HEAD":
        route = methods.get("GET")
    try:
        _begin(call, methods)
    except ApiError as problem:
        if methods and route is None:
            problem.answer.headers["Allow"] = allowed(methods)
        raise
    if not methods and call.path.startswith("//"):
        other = call.sandbox.methods("/" + call.path.lstrip("/"))
        if call.method in other:
            reason = f"The HTTP method '{call.method}' is not supported for this endpoint"
            raise errors.error(405, "method_not_allowed", reason, {"Allow": allowed(other, WRITING) + ", OPTIONS"})
    if not methods and not_offered.matches(call.method, call.path):
        raise errors.error(501, "not_implemented", not_offered.TEXT)
    if not methods:
        raise errors.not_found(
            f"The endpoint '{call.method} {call.path}' is not defined in the API specification. "
            "Check the request method and path (including trailing slashes)."
        )
    if route is None and not_offered.matches(call.method, call.path):
        raise errors.error(501, "not_implemented", not_offered.TEXT)
    if route is None:
        reason = f"The HTTP method '{call.method}' is not supported for this endpoint"
        raise errors.error(405, "method_not_allowed", reason, {"Allow": allowed(methods, WRITING) + ", OPTIONS"})
    call.input = call.body = text.normalised(call.body)
    if route.check is not None:
        call.input = route.check(call)
    nowhere = any("/" in value for value in call.params.values())
    if route.role:
        require_role(call, "owner" if nowhere and call.method == "DELETE" else route.role)
    if nowhere:
        return Answer(200)  # with an escaped slash, real servers find nothing and give no message
    _refuse_half_escapes(call)
    _require_children(call)
    if route.then is not None:
        call.input = route.then(call)
    if call.method in READING and not route.writes:
        return route.handler(call)
    with call.sandbox.store.transaction():
        try:
            return record.audited(call, route)
        except ApiError as problem:
            if problem.keeps:
                return problem.answer
            raise


def _begin(call: Call, methods: Mapping[str, Route]) -> None:
    """Run the checks that do not depend on the operation: header, path, syntax of the body, and login."""
    _check_accept(call, methods)
    _check_path(call)
    call.body = bodies.read(call, _kinds(methods.get(call.method)))
    if not PUBLIC.fullmatch(call.path) and not any(one.public for one in methods.values()):
        authenticate(call)


def _kinds(route: Route | None) -> tuple[str, ...]:
    """Return the allowed media types of a body. Empty for operations without a body, which do not check it."""
    if route is None or route.kinds:
        return bodies.READABLE if route is None else route.kinds
    if route.check is None or route.method not in ("POST", "PUT", "PATCH"):
        return ()
    patch = route.method == "PATCH" and not route.path.endswith("/bulk")
    return (bodies.PATCH,) if patch else (bodies.JSON,)


def allowed(methods: Mapping[str, Route], order: tuple[str, ...] = ("DELETE", "PATCH", "POST", "PUT")) -> str:
    """Return the methods of a path in the order of the `Allow` header. The server uses two orders."""
    read = ["GET", "HEAD"] if "GET" in methods else []
    return ", ".join([*read, *(one for one in order if one in methods)])


def _moved(call: Call) -> Answer | None:
    """Return the answer to a path with an extra slash at its end, or None if the path without it is unknown too."""
    path = call.path[:-1]
    if len(path) < 1 or not call.path.endswith("/") or not call.sandbox.serves(call.method, path.rstrip("/")):
        return None
    if call.method not in READING:
        return Answer(307, headers={"Location": path})
    return Answer(301, f'<a href="{path}">Moved Permanently</a>.\n\n', {"Location": path}, content_type="text/html")


def _check_accept(call: Call, methods: Mapping[str, Route]) -> None:
    accept, route = call.headers.get("Accept", ""), methods.get(call.method)
    acceptable = (*ACCEPTABLE, *route.also) if route is not None else ACCEPTABLE
    if accept and call.path != "/" and not any(one in accept for one in acceptable):
        reason = "The requested Accept header media type is not supported by this server."
        raise errors.error(406, "not_acceptable", reason)


def _check_path(call: Call) -> None:
    """Refuse path parameters that look like an attack, and invalid identifiers (V1-PATHS)."""
    for name, value in call.params.items():
        if not value:
            raise errors.invalid(f"Empty value for parameter: {name}", "invalid_id")
        if "/" in value:
            return
        if name.endswith("_id"):
            if call.path.startswith("/admin/"):
                continue  # the endpoint checks first whether the caller is an administrator
            if not ANY_UUID.fullmatch(value):
                raise errors.invalid(f"Invalid UUID format for parameter: {name}", "invalid_id")
        elif len(value) > 200 or ".." in value or SUSPICIOUS.search(value):
            raise errors.invalid(f"Invalid value for parameter: {name}", "invalid_id")


def _refuse_half_escapes(call: Call) -> None:
    """Refuse a percent sign that is not part of an escape, because real servers decode parameters twice (V1-PATHS)."""
    for name, value in call.params.items():
        found = HALF_ESCAPE.search(value)
        if found:
            reason = f"error unescaping path parameter '{name}': invalid URL escape \"{found[0]}\""
            raise errors.invalid(f"Invalid format for parameter {name}: {reason}", "invalid_id")


def authenticate(call: Call) -> None:
    """Require a valid bearer token. The scheme may be in any case."""
    scheme, _mark, token = call.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise errors.unauthorized()
    try:
        call.act_as(call.sandbox.tokens.verify(token))
    except (ApiError, ValueError):
        raise errors.unauthorized() from None


def require_role(call: Call, needed: str) -> None:
    """Require that the threat model exists (404) and the caller has a role on it (403, V1-ROLES)."""
    if call.user.account and call.method not in READING:
        raise errors.forbidden(NO_SERVICE_ACCOUNT)
    store = call.sandbox.store
    role = store.role(call.params["threat_model_id"], *users.subjects(store, call.user))
    if role is None:
        raise errors.not_found("Threat model not found")
    if ROLES.get(role, 0) < ROLES[needed]:
        raise errors.forbidden()
    call.role = role


def _require_children(call: Call) -> None:
    """Require that the objects in the path exist in the threat model. Deleted ones can only be restored."""
    for kind, missing in items.MISSING.items():
        item_id = call.params.get(f"{kind}_id")
        if item_id is None:
            continue
        found, model_id = call.sandbox.store.whereabouts(item_id) or ("", "")
        if call.path.endswith(("/restore", "/audit_trail")):
            found = found.removeprefix(DELETED)
        if (found, model_id) != (kind, call.params["threat_model_id"]):
            raise errors.not_found(missing)
