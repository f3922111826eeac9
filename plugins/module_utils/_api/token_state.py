# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the module ``tmi_token`` does: log in, renew, log out."""
from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Any, Mapping, Optional

from .._errors import AuthenticationError
from . import login
from .auth import Auth
from .tokens import Tokens, jwt_claims
from .transport import Transport

TOKEN_SPEC: dict[str, dict[str, Any]] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "renew": {"type": "bool", "default": False},
}
"""The options of ``tmi_token`` besides those of the connection."""


def manage_token(transport: Transport, params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Bring the login into the wanted state; returns the module's result without ``stats``. Raises ``TmiError``.

    A login or refresh also happens in check mode, since the rest of the play needs it; a logout does not.
    """
    auth = transport.auth
    if auth is None:
        raise ValueError("a transport without authentication has no token to manage")
    auth.may_lose_refresh = True  # the result holds the new one
    if params.get("state") == "absent":
        return _log_out(transport, auth, check_mode)
    token = auth.access_token(transport)
    if params.get("renew") and not auth.renewed:
        auth.renew(transport, token)
    # A revoked token shows only here, and is then renewed.
    user = transport.request("GET", "/oauth2/userinfo", what="user").data
    return _result(auth.tokens or Tokens.given(token), user, auth.renewed)


def _log_out(transport: Transport, auth: Auth, check_mode: bool) -> dict[str, Any]:
    """Revoke the given access token, or the cached one, and forget the latter; never logs in to log out."""
    cached = auth.cached()
    token = transport.settings.token or (cached.access_token if cached else "")
    changed = cached is not None
    if token and Tokens.given(token).expired_for(time.time()) <= 0:
        auth.pin(token)
        changed = _revoke(transport, check_mode) or changed
    if cached and not check_mode:
        auth.forget()
    return {"changed": changed, "diff": _diff("present" if changed else "absent", "absent")}


def _revoke(transport: Transport, check_mode: bool) -> bool:
    """Return whether the token was alive."""
    try:
        if check_mode:
            transport.request("GET", "/oauth2/userinfo", what="user")
        else:
            login.revoke(transport)
    except AuthenticationError:
        return False
    return True


def _result(tokens: Tokens, user: Any, renewed: bool) -> dict[str, Any]:
    claims = jwt_claims(tokens.access_token)
    user = user if isinstance(user, Mapping) else {}
    return {
        "changed": renewed,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token or None,
        "expires_at": _iso(tokens.expires_at),
        "user": {
            "id": user.get("id") or user.get("sub") or claims.get("sub"),
            "email": user.get("email"),
            "name": user.get("name") or user.get("display_name"),
        },
        "diff": _diff("renewed" if renewed else "valid", "valid"),
    }


def _diff(before: str, after: str) -> dict[str, str]:
    """A diff of the state only: tokens are never shown."""
    words = {"renewed": "token: missing or expired\n", "valid": "token: valid\n"}
    return {
        "before": words.get(before, "token: %s\n" % before),
        "after": words.get(after, "token: %s\n" % after),
    }


def _iso(instant: Optional[float]) -> Optional[str]:
    if instant is None:
        return None
    return datetime.fromtimestamp(int(instant), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
