# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One WebSocket connection on ``websocket-client``, whose address no message, representation or log ever shows.

The address carries a token or ticket; therefore no exception of the library, nor its cause, is passed on.
"""

from __future__ import annotations

import contextlib
import importlib
import struct
from dataclasses import dataclass
from typing import Any, Mapping, Protocol, Union

from .._errors import TmiError

#: Close codes of RFC 6455: the session is over; the message was too big; the connection broke without a code.
NORMAL, TOO_BIG, BROKEN = 1000, 1009, 1006

#: Seconds that the library is given to take what has already arrived.
_NO_TIME = 0.001
_CLOSING = 1.0


class Cut(Exception):
    """The connection is gone, or none came about; ``code`` is the close code, ``str`` tells how in a few words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code


class Refused(Exception):
    """The server answered the handshake with an HTTP ``status`` other than 101."""

    def __init__(self, status: int) -> None:
        super().__init__("the WebSocket handshake was answered with %d" % status)
        self.status = status


@dataclass(frozen=True)
class Pong:
    """The answer to the ping with the same mark. A server takes frames in order: what was sent before is done."""

    mark: bytes


class Socket(Protocol):
    """What an editing session needs of a connection. All but ``close`` raise ``Cut``."""

    def send(self, text: str) -> None:
        """Send one text frame."""

    def ping(self, mark: bytes) -> None:
        """Send a ping; its ``Pong`` comes through :meth:`receive`."""

    def receive(self, seconds: float) -> Union[str, Pong, None]:
        """Return the next text frame or pong, None when none comes within ``seconds`` (0: what is there already)."""

    def close(self) -> None:
        """Close with 1000, from whatever state; never fails."""


def library() -> Any:
    """Return the module ``websocket`` of websocket-client, imported late; ``TmiError`` names what is missing."""
    try:
        module: Any = importlib.import_module("websocket")
    except ImportError:
        module = None
    if not hasattr(module, "create_connection"):  # another package has the same name for its module
        raise TmiError(
            "editing a diagram in a collaboration session (via: session) needs the Python package websocket-client: "
            "pip install websocket-client"
        )
    return module


def open_socket(url: str, options: Mapping[str, Any]) -> Socket:
    """Connect; ``options`` are those of ``websocket.create_connection``. Raises ``Cut`` or ``Refused``."""
    module = library()
    refused = 0
    words = ""
    try:
        # A redirect would carry the token elsewhere.
        return _WebSocket(module, module.create_connection(url, **{**options, "redirect_limit": 0}))
    except module.WebSocketBadStatusException as error:
        refused = error.status_code
    except (module.WebSocketException, OSError, ValueError) as error:
        words = _reason(error)
    # Raised out here: within ``except`` the exception would keep the library's one, which may hold the address.
    if refused:
        raise Refused(refused)
    raise Cut(BROKEN, "no WebSocket connection: %s" % words)


def _reason(error: Exception) -> str:
    """Tell a failure by its kind alone: the text of an exception of a library may hold the address."""
    strerror = getattr(error, "strerror", None)
    return strerror if isinstance(strerror, str) and "://" not in strerror else type(error).__name__


class _WebSocket:
    def __init__(self, module: Any, connection: Any) -> None:
        self._module = module
        self._connection = connection
        self._timeout = connection.gettimeout()

    def send(self, text: str) -> None:
        self._write(self._connection.send, text)

    def ping(self, mark: bytes) -> None:
        self._write(self._connection.ping, mark)

    def _write(self, write: Any, payload: Any) -> None:
        self._connection.settimeout(self._timeout)
        try:
            write(payload)
            return
        except (self._module.WebSocketException, OSError) as error:
            words = _reason(error)
        raise Cut(BROKEN, "the connection broke: %s" % words)

    def receive(self, seconds: float) -> Union[str, Pong, None]:
        codes = self._module.ABNF
        words = ""
        try:
            self._connection.settimeout(max(seconds, _NO_TIME))
            opcode, frame = self._connection.recv_data_frame(control_frame=True)
        except self._module.WebSocketTimeoutException:
            return None
        except (self._module.WebSocketException, OSError) as error:
            words = _reason(error)
        if words:
            raise Cut(BROKEN, "the connection broke: %s" % words)
        if opcode == codes.OPCODE_CLOSE:
            code = struct.unpack("!H", frame.data[:2])[0] if len(frame.data) >= 2 else BROKEN
            raise Cut(code, "the server closed the connection (code %d)" % code)
        if opcode == codes.OPCODE_PONG:
            return Pong(bytes(frame.data))
        if opcode == codes.OPCODE_TEXT:
            return frame.data if isinstance(frame.data, str) else frame.data.decode("utf-8", "replace")
        return ""  # a ping, which the library has answered, or a binary frame, which TMI does not send

    def close(self) -> None:
        with contextlib.suppress(self._module.WebSocketException, OSError):
            self._connection.close(timeout=_CLOSING)
        self._connection.shutdown()  # after the peer's close frame ``close`` leaves the descriptor open
