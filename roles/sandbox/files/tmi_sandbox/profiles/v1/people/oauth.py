# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth with the login provider `tmi`: codes with PKCE, rotating refresh tokens, client credentials (V1-TOKENS)."""

from __future__ import annotations

import hmac
import re
import secrets
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode

from .... import validation as v
from ....clock import uuid4
from ....login.tokens import digest
from ....web.rest import Answer, ApiError, Call, Route, User
from .. import bodies, errors, pipeline, schemas
from . import users

Json = Any
CALLBACKS = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?(/|$)")
HINT = v.text(254, 1, "[a-zA-Z0-9._%+-]+")
CHALLENGE = v.text(128, 43, "[A-Za-z0-9_-]+")
REQUIRED_QUERY = {"scope": v.text(1000, 1), "code_challenge": CHALLENGE, "code_challenge_method": v.choice("S256")}
GRANTS = v.Schema(
    {"grant_type": v.Member(v.choice("authorization_code", "client_credentials", "refresh_token"), required=True)}
)
REVOCATION = v.Schema(
    {
        "token": v.Member(schemas.quoted(v.text(2000, 1, schemas.NO_CONTROLS)), required=True),
        "token_type_hint": v.Member(v.choice("access_token", "refresh_token"), nullable=True),
        "client_id": v.Member(v.text(256), nullable=True),
        "client_secret": v.Member(v.text(256), nullable=True),
    },
    refuse_unknown=True,
)
EITHER = (bodies.JSON, bodies.FORM)
REFRESH = v.Schema(
    {"refresh_token": v.Member(schemas.quoted(v.text(1000, 1, schemas.NO_CONTROLS)))}, refuse_unknown=True
)


def _refused(code: str, text: str = "", status: int = 400) -> ApiError:
    """Return an error in the form of the OAuth endpoints, often without a description (V1-ERRORS)."""
    return ApiError(status, {"error": code, **({"error_description": text} if text else {})})


def _given(call: Call) -> dict[str, str]:
    """Return the text members of a form or a JSON object."""
    if call.media_type() == bodies.FORM:
        return dict(reversed(parse_qsl(call.raw.decode("utf-8", "replace"), keep_blank_values=True)))
    return {name: value for name, value in (call.input or {}).items() if isinstance(value, str)}


def _check(schema: v.Schema, call: Call) -> dict[str, str]:
    """Return the members of a body. JSON bodies are checked by a schema, forms are not."""
    if call.media_type() != bodies.FORM:
        schema(bodies.required(call))
    return _given(call)


# ---------------------------------------------------------------------------------------------- login
def providers(call: Call) -> Answer:
    """List the login providers."""
    base = call.base_url()
    return Answer(
        200,
        {
            "providers": [
                {
                    "id": users.PROVIDER,
                    "name": users.PROVIDER,
                    "icon": "/static/provider-logos/signin/tmi.svg",
                    "client_id": "",
                    "auth_url": f"{base}/oauth2/authorize?idp={users.PROVIDER}",
                    "token_url": f"{base}/oauth2/token?idp={users.PROVIDER}",
                    "redirect_uri": f"{base}/oauth2/callback",
                }
            ]
        },
    )


def _check_authorize(call: Call) -> None:
    query = call.query
    for name, check in REQUIRED_QUERY.items():
        if name not in query:
            raise errors.invalid(f'parameter "{name}" in query has an error: value is required but missing')
        _parameter(name, query[name], check)
    if "login_hint" in query:
        _parameter("login_hint", query["login_hint"], HINT)
    if query.get("idp", users.PROVIDER) != users.PROVIDER:
        raise _refused(f"provider {query['idp']} not found")
    if "openid" not in query["scope"].split():
        raise _refused("invalid_scope", "OpenID Connect requires 'openid' scope")
    if not query.get("client_callback"):
        raise _refused("client_callback URL is required")
    if not CALLBACKS.match(query["client_callback"]):
        raise _refused("invalid_request", "client_callback is not in the allowlist")


def _parameter(name: str, value: str, check: v.Checker) -> None:
    try:
        check(value)
    except v.Problem as problem:
        raise errors.invalid(f'parameter "{name}" in query has an error: {problem}') from problem


def authorize(call: Call) -> Answer:
    """Log the user of `login_hint` in without a question, and send the code to the client's callback (V1-HINT)."""
    query, state = call.query, call.query.get("state") or uuid4()
    hint = query.get("login_hint") or f"testuser-{secrets.randbelow(10**8):08d}"
    key, body = users.record(call.sandbox.store, hint.lower())
    user = User(body["sub"], body["email"], body["name"], key)
    callback = query["client_callback"]
    code = call.sandbox.tokens.authorize(user, query["code_challenge"], callback, state, "test_auth_code_")
    target = callback + ("&" if "?" in callback else "?") + urlencode({"code": code, "state": state})
    return Answer(302, f'<a href="{escape(target)}">Found</a>.\n\n', {"Location": target}, content_type="text/html")


# ---------------------------------------------------------------------------------------------- tokens
def _tokens(call: Call, user: User) -> dict[str, Json]:
    groups = (call.sandbox.store.user(user.key) or {}).get("groups", ())
    more_claims = {"tmi_is_administrator": "administrators" in groups and not user.account}
    return {**call.sandbox.tokens.issue(user, call.base_url(), **more_claims), "token_type": "bearer"}


def _check_token(call: Call) -> dict[str, str]:
    return _check(GRANTS, call)


