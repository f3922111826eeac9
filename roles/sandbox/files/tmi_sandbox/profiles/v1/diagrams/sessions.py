# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collaboration sessions: joining and leaving, and the messages about it (V1-TICKET, V1-MESSAGES)."""

from __future__ import annotations

from typing import Any

from ....hub import Connection, Session
from ....parts import Parts
from ....store import Item
from ....web.rest import ROLES, User
from ..history import History
from ..people import users

Json = Any
REMOVED = "You have been removed from this collaboration session and cannot rejoin"


class Memory:
    """Data of a session in this generation: its present and former participants, and its operations."""

    def __init__(self, host: User) -> None:
        self.people = {host.email: host}
        self.history = History()


def begin(parts: Parts, diagram: Item, host: User) -> Session:
    """Open a session on a diagram."""
    session = parts.hub.open(diagram.model_id, diagram.id, host.email)
    session.memory = Memory(host)
    return session


def memory(session: Session) -> Memory:
    """Return the memory of a session."""
    assert isinstance(session.memory, Memory)
    return session.memory


def person(session: Session, email: str) -> dict[str, str]:
    """Return the user object of a present or former participant."""
    return users.principal(memory(session).people[email])


def role(parts: Parts, model_id: str, user: User) -> int:
    """Return the role of a user in a session. Of groups only `everyone` counts (V1-PARTICIPANTS)."""
    return ROLES.get(parts.store.role(model_id, f"user:{user.key}", "group:everyone") or "", 0)


def may_write(parts: Parts, session: Session, user: User) -> bool:
    """Return whether a user may change the diagram of a session."""
    return role(parts, session.model_id, user) >= ROLES["writer"]


# ---------------------------------------------------------------------------------------------- joining and leaving
def enter(parts: Parts, session: Session, connection: Connection) -> None:
    """Add a connection. It gets the diagram, then the participants. A removed participant is disconnected."""
    user = connection.user
    if user.email in session.removed:
        connection.send(parts.hub.error("access_denied", REMOVED))
        connection.cut()
        return
    connection.may_stay = lambda: role(parts, session.model_id, user) > 0
    memory(session).people[user.email] = user
    session.connections.append(connection)
    state = diagram_state(parts, session)
    if state is not None:
        connection.send(state)
    send_participants(parts, session)


def leave(parts: Parts, session: Session, connection: Connection) -> None:
    """Remove an ended connection. A session ends without its host or without participants."""
    if connection not in session.connections:
        return
    session.connections.remove(connection)
    session.last_message = session.unjoined_since = parts.clock.monotonic()
    email = connection.user.email
    if email == session.presenter:
        session.presenter = _next_presenter(parts, session)
    if email == session.host:
        parts.hub.end(session, "Host has disconnected")
    elif session.connections:
        send_participants(parts, session)
    else:
        parts.hub.end(session, "Everybody has left", silently=True)


def _next_presenter(parts: Parts, session: Session) -> str:
    """Return the next presenter if the presenter has left: the host, otherwise a writer, otherwise none."""
    if session.of(session.host):
        return session.host
    writers = (one.user.email for one in session.connections if may_write(parts, session, one.user))
    return next(writers, "")


def remove(parts: Parts, session: Session, connection: Connection) -> None:
    """Remove a participant permanently, without a message to them. The others get two messages (V1-PARTICIPANTS)."""
    email = connection.user.email
    session.removed.add(email)
    if session.presenter == email:
        session.presenter = session.host
    send_participants(parts, session)
    connection.drop()
    leave(parts, session, connection)


def punish(parts: Parts, session: Session, connection: Connection) -> None:
    """Remove a participant who described another one wrongly. The session continues even without its host."""
    session.connections.remove(connection)
    session.unjoined_since = parts.clock.monotonic()
    connection.send(parts.hub.error("SECURITY_VIOLATION", "Providing false information about other users"))
    connection.close_bare()
    send_participants(parts, session)


# ---------------------------------------------------------------------------------------------- messages
def diagram_state(parts: Parts, session: Session) -> dict[str, Json] | None:
    """Return the message with the whole diagram."""
    diagram = parts.store.item("diagram", session.model_id, session.diagram_id)
    if diagram is None:
        return None
    message = {
        "message_type": "diagram_state",
        "diagram_id": session.diagram_id,
        "update_vector": diagram.body["update_vector"],
        "cells": diagram.content or [],
    }
    palette = diagram.body.get("color_palette")
    return {**message, "color_palette": palette} if palette else message


def send_participants(parts: Parts, session: Session) -> None:
    """Send the list of participants to all, each user once. Only this keeps a session alive (V1-SESSION-LIFE)."""
    session.last_message = parts.clock.monotonic()
    present: dict[str, Connection] = {}
    for connection in session.connections:
        present.setdefault(connection.user.email, connection)
    session.broadcast(
        {
            "message_type": "participants_update",
            "participants": [
                {
                    "user": users.principal(one.user),
                    "permissions": "writer",  # readers included
                    "last_activity": one.last_activity,
                }
                for one in present.values()
            ],
            "host": person(session, session.host),
            "current_presenter": person(session, session.presenter) if session.presenter else None,
        }
    )
