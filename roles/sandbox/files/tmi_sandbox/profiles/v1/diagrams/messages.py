# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The effects of a participant's messages (V1-MESSAGES, V1-SESSION-COPY)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from ....hub import Connection, Session
from ....web.rest import ApiError
from ....web.sockets import Peer
from .. import editing
from ..bodies import storable
from ..people import users
from . import operations, sessions
from .operations import Unreadable

Json = Any
Message = dict[str, Json]
SERVER_ONLY = (
    "participants_update",
    "diagram_operation_event",
    "presenter_denied_event",
    "presenter_request_event",
    "authorization_denied",
    "state_correction",
    "diagram_state_sync",
    "resync_response",
    "error",
    "operation_rejected",
)
OPERATION = "diagram_operation_request"  # its texts are checked when they are stored
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _refuse(name: str) -> float:
    raise ValueError(f"invalid number {name}")


class Participant(Peer):
    """One participant's side of a connection."""

    takes_binary = True

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._handlers: dict[str, Callable[[Session, Message], None]] = {
            OPERATION: self._operation,
            "undo_request": self._undo,
            "redo_request": self._redo,
            "sync_status_request": self._sync_status,
            "sync_request": self._sync,
            "presenter_cursor": self._cursor,
            "presenter_selection": self._selection,
            "presenter_request": self._presenter_request,
            "presenter_denied_request": self._presenter_denied,
            "change_presenter_request": self._change_presenter,
            "remove_participant_request": self._remove,
        }

    def leave(self) -> None:
        """Leave the session, if not left already."""
        session = self.session()
        if session is not None:
            sessions.leave(self.sandbox, session, self.connection)

    def refuse_size(self) -> None:
        """Break the connection, which is the visible behaviour of real servers (V1-FRAMES)."""
        self.leave()
        self.connection.drop()

    def receive(self, text: str) -> None:
        """Handle one frame. Unreadable frames and frames with several messages are dropped without an answer."""
        session = self.session()
        if session is None:
            return
        self.connection.last_activity = self.sandbox.clock.stamp()
        try:
            message = json.loads(text, parse_constant=_refuse)
            kind = message.get("message_type") or "" if isinstance(message, dict) else None
            if not isinstance(kind, str):
                return
            if kind in SERVER_ONLY:
                self._error(
                    "invalid_message_type", f"Message type '{kind}' is server-only and cannot be sent by clients"
                )
            elif kind not in self._handlers:
                self._error("unsupported_message_type", storable(f"Message type '{kind}' is not supported"))
            else:
                self._handlers[kind](session, message if kind == OPERATION else storable(message))
        except (ValueError, RecursionError, ApiError):  # an Unreadable is a ValueError
            return

    def _error(self, code: str, text: str) -> None:
        self.connection.send(self.sandbox.hub.error(code, text))

    # ------------------------------------------------------------------------------------------ diagram
    def _may_write(self, session: Session) -> bool:
        """Return whether the sender may write. Send an error if not."""
        if sessions.may_write(self.sandbox, session, self.connection.user):
            return True
        self.connection.send(
            {
                "message_type": "authorization_denied",
                "original_operation_id": "",
                "reason": "insufficient_permissions",
            }
        )
        return False

    def _operation(self, session: Session, message: Message) -> None:
        """Apply an operation. Other participants get it as an event. The sender gets only refusals."""
        if self.sandbox.controls is not None:
            body = message.get("operation")
            changes = body.get("cells") if isinstance(body, dict) else None
            self.sandbox.controls.count_operation(len(changes) if isinstance(changes, list) else 0)
        if not self._may_write(session):
            return
        operation = operations.read(message)
        session.sequence += 1
        done = editing.operate(self.sandbox, session, operation)
        if done.reason:
            self.connection.send(editing.rejection(self.sandbox, session, operation, done))
        else:
            event = editing.event(self.connection.user, operation, session.sequence, done.vector)
            session.broadcast(event, but=[self.connection])

    def _undo(self, session: Session, message: Message) -> None:
        """Undo the last operation of any participant."""
        if self._may_write(session):
            self._send_history(session, "undo", editing.undo(self.sandbox, session))

    def _redo(self, session: Session, message: Message) -> None:
        """Redo the undone operation."""
        if self._may_write(session):
            self._send_history(session, "redo", editing.redo(self.sandbox, session))

    def _send_history(self, session: Session, kind: str, result: str | editing.Step) -> None:
        """Send the operation to all participants, or the reason for its absence to the sender."""
        if isinstance(result, str):
            self.connection.send({"message_type": "history_operation", "operation_type": kind, "message": result})
        else:
            user = self.connection.user
            session.broadcast(editing.event(user, result.entry.operation, result.entry.sequence, result.vector))

    def _vector(self, session: Session) -> int:
        diagram = self.sandbox.store.item("diagram", session.model_id, session.diagram_id)
        return diagram.body["update_vector"] if diagram else 0

    def _sync_status(self, session: Session, message: Message) -> None:
        self.connection.send({"message_type": "sync_status_response", "update_vector": self._vector(session)})

    def _sync(self, session: Session, message: Message) -> None:
        """Send the whole diagram, unless the sender has its current update vector."""
        vector = message.get("update_vector")
        if type(vector) not in (int, type(None)):
            raise Unreadable("update_vector")
        if vector is not None and vector == self._vector(session):
            return self._sync_status(session, message)
        state = sessions.diagram_state(self.sandbox, session)
        if state is not None:
            self.connection.send(state)
        return None

    # ------------------------------------------------------------------------------------------ presenter
    def _present(self, session: Session, message: Message) -> None:
        """Pass on messages of the presenter. The same messages of other participants are ignored."""
        if self.connection.user.email == session.presenter:
            session.broadcast(message, but=[self.connection])

    def _cursor(self, session: Session, message: Message) -> None:
        given = message.get("cursor_position", {})
        position = {name: given.get(name, 0) for name in ("x", "y")} if isinstance(given, dict) else {}
        if not position or any(type(one) not in (int, float) for one in position.values()):
            raise Unreadable("cursor_position")
        self._present(session, {"message_type": "presenter_cursor", "cursor_position": position})

    def _selection(self, session: Session, message: Message) -> None:
        selected = message.get("selected_cells")
        if selected is not None and not (isinstance(selected, list) and all(isinstance(one, str) for one in selected)):
            raise Unreadable("selected_cells")
        self._present(session, {"message_type": "presenter_selection", "selected_cells": selected})

    def _presenter_request(self, session: Session, message: Message) -> None:
        """Ask the host for the presenter's role. The host gets it without asking."""
        user = self.connection.user
        host = next(iter(session.of(session.host)), None)
        if user.email == session.presenter:
            return
        if user.email == session.host:
            session.presenter = session.host
            sessions.send_participants(self.sandbox, session)
        elif host is not None:
            host.send({"message_type": "presenter_request_event", "requesting_user": users.principal(user)})
        else:
            self.connection.send({"message_type": "presenter_denied_event", "denied_user": users.principal(user)})

    def _presenter_denied(self, session: Session, message: Message) -> None:
        named = _named(message.get("denied_user"))
        target = _find(session, named)
        if self.connection.user.email == session.host and target is not None and self._honest(session, named, target):
            target.send({"message_type": "presenter_denied_event", "denied_user": users.principal(target.user)})

    def _change_presenter(self, session: Session, message: Message) -> None:
        named = _named(message.get("new_presenter"))
        target = _find(session, named)
        if target is None:
            self._error("invalid_participant", "Cannot change presenter to user not in session")
        elif self._honest(session, named, target) and self.connection.user.email == session.host:
            session.presenter = target.user.email
            sessions.send_participants(self.sandbox, session)

    # ------------------------------------------------------------------------------------------ participants
    def _remove(self, session: Session, message: Message) -> None:
        """Remove a participant for the host. The participant cannot rejoin this session."""
        try:
            named = _named(message.get("removed_user"))
        except Unreadable:
            return self._error("invalid_message", "Failed to parse remove participant request")
        target = _find(session, named)
        if target is None:
            self._error("invalid_participant", "Cannot remove user not in session")
        elif self._honest(session, named, target):
            if self.connection.user.email != session.host:
                self._error("unauthorized", "Only the host can remove participants from the session")
            elif target.user.email == session.host:
                self._error("invalid_request", "Cannot remove yourself")
            else:
                sessions.remove(self.sandbox, session, target)
        return None

    def _honest(self, session: Session, named: dict[str, str], target: Connection) -> bool:
        """Return whether a message describes a person correctly. If not, the sender is removed from the session."""
        right = users.principal(target.user)
        if all(named.get(name) in ("", right[name]) for name in ("provider_id", "email", "display_name")):
            return True
        sessions.punish(self.sandbox, session, self.connection)
        return False


def _named(value: Json) -> dict[str, str]:
    """Return the fields of a user object of a message. Missing fields are ""."""
    if not isinstance(value, dict | None):
        raise Unreadable("user")
    names = ("principal_type", "provider", "provider_id", "email", "display_name")
    found = {name: (value or {}).get(name) for name in names}
    if any(not isinstance(one, str | None) for one in found.values()):
        raise Unreadable("user")
    if found["email"] is not None and not EMAIL.fullmatch(found["email"]):
        raise Unreadable("email")
    return {name: one or "" for name, one in found.items()}


def _find(session: Session, named: dict[str, str]) -> Connection | None:
    return next((one for one in session.connections if one.user.sub == named["provider_id"]), None)
