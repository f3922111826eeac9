# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From the cells of a definition to those of Threat Dragon, with the places that TMI would give them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import DesiredCells
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import PORTS, DesiredCell
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Losses
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.names import camel, metadata_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.records import Record

_SCOPE = {"outOfScope": False, "reasonOutOfScope": ""}
#: Shape in TMI -> shape and type in Threat Dragon, and the members of a new cell.
_KINDS: Mapping[str, tuple[str, str, dict[str, Any]]] = {
    "actor": ("actor", "tm.Actor", {**_SCOPE, "providesAuthentication": False}),
    "process": (
        "process",
        "tm.Process",
        {
            **_SCOPE,
            **dict.fromkeys(("handlesCardPayment", "handlesGoodsOrServices", "isWebApplication"), False),
            "privilegeLevel": "",
        },
    ),
    "store": (
        "store",
        "tm.Store",
        {
            **_SCOPE,
            **dict.fromkeys(("isALog", "isEncrypted", "isSigned", "storesCredentials", "storesInventory"), False),
        },
    ),
    "text-box": ("td-text-block", "tm.Text", {}),
    "security-boundary": ("trust-boundary-box", "tm.BoundaryBox", {}),
    "flow": (
        "flow",
        "tm.Flow",
        {**_SCOPE, **dict.fromkeys(("isBidirectional", "isEncrypted", "isPublicNetwork"), False), "protocol": ""},
    ),
}
#: Members with texts in all kinds of cells; all other known members are marks.
_TEXTS = ("description", "protocol", "privilege_level", "reason_out_of_scope")
_STROKE = {"stroke": "#333333", "strokeWidth": 1.5, "strokeDasharray": None}


def drawn_cells(
    cells: DesiredCells, records: Mapping[str, Record], path: str, losses: Losses
) -> dict[str, dict[str, Any]]:
    """Return the cells by key. Cells that only a server has are left out, and flows to them are noted as lost."""
    ids = {cell.id for cell in cells.cells}
    kept: list[DesiredCell] = []
    for cell in cells.cells:
        if cell.kind == "flow" and not {cell.source, cell.target} <= ids:
            losses.add(path + cell.path, dict(records[cell.key]), "one of its ends is a cell that only the server has")
        else:
            kept.append(replace(cell, container=cell.container if cell.container in ids else None))
    planned = plan_cells(replace(cells, cells=tuple(kept)), ()).cells
    by_id = {cell.id: cell for cell in planned}
    return {cell.key: _cell(by_id[cell.id], cell, records[cell.key], index) for index, cell in enumerate(kept)}


def _cell(cell: Cell, want: DesiredCell, record: Record, index: int) -> dict[str, Any]:
    shape, kind, members = _KINDS[cell.shape]
    name = want.label or ""
    data: dict[str, Any] = {"type": kind, "name": name, "description": "", **members, "hasOpenThreats": False}
    data["isTrustBoundary"] = kind == "tm.BoundaryBox"
    for key, value in metadata_of(record).items():
        member = camel(key)
        if key in _TEXTS:
            data[member] = value
        elif value == "true" and isinstance(data.get(member), bool) and member != "hasOpenThreats":
            data[member] = True
    written: dict[str, Any] = {"id": cell.id, "shape": shape, "zIndex": index, "visible": True, "data": data}
    if kind == "tm.Flow":
        data.update(isBidirectional=cell.bidirectional, threats=[])
        return {**written, **_line(cell, name)}
    if kind not in ("tm.Text", "tm.BoundaryBox"):
        data["threats"] = []
        written["ports"] = {"groups": {side: {"position": side} for side in PORTS}}
        written["ports"]["items"] = [{"group": side, "id": _port(cell.id, side)} for side in PORTS]
    box = cell.geometry
    if box is None:
        raise ValueError("a planned box has a place")
    body = {**_STROKE, "strokeDasharray": "10 5", "strokeWidth": 3} if kind == "tm.BoundaryBox" else _STROKE
    written["attrs"] = {"label" if kind == "tm.BoundaryBox" else "text": {"text": name}, "body": dict(body)}
    written.update(position={"x": box.x, "y": box.y}, size={"width": box.width, "height": box.height})
    return written


def _line(cell: Cell, name: str) -> dict[str, Any]:
    marker = {"name": "block"}
    line = {**_STROKE, "targetMarker": marker, "sourceMarker": marker if cell.bidirectional else {"name": ""}}
    ends = {"source": (cell.source, cell.source_port), "target": (cell.target, cell.target_port)}
    found: dict[str, Any] = {
        end: {"cell": other, **({"port": _port(str(other), side)} if side else {})}
        for end, (other, side) in ends.items()
    }
    vertices = [{"x": point["x"], "y": point["y"]} for point in cell.raw.get("vertices") or ()]
    labels = [{"position": 0.5, "attrs": {"label": {"text": name}}}] if name else []
    return {**found, "vertices": vertices, "labels": labels, "connector": "smooth", "attrs": {"line": line}}


def _port(cell: str, side: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "%s/%s" % (cell, side)))
