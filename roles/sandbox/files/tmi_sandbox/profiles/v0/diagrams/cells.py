# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cells of a diagram: their validation, and the defaults that PUT adds (V0-CELLS)."""

from __future__ import annotations

from typing import Any

from .... import validation as v
from ....patch import same

Json = Any
Member = v.Member
NODES = ("actor", "process", "store", "security-boundary", "text-box")
SHAPES = (*NODES, "edge")
LEAST_WIDTH, LEAST_HEIGHT = 40, 30

_POINT = v.Schema({"x": Member(v.number(), required=True), "y": Member(v.number(), required=True)})
_SIZE = v.Schema(
    {"width": Member(v.number(LEAST_WIDTH), required=True), "height": Member(v.number(LEAST_HEIGHT), required=True)}
)
_TERMINAL = v.Schema({"cell": Member(v.text(36, 1), required=True), "port": Member(v.text(64), nullable=True)})
_COMMON = {
    "id": Member(v.text(36, 1), required=True),
    "shape": Member(v.choice(*SHAPES), required=True),
    "label": Member(v.text(256)),
    "data": Member(v.any_object, nullable=True),
    "attrs": Member(v.any_object),
    "visible": Member(v.boolean),
    "zIndex": Member(v.number(0)),
}
_NODE = {
    **_COMMON,
    "angle": Member(v.number()),
    "parent": Member(v.text(36, 1), nullable=True),
    "ports": Member(v.any_object),
}
FLAT_NODE = v.Schema(
    {
        **_NODE,
        **{name: Member(v.number(), required=True) for name in ("x", "y")},
        "width": Member(v.number(LEAST_WIDTH), required=True),
        "height": Member(v.number(LEAST_HEIGHT), required=True),
    }
)
NESTED_NODE = v.Schema({**_NODE, "position": Member(_POINT, required=True), "size": Member(_SIZE, required=True)})
EDGE = v.Schema(
    {
        **_COMMON,
        "parent": Member(v.text(36, 1), nullable=True),
        "source": Member(_TERMINAL, required=True),
        "target": Member(_TERMINAL, required=True),
        "vertices": Member(v.list_of(_POINT)),
        "labels": Member(v.list_of(v.any_object)),
    }
)


def cell(value: Json) -> Json:
    """Accept a node in either geometry or an edge, and return it unchanged."""
    v.any_object(value)
    nullable = ("parent", "data")
    for name, member in value.items():
        if member is None and name not in nullable:
            raise v.Problem("Value is not nullable", name)
    if value.get("shape") == "edge":
        EDGE(value)
    else:
        (NESTED_NODE if "position" in value or "size" in value else FLAT_NODE)(value)
    return value


CELLS = v.list_of(cell)


def check_changed(after: Json, before: list[Json]) -> Json:
    """Accept cells if all new or changed ones are valid.

    Other cells may come from a WebSocket, which accepts more than REST. A patch that does not change them must not
    fail.
    """
    known = {one["id"]: one for one in before if isinstance(one, dict) and "id" in one}

    def check(value: Json) -> Json:
        if isinstance(value, dict) and isinstance(value.get("id"), str) and same(value, known.get(value["id"])):
            return value
        return cell(value)

    return v.list_of(check)(after)


def with_defaults(value: dict[str, Json]) -> dict[str, Json]:
    """Return a cell with the defaults that a PUT adds."""
    defaults: dict[str, Json] = {"visible": True, "zIndex": 1}
    if value["shape"] != "edge":
        defaults["angle"] = 0
    complete = {**defaults, **value}
    if complete.get("data") is None:
        complete["data"] = {"_metadata": []}
    return complete
