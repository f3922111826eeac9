# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations on cells of API generation v1, and what a session remembers of them."""

from __future__ import annotations

from typing import Any

import pytest

from tmi_sandbox.profiles.v1 import history
from tmi_sandbox.profiles.v1.diagrams import operations

Json = Any
A, B, C = (f"0b8e0000-0000-4000-8000-00000000000{letter}" for letter in "abc")


def cell(name: str, **more: Json) -> Json:
    """Return a cell."""
    return {"id": name, "shape": "process", "x": 1, "y": 1, "width": 80, "height": 40, **more}


def operation(*changes: tuple[str, str, Json]) -> operations.Operation:
    """Return an operation of changes, each an identifier, what to do and the data."""
    return operations.Operation("o", "patch", [operations.Change(*change) for change in changes])


def applied(stored: list[Json], *changes: tuple[str, str, Json]) -> operations.Outcome:
    """Apply changes to cells."""
    return operations.apply(stored, operations.state_of(stored), operation(*changes))


def test_the_first_change_of_a_cell_counts() -> None:
    done = applied([cell(A)], (A, "update", cell(A, x=2)), (A, "remove", None), (B, "add", cell(B)))
    assert done.reason == ""
    assert done.cells == [cell(A, x=2), cell(B)]
    assert done.affected == [A, B]


def test_what_was_done_before_a_refusal_counts() -> None:
    done = applied([cell(A)], (B, "add", cell(B)), (A, "remove", None), (C, "update", cell(C)), (A, "add", cell(A)))
    assert (done.reason, done.stored, done.affected) == ("update_nonexistent_cell", 2, [B, A, C])
    assert done.cells == [cell(B)]
    assert done.requires_resync


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ((A, "add", cell(A)), "cell_already_exists"),
        ((A, "update", None), "update_requires_cell_data"),
        ((B, "update", None), "update_nonexistent_cell"),
        ((B, "add", None), "add_requires_cell_data"),
        ((B, "remove", None), "no_state_change"),
        ((A, "", cell(A)), "invalid_cell_operation"),
        ((A.upper(), "update", cell(A)), "update_nonexistent_cell"),
    ],
)
def test_refusals(change: tuple[str, str, Json], reason: str) -> None:
    assert applied([cell(A)], change).reason == reason


def test_a_cell_under_a_wrong_identifier() -> None:
    remembered = history.History(operations.state_of([cell(A)]))
    wrong = operation((B, "add", cell(C)))
    done = operations.apply([cell(A)], remembered.state, wrong)
    assert done.cells == [cell(A), cell(C)]
    remembered.add(1, wrong, dict(remembered.state))
    for change, reason in (
        ((B, "add", cell(B)), "cell_already_exists"),
        ((B, "update", cell(B)), "cell_not_found_in_diagram"),
        ((B, "remove", None), "no_state_change"),
        ((C, "update", cell(C)), "update_nonexistent_cell"),
    ):
        assert operations.apply(done.cells, remembered.state, operation(change)).reason == reason


def test_cells_without_a_proper_identifier_are_out_of_reach() -> None:
    odd: list[Json] = [{"id": "x"}, {"id": 1}, "x", {}]
    assert operations.state_of(odd) == {}
    assert operations.apply(odd, {"x": {}}, operation(("x", "update", cell(A)))).reason == "cell_not_found_in_diagram"


@pytest.mark.parametrize(
    "message",
    [
        {"operation": []},
        {"operation": {"cells": {}}},
        {"operation": {"cells": ["x"]}},
        {"operation": {"cells": [{"id": 1}]}},
        {"operation": {"type": 1}},
        {"operation_id": 1},
        {"base_vector": 1.5},
    ],
)
def test_operations_that_cannot_be_read(message: Json) -> None:
    with pytest.raises(operations.Unreadable):
        operations.read(message)


def test_how_others_see_an_operation() -> None:
    changes = [
        {"id": A, "operation": "remove", "data": None, "more": 1},
        {"id": B, "operation": "add", "data": {"x": 1}},
    ]
    read = operations.read({"operation": {"type": "patch", "more": 1, "cells": [*changes, None]}, "base_vector": None})
    assert read.view() == {
        "type": "patch",
        "cells": [{"id": A, "operation": "remove"}, changes[1], {"id": "", "operation": ""}],
    }


def test_redo() -> None:
    stored, flat = [cell(A), cell(B)], cell(A, parent=None, data={"_metadata": []})
    again = operation((A, "add", cell(A, zIndex=1, data={"_metadata": []})), (B, "remove", None), (C, "remove", None))
    assert operations.redo(stored, again, str) == [flat]
    assert operations.redo(stored, operation((C, "update", cell(C))), str) is None


def test_history() -> None:
    remembered = history.History()
    assert remembered.to_undo() is remembered.to_redo() is None
    remembered.add(1, operation((A, "add", cell(A))), {})
    remembered.add(3, operation((A, "remove", None)), dict(remembered.state))  # 2 was refused
    assert remembered.state == {}
    entry = remembered.to_undo()
    assert entry is not None
    assert entry.before == {A: cell(A)}
    remembered.position = 2
    assert remembered.to_undo() is None
    assert remembered.to_redo() is entry


def test_history_has_an_end() -> None:
    remembered = history.History()
    for number in range(1, 102):
        remembered.add(number, operation((A, "update", cell(A, x=number))), {})
    remembered.position = 50
    assert remembered.to_undo() is None
    assert remembered.to_redo() is not None
