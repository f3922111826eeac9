# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Properties of the plan that hold for every diagram."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import KEY, Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import describe_plan
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._diagram.diagrams import (
    dangling,
    named_options,
    overlaps,
    plan,
    rings,
    situations,
    strays,
    without_marks,
)

PRUNE = st.sampled_from(["none", "managed", "all"])
Situation = tuple[dict[str, Any], tuple[Cell, ...]]


@given(situations(), PRUNE)
@settings(max_examples=100)
def test_a_planned_diagram_needs_no_second_plan(situation: Situation, prune: str) -> None:
    wanted, actual = situation
    first = plan(wanted, actual, prune)
    second = plan(wanted, first.cells, prune)
    assert second.changes == ()
    assert second.cells == first.cells
    assert second.ids == first.ids


@given(situations(), PRUNE)
@settings(max_examples=50)
def test_the_diff_is_empty_exactly_where_nothing_changes(situation: Situation, prune: str) -> None:
    wanted, actual = situation
    first = plan(wanted, actual, prune)
    before, after = describe_plan(actual, first)
    assert (before == after) == (first.changes == ())
    before, after = describe_plan(first.cells, plan(wanted, first.cells, prune))
    assert before == after


@given(situations(), PRUNE)
@settings(max_examples=50)
def test_changes_lead_to_the_planned_cells_without_missing_references(situation: Situation, prune: str) -> None:
    wanted, actual = situation
    found = plan(wanted, actual, prune)
    cells = {cell.id: cell for cell in actual}
    for change in found.changes:
        if change.action == "remove":
            del cells[change.cell.id]
        else:
            assert (change.action == "update") == (change.cell.id in cells)
            cells[change.cell.id] = change.cell
        assert not dangling(list(cells.values()))
    assert not rings(found.cells)
    assert list(cells.values()) == sorted(found.cells, key=lambda cell: list(cells).index(cell.id))


@given(situations(), PRUNE)
@settings(max_examples=50)
def test_only_cells_that_may_be_removed_are_removed(situation: Situation, prune: str) -> None:
    wanted, actual = situation
    found = plan(wanted, actual, prune)
    declared = set(found.ids.values())
    keys = set(found.ids)
    for change in found.changes:
        if change.action != "remove":
            continue
        assert prune != "none"
        assert change.cell.id not in declared
        if prune == "managed":
            assert change.cell.key is not None
            assert change.cell.key not in keys, "a copy that a person made"
        if not change.cell.is_flow:
            assert ("boundaries" if change.cell.is_boundary else "nodes") in wanted
    kept = {kept.cell.id for kept in found.kept}
    if prune == "all" and {"nodes", "boundaries", "flows"} <= set(wanted):
        assert {cell.id for cell in found.cells} == declared | kept
    for entry in found.kept:
        assert entry.used_by


@given(situations())
@settings(max_examples=50)
def test_the_work_of_people_survives(situation: Situation) -> None:
    wanted, actual = situation
    wanted["layout"] = {"existing": "keep"}
    found = plan(wanted, actual, "managed")
    after = {cell.id: cell for cell in found.cells}
    before = {cell.id: cell for cell in actual}
    declared = set(found.ids.values())

    def same_place(cell_id: str | None) -> bool:
        """Whether neither the cell nor anything around it was put into another boundary."""
        while cell_id is not None:
            if cell_id not in before or cell_id not in after or before[cell_id].parent != after[cell_id].parent:
                return False
            cell_id = before[cell_id].parent
        return True

    for cell in actual:
        if cell.key is None and cell.id not in declared:
            assert after[cell.id].label == cell.label
        if cell.id not in after:
            continue
        then = after[cell.id]
        assert then.shape == cell.shape or cell.id in declared
        assert {key: value for key, value in cell.metadata.items() if key not in (KEY, "team")}.items() <= (
            then.metadata.items()
        )
        assert then.raw == cell.raw
        if cell.geometry is None or then.geometry is None:
            continue
        if same_place(cell.id):
            assert (then.geometry.x, then.geometry.y) == (cell.geometry.x, cell.geometry.y)
        if not then.is_boundary or then.key is None:
            assert (then.geometry.width, then.geometry.height) == (cell.geometry.width, cell.geometry.height)


