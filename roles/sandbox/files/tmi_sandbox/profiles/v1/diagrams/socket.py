# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WebSocket handshake (V1-TICKET)."""

from __future__ import annotations

from aiohttp import web

from ....hub import Connection, Hub
from ....web import sockets
from ....web.rest import Answer, ApiError, Call, User
from .. import errors
from . import sessions
from .messages import Participant

MOST_CONNECTIONS, MOST_PARTICIPANTS = 5, 50
NO_PERMISSION = "You don't have sufficient permissions to collaborate on this diagram"


def no_handshake(call: Call) -> Answer:
    """Refuse requests to a WebSocket address that are not a handshake."""
    raise errors.invalid("this address takes WebSocket handshakes only", "invalid_request")


async def connect(call: Call, request: web.BaseRequest) -> web.StreamResponse:
    """Connect the owner of a ticket to the session of a diagram, and open a session if there is none."""
    sandbox, user = call.sandbox, _ticket_owner(call)
    _check_room(sandbox.hub, call.params["diagram_id"], user)
    socket = await sockets.upgrade(request)
    if socket is None:
        raise _no_upgrade()
    connection = Connection(socket, request, user, sandbox.clock)
    _admit(call, connection)
    await Participant(sandbox, call.params["diagram_id"], connection).listen(socket)
    return socket


def _no_upgrade() -> ApiError:
    return errors.invalid("Bad Request", "invalid_request")


def _ticket_owner(call: Call) -> User:
    """Return the user of the ticket, which is used up. Without a ticket the answer is 401."""
    ticket = call.sandbox.hub.tickets.redeem(call.query.get("ticket", ""))
    if ticket is None or call.query.get("session_id", "") not in ("", ticket.session_id):
        raise errors.unauthorized()
    return ticket.user


def _check_room(hub: Hub, diagram_id: str, user: User) -> None:
    """Refuse a connection above the limit of a user or of a session (429, V1-LIMITS)."""
    session = hub.session(diagram_id)
    if hub.connections_of(user.email) >= MOST_CONNECTIONS:
        text = "user has reached the maximum number of WebSocket connections"
        raise errors.error(429, "too_many_connections", text, {"Retry-After": "60"})
    if session is not None and len(session.connections) >= MOST_PARTICIPANTS:
        text = "diagram session has reached the maximum number of participants"
        raise errors.error(429, "session_full", text, {"Retry-After": "30"})


def _admit(call: Call, connection: Connection) -> None:
    """Add a connection, or send it the reason for the refusal."""
    sandbox, user, wanted = call.sandbox, connection.user, call.query.get("session_id")
    diagram = sandbox.store.item("diagram", call.params["threat_model_id"], call.params["diagram_id"])
    if diagram is None or not sessions.role(sandbox, diagram.model_id, user):
        connection.send(sandbox.hub.error("unauthorized", NO_PERMISSION))
        connection.cut()
        return
    session = sandbox.hub.session(diagram.id) or sessions.begin(sandbox, diagram, user)
    if wanted and wanted != session.id:
        connection.close(1000, "Session ID mismatch")  # the session of the ticket has ended
    else:
        sessions.enter(sandbox, session, connection)
