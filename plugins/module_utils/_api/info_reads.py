# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a server reports about itself, its logins, its sessions and the user; in the same form for all generations.

Every function needs at most one request, and returns builtins without a token or a secret.
"""

from __future__ import annotations

import contextlib
import time
from typing import Any, Mapping

from .._errors import ApiError
from .._http.transport import Transport
from .._login.auth import auth_of
from .._login.calls import userinfo
from .._login.shapes import PROVIDERS
from .._login.tokens import Tokens, jwt_claims, utc_text
from . import detect
from .person import email_of
from .wire_shapes import SERVER

#: The collection's name of a count -> its names in lists of models (V0-MODEL-LIST, V1-MODEL-LIST).
_COUNTS: Mapping[str, tuple[str, ...]] = {
    "threat_count": ("threat_count",),
    "diagram_count": ("diagram_count",),
    "document_count": ("document_count",),
    "source_count": ("source_count", "repo_count"),
    "asset_count": ("asset_count",),
    "note_count": ("note_count",),
}

#: Members that name a person in a session, the best one first.
_SHOWN_MEMBERS = ("email", "user_id", "name")


def counts(wire: Mapping[str, Any]) -> dict[str, int]:
    """Return the numbers of a model's children that its item in a list of models shows."""
    found = {ours: next((wire[name] for name in names if name in wire), None) for ours, names in _COUNTS.items()}
    return {name: number for name, number in found.items() if isinstance(number, int)}


def server(transport: Transport) -> dict[str, Any]:
    """Return name, versions, operator, state and API generation of the server (``GET /``, public: no login).

    ``generation`` is the value of the option ``api``, else the one that the answer shows, None if it shows none.
    """
    data = transport.request("GET", "/", authenticated=False, what="server", shape=SERVER).data
    warn_if_untested(transport, data)
    service, operator = _members(data.get("service")), _members(data.get("operator"))
    option = transport.settings.api
    return {
        "url": transport.settings.url,
        "name": service.get("name"),
        "build": service.get("build"),
        "version": _members(data.get("api")).get("version"),
        "generation": option if option != "auto" else detect.generation_of_root(data),
        "status": str(_members(data.get("status")).get("code") or "").lower() or None,
        "operator": operator.get("name") or None,
        "contact": operator.get("contact") or None,
    }


def warn_if_untested(transport: Transport, root: Any) -> None:
    """Add a warning, once, if the answer to ``GET /`` shows a server that is newer than the tested ones."""
    warning = detect.untested(root)
    if warning and warning not in transport.server_warnings:
        transport.server_warnings.append(warning)


def check_version(transport: Transport) -> None:
    """Ask the server for its version, for :func:`warn_if_untested`. A failure is ignored."""
    with contextlib.suppress(ApiError):
        warn_if_untested(
            transport, transport.request("GET", "/", authenticated=False, what="server", retry_seconds=0).data
        )


def providers(transport: Transport) -> list[dict[str, Any]]:
    """Return the identity providers that the server offers (``GET /oauth2/providers``, public: no login)."""
    path = "/oauth2/providers"
    data = transport.request("GET", path, authenticated=False, what="providers", shape=PROVIDERS).data
    names = ("id", "name", "icon", "auth_url", "token_url", "redirect_uri", "client_id")
    return [{n: row.get(n) for n in names} for row in data.get("providers") or []]


def user(transport: Transport) -> dict[str, Any]:
    """Return the user who is logged in (``GET /oauth2/userinfo``); the names of members differ between servers."""
    data = userinfo(transport)
    return {
        "id": data.get("id") or data.get("sub") or data.get("provider_id"),
        "email": data.get("email"),
        "name": data.get("name") or data.get("display_name"),
        "provider": data.get("provider") or data.get("idp"),
    }


def token(transport: Transport) -> dict[str, Any]:
    """Return claims and times of the current access token, never the token; the only request is a login if needed.

    ``expires_in``: seconds left, negative after the end, None if it is not known.
    """
    text = transport.access_token()
    auth = auth_of(transport)
    tokens = (auth.tokens if auth else None) or Tokens.given(text)
    left = None if tokens.expires_at is None else int(tokens.expires_at - time.time())
    claims = jwt_claims(text)
    return {
        "claims": claims,
        "email": claims.get("email"),
        "issued_at": utc_text(tokens.issued_at),
        "expires_at": utc_text(tokens.expires_at),
        "expires_in": left,
        "renewable": bool(tokens.refresh_token or transport.settings.refresh_token or transport.settings.login_hint),
    }


def session(wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return one collaboration session; people as e-mails, in whatever form the server gives them (V0-B38)."""
    rows = wire.get("participants") or []
    return {
        "id": wire.get("session_id"),
        "threat_model_id": wire.get("threat_model_id"),
        "threat_model": wire.get("threat_model_name"),
        "diagram_id": wire.get("diagram_id"),
        "diagram": wire.get("diagram_name"),
        "host": email_of(wire.get("host"), _SHOWN_MEMBERS) or None,
        "presenter": email_of(wire.get("presenter"), _SHOWN_MEMBERS) or None,
        "participants": sorted({email_of(row, _SHOWN_MEMBERS) for row in rows} - {""}),
    }


def _members(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
