# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth with PKCE and the login provider `test` (V0-OAUTH, V0-PKCE, V0-REFRESH)."""

from __future__ import annotations

import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode

from ... import validation as v
from ...clock import uuid4
from ...web.rest import Answer, ApiError, Call, Route, User, invalid

PROVIDER = "test"
HINT = re.compile(r"[a-zA-Z0-9-]{3,20}")
TOKEN_REQUEST = v.Schema(
    {
        "grant_type": v.Member(v.choice("authorization_code"), required=True),
        "code": v.Member(v.text(4096, 1), required=True),
        "code_verifier": v.Member(v.text(128, 43, "[A-Za-z0-9._~-]+"), required=True),
        "redirect_uri": v.Member(v.text(4096, 1), required=True),
    },
    refused=("state",),
)
REFRESH_REQUEST = v.Schema({"refresh_token": v.Member(v.text(4096, 1), required=True)})


def _refused(code: str, text: str = "") -> ApiError:
    """Return a 400 in the form of the OAuth endpoints (V0-ERRORS)."""
    return ApiError(400, {"error": code, **({"error_description": text} if text else {})})


def providers(call: Call) -> Answer:
    """List the login providers."""
    base = call.base_url()
    return Answer(
        200,
        {
            "providers": [
                {
                    "id": PROVIDER,
                    "name": "Test Provider",
                    "icon": "fa-solid fa-flask-vial",
                    "client_id": "test-oauth-client",
                    "auth_url": f"{base}/oauth2/authorize?idp={PROVIDER}",
                    "token_url": f"{base}/oauth2/token?idp={PROVIDER}",
                    "redirect_uri": f"{base}/oauth2/callback",
                }
            ]
        },
    )


def _check_authorize(call: Call) -> None:
    query = call.query
    if query.get("idp", PROVIDER) != PROVIDER:
        raise _refused(f"provider {query['idp']} not found")
    if query.get("response_type", "code") != "code":
        raise _refused(
            "unsupported_response_type", "Only authorization code flow (response_type=code) is supported with PKCE"
        )
    if "openid" not in query.get("scope", "openid").split():
        raise _refused("invalid_scope", "OpenID Connect requires 'openid' scope")
    if not re.fullmatch(r"[A-Za-z0-9_-]{43,128}", query.get("code_challenge", "")):
        raise invalid(
            'parameter "code_challenge" in query has an error: 43 to 128 characters of base64url are required'
        )
    if query.get("code_challenge_method") != "S256":
        raise invalid(
            'parameter "code_challenge_method" in query has an error: value is not one of the allowed values ["S256"]'
        )
    if "login_hint" in query and not HINT.fullmatch(query["login_hint"]):
        raise invalid('parameter "login_hint" in query has an error: 3 to 20 letters, digits or hyphens are required')
    if not query.get("client_callback"):
        raise _refused("client_callback URL is required")
    if re.search(r"[\s\x00-\x1f\x7f]", query["client_callback"]):
        raise _refused("client_callback must be a URL")


def _test_user(hint: str) -> User:
    name = hint.lower() or f"testuser-{secrets.randbelow(10**8):08d}"
    return User(name, f"{name}@test.tmi", f"{name.capitalize()} (Test User)")


def _redirect(target: str, code: str, state: str) -> Answer:
    joint = "&" if "?" in target else "?"
    location = target + joint + urlencode({"code": code, "state": state})
    return Answer(302, "", {"Location": location}, content_type="text/html")


def authorize(call: Call) -> Answer:
    """Log the user of `login_hint` in without a question, and send the code to the client's callback."""
    query, state = call.query, call.query.get("state") or uuid4()
    code = call.sandbox.tokens.authorize(
        _test_user(query.get("login_hint", "")),
        query["code_challenge"],
        query["client_callback"],
        state,
        "test_auth_code_",
    )
    return _redirect(query["client_callback"], code, state)


def _check_callback(call: Call) -> None:
    for name in ("code", "state"):
        if not call.query.get(name):
            raise invalid(f'parameter "{name}" in query has an error: value is required but missing')


def callback(call: Call) -> Answer:
    """Accept the answer of an identity provider, and send the client of this `state` a code of this server."""
    tokens = call.sandbox.tokens
    login = tokens.pending(call.query["state"])
    if login is None:
        raise _refused("Invalid state parameter")
    code = tokens.authorize(login.user, login.challenge, login.client_callback, login.state, "test_auth_code_")
    return _redirect(login.client_callback, code, login.state)


def _check_token(call: Call) -> dict[str, Any]:
    body = TOKEN_REQUEST(v.json_body(call))
    if call.query.get("idp", PROVIDER) != PROVIDER:
        raise _refused(f"Invalid provider: {call.query['idp']}")
    return body


def token(call: Call) -> Answer:
    """Exchange a code for tokens. After the first time, others can give the user access."""
    found = call.sandbox.tokens.redeem(call.input["code"], call.input["code_verifier"])
    if isinstance(found, str):
        raise _refused("invalid_grant", found)
    store, now = call.sandbox.store, call.sandbox.clock.stamp()
    record = store.user(found.email) or {"id": uuid4(), "sub": found.sub, "name": found.name, "created_at": now}
    store.set_user(found.email, {**record, "modified_at": now, "last_login": now})
    return Answer(200, call.sandbox.tokens.issue(found, call.base_url()))


def refresh(call: Call) -> Answer:
    """Exchange a refresh token, which becomes invalid."""
    answer = call.sandbox.tokens.refresh(call.input["refresh_token"], call.base_url())
    if answer is None:
        raise ApiError(401, {"error": "Failed to refresh token: invalid refresh token: redis: nil"})
    return Answer(200, answer)


def userinfo(call: Call) -> Answer:
    """Return the user of the token."""
    user, record = call.user, call.sandbox.store.user(call.user.email) or {}
    times = {name: record.get(name) for name in ("created_at", "modified_at", "last_login")}
    return Answer(
        200,
        {
            "id": record.get("id"),
            "email": user.email,
            "name": user.name,
            "email_verified": False,
            "locale": "en-US",
            **times,
        },
    )


def _check_introspect(call: Call) -> str:
    form = parse_qs(call.raw.decode("utf-8", "replace"))
    if call.media_type() != "application/x-www-form-urlencoded" or not form.get("token"):
        raise invalid('request body has an error: property "token" is missing')
    return form["token"][0]


def introspect(call: Call) -> Answer:
    """Return whether a token is valid, and its user."""
    try:
        claims = call.sandbox.tokens.claims(call.input)
    except ApiError:
        return Answer(200, {"active": False})
    members = {name: claims[name] for name in ("sub", "email", "name", "iat", "exp", "iss")}
    return Answer(200, {"active": True, **members, "token_type": "Bearer", "scope": "openid profile email"})


def revoke(call: Call) -> Answer:
    """Make the caller's own token invalid."""
    call.sandbox.tokens.revoke(call.headers["Authorization"].removeprefix("Bearer "))
    return Answer(204)


ROUTES = [
    Route("GET", "/oauth2/providers", providers, public=True),
    Route("GET", "/oauth2/authorize", authorize, _check_authorize, public=True),
    Route("GET", "/oauth2/callback", callback, _check_callback, public=True),
    Route("POST", "/oauth2/token", token, _check_token, public=True),
    Route("POST", "/oauth2/refresh", refresh, v.body(REFRESH_REQUEST), public=True),
    Route("POST", "/oauth2/introspect", introspect, _check_introspect, public=True),
    Route("POST", "/oauth2/revoke", revoke),
    Route("GET", "/oauth2/userinfo", userinfo),
]
