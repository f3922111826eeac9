# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: cells of diagrams to and from the wire (V1-CELLS, V1-CELLS-ANY).

A cell keeps its form: the server returns the stored form, which is flat after a PUT and as sent after a session. New
cells are written flat, with one word for the router. Members that the schema of PUT refuses are left out when a cell is
read: sessions and PATCH store anything, and one such member would make every PUT of the diagram fail.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any, Iterator, Optional, Sequence

from ..._cells.cell import FLOW, KEY, ROUTER, Cell
from .. import x6_cells as common
from ..active_texts import handler
from ..x6_cells import FLAT, members
from .cell_members import MEMBERS, REFUSED, ROUTERS

#: Shapes of a flow; sessions also store the name from autumn 2025.
_FLOWS = (FLOW, "edge")

#: Most characters of a label and of an entry of ``data._metadata``, and most of its entries (V1-CELLS).
LABEL_LIMIT, VALUE_LIMIT, MOST_ENTRIES = 256, 1024, 100

_CONTROL = re.compile(r"[\x00-\x1f]")
_KEY = re.compile(r"[a-zA-Z0-9_./:-]{1,256}")
#: Parts that a PUT removes from a value of metadata (V1-TEXT).
_MARKUP = re.compile(r"<[A-Za-z/!?]")
#: Parts that a PUT refuses in a value of metadata (V1-REFUSED), besides event handlers.
_DANGEROUS = re.compile(r"javascript:|\{\{|\}\}|\$\{|<%|%>|#\{", re.IGNORECASE)


def cells_from_wire(cells: Optional[Sequence[Mapping[str, Any]]]) -> tuple[Cell, ...]:
    """Return the canonical cells of a diagram in the server's order, which is arbitrary after a session."""
    return tuple(cell_from_wire(cell) for cell in cells or ())


def cell_from_wire(wire: Mapping[str, Any]) -> Cell:
    """Return one canonical cell; ``raw`` has everything that can be written back."""
    is_flow = wire.get("shape") in _FLOWS
    source, target = members(wire.get("source")), members(wire.get("target"))
    return Cell(
        id=common.text(wire.get("id")) or "",
        shape=FLOW if is_flow else str(wire.get("shape", "")),
        label=common.label_of(wire),
        parent=common.text(wire.get("parent")),
        geometry=common.geometry_of(_flat(wire)),
        source=common.text(source.get("cell")),
        target=common.text(target.get("cell")),
        source_port=common.text(source.get("port")),
        target_port=common.text(target.get("port")),
        router=_router(wire),
        bidirectional=common.is_bidirectional(wire),
        metadata=common.metadata_of(wire),
        raw=_taken(wire, is_flow),
    )


def cell_to_wire(cell: Cell) -> dict[str, Any]:
    """Return the JSON of a cell: the form that was read, with the changes of its canonical members."""
    wire = {**cell.raw, "id": cell.id, "shape": cell.shape}
    marks = common.marks_for(cell, _router(cell.raw))
    if cell.is_flow:
        _write_flow(wire, cell, marks)
    else:
        _write_node(wire, cell, marks)
    if cell.metadata != common.metadata_of(wire) or marks != common.marks_of(wire):
        common.write_metadata(wire, cell.metadata, marks)
    return _taken(wire, cell.is_flow)


def _router(wire: Mapping[str, Any]) -> Optional[str]:
    router = wire.get("router")
    name = members(router).get("name") if isinstance(router, Mapping) else router
    return common.router_of(wire, ROUTERS.get(name) if isinstance(name, str) else None)


