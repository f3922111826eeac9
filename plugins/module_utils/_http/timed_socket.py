# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A connected socket with one deadline for all that is read and written until the next deadline is set."""

from __future__ import annotations

import errno
import io
import socket
import time
from typing import Any, Optional


class TimedSocket:
    """The time-out of a plain socket holds for one ``recv``: a byte a second never ends it. Here it does.

    All methods but ``close`` raise ``OSError``; ``socket.timeout`` only where nothing came in time. ``sock`` is a plain
    or a TLS socket. What is not said here is the socket's own (websocket-client asks for ``_closed`` and ``shutdown``).
    """

    def __init__(self, sock: Any, seconds: float) -> None:
        self._sock = sock
        self._idle: Optional[float] = None
        self._ends = 0.0
        self.wait_for(seconds)

    def wait_for(self, seconds: float, idle: Optional[float] = None) -> None:
        """Give what is read and written from now on so many seconds; less where nothing comes ``idle`` seconds long."""
        self._ends = time.monotonic() + seconds
        self._idle = idle

    def _arm(self) -> None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._sock.settimeout(left if self._idle is None else min(left, self._idle))

    def recv(self, size: int) -> bytes:
        """Return what is there, at most ``size`` bytes; an end of the connection is an error."""
        self._arm()
        found: bytes = self._sock.recv(size)
        if not found:
            raise ConnectionResetError(errno.ECONNRESET, "the server hung up")
        return found

    def send(self, data: bytes) -> int:
        """Send a part of ``data`` and return its length. Being late is a break: half a frame may be on its way."""
        try:
            self._arm()
            sent: int = self._sock.send(data)
        except socket.timeout:
            raise BrokenPipeError(errno.EPIPE, "the server does not take what is sent") from None
        return sent

    def sendall(self, data: bytes) -> None:
        """Send all of it."""
        while data:
            data = data[self.send(data) :]

    def makefile(self, *_args: Any, **_kwargs: Any) -> io.RawIOBase:
        """Return a reader that takes no byte more than it is asked for: frames may follow the headers at once."""
        return _Unbuffered(self)

    def settimeout(self, _seconds: Optional[float]) -> None:
        """Do nothing: the deadline holds, whatever a library wants for a single operation."""

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
