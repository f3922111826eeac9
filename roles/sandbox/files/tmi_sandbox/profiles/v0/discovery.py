# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root and discovery documents (V0-ROOT, V0-OAUTH)."""

from __future__ import annotations

from ...web.rest import Answer, Call, Route

PAGE = (
    "<!DOCTYPE html><html><head><title>TMI</title></head><body><h1>TMI</h1><p>The server is running.</p></body></html>"
)
SPECIFICATION = "https://github.com/ericfitz/tmi/blob/main/docs/reference/apis/tmi-openapi.json"


def root(call: Call) -> Answer:
    """Return the state of the service, as a page for browsers."""
    if "text/html" in call.headers.get("Accept", ""):
        return Answer(200, PAGE, content_type="text/html")
    return Answer(
        200,
        {
            "api": {"specification": SPECIFICATION, "version": "0.99.1"},
            "operator": {"contact": "", "name": ""},
            "service": {"build": "0.60.0-sandbox", "name": "TMI"},
            "status": {"code": "OK", "time": call.sandbox.clock.stamp()},
        },
    )


def _metadata(call: Call) -> dict[str, object]:
    base = call.base_url()
    return {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "token_endpoint": f"{base}/oauth2/token",
        "introspection_endpoint": f"{base}/oauth2/introspect",
        "revocation_endpoint": f"{base}/oauth2/revoke",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": ["openid", "profile", "email"],
        "token_endpoint_auth_methods_supported": ["none"],
    }


def authorization_server(call: Call) -> Answer:
    """Return OAuth 2.0 authorization server metadata."""
    return Answer(200, _metadata(call))


def openid_configuration(call: Call) -> Answer:
    """Return OpenID Connect discovery metadata."""
    return Answer(
        200,
        {
            **_metadata(call),
            "userinfo_endpoint": call.base_url() + "/oauth2/userinfo",
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["HS256"],
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "email", "name"],
        },
    )


def jwks(call: Call) -> Answer:
    """Return no keys: tokens are signed with HS256."""
    return Answer(200, {"keys": []})


ROUTES = [
    Route("GET", "/", root, public=True),
    Route("GET", "/.well-known/openid-configuration", openid_configuration, public=True),
    Route("GET", "/.well-known/oauth-authorization-server", authorization_server, public=True),
    Route("GET", "/.well-known/jwks.json", jwks, public=True),
]
