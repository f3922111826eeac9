# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Login by authorization code with PKCE: its steps, with or without a browser, and the login without one."""

from __future__ import annotations

import hmac
import secrets
import time
from typing import Any, Callable, NamedTuple, Sequence
from urllib.parse import parse_qsl

from .._errors import ApiError, AuthenticationError, InputError
from .._http.addresses import parts_of
from .._http.transport import Transport
from .calls import redacted, token_call
from .shapes import PROVIDERS
from .tokens import Pkce, Tokens

CALLBACK = "http://localhost:4200/oauth2/callback"
"""The default target of the browser: the address of TMI's own web client on a developer's machine."""

HINT_PROVIDERS = ("test", "tmi")
"""Providers that accept a ``login_hint`` in place of a browser: on API v0, on API 1.x."""

_AUTHORIZE, _TOKEN = "/oauth2/authorize", "/oauth2/token"
_NO_VERIFIER = '"code_verifier" is unsupported'
_NOT_ALLOWED = "not in the allowlist"
_SAME_SECOND = 1.1


class LoginAttempt(NamedTuple):
    """A pending login: the data to check its answer, and the proof that is sent with the code."""

    provider: str
    callback: str
    state: str
    verifier: str

    @classmethod
    def begin(cls, provider: str, callback: str) -> LoginAttempt:
        return cls(provider, callback, secrets.token_urlsafe(16), Pkce.new().verifier)

    def fits(self, given: dict[str, str]) -> bool:
        """Whether an answer belongs to this login."""
        return hmac.compare_digest(given.get("state", "").encode(), self.state.encode())

    def is_over(self, target: str) -> bool:
        """Whether the address is already the answer: the provider needs no person."""
        return target.split("?")[0] == self.callback.split("?")[0]


# --- the steps ------------------------------------------------------------------------------------


def providers_of(transport: Transport) -> dict[str, dict[str, Any]]:
    """Return the server's identity providers by id."""
    data = transport.request("GET", "/oauth2/providers", authenticated=False, what="login", shape=PROVIDERS).data
    return {provider["id"]: provider for provider in data.get("providers") or ()}


def pick(known: dict[str, dict[str, Any]], wanted: Sequence[str]) -> dict[str, Any]:
    """Return the first of the wanted providers that the server offers. Raises InputError if it offers none of them."""
    for name in wanted:
        if name in known:
            return known[name]
    raise InputError(
        "the server offers no provider %s; it has: %s" % (" or ".join(wanted), ", ".join(sorted(known)) or "none"),
        "login_provider",
    )


def authorize(transport: Transport, provider: dict[str, Any], attempt: LoginAttempt, hint: str = "") -> str:
    """Begin a login; return the address to which the server sends the browser."""
    # Only the query is used: behind a reverse proxy the server may give itself another name.
    auth_url = parts_of(provider.get("auth_url") or "")
    query = [pair for pair in parse_qsl(auth_url.query) if pair[0] not in ("state", "scope")]
    if not any(name == "idp" for name, _value in query):
        query.append(("idp", provider["id"]))
    query += [
        ("state", attempt.state),
        ("client_callback", attempt.callback),
        ("code_challenge", Pkce.of(attempt.verifier).challenge),
        ("code_challenge_method", "S256"),
        ("scope", "openid"),
        ("response_type", "code"),
    ]
    if hint:
        query.append(("login_hint", hint))
    try:
        answer = transport.request(
            "GET", _AUTHORIZE, params=query, authenticated=False, expect=(302, 303, 307), what="login"
        )
    except ApiError as error:
        if _NOT_ALLOWED not in error.server_message:
            raise
        advice = "The server must allow %s (TMI_OAUTH_CLIENT_CALLBACK_ALLOWLIST)" % attempt.callback
        raise redacted(error, (attempt.state,), advice) from None
    return answer.headers.get("Location", "")


def answer_in(address: str) -> dict[str, str]:
    """Return the answer in the last address of a browser: from its query, and for failures of API 1.x its fragment."""
    parts = parts_of(address)
    return {**dict(parse_qsl(parts.fragment)), **dict(parse_qsl(parts.query))}


def tokens_for(
    transport: Transport, attempt: LoginAttempt, given: dict[str, str], now: Callable[[], float], nothing: str
) -> Tokens:
    """Return the tokens for an answer; ``nothing`` is the message for an answer without code and tokens.

    Real providers of API v0 send the tokens themselves, all others send a code.
    """
    problem = ""
    if given.get("error"):
        words = given.get("error_description") or given["error"]
        problem = "the provider refused: " + transport.censor(words)[:300]
    elif not (given.get("code") or given.get("access_token")):
        problem = nothing
    elif not attempt.fits(given):
        problem = "the answer belongs to another login (state differs)"
    if problem:
        raise AuthenticationError(problem, "GET", _AUTHORIZE, what="login")
    if given.get("code"):
        return _exchange(transport, attempt, given["code"], now)
    return Tokens.answered(given, now())


def _exchange(transport: Transport, attempt: LoginAttempt, code: str, now: Callable[[], float]) -> Tokens:
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": attempt.verifier,
        "redirect_uri": attempt.callback,
    }
    idp = [("idp", attempt.provider)]
    try:
        return token_call(transport, _TOKEN, idp, body, now, (code, attempt.verifier))
    except AuthenticationError as error:
        if error.status != 400 or _NO_VERIFIER not in error.server_message:
            raise
    del body["code_verifier"]
    return token_call(transport, _TOKEN, idp, body, now, (code,))


# --- without a browser ----------------------------------------------------------------------------


class HintLogin:
    """Login at a provider that needs only ``login_hint`` (V0-HINT, V1-HINT)."""

    def __init__(self, provider: str, hint: str, sleep: Callable[[float], None] = time.sleep) -> None:
        if not 3 <= len(hint) <= 20 or not all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in hint):
            raise InputError("must be 3 to 20 letters, digits or hyphens", "login_hint")
        self._provider = provider
        self._hint = hint
        self._sleep = sleep

    def key(self) -> str:
        return "hint:%s:%s" % (self._provider, self._hint.lower())

    def login(self, transport: Transport, now: Callable[[], float]) -> Tokens:
        provider = pick(providers_of(transport), (self._provider,) if self._provider else HINT_PROVIDERS)
        try:
            return self._log_in(transport, provider, now)
        except AuthenticationError as error:
            if error.server_code != "invalid_grant":
                raise
        # Codes of this provider consist of the second and the hint: another login was in the same second.
        self._sleep(_SAME_SECOND)
        return self._log_in(transport, provider, now)

    def _log_in(self, transport: Transport, provider: dict[str, Any], now: Callable[[], float]) -> Tokens:
        attempt = LoginAttempt.begin(provider["id"], CALLBACK)
        given = answer_in(authorize(transport, provider, attempt, self._hint))
        nothing = "the provider %s needs a browser, or sent no code" % provider["id"]
        return tokens_for(transport, attempt, given, now, nothing)
