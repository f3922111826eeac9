# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Exports cells as ``boundaries``, ``nodes``, ``flows`` and ``layout.positions`` of a definition.

Members of the wire form for which the format has no field are exported under ``raw``.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Collection, Mapping, Optional, Sequence

from ..._cells.cell import BOUNDARY, FLOW, MARKS, NODE_SHAPES, Cell
from ..._cells.geometry import Box, runs_through
from ..._diagram.declared.desired_cell import MIN_HEIGHT, MIN_WIDTH, PORTS, ROUTERS
from ..._diagram.declared.entries import flow_line
from ..._diagram.declared.icons.lookup import short_icon
from ..._layout.lines import line
from ..._resources._resource import OWN_PREFIX
from ..._resources.reference import is_id
from .cell_keys import cell_keys, is_ours
from .keys import ExportLosses
from .raw import raw_of, waypoints

#: Shape -> the section of its cells, and the name of its type if that is different.
_SECTIONS: Mapping[str, str] = {BOUNDARY: "boundaries", FLOW: "flows", **dict.fromkeys(NODE_SHAPES, "nodes")}
_TYPES: Mapping[str, str] = {"text-box": "text"}


@dataclass
class ExportedCells:
    """``members``: members of the diagram's entry; ``keys``: id of an exported cell -> its key."""

    members: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CellOptions:
    """Optional parts of cells: ``layout`` (places, waypoints), ``raw`` (members without a field).

    ``assets`` maps ids of the model's assets to their keys; ``existing``: ids of all assets of the model, None if they
    were not read.
    """

    layout: bool = True
    raw: bool = True
    assets: Mapping[str, str] = field(default_factory=dict)
    existing: Optional[Collection[str]] = None


def export_cells(cells: Sequence[Cell], options: CellOptions, path: str, lost: ExportLosses) -> ExportedCells:
    """Return the cells of one diagram; ``path``: the place of the diagram in the definition, for losses."""
    known = _known(cells, path, lost)
    writer = _Writer(cell_keys(known), known, options, path, lost)
    sections: dict[str, dict[str, Any]] = {"boundaries": {}, "nodes": {}, "flows": {}}
    positions: dict[str, Any] = {}
    for cell in sorted(known, key=lambda cell: writer.keys[cell.id]):
        key = writer.keys[cell.id]
        sections[_SECTIONS[cell.shape]][key] = writer.flow(cell) if cell.is_flow else writer.box(cell)
        place = writer.position(cell) if options.layout else None
        if place is not None:
            positions[key] = place
    members: dict[str, Any] = {"layout": {"positions": positions}} if positions else {}
    members.update({name: entries for name, entries in sections.items() if entries})
    return ExportedCells(members, writer.keys)


def _known(cells: Sequence[Cell], path: str, lost: ExportLosses) -> list[Cell]:
    """Return the cells that a definition can contain: with known shapes, flows between them, each id once."""
    boxes: dict[str, Cell] = {}
    flows: dict[str, Cell] = {}
    for cell in cells:
        place = "%s.cells.%s" % (path, cell.id)
        if cell.shape not in _SECTIONS:
            lost.add(place, dict(cell.raw), "the format has no cells of the kind %s" % (cell.shape or "(none)"))
        elif cell.id in boxes or cell.id in flows:
            lost.add(place, dict(cell.raw), "another cell has the same id")
        else:
            (flows if cell.is_flow else boxes)[cell.id] = cell
    known = list(boxes.values())
    for cell in flows.values():
        if cell.source in boxes and cell.target in boxes:
            known.append(cell)
        else:
            lost.add("%s.flows.%s" % (path, cell.id), dict(cell.raw), "it does not connect two cells of the definition")
    return known


