# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The calls for tokens (V0-OAUTH, V1-TOKENS). None of them is ever repeated.

The answers show the differences between the generations.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping

from .._errors import AmbiguousWriteError, ApiError, AuthenticationError
from .._http.request import FORM
from .._http.responses import censor
from .._http.transport import Transport
from .shapes import INTROSPECTION, USER
from .tokens import Tokens

_WORKS_ONCE = "Such a call is not repeated: codes and refresh tokens work once"


def token_call(
    transport: Transport,
    path: str,
    params: Any,
    body: dict[str, str],
    now: Callable[[], float],
    confidential: tuple[str, ...],
) -> Tokens:
    """POST for tokens. Raises ``AuthenticationError`` after a refusal and after a lost answer."""
    what = "refresh of the token" if path.endswith("refresh") else "login"
    try:
        answer = transport.request("POST", path, params=params, json=body, authenticated=False, what=what)
        return Tokens.answered(answer.data, now())
    except ValueError:
        raise AuthenticationError("POST %s answered without a token" % path, "POST", path, 200, what=what) from None
    except AmbiguousWriteError as error:
        raise redacted(error, confidential, _WORKS_ONCE) from None
    except ApiError as error:
        refused = 400 <= error.status < 500 and error.status != 429
        raise redacted(error, confidential, kind=AuthenticationError if refused else ApiError) from None


def redacted(
    error: ApiError, confidential: tuple[str, ...], advice: str = "", kind: type[ApiError] = AuthenticationError
) -> ApiError:
    """Return the error without confidential texts and with a sentence of advice."""
    details = censor(error.details(), confidential)
    message = censor(Exception.__str__(error), confidential)
    return kind(
        "%s. %s" % (message.rstrip("."), advice) if advice else message,
        method=details["method"],
        path=details["path"],
        status=details["status"],
        code="" if 400 <= error.status < 500 and error.status != 429 else error.code,
        server_code=details["server_code"],
        server_message=details["message"],
        server_details=details["details"],
        request_id=details["request_id"],
        url=details["url"],
        what=error.what,
    )


def refresh(transport: Transport, refresh_token: str, now: Callable[[], float]) -> Tokens:
    """Exchange a refresh token for new tokens; it is not valid afterwards.

    Servers refuse an invalid one with 400 or with 401.
    """
    try:
        tokens = token_call(transport, "/oauth2/refresh", None, {"refresh_token": refresh_token}, now, (refresh_token,))
    except AuthenticationError as error:
        advice = "The refresh token is unknown, expired or already used: log in again"
        raise redacted(error, (refresh_token,), advice if 400 <= error.status < 500 else "") from None
    # A server that keeps the same refresh token may leave it out.
    return (
        tokens
        if tokens.refresh_token
        else Tokens(tokens.access_token, refresh_token, tokens.expires_at, tokens.issued_at)
    )


def revoke(transport: Transport, access_token: str, refresh_token: str = "") -> bool:
    """Log out, and return whether the access token was valid. It must be the one that the transport sends.

    A server that reads the token only from the header keeps the refresh token valid (V0-LOGOUT). A server that wants it
    in the body (400) also revokes the refresh token, and its answer does not show whether a token was valid.
    """
    try:
        transport.request("POST", "/oauth2/revoke", expect=(200, 204), what="logout")
        return True
    except AuthenticationError:
        return False
    except ApiError as error:
        if error.status not in (400, 415, 422):
            raise
    if not is_accepted(transport):
        return False
    for token, kind in ((refresh_token, "refresh_token"), (access_token, "access_token")):
        if token:
            body = {"token": token, "token_type_hint": kind}
            transport.request("POST", "/oauth2/revoke", json=body, expect=(200, 204), what="logout")
    return True


def is_accepted(transport: Transport) -> bool:
    """Whether the server accepts the token that the transport sends."""
    try:
        userinfo(transport)
    except AuthenticationError:
        return False
    return True


def is_active(transport: Transport, token: str) -> bool:
    """Whether the server itself reports that a token is valid (RFC 7662): it checks signature, end and revocation."""
    try:
        found = transport.request(
            "POST",
            "/oauth2/introspect",
            json={"token": token},
            content_type=FORM,
            what="token",
            shape=INTROSPECTION,
        )
    except ApiError as error:
        raise redacted(error, (token,), kind=type(error)) from None
    return bool(found.data["active"])


def userinfo(transport: Transport) -> Mapping[str, Any]:
    """Return the server's description of the user who is logged in. Raises AuthenticationError for a refused token."""
    found: Mapping[str, Any] = transport.request("GET", "/oauth2/userinfo", what="user", shape=USER).data
    return found
