# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One HTTP exchange: kept-alive ``requests`` connection, TLS, proxy, total deadline. Knows no retries, no statuses.

Requests go through an adapter of ``requests``. The session above it would add cookies (API 1.x answers with some),
hooks, redirects and ~/.netrc, none of which may happen here, and a tenth of the time.
"""

from __future__ import annotations

import errno
import http.client
import io
import socket
import ssl
import sys
import threading
import time
from typing import Any, Iterator, Mapping, NamedTuple, Optional

from .._errors import TmiError
from .._options import Settings
from . import tls

try:
    import requests
    import requests.adapters
    import urllib3
except ImportError:
    MISSING = "requests"
else:
    MISSING = ""

SIZE_LIMIT = 64 * 1024 * 1024
"""An answer of more bytes than this is refused; the largest real ones hold a few MB."""


class Raw(NamedTuple):
    """What came back."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes


class Failure(Exception):
    """No whole answer came. ``str`` is one clause without secrets.

    ``kind``: ``unreached`` (no connection: the server surely did not act), ``lost`` (connection broke), ``timeout``,
    ``truncated``, ``too_big``, ``tls`` (wrong certificate or no TLS; nothing was sent), ``refused`` (a setting that
    cannot work; nothing was sent).
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def check_library() -> None:
    """Raise the one message that tells what to install."""
    if MISSING:
        raise TmiError(
            "The Python library %s is missing. Install it for the interpreter that runs this task: %s -m pip install %s"
            % (MISSING, sys.executable or "python3", MISSING)
        )


# --- the total deadline -------------------------------------------------------------------------

_deadline = threading.local()


class _TimedReader(io.RawIOBase):
    """Reads a socket until the deadline of the running request: time-outs of ``requests`` hold for one read only."""

    def __init__(self, raw: Any, sock: Any) -> None:
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        left = _deadline.ends - time.monotonic()
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

    class _Connection(urllib3.connection.HTTPConnection):
        response_class = _TimedResponse

    class _TlsConnection(urllib3.connection.HTTPSConnection):
        response_class = _TimedResponse

    class _Pool(urllib3.HTTPConnectionPool):
        ConnectionCls = _Connection

    class _TlsPool(urllib3.HTTPSConnectionPool):
        ConnectionCls = _TlsConnection

    class _Adapter(requests.adapters.HTTPAdapter):
        """Uses the context of the process, where ``requests`` would read the CA bundle again for each connection."""

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
            """Look the pool up once: the adapter speaks to one server (``requests`` before 2.32 has another method)."""
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


HEADERS = {"User-Agent": "tmi.tmi (Ansible)", "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}


class Connection:
    """Kept-alive connections for use by one thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._adapter = _Adapter(tls.tls_context(settings) if uses_tls(settings) else None)
        self._proxies = proxies(settings)
        if not settings.validate_certs:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def exchange(
        self,
        method: str,
        url: str,
        params: Any = None,
        body: Optional[bytes] = None,
        headers: Optional[dict[str, str]] = None,
    ) -> Raw:
        """Send and return the whole answer, or raise ``Failure``. Redirects are answers like any other."""
        total = self._settings.timeout
        _deadline.ends = time.monotonic() + total
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
                return Raw(answer.status_code, answer.reason or "", answer.headers, self._body(answer))
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError) as error:
            raise _failure(error, self._settings) from None

    @staticmethod
    def _body(answer: requests.Response) -> bytes:
        parts, size = [], 0
        for part in answer.iter_content(65536):
            parts.append(part)
            size += len(part)
            if size > SIZE_LIMIT:
                raise Failure("too_big", "the answer is larger than %d MiB" % (SIZE_LIMIT >> 20))
        promised = answer.headers.get("Content-Length", "")
        plain = not answer.headers.get("Content-Encoding") and answer.request.method != "HEAD"
        # urllib3 1.x does not look.
        if plain and promised.isdigit() and size < int(promised) and answer.status_code not in (204, 304):
            raise Failure("truncated", "the answer broke off after %d of %s bytes" % (size, promised))
        return b"".join(parts)

    def close(self) -> None:
        self._adapter.close()


def uses_tls(settings: Settings) -> bool:
    """Tell whether a TLS context is needed: for the server or for a proxy that is spoken to over TLS."""
    return settings.url.startswith("https") or any(url.startswith("https") for url in proxies(settings).values())


def proxies(settings: Settings) -> dict[str, str]:
    """Return the proxies by scheme: the option, else those of the environment (``no_proxy`` honoured)."""
    if settings.proxy:
        return {"http": settings.proxy, "https": settings.proxy}
    return dict(requests.utils.get_environ_proxies(settings.url, no_proxy=None))


# --- what went wrong ----------------------------------------------------------------------------


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all that it wraps; the libraries wrap in ``args``, ``reason`` and as cause."""
    queue, seen = [error], set()
    while queue:
        found = queue.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        inner = [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]
        queue.extend(item for item in inner if isinstance(item, BaseException))


def _failure(error: Exception, settings: Settings) -> Failure:
    """Turn an exception of the libraries into a ``Failure``. Their texts are not used: they quote URLs with secrets."""
    causes = list(_causes(error))

    def has(*kinds: Any) -> bool:
        return any(isinstance(cause, kinds) for cause in causes)

    shown = urllib3.exceptions
    where = settings.url.partition("://")[2].partition("/")[0]
    if has(shown.ProxyError):
        words = "the proxy cannot be reached or refuses (option proxy, HTTPS_PROXY): %s"
        return Failure("unreached", words % _os_reason(causes))
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            return Failure("tls", tls.tls_reason(cause, where))
    if has(shown.ConnectTimeoutError) and not has(shown.NewConnectionError):
        words = "no connection to %s within %g s (option connect_timeout)"
        return Failure("unreached", words % (where, settings.connect_timeout))
    if has(shown.NewConnectionError, socket.gaierror):
        return Failure("unreached", "cannot connect to %s: %s" % (where, _os_reason(causes)))
    if has(shown.ReadTimeoutError, socket.timeout, TimeoutError):
        return Failure("timeout", "no whole answer within %g s (option timeout)" % settings.timeout)
    broken = requests.exceptions.ChunkedEncodingError
    if has(shown.IncompleteRead, http.client.IncompleteRead, shown.DecodeError, broken):
        return Failure("truncated", "the answer broke off")
    if has(requests.exceptions.InvalidSchema):
        return Failure("refused", "a SOCKS proxy needs the Python library PySocks: pip install requests[socks]")
    if has(requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError):
        return Failure("refused", "the request cannot be written as HTTP; check the option url")
    return Failure("lost", "the connection broke: %s" % _os_reason(causes))


def _os_reason(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "the name is unknown (%s)" % (cause.strerror or "DNS")
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in errno.errorcode and isinstance(cause.strerror, str):
            return cause.strerror
    return "closed without an answer"