class _Writer:
    """Writes the entries of single cells of a diagram that has the cells ``known``."""

    def __init__(
        self, keys: dict[str, str], known: Sequence[Cell], options: CellOptions, path: str, lost: ExportLosses
    ) -> None:
        self.keys = keys
        self.boundaries = {cell.id for cell in known if cell.is_boundary}
        self.boxes = {cell.id: cell for cell in known if not cell.is_flow}
        self.pairs = Counter(frozenset((cell.source, cell.target)) for cell in known if cell.is_flow)
        self.options = options
        self.path = path
        self.lost = lost

    def box(self, cell: Cell) -> dict[str, Any]:
        """Return the entry of a node or boundary."""
        entry: dict[str, Any] = {} if cell.is_boundary else {"type": _TYPES.get(cell.shape, cell.shape)}
        entry["label"] = cell.label
        if cell.parent in self.boundaries:
            entry["in"] = self.keys[str(cell.parent)]
        elif cell.parent:
            self.lost.add(self._place(cell, "in"), cell.parent, "it lies in a cell that is not a boundary")
        return {**entry, **self._common(cell)}

    def flow(self, cell: Cell) -> dict[str, Any]:
        """Return the entry of a flow; members that its key implies are written if they are different."""
        key = self.keys[cell.id]
        entry: dict[str, Any] = {"from": self.keys[str(cell.source)], "to": self.keys[str(cell.target)]}
        implied = flow_line(key) or {}
        if cell.label or implied.get("label"):
            entry["label"] = cell.label
        if cell.bidirectional or implied.get("bidirectional"):
            entry["bidirectional"] = cell.bidirectional
        ports = {"from_port": cell.source_port, "to_port": cell.target_port}
        entry.update({name: port for name, port in ports.items() if port in PORTS})
        if cell.router in ROUTERS.values():
            entry["router"] = cell.router
        if cell.parent:
            self.lost.add(self._place(cell, "in"), cell.parent, "a flow cannot lie in a boundary")
        return {**entry, **self._common(cell)}

    def position(self, cell: Cell) -> Optional[Any]:
        """Return the place of a box, or the waypoints of a flow; None if there are none."""
        if cell.is_flow:
            return waypoints(cell) or ([] if self._is_plainer(cell) else None)
        if cell.geometry is None:
            return None
        position = {name: _pixels(getattr(cell.geometry, name)) for name in ("x", "y", "width", "height")}
        if cell.geometry.width < MIN_WIDTH or cell.geometry.height < MIN_HEIGHT:
            size = {"width": position.pop("width"), "height": position.pop("height")}
            reason = "no server accepts a new cell smaller than %d x %d" % (MIN_WIDTH, MIN_HEIGHT)
            self.lost.add("%s.layout.positions.%s" % (self.path, self.keys[cell.id]), size, reason)
        return position

    def _is_plainer(self, flow: Cell) -> bool:
        """Whether an apply would give a new flow ports, a router or waypoints that this one does not have."""
        if flow.source_port not in PORTS or flow.target_port not in PORTS:
            return True
        if flow.source == flow.target or self.pairs[frozenset((flow.source, flow.target))] > 1:
            return True
        ends = [self.boxes[str(end)].geometry for end in (flow.source, flow.target)]
        if flow.router or None in ends:
            return not flow.router
        straight = line(*(_rect(geometry) for geometry in ends if geometry is not None))
        others = (b for b in self.boxes.values() if not b.is_boundary and b.id not in (flow.source, flow.target))
        return any(b.geometry is not None and runs_through(straight, _rect(b.geometry)) for b in others)

    def _common(self, cell: Cell) -> dict[str, Any]:
        entry: dict[str, Any] = {}
        if is_id(cell.id) and not is_ours(cell.id) and not is_id(self.keys[cell.id]):
            entry["id"] = cell.id.lower()  # a person drew it: its id identifies it, also after changes
        metadata = self._metadata(cell)
        if metadata:
            entry["metadata"] = metadata
        data = cell.raw.get("data")
        data = data if isinstance(data, Mapping) else {}
        assets = self._assets(cell, data.get("data_assets"))
        if assets:
            entry["assets"] = assets
        icon = data.get("_arch")
        short = short_icon(icon) if isinstance(icon, Mapping) else None
        if short is not None:
            entry["icon"] = short
        raw = raw_of(cell, in_layout=self.options.layout)
        if raw and self.options.raw:
            entry["raw"] = raw
        return entry

    def _metadata(self, cell: Cell) -> dict[str, str]:
        metadata = {}
        for key, value in sorted(cell.metadata.items()):
            if key.startswith(OWN_PREFIX):
                continue
            if not value or key != key.strip() or not key:
                self.lost.add(self._place(cell, "metadata.%s" % key), value, "a definition cannot contain this entry")
            else:
                metadata[key] = value
        entries = (cell.raw.get("data") or {}).get("_metadata") if isinstance(cell.raw.get("data"), Mapping) else None
        others = [e for e in entries if e.get("key") not in MARKS] if isinstance(entries, list) else []
        if len(others) > len(cell.metadata):
            self.lost.add(
                self._place(cell, "metadata"),
                entries,
                "of several entries with one key only the last one can be exported",
            )
        return metadata

    def _assets(self, cell: Cell, ids: Any) -> list[str]:
        known = self.options.assets
        keys = [known[name] for name in ids or () if name in known]
        existing = self.options.existing
        unknown = [name for name in ids or () if name not in known and (existing is None or name in existing)]
        if unknown:
            self.lost.add(self._place(cell, "assets"), unknown, "the definition has no such asset")
        return sorted(keys)

    def _place(self, cell: Cell, name: str) -> str:
        return "%s.%s.%s.%s" % (self.path, _SECTIONS[cell.shape], self.keys[cell.id], name)


def _rect(geometry: Box) -> tuple[float, float, float, float]:
    return geometry.x, geometry.y, geometry.width, geometry.height


def _pixels(value: float) -> int:
    """Return whole pixels, rounded like the web editor does it when it saves a diagram."""
    return math.floor(value + 0.5)
