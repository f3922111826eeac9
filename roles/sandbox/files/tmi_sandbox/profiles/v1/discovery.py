# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root, discovery documents and the public configuration (V1-ROOT)."""

from __future__ import annotations

from ...web.rest import Answer, Call, Route

VERSION = "1.8.22"
PAGE = (
    "<!DOCTYPE html><html><head><title>TMI</title></head><body><h1>TMI</h1><p>The server is running.</p></body></html>"
)
SPECIFICATION = "https://github.com/ericfitz/tmi/blob/main/api-schema/tmi-openapi.json"
SCOPES = ["openid", "profile", "email"]
CONFIGURATION = {
    "features": {
        "saml_enabled": False,
        "timmy_enabled": False,
        "webhooks_enabled": True,
        "websocket_enabled": True,
    },
    "limits": {"max_diagram_participants": 10, "max_file_upload_mb": 10},
    "operator": {},
    "ui": {"default_theme": "auto"},
    "content_providers": [{"icon": "fa-solid fa-globe", "id": "http", "kind": "direct", "name": "HTTP"}],
}


def root(call: Call) -> Answer:
    """Return the state of the service, as a page for browsers."""
    if "text/html" in call.headers.get("Accept", ""):
        return Answer(200, PAGE, content_type="text/html")
    return Answer(
        200,
        {
            "status": {"code": "ok", "time": call.sandbox.clock.stamp()},
            "service": {"name": "TMI", "build": f"{VERSION}-development"},
            "api": {"version": VERSION, "specification": SPECIFICATION},
        },
    )


def configuration(call: Call) -> Answer:
    """Return the public configuration of the server."""
    return Answer(200, CONFIGURATION)


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
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": SCOPES,
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    }


def authorization_server(call: Call) -> Answer:
    """Return OAuth 2.0 authorization server metadata."""
    return Answer(200, _metadata(call))


def openid_configuration(call: Call) -> Answer:
    """Return OpenID Connect discovery metadata."""
    person = ["email", "email_verified", "name", "given_name", "family_name", "picture", "locale"]
    return Answer(
        200,
        {
            **_metadata(call),
            "userinfo_endpoint": call.base_url() + "/oauth2/userinfo",
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["HS256"],
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", *person],
        },
    )


def protected_resource(call: Call) -> Answer:
    """Return OAuth 2.0 protected resource metadata."""
    base = call.base_url()
    return Answer(
        200,
        {
            "resource": base,
            "authorization_servers": [base],
            "jwks_uri": f"{base}/.well-known/jwks.json",
            "scopes_supported": SCOPES,
            "bearer_methods_supported": ["header"],
            "resource_name": "TMI (Threat Modeling Improved) API",
            "resource_documentation": "https://github.com/ericfitz/tmi",
            "tls_client_certificate_bound_access_tokens": False,
        },
    )


def jwks(call: Call) -> Answer:
    """Return no keys: tokens are signed with HS256."""
    return Answer(200, {"keys": []})


ROUTES = [
    Route("GET", "/", root, public=True),
    Route("GET", "/config", configuration, public=True),
    Route("GET", "/.well-known/openid-configuration", openid_configuration, public=True),
    Route("GET", "/.well-known/oauth-authorization-server", authorization_server, public=True),
    Route("GET", "/.well-known/oauth-protected-resource", protected_resource, public=True),
    Route("GET", "/.well-known/jwks.json", jwks, public=True),
]
