# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collaboration sessions over REST (V0-COLLABORATE)."""

from __future__ import annotations

from typing import Any

from .... import validation as v
from ....hub import Session
from ....web.rest import Answer, ApiError, Call, Route, forbidden, not_found
from .. import items
from . import socket
from .diagrams import ONE

Json = Any
COLLABORATE = ONE + "/collaborate"


def _websocket_url(call: Call, model_id: str, diagram_id: str) -> str:
    return f"ws://{call.headers.get('Host', '127.0.0.1')}/threat_models/{model_id}/diagrams/{diagram_id}/ws"


def view(call: Call, session: Session) -> dict[str, Json]:
    """Return a session. Its participants are the users who have joined and have not left."""
    store = call.sandbox.store
    model, diagram = store.model(session.model_id), store.item("diagram", session.model_id, session.diagram_id)
    return {
        "session_id": session.id,
        "host": session.host,
        "presenter": session.presenter,
        "threat_model_id": session.model_id,
        "threat_model_name": model.body["name"] if model else "",
        "diagram_id": session.diagram_id,
        "diagram_name": diagram.body["name"] if diagram else "",
        "participants": [
            {"user_id": email, "joined_at": since, "permissions": store.role(session.model_id, email) or ""}
            for email, since in session.joined.items()
        ],
        "websocket_url": f"{_websocket_url(call, session.model_id, session.diagram_id)}?session_id={session.id}",
    }


def get(call: Call) -> Answer:
    """Return the session of a diagram, or that there is none."""
    diagram = items.of(call, "diagram")
    session = call.sandbox.hub.session(diagram.id)
    if session is not None:
        return Answer(200, view(call, session))
    return Answer(
        200,
        {
            "session_id": None,
            "threat_model_id": diagram.model_id,
            "diagram_id": diagram.id,
            "participants": [],
            "websocket_url": _websocket_url(call, diagram.model_id, diagram.id),
        },
    )


def create(call: Call) -> Answer:
    """Open a session. The caller is its host and presenter."""
    diagram = items.of(call, "diagram")
    if call.sandbox.hub.session(diagram.id) is not None:
        raise ApiError(
            409,
            {
                "error": "Collaboration session already exists for this diagram",
                "join_url": f"/threat_models/{diagram.model_id}/diagrams/{diagram.id}/collaborate",
            },
        )
    return Answer(201, view(call, call.sandbox.hub.open(diagram.model_id, diagram.id, call.user.email)))


def join(call: Call) -> Answer:
    """Make the caller a participant."""
    session = call.sandbox.hub.session(items.of(call, "diagram").id)
    if session is None:
        raise not_found("No collaboration session exists for this diagram")
    if call.user.email in session.removed:
        raise forbidden("You have been removed from this collaboration session and cannot rejoin")
    session.joined.setdefault(call.user.email, call.sandbox.clock.stamp())
    return Answer(200, view(call, session))


def leave(call: Call) -> Answer:
    """End the session if the caller is its host, otherwise remove the caller from it."""
    hub, email = call.sandbox.hub, call.user.email
    session = hub.session(items.of(call, "diagram").id)
    if session is not None and session.host == email:
        hub.end(session, "Host has ended it")
    elif session is not None:
        socket.take_out(call.sandbox, session, email)
    return Answer(204)


def sessions(call: Call) -> Answer:
    """List the sessions of all diagrams that the caller can read."""
    store, email = call.sandbox.store, call.user.email
    return Answer(200, [view(call, one) for one in call.sandbox.hub.sessions() if store.role(one.model_id, email)])


ROUTES = [
    Route("GET", "/collaboration/sessions", sessions),
    Route("GET", COLLABORATE, get, role="reader"),
    Route("POST", COLLABORATE, create, v.optional_json_body, role="reader"),
    Route("PUT", COLLABORATE, join, role="reader"),
    Route("DELETE", COLLABORATE, leave, role="reader"),
    Route("GET", ONE + "/ws", socket.no_handshake, public=True, socket=socket.connect),
]
