# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""WebSocket side of a collaboration session (V0-SOCKET)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from ....app import Sandbox
from ....hub import Connection, Session
from ....parts import Parts
from ....validation import parse
from ....web.rest import ROLES, Answer, ApiError, Call, dumps, invalid, unauthorized
from ....web.sockets import Peer, upgrade
from .. import items, pipeline
from . import operations

Json = Any


# ---------------------------------------------------------------------------------------------- handshake
def no_handshake(call: Call) -> Answer:
    """Refuse requests to a WebSocket address that are not a handshake."""
    raise _no_handshake()


def _no_handshake() -> ApiError:
    return invalid("this address takes WebSocket handshakes only")


async def connect(call: Call, request: web.BaseRequest) -> web.StreamResponse:
    """Connect a user to the session of a diagram, and open a session if there is none."""
    token = call.query.get("token")
    if not token:
        raise unauthorized("missing token query parameter")
    call.act_as(call.sandbox.tokens.verify(token))
    pipeline.require_role(call, "reader")
    diagram = items.of(call, "diagram")
    socket = await upgrade(request)
    if socket is None:
        raise _no_handshake()
    sandbox, email = call.sandbox, call.user.email
    connection = Connection(socket, request, call.user, sandbox.clock)
    session = sandbox.hub.session(diagram.id)
    wanted = call.query.get("session_id")
    if session is not None and email in session.removed:
        connection.send(
            sandbox.hub.error(
                "access_denied", "You have been removed from this collaboration session and cannot rejoin"
            )
        )
        connection.close(1000)
    elif wanted and (session is None or session.id != wanted):
        connection.close(1000, "Session ID mismatch")
    else:
        _enter(sandbox, session or sandbox.hub.open(diagram.model_id, diagram.id, email), connection)
    await Participant(sandbox, diagram.id, connection).listen(socket)
    return socket


def _enter(sandbox: Sandbox, session: Session, connection: Connection) -> None:
    """Add a connection and inform all participants, in the order of V0-CONNECT."""
    session.joined.setdefault(connection.user.email, sandbox.clock.stamp())
    session.connections.append(connection)
    if not sandbox.quirk("B25"):
        connection.send(_state(sandbox, session))
    connection.send(_presenter(session))
    session.broadcast(
        {"message_type": "participant_joined", "user": connection.user.view(), "timestamp": sandbox.clock.stamp()},
        but=[connection],
    )
    session.broadcast(_participants(sandbox, session))


def leave(parts: Parts, session: Session, connection: Connection) -> None:
    """Remove an ended connection from its session. The last connection of the host ends the session (V0-B27)."""
    if connection not in session.connections:
        return
    session.connections.remove(connection)
    email = connection.user.email
    if not session.connections:
        session.unjoined_since = parts.clock.monotonic()
    if not session.of(email):
        session.joined.pop(email, None)
        if email == session.host:
            parts.hub.end(session, "Host has disconnected")
            return
    session.broadcast(
        {"message_type": "participant_left", "user": connection.user.view(), "timestamp": parts.clock.stamp()}
    )
    if email == session.presenter and not session.of(email):
        session.presenter = session.host
        session.broadcast(_presenter(session))
    session.broadcast(_participants(parts, session))


def take_out(parts: Parts, session: Session, email: str, *farewell: Json) -> None:
    """Remove a user from a session and close their connections."""
    session.joined.pop(email, None)
    for connection in session.of(email):
        for message in farewell:
            connection.send(message)
        connection.close(1000)
        leave(parts, session, connection)


def _state(parts: Parts, session: Session) -> dict[str, Json]:
    diagram = parts.store.item("diagram", session.model_id, session.diagram_id)
    return {
        "message_type": "diagram_state_sync",
        "diagram_id": session.diagram_id,
        "update_vector": diagram.body["update_vector"] if diagram else None,
        "cells": diagram.content or [] if diagram else [],
    }


def _presenter(session: Session) -> dict[str, Json]:
    return {"message_type": "current_presenter", "current_presenter": session.presenter}


