# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of cells on the wire: all generations use those of AntV X6, the library of the web editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from .._cells.cell import Cell, Geometry

#: Members of flat geometry; nested geometry has them in ``position`` and ``size``.
FLAT = ("x", "y", "width", "height")

#: Limit of places and sizes in pixels; larger numbers are not exact.
FARTHEST = 1e12

#: The arrow head that a flow gets at its source when it becomes bidirectional.
MARKER = {"name": "block"}


def members(value: Any) -> Mapping[str, Any]:
    """Return the map, an empty one for anything else."""
    return value if isinstance(value, (dict, Mapping)) else {}  # `dict` first: the common case, and the cheaper check


def text(value: Any) -> Optional[str]:
    """Return a text that is not empty, None for anything else: it must be usable as the key of another cell."""
    return value if isinstance(value, str) and value else None


def label_of(wire: Mapping[str, Any]) -> str:
    """Return the label: the first label of a flow, the text of a node."""
    labels = wire.get("labels")
    if isinstance(labels, list) and labels:
        found = members(members(members(labels[0]).get("attrs")).get("text")).get("text")
        if found:
            return str(found)
    found = members(members(wire.get("attrs")).get("text")).get("text")
    return str(found or wire.get("label") or "")


def geometry_of(found: Mapping[str, Any]) -> Optional[Geometry]:
    """Return the geometry of flat members; None if one is missing or is not a number within the limit."""
    numbers = [found.get(k) for k in FLAT]
    if any(isinstance(n, bool) or not isinstance(n, (int, float)) or not abs(n) < FARTHEST for n in numbers):
        return None
    return Geometry(*(float(n) for n in numbers if n is not None))


def metadata_of(wire: Mapping[str, Any]) -> dict[str, str]:
    """Return ``data._metadata`` as a map."""
    entries = members(wire.get("data")).get("_metadata")
    if not isinstance(entries, list):
        return {}
    return {str(e["key"]): str(e.get("value", "")) for e in entries if isinstance(e, Mapping) and "key" in e}


def number(value: float) -> Any:
    """Return a number in its shortest JSON form: 40, not 40.0."""
    return int(value) if value == int(value) else value


def nested_geometry(geometry: Geometry) -> dict[str, Any]:
    """Return ``position`` and ``size``."""
    return {
        "position": {"x": number(geometry.x), "y": number(geometry.y)},
        "size": {"width": number(geometry.width), "height": number(geometry.height)},
    }


def flat_geometry(geometry: Geometry) -> dict[str, Any]:
    """Return ``x``, ``y``, ``width`` and ``height``."""
    return {name: number(getattr(geometry, name)) for name in FLAT}


def end(raw: Any, cell_id: Optional[str], port: Optional[str]) -> dict[str, Any]:
    """Return ``source`` or ``target``."""
    found = {**members(raw), "cell": cell_id}
    if port:
        found["port"] = port
    return found


def write_node_label(wire: dict[str, Any], label: str) -> None:
    """Write the label of a node."""
    attrs = dict(members(wire.get("attrs")))
    attrs["text"] = {**members(attrs.get("text")), "text": label}
    wire["attrs"] = attrs
    if "label" in wire:
        wire["label"] = label


def write_flow_label(wire: dict[str, Any], label: str) -> None:
    """Write the first label of a flow; an empty label removes it and keeps the others."""
    found = wire.get("labels")
    labels = [dict(members(entry)) for entry in found] if isinstance(found, list) else []
    if label:
        first = labels[0] if labels else {"position": 0.5}
        attrs = dict(members(first.get("attrs")))
        attrs["text"] = {**members(attrs.get("text")), "text": label}
        wire["labels"] = [{**first, "attrs": attrs}, *labels[1:]]
    elif labels:
        wire["labels"] = labels[1:]
    if "label" in wire:
        wire["label"] = label


def is_bidirectional(wire: Mapping[str, Any]) -> bool:
    """Whether a flow also has an arrow head at its source."""
    return bool(members(members(wire.get("attrs")).get("line")).get("sourceMarker"))


def write_line(wire: dict[str, Any], cell: Cell) -> None:
    """Write whether a flow is bidirectional."""
    attrs = dict(members(wire.get("attrs")))
    line = dict(members(attrs.get("line")))
    if cell.bidirectional:
        line["sourceMarker"] = line.get("sourceMarker") or MARKER
    else:
        line.pop("sourceMarker", None)
    if line:
        attrs["line"] = line
        wire["attrs"] = attrs
    elif "line" in attrs:
        wire["attrs"] = {k: v for k, v in attrs.items() if k != "line"}
