# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Where and how to open a WebSocket, with the settings of the HTTP requests."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from .._options import Settings
from . import connection, tls


def url(settings: Settings, path: str, params: Any = None) -> str:
    """Return the ``ws(s)`` URL for a path, or for a URL that the server gave, whose host does not count."""
    given = urlsplit(path)
    prefix = urlsplit(settings.url).path
    if given.netloc and prefix and given.path.startswith(prefix + "/"):
        given = given._replace(path=given.path[len(prefix) :])
    query = "&".join(part for part in (given.query, urlencode(params or {})) if part)
    return "ws%s%s%s" % (settings.url[len("http") :], given.path, "?" + query if query else "")


def options(settings: Settings) -> dict[str, Any]:
    """Return the arguments of ``websocket.create_connection``: time-out, TLS and proxy as for requests."""
    found: dict[str, Any] = {"timeout": settings.timeout, "suppress_origin": True}
    secure = settings.url.startswith("https")
    if secure:
        found["sslopt"] = {"context": tls.tls_context(settings)}
    proxies = connection.proxies(settings)
    proxy = urlsplit(proxies.get("https" if secure else "http") or proxies.get("all", ""))
    if proxy.hostname:
        found["http_proxy_host"] = proxy.hostname
        found["http_proxy_port"] = proxy.port or (443 if proxy.scheme == "https" else 80)
        found["proxy_type"] = proxy.scheme if proxy.scheme.startswith("socks") else "http"
        if proxy.username:
            found["http_proxy_auth"] = (unquote(proxy.username), unquote(proxy.password or ""))
    else:
        # Else the library would look into the environment itself.
        found["http_no_proxy"] = ["*"]
    return found
