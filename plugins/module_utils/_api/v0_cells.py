# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v0: cells of diagrams to and from the wire (contract-seed, section 7).

Both forms of geometry are read. Written is the nested one, the only one that real servers take over REST.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence

from .._diagram.cells import FLOW, Cell, Geometry

_EDGE = "edge"
_FLAT = ("x", "y", "width", "height")


def cells_from_wire(cells: Optional[Sequence[Mapping[str, Any]]]) -> tuple[Cell, ...]:
    """Return the canonical cells of a diagram, in the server's order."""
    return tuple(cell_from_wire(cell) for cell in cells or ())


def cell_from_wire(wire: Mapping[str, Any]) -> Cell:
    """Return one canonical cell; members of an unexpected form count as not set, and stay in ``raw``."""
    source, target = _dict(wire.get("source")), _dict(wire.get("target"))
    router = wire.get("router")
    line = _dict(_dict(wire.get("attrs")).get("line"))
    return Cell(
        id=str(wire.get("id", "")),
        shape=FLOW if wire.get("shape") in (_EDGE, FLOW) else str(wire.get("shape", "")),
        label=_label(wire),
        parent=wire.get("parent") or None,
        geometry=_geometry(wire),
        source=source.get("cell"),
        target=target.get("cell"),
        source_port=source.get("port"),
        target_port=target.get("port"),
        router=router if isinstance(router, str) else _dict(router).get("name"),
        bidirectional=bool(line.get("sourceMarker")),
        metadata=_metadata(wire),
        raw=wire,
    )


def cell_to_wire(cell: Cell) -> dict[str, Any]:
    """Return the JSON of a cell: its canonical members written onto the form it was read in, ``null`` ones dropped."""
    wire = {k: v for k, v in cell.raw.items() if v is not None}
    wire.update(id=cell.id, shape=_EDGE if cell.is_flow else cell.shape)
    if cell.is_flow:
        wire["source"] = _end(wire.get("source"), cell.source, cell.source_port)
        wire["target"] = _end(wire.get("target"), cell.target, cell.target_port)
        _write_flow_label(wire, cell.label)
        _write_line(wire, cell)
    else:
        _write_node(wire, cell)
    data = dict(_dict(wire.get("data")))
    data["_metadata"] = [{"key": k, "value": v} for k, v in cell.metadata.items()]
    wire["data"] = data
    return wire


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _label(wire: Mapping[str, Any]) -> str:
    labels = wire.get("labels")
    if isinstance(labels, list) and labels:
        text = _dict(_dict(_dict(labels[0]).get("attrs")).get("text")).get("text")
        if text:
            return str(text)
    text = _dict(_dict(wire.get("attrs")).get("text")).get("text")
    return str(text or wire.get("label") or "")


def _geometry(wire: Mapping[str, Any]) -> Optional[Geometry]:
    position, size = _dict(wire.get("position")), _dict(wire.get("size"))
    found = {**{k: wire.get(k) for k in _FLAT}, **position, **size}
    numbers = [found.get(k) for k in _FLAT]
    if any(isinstance(n, bool) or not isinstance(n, (int, float)) for n in numbers):
        return None
    return Geometry(*(float(n) for n in numbers if n is not None))


def _metadata(wire: Mapping[str, Any]) -> dict[str, str]:
    entries = _dict(wire.get("data")).get("_metadata")
    if not isinstance(entries, list):
        return {}
    return {str(e["key"]): str(e.get("value", "")) for e in entries if isinstance(e, Mapping) and "key" in e}


def _number(value: float) -> Any:
    return int(value) if value == int(value) else value


def _write_node(wire: dict[str, Any], cell: Cell) -> None:
    for name in _FLAT:
        wire.pop(name, None)
    if cell.geometry is not None:
        wire["position"] = {"x": _number(cell.geometry.x), "y": _number(cell.geometry.y)}
        wire["size"] = {"width": _number(cell.geometry.width), "height": _number(cell.geometry.height)}
    if cell.parent:
        wire["parent"] = cell.parent
    else:
        wire.pop("parent", None)
    attrs = dict(_dict(wire.get("attrs")))
    attrs["text"] = {**_dict(attrs.get("text")), "text": cell.label}
    wire["attrs"] = attrs
    if "label" in wire:
        wire["label"] = cell.label


def _end(raw: Any, cell_id: Optional[str], port: Optional[str]) -> dict[str, Any]:
    end = {**_dict(raw), "cell": cell_id}
    if port:
        end["port"] = port
    return end


def _write_flow_label(wire: dict[str, Any], label: str) -> None:
    labels = [dict(_dict(entry)) for entry in wire.get("labels") or []] if isinstance(wire.get("labels"), list) else []
    if label:
        first = labels[0] if labels else {"position": 0.5}
        attrs = dict(_dict(first.get("attrs")))
        attrs["text"] = {**_dict(attrs.get("text")), "text": label}
        wire["labels"] = [{**first, "attrs": attrs}, *labels[1:]]
    elif labels:
        wire["labels"] = labels[1:]
    if "label" in wire:
        wire["label"] = label


def _write_line(wire: dict[str, Any], cell: Cell) -> None:
    attrs = dict(_dict(wire.get("attrs")))
    line = dict(_dict(attrs.get("line")))
    if cell.bidirectional:
        line["sourceMarker"] = line.get("sourceMarker") or {"name": "block"}
    else:
        line.pop("sourceMarker", None)
    if line:
        attrs["line"] = line
        wire["attrs"] = attrs
    elif "line" in attrs:
        wire["attrs"] = {k: v for k, v in attrs.items() if k != "line"}
    if cell.router:
        raw = wire.get("router")
        wire["router"] = {**raw, "name": cell.router} if isinstance(raw, Mapping) else {"name": cell.router}
