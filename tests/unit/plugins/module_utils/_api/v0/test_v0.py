# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v0: what goes to the wire comes back, and ``stored`` says what the server will keep."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0 import wire as v0_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.cells import cell_from_wire, cell_to_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import BOUNDARY, FLOW, NODE_SHAPES, Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._resources._catalog import RESOURCES, by_name
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._api.canonical import objects, text

RULES = V0Rules()


@pytest.mark.parametrize("name", [resource.name for resource in RESOURCES if RULES.supports(resource)])
@given(data=st.data())
def test_what_is_stored_goes_to_the_wire_and_back(name: str, data: st.DataObject) -> None:
    resource = by_name(name)
    values = data.draw(objects(resource, RULES.columns(resource)))
    kept = RULES.stored(resource, values)
    assert RULES.stored(resource, kept) == kept, "stored is idempotent"
    wire = v0_wire.to_wire(resource, kept)
    back = v0_wire.from_wire(resource, wire)
    assert {n: v for n, v in kept.items() if v not in (None, [])} == {n: v for n, v in back.items() if v != []}
    if resource.name != "threat_model":
        changed = {n for n in values if kept[n] != values[n]}
        assert changed <= {"score", "severity"}, "only these does the server change"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"score": 7.25}, {"score": 7.3}),
        ({"score": 7.24}, {"score": 7.2}),
        ({"severity": "informational"}, {"severity": "none"}),
        ({"threat_type": []}, {"threat_type": []}),
        ({"status": "in_progress"}, {"status": "in_progress"}),
    ],
)
def test_what_comes_back_different_from_what_was_sent(sent: dict[str, Any], kept: dict[str, Any]) -> None:
    assert RULES.stored(by_name("threat"), sent) == kept


def test_words_are_written_as_the_web_editor_does() -> None:
    wire = v0_wire.to_wire(
        by_name("threat"), {"status": "in_progress", "priority": "medium", "threat_type": ["A", "B"]}
    )
    assert wire == {"status": "In Progress", "priority": "Medium", "threat_type": "A, B"}


def test_the_owner_is_always_in_the_authorization() -> None:
    kept = RULES.stored(by_name("threat_model"), {"owner": "b", "authorization": [{"user": "a", "role": "owner"}]})
    assert kept["authorization"] == [{"user": "a", "role": "owner"}, {"user": "b", "role": "owner"}]


numbers = st.integers(-500, 500).map(float)
cells = st.builds(
    Cell,
    id=st.uuids().map(str),
    shape=st.sampled_from([*NODE_SHAPES, BOUNDARY]),
    label=text,
    parent=st.none() | st.uuids().map(str),
    geometry=st.builds(Box, numbers, numbers, st.just(40.0), st.just(30.5)),
    metadata=st.dictionaries(text, text, max_size=2),
) | st.builds(
    Cell,
    id=st.uuids().map(str),
    shape=st.just(FLOW),
    label=st.just("") | text,
    source=st.uuids().map(str),
    target=st.uuids().map(str),
    source_port=st.none() | st.just("right"),
    target_port=st.none() | st.just("left"),
    router=st.none() | st.just("manhattan"),
    bidirectional=st.booleans(),
    metadata=st.dictionaries(text, text, max_size=2),
)


def canonical(cell: Cell) -> dict[str, Any]:
    return {name: value for name, value in vars(cell).items() if name != "raw"}


@given(cells)
def test_cells_go_to_the_wire_and_back(cell: Cell) -> None:
    wire = cell_to_wire(cell)
    back = cell_from_wire(wire)
    assert canonical(back) == canonical(cell)
    assert cell_to_wire(back) == wire, "writing what was read changes nothing"


@given(cells)
def test_members_of_a_cell_that_we_do_not_know_are_kept(cell: Cell) -> None:
    wire = {
        **cell_to_wire(cell),
        "zIndex": 7,
        "data": {"_metadata": [], "own": 1},
        "gone": None,
        "tools": [{"name": "boundary"}],
    }
    back = cell_to_wire(cell_from_wire(wire))
    assert back["zIndex"] == 7
    assert back["data"] == {"_metadata": [], "own": 1}
    assert back["tools"] == wire["tools"]
    assert "gone" not in back


def test_both_forms_of_geometry_are_read_and_the_nested_one_is_written() -> None:
    flat = {"id": "a", "shape": "process", "x": 1, "y": 2, "width": 100, "height": 50, "label": "Web"}
    nested = {"id": "a", "shape": "process", "position": {"x": 1, "y": 2}, "size": {"width": 100, "height": 50}}
    assert cell_from_wire(flat).geometry == cell_from_wire(nested).geometry == Box(1, 2, 100, 50)
    written = cell_to_wire(cell_from_wire(flat))
    assert written["position"] == {"x": 1, "y": 2}
    assert written["label"] == "Web"
    assert "x" not in written


@pytest.mark.parametrize(
    "wire",
    [
        {"id": "a", "shape": "process", "x": "left", "attrs": "none", "data": [1], "labels": {}, "parent": ""},
        {"id": "a", "shape": "edge", "source": "b", "target": None, "labels": [None], "router": 3},
        {"id": 5},
        {},
    ],
)
def test_cells_of_an_unexpected_form_are_read_all_the_same(wire: dict[str, Any]) -> None:
    cell = cell_from_wire(wire)
    assert cell.geometry is None
    assert cell.raw is wire
