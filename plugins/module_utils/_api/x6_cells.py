# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of cells on the wire: all generations use those of AntV X6, the library of the web editor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from .._cells.cell import EDITOR_LABELS, MARKS, ROUTER, TWO_WAY, UNNAMED, Cell, with_arrows, without_arrows
from .._cells.geometry import Box

#: Members of flat geometry; nested geometry has them in ``position`` and ``size``.
FLAT = ("x", "y", "width", "height")

#: Limit of places and sizes in pixels; larger numbers are not exact.
FARTHEST = 1e12

#: The arrow head that a flow gets at its source when it becomes bidirectional.
MARKER = {"name": "block"}

#: The router whose name the schema of API 1.x and the editor write differently.
ONE_SIDE = "one_side"


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
            return without_arrows(str(found)) if TWO_WAY in _entries(wire) else str(found)
    found = str(members(members(wire.get("attrs")).get("text")).get("text") or wire.get("label") or "")
    if found and found == EDITOR_LABELS.get(str(wire.get("shape"))) and UNNAMED in _entries(wire):
        return ""
    return found


def geometry_of(found: Mapping[str, Any]) -> Optional[Box]:
    """Return the geometry of flat members; None if one is missing or is not a number within the limit."""
    numbers = [found.get(k) for k in FLAT]
    if any(isinstance(n, bool) or not isinstance(n, (int, float)) or not abs(n) < FARTHEST for n in numbers):
        return None
    return Box(*(float(n) for n in numbers if n is not None))


def _entries(wire: Mapping[str, Any]) -> dict[str, str]:
    """Return ``data._metadata`` as a map."""
    entries = members(wire.get("data")).get("_metadata")
    if not isinstance(entries, list):
        return {}
    return {str(e["key"]): str(e.get("value", "")) for e in entries if isinstance(e, Mapping) and "key" in e}


def metadata_of(wire: Mapping[str, Any]) -> dict[str, str]:
    """Return ``data._metadata`` as a map, without the marks of a flow."""
    entries = _entries(wire)
    return {key: entries[key] for key in entries if key not in MARKS} if entries else entries


def write_metadata(wire: dict[str, Any], metadata: Mapping[str, str], marks: Mapping[str, str]) -> None:
    """Write ``data._metadata``."""
    entries = [{"key": key, "value": value} for key, value in (*metadata.items(), *marks.items())]
    wire["data"] = {**members(wire.get("data")), "_metadata": entries}


def marks_of(wire: Mapping[str, Any]) -> dict[str, str]:
    """Return the entries of ``data._metadata`` that keep what the editor drops."""
    entries = _entries(wire)
    return {key: entries[key] for key in MARKS if key in entries}


def marks_for(cell: Cell, router: Optional[str]) -> dict[str, str]:
    """Return the marks of a cell as it is written; ``router``: the router of a flow in its raw form.

    A member of an existing cell that does not change gets no mark: a cell that is not changed is written as it was.
    """
    marks = marks_of(cell.raw)
    is_new = "id" not in cell.raw
    if not cell.is_flow:
        if is_new or cell.label != label_of(cell.raw):
            marks.pop(UNNAMED, None)
            if not cell.label:
                marks[UNNAMED] = "true"
        return marks
    if is_new or cell.bidirectional != is_bidirectional(cell.raw):
        marks.pop(TWO_WAY, None)
        if cell.bidirectional:
            marks[TWO_WAY] = "true"
    if cell.router and (is_new or cell.router != router):
        marks[ROUTER] = cell.router
    return marks


def router_of(wire: Mapping[str, Any], found: Optional[str]) -> Optional[str]:
    """Return the router of a flow: ``found`` in its own member, or the mark if the editor has dropped the member.

    In a session the editor writes its default, ``normal``.
    """
    return _entries(wire).get(ROUTER) or found if found in (None, "normal") else found


def number(value: float) -> Any:
    """Return a number in its shortest JSON form: 40, not 40.0."""
    return int(value) if value == int(value) else value


def nested_geometry(geometry: Box) -> dict[str, Any]:
    """Return ``position`` and ``size``."""
    return {
        "position": {"x": number(geometry.x), "y": number(geometry.y)},
        "size": {"width": number(geometry.width), "height": number(geometry.height)},
    }


def flat_geometry(geometry: Box) -> dict[str, Any]:
    """Return ``x``, ``y``, ``width`` and ``height``."""
    return {name: number(getattr(geometry, name)) for name in FLAT}


def end(raw: Any, cell_id: Optional[str], port: Optional[str]) -> dict[str, Any]:
    """Return ``source`` or ``target``."""
    found = {**members(raw), "cell": cell_id}
    if port:
        found["port"] = port
    return found


def write_node_label(wire: dict[str, Any], cell: Cell, marks: Mapping[str, str]) -> None:
    """Write the label of a node if it is not there yet.

    An empty label that gets the mark is written as the name of the shape, which the editor shows for it: of boxes
    without a text the editor leaves out those with a fill, and replaces the style of the others.
    """
    label = cell.label or (EDITOR_LABELS.get(cell.shape, "") if UNNAMED in marks else "")
    attrs = dict(members(wire.get("attrs")))
    if label == (members(attrs.get("text")).get("text") or ""):
        return
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


def write_marked_flow(wire: dict[str, Any], cell: Cell, marks: Mapping[str, str]) -> None:
    """Write the label of a flow, and whether it leads both ways: ``marks`` decide whether the label has arrows."""
    turned = cell.bidirectional != is_bidirectional(wire)
    marked = TWO_WAY in marks
    if (
        turned
        or marked != (TWO_WAY in _entries(wire))
        or cell.label != label_of({"labels": wire.get("labels"), "data": wire.get("data")})
    ):
        write_flow_label(wire, with_arrows(cell.label) if marked else cell.label)
    if turned:
        write_line(wire, cell)


def is_bidirectional(wire: Mapping[str, Any]) -> bool:
    """Whether a flow leads both ways: by its mark, or by an arrow head at its source, which the editor drops."""
    return TWO_WAY in _entries(wire) or bool(members(members(wire.get("attrs")).get("line")).get("sourceMarker"))


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
