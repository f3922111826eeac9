# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One line for each request of a run, for ``-vvv``.

No line shows a header or a body. Of a query only values that cannot be secret are shown, of a message in a session only
its type.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Callable, Iterator, Optional, Union
from urllib.parse import parse_qsl

from .addresses import parts_of
from .frame_text import objects
from .frames import ConnectionLost, HandshakeRefused, Pong, Socket

if TYPE_CHECKING:
    from .connection import RawResponse
    from .network_errors import Failure
    from .request import Request

#: Members of a query with values that are shown: numbers, flags and times.
_SHOWN = ("limit", "offset", "include_deleted", "modified_after")
_HIDDEN = "********"
_LONGEST_ID = 100
_TYPE = re.compile(r"[\w.-]{1,60}", re.ASCII)


class RequestLog:
    """Writes a line for each request, of all threads.

    ``write_line`` gets one line at a time, ``censor`` returns a line without the secrets of the run.
    """

    def __init__(self, write_line: Callable[[str], None], censor: Callable[[str], str]) -> None:
        self._write_line = write_line
        self._censor = censor

    def answered(self, request: Request, raw: RawResponse, seconds: float) -> None:
        """Log a request that got any answer."""
        words = "%s: %d, %s, %d bytes" % (_asked(request), raw.status, _spelled(seconds), len(raw.body))
        request_id = raw.headers.get("X-Request-Id", "")
        if request_id:
            words += ", request id %s" % _printable(request_id)
        self._log(words)

    def failed(self, request: Request, failure: Failure, seconds: float) -> None:
        """Log a request without a complete answer."""
        self._log("%s: no answer, %s: %s" % (_asked(request), _spelled(seconds), failure))

    def waits(self, request: Request, seconds: float, everybody: bool = False) -> None:
        """Log the wait before a request is sent again."""
        who = ", and no other request is sent before" if everybody else ""
        self._log("%s: again (try %d) after a wait of %.1f s%s" % (_asked(request), request.budget.tries, seconds, who))

    def renewed(self, request: Request) -> None:
        """Log a request that is sent again with another token."""
        self._log("%s: again, with a new token" % _asked(request))

    def connected(self, path: str, connect: Callable[[], Socket]) -> Socket:
        """Return the connection from ``connect``; log its handshake and its messages. Raises the same."""
        call = "WebSocket %s" % _shown_path(path)
        start = time.monotonic()
        try:
            found = connect()
        except HandshakeRefused as error:
            self._log("%s: %d, %s" % (call, error.status, _spelled(time.monotonic() - start)))
            raise
        except ConnectionLost as error:
            self._log("%s: no answer, %s: %s" % (call, _spelled(time.monotonic() - start), error))
            raise
        self._log("%s: 101, %s" % (call, _spelled(time.monotonic() - start)))
        return _Watched(found, lambda words: self._log("%s: %s" % (call, words)))

    def _log(self, line: str) -> None:
        self._write_line(self._censor(line))


class _Watched:
    """A ``Socket`` that logs the direction, type and size of each message."""

    def __init__(self, socket: Socket, log: Callable[[str], None]) -> None:
        self._socket = socket
        self._log = log

    def send(self, text: str) -> None:
        self._log("sends %s" % _message(text))
        self._socket.send(text)

    def ping(self, mark: bytes) -> None:
        self._log("sends ping")
        self._socket.ping(mark)

    def receive(self, seconds: float) -> Union[str, Pong, None]:
        try:
            frame = self._socket.receive(seconds)
        except ConnectionLost as cut:
            self._log("is gone: %s" % cut)
            raise
        if isinstance(frame, Pong):
            self._log("got pong")
        elif frame:
            self._log("got %s" % _message(frame))
        return frame

    def close(self) -> None:
        self._log("is closed")
        self._socket.close()


def _asked(request: Request) -> str:
    """Return the method and the full path of a request, with the part of the query that may be shown."""
    address = parts_of(request.url)
    given = request.params.items() if hasattr(request.params, "items") else request.params or ()
    query = ["%s=%s" % (name, _value(name, value)) for name, value in (*_pairs(address.query), *given)]
    return "%s %s" % (
        request.call.method,
        _printable(address.path or "/", None) + ("?" + "&".join(query) if query else ""),
    )


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    """Yield the members of a query. A member without a name is hidden completely."""
    for name, value in parse_qsl(query, keep_blank_values=True):
        yield (name, value) if value else (_HIDDEN, "")


def _value(name: Any, value: Any) -> str:
    return _printable(str(value)) if name in _SHOWN else _HIDDEN


def _shown_path(path: str) -> str:
    """Return the path of an address, which may come from a server, without its query."""
    return _printable(parts_of(path).path, None)


def _message(text: str) -> str:
    try:
        kinds = [str(message.get("message_type")) for message in objects(text)]
    except ConnectionLost:
        kinds = []
    shown = [kind if _TYPE.fullmatch(kind) else "message of an unknown type" for kind in kinds]
    return "%s, %d bytes" % (" + ".join(shown) or "something that is no message", len(text.encode("utf-8", "replace")))


def _printable(text: str, most: Optional[int] = _LONGEST_ID) -> str:
    """Return a text of a server as one line without control characters for a terminal."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:most]


def _spelled(seconds: float) -> str:
    return "%d ms" % round(1000 * seconds)
