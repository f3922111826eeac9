# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Cells of the Microsoft Threat Modeling Tool: elements and boundaries with places, and connectors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.boxes import (
    around,
    containers,
    drawn_layout,
    large_enough,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Losses,
    Metadata,
    Taken,
    Texts,
    number,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.flow_ends import Nodes
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.naming import distinct_keys
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.xml_tree import Node

PREFIX, ORIGIN_PREFIX = "tmt_", "tmt:"
#: Generic type of an element, else its form -> shape.
_TYPES = {"GE.P": "process", "GE.EI": "actor", "GE.DS": "store", "GE.A": "text-box", "GE.TB.B": "boundary"}
_FORMS = {
    "StencilEllipse": "process",
    "StencilRectangle": "actor",
    "StencilParallelLines": "store",
    "BorderBoundary": "boundary",
}
#: Values of attributes that were not chosen.
_UNSET = ("", "select", "not selected", "not applicable", "false", "0")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NO_ID = "00000000-0000-0000-0000-000000000000"
_LINE = "TMI has no boundaries that are lines: it becomes the box around the line, and nothing lies in it"


class Surface(NamedTuple):
    """A drawing as sections of a diagram, and id -> key of its cells."""

    sections: dict[str, Any]
    by_id: dict[str, str]


def read_surface(surface: Node, path: str, losses: Losses, texts: Texts, ids: set[str]) -> Surface:
    """Return the cells of a drawing; ``ids``: ids of cells that are in use, to which those of this one are added."""
    return _Cells(path, losses, texts, ids).read(surface)


class _Cells:
    def __init__(self, path: str, losses: Losses, texts: Texts, ids: set[str]) -> None:
        self._path, self._losses, self._texts, self._ids, self._taken = path, losses, texts, ids, Taken("%s_%d")
        self._sections: dict[str, dict[str, Any]] = {"boundaries": {}, "nodes": {}, "flows": {}}
        self._boxes: dict[str, Box] = {}
        self._lines: set[str] = set()
        self._by_id: dict[str, str] = {}

    def read(self, surface: Node) -> Surface:
        borders, lines = _entries(surface, "Borders", self._path), _entries(surface, "Lines", self._path)
        connectors, elements = [], []
        for path, cell in (*borders, *lines):
            form, kind = _form(cell), _kind(cell)
            if form == "Connector":
                connectors.append((path, cell))
            elif kind is None:
                self._losses.add(path, {"type": form, "name": _name(cell)}, "is not an element that is known here")
            else:
                elements.append((path, cell, kind))
        wishes = [(slug(_name(cell)) or kind.replace("-", "_"), (_guid(cell),)) for _path, cell, kind in elements]
        for (path, cell, kind), key in zip(elements, distinct_keys(wishes, self._taken), strict=True):
            self._box(path, cell, kind, key)
        self._flows(connectors)
        boxes = {key: box for key, box in self._boxes.items() if key not in self._lines}
        for key, inside in containers(boxes, [key for key in boxes if key in self._sections["boundaries"]]).items():
            section = "boundaries" if key in self._sections["boundaries"] else "nodes"
            self._sections[section][key] = {"in": inside, **self._sections[section][key]}
        found: dict[str, Any] = {name: section for name, section in self._sections.items() if section}
        if self._boxes:
            places = {key: box._asdict() for key, box in self._boxes.items()}
            found["layout"] = drawn_layout(
                {key: {name: number(part) for name, part in place.items()} for key, place in places.items()}
            )
        return Surface(found, self._by_id)

    def _box(self, path: str, cell: Node, kind: str, key: str) -> None:
        is_line = _form(cell) == "LineBoundary"
        entry: dict[str, Any] = {} if kind == "boundary" else {"type": kind}
        box = self._line(path, cell) if is_line else self._place(path, cell)
        if box is not None:
            self._boxes[key] = large_enough(box)
        if is_line:
            self._lines.add(key)
        section = "boundaries" if kind == "boundary" else "nodes"
        self._sections[section][key] = self._described(path, cell, key, entry)

    def _place(self, path: str, cell: Node) -> Box | None:
        parts = [number(cell.value(name)) for name in ("Left", "Top", "Width", "Height")]
        if parts[0] is None or parts[1] is None:
            self._losses.add(path, _name(cell), "has no place: the layout decides")
            return None
        return Box(parts[0], parts[1], parts[2] or 100, parts[3] or 100)

    def _line(self, path: str, cell: Node) -> Box | None:
        points = {name: _point(cell, name) for name in ("Source", "Target", "Handle")}
        self._losses.add(path, {"name": _name(cell), **points}, _LINE)
        known = [point for point in points.values() if point is not None]
        return around(known) if known else None

    def _flows(self, connectors: list[tuple[str, Node]]) -> None:
        nodes = Nodes({key: box for key, box in self._boxes.items() if key in self._sections["nodes"]})
        flows = []
        for path, cell in connectors:
            source, target = (self._end(path, cell, end, nodes) for end in ("Source", "Target"))
            if source is not None and target is not None:
                flows.append((path, cell, source, target))
                continue
            shown = {"name": _name(cell), **{end: cell.value(end) or _point(cell, end[:6]) for end in _ENDS}}
            shown.update({label: value for label, value in _properties(cell) if value.lower() not in _UNSET})
            self._losses.add(path, shown, "a flow in TMI has a cell at each end, this one has an open end")
        wishes = [
            (slug(_name(cell)) or slug("%s to %s" % (source, target)) or "flow", (_guid(cell),))
            for _path, cell, source, target in flows
        ]
        for (path, cell, source, target), key in zip(flows, distinct_keys(wishes, self._taken), strict=True):
            self._sections["flows"][key] = self._described(path, cell, key, {"from": source, "to": target})

    def _end(self, path: str, cell: Node, end: str, nodes: Nodes) -> str | None:
        given = cell.value(end + "Guid").lower()
        if given in self._by_id:
            return self._by_id[given]
        point = _point(cell, end)
        near = nodes.at({"x": point[0], "y": point[1]}, None) if given in ("", NO_ID) and point else None
        found = near.key if near is not None else None
        if found is not None:
            self._losses.add("%s.%sGuid" % (path, end), _name(cell), "end tied to the node it lies on: %s" % found)
        return found

    def _described(self, path: str, cell: Node, key: str, entry: dict[str, Any]) -> dict[str, Any]:
        """Return the entry with its id, label and metadata."""
        given = _guid(cell)
        self._by_id.setdefault(given, key)
        if _UUID.fullmatch(given) and given != NO_ID and given not in self._ids:
            self._ids.add(given)
            entry["id"] = given
        label = self._texts.label(_name(cell), path + ".Name")
        if label:
            entry["label"] = label
        metadata = Metadata(self._losses, prefix=PREFIX)
        if _form(cell) == "LineBoundary":
            metadata.put("tmt_shape", "line", path)
        for display, value in _properties(cell):
            if display == "":
                metadata.put("tmt_type", value, path + ".Properties")
            elif value.lower() not in _UNSET:
                metadata.put(slug(display) or "tmt_value", value, "%s.Properties.%s" % (path, display))
        return metadata.into(entry)


