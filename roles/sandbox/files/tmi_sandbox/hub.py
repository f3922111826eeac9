# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collaboration sessions and their WebSocket connections, kept only in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from .clock import Clock, uuid4
from .login.tickets import Tickets
from .web.rest import User, dumps

Json = Any
UNJOINED_SECONDS = 15  # a session without a connection ends (V0-SESSION-LIFE)
IDLE_SECONDS = 300  # a session without a message ends
PING_SECONDS = 30
SILENT_SECONDS = 90  # a peer that does not answer pings is dropped
QUEUE_LENGTH = 10_000  # maximum of unsent messages for a peer
CLOSE_FRAME = b"\x88\x00"  # an empty one, which aiohttp cannot send
BARE_CLOSE, CUT = "bare close", "cut"


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules by which the sessions of an API generation end without a request.

    Sessions are checked every `round_seconds`. A session without connections ends at the next check. `silently` means
    without a message and a close code.
    """

    round_seconds: float = 0.0
    silently: bool = False


def _stays() -> bool:
    return True


def _no_fault(direction: str, path: str) -> str:
    return ""


class Connection:
    """One participant's WebSocket. Messages are sent in the order of `send` calls, which never wait."""

    def __init__(self, socket: web.WebSocketResponse, request: web.BaseRequest, user: User, clock: Clock) -> None:
        self.user = user
        self.last_activity = clock.stamp()
        self.last_seen = self.last_ping = clock.monotonic()
        self.may_stay: Callable[[], bool] = _stays
        self.frame_fault: Callable[[str, str], str] = _no_fault
        self._socket, self._request = socket, request
        self._queue: asyncio.Queue[str | bytes | tuple[int | str, str]] = asyncio.Queue(QUEUE_LENGTH)
        self._pump = asyncio.create_task(self._send_queued())

    def send(self, message: Json) -> None:
        """Send one message. A text is already serialised."""
        self._put(message if isinstance(message, str) else dumps(message))

    def ping(self, now: float) -> None:
        """Send a ping."""
        self.last_ping = now
        self._put(b"")

    def pong(self, data: bytes) -> None:
        """Answer a ping."""
        self._put(b"pong:" + data)

    def close(self, code: int, text: str = "") -> None:
        """Close after all earlier messages."""
        self._put((code, text))

    def close_bare(self) -> None:
        """Close after all earlier messages, without a code."""
        self._put((BARE_CLOSE, ""))

    def cut(self) -> None:
        """Break the connection after all earlier messages, without a close frame."""
        self._put((CUT, ""))

    def drop(self) -> None:
        """Break the connection without a message."""
        if self._request.transport is not None:
            self._request.transport.abort()

    def fault_for_frame(self, direction: str) -> str:
        """Return the kind of the fault that affects the next frame, "" for none."""
        return self.frame_fault(direction, self._request.path)

    async def finish(self) -> None:
        """Wait until the sender has finished with a connection whose peer has left."""
        self._put((1000, ""))
        await self._pump

    def _put(self, item: str | bytes | tuple[int | str, str]) -> None:
        try:
            self._queue.put_nowait(item)
        except asyncio.QueueFull:
            self.drop()

    async def _send_queued(self) -> None:
        try:
            while True:
                item = await self._queue.get()
                if not isinstance(item, tuple) and self.fault_for_frame("OUT") == "cut":
                    self.drop()
                    return
                if isinstance(item, str):
                    await self._socket.send_str(item)
                elif isinstance(item, tuple):
                    await self._end(*item)
                    return
                elif item:
                    await self._socket.pong(item.removeprefix(b"pong:"))
                else:
                    await self._socket.ping()
        except (ConnectionError, RuntimeError):
            self.drop()

    async def _end(self, how: int | str, text: str) -> None:
        if isinstance(how, int):
            await self._socket.close(code=how, message=text.encode())
        elif self._request.transport is not None:
            if how == BARE_CLOSE:
                self._request.transport.write(CLOSE_FRAME)
            self._request.transport.close()


