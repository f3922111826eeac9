# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cells of API generation v1: what a PUT takes, and what is stored of it."""

from __future__ import annotations

from typing import Any

import pytest

from tmi_sandbox import validation
from tmi_sandbox.profiles.v1.diagrams import cell_schema, cells

Json = Any
A, B = "0b8e0000-0000-4000-8000-00000000000a", "0b8e0000-0000-4000-8000-00000000000b"
PLACE = {"x": 1, "y": 2, "width": 80, "height": 40}


def node(**more: Json) -> Json:
    """Return a node."""
    return {"id": A, "shape": "process", **PLACE, **more}


def edge(**more: Json) -> Json:
    """Return an edge."""
    return {"id": B, "shape": "flow", "source": {"cell": A}, "target": {"cell": A}, **more}


@pytest.mark.parametrize(
    "cell",
    [
        node(),
        node(anything="goes", zIndex=-1, label=7),
        node(parent=None, children=[B], angle=None, data=None),
        node(parent=""),
        node(data={"free": [1], "_metadata": [{"key": "a.b", "value": "v"}], "security_boundary": None}),
        node(attrs={"body": {"refWidth": "50%", "refHeight": 5, "strokeDasharray": None}, "text": {"refX": 0.5}}),
        node(ports={"groups": {"in": {"position": "top", "more": 1}}, "items": [{"id": "p", "group": "in"}]}),
        edge(source={"cell": A, "port": None}, vertices=[{"x": 1, "y": 2.5}], labels=[{"position": 0.5}]),
        edge(labels=[{"position": {"distance": 0.5, "offset": {"x": 1}, "options": {"absoluteOffset": True}}}]),
        edge(router={"name": "orth", "args": {"padding": 1, "unknown": 2}}, connector={"name": "jumpover"}),
    ],
)
def test_cells_that_pass(cell: Json) -> None:
    cell_schema.CELLS([cell])


@pytest.mark.parametrize(
    ("cell", "where", "code"),
    [
        (None, "0", "invalid_input"),
        ("x", "0", "invalid_input"),
        ({"id": A}, "0", "invalid_input"),
        (node(id="n1"), "0/id", "invalid_id"),
        (node(shape="edge"), "0", "invalid_input"),
        (node(x="1"), "0/x", "invalid_id"),
        (node(width=True), "0/width", "invalid_id"),
        (node(position={"x": 1}), "0/position/y", "invalid_input"),
        (node(size={"width": 39, "height": 40}), "0/size/width", "invalid_input"),
        (node(attrs={"label": {}}), "0/attrs", "invalid_id"),
        (node(attrs={"text": {"text": "a\nb"}}), "0/attrs/text/text", "invalid_id"),
        (node(attrs={"text": {"textAnchor": "center"}}), "0/attrs/text/textAnchor", "invalid_input"),
        (node(attrs={"body": {"refWidth": "half"}}), "0/attrs/body/refWidth", "invalid_id"),
        (node(data={"_metadata": [{"key": "k"}]}), "0/data/_metadata/0/value", "invalid_input"),
        (node(data={"data_assets": [A, A]}), "0/data/data_assets", "invalid_id"),
        (node(data={"data_assets": []}), "0/data/data_assets", "invalid_id"),
        (node(children=["x"]), "0/children/0", "invalid_id"),
        (node(ports={"items": [{"id": "p"}]}), "0/ports/items/0/group", "invalid_input"),
        (edge(router="oneSide"), "0/router", "invalid_input"),
        (edge(router={"name": "oneSide"}), "0/router/name", "invalid_input"),
        (edge(connector=7), "0/connector", "invalid_input"),
        (edge(labels=[{"position": {"offset": 1}}]), "0/labels/0/position/distance", "invalid_input"),
        (edge(attrs={"line": {"targetMarker": {"name": "arrow"}}}), "0/attrs/line/targetMarker/name", "invalid_id"),
        (edge(target=None), "0/target", "invalid_input"),
    ],
)
def test_cells_that_do_not(cell: Json, where: str, code: str) -> None:
    with pytest.raises(validation.Problem) as caught:
        cell_schema.CELLS([cell])
    assert "/".join(map(str, caught.value.where)) == where
    assert caught.value.code == code


def test_what_a_put_adds() -> None:
    empty = {"_metadata": [], "security_boundary": False}
    assert cells.with_defaults(node(data=None, angle=None)) == node(angle=0, data=empty)
    assert cells.with_defaults(node(angle=5, data={"free": 1}))["data"] == {"free": 1, "security_boundary": False}
    assert cells.with_defaults(edge()) == edge(data=empty)


def test_what_metadata_make_of_a_node() -> None:
    nested = {"position": {"x": 1, "y": 2}, "size": {"width": 80, "height": 40}}
    sent = {
        "id": A,
        "shape": "store",
        **nested,
        "data": {"_metadata": [{"key": "k", "value": "V", "more": 1}]},
        "zIndex": 1,
    }
    data = {"_metadata": [{"key": "k", "value": "v"}]}
    assert cells.rewritten(sent, str.lower) == {"id": A, "shape": "store", **PLACE, "parent": None, "data": data}
    both = cells.rewritten({**sent, "x": 9, "y": 9, "width": 99, "height": 99}, str.lower)
    assert (both["x"], both["width"]) == (9, 99)


@pytest.mark.parametrize(
    "cell",
    [
        {"id": A, "shape": "actor", "zIndex": 1, "data": {"_metadata": []}},
        node(zIndex=1, data={"free": 1}),
        node(zIndex=1),
        node(zIndex=1, width=39, data={"_metadata": []}),
        node(zIndex=1, parent="", data={"_metadata": []}),
        node(zIndex=1, id="x", data={"_metadata": []}),
        node(zIndex=1, data={"_metadata": [1]}),
        node(zIndex=1, shape=1, data={"_metadata": []}),
        edge(zIndex=1, source="x", data={"_metadata": []}),
        "no cell",
    ],
)
def test_cells_that_stay_as_they_are(cell: Json) -> None:
    assert cells.rewritten(cell, str.lower) is cell


def test_edges_lose_what_nobody_knows() -> None:
    sent = edge(zIndex=1, markup=[], router="orth", data={"_metadata": [], "free": 1})
    assert cells.rewritten(sent, str) == edge(router="orth", data={"_metadata": [], "free": 1})


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (40.25, 40.25),
        (0.1, 0.1),
        (1 / 3, 0.33333334),
        (16_777_217, 16_777_216),
        (7, 7),
        (7.0, 7),
        (123456.789, 123456.79),
    ],
)
def test_geometry_has_single_precision(value: float, stored: float) -> None:
    assert cells.single(value) == stored
