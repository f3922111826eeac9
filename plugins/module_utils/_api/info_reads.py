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
from typing import Any, Mapping, Sequence
from urllib.parse import quote

from .._errors import ApiError, AuthenticationError, MissingError, UnsupportedError
from .._http.shapes import Object
from .._http.transport import Transport
from .._login.auth import auth_of
from .._login.calls import is_active, userinfo
from .._login.shapes import GROUPS, PROVIDERS
from .._login.tokens import Tokens, jwt_claims, utc_text
from . import detect
from .any_list import all_rows
from .person import email_of
from .wire_shapes import AUDIT_PAGE, SERVER

#: The collection's name of a count -> its names in lists of models (V0-MODEL-LIST, V1-MODEL-LIST).
_COUNTS: Mapping[str, tuple[str, ...]] = {
    "threat_count": ("threat_count",),
    "diagram_count": ("diagram_count",),
    "document_count": ("document_count",),
    "source_count": ("source_count", "repo_count"),
    "asset_count": ("asset_count",),
    "note_count": ("note_count",),
}

#: The documents below ``/.well-known/`` (RFC 8414, RFC 9728, OpenID Connect Discovery).
WELL_KNOWN: Sequence[str] = (
    "openid-configuration",
    "oauth-authorization-server",
    "oauth-protected-resource",
    "jwks.json",
)
_DOCUMENT = Object("document", {})
_GROUP_MEMBERS = ("name", "display_name", "used_in_authorizations")

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


def token(transport: Transport, verify: bool = False) -> dict[str, Any]:
    """Return claims and times of the current access token, never the token; the only request is a login if needed.

    ``verify``: the server is asked for ``active``, which takes a request. ``expires_in``: seconds left, negative after
    the end, None if it is not known.
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
        **({"active": is_active(transport, text)} if verify else {}),
    }


def well_known(transport: Transport, names: Sequence[str] = WELL_KNOWN) -> list[dict[str, Any]]:
    """Return the public documents of the server below ``/.well-known/`` (no login), without those that it lacks."""
    found = []
    for name in names:
        path = "/.well-known/" + name
        with contextlib.suppress(MissingError, AuthenticationError):  # API v0 answers 401 for unknown paths
            answer = transport.request("GET", path, authenticated=False, what="document", shape=_DOCUMENT)
            found.append({"name": name, "path": path, "document": answer.data})
    return found


def provider_groups(transport: Transport) -> list[dict[str, Any]]:
    """Return the groups of all identity providers that the server has seen. Raises UnsupportedError on API v0."""
    found = []
    for provider in providers(transport):
        path = "/oauth2/providers/%s/groups" % quote(str(provider["id"]), safe="")
        try:
            data = transport.request("GET", path, what="groups", shape=GROUPS).data
        except MissingError:
            raise UnsupportedError("this server has no list of the groups of its providers") from None
        rows = data.get("groups") or []
        found += [{"provider": provider["id"], **{n: row.get(n) for n in _GROUP_MEMBERS}} for row in rows]
    return found


def audit_trail(transport: Transport, model_id: str) -> list[dict[str, Any]]:
    """Return all entries of the audit trail of a model and the objects in it, in our words (API v1)."""
    path = "/threat_models/%s/audit_trail" % model_id

    def read(query: Mapping[str, Any]) -> Any:
        return transport.request("GET", path, params=query, what="audit trail", role="reader", shape=AUDIT_PAGE).data

    return [_audit_entry(row) for row in all_rows(read, {}, "GET %s" % path)]


def newest_audit_entries(transport: Transport, model_id: str, limit: int) -> list[dict[str, Any]]:
    """Return the newest entries of the audit trail of a model and the objects in it, at most 100, the newest first."""
    path = "/threat_models/%s/audit_trail" % model_id
    query = {"limit": limit}
    answer = transport.request("GET", path, params=query, what="audit trail", role="reader", shape=AUDIT_PAGE).data
    return [_audit_entry(row) for row in answer.get("audit_entries") or ()]


def _audit_entry(wire: Mapping[str, Any]) -> dict[str, Any]:
    kind = wire.get("object_type")
    found = {
        **{name: wire.get(name) for name in ("id", "threat_model_id", "object_id", "version", "created_at")},
        "object_type": "source" if kind == "repository" else kind,
        "change": wire.get("change_type"),
        "summary": wire.get("change_summary"),
        "actor": email_of(wire.get("actor")) or None,
    }
    return {name: value for name, value in found.items() if value is not None}


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
