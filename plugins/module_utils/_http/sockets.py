# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Opens WebSockets: address, proxy, TLS and handshake, with the settings of the HTTP requests and one deadline.

websocket-client is not used for this: it gives each read its own time-out, reads headers and bodies of any size, keeps
cookies for all connections of the process, and its exceptions hold the address, which has a token or ticket in it.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import importlib
import os
import socket
import ssl
import time
from typing import Any, Mapping
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

from .._errors import InputError
from .._failures import MISSING_LIBRARY
from .._options import Settings
from . import connection, tls
from .frames import BROKEN, ConnectionLost, HandshakeRefused, reason
from .timed_socket import TimedSocket

#: The text that is appended to the client's key (RFC 6455, section 1.3).
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}


def url(settings: Settings, path: str, params: Any = None) -> str:
    """Return the ``ws(s)`` URL for a path, or for a URL from the server; the host of that URL is ignored."""
    given = urlsplit(path)
    prefix = urlsplit(settings.url).path
    if given.netloc and prefix and given.path.startswith(prefix + "/"):
        given = given._replace(path=given.path[len(prefix) :])
    query = "&".join(part for part in (given.query, urlencode(params or {})) if part)
    return "ws%s%s%s" % (settings.url[len("http") :], given.path, "?" + query if query else "")


def open_socket(settings: Settings, path: str, params: Any, seconds: float) -> TimedSocket:
    """Connect and do the handshake, all within ``seconds``; afterwards the connection carries frames.

    ``path`` and ``params`` as for :func:`url`. Raises ``ConnectionLost`` if another try may help, ``HandshakeRefused``
    for an answer other than 101, and ``InputError`` for a proxy that cannot carry WebSockets.
    """
    address = urlsplit(url(settings, path, params))
    ends = time.monotonic() + seconds
    way = _Way(settings, ends)
    words = ""
    try:
        sock = TimedSocket(way.to_server(), ends - time.monotonic())
        try:
            _shake_hands(sock, address)
            return sock
        except BaseException:
            sock.close()
            raise
    except ssl.SSLError as error:
        words = tls.tls_reason(error, address.netloc)
    except http.client.HTTPException:
        words = "the answer to the handshake is no HTTP"
    except (OSError, ValueError) as error:  # ValueError: a label of the host name has more than 63 characters
        words = reason(error)
    # Raised outside of ``except``: inside, it would keep the other exception, which may hold the address.
    raise ConnectionLost(BROKEN, "no WebSocket connection: %s" % words)


class _Way:
    """The connection to the server; ``ends`` is the deadline by ``time.monotonic``."""

    def __init__(self, settings: Settings, ends: float) -> None:
        self._settings = settings
        self._ends = ends
        self._server = urlsplit(settings.url)
        proxies = connection.proxies(settings)
        self._proxy = urlsplit(proxies.get(self._server.scheme) or proxies.get("all", ""))

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        return min(left, self._settings.connect_timeout)

    def to_server(self) -> Any:
        """Return a connected socket, with TLS if ``url`` begins with https."""
        host, port = _place(self._server)
        if not self._proxy.hostname:
            sock = self._tcp(host, port)
        elif self._proxy.scheme.startswith("socks"):
            sock = self._through_socks(host, port)
        elif self._proxy.scheme == "https":
            raise InputError("a WebSocket cannot go through a proxy that speaks TLS; give one with http://", "proxy")
        else:
            sock = self._tcp(*_place(self._proxy))
        try:
            if self._proxy.scheme == "http":
                self._tunnel(TimedSocket(sock, self._left()), host, port)
            if self._server.scheme == "https":
                sock.settimeout(self._left())  # for the whole TLS handshake
                sock = tls.tls_context(self._settings).wrap_socket(sock, server_hostname=host)
            return sock
        except BaseException:
            sock.close()
            raise

    def _tcp(self, host: str, port: int) -> socket.socket:
        """Connect to the first address of the host that answers; ``socket.create_connection`` has no total time-out."""
        failure = OSError("the name has no address")
        for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(self._left())
                sock.connect(address)
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return sock
            except OSError as error:
                sock.close()
                failure = error
        raise failure

    def _through_socks(self, host: str, port: int) -> Any:
        try:
            socks: Any = importlib.import_module("socks")  # PySocks, which requests uses too
        except ImportError:
            words = "a SOCKS proxy needs the Python library PySocks: pip install requests[socks]"
            raise InputError(words, code=MISSING_LIBRARY) from None
        proxy_host, proxy_port = _place(self._proxy)
        return socks.create_connection(
            (host, port),
            timeout=self._left(),
            proxy_type=socks.SOCKS5,
            proxy_addr=proxy_host,
            proxy_port=proxy_port,
            proxy_rdns=self._proxy.scheme == "socks5h",
            proxy_username=unquote(self._proxy.username or "") or None,
            proxy_password=unquote(self._proxy.password or "") or None,
        )

    def _tunnel(self, sock: TimedSocket, host: str, port: int) -> None:
        where = "%s:%d" % (_bracketed(host), port)
        headers = {"Host": where}
        if self._proxy.username:
            login = "%s:%s" % (unquote(self._proxy.username), unquote(self._proxy.password or ""))
            headers["Proxy-Authorization"] = "Basic " + base64.b64encode(login.encode()).decode()
        answer = _ask(sock, "CONNECT", where, headers)
        if answer.status != 200:
            raise ConnectionError(0, "the proxy answered CONNECT with %d" % answer.status)


def _place(address: SplitResult) -> tuple[str, int]:
    return address.hostname or "", address.port or _PORTS.get(address.scheme, 80)


def _bracketed(host: str) -> str:
    return "[%s]" % host if ":" in host else host


def _shake_hands(sock: TimedSocket, address: SplitResult) -> None:
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {
        "Host": address.netloc.encode("idna").decode(),
        "User-Agent": connection.HEADERS["User-Agent"],
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    }
    answer = _ask(sock, "GET", "%s?%s" % (quote(address.path, safe="/%:@!$&'()*+,;=~"), address.query), headers)
    if answer.status != 101:
        raise HandshakeRefused(answer.status)
    proof = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()
    if answer.headers.get("Sec-WebSocket-Accept", "").strip() != proof:
        raise ConnectionError(0, "the answer to the handshake does not come from a WebSocket server")


def _ask(sock: TimedSocket, method: str, target: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
    """Send a request without a body and return the head of the answer; no byte after it is read."""
    lines = ["%s %s HTTP/1.1" % (method, target), *("%s: %s" % header for header in headers.items()), "", ""]
    sock.sendall("\r\n".join(lines).encode())
    answer = http.client.HTTPResponse(sock, method=method)  # type: ignore[arg-type]
    answer.begin()
    return answer