_ENDS = ("SourceGuid", "TargetGuid")


def _entries(surface: Node, section: str, path: str) -> list[tuple[str, Node]]:
    pairs = surface.child(section).all("KeyValueOfguidanyType")
    return [("%s.%s[%d]" % (path, section, n), pair.child("Value")) for n, pair in enumerate(pairs)]


def _point(cell: Node, end: str) -> tuple[float, float] | None:
    x, y = number(cell.value(end + "X")), number(cell.value(end + "Y"))
    return None if x is None or y is None else (x, y)


def _guid(cell: Node) -> str:
    return cell.value("Guid").lower()


def _form(cell: Node) -> str:
    return cell.attributes.get("type", "").strip()


def _kind(cell: Node) -> str | None:
    if _form(cell) == "LineBoundary":
        return "boundary"
    return _TYPES.get(cell.value("GenericTypeId")) or _FORMS.get(_form(cell))


def _name(cell: Node) -> str:
    return next((value for display, value in _properties(cell, names=True) if display == "Name"), "")


def name_of(surface: Node) -> str:
    """Return the name of a drawing."""
    return surface.value("Header") or _name(surface)


def _properties(cell: Node, names: bool = False) -> Iterator[tuple[str, str]]:
    """Yield (display name, value) of the attributes; ("", type) for the type; the name only with ``names``."""
    typed = False
    for part in cell.child("Properties").all("anyType"):
        display, value, kind = part.value("DisplayName"), part.child("Value"), part.attributes.get("type", "")
        if kind.endswith("HeaderDisplayAttribute"):
            if not typed:
                yield "", display
            typed = True
        elif kind.endswith("ListDisplayAttribute"):
            index, choices = number(part.value("SelectedIndex")), [one.text.strip() for one in value.children]
            if isinstance(index, int) and 0 <= index < len(choices):
                yield display, choices[index]
        elif display != "Name" or names:
            yield display, value.text.strip()
