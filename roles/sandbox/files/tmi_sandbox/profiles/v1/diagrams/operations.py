# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on cells from a WebSocket (V1-REJECTIONS, V1-SESSION-COPY), without input and output."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .cells import Clean, identifier, rewritten

Json = Any
State = dict[str, Json]  # cells of a session by identifier
UNFIT = re.compile("[\0\ud800-\udfff]")
NEED_RESYNC = ("cell_already_exists", "update_nonexistent_cell", "cell_not_found_in_diagram")
ADD, UPDATE, REMOVE = "add", "update", "remove"


class Unreadable(ValueError):
    """A message that real servers cannot read and drop without an answer."""


@dataclass(frozen=True, slots=True)
class Change:
    """The change of one cell by an operation. `data` is None if there are none."""

    id: str
    operation: str
    data: Json

    def view(self) -> dict[str, Json]:
        """Return the change in the form of events."""
        shown: dict[str, Json] = {"id": self.id, "operation": self.operation}
        return shown if self.data is None else {**shown, "data": self.data}


@dataclass(frozen=True, slots=True)
class Operation:
    """A readable operation."""

    id: str
    type: str
    changes: list[Change]

    def view(self) -> dict[str, Json]:
        """Return the operation in the form of events: complete, but without unknown members."""
        return {"type": self.type, "cells": [change.view() for change in self.changes]}


@dataclass(slots=True)
class Outcome:
    """The result of an operation.

    `stored` are the cells after each change before a refusal, because they are stored one by one. The last of them is
    the result. `reason` is "" for an accepted operation.
    """

    cells: list[Json]
    reason: str = ""
    affected: list[str] = field(default_factory=list)
    details: str = ""
    stored: int = 0

    @property
    def message(self) -> str:
        """Return the text of a refusal."""
        if self.reason == "no_state_change":
            return "Operation resulted in no state changes (idempotent or no-op)"
        if self.reason == "invalid_operation_type":
            return "Invalid operation type"
        return f"Operation validation failed: {self.reason}"

    @property
    def requires_resync(self) -> bool:
        """Return whether the sender's copy of the diagram is wrong."""
        return self.reason in NEED_RESYNC


def read(message: dict[str, Json]) -> Operation:
    """Return the operation of a message, or raise Unreadable."""
    for name in ("base_vector", "sequence_number"):
        if type(message.get(name)) not in (int, type(None)):
            raise Unreadable(name)
    body = _typed(message, "operation", dict, {})
    changes = [
        Change(_typed(one, "id", str, ""), _typed(one, "operation", str, ""), one.get("data"))
        for one in map(_object, _typed(body, "cells", list, []))
    ]
    return Operation(_typed(message, "operation_id", str, ""), _typed(body, "type", str, ""), changes)


def _typed(holder: dict[str, Json], name: str, kind: type, default: Json) -> Json:
    value = holder.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise Unreadable(name)
    return UNFIT.sub(lambda found: "\0" if found[0] == "\0" else "\ufffd", value) if isinstance(value, str) else value


def _object(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict | None):
        raise Unreadable("cells")
    return value or {}


def state_of(cells: list[Json]) -> State:
    """Return cells by identifier. If several cells have the same identifier, the last one is used."""
    return {name: cell for cell in cells if (name := identifier(cell))}


def apply(cells: list[Json], state: State, operation: Operation) -> Outcome:
    """Apply an operation cell by cell, up to the first refused one.

    `state` has the existing cells. It is not changed, so changes of one operation do not depend on each other.
    """
    outcome = Outcome(list(cells))
    if operation.type != "patch":
        outcome.reason = "invalid_operation_type"
        outcome.details = f"Operation type must be 'patch', got: {operation.type}"
    elif not operation.changes:
        outcome.reason = "empty_cell_operations"
    for change in _first_of_each(operation.changes) if not outcome.reason else ():
        outcome.reason = _apply_one(outcome, state, change)
        if outcome.reason:
            outcome.affected.append(change.id)
            break
    if not outcome.reason and not outcome.stored:
        outcome.reason = "no_state_change"
    return outcome


def _first_of_each(changes: list[Change]) -> list[Change]:
    first: dict[str, Change] = {}
    for change in changes:
        first.setdefault(change.id, change)
    return list(first.values())


def _apply_one(outcome: Outcome, state: State, change: Change) -> str:
    """Apply one change. Return the reason if it is refused."""
    exists = change.id in state
    if change.operation == REMOVE:
        place = _place(outcome.cells, change.id) if exists else None
        if place is not None:
            del outcome.cells[place]
            _count(outcome, change)
        return ""
    if change.operation not in (ADD, UPDATE):
        return "invalid_cell_operation"
    if exists == (change.operation == ADD):
        return "cell_already_exists" if exists else "update_nonexistent_cell"
    if change.data is None:
        return f"{change.operation}_requires_cell_data"
    if not _fits(change.data):
        return "save_failed"
    if change.operation == ADD:
        outcome.cells.append(change.data)
    else:
        place = _place(outcome.cells, change.id)
        if place is None:
            return "cell_not_found_in_diagram"
        outcome.cells[place] = change.data
    _count(outcome, change)
    return ""


def _fits(value: Json) -> bool:
    """Return whether the database accepts all texts of a cell. It accepts no NUL and no half of a surrogate pair."""
    if isinstance(value, str):
        return UNFIT.search(value) is None
    if isinstance(value, dict):
        return all(_fits(name) and _fits(one) for name, one in value.items())
    return all(map(_fits, value)) if isinstance(value, list) else True


def _count(outcome: Outcome, change: Change) -> None:
    outcome.stored += 1
    outcome.affected.append(change.id)


def _place(cells: list[Json], name: str) -> int | None:
    """Return the position of a cell. A cell whose identifier is not a UUID is never found."""
    places = (place for place, cell in enumerate(cells) if isinstance(cell, dict) and cell.get("id") == name)
    if (place := next(places, None)) is not None:
        return place if identifier(cells[place]) else None
    return next((place for place, cell in enumerate(cells) if identifier(cell) == name), None)


def redo(cells: list[Json], operation: Operation, clean: Clean) -> list[Json] | None:
    """Return cells after redoing an operation, or None if it does not apply.

    In this case, adding an existing cell replaces it, and cells are rewritten as by a PATCH.
    """
    after = list(cells)
    for change in _first_of_each(operation.changes):
        place = _place(after, change.id)
        if change.operation == REMOVE:
            if place is not None:
                del after[place]
        elif place is not None:
            after[place] = rewritten(change.data, clean)
        elif change.operation == ADD:
            after.append(rewritten(change.data, clean))
        else:
            return None
    return after
