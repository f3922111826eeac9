# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v0: cells of diagrams to and from the wire (V0-CELLS).

Both forms of geometry are read. Only the nested form is written, because real servers accept no other by REST.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence

from ..._cells.cell import FLOW, Cell
from .. import x6_cells as common
from ..x6_cells import FLAT, members

_EDGE = "edge"
#: The word of the editor and of API 0.x for the router ``one_side``.
_ONE_SIDE = "oneSide"


def cells_from_wire(cells: Optional[Sequence[Mapping[str, Any]]]) -> tuple[Cell, ...]:
    """Return the canonical cells of a diagram, in the server's order."""
    return tuple(cell_from_wire(cell) for cell in cells or ())


def cell_from_wire(wire: Mapping[str, Any]) -> Cell:
    """Return one canonical cell; members of an unexpected form count as not set, and are kept in ``raw``."""
    source, target = members(wire.get("source")), members(wire.get("target"))
    nested = {**members(wire.get("position")), **members(wire.get("size"))}
    return Cell(
        id=common.text(wire.get("id")) or "",
        shape=FLOW if wire.get("shape") in (_EDGE, FLOW) else str(wire.get("shape", "")),
        label=common.label_of(wire),
        parent=common.text(wire.get("parent")),
        geometry=common.geometry_of({**{k: wire.get(k) for k in FLAT}, **nested}),
        source=common.text(source.get("cell")),
        target=common.text(target.get("cell")),
        source_port=common.text(source.get("port")),
        target_port=common.text(target.get("port")),
        router=_router(wire),
        bidirectional=common.is_bidirectional(wire),
        metadata=common.metadata_of(wire),
        raw=wire,
    )


def cell_to_wire(cell: Cell) -> dict[str, Any]:
    """Return the JSON of a cell: the form that was read, with its canonical members and without ``null`` ones."""
    wire = {k: v for k, v in cell.raw.items() if v is not None}
    wire.update(id=cell.id, shape=_EDGE if cell.is_flow else cell.shape)
    marks = common.marks_for(cell, _router(cell.raw))
    if cell.is_flow:
        wire["source"] = common.end(wire.get("source"), cell.source, cell.source_port)
        wire["target"] = common.end(wire.get("target"), cell.target, cell.target_port)
        common.write_marked_flow(wire, cell, marks)
        _write_router(wire, cell)
    else:
        _write_node(wire, cell, marks)
    common.write_metadata(wire, cell.metadata, marks)
    return wire


def _router(wire: Mapping[str, Any]) -> Optional[str]:
    router = wire.get("router")
    name = common.text(router if isinstance(router, str) else members(router).get("name"))
    return common.router_of(wire, common.ONE_SIDE if name == _ONE_SIDE else name)


def _write_node(wire: dict[str, Any], cell: Cell, marks: Mapping[str, str]) -> None:
    for name in FLAT:
        wire.pop(name, None)
    if cell.geometry is not None:
        wire.update(common.nested_geometry(cell.geometry))
    if cell.parent:
        wire["parent"] = cell.parent
    else:
        wire.pop("parent", None)
    common.write_node_label(wire, cell, marks)


def _write_router(wire: dict[str, Any], cell: Cell) -> None:
    if cell.router:
        name = _ONE_SIDE if cell.router == common.ONE_SIDE else cell.router
        wire["router"] = {**members(wire.get("router")), "name": name}