def cell_problems(cell: Cell) -> Iterator[tuple[str, str]]:
    """Yield (field, problem) for everything that a PUT would refuse or change, or that no member can hold."""
    if len(cell.label) > LABEL_LIMIT:
        yield "label", "has %d characters; this server takes %d" % (len(cell.label), LABEL_LIMIT)
    if _CONTROL.search(cell.label):
        yield "label", "must be one line, without control characters"
    for name in ("source_port", "target_port"):
        port = getattr(cell, name)
        if port and (len(port) > 64 or _CONTROL.search(port)):
            yield name, "must have at most 64 characters, and no control characters"
    if len(cell.metadata) > MOST_ENTRIES:
        yield "metadata", "has %d entries; this server takes %d" % (len(cell.metadata), MOST_ENTRIES)
    for key, value in cell.metadata.items():
        if not _KEY.fullmatch(key):
            yield "metadata.%s" % key, "a key is 1 to 256 of the characters A-Z a-z 0-9 _ . / : -"
        for problem in _value_problems(value):
            if key == KEY:
                yield "key", "%s, or give the cell a key: what a cell is known by is kept as metadata" % problem
            else:
                yield "metadata.%s" % key, problem
    for path in _refused(cell.raw, _taken(cell.raw, cell.is_flow)):
        yield path, "this server does not take it: no such member, or not with this value"


def _value_problems(value: str) -> Iterator[str]:
    if not 0 < len(value.encode("utf-8", "replace")) <= VALUE_LIMIT:
        yield "must have 1 to %d bytes" % VALUE_LIMIT
    match = _MARKUP.search(value) or _DANGEROUS.search(value)
    found = match.group(0) if match else handler(value)
    if found:
        yield "the server's text filter would refuse or change %r: reword it" % found[:40]
    elif html.unescape(value) != value:
        yield "the server would take a part of it for an HTML entity (like &amp;): reword it"


def _flat(wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return flat geometry; if both forms are there, the server uses the flat one."""
    found = {**members(wire.get("position")), **members(wire.get("size"))}
    found.update({name: wire[name] for name in FLAT if wire.get(name) is not None})
    return found


def _taken(wire: Mapping[str, Any], is_flow: bool) -> dict[str, Any]:
    """Return the part of a cell that the schema accepts; members that it does not know are kept."""
    known = MEMBERS["flow" if is_flow else "node"]
    found = {}
    for name, value in wire.items():
        kept = known[name](value) if name in known else REFUSED if value is None else value
        if kept is not REFUSED:
            found[name] = kept
    return found


def _refused(raw: Any, taken: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of the values in ``raw`` that are missing or different in ``taken``."""
    for name, value in raw.items():
        here = "%s.%s" % (path, name) if path else str(name)
        if name not in taken:
            if value is not None:
                yield here
        elif isinstance(value, Mapping) and isinstance(taken[name], Mapping):
            yield from _refused(value, taken[name], here)
        elif taken[name] != value:
            yield here


def _write_node(wire: dict[str, Any], cell: Cell, marks: Mapping[str, str]) -> None:
    if cell.geometry is not None and cell.geometry != common.geometry_of(_flat(wire)):
        nested = ("position" in wire or "size" in wire) and not any(name in wire for name in FLAT)
        for name in (*FLAT, "position", "size"):
            wire.pop(name, None)
        wire.update(common.nested_geometry(cell.geometry) if nested else common.flat_geometry(cell.geometry))
    if cell.parent:
        wire["parent"] = cell.parent
    elif wire.get("parent"):
        wire["parent"] = None
    common.write_node_label(wire, cell, marks)


def _write_flow(wire: dict[str, Any], cell: Cell, marks: Mapping[str, str]) -> None:
    for name, cell_id, port in (("source", cell.source, cell.source_port), ("target", cell.target, cell.target_port)):
        if cell_id:
            wire[name] = common.end(wire.get(name), cell_id, port)
    common.write_marked_flow(wire, cell, marks)
    if cell.router == common.ONE_SIDE and ROUTER in marks:
        wire.pop("router", None)  # the editor fails on this word, and its own is refused: the mark keeps it
    elif cell.router:
        router = wire.get("router")
        wire["router"] = {**router, "name": cell.router} if isinstance(router, Mapping) else cell.router
