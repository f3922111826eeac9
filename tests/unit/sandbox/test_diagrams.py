# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Diagrams over REST: cells, defaults, versions, patches."""

from __future__ import annotations

from typing import Any

import pytest

Json = Any
NODE = {"id": "n1", "shape": "process", "position": {"x": 1, "y": 2}, "size": {"width": 40, "height": 30}}
FLAT = {"id": "n2", "shape": "store", "x": 1, "y": 2, "width": 40, "height": 30, "label": "DB"}
EDGE = {"id": "e1", "shape": "edge", "source": {"cell": "n1"}, "target": {"cell": "n2", "port": None}}
DEFAULTS = {"data": {"_metadata": []}, "visible": True, "zIndex": 1}


@pytest.fixture
def diagram(alice: Any) -> str:
    """Return the path of a diagram."""
    return str(alice.diagram(alice.model()))


def put(client: Any, diagram: str, *cells: Json, expect: int = 200, **more: Json) -> Json:
    """Replace a diagram."""
    return client.call("PUT", diagram, {"name": "D", "type": "DFD-1.0.0", "cells": list(cells), **more}, expect=expect)


def test_the_form_of_an_answer(alice: Any, diagram: str) -> None:
    whole = alice.call("GET", diagram)
    assert {key: value for key, value in whole.items() if not key.endswith("_at")} == {
        "id": diagram[-36:],
        "name": "D",
        "type": "DFD-1.0.0",
        "description": None,
        "cells": [],
        "image": {},
        "metadata": None,
        "update_vector": 0,
    }
    model = diagram.partition("/diagrams")[0]
    assert alice.call("GET", model)["diagrams"] == [whole]
    alice.call("POST", f"{model}/diagrams", {"name": "E"})
    assert [one["name"] for one in alice.call("GET", f"{model}/diagrams")] == ["D", "E"]
    assert alice.call("GET", f"{model}/diagrams")[0] == {"id": diagram[-36:], "name": "D", "type": "DFD-1.0.0"}


def test_put_adds_defaults_and_keeps_geometry_and_order(alice: Any, diagram: str) -> None:
    cells = [EDGE, {**NODE, "data": None, "parent": None, "unknown": [1]}, {**FLAT, "zIndex": 0, "angle": 5}]
    stored = put(alice, diagram, *cells)["cells"]
    assert stored == [
        {**EDGE, **DEFAULTS},
        {**NODE, **DEFAULTS, "angle": 0, "parent": None, "unknown": [1]},
        {**FLAT, **DEFAULTS, "zIndex": 0, "angle": 5},
    ]
    assert alice.call("GET", diagram)["cells"] == stored


def test_the_version_counts_changes_of_cells_only(alice: Any, diagram: str) -> None:
    def version(answer: Json) -> int:
        return int(answer["update_vector"])

    assert version(put(alice, diagram, NODE)) == 1
    assert version(put(alice, diagram, {**NODE, **DEFAULTS, "angle": 0.0})) == 1
    assert version(put(alice, diagram, NODE, name="Other")) == 1
    assert version(put(alice, diagram, NODE, FLAT)) == 2
    assert version(put(alice, diagram, FLAT, NODE)) == 3
    assert version(alice.patch(diagram, {"op": "replace", "path": "/name", "value": "N"})) == 3
    assert version(alice.patch(diagram, {"op": "remove", "path": "/cells/1"})) == 4
    assert version(put(alice, diagram)) == 5
    assert version(put(alice, diagram)) == 5


def test_an_image_has_the_version_of_its_write(alice: Any, diagram: str) -> None:
    image = put(alice, diagram, NODE, image={"svg": "PHN2Zy8+"})["image"]
    assert image == {"svg": "PHN2Zy8+", "update_vector": 1}
    assert put(alice, diagram, NODE, FLAT, image=image)["image"] == image
    assert put(alice, diagram, image={})["image"] == {}
    put(alice, diagram, image={"svg": "<svg/>"}, expect=400)


def without(cell: dict[str, Json], name: str) -> dict[str, Json]:
    """Return a cell without a member."""
    return {key: value for key, value in cell.items() if key != name}