def token(call: Call) -> Answer:
    """Exchange a code, a refresh token or a client's secret for tokens."""
    grant = call.input.get("grant_type")
    if grant == "authorization_code":
        return _by_code(call)
    if grant == "refresh_token":
        return refresh(call)
    if grant == "client_credentials":
        return _by_secret(call)
    raise _refused("unsupported_grant_type", "grant_type is missing or not supported")


def _by_code(call: Call) -> Answer:
    given = call.input
    if call.query.get("idp", users.PROVIDER) != users.PROVIDER:
        raise _refused(f"Invalid provider: {call.query['idp']}")
    if not all(given.get(name) for name in ("code", "code_verifier", "redirect_uri")):
        raise _refused("invalid_request", "Missing required fields for authorization_code grant")
    found = call.sandbox.tokens.redeem(given["code"], given["code_verifier"])
    if isinstance(found, str):
        raise _refused("invalid_grant", found)
    return Answer(200, _tokens(call, found))


def refresh(call: Call) -> Answer:
    """Exchange a refresh token, which becomes invalid."""
    given = call.input.get("refresh_token")
    if not given:
        raise _refused("Missing refresh_token")
    answer = call.sandbox.tokens.refresh(given, call.base_url())
    if answer is None:
        raise _refused("invalid_grant", "The refresh token is invalid or expired.")
    return Answer(200, {**answer, "token_type": "bearer"})


def _check_refresh(call: Call) -> dict[str, str]:
    return _check(REFRESH, call) if call.raw else {}


def _by_secret(call: Call) -> Answer:
    given = call.input
    if not given.get("client_id") or not given.get("client_secret"):
        raise _refused("invalid_request", "Missing client_id or client_secret parameter")
    user = _account(call, given["client_id"], given["client_secret"])
    return Answer(200, {**_tokens(call, user), "refresh_token": ""})


def _account(call: Call, client_id: str, secret: str) -> User:
    """Return the user of a service account. Wrong secrets lock its id for an hour."""
    lockout, store = call.sandbox.tokens.lockout, call.sandbox.store
    found = None if lockout.locked(client_id) else store.credential(client_id)
    if found is None or not hmac.compare_digest(found[1], digest(secret)):
        lockout.fail(client_id)
        if lockout.locked(client_id):
            text = "Too many failed authentication attempts; retry later"
            raise errors.error(429, "too_many_requests", text, {"Retry-After": "1"})
        raise errors.error(401, "invalid_client", "Client authentication failed")
    lockout.succeed(client_id)
    body = store.user(found[0]) or {}
    return User(body["sub"], body["email"], f"[Service Account] {found[2]['name']}", found[0], found[2]["id"])


def introspect(call: Call) -> Answer:
    """Return whether a token is valid, and its user."""
    token = _given(call).get("token")
    if not token:
        return Answer(400, {"error": "Invalid request: token parameter is required"})
    try:
        claims = call.sandbox.tokens.claims(token)
    except (ApiError, ValueError):
        return Answer(200, {"active": False})
    members = {name: claims[name] for name in ("sub", "email", "name", "iat", "exp", "iss")}
    return Answer(200, {"active": True, **members, "token_type": "bearer", "scope": "openid profile email"})


def _check_introspect(call: Call) -> None:
    if not call.raw:
        raise errors.invalid("request body has an error: value is required but missing")


def revoke(call: Call) -> Answer:
    """Make a token invalid. The caller needs a bearer token or a client's secret."""
    given, tokens = call.input, call.sandbox.tokens
    try:
        if not (given.get("client_id") and given.get("client_secret")):
            raise errors.unauthorized()
        _account(call, given["client_id"], given["client_secret"])
    except ApiError:  # no client or a wrong one, which does not matter with a bearer token
        try:
            pipeline.authenticate(call)
        except ApiError:
            raise errors.error(401, "invalid_client", "Client authentication failed") from None
    try:
        tokens.revoke(given["token"])
    except (ApiError, ValueError):
        tokens.forget_refresh_token(given["token"])
    return Answer(200, {})


def _check_revoke(call: Call) -> dict[str, str]:
    given = _check(REVOCATION, call)
    if not given.get("token"):
        raise _refused("invalid_request", "Missing token")
    return given


def userinfo(call: Call) -> Answer:
    """Return the user of the token. For a service account, this is the user it acts for."""
    body = call.sandbox.store.user(call.user.key) or {}
    members = {"sub": call.user.sub, "email": call.user.email, "name": body.get("name"), "idp": users.PROVIDER}
    return Answer(200, members)


def groups(call: Call) -> Answer:
    """List the known groups of a provider. The test provider has none."""
    if call.params["idp"] != users.PROVIDER:
        raise errors.not_found("OAuth provider not found")
    return Answer(200, {"idp": users.PROVIDER, "groups": []})


ROUTES = [
    Route("GET", "/oauth2/providers/{idp}/groups", groups),
    Route("GET", "/oauth2/providers", providers, public=True),
    Route("GET", "/oauth2/authorize", authorize, _check_authorize, public=True, writes=True),
    Route("POST", "/oauth2/token", token, _check_token, public=True, kinds=EITHER),
    Route("POST", "/oauth2/refresh", refresh, _check_refresh, public=True),
    Route("POST", "/oauth2/introspect", introspect, _check_introspect, public=True, kinds=(bodies.FORM,)),
    Route("POST", "/oauth2/revoke", revoke, _check_revoke, public=True, kinds=EITHER),
    Route("GET", "/oauth2/userinfo", userinfo),
]
