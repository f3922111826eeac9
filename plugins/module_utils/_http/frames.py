# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""WebSocket frames on a connection, with ``websocket-client`` and with limits of time and size that it lacks."""

from __future__ import annotations

import contextlib
import importlib
import socket
import struct
from dataclasses import dataclass
from typing import Any, Protocol, Union

from .._errors import TmiError
from .._failures import MISSING_LIBRARY
from .timed_socket import TimedSocket

#: Close codes of RFC 6455: the session is over; the message was too big; the connection broke without a code.
NORMAL, TOO_BIG, BROKEN = 1000, 1009, 1006

#: Most bytes of one message, with all its fragments; the largest diagrams need a few MB.
MESSAGE_LIMIT = 16 * 1024 * 1024
#: Most bytes of a control frame (RFC 6455, section 5.5).
_CONTROL_LIMIT = 125
_FIRST_CONTROL = 8

#: To read only what has arrived: seconds without a byte that end the read, and its most seconds.
_NO_TIME, _MOST_TIME = 0.001, 1.0
_CLOSING = 1.0


class ConnectionLost(Exception):
    """The connection is lost or could not be made; ``code`` is the close code, ``str`` gives the reason briefly."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class HandshakeRefused(Exception):
    """The server answered the handshake with an HTTP ``status`` other than 101."""

    def __init__(self, status: int) -> None:
        super().__init__("the WebSocket handshake was answered with %d" % status)
        self.status = status


@dataclass(frozen=True)
class Pong:
    """The answer to the ping with the same mark. A server handles frames in order: the earlier ones are done."""

    mark: bytes


class Socket(Protocol):
    """The connection of an editing session. All methods but ``close`` raise ``ConnectionLost``."""

    def send(self, text: str) -> None:
        """Send one text frame."""

    def ping(self, mark: bytes) -> None:
        """Send a ping; its ``Pong`` comes through :meth:`receive`."""

    def receive(self, seconds: float) -> Union[str, Pong, None]:
        """Return the next text frame or pong; None if there is none within ``seconds`` (0: only what has arrived)."""

    def close(self) -> None:
        """Close with 1000, in any state, within a second; never fails."""


def library() -> Any:
    """Return the module ``websocket`` of websocket-client, imported on first use; ``TmiError`` if it is missing."""
    try:
        module: Any = importlib.import_module("websocket")
    except ImportError:
        module = None
    if not hasattr(module, "create_connection"):  # another package has a module of the same name
        raise TmiError(
            "editing (via: session) or watching a diagram in its collaboration session needs the Python package "
            "websocket-client: "
            "pip install websocket-client",
            MISSING_LIBRARY,
        )
    return module


def frames(connection: TimedSocket, timeout: float) -> Socket:
    """Return the client side of a connection after its handshake; ``timeout``: seconds for sending a message."""
    return _WebSocket(library(), connection, timeout)


def reason(error: Exception) -> str:
    """Return the kind of a failure. The text of a library's exception is not used: it may hold the sent data."""
    strerror = getattr(error, "strerror", None)
    if isinstance(error, socket.timeout):
        return "no answer in time"
    return strerror if isinstance(strerror, str) and "://" not in strerror else type(error).__name__


class _FrameRefused(Exception):
    """A frame that is not read; ``code`` as in ``ConnectionLost``."""

    def __init__(self, words: str, code: int = BROKEN) -> None:
        super().__init__(words)
        self.code = code


class _WebSocket:
    def __init__(self, module: Any, connection: TimedSocket, timeout: float) -> None:
        self._module = module
        self._socket = connection
        self._timeout = timeout
        self._refused_frame = False
        # Text is decoded below, because the library would check it byte by byte, for seconds.
        self._client = module.WebSocket(skip_utf8_validation=True)
        self._client.sock, self._client.connected = connection, True
        self._client.frame_buffer = _frame_buffer(module, connection, self._client.cont_frame)

    def send(self, text: str) -> None:
        self._write(self._client.send, text)

    def ping(self, mark: bytes) -> None:
        self._write(self._client.ping, mark)

    def _write(self, write: Any, payload: Any) -> None:
        self._socket.wait_for(self._timeout)
        try:
            write(payload)
            return
        except (self._module.WebSocketException, OSError) as error:
            words = reason(error)
        raise ConnectionLost(BROKEN, "the connection broke: %s" % words)

    def receive(self, seconds: float) -> Union[str, Pong, None]:
        if seconds > 0:
            self._socket.wait_for(seconds)
        else:
            self._socket.wait_for(_MOST_TIME, idle=_NO_TIME)
        try:
            opcode, frame = self._client.recv_data_frame(control_frame=True)
        except socket.timeout:
            return None
        except _FrameRefused as refusal:
            self._refused_frame = True
            raise ConnectionLost(refusal.code, str(refusal)) from None
        except (self._module.WebSocketException, OSError) as error:
            raise ConnectionLost(BROKEN, "the connection broke: %s" % reason(error)) from None
        return self._read(opcode, bytes(frame.data))

    def _read(self, opcode: int, data: bytes) -> Union[str, Pong]:
        codes = self._module.ABNF
        if opcode == codes.OPCODE_CLOSE:
            code = struct.unpack("!H", data[:2])[0] if len(data) >= 2 else BROKEN
            raise ConnectionLost(code, "the server closed the connection (code %d)" % code)
        if opcode == codes.OPCODE_PONG:
            return Pong(data)
        if opcode != codes.OPCODE_TEXT:
            return ""  # a ping, which the library has answered, or a binary frame, which TMI does not send
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise ConnectionLost(BROKEN, "the server sent text that is no UTF-8") from None

    def close(self) -> None:
        self._socket.wait_for(_CLOSING)
        with contextlib.suppress(self._module.WebSocketException, OSError, _FrameRefused):
            if self._refused_frame:  # the library would read the rest of the frame, to find a close frame after it
                self._client.send_close()
            else:
                self._client.close(timeout=_CLOSING)
        self._client.shutdown()  # ``close`` leaves the descriptor open if the server has closed first


def _frame_buffer(module: Any, connection: TimedSocket, fragments: Any) -> Any:
    """Return the reader of frames; ``fragments`` holds the library's fragments of the current message."""

    class Limited(module.frame_buffer):  # type: ignore[misc]
        """Checks the header of a frame before it reads more."""

        def __init__(self) -> None:
            super().__init__(connection.recv, True)
            self._gathered = bytearray()

        def recv_header(self) -> None:
            super().recv_header()
            if self.has_mask():
                raise _FrameRefused("the server sent a masked frame, which only clients may (RFC 6455, section 5.1)")

        def recv_length(self) -> None:
            super().recv_length()
            is_control = self.header[4] >= _FIRST_CONTROL
            if is_control and self.length > _CONTROL_LIMIT:
                raise _FrameRefused("the server sent a control frame of %d bytes" % self.length)
            before = 0 if is_control or not fragments.cont_data else len(fragments.cont_data[1])
            if before + self.length > MESSAGE_LIMIT:
                words = "the server sent a message of %d bytes or more; at most %d are read"
                raise _FrameRefused(words % (before + self.length, MESSAGE_LIMIT), TOO_BIG)

        def recv_strict(self, bufsize: int) -> bytes:
            """Return ``bufsize`` bytes; bytes that came before a time-out are kept for the next call."""
            while len(self._gathered) < bufsize:
                self._gathered += self.recv(min(65536, bufsize - len(self._gathered)))
            found = bytes(self._gathered)
            self._gathered.clear()
            return found

    return Limited()