BAD_CELLS = [
    {**NODE, "shape": "nope"},
    {**NODE, "shape": None},
    {**NODE, "id": ""},
    {**NODE, "id": "x" * 37},
    {**NODE, "id": 1},
    "cell",
    {**NODE, "size": {"width": 39, "height": 30}},
    {**NODE, "size": {"width": 40, "height": 29}},
    {**FLAT, "width": 39},
    {**FLAT, "x": "1"},
    {**FLAT, "x": True},
    {**NODE, "zIndex": -1},
    {**NODE, "visible": 1},
    {**NODE, "data": []},
    {**NODE, "attrs": None},
    {**NODE, "label": 5},
    {**EDGE, "source": {"cell": 1}},
    {**EDGE, "source": {}},
    {**EDGE, "vertices": [{"x": 1}]},
    *(without(NODE, name) for name in ("id", "shape", "position", "size")),
    *(without(FLAT, name) for name in ("x", "height")),
    *(without(EDGE, name) for name in ("source", "target")),
]


@pytest.mark.parametrize("cell", BAD_CELLS)
def test_bad_cells(alice: Any, diagram: str, cell: Json) -> None:
    put(alice, diagram, NODE, cell, expect=400)
    alice.call("POST", diagram.rpartition("/")[0], {"name": "D", "cells": [cell]}, expect=400)
    answer = alice.patch(diagram, {"op": "add", "path": "/cells/-", "value": cell}, expect=422)
    assert answer["error"] == "patch_failed"
    assert alice.call("GET", diagram)["update_vector"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"type": "data_flow"},
        {"type": None},
        {"name": ""},
        {"cells": None},
        {"id": "x"},
        {"update_vector": 0},
        {"metadata": {}},
    ],
)
def test_bad_diagrams(alice: Any, diagram: str, change: dict[str, Json]) -> None:
    put(alice, diagram, expect=400, **change)
    model = diagram.partition("/diagrams")[0]
    alice.call("POST", f"{model}/diagrams", {"name": "D", **change}, expect=400)
    alice.call("POST", f"{model}/diagrams", {"name": "D", "other": 1}, expect=400)


def test_what_get_answers_can_be_put_back_but_for_what_the_server_sets(alice: Any, diagram: str) -> None:
    put(alice, diagram, NODE, description="d", metadata=[{"key": "k", "value": "v"}])
    before = alice.call("GET", diagram)
    again = {key: value for key, value in before.items() if key not in ("id", "update_vector")}
    after = alice.call("PUT", diagram, again)
    assert {**after, "modified_at": 0} == {**before, "modified_at": 0}


def test_patch_by_array_and_by_object(alice: Any, diagram: str) -> None:
    put(alice, diagram, NODE, description="d")
    assert (
        alice.patch(diagram, {"op": "replace", "path": "/cells/0/position/x", "value": 9})["cells"][0]["position"]["x"]
        == 9
    )
    assert alice.patch(diagram, {"op": "remove", "path": "/description"})["description"] is None
    assert alice.call("PATCH", diagram, {"cells": [FLAT]})["cells"] == [FLAT]
    assert alice.patch(diagram)["cells"] == [FLAT]
    for operation in (
        {"op": "remove", "path": "/cells/1"},
        {"op": "test", "path": "/cells/0/x", "value": True},
        {"op": "replace", "path": "/type", "value": "x"},
        {"op": "replace", "path": "/cells", "value": "x"},
    ):
        alice.patch(diagram, operation, expect=422)
    alice.patch(diagram, {"op": "replace", "path": "/update_vector", "value": 7}, expect=400)
    alice.patch(diagram, {"op": "replace", "path": "/name", "value": None}, expect=400)
    alice.call("PATCH", diagram, {"name": None}, expect=422)


def test_threats_let_go_of_a_diagram_that_is_deleted(alice: Any, diagram: str) -> None:
    model, cell = diagram.partition("/diagrams")[0], "00000000-0000-4000-8000-000000000002"
    threat = alice.call(
        "POST",
        f"{model}/threats",
        {
            "name": "T",
            "severity": "Low",
            "priority": "",
            "mitigated": False,
            "status": "",
            "threat_type": "",
            "diagram_id": diagram[-36:],
            "cell_id": cell,
        },
    )
    alice.call("DELETE", diagram)
    after = alice.call("GET", f"{model}/threats/{threat['id']}")
    assert (after["diagram_id"], after["cell_id"]) == (None, cell)
