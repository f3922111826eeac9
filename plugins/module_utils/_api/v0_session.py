# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v0: the collaboration session of one diagram (contract-seed, sections 8 and 9)."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence

from .._diagram.cells import Cell
from .._diagram.changes import CellChange
from .._diagram.session_channel import (
    CellEdit,
    Correction,
    Denied,
    Edited,
    Ended,
    Event,
    Membership,
    People,
    Rejected,
    State,
)
from .._diagram.session_socket import BROKEN, Cut, Refused, Socket, library, open_socket
from .._engine.tree import Entity
from .._errors import ApiError, AuthenticationError, MissingError, PermissionDeniedError
from .server import entity_path
from .transport import Transport
from .v0_cells import cell_from_wire, cell_to_wire, cells_from_wire

#: Times that a session may end between being told that it exists and joining it.
_MOST_JOINS = 3

#: ``error`` messages after which the account must not come back.
_EXPELLED = {
    "removed_from_session": "the host removed this account from the collaboration session",
    "access_denied": "the host has removed this account from the collaboration session",
    "unauthorized": "the account has no access to the collaboration session",
}


class V0Channel:
    """The session of ``diagram``. ``caller`` returns our e-mail; asked only when the server's answers do not tell."""

    #: Real servers of 2025-10 send no first state at all (bug B25).
    first_state_wait = 2.0

    def __init__(self, transport: Transport, diagram: Entity, caller: Callable[[], str]) -> None:
        library()
        self._transport = transport
        self._caller = caller
        self._path = entity_path(diagram)
        self._collaborate = self._path + "/collaborate"
        self._email = ""
        self.what = 'diagram "%s"' % diagram.label
        self.timeout = transport.settings.timeout

    # --- coming and going ------------------------------------------------------------------------

    def join(self) -> Membership:
        """POST; 201 and 200 are told apart, 409 leads to PUT (bug B8: real servers know only one of both)."""
        for _try in range(_MOST_JOINS):
            opened = self._transport.request(
                "POST", self._collaborate, idempotent=True, expect=(200, 201, 409), what=self.what
            )
            if opened.status != 409:
                return self._member(opened.data, opened.status == 201)
            try:
                joined = self._transport.request("PUT", self._collaborate, expect=(200, 201), what=self.what)
            except MissingError:
                continue  # ended between the two calls
            except ApiError as error:
                if error.status == 400 and "method not allowed" in error.server_message.lower():
                    return self._member({}, False)  # connecting joins
                raise
            return self._member(joined.data, joined.status == 201)
        raise ApiError("its collaboration session ends again and again while it is joined", what=self.what)

    def _member(self, answer: Any, opened: bool) -> Membership:
        session = answer if isinstance(answer, Mapping) else {}
        host = _email(session.get("host"))
        self._email = self._email or (host if opened else "") or self._caller()
        mine = [
            str(one.get("permissions") or "")
            for one in session.get("participants") or []
            if isinstance(one, Mapping) and _email(one).casefold() == self._email.casefold()
        ]
        return Membership(
            session_id=str(session.get("session_id") or ""),
            opened=opened,
            caller=self._email,
            role=mine[0] if mine else "",
            # DELETE by the host's account ends the session, whoever asks; with the host unknown it might.
            shared=not opened and host.casefold() in ("", self._email.casefold()),
        )

    def connect(self) -> Socket:
        """Connect; the token is renewed once where the server refuses it."""
        token = self._transport.access_token()
        try:
            return self._open(token)
        except Refused as refused:
            if refused.status != 401 or self._transport.auth is None:
                raise self._refused(refused.status) from None
            auth = self._transport.auth
        try:
            return self._open(auth.renew(self._transport, token))
        except auth.CannotRenew as error:
            raise AuthenticationError("GET %s/ws answered 401: %s" % (self._path, error), what=self.what) from None
        except Refused as refused:
            raise self._refused(refused.status) from None

    def _open(self, token: str) -> Socket:
        # The contract allows session_id as well; a stale one would only be another way to fail.
        url = self._transport.websocket_url(self._path + "/ws", {"token": token})
        return open_socket(url, self._transport.websocket_options())

    def _refused(self, status: int) -> Exception:
        """Return the error for a refused handshake: ``Cut`` where the server may do better next time."""
        if status == 429 or status >= 500:
            return Cut(BROKEN, "the WebSocket handshake was answered with %d" % status)
        kind = {401: AuthenticationError, 403: PermissionDeniedError, 404: MissingError}.get(status, ApiError)
        advice = ". The account needs the role writer on this threat model" if status == 403 else ""
        path = self._path + "/ws"
        message = "the WebSocket handshake GET %s was answered with %d%s" % (path, status, advice)
        return kind(message, method="GET", path=path, status=status, what=self.what)

    def leave(self, membership: Membership) -> None:
        """DELETE: ends the session that we host, else takes us out of it."""
        self._transport.request("DELETE", self._collaborate, expect=(200, 204), what=self.what)

    # --- cells and messages ----------------------------------------------------------------------

    def read(self) -> Sequence[Cell]:
        """GET the diagram."""
        return cells_from_wire(self._transport.request("GET", self._path, what=self.what).data.get("cells"))

    def edit(self, change: CellChange) -> CellEdit:
        """Return an edit; an update has the full cell, since real servers replace, others merge (bug B30)."""
        if change.after is None:
            return CellEdit(change.cell.id, "remove", {})
        wire = cell_to_wire(change.after)
        if change.action == "update" and change.before is not None:
            wire = {**{k: None for k, v in change.before.raw.items() if v is not None and k not in wire}, **wire}
        return CellEdit(change.after.id, change.action, wire)

    def message(self, operation_id: str, edits: Sequence[CellEdit]) -> Mapping[str, Any]:
        """Return a ``diagram_operation``; some real servers want the author in a second form (bug B26)."""
        return {
            "message_type": "diagram_operation",
            "user_id": self._email,
            "initiating_user": {"user_id": self._email, "email": self._email, "name": self._email},
            "operation_id": operation_id,
            "operation": {"type": "patch", "cells": [edit.wire() for edit in edits]},
        }

    def marker(self) -> Optional[Mapping[str, Any]]:
        """None: a ping is enough, frames are dealt with in order."""
        return None

    def merged(self, cell: Optional[Cell], edit: CellEdit) -> Cell:
        """Members of an update replace those of the cell, None removes them; an add is stored as it comes."""
        known = cell.raw if cell is not None and edit.action == "update" else {}
        wire = {**known, **edit.data, "id": edit.id}
        if edit.action == "update":
            wire = {k: v for k, v in wire.items() if v is not None}
        return cell_from_wire(wire)

    def count(self, operations: int) -> None:
        """Count operations as writes."""
        self._transport.count_operations(operations)

    def decode(self, message: Mapping[str, Any]) -> Optional[Event]:
        """Return the event that a message is; None for cursors, selections, presenters and what is unknown."""
        read = _READERS.get(str(message.get("message_type")))
        return read(message) if read is not None else None


