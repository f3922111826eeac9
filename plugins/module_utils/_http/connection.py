# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One HTTP exchange: persistent ``requests`` connection, TLS, proxy, one deadline. Knows no retries and no statuses.

Requests use an adapter of ``requests`` without its session. The session would cost a tenth of the time, and would add
cookies (API 1.x sets some), hooks, redirects and ~/.netrc, none of which is wanted here.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import sys
import threading
import time
from typing import Any, Mapping, NamedTuple, Optional

from .._errors import TmiError
from .._failures import CONNECTION_LOST, MISSING_LIBRARY, WRONG_ANSWER
from .._options import Settings, is_loopback
from . import addresses, tls
from .network_errors import Failure, failure_of

try:
    import requests
    import requests.adapters
    import urllib3
except ImportError:
    MISSING = "requests"
else:
    MISSING = ""

SIZE_LIMIT = 64 * 1024 * 1024
"""Most bytes of an answer; the largest real ones have a few MB."""


class RawResponse(NamedTuple):
    """A whole answer."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


def check_library() -> None:
    """Raise TmiError if the library is missing; the message says what to install."""
    if MISSING:
        raise TmiError(
            "The Python library %s is missing. Install it for the interpreter that runs this task: %s -m pip install %s"
            % (MISSING, sys.executable or "python3", MISSING),
            MISSING_LIBRARY,
        )


# --- the running request -------------------------------------------------------------------------

_exchange = threading.local()
"""The running request of this thread: its deadline ``ends``, and whether a part of it ``was_sent``."""


class _TimedReader(io.RawIOBase):
    """Reads a socket until the deadline of the running request; time-outs of ``requests`` limit single reads only."""

    def __init__(self, raw: Any, sock: Any) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        left = _exchange.ends - time.monotonic()
        if left <= 0:
            raise socket.timeout("total time of the request")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(_TimedReader(self.fp.detach(), sock))


if not MISSING:

    class _Watched(http.client.HTTPConnection):
        """Notes whether sending has begun. If the connection fails before, the server cannot have acted.

        The libraries do not show this: they raise the same ``ProxyError`` if a proxy was not reached, and if it hung up
        after it had passed the request on.
        """

        _is_connecting = False

        def connect(self) -> None:
            self._is_connecting = True
            try:
                super().connect()
            finally:
                self._is_connecting = False

        def send(self, data: Any) -> None:
            if self.sock is None and not self._is_connecting:
                self.connect()
            _exchange.was_sent = _exchange.was_sent or not self._is_connecting  # CONNECT is for the proxy alone
            super().send(data)

    class _Connection(_Watched, urllib3.connection.HTTPConnection):
        response_class = _TimedResponse

    class _TlsConnection(_Watched, urllib3.connection.HTTPSConnection):
        response_class = _TimedResponse

    class _Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = _Connection

    class _TlsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = _TlsConnection

    class _Adapter(requests.adapters.HTTPAdapter):
        """Uses the TLS context of the process; ``requests`` would read the CA bundle again for each connection."""

        def __init__(self, context: Optional[ssl.SSLContext]) -> None:
            self._context = context
            self._pool: Any = None
            super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            if self._context:
                kwargs["ssl_context"] = self._context
            super().init_poolmanager(*args, **kwargs)
            self._use_deadline(self.poolmanager)

        def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
            """Look up the pool once: the adapter has one server (``requests`` before 2.32 uses another method)."""
            if self._pool is None:
                self._pool = super().get_connection_with_tls_context(*args, **kwargs)
            return self._pool

        def proxy_manager_for(self, proxy: Any, **kwargs: Any) -> Any:
            if self._context:
                kwargs["ssl_context"] = self._context
                kwargs["proxy_ssl_context"] = self._context
            manager = super().proxy_manager_for(proxy, **kwargs)
            if not proxy.lower().startswith("socks"):
                self._use_deadline(manager)
            return manager

        def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
            conn.cert_reqs = "CERT_REQUIRED" if verify else "CERT_NONE"

        @staticmethod
        def _use_deadline(manager: Any) -> None:
            manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


# --- the session --------------------------------------------------------------------------------


#: The exceptions of the libraries. Some parsers raise ``ValueError`` for an answer that is not HTTP.
_ERRORS: tuple[Any, ...] = (OSError, ValueError, http.client.HTTPException)
if not MISSING:
    _ERRORS += (requests.RequestException, urllib3.exceptions.HTTPError)

HEADERS = {"User-Agent": "tmi.tmi (Ansible)", "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}


class Connection:
    """Persistent connections for one thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._adapter = _Adapter(tls.tls_context(settings) if uses_tls(settings) else None)
        self._proxies = proxies(settings)
        self._is_socks = any(proxy.lower().startswith("socks") for proxy in self._proxies.values())
        if not settings.validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def exchange(
        self,
        method: str,
        url: str,
        params: Any = None,
        body: Optional[bytes] = None,
        headers: Optional[dict[str, str]] = None,
    ) -> RawResponse:
        """Send a request and return the whole answer, or raise ``Failure``. Redirects are not followed."""
        total = self._settings.timeout
        _exchange.ends, _exchange.was_sent = time.monotonic() + total, None if self._is_socks else False
        try:
            request = requests.PreparedRequest()
            request.prepare_method(method)
            request.prepare_url(url, params)
            request.prepare_headers({**HEADERS, **(headers or {})})
            request.prepare_body(body, None)
            answer = self._adapter.send(
                request,
                stream=True,
                timeout=(min(self._settings.connect_timeout, total), total),
                verify=self._settings.validate_certs,
                proxies=self._proxies,
            )
            with answer:
                return RawResponse(answer.status_code, answer.reason or "", answer.headers, self._body(answer))
        except _ERRORS as error:
            raise failure_of(error, self._settings, _exchange.was_sent) from None

    @staticmethod
    def _body(answer: requests.Response) -> bytes:
        parts, size = [], 0
        for part in answer.iter_content(65536):
            parts.append(part)
            size += len(part)
            if size > SIZE_LIMIT:
                raise Failure("too_big", "the answer is larger than %d MiB" % (SIZE_LIMIT >> 20), WRONG_ANSWER)
        promised = _length(answer.headers.get("Content-Length", ""))
        plain = not answer.headers.get("Content-Encoding") and answer.request.method != "HEAD"
        # urllib3 1.x does not check this.
        if plain and size < promised and answer.status_code not in (204, 304):
            words = "the answer broke off after %d of %d bytes" % (size, promised)
            raise Failure("truncated", words, CONNECTION_LOST)
        return b"".join(parts)

    def close(self) -> None:
        self._adapter.close()


def uses_tls(settings: Settings) -> bool:
    """Whether a TLS context is needed: for the server, or for a proxy with an https address."""
    return settings.url.startswith("https") or any(url.startswith("https") for url in proxies(settings).values())


def proxies(settings: Settings) -> dict[str, str]:
    """Return the proxies by scheme: the option, else those of the environment (``no_proxy`` honoured)."""
    if settings.proxy:
        return {"http": settings.proxy, "https": settings.proxy}
    return dict(requests.utils.get_environ_proxies(settings.url, no_proxy=None))


def is_exposed(settings: Settings) -> bool:
    """Whether requests can be read on the way: they go without TLS to another machine, at least to a proxy."""
    if settings.is_exposed or not settings.url.startswith("http:"):
        return settings.is_exposed
    found = proxies(settings)
    proxy = found.get("http") or found.get("all", "")
    host = addresses.parts_of(proxy if "://" in proxy else "http://" + proxy).hostname or ""
    return bool(host) and not is_loopback(host)


def _length(promised: str) -> int:
    """Return the length that an answer promises, 0 if there is none or it is invalid."""
    text = promised.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
