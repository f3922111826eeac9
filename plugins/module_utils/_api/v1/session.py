# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: the collaboration session of one diagram (V1-COLLABORATE to V1-SESSION-COPY)."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence, Set

from ..._cells.cell import Cell
from ..._cells.changes import CellChange
from ..._engine.tree import Entity
from ..._errors import ApiError, MissingError
from ..._failures import CONFLICT
from ..._http.frames import BROKEN, ConnectionLost, HandshakeRefused, Socket
from ..._http.transport import Transport
from ..._login.tokens import jwt_claims
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
    state_reader,
    text,
)
from ..wire_shapes import TICKET
from .cells import cell_from_wire, cell_to_wire, cells_from_wire
from .shapes import COLLABORATION, SHAPES

#: Tries to join: a session without connections may vanish between POST and ticket (V1-SESSION-LIFE).
_MOST_JOINS = 3
_TOO_MANY = (
    ": the account has five WebSocket connections open, the most that this server allows, or the session is full"
)


class V1Channel(BaseChannel):
    """The session of ``diagram``. ``caller`` returns the account's e-mail; used only if no answer contains it."""

    diagram_shape = SHAPES[DIAGRAM.name]
    cells_from_wire = staticmethod(cells_from_wire)
    #: A session has its own copy of the cells. Each operation stores the whole copy from its beginning. So an operation
    #: that was refused half-way has stored cells that the copy lacks, and the next operation removes them. Of two
    #: operations at the same time the later one stores the diagram without the changes of the other.
    lags = True

    def __init__(self, transport: Transport, diagram: Entity, caller: Callable[[], str]) -> None:
        super().__init__(transport, diagram, caller)
        self._session = ""
        self._ticket = ""
        self._opened: Set[str] = set()
        self._operations: Set[str] = set()
        self._sequence = 0
        #: The first state always comes, but slowly if the server holds many models (V1-DIAGRAM-COST).
        self.first_state_wait = self.timeout

    # --- joining and leaving ---------------------------------------------------------------------

    def join(self) -> Membership:
        """POST: 201 opens a session, 200 finds one. Then get the ticket: without it the session may vanish any time."""
        for _try in range(_MOST_JOINS):
            answer = self._transport.request(
                "POST",
                self._collaborate,
                idempotent=True,
                expect=(200, 201),
                what=self.what,
                role="writer",
                recorded=False,
                shape=COLLABORATION,
            )
            membership = self._member(answer.data, answer.status == 201)
            try:
                self._ticket = self._new_ticket()
            except MissingError:
                continue
            return membership
        raise ApiError(
            "its collaboration session ends again and again while it is joined", what=self.what, code=CONFLICT
        )

    def watch(self) -> Optional[Membership]:
        """GET, which is 404 without a session, then get the ticket."""
        try:
            answer = self._transport.request("GET", self._collaborate, what=self.what, shape=COLLABORATION)
            membership = self._member(answer.data, False)
            if membership.opened:
                return None  # a session of this account without connections ends by itself (V1-SESSION-LIFE)
            self._ticket = self._new_ticket()
        except MissingError:
            return None
        return membership

    def _member(self, session: Mapping[str, Any], opened: bool) -> Membership:
        self._session = text(session.get("session_id"))
        there = [one for one in entries(session.get("participants")) if not self._is_row_of_caller(one)]
        mine = [one for one in there if isinstance(one, Mapping) and self._is_me(one.get("user"))]
        if not opened and self._session not in self._opened and self._is_me(session.get("host")):
            if there:
                raise self._shared(there)
            opened = True  # without participants: left over, or made by a POST with a lost answer
        if opened:
            self._opened.add(self._session)
        return Membership(
            session_id=self._session,
            opened=self._session in self._opened,
            caller=self._caller(),
            role=text(mine[0].get("permissions")) if mine else "",
        )

    def _shared(self, there: Sequence[Any]) -> ApiError:
        """Return the error: the server ends a session when any connection of its host's account ends."""
        names = ", ".join(sorted({email_of(one) for one in there} - {""}))
        return ApiError(
            "its collaboration session was opened by this same account elsewhere, with %s in it; joining and leaving "
            "would end it for all. Close the diagram there first, or run with another account" % names,
            what=self.what,
            code=CONFLICT,
            server_code="session_of_same_account",
        )

    def _is_row_of_caller(self, participant: Any) -> bool:
        """Whether the server has added a participant only for the request, without a connection (V1-PARTICIPANTS)."""
        user = participant.get("user") if isinstance(participant, Mapping) else None
        if not isinstance(user, Mapping) or not email_of(user) or user.get("provider_id") != email_of(user):
            return False
        is_ours = email_of(user).casefold() == self._caller().casefold()
        return is_ours and jwt_claims(self._transport.access_token()).get("sub") != user["provider_id"]

    def _is_me(self, user: Any) -> bool:
        """Whether a user is the caller: by provider and id if the token has them, else by e-mail."""
        if not isinstance(user, Mapping):
            return False
        claims = jwt_claims(self._transport.access_token())
        if claims.get("sub") and claims.get("idp") and user.get("provider_id") and user.get("provider"):
            return (user["provider"], user["provider_id"]) == (claims["idp"], claims["sub"])
        return bool(email_of(user)) and email_of(user).casefold() == self._caller().casefold()

    def _new_ticket(self) -> str:
        query = {"session_id": self._session}
        answer = self._transport.request("GET", "/ws/ticket", params=query, what=self.what, shape=TICKET)
        return str(answer.data["ticket"])

    def connect(self, seconds: float) -> Socket:
        """Connect with a ticket, which is valid for one connection within 30 seconds."""
        ticket, self._ticket = self._ticket, ""
        self._sequence = 0
        try:
            query = {"session_id": self._session, "ticket": ticket or self._new_ticket()}
            return self._transport.websocket(self._path + "/ws", query, seconds)
        except MissingError:
            raise ConnectionLost(BROKEN, "its collaboration session has vanished") from None
        except HandshakeRefused as refused:
            status = refused.status
        if status == 401:  # the ticket was valid, so the session has ended
            raise ConnectionLost(BROKEN, "the WebSocket handshake was answered with 401")
        raise handshake_error(status, self._path + "/ws", self.what, _TOO_MANY if status == 429 else "")

    def leave(self, membership: Membership, retry_seconds: float = float("inf")) -> None:
        """DELETE by the host ends the session immediately; it has no effect for others, who leave by closing."""
        if membership.opened:
            self._transport.request(
                "DELETE",
                self._collaborate,
                expect=(200, 204),
                what=self.what,
                recorded=False,
                retry_seconds=retry_seconds,
            )

    # --- cells and messages ----------------------------------------------------------------------

    def edit(self, change: CellChange) -> CellEdit:
        """Return an edit; an update has the full cell, which replaces the stored one."""
        return CellEdit(change.cell.id, change.action, {} if change.after is None else cell_to_wire(change.after))

    def message(self, operation_id: str, edits: Sequence[CellEdit]) -> Mapping[str, Any]:
        """Return a ``diagram_operation_request``; the server finds cells only by ids in lower case."""
        self._operations.add(operation_id)
        return {
            "message_type": "diagram_operation_request",
            "operation_id": operation_id,
            "operation": {"type": "patch", "cells": [{**edit.wire(), "id": edit.id.lower()} for edit in edits]},
        }

    def marker(self) -> Optional[Mapping[str, Any]]:
        """Return ``sync_request``; with a vector the answer might be only that nothing is new (V1-MESSAGES)."""
        return {"message_type": "sync_request"}

    def keep_alive(self) -> Optional[Mapping[str, Any]]:
        """None: only joining and leaving count (V1-SESSION-LIFE)."""
        return None

    def merged(self, cell: Optional[Cell], edit: CellEdit) -> Cell:
        """The data replaces the cell, and is stored as sent."""
        return cell_from_wire({**edit.data, "id": text(edit.data.get("id")) or edit.id})

    def decode(self, message: Mapping[str, Any]) -> Optional[Event]:
        """Return the event in a message; None for selections, requests and unknown types."""
        kind = str(message.get("message_type"))
        if kind == "diagram_operation_event":
            return self._operation(message)
        read = _READERS.get(kind)
        return read(message) if read is not None else None

    def _operation(self, message: Mapping[str, Any]) -> Event:
        """Read an operation. Messages of undo and redo have the original operation, not its reversal."""
        number = message.get("sequence_number")
        number = number if isinstance(number, int) else self._sequence + 1
        event = edited(message)
        if event.operation_id in self._operations or number <= self._sequence:
            return Correction()
        self._sequence = number
        return event


def _history(message: Mapping[str, Any]) -> Optional[Event]:
    return Correction() if message.get("message") == "resync_required" else None


_READERS: Mapping[str, Reader] = {
    **READERS,
    "diagram_state": state_reader(cells_from_wire),
    "history_operation": _history,
}
