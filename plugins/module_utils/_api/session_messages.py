# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads the messages of sessions and refused handshakes, for all generations."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence

from .._cells.cell import Cell
from .._errors import ApiError, AuthenticationError, MissingError, PermissionDeniedError
from .._http.frames import BROKEN, TOO_BIG, ConnectionLost
from .._options import Settings
from .._session.channel import CellEdit, Cursor, Denied, Edited, Ended, Event, People, Presenter, Rejected, State
from .person import email_of

#: Most cells of a diagram on API v1 (V1-CELLS).
MOST_CELLS = 10_000

Reader = Callable[[Mapping[str, Any]], Optional[Event]]

#: Most cells, most people and most characters of a reason that are read from a message.
_MOST_NAMED, _MOST_PEOPLE, _LONGEST_REASON = 20, 1000, 200

#: ``error`` messages after which the account must not rejoin.
_EXPELLED = {
    "removed_from_session": "the host removed this account from the collaboration session",
    "access_denied": "the host has removed this account from the collaboration session",
    "unauthorized": "the account has no access to the collaboration session",
    "SECURITY_VIOLATION": "the server has expelled this account from the collaboration session",
}


def progress_seconds_of(settings: Settings) -> float:
    """Return the most seconds without progress: ``retry_timeout``, but at least the time for one answer."""
    return max(settings.retry_timeout, settings.timeout)


def cells_of(message: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the cells of a state in wire form, without entries that are no cells.

    Raises ``ConnectionLost`` if there are more cells than a diagram can have.
    """
    found = [cell for cell in entries(message.get("cells")) if isinstance(cell, Mapping) and can_be_id(cell.get("id"))]
    if len(found) > MOST_CELLS:
        raise ConnectionLost(TOO_BIG, "the server sent %d cells; a diagram has at most %d" % (len(found), MOST_CELLS))
    return found


def state_reader(cells_from_wire: Callable[[Sequence[Mapping[str, Any]]], Sequence[Cell]]) -> Reader:
    """Return the reader of messages with all cells of the session, which ``cells_from_wire`` reads."""
    return lambda message: State(tuple(cells_from_wire(cells_of(message))))


def can_be_id(value: Any) -> bool:
    """Whether a value can be the id of a cell, an operation or a session."""
    return isinstance(value, str) and 0 < len(value) <= 256


def handshake_error(status: int, path: str, what: str, advice: str = "") -> Exception:
    """Return the error for a refused handshake: ``ConnectionLost`` if another try may help."""
    if status == 429 or status >= 500:
        return ConnectionLost(BROKEN, "the WebSocket handshake was answered with %d%s" % (status, advice))
    kind = {401: AuthenticationError, 403: PermissionDeniedError, 404: MissingError}.get(status, ApiError)
    advice = ". The account needs the role writer on this threat model" if status == 403 else ""
    message = "the WebSocket handshake GET %s was answered with %d%s" % (path, status, advice)
    return kind(message, method="GET", path=path, status=status, what=what)


def edited(message: Mapping[str, Any]) -> Edited:
    """Read the operation of a participant."""
    operation = message.get("operation")
    wires = entries(operation.get("cells")) if isinstance(operation, Mapping) else []
    edits = (CellEdit.of(wire) for wire in wires)
    user = email_of(message.get("initiating_user")) or text(message.get("user_id"))
    return Edited(text(message.get("operation_id")), tuple(edit for edit in edits if edit is not None), user)


def rejected(message: Mapping[str, Any]) -> Event:
    """Read ``operation_rejected``."""
    return Rejected(
        text(message.get("operation_id")),
        text(message.get("reason"))[:_LONGEST_REASON] or "unknown",
        tuple(filter(can_be_id, entries(message.get("affected_cells"))))[:_MOST_NAMED],
    )


def denied(message: Mapping[str, Any]) -> Event:
    """Read ``authorization_denied``."""
    return Denied(text(message.get("reason"))[:_LONGEST_REASON] or "insufficient_permissions")


def people(message: Mapping[str, Any]) -> Event:
    """Read ``participants_update``."""
    emails = (email_of(one) for one in entries(message.get("participants")))
    presenter = email_of(message["current_presenter"]) if "current_presenter" in message else None
    return People(tuple(one for one in emails if one)[:_MOST_PEOPLE], email_of(message.get("host")), presenter)


def presenter(message: Mapping[str, Any]) -> Event:
    """Read ``current_presenter``, which only v0 sends."""
    return Presenter(email_of(message.get("current_presenter")))


def cursor(message: Mapping[str, Any]) -> Optional[Event]:
    """Read ``presenter_cursor``; None if it has no place."""
    place = message.get("cursor_position")
    x, y = (place.get("x"), place.get("y")) if isinstance(place, Mapping) else (None, None)
    if not isinstance(x, (int, float)) or not isinstance(y, (int, float)):
        return None
    return Cursor(email_of(message.get("user")) or text(message.get("user_id")), x, y)


def error(message: Mapping[str, Any]) -> Optional[Event]:
    """Read ``error``; None for errors after which the session continues."""
    code = text(message.get("error"))
    if code == "session_terminated":
        return Ended("its collaboration session was ended by its host or the server")
    return Ended(_EXPELLED[code], expelled=True) if code in _EXPELLED else None


#: The messages that all generations send in the same form, by their type.
READERS: Mapping[str, Reader] = {
    "operation_rejected": rejected,
    "authorization_denied": denied,
    "participants_update": people,
    "presenter_cursor": cursor,
    "error": error,
}


def entries(value: Any) -> Sequence[Any]:
    """Return the list, an empty one for anything else."""
    return value if isinstance(value, list) else ()


def text(value: Any) -> str:
    """Return a text, "" for anything else."""
    return value if isinstance(value, str) else ""
