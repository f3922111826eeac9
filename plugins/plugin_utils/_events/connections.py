# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The connections of a web server that anyone can reach: their number, and the time until they ask for something."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

#: A connection: an asyncio protocol with ``transport``, None if it is not open.
Connection = Any


class Connections:
    """Closes connections that are silent, and idle ones if there are too many.

    Args:
        most: Most connections.
        seconds: Seconds from the beginning of a connection to its first request.
        closed: Called with ``too_slow`` or ``too_many`` for each connection that was closed.
    """

    def __init__(self, most: int, seconds: float, closed: Callable[[str], None]) -> None:
        self._most, self._seconds, self._closed = most, seconds, closed
        #: Young connections that have brought a request, and those whose requests wait.
        self._asking: set[int] = set()
        self._busy: set[int] = set()

    def opened(self, connection: Connection, others: Sequence[Connection]) -> None:
        """Watch a new connection. ``others``: those that are open, the oldest first."""
        self._asking.discard(id(connection))  # of an earlier connection
        if len(others) >= self._most:
            self._close(next((one for one in others if id(one) not in self._busy), others[0]), "too_many")
        asyncio.get_running_loop().call_later(self._seconds, self._end_silence, connection)

    def asks(self, connection: Connection) -> None:
        """Note that a connection has brought a request."""
        self._asking.add(id(connection))

    @contextlib.contextmanager
    def busy(self, connection: Connection) -> Iterator[None]:
        """Protect a connection as long as its request waits."""
        self._busy.add(id(connection))
        try:
            yield
        finally:
            self._busy.discard(id(connection))

    def _end_silence(self, connection: Connection) -> None:
        if id(connection) not in self._asking:
            self._close(connection, "too_slow")
        self._asking.discard(id(connection))

    def _close(self, connection: Connection, reason: str) -> None:
        if connection.transport is not None:
            connection.transport.close()
            self._closed(reason)
