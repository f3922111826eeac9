# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The work of the module ``tmi_token``: log in, renew, log out."""

from __future__ import annotations

import time
from typing import Any, Mapping

from .._api.info_reads import check_version
from .._errors import AuthenticationError, InputError, TmiError
from .._http.transport import CannotRenew, Transport
from .._journal import Effect
from .._login.auth import Auth, auth_of
from .._login.browser import BrowserLogin, finish
from .._login.calls import is_accepted, revoke, userinfo
from .._login.tokens import Tokens, jwt_claims, utc_text

TOKEN_SPEC: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "renew": {"type": "bool", "default": False},
    "browser": {"type": "str", "choices": ["auto", "open", "paste"]},
    "callback_url": {"type": "str", "no_log": True},
    "client_callback": {"type": "str"},
    "login_timeout": {"type": "int", "default": 300},
}
"""The options of ``tmi_token`` besides those of the connection."""


def log_in(transport: Transport, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Do :func:`manage_token`, and check the server's version once, because a play logs in before everything else."""
    result = manage_token(transport, params, check_mode)
    auth = auth_of(transport)
    if auth is not None and auth.renewed and params.get("state") != "absent":
        check_version(transport)
    return result


def manage_token(transport: Transport, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring the login into the wanted state; return the module's result without ``stats``. Raises ``TmiError``.

    A login or refresh is also done in check mode, because the rest of the play needs it; a logout is not.
    """
    auth = auth_of(transport)
    if auth is None:
        raise ValueError("a transport without authentication has no token to manage")
    auth.may_lose_refresh = True  # the result holds the new one
    try:
        return _managed(transport, auth, params, check_mode)
    except TmiError:
        if auth.renewed:
            transport.journal.note("renewed the login")
        raise


def _managed(transport: Transport, auth: Auth, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    if params.get("state") == "absent":
        return _log_out(transport, auth, check_mode)
    browser = BrowserLogin.of(params, transport.settings.login_provider)
    _finish(transport, auth, (params.get("callback_url") or "").strip())
    try:
        return _logged_in(transport, auth, bool(params.get("renew")))
    except AuthenticationError:
        if browser is None:
            raise
    if browser.opens:
        auth.adopt(browser.log_in(transport, time.time))
        return _logged_in(transport, auth, False)
    return _begin(transport, auth, browser)


def _logged_in(transport: Transport, auth: Auth, renew: bool) -> dict[str, Any]:
    """Return the result for a valid token, renewed if needed and possible without a person."""
    token = auth.access_token(transport)
    if renew and not auth.renewed:
        try:
            auth.renew(transport, token)
        except CannotRenew as error:
            raise AuthenticationError(str(error)) from None
    # Only this request shows whether the token was revoked; then it is renewed.
    user = userinfo(transport)
    return _result(auth.tokens or Tokens.given(token), user, auth.renewed)


# --- a person with a browser elsewhere --------------------------------------------------------------


def _begin(transport: Transport, auth: Auth, browser: BrowserLogin) -> dict[str, Any]:
    """Begin a login; return the result with the address that a person must open."""
    if not transport.settings.token_cache:
        raise InputError("needs token_cache as well, which keeps the login until its answer is brought", "browser")
    url, attempt = browser.begin(transport)
    if attempt.is_over(url):
        auth.adopt(finish(transport, attempt, url, time.time))
        return _logged_in(transport, auth, False)
    auth.begin(attempt)
    return {"changed": False, "authorization_url": url, "diff": _diff("renewed", "renewed")}


def _finish(transport: Transport, auth: Auth, callback_url: str) -> None:
    """Use the answer that the user has passed. An answer without a pending login was used by an earlier run."""
    if not callback_url:
        return
    if not transport.settings.token_cache:
        raise InputError("needs the token_cache that the login was begun with", "callback_url")
    attempt = auth.begun()
    if attempt:
        auth.adopt(finish(transport, attempt, callback_url, time.time))
    elif auth.cached() is None:
        raise InputError(
            "no login is under way for this url, login_provider and token_cache, or it was begun more than ten "
            "minutes ago: begin again with browser=paste",
            "callback_url",
        )


# --- logout -----------------------------------------------------------------------------------------


def _log_out(transport: Transport, auth: Auth, check_mode: bool) -> dict[str, Any]:
    """Revoke the given access token, or the cached one, and remove it from the cache; never log in for this."""
    cached = auth.cached()
    token = transport.settings.token or (cached.access_token if cached else "")
    changed = cached is not None
    if token and Tokens.given(token).expired_for(time.time()) <= 0:
        auth.pin(token)
        refresh_token = cached.refresh_token if cached and cached.access_token == token else ""
        with transport.journal.doing([Effect("logout", "revoked the token")]):
            alive = is_accepted(transport) if check_mode else revoke(transport, token, refresh_token)
        changed = alive or changed
    if cached and not check_mode:
        auth.forget()
    return {"changed": changed, "diff": _diff("present" if changed else "absent", "absent")}


# --- the result -------------------------------------------------------------------------------------


def _result(tokens: Tokens, user: Any, renewed: bool) -> dict[str, Any]:
    claims = jwt_claims(tokens.access_token)
    return {
        "changed": renewed,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token or None,
        "expires_at": utc_text(tokens.expires_at),
        "user": {
            "id": user.get("id") or user.get("sub") or claims.get("sub"),
            "email": user.get("email"),
            "name": user.get("name") or user.get("display_name"),
            "service_account": str(claims.get("sub") or "").startswith("sa:"),
        },
        "diff": _diff("renewed" if renewed else "valid", "valid"),
    }


def _diff(before: str, after: str) -> dict[str, str]:
    """Return a diff of the state only: tokens are never shown."""
    words = {"renewed": "token: missing or expired\n", "valid": "token: valid\n"}
    return {
        "before": words.get(before, "token: %s\n" % before),
        "after": words.get(after, "token: %s\n" % after),
    }
