# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collaboration sessions over REST, and the tickets to them (V1-COLLABORATE, V1-TICKET)."""

from __future__ import annotations

from typing import Any

from ....hub import Connection, Session
from ....parts import Parts
from ....validation import UUID
from ....web.rest import ROLES, Answer, Call, Route
from .. import errors
from ..items import items
from ..people import users
from . import sessions, socket

Json = Any
DIAGRAM = "/threat_models/{threat_model_id}/diagrams/{diagram_id}"
COLLABORATE = DIAGRAM + "/collaborate"


def view(call: Call, session: Session, *, with_caller: bool = True) -> dict[str, Json]:
    """Return a session. Its participants are the connected users, and the caller in the form of real servers."""
    store = call.sandbox.store
    model, diagram = store.model(session.model_id), store.item("diagram", session.model_id, session.diagram_id)
    host = call.headers.get("Host", "127.0.0.1")
    path = f"/threat_models/{session.model_id}/diagrams/{session.diagram_id}/ws?session_id={session.id}"
    shown = {
        "session_id": session.id,
        "host": sessions.person(session, session.host),
        "threat_model_id": session.model_id,
        "threat_model_name": model.body["name"] if model else "",
        "diagram_id": session.diagram_id,
        "diagram_name": diagram.body["name"] if diagram else "",
        "participants": [
            *(one for connection in session.connections if (one := _participant(call.sandbox, session, connection))),
            *(_caller(call, session) if with_caller else ()),
        ],
        "websocket_url": f"ws://{host}{path}",
    }
    return {**shown, "presenter": sessions.person(session, session.presenter)} if session.presenter else shown


def _participant(parts: Parts, session: Session, connection: Connection) -> dict[str, Json] | None:
    """Return a participant with their effective rights, or None if they have none any more."""
    role = sessions.role(parts, session.model_id, connection.user)
    if not role:
        return None
    return {
        "user": users.principal(connection.user),
        "permissions": "writer" if role >= ROLES["writer"] else "reader",
        "last_activity": connection.last_activity,
    }


def _caller(call: Call, session: Session) -> list[dict[str, Json]]:
    """Return a second entry for the caller, by e-mail, with rights from the caller's groups only."""
    store = call.sandbox.store
    role = store.role(session.model_id, *(f"group:{name}" for name in users.groups(call)))
    if not role:
        return []
    return [
        {
            "user": {**users.principal(call.user), "provider_id": call.user.email, "display_name": call.user.email},
            "permissions": "writer" if ROLES[role] >= ROLES["writer"] else "reader",
            "last_activity": call.sandbox.clock.stamp(),
        }
    ]


def get(call: Call) -> Answer:
    """Return the session of a diagram."""
    session = call.sandbox.hub.session(items.of(call, "diagram").id)
    if session is None:
        raise errors.not_found("No active collaboration session for this diagram")
    return Answer(200, view(call, session))


def create(call: Call) -> Answer:
    """Open a session with the caller as host and presenter, or return the existing one."""
    diagram, hub = items.of(call, "diagram"), call.sandbox.hub
    session = hub.session(diagram.id)
    if session is not None:
        return Answer(200, view(call, session))
    return Answer(201, view(call, sessions.begin(call.sandbox, diagram, call.user)))


def delete(call: Call) -> Answer:
    """End the session without a message if the caller is its host. Otherwise nothing happens."""
    hub = call.sandbox.hub
    session = hub.session(items.of(call, "diagram").id)
    if session is not None and session.host == call.user.email:
        hub.end(session, "Host has ended it", silently=True)
    return Answer(204)


def listed(call: Call) -> Answer:
    """List the sessions of all diagrams that the caller can read."""
    store, subjects = call.sandbox.store, users.subjects(call.sandbox.store, call.user)
    return Answer(
        200,
        [
            view(call, one, with_caller=False)
            for one in call.sandbox.hub.sessions()
            if store.role(one.model_id, *subjects)
        ],
    )


def _check_ticket(call: Call) -> str:
    session_id = call.query.get("session_id")
    if session_id is None:
        raise errors.invalid('parameter "session_id" in query has an error: value is required but missing')
    if not UUID.fullmatch(session_id):
        raise errors.invalid(f"Invalid format for parameter session_id: {session_id!r} is not a UUID", "invalid_id")
    return session_id.lower()


def ticket(call: Call) -> Answer:
    """Return a ticket to a session. A session that the caller may not see is not found."""
    hub, store = call.sandbox.hub, call.sandbox.store
    session = next((one for one in hub.sessions() if one.id == call.input), None)
    if session is None or not store.role(session.model_id, *users.subjects(store, call.user)):
        raise errors.not_found("Collaboration session not found")
    return Answer(200, {"ticket": hub.tickets.issue(call.user, session.id)}, {"Cache-Control": "no-store"})


ROUTES = [
    Route("GET", "/me/sessions", listed),
    Route("GET", "/ws/ticket", ticket, _check_ticket),
    Route("GET", COLLABORATE, get, role="reader"),
    Route("POST", COLLABORATE, create, role="reader"),
    Route("DELETE", COLLABORATE, delete, role="reader"),
    Route("GET", DIAGRAM + "/ws", socket.no_handshake, public=True, socket=socket.connect),
]
