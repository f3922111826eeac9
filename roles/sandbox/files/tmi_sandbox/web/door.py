# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of hosts and origins, before anything else of a request is read.

Any client that reaches this server can log in under any name. A page in a browser of the same machine reaches it too,
but must not get a token. So a request must use a host name that no foreign domain can have, because the name of an
attacker may resolve to 127.0.0.1 (DNS rebinding). Pages of other sites cannot use logins and test controls.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from aiohttp import web

CONTROLS = "/_test"
#: Addresses to listen on that are not the address of a host.
ANYWHERE = ("", "0.0.0.0", "::")
#: Header values of browsers for requests that do not come from a page of another site (Fetch Metadata).
OWN_SITES = ("none", "same-origin")


class Door:
    """Accepts requests for loopback names, the address that the server listens on, and the names in `allowed`."""

    def __init__(self, host: str, allowed: Iterable[str] = ()) -> None:
        names = (name.strip().strip("[]").rstrip(".").lower() for name in (host, *allowed))
        self._names = {name for name in names if name not in ANYWHERE}

    def refusal(self, request: web.BaseRequest, path: str) -> tuple[int, str] | None:
        """Return status and reason if a request is refused, None if it is accepted."""
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
        """Return whether the request does not come from a page of another site. A link to the login is accepted."""
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
    """Return whether a path is a folder or in it."""
    return path == folder or path.startswith(folder + "/")


def is_loopback(name: str) -> bool:
    """Return whether a name or address can only mean this machine (RFC 6761, section 6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