def _participants(parts: Parts, session: Session) -> dict[str, Json]:
    """Return the connected users, each once."""
    users = {connection.user.email: connection for connection in session.connections}
    return {
        "message_type": "participants_update",
        "host": session.host,
        "current_presenter": session.presenter,
        "participants": [
            {
                "user": one.user.view(),
                "last_activity": one.last_activity,
                "permissions": parts.store.role(session.model_id, email) or "",
            }
            for email, one in users.items()
        ],
    }


# ---------------------------------------------------------------------------------------------- messages
class Participant(Peer):
    """One participant's side of a connection."""

    def __init__(self, sandbox: Sandbox, diagram_id: str, connection: Connection) -> None:
        super().__init__(sandbox, diagram_id, connection)
        self._deaf = False  # set only by quirk V0-B22
        self._handlers: dict[str, Callable[[Session, dict[str, Json]], None]] = {
            "diagram_operation": self._operation,
            "presenter_cursor": self._cursor,
            "presenter_selection": self._selection,
            "presenter_request": self._request,
            "presenter_denied": self._denied,
            "change_presenter": self._change_presenter,
            "remove_participant": self._remove,
            "resync_request": self._resync,
            "undo_request": self._history,
            "redo_request": self._history,
        }

    def leave(self) -> None:
        """Leave the session, if not left already."""
        session = self.session()
        if session is not None:
            leave(self.sandbox, session, self.connection)

    def refuse_size(self) -> None:
        """Close with the code for it."""
        self.leave()
        self.connection.close(1009, "message too big")

    def receive(self, text: str) -> None:
        """Handle one frame. Frames that are not messages of clients are ignored (V0-SOCKET)."""
        session = self.session()
        if session is None or self._deaf:
            return
        session.last_message = self.sandbox.clock.monotonic()
        self.connection.last_activity = self.sandbox.clock.stamp()
        try:
            message = parse(text.encode())
        except (ApiError, UnicodeError):
            return
        handler = self._handlers.get(str(message.get("message_type"))) if isinstance(message, dict) else None
        if handler is not None:
            handler(session, message)

    def _may_write(self, session: Session) -> bool:
        role = self.sandbox.store.role(session.model_id, self.connection.user.email) or ""
        return ROLES.get(role, 0) >= ROLES["writer"]

    def _deny(self, operation_id: Json) -> None:
        self.connection.send(
            {
                "message_type": "authorization_denied",
                "original_operation_id": operation_id,
                "reason": "insufficient_permissions",
            }
        )

    def _operation(self, session: Session, message: dict[str, Json]) -> None:
        """Apply and store an operation, and pass it on to all participants except its sender (V0-OPERATIONS)."""
        operation, operation_id = message.get("operation"), message.get("operation_id", "")
        if self.sandbox.controls is not None:
            changes = operation.get("cells") if isinstance(operation, dict) else None
            self.sandbox.controls.count_operation(len(changes) if isinstance(changes, list) else 0)
        if not self._may_write(session):
            return self._deny(operation_id)
        session.sequence += 1
        store = self.sandbox.store
        with store.transaction():
            diagram = store.item("diagram", session.model_id, session.diagram_id)
            if diagram is None:
                return None
            try:
                applied = operations.apply(diagram.content or [], operation)
            except operations.Rejected as problem:
                return self._reject(session, operation_id, problem, diagram.body["update_vector"])
            diagram.body |= {
                "update_vector": diagram.body["update_vector"] + 1,
                "modified_at": self.sandbox.clock.stamp(),
            }
            store.update_item(diagram, content=applied.cells)
        if self.sandbox.quirk("B22"):
            self._deaf = True
            return None
        session.broadcast(
            {
                "message_type": "diagram_operation",
                "user_id": self.connection.user.email,
                "operation_id": operation_id,
                "sequence_number": session.sequence,
                "operation": applied.operation,
            },
            but=[self.connection],
        )
        return None

    def _reject(self, session: Session, operation_id: Json, problem: operations.Rejected, vector: int) -> None:
        optional = {"affected_cells": problem.affected, "details": problem.details}
        self.connection.send(
            {
                "message_type": "operation_rejected",
                "operation_id": operation_id,
                "sequence_number": session.sequence,
                "reason": problem.reason,
                "message": problem.message,
                **{k: value for k, value in optional.items() if value},
                "requires_resync": problem.requires_resync,
                "timestamp": self.sandbox.clock.stamp(),
            }
        )
        if problem.requires_resync:
            self.connection.send({"message_type": "state_correction", "update_vector": vector})

    # ------------------------------------------------------------------------------------------ presenter
    def _present(self, session: Session, message: dict[str, Json]) -> None:
        """Pass on messages of the presenter. The same messages of other participants are ignored."""
        if self.connection.user.email == session.presenter:
            session.broadcast({**message, "user_id": self.connection.user.email}, but=[self.connection])

    def _cursor(self, session: Session, message: dict[str, Json]) -> None:
        position = message.get("cursor_position")
        if isinstance(position, dict):
            self._present(session, {"message_type": "presenter_cursor", "cursor_position": position})

    def _selection(self, session: Session, message: dict[str, Json]) -> None:
        selected = message.get("selected_cells")
        if isinstance(selected, list):
            self._present(session, {"message_type": "presenter_selection", "selected_cells": selected})

    def _request(self, session: Session, message: dict[str, Json]) -> None:
        """Ask the host for the presenter's role. The host gets it without asking."""
        if self.connection.user.email == session.host:
            return self._make_presenter(session, session.host)
        text = dumps({"message_type": "presenter_request", "user": self.connection.user.view()})
        for connection in session.of(session.host):
            connection.send(text)
        return None

    def _denied(self, session: Session, message: dict[str, Json]) -> None:
        target = self._target(session, message.get("target_user"))
        if target is not None:
            for connection in session.of(target):
                connection.send(
                    {
                        "message_type": "presenter_denied",
                        "user": self.connection.user.view(),
                        "target_user": message["target_user"],
                    }
                )

    def _change_presenter(self, session: Session, message: dict[str, Json]) -> None:
        target = self._target(session, message.get("new_presenter"))
        if target is not None:
            self._make_presenter(session, target)

    def _make_presenter(self, session: Session, email: str) -> None:
        session.presenter = email
        session.broadcast(_presenter(session), _participants(self.sandbox, session))

    def _target(self, session: Session, user: Json) -> str | None:
        """Return the e-mail of the participant that the message names by e-mail or id. Only the host may do this."""
        if self.connection.user.email != session.host:
            return None
        known = {connection.user.sub: connection.user.email for connection in session.connections}
        email = known.get(user, user) if isinstance(user, str) else None
        return email if email in known.values() else None

    # ------------------------------------------------------------------------------------------ others
    def _remove(self, session: Session, message: dict[str, Json]) -> None:
        """Remove a participant for the host. The participant cannot rejoin this session."""
        user = message.get("target_user")
        target = self._target(session, user)
        if target is None and self.connection.user.email == session.host and user in session.joined:
            target = user  # joined only by REST
        if target is None or target == session.host:
            return
        session.removed.add(target)
        take_out(
            self.sandbox,
            session,
            target,
            self.sandbox.hub.error("removed_from_session", "You have been removed from this collaboration session"),
        )

    def _resync(self, session: Session, message: dict[str, Json]) -> None:
        self.connection.send(
            {
                "message_type": "resync_response",
                "method": "rest_api",
                "diagram_id": session.diagram_id,
                "threat_model_id": session.model_id,
            }
        )

    def _history(self, session: Session, message: dict[str, Json]) -> None:
        """Undo and redo, which always have nothing to undo here."""
        if not self._may_write(session):
            return self._deny("")
        kind = message["message_type"].removesuffix("_request")
        self.connection.send(
            {"message_type": "history_operation", "operation_type": kind, "message": f"no_operations_to_{kind}"}
        )
        return None
