# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The calls of the login: PKCE, the provider that needs no browser, refresh, logout (contract-seed §2).

A further way to log in is one more class with ``login`` and a line in ``login_of``.
"""

from __future__ import annotations

import hmac
import secrets
import time
from typing import TYPE_CHECKING, Any, Callable, Optional, Protocol
from urllib.parse import parse_qsl, urlsplit

from .._errors import AmbiguousWriteError, ApiError, AuthenticationError, InputError
from .._options import Settings
from .answers import censor
from .tokens import Pkce, Tokens

if TYPE_CHECKING:
    from .transport import Transport

CALLBACK = "http://localhost:4200/oauth2/callback"
"""Where the server would send a browser; nothing listens there, the code is read from the redirect itself."""

HINT_PROVIDERS = ("test", "tmi")
"""Providers that take a ``login_hint`` in place of a browser: on API v0, on API 1.x."""

_NO_VERIFIER = '"code_verifier" is unsupported'
_SAME_SECOND = 1.1


# --- ways to log in -----------------------------------------------------------------------------


class Login(Protocol):
    """A way to tokens that needs no token."""

    def key(self) -> str:
        """Return what tells this login from others in the token cache."""

    def login(self, transport: Transport, now: Callable[[], float]) -> Tokens:
        """Ask the server; raises ``AuthenticationError``, or ``InputError`` for settings that cannot work."""


def login_of(settings: Settings, sleep: Callable[[float], None]) -> Optional[Login]:
    """Return the way to log in that the settings describe, None where they describe none."""
    if settings.login_hint:
        return HintLogin(settings.login_provider, settings.login_hint, sleep)
    if settings.login_provider and not (settings.token or settings.refresh_token):
        raise InputError("needs login_hint as well; providers that want a browser cannot be used", "login_provider")
    return None


class HintLogin:
    """Authorization code with PKCE at a provider that asks nothing but ``login_hint`` (contract-seed §2.1)."""

    def __init__(self, provider: str, hint: str, sleep: Callable[[float], None] = time.sleep) -> None:
        if not 3 <= len(hint) <= 20 or not all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in hint):
            raise InputError("must be 3 to 20 letters, digits or hyphens", "login_hint")
        self._provider = provider
        self._hint = hint
        self._sleep = sleep

    def key(self) -> str:
        return "hint:%s:%s" % (self._provider, self._hint.lower())

    def login(self, transport: Transport, now: Callable[[], float]) -> Tokens:
        provider = self._find_provider(transport)
        try:
            return self._log_in(transport, provider, now)
        except AuthenticationError as error:
            if error.code != "invalid_grant":
                raise
        # Codes of this provider hold only the second and the hint: somebody else logged in within the same second.
        self._sleep(_SAME_SECOND)
        return self._log_in(transport, provider, now)

    def _find_provider(self, transport: Transport) -> dict[str, Any]:
        data = transport.request("GET", "/oauth2/providers", authenticated=False, what="login").data
        offered = data.get("providers") if isinstance(data, dict) else None
        known = {p["id"]: p for p in offered or () if isinstance(p, dict) and isinstance(p.get("id"), str)}
        for name in (self._provider,) if self._provider else HINT_PROVIDERS:
            if name in known:
                return known[name]
        raise InputError(
            "the server offers no provider %s; it has: %s"
            % (self._provider or " or ".join(HINT_PROVIDERS), ", ".join(sorted(known)) or "none"),
            "login_provider",
        )

    def _log_in(self, transport: Transport, provider: dict[str, Any], now: Callable[[], float]) -> Tokens:
        pkce = Pkce.new()
        code = self._authorize(transport, provider, pkce)
        body = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": pkce.verifier,
            "redirect_uri": CALLBACK,
        }
        idp = [("idp", provider["id"])]
        try:
            return _token_call(transport, "/oauth2/token", idp, body, now, (code, pkce.verifier))
        except AuthenticationError as error:
            if error.status != 400 or _NO_VERIFIER not in error.server_message:
                raise
        del body["code_verifier"]
        return _token_call(transport, "/oauth2/token", idp, body, now, (code,))

    def _authorize(self, transport: Transport, provider: dict[str, Any], pkce: Pkce) -> str:
        state = secrets.token_urlsafe(16)
        # Only path and query count: behind a reverse proxy the server may call itself by another name.
        auth_url = urlsplit(str(provider.get("auth_url") or ""))
        query = [pair for pair in parse_qsl(auth_url.query) if pair[0] not in ("state", "scope")]
        if not any(name == "idp" for name, _value in query):
            query.append(("idp", provider["id"]))
        query += [
            ("state", state),
            ("client_callback", CALLBACK),
            ("code_challenge", pkce.challenge),
            ("code_challenge_method", "S256"),
            ("scope", "openid"),
            ("response_type", "code"),
            ("login_hint", self._hint),
        ]
        answer = transport.request(
            "GET", "/oauth2/authorize", params=query, authenticated=False, expect=(302, 303, 307), what="login"
        )
        target = urlsplit(answer.headers.get("Location", ""))
        given = dict(parse_qsl(target.query))
        problem = ""
        if given.get("error"):
            words = given.get("error_description") or given["error"]
            problem = "the provider refused: " + transport.censor(words)[:300]
        elif not given.get("code"):
            problem = "the provider %s wants a browser or sent no code" % provider["id"]
        elif not hmac.compare_digest(given.get("state", "").encode(), state.encode()):
            problem = "the answer belongs to another login (state differs)"
        if problem:
            raise AuthenticationError(problem, "GET", "/oauth2/authorize", answer.status, what="login")
        return given["code"]


# --- token calls --------------------------------------------------------------------------------


def _token_call(
    transport: Transport,
    path: str,
    params: Any,
    body: dict[str, str],
    now: Callable[[], float],
    confidential: tuple[str, ...],
) -> Tokens:
    """POST for tokens, never repeated. Any refusal becomes ``AuthenticationError``."""
    what = "refresh of the token" if path.endswith("refresh") else "login"
    try:
        answer = transport.request("POST", path, params=params, json=body, authenticated=False, what=what)
        return Tokens.answered(answer.data, now())
    except ValueError:
        raise AuthenticationError("POST %s answered without a token" % path, "POST", path, 200, what=what) from None
    except AmbiguousWriteError as error:
        advice = "Such a call is not repeated: codes and refresh tokens work once"
        raise _as_refusal(error, confidential, advice) from None
    except ApiError as error:
        if not 400 <= error.status < 500 or error.status == 429:
            raise
        raise _as_refusal(error, confidential, "") from None


def _as_refusal(error: ApiError, confidential: tuple[str, ...], advice: str) -> AuthenticationError:
    facts = censor(error.details(), confidential)
    message = censor(Exception.__str__(error), confidential)
    return AuthenticationError(
        "%s. %s" % (message, advice) if advice else message,
        method=facts["method"],
        path=facts["path"],
        status=facts["status"],
        code=facts["code"],
        server_message=facts["message"],
        server_details=facts["details"],
        request_id=facts["request_id"],
        what=error.what,
    )


def refresh(transport: Transport, refresh_token: str, now: Callable[[], float]) -> Tokens:
    """Exchange a refresh token, which is dead afterwards, for new tokens (contract-seed §2.2)."""
    try:
        tokens = _token_call(
            transport, "/oauth2/refresh", None, {"refresh_token": refresh_token}, now, (refresh_token,)
        )
    except AuthenticationError as error:
        advice = "The refresh token is unknown, expired or already used: log in again"
        raise _as_refusal(error, (refresh_token,), advice if 400 <= error.status < 500 else "") from None
    # A server that does not rotate may leave it out.
    return (
        tokens
        if tokens.refresh_token
        else Tokens(tokens.access_token, refresh_token, tokens.expires_at, tokens.issued_at)
    )


def revoke(transport: Transport) -> None:
    """Log out: the access token of this transport is dead at once; its refresh token may stay valid (B11)."""
    transport.request("POST", "/oauth2/revoke", expect=(200, 204), what="logout")
