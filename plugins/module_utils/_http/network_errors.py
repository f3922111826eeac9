# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Turns exceptions of the HTTP libraries into words for users. Their own texts are not used: they quote URLs."""

from __future__ import annotations

import errno
import http.client
import re
import socket
import ssl
from typing import Any, Iterator, Optional, Sequence

from .. import _failures
from .._options import Settings
from . import tls

try:
    import requests
    import urllib3
except ImportError:
    pass  # connection.check_library reports it

#: The text of the standard library if a proxy refuses a tunnel.
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d{3})\b")


class Failure(Exception):
    """There was no complete answer. ``str`` is one clause without secrets.

    Nothing was sent, so the server certainly did not act, if ``kind`` is ``unreached`` (no connection), ``tls`` (wrong
    certificate or no TLS) or ``refused`` (a setting that cannot work). The server may have acted if it is ``lost``
    (connection broke), ``timeout``, ``truncated`` or ``too_big``. ``code`` is the code of the result
    (``_failures.CODES``).
    """

    def __init__(self, kind: str, message: str, code: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code


def failure_of(error: Exception, settings: Settings, was_sent: Optional[bool]) -> Failure:
    """Turn an exception of the libraries into a ``Failure``.

    ``was_sent``: whether sending had begun; then the server was reached, whatever the libraries call the failure. None
    if this is not known (SOCKS).
    """
    causes = list(_causes(error))
    if was_sent is None:
        shown = urllib3.exceptions
        nowhere = (shown.NewConnectionError, shown.ConnectTimeoutError, requests.exceptions.InvalidSchema)
        was_sent = not _has(causes, *nowhere) and not _cannot_be_written(causes)
    return _after_sending(causes, settings) if was_sent else _before_sending(causes, settings)


def _before_sending(causes: list[BaseException], settings: Settings) -> Failure:
    shown = urllib3.exceptions
    where = settings.url.partition("://")[2].partition("/")[0]
    if _has(causes, requests.exceptions.InvalidSchema):
        words = "a SOCKS proxy needs the Python library PySocks: pip install requests[socks]"
        return Failure("refused", words, _failures.MISSING_LIBRARY)
    status = _tunnel_status(causes)
    if status:
        words = "the proxy answered %d in place of a tunnel to %s (option proxy, HTTPS_PROXY)" % (status, where)
        if status == 407:
            words += "; give its user and password as http://user:password@host:port"
        return Failure("unreached" if status >= 500 else "refused", words, _failures.PROXY)
    if _has(causes, shown.ProxyError):
        words = "the proxy cannot be reached or refuses (option proxy, HTTPS_PROXY): %s"
        return Failure("unreached", words % _os_reason(causes), _failures.PROXY)
    for cause in causes:
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
            return Failure("tls", tls.tls_reason(cause, where), _failures.TLS)
    if _cannot_be_written(causes):
        words = "the request cannot be written as HTTP; check the option url"
        return Failure("refused", words, _failures.INVALID_INPUT)
    late = (shown.ConnectTimeoutError, shown.ReadTimeoutError, socket.timeout, TimeoutError)
    if _has(causes, *late) and not _has(causes, shown.NewConnectionError):
        words = "no connection to %s within %g s (option connect_timeout)"
        return Failure("unreached", words % (where, settings.connect_timeout), _failures.TIMEOUT)
    return Failure("unreached", "cannot connect to %s: %s" % (where, _os_reason(causes)), _code_of(causes))


def _after_sending(causes: list[BaseException], settings: Settings) -> Failure:
    shown = urllib3.exceptions
    if _has(causes, shown.ReadTimeoutError, socket.timeout, TimeoutError):
        words = "no whole answer within %g s (option timeout)" % settings.timeout
        return Failure("timeout", words, _failures.TIMEOUT)
    broken = requests.exceptions.ChunkedEncodingError
    if _has(causes, shown.IncompleteRead, http.client.IncompleteRead, shown.DecodeError, broken):
        return Failure("truncated", "the answer broke off", _failures.CONNECTION_LOST)
    return Failure("lost", "the connection broke: %s" % _os_reason(causes), _failures.CONNECTION_LOST)


def _cannot_be_written(causes: list[BaseException]) -> bool:
    """Whether the libraries could not encode the request."""
    shown = requests.exceptions
    return _has(causes, shown.InvalidURL, shown.InvalidHeader, urllib3.exceptions.LocationValueError, ValueError)


def _has(causes: list[BaseException], *kinds: Any) -> bool:
    return any(isinstance(cause, kinds) for cause in causes)


def _tunnel_status(causes: list[BaseException]) -> int:
    """Return the status with which a proxy refused a tunnel; 0 for any other failure."""
    for cause in causes:
        found = _TUNNEL_REFUSED.match(str(cause.args[0])) if isinstance(cause, OSError) and cause.args else None
        if found:
            return int(found.group(1))
    return 0


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and all errors in it; the libraries wrap them in ``args``, in ``reason`` and as cause."""
    queue, seen = [error], set()
    while queue:
        found = queue.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        inner = [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]
        queue.extend(item for item in inner if isinstance(item, BaseException))


def _os_reason(causes: list[BaseException]) -> str:
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return "the name is unknown (%s)" % (cause.strerror or "DNS")
    for cause in causes:
        if isinstance(cause, OSError) and cause.errno in errno.errorcode and isinstance(cause.strerror, str):
            return cause.strerror
    return "closed without an answer"


def _code_of(causes: Sequence[BaseException]) -> str:
    """Return the code for a failed connection, by the error of the system."""
    for cause in causes:
        if isinstance(cause, socket.gaierror):
            return _failures.NAME_UNKNOWN
    if any(isinstance(cause, OSError) and cause.errno == errno.ECONNREFUSED for cause in causes):
        return _failures.CONNECTION_REFUSED
    return _failures.UNREACHABLE
