# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a diagram by a session: operations, undo and redo, and their effects on the store (V1-SESSION-COPY)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...hub import Session
from ...parts import Parts
from ...store import Item
from ...web.rest import User
from .audit import record
from .diagrams import operations, sessions
from .diagrams.operations import Operation, Outcome
from .history import Entry, History
from .people import users

Json = Any
NOT_FOUND = "diagram_not_found"


@dataclass(frozen=True, slots=True)
class Done:
    """The result of an operation: the reason of a refusal, and the update vector after it."""

    vector: int
    reason: str = ""
    message: str = ""
    details: str = ""
    affected: tuple[str, ...] = ()
    requires_resync: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """An undone or redone operation, and the update vector after that."""

    entry: Entry
    vector: int


def event(user: User, operation: Operation, sequence: int, vector: int) -> dict[str, Json]:
    """Return the message about an operation."""
    return {
        "message_type": "diagram_operation_event",
        "initiating_user": users.principal(user),
        "operation_id": operation.id,
        "sequence_number": sequence,
        "update_vector": vector,
        "operation": operation.view(),
    }


def rejection(parts: Parts, session: Session, operation: Operation, done: Done) -> dict[str, Json]:
    """Return the message to the sender of a refused operation."""
    optional = {"details": done.details, "affected_cells": list(done.affected)}
    return {
        "message_type": "operation_rejected",
        "operation_id": operation.id,
        "sequence_number": session.sequence,
        "update_vector": done.vector,
        "reason": done.reason,
        "message": done.message,
        **{name: value for name, value in optional.items() if value},
        "requires_resync": done.requires_resync,
        "timestamp": parts.clock.stamp(),
    }


def operate(parts: Parts, session: Session, operation: Operation) -> Done:
    """Apply an operation and remember it.

    An accepted operation does not change the update vector. If an operation is refused half-way, its first cells are
    stored and each raises the vector, but the session does not have these cells (V1-SESSION-COPY).
    """
    store, history = parts.store, sessions.memory(session).history
    with store.transaction():
        diagram = store.item("diagram", session.model_id, session.diagram_id)
        if diagram is None:
            return Done(0, NOT_FOUND, "Target diagram could not be retrieved", requires_resync=True)
        outcome = operations.apply(_base(history, diagram), history.state, operation)
        if outcome.reason:
            diagram.body["update_vector"] += outcome.stored
        if outcome.stored:
            record.edited_in_session(parts, session.model_id, diagram.id, diagram.content or [], outcome.cells)
            _keep(parts, diagram, outcome.cells)
    if not outcome.reason:
        history.add(session.sequence, operation, dict(history.state))
    return _done(diagram, outcome)


def _base(history: History, diagram: Item) -> list[Json]:
    """Return the cells that an operation changes: the cells of the session, or at first the stored cells."""
    if history.state:
        return list(history.state.values())
    cells: list[Json] = diagram.content or []
    history.state = operations.state_of(cells)
    return cells


def _keep(parts: Parts, diagram: Item, cells: list[Json]) -> None:
    diagram.body["modified_at"] = parts.clock.stamp()
    parts.store.update_item(diagram, content=cells)


def _done(diagram: Item, outcome: Outcome) -> Done:
    vector = diagram.body["update_vector"]
    if not outcome.reason:
        return Done(vector)
    affected = tuple(outcome.affected)
    return Done(vector, outcome.reason, outcome.message, outcome.details, affected, outcome.requires_resync)


def undo(parts: Parts, session: Session) -> Step | str:
    """Restore the cells before the last operation, which raises the update vector. Return the reason if it fails."""
    history = sessions.memory(session).history
    entry = history.to_undo()
    if not history.position:
        return "no_operations_to_undo"
    with parts.store.transaction():
        diagram = parts.store.item("diagram", session.model_id, session.diagram_id)
        if entry is None or diagram is None:
            return "resync_required"
        diagram.body["update_vector"] += 1
        _keep(parts, diagram, list(entry.before.values()))
    history.position = entry.sequence - 1
    return Step(entry, diagram.body["update_vector"])


def redo(parts: Parts, session: Session) -> Step | str:
    """Redo the undone operation, which does not change the update vector. Return the reason if it fails."""
    history = sessions.memory(session).history
    entry = history.to_redo()
    if entry is None:
        return "no_operations_to_redo"
    with parts.store.transaction():
        diagram = parts.store.item("diagram", session.model_id, session.diagram_id)
        cells = None if diagram is None else operations.redo(diagram.content or [], entry.operation, str)
        if diagram is None or cells is None:
            return "resync_required"
        _keep(parts, diagram, cells)
    history.position = entry.sequence
    return Step(entry, diagram.body["update_vector"])