def _email(user: Any) -> str:
    """Return the e-mail of a user in any of the forms of the contract (bug B38), "" where there is none."""
    if isinstance(user, str):
        return user
    if not isinstance(user, Mapping):
        return ""
    if isinstance(user.get("user"), Mapping):
        return _email(user["user"])
    return str(user.get("email") or user.get("user_id") or "")


def _state(message: Mapping[str, Any]) -> Event:
    return State(cells_from_wire([cell for cell in _list(message.get("cells")) if isinstance(cell, Mapping)]))


def _edited(message: Mapping[str, Any]) -> Event:
    operation = message.get("operation")
    wires = _list(operation.get("cells")) if isinstance(operation, Mapping) else []
    edits = (CellEdit.of(wire) for wire in wires)
    return Edited(str(message.get("operation_id") or ""), tuple(edit for edit in edits if edit is not None))


def _rejected(message: Mapping[str, Any]) -> Event:
    return Rejected(
        str(message.get("operation_id") or ""),
        str(message.get("reason") or "unknown"),
        tuple(str(cell_id) for cell_id in _list(message.get("affected_cells"))),
        bool(message.get("requires_resync")),
    )


def _people(message: Mapping[str, Any]) -> Event:
    emails = (_email(one) for one in _list(message.get("participants")))
    return People(tuple(email for email in emails if email))


def _error(message: Mapping[str, Any]) -> Optional[Event]:
    code = str(message.get("error"))
    if code == "session_terminated":
        return Ended("its collaboration session was ended by its host or the server")
    return Ended(_EXPELLED[code], expelled=True) if code in _EXPELLED else None


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Optional[Event]]] = {
    "diagram_state_sync": _state,
    "diagram_operation": _edited,
    "operation_rejected": _rejected,
    "authorization_denied": lambda message: Denied(str(message.get("reason") or "insufficient_permissions")),
    "state_correction": lambda message: Correction(),
    "participants_update": _people,
    "error": _error,
}
