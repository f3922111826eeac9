# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Every request of a run, a line each, for ``-vvv``.

No line has a header or a body. Of a query only the values are shown that can hold no secret, and of a message in a
session its type.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Callable, Iterator, Optional, Union
from urllib.parse import parse_qsl

from .addresses import parts_of
from .frame_text import objects
from .frames import Cut, Pong, Refused, Socket

if TYPE_CHECKING:
    from .connection import Raw
    from .network_errors import Failure
    from .request import Job

#: Members of a query whose values are shown: numbers, flags and times.
_SHOWN = ("limit", "offset", "include_deleted", "modified_after")
_HIDDEN = "********"
_LONGEST_ID = 100
_TYPE = re.compile(r"[\w.-]{1,60}", re.ASCII)


class RequestLog:
    """Tells one person of the requests of all threads.

    ``tell`` gets one line at a time, ``censor`` returns a line without the secrets of the run.
    """

    def __init__(self, tell: Callable[[str], None], censor: Callable[[str], str]) -> None:
        self._tell = tell
        self._censor = censor

    def answered(self, job: Job, raw: Raw, seconds: float) -> None:
        """Tell of a request that was answered, whatever the answer says."""
        words = "%s: %d, %s, %d bytes" % (_asked(job), raw.status, _spelled(seconds), len(raw.body))
        request_id = raw.headers.get("X-Request-Id", "")
        if request_id:
            words += ", request id %s" % _printable(request_id)
        self._say(words)

    def failed(self, job: Job, failure: Failure, seconds: float) -> None:
        """Tell of a request without a whole answer."""
        self._say("%s: no answer, %s: %s" % (_asked(job), _spelled(seconds), failure))

    def waits(self, job: Job, seconds: float, everybody: bool = False) -> None:
        """Tell of the wait before a request is sent again."""
        who = ", and no other request is sent before" if everybody else ""
        self._say("%s: again (try %d) after a wait of %.1f s%s" % (_asked(job), job.budget.tries, seconds, who))

    def renewed(self, job: Job) -> None:
        """Tell of a request that is sent again with another token."""
        self._say("%s: again, with a new token" % _asked(job))

    def connected(self, path: str, connect: Callable[[], Socket]) -> Socket:
        """Return the connection that ``connect`` makes; tell of its handshake and its messages. Raises the same."""
        call = "WebSocket %s" % _shown_path(path)
        start = time.monotonic()
        try:
            found = connect()
        except Refused as error:
            self._say("%s: %d, %s" % (call, error.status, _spelled(time.monotonic() - start)))
            raise
        except Cut as error:
            self._say("%s: no answer, %s: %s" % (call, _spelled(time.monotonic() - start), error))
            raise
        self._say("%s: 101, %s" % (call, _spelled(time.monotonic() - start)))
        return _Watched(found, lambda words: self._say("%s: %s" % (call, words)))

    def _say(self, line: str) -> None:
        self._tell(self._censor(line))


class _Watched:
    """A ``Socket`` that tells of each message: its direction, type and size."""

    def __init__(self, socket: Socket, say: Callable[[str], None]) -> None:
        self._socket = socket
        self._say = say

    def send(self, text: str) -> None:
        self._say("sends %s" % _message(text))
        self._socket.send(text)

    def ping(self, mark: bytes) -> None:
        self._say("sends ping")
        self._socket.ping(mark)

    def receive(self, seconds: float) -> Union[str, Pong, None]:
        try:
            frame = self._socket.receive(seconds)
        except Cut as cut:
            self._say("is gone: %s" % cut)
            raise
        if isinstance(frame, Pong):
            self._say("got pong")
        elif frame:
            self._say("got %s" % _message(frame))
        return frame

    def close(self) -> None:
        self._say("is closed")
        self._socket.close()


def _asked(job: Job) -> str:
    """Return the method and the full path of a request, with that part of the query that may be seen."""
    address = parts_of(job.url)
    given = job.params.items() if hasattr(job.params, "items") else job.params or ()
    query = ["%s=%s" % (name, _value(name, value)) for name, value in (*_pairs(address.query), *given)]
    return "%s %s" % (job.call.method, _printable(address.path or "/", None) + ("?" + "&".join(query) if query else ""))


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    """Yield the members of a query. What has no name is hidden whole."""
    for name, value in parse_qsl(query, keep_blank_values=True):
        yield (name, value) if value else (_HIDDEN, "")


def _value(name: Any, value: Any) -> str:
    return _printable(str(value)) if name in _SHOWN else _HIDDEN


def _shown_path(path: str) -> str:
    """Return the path of an address that a server may have given, without its query."""
    return _printable(parts_of(path).path, None)


def _message(text: str) -> str:
    try:
        kinds = [str(message.get("message_type")) for message in objects(text)]
    except Cut:
        kinds = []
    shown = [kind if _TYPE.fullmatch(kind) else "message of an unknown type" for kind in kinds]
    return "%s, %d bytes" % (" + ".join(shown) or "something that is no message", len(text.encode("utf-8", "replace")))


def _printable(text: str, most: Optional[int] = _LONGEST_ID) -> str:
    """Return a text of a server as one line that a terminal takes for text."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:most]


def _spelled(seconds: float) -> str:
    return "%d ms" % round(1000 * seconds)