@dataclass(slots=True)
class Session:
    """A collaboration session on one diagram. Users are identified by e-mail.

    `memory` is data that an API generation stores with it.
    """

    id: str
    model_id: str
    diagram_id: str
    host: str
    presenter: str
    unjoined_since: float
    last_message: float
    joined: dict[str, str] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    connections: list[Connection] = field(default_factory=list)
    sequence: int = 0
    memory: Any = None

    def of(self, email: str) -> list[Connection]:
        """Return a user's connections."""
        return [one for one in self.connections if one.user.email == email]

    def broadcast(self, *messages: Json, but: Iterable[Connection] = ()) -> None:
        """Send messages to every connection except some."""
        texts = [dumps(message) for message in messages]
        skipped = set(map(id, but))
        for connection in self.connections:
            if id(connection) not in skipped:
                for text in texts:
                    connection.send(text)


class Hub:
    """All sessions, by diagram, and the tickets to them."""

    def __init__(self, clock: Clock, rules: Rules | None = None) -> None:
        self._clock, self._rules = clock, rules or Rules()
        self._sessions: dict[str, Session] = {}
        self._next_round = clock.monotonic() + self._rules.round_seconds
        self.tickets = Tickets(clock)

    def session(self, diagram_id: str) -> Session | None:
        """Return the session of a diagram."""
        return self._sessions.get(diagram_id)

    def sessions(self) -> list[Session]:
        """Return all sessions."""
        return list(self._sessions.values())

    def open(self, model_id: str, diagram_id: str, host: str) -> Session:
        """Open a session. Its opener is host and presenter."""
        now = self._clock.monotonic()
        session = Session(uuid4(), model_id, diagram_id, host, host, now, now)
        session.joined[host] = self._clock.stamp()
        self._sessions[diagram_id] = session
        return session

    def connections_of(self, email: str) -> int:
        """Return the number of connections of a user in all sessions."""
        return sum(len(session.of(email)) for session in self.sessions())

    def end(self, session: Session, reason: str, *, silently: bool = False) -> None:
        """End a session. Every participant gets a message and is closed with 1000, or is just closed if `silently`."""
        if self._sessions.get(session.diagram_id) is not session:
            return
        del self._sessions[session.diagram_id]
        leaving, session.connections = session.connections, []
        for connection in leaving:
            if silently:
                connection.close_bare()
                continue
            connection.send(self.error("session_terminated", f"Collaboration session has been terminated: {reason}"))
            connection.close(1000)

    def end_where(self, reason: str, *, model_id: str = "", diagram_id: str = "") -> None:
        """End the sessions of a removed threat model or diagram."""
        for session in self.sessions():
            if session.model_id == model_id or session.diagram_id == diagram_id:
                self.end(session, reason)

    def end_all(self, reason: str) -> None:
        """End every session."""
        for session in self.sessions():
            self.end(session, reason)

    def error(self, code: str, text: str) -> dict[str, str]:
        """Return an error message."""
        return {"message_type": "error", "error": code, "message": text, "timestamp": self._clock.stamp()}

    def sweep(self) -> None:
        """End unjoined and idle sessions, ping peers, drop silent ones."""
        now = self._clock.monotonic()
        if now >= self._next_round:
            self._next_round = now + self._rules.round_seconds
            self._end_forgotten(now)
        for session in self.sessions():
            for connection in session.connections:
                if now - connection.last_seen >= SILENT_SECONDS:
                    connection.drop()
                elif now - connection.last_ping >= PING_SECONDS:
                    if connection.may_stay():
                        connection.ping(now)
                    else:
                        connection.close(4403, "access revoked")

    def _end_forgotten(self, now: float) -> None:
        grace = 0 if self._rules.round_seconds else UNJOINED_SECONDS
        for session in self.sessions():
            if not session.connections and now - session.unjoined_since >= grace:
                self.end(session, "No participant has joined", silently=self._rules.silently)
            elif now - session.last_message >= IDLE_SECONDS:
                self.end(session, "Inactivity", silently=self._rules.silently)

    def drop_connections(self) -> int:
        """Break every connection and return their number."""
        connections = [connection for session in self.sessions() for connection in session.connections]
        for connection in connections:
            connection.drop()
        return len(connections)

    async def shut_down(self) -> None:
        """Close every connection with 1001, as a stopping server does."""
        connections = [connection for session in self.sessions() for connection in session.connections]
        self._sessions.clear()
        for connection in connections:
            connection.close(1001)
        if connections:
            await asyncio.wait([asyncio.create_task(connection.finish()) for connection in connections], timeout=1)
