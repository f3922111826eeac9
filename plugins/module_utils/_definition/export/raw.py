# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Exports members of a cell's wire form for which the format has no field (``raw``), and its waypoints."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from ..._cells.cell import Cell, with_arrows
from ..._cells.editor import chosen_members
from ..._diagram.declared.desired_cell import PORTS, ROUTERS
from ..._diagram.declared.icons.lookup import short_icon
from ..._diagram.declared.wire_cells import BOX_MEMBERS

#: Default values of servers and of the web editor for cells and for the place of a label.
_DEFAULTS: Mapping[str, Any] = {"angle": 0, "visible": True, "zIndex": 1}
_LABEL_PLACES = (0.5, {"distance": 0.5})


def raw_of(cell: Cell, in_layout: bool) -> dict[str, Any]:
    """Return the members without a field in the format that a person chose.

    ``in_layout``: waypoints are exported under the layout.
    """
    raw = {
        name: value
        for name, value in chosen_members(cell).items()
        if name not in BOX_MEMBERS and name not in ("children", "parent") and value != _DEFAULTS.get(name)
    }
    if raw.get("label") == cell.label:
        del raw["label"]
    _without_text(raw)
    _without_own_data(raw)
    if cell.is_flow:
        _without_ends(raw, cell)
        _without_line(raw)
        _without_label(raw, cell)
        if cell.router and raw.get("router") in (cell.router, {"name": cell.router}) and _is_word(cell.router):
            del raw["router"]
        if not in_layout or waypoints(cell) is not None:
            raw.pop("vertices", None)
    return {name: raw[name] for name in sorted(raw) if raw[name] not in (None, {}, [])}


def waypoints(cell: Cell) -> Optional[list[list[float]]]:
    """Return the waypoints of a flow as [x, y]; None if they have other members."""
    points: list[list[float]] = []
    for point in cell.raw.get("vertices") or ():
        numbers = [point[name] for name in sorted(point)] if isinstance(point, Mapping) else []
        if not isinstance(point, Mapping) or set(point) != {"x", "y"} or not all(map(_is_number, numbers)):
            return None
        points.append([int(n) if float(n).is_integer() else n for n in numbers])
    return points


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_word(router: str) -> bool:
    return router in ROUTERS.values()


def _take(members: dict[str, Any], *names: str) -> None:
    """Remove the member at a path of names, and maps on the path that become empty."""
    inner = members.get(names[0])
    if len(names) == 1:
        members.pop(names[0], None)
    elif isinstance(inner, dict):
        _take(inner, *names[1:])
        if not inner:
            del members[names[0]]


def _without_text(raw: dict[str, Any]) -> None:
    _take(raw, "attrs", "text", "text")


def _without_own_data(raw: dict[str, Any]) -> None:
    for name in ("_metadata", "data_assets"):
        _take(raw, "data", name)
    data = raw.get("data")
    if isinstance(data, dict):
        if isinstance(data.get("_arch"), Mapping) and (not data["_arch"] or short_icon(data["_arch"]) is not None):
            del data["_arch"]
        if data.get("security_boundary") is False:
            del data["security_boundary"]


def _without_ends(raw: dict[str, Any], cell: Cell) -> None:
    for name, port in (("source", cell.source_port), ("target", cell.target_port)):
        end = {"cell": None, **raw[name]} if isinstance(raw.get(name), dict) else {}
        end.pop("cell", None)
        if port in PORTS or not end.get("port"):
            end.pop("port", None)
        raw[name] = end


def _without_line(raw: dict[str, Any]) -> None:
    """Remove the arrow head at the source of a flow in both directions, unless it is an unusual one."""
    attrs = raw.get("attrs")
    line = attrs.get("line") if isinstance(attrs, dict) else None
    if isinstance(line, dict) and (not line.get("sourceMarker") or line["sourceMarker"] == {"name": "block"}):
        _take(raw, "attrs", "line", "sourceMarker")


def _without_label(raw: dict[str, Any], cell: Cell) -> None:
    labels = raw.get("labels")
    if isinstance(labels, list) and labels and cell.bidirectional:
        _without_arrows(labels[0], cell.label)
    plain = {"attrs": {"text": {"text": cell.label}}}
    usual = [plain, *({**plain, "position": place} for place in _LABEL_PLACES)]
    if labels in ([], *([label] for label in usual)):
        del raw["labels"]


def _without_arrows(label: Any, text: str) -> None:
    attrs = label.get("attrs") if isinstance(label, dict) else None
    shown = attrs.get("text") if isinstance(attrs, dict) else None
    if isinstance(shown, dict) and shown.get("text") == with_arrows(text):
        shown["text"] = text
