# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations on cells from a WebSocket (V0-OPERATIONS), without input and output."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ....patch import merge, same
from .cells import SHAPES

Json = Any
NEED_RESYNC = ("cell_already_exists", "update_nonexistent_cell")


class Rejected(Exception):
    """An operation that is refused as a whole."""

    def __init__(self, reason: str, affected: list[str] | None = None, message: str = "", details: str = "") -> None:
        super().__init__(reason)
        self.reason, self.affected, self.details = reason, affected or [], details
        self.message = message or f"Operation validation failed: {reason}"

    @property
    def requires_resync(self) -> bool:
        """Return whether the sender's copy of the diagram is wrong."""
        return self.reason in NEED_RESYNC


@dataclass(frozen=True, slots=True)
class Applied:
    """The new cells of a diagram, and the operation in the form for other participants."""

    cells: list[Json]
    operation: dict[str, Json]


def apply(cells: list[Json], operation: Json) -> Applied:
    """Apply an operation to cells as a whole, or raise Rejected."""
    kind = operation.get("type") if isinstance(operation, dict) else None
    if kind != "patch":
        raise Rejected(
            "invalid_operation_type",
            message="Invalid operation type",
            details=f"Operation type must be 'patch', got: {kind}",
        )
    changes = operation.get("cells")
    if not isinstance(changes, list) or not changes:
        raise Rejected("empty_cell_operations")
    state = {one["id"]: one for one in cells}
    passed_on: dict[str, Json] = {}
    for change in changes:
        passed_on.setdefault(_id(change), change)  # only the first operation on a cell counts
    for cell_id, change in passed_on.items():
        _apply_one(state, cell_id, change, list(passed_on))
    after = list(state.values())
    if same(after, cells):
        raise Rejected("no_state_change", message="Operation resulted in no state changes (idempotent or no-op)")
    return Applied(after, {**operation, "cells": list(passed_on.values())})


def _id(change: Json) -> str:
    cell_id = change.get("id") if isinstance(change, dict) else None
    if not isinstance(cell_id, str) or not 1 <= len(cell_id) <= 36:
        raise Rejected("validation_failed")
    return cell_id


def _apply_one(state: dict[str, Json], cell_id: str, change: dict[str, Json], affected: list[str]) -> None:
    """Apply the change of one cell. A rejection affects all cells of the message, none of which is applied then."""
    action = change.get("operation")
    if action == "remove":
        state.pop(cell_id, None)
        return
    if action not in ("add", "update"):
        raise Rejected("invalid_cell_operation", affected)
    data = _data(action, cell_id, change, affected)
    if action == "add":
        if cell_id in state:
            raise Rejected("cell_already_exists", affected)
        state[cell_id] = {"id": cell_id, **data}
    else:
        if cell_id not in state:
            raise Rejected("update_nonexistent_cell", affected)
        state[cell_id] = merge(state[cell_id], data)


def _data(action: str, cell_id: str, change: dict[str, Json], affected: list[str]) -> dict[str, Json]:
    data = change.get("data")
    if data is None:
        raise Rejected(f"{action}_requires_cell_data", affected)
    known_shape = isinstance(data, dict) and (
        data.get("shape") in SHAPES or (action == "update" and "shape" not in data)
    )
    if not known_shape or data.get("id", cell_id) != cell_id:
        raise Rejected("validation_failed", affected)
    checked: dict[str, Json] = data
    return checked
