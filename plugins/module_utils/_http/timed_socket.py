# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A connected socket with one deadline for all reads and writes, until the next deadline is set."""

from __future__ import annotations

import errno
import io
import socket
import time
from typing import Any, Optional


class TimedSocket:
    """A socket with a deadline; the time-out of a plain socket limits one ``recv``, so slow bytes never exceed it.

    All methods but ``close`` raise ``OSError``; ``socket.timeout`` only if nothing came in time. ``sock`` is a plain or
    a TLS socket. All other attributes are those of ``sock`` (websocket-client uses ``_closed`` and ``shutdown``).
    """

    def __init__(self, sock: Any, seconds: float) -> None:
        self._sock = sock
        self._idle: Optional[float] = None
        self._ends = 0.0
        self.wait_for(seconds)

    def wait_for(self, seconds: float, idle: Optional[float] = None) -> None:
        """Set the deadline for all reads and writes from now on; a read also ends after ``idle`` seconds of silence."""
        self._ends = time.monotonic() + seconds
        self._idle = idle

    def _arm(self) -> None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._sock.settimeout(left if self._idle is None else min(left, self._idle))

    def recv(self, size: int) -> bytes:
        """Return available bytes, at most ``size``; the end of the connection is an error."""
        self._arm()
        found: bytes = self._sock.recv(size)
        if not found:
            raise ConnectionResetError(errno.ECONNRESET, "the server hung up")
        return found

    def send(self, data: bytes) -> int:
        """Send a part of ``data`` and return its length. A time-out ends the connection: half a frame may be sent."""
        try:
            self._arm()
            sent: int = self._sock.send(data)
        except socket.timeout:
            raise BrokenPipeError(errno.EPIPE, "the server does not take what is sent") from None
        return sent

    def sendall(self, data: bytes) -> None:
        """Send all of ``data``."""
        while data:
            data = data[self.send(data) :]

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.RawIOBase:
        """Return a reader without a buffer: frames may follow the headers immediately."""
        return _Unbuffered(self)

    def settimeout(self, _seconds: Optional[float]) -> None:
        """Do nothing: the deadline is valid, whatever time-out a library sets for a single operation."""

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class _Unbuffered(io.RawIOBase):
    def __init__(self, sock: TimedSocket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._sock.recv(len(buffer))
        buffer[: len(found)] = found
        return len(found)
