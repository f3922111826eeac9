# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Common parts of the WebSockets of all API generations: the upgrade, and the messages of a participant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from ..hub import Connection, Session

if TYPE_CHECKING:
    from ..app import Sandbox

Json = Any
LARGEST_FRAME = 65_536
LARGEST_READ = 16 * 1024 * 1024  # a frame that is too big must be read before it can be refused
CLOSE_SECONDS = 2.0


async def upgrade(request: web.BaseRequest) -> web.WebSocketResponse | None:
    """Answer a handshake. Return None if the request is not a handshake."""
    socket = web.WebSocketResponse(timeout=CLOSE_SECONDS, autoping=False, compress=False, max_msg_size=LARGEST_READ)
    if not socket.can_prepare(request).ok:
        return None
    await socket.prepare(request)
    return socket


class Peer:
    """One participant's side of a connection. Subclasses of a generation handle its messages."""

    takes_binary = False

    def __init__(self, sandbox: Sandbox, diagram_id: str, connection: Connection) -> None:
        self.sandbox, self.connection = sandbox, connection
        self._diagram_id = diagram_id

    def session(self) -> Session | None:
        """Return the session of this participant, or None if the participant has left it."""
        session = self.sandbox.hub.session(self._diagram_id)
        return session if session is not None and self.connection in session.connections else None

    def receive(self, text: str) -> None:
        """Handle one frame."""
        raise NotImplementedError

    def refuse_size(self) -> None:
        """End the connection because of a frame that is too big."""
        raise NotImplementedError

    def leave(self) -> None:
        """Leave the session, if still in it."""
        raise NotImplementedError

    async def listen(self, socket: web.WebSocketResponse) -> None:
        """Handle the participant's messages until the connection ends."""
        if self.sandbox.controls is not None:
            self.connection.frame_fault = self.sandbox.controls.frame_fault
        try:
            async for message in socket:
                self.connection.last_seen = self.sandbox.clock.monotonic()
                fault = self.connection.fault_for_frame("IN")
                if fault == "cut":
                    break
                if message.type == WSMsgType.PING:
                    self.connection.pong(message.data)
                elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._take(message.data)
                if fault:  # handled, but not answered
                    break
            else:
                return
            self.connection.drop()
        finally:
            self.leave()
            await self.connection.finish()

    def _take(self, data: str | bytes) -> None:
        text = data if isinstance(data, str) else data.decode("utf-8", "replace")
        if (len(text.encode()) if isinstance(data, str) else len(data)) > LARGEST_FRAME:
            self.refuse_size()
        elif isinstance(data, str) or self.takes_binary:
            self.receive(text)
