# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Shapes of the answers to logins, in all generations (V0-OAUTH, V1-TOKENS)."""

from __future__ import annotations

from .._http.shapes import FLAG, Listed, Object, texts

PROVIDERS = Object(
    "list of providers",
    {
        "providers": Listed(
            "list of providers",
            Object(
                "provider",
                texts("id", "name", "icon", "auth_url", "token_url", "redirect_uri", "client_id"),
                ("id",),
            ),
        )
    },
)
INTROSPECTION = Object("answer about a token", {"active": FLAG}, ("active",))
GROUPS = Object(
    "list of groups",
    {
        "groups": Listed(
            "list of groups", Object("group", {**texts("name", "display_name"), "used_in_authorizations": FLAG})
        )
    },
)
USER = Object(
    "user",
    texts("id", "sub", "email", "name", "display_name", "provider", "provider_id", "idp"),
)
