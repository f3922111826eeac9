# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v0: the collaboration session of one diagram (V0-COLLABORATE, V0-SOCKET)."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence

from ..._cells.cell import Cell
from ..._cells.changes import CellChange
from ..._engine.tree import Entity
from ..._errors import ApiError, AuthenticationError, MissingError
from ..._failures import CONFLICT
from ..._http.frames import HandshakeRefused, Socket
from ..._http.transport import CannotRenew, Transport
from ..._resources.diagram import DIAGRAM
from ..._session.channel import CellEdit, Correction, Event, Membership
from ..person import email_of
from ..session_channel import BaseChannel
from ..session_messages import (
    READERS,
    Reader,
    edited,
    entries,
    handshake_error,
    presenter,
    state_reader,
    text,
)
from ..wire_shapes import COLLABORATION
from .cells import cell_from_wire, cell_to_wire, cells_from_wire
from .shapes import SHAPES

#: Tries to join: a session may end after the server has reported it.
_MOST_JOINS = 3


class V0Channel(BaseChannel):
    """The session of ``diagram``. ``caller`` returns the account's e-mail; used only if no answer contains it."""

    diagram_shape = SHAPES[DIAGRAM.name]
    cells_from_wire = staticmethod(cells_from_wire)
    #: The stored cells are those of the session.
    lags = False
    #: Real servers of 2025-10 send no first state at all (V0-B25).
    first_state_wait = 2.0

    def __init__(self, transport: Transport, diagram: Entity, caller: Callable[[], str]) -> None:
        super().__init__(transport, diagram, caller)
        self._email = ""
        self._watched = ""

    # --- joining and leaving ---------------------------------------------------------------------

    def join(self) -> Membership:
        """POST: 201 opens a session, 200 finds one, 409 needs a PUT (V0-B8: real servers have only one of the two)."""
        for _try in range(_MOST_JOINS):
            opened = self._transport.request(
                "POST",
                self._collaborate,
                idempotent=True,
                expect=(200, 201, 409),
                what=self.what,
                recorded=False,
                shape=COLLABORATION,
            )
            if opened.status != 409:
                return self._member(opened.data, opened.status == 201)
            try:
                joined = self._transport.request(
                    "PUT",
                    self._collaborate,
                    expect=(200, 201),
                    what=self.what,
                    recorded=False,
                    shape=COLLABORATION,
                )
            except MissingError:
                continue  # ended between the two calls
            except ApiError as refusal:
                if refusal.status == 400 and "method not allowed" in refusal.server_message.lower():
                    return self._member({}, False)  # connecting joins
                raise
            return self._member(joined.data, joined.status == 201)
        raise ApiError(
            "its collaboration session ends again and again while it is joined", what=self.what, code=CONFLICT
        )

    def watch(self) -> Optional[Membership]:
        """GET; connecting joins (V0-SOCKET)."""
        answer = self._transport.request("GET", self._collaborate, what=self.what, shape=COLLABORATION)
        self._watched = text(answer.data.get("session_id"))
        return self._member(answer.data, False) if self._watched else None

    def _member(self, answer: Any, opened: bool) -> Membership:
        session = answer if isinstance(answer, Mapping) else {}
        host = email_of(session.get("host"))
        self._email = self._email or (host if opened else "") or self._caller()
        mine = [
            text(one.get("permissions"))
            for one in entries(session.get("participants"))
            if isinstance(one, Mapping) and email_of(one).casefold() == self._email.casefold()
        ]
        return Membership(
            session_id=text(session.get("session_id")),
            opened=opened,
            caller=self._email,
            role=mine[0] if mine else "",
            # DELETE by the host's account always ends the session; with an unknown host it might.
            shared=not opened and host.casefold() in ("", self._email.casefold()),
        )

    def connect(self, seconds: float) -> Socket:
        """Connect; the token is renewed once if the server refuses it."""
        token = self._transport.access_token()
        try:
            return self._open(token, seconds)
        except HandshakeRefused as refused:
            if refused.status != 401 or self._transport.auth is None:
                raise self._refused(refused.status) from None
            auth = self._transport.auth
        try:
            return self._open(auth.renew(self._transport, token), seconds)
        except CannotRenew as failure:
            raise AuthenticationError("GET %s/ws answered 401: %s" % (self._path, failure), what=self.what) from None
        except HandshakeRefused as refused:
            raise self._refused(refused.status) from None

    def _open(self, token: str, seconds: float) -> Socket:
        # session_id is optional (V0-SOCKET), and an old one would be refused. A watcher gives it, because without it
        # the server would open a new session if this one has just ended.
        query = {"token": token, "session_id": self._watched} if self._watched else {"token": token}
        return self._transport.websocket(self._path + "/ws", query, seconds)

    def _refused(self, status: int) -> Exception:
        return handshake_error(status, self._path + "/ws", self.what)

    def leave(self, membership: Membership, retry_seconds: float = float("inf")) -> None:
        """DELETE: it ends the session if this account is the host, else this account leaves it."""
        self._transport.request(
            "DELETE", self._collaborate, expect=(200, 204), what=self.what, recorded=False, retry_seconds=retry_seconds
        )

    # --- cells and messages ----------------------------------------------------------------------

    def edit(self, change: CellChange) -> CellEdit:
        """Return an edit; an update has the full cell, because real servers replace it and others merge (V0-B30)."""
        if change.after is None:
            return CellEdit(change.cell.id, "remove", {})
        wire = cell_to_wire(change.after)
        if change.action == "update" and change.before is not None:
            wire = {**{k: None for k, v in change.before.raw.items() if v is not None and k not in wire}, **wire}
        return CellEdit(change.after.id, change.action, wire)

    def message(self, operation_id: str, edits: Sequence[CellEdit]) -> Mapping[str, Any]:
        """Return a ``diagram_operation``; some real servers need the author in a second form (V0-B26)."""
        return {
            "message_type": "diagram_operation",
            "user_id": self._email,
            "initiating_user": {"user_id": self._email, "email": self._email, "name": self._email},
            "operation_id": operation_id,
            "operation": {"type": "patch", "cells": [edit.wire() for edit in edits]},
        }

    def marker(self) -> Optional[Mapping[str, Any]]:
        """None: a ping is enough, because the server handles frames in order."""
        return None

    def keep_alive(self) -> Optional[Mapping[str, Any]]:
        """Return a request whose answer, the addresses of the diagram, is not needed (V0-SESSION-LIFE)."""
        return {"message_type": "resync_request"}

    def merged(self, cell: Optional[Cell], edit: CellEdit) -> Cell:
        """Members of an update replace those of the cell, None removes them; an add is stored as sent."""
        known = cell.raw if cell is not None and edit.action == "update" else {}
        wire = {**known, **edit.data, "id": edit.id}
        if edit.action == "update":
            wire = {k: v for k, v in wire.items() if v is not None}
        return cell_from_wire(wire)

    def decode(self, message: Mapping[str, Any]) -> Optional[Event]:
        """Return the event in a message; None for selections, requests and unknown types."""
        read = _READERS.get(str(message.get("message_type")))
        return read(message) if read is not None else None


_READERS: Mapping[str, Reader] = {
    **READERS,
    "diagram_state_sync": state_reader(cells_from_wire),
    "diagram_operation": edited,
    "current_presenter": presenter,
    "state_correction": lambda message: Correction(),
}