@given(named_options(), PRUNE)
@settings(max_examples=40)
def test_a_diagram_drawn_by_hand_is_recognised_whole(wanted: dict[str, Any], prune: str) -> None:
    drawn = without_marks(plan(wanted).cells)
    found = plan(wanted, drawn, prune)
    assert {change.action for change in found.changes} <= {"update"}
    assert {change.fields for change in found.changes} <= {("metadata",)}
    assert [cell.id for cell in found.cells] == [cell.id for cell in drawn]
    assert all(cell.key for cell in found.cells)


@given(named_options(), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_order_in_which_fields_and_cells_are_given_does_not_matter(
    wanted: dict[str, Any], shuffler: random.Random
) -> None:
    def shuffled(value: dict[str, Any]) -> dict[str, Any]:
        names = list(value)
        shuffler.shuffle(names)
        return {name: value[name] for name in names}

    first = plan(wanted)
    fields = {section: {key: shuffled(entry) for key, entry in wanted[section].items()} for section in shuffled(wanted)}
    assert plan(fields).cells == first.cells
    # The order of entries decides which of two equal layouts is taken, but never what is in the diagram.
    entries = {section: shuffled(entries) for section, entries in wanted.items()}
    found = {cell.id: cell for cell in plan(entries).cells}
    for cell in first.cells:
        other = found.pop(cell.id)
        for name in ("shape", "label", "parent", "source", "target", "metadata"):
            assert getattr(other, name) == getattr(cell, name)
    assert not found
    # The order in which the server keeps cells decides nothing at all.
    actual = list(first.cells)
    shuffler.shuffle(actual)
    again = plan({**wanted, "layout": {"existing": "relayout"}}, actual)
    assert {cell.id: cell.geometry for cell in again.cells} == {cell.id: cell.geometry for cell in first.cells}


@pytest.mark.parametrize("direction", ["right", "down"])
@given(wanted=named_options(most=8))
@settings(max_examples=50)
def test_a_new_diagram_has_no_overlaps_and_all_children_in_their_boundaries(
    direction: str, wanted: dict[str, Any]
) -> None:
    found = plan({**wanted, "layout": {"direction": direction}}).cells
    assert overlaps(found) == []
    assert strays(found) == []
    for cell in found:
        assert (cell.geometry is None) == cell.is_flow
        if cell.geometry is not None:
            assert {cell.geometry.x % 10, cell.geometry.y % 10} == {0}


@given(named_options(least=2, most=6), st.integers(0, 60), st.integers(0, 40), st.booleans())
@settings(max_examples=50)
def test_a_whole_layout_makes_room_for_what_must_not_move(wanted: dict[str, Any], x: int, y: int, locked: bool) -> None:
    key = next(iter(wanted["nodes"]))
    place = Box(x * 20, y * 20, 140, 60)
    actual = plan(wanted).cells
    if locked:
        fast: dict[str, Any] = {"geometry": place, "raw": {"data": {"_layoutLocked": True}}}
        actual = tuple(replace(cell, **fast) if cell.key == key else cell for cell in actual)
    else:
        wanted["nodes"][key].update(x=place.x, y=place.y, width=140, height=60)
    wanted["layout"] = {"existing": "relayout"}
    for found in (plan(wanted, actual).cells, plan(wanted, () if not locked else actual).cells):
        assert next(cell for cell in found if cell.key == key).geometry == place
        assert overlaps(found) == []
        assert strays(found) == []
        assert plan(wanted, found).changes == ()


@given(named_options(), named_options())
@settings(max_examples=50)
def test_new_cells_find_room_among_old_ones(first: dict[str, Any], second: dict[str, Any]) -> None:
    actual = without_marks(plan(first).cells)
    # The keys are others, so that nothing but the boundaries is recognised.
    renamed = {
        "boundaries": first["boundaries"],
        "nodes": {"new " + key: {**node, "label": "New " + key, "in": ""} for key, node in second["nodes"].items()},
    }
    for index, key in enumerate(renamed["nodes"]):
        if first["boundaries"]:
            renamed["nodes"][key]["in"] = list(first["boundaries"])[index % len(first["boundaries"])]
    found = plan(renamed, actual).cells
    assert strays(found) == []
    fresh = {"New " + key for key in renamed["nodes"]} | {"New new " + key for key in renamed["nodes"]}
    assert [pair for pair in overlaps(found) if set(pair) & fresh and "Zone" not in str(pair)] == []
