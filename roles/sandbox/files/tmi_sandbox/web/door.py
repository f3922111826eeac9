# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask at all, looked at before anything of a request is read.

Whoever reaches this server can log in under any name. A page in a browser of the same machine reaches it, too, and must
not get a token. So a request must name the server by a name that no foreign domain can have: that of an attacker may
lead to 127.0.0.1, which is called DNS rebinding. Logins and test controls are nothing for pages of other sites.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from aiohttp import web

CONTROLS = "/_test"
#: Addresses to listen on that are no address of anybody.
ANYWHERE = ("", "0.0.0.0", "::")
#: What browsers say of requests that no page of another site has made (Fetch Metadata).
OWN_SITES = ("none", "same-origin")


class Door:
    """Takes requests for loopback names, the address that the server listens on, and the names in `allowed`."""

    def __init__(self, host: str, allowed: Iterable[str] = ()) -> None:
        names = (name.strip().strip("[]").rstrip(".").lower() for name in (host, *allowed))
        self._names = {name for name in names if name not in ANYWHERE}

    def refusal(self, request: web.BaseRequest, path: str) -> tuple[int, str] | None:
        """Return status and reason where a request is turned away, None where it may pass."""
        headers = request.headers
        if len(headers.getall("Host", ())) != 1 or not self._is_known("//" + headers["Host"]):
            return 421, (
                "this server does not answer for that host; allow the name with --allow-host "
                "(role sandbox: tmi_sandbox_allowed_hosts)"
            )
        if is_below(path, CONTROLS):
            return self._refusal_of_controls(request)
        if is_below(path, "/oauth2") and not self._is_own(headers):
            return 403, "pages of other sites cannot log in here"
        return None

    def _refusal_of_controls(self, request: web.BaseRequest) -> tuple[int, str] | None:
        if not is_loopback(request.remote or ""):
            return 403, "test controls can be used from the same machine only"
        if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITES:
            return 403, "test controls are nothing for pages in a browser"
        if request.body_exists and request.content_type != "application/json":
            return 415, "test controls take bodies of type application/json only"
        return None

    def _is_own(self, headers: Mapping[str, str]) -> bool:
        """Tell whether no page of another site asks; that a page leads a person to the login is all right."""
        if "Origin" in headers and not self._is_known(headers["Origin"]):
            return False
        return headers.get("Sec-Fetch-Mode", "navigate") == "navigate" or self._is_near(headers)

    @staticmethod
    def _is_near(headers: Mapping[str, str]) -> bool:
        return headers.get("Sec-Fetch-Site", "none") != "cross-site"

    def _is_known(self, address: str) -> bool:
        try:
            parts = urlsplit(address)
            name, _port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.path or parts.query or parts.fragment:
            return False
        return name in self._names or is_loopback(name)


def is_below(path: str, folder: str) -> bool:
    """Tell whether a path is a folder, or in it."""
    return path == folder or path.startswith(folder + "/")


def is_loopback(name: str) -> bool:
    """Tell whether a name or address can only be this machine (RFC 6761, section 6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
