# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells in their stored form: additions, changes and removals by PUT and PATCH (V1-CELLS)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

from ....validation import UUID
from .cell_schema import EDGE, NODES

Json = Any
Clean = Callable[[str], str]
LEAST_WIDTH, LEAST_HEIGHT = 40, 30
NODE_MEMBERS = ("angle", "attrs", "children", "data")
EDGE_MEMBERS = (
    "attrs",
    "connector",
    "data",
    "defaultLabel",
    "id",
    "labels",
    "router",
    "shape",
    "source",
    "target",
    "vertices",
)


def identifier(cell: Json) -> str:
    """Return the identifier of a cell in a session, "" if a session cannot address it."""
    found = cell.get("id") if isinstance(cell, dict) else None
    return found.lower() if isinstance(found, str) and UUID.fullmatch(found) else ""


def with_defaults(cell: dict[str, Json]) -> dict[str, Json]:
    """Return a cell with the additions of a PUT: `data`, its security boundary, the angle of nodes."""
    whole = dict(cell)
    data = cell.get("data")
    if data is None:
        whole["data"] = {"_metadata": [], "security_boundary": False}
    elif data.get("security_boundary") is None:
        whole["data"] = {**data, "security_boundary": False}
    if whole.get("angle") is None and cell["shape"] in NODES:
        whole["angle"] = 0
    return whole


def rewritten(cell: Json, clean: Clean) -> Json:
    """Return a cell with clean metadata. A cell with metadata, even an empty list, loses all unknown members.

    A node becomes flat then. A cell that the server cannot read as a node or an edge is not changed.
    """
    data = cell.get("data") if isinstance(cell, dict) else None
    entries = data.get("_metadata") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not isinstance(cell.get("shape", ""), str) or not identifier(cell):
        return cell
    if not isinstance(data, dict) or not all(map(_is_entry, entries)):
        return cell
    known = _edge(cell) if cell.get("shape") == EDGE else _node(cell)
    if known is None:
        return cell
    if entries:
        fresh = [{"key": entry["key"], "value": clean(entry["value"])} for entry in entries]
        known["data"] = {**data, "_metadata": fresh}
    return known


def _is_entry(value: Json) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(name), str) for name in ("key", "value"))


def _edge(cell: dict[str, Json]) -> dict[str, Json] | None:
    if not isinstance(cell.get("source"), dict) or not isinstance(cell.get("target"), dict):
        return None
    return {name: cell[name] for name in EDGE_MEMBERS if cell.get(name) is not None}


def _node(cell: dict[str, Json]) -> dict[str, Json] | None:
    place = geometry(cell)
    parent = cell.get("parent")
    if place is None or not (parent is None or (isinstance(parent, str) and UUID.fullmatch(parent))):
        return None
    x, y, width, height = place
    known = {name: cell[name] for name in NODE_MEMBERS if cell.get(name) is not None}
    if isinstance(known.get("angle"), float):
        known["angle"] = single(known["angle"])
    known |= {"height": height, "id": cell["id"], "parent": parent}
    if cell.get("ports") is not None:
        known["ports"] = cell["ports"]
    return {**known, "shape": cell.get("shape", ""), "width": width, "x": x, "y": y}


def geometry(cell: dict[str, Json]) -> tuple[Json, Json, Json, Json] | None:
    """Return x, y, width and height of a node, flat ones before nested ones, or None if it has no valid ones."""
    found: list[Json] = [cell.get(name) for name in ("x", "y", "width", "height")]
    position, size = cell.get("position"), cell.get("size")
    if None in found:
        if not isinstance(position, dict) or not isinstance(size, dict):
            return None
        found = [position.get("x", 0), position.get("y", 0), size.get("width", 0), size.get("height", 0)]
    for one in found:
        if type(one) not in (int, float):
            return None
    x, y, width, height = found
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return None
    return single(x), single(y), single(width), single(height)


def single(value: float) -> float:
    """Return the nearest number of single precision in its shortest form."""
    if isinstance(value, int) and -16_777_216 <= value <= 16_777_216:
        return value
    try:
        exact: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return value
    for digits in range(6, 9):
        short = float(f"{exact:.{digits}g}")
        if struct.unpack("f", struct.pack("f", short))[0] == exact:
            break
    else:
        short = float(f"{exact:.9g}")
    return int(short) if short.is_integer() and abs(short) < 1e21 else short
