# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Cells of Threat Dragon: X6 cells like those of TMI, with the same shapes and coordinates, but without containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import MIN_HEIGHT, MIN_WIDTH, PORTS
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Keys,
    Losses,
    Metadata,
    Texts,
    as_text,
    maps,
    number,
    slug,
    snake,
)

_SHAPES = {
    "actor": "actor",
    "process": "process",
    "store": "store",
    "td-text-block": "text-box",
    "trust-boundary-box": "boundary",
    "trust-boundary-curve": "curve",
    "trust-broundary-curve": "curve",  # the spelling of early releases
    "flow": "flow",
}
_TYPES = {
    "tm.Actor": "actor",
    "tm.Process": "process",
    "tm.Store": "store",
    "tm.Text": "text-box",
    "tm.BoundaryBox": "boundary",
    "tm.Boundary": "curve",
    "tm.Flow": "flow",
}
#: Members of ``data`` that are converted separately, or that Threat Dragon derives.
_DATA = ("type", "name", "threats", "isBidirectional", "hasOpenThreats", "isTrustBoundary", "threatFrequency")
#: Members of a cell that are converted, and members of its appearance: colours, order, handles, the route of a line.
_CELL = ("id", "shape", "data", "position", "size", "source", "target", "ports", "labels", "label", "threats")
_LOOKS = ("attrs", "zIndex", "visible", "tools", "connector", "router", "width", "height", "markup", "angle", "view")
#: The size of a cell without one in Threat Dragon.
_DEFAULT_SIZE = (100.0, 80.0)


class Box(NamedTuple):
    """A place and a size in pixels."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, other: Box) -> bool:
        """Whether the other box is completely inside this one."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= self.x + self.width
            and other.y + other.height <= self.y + self.height
        )


class Cells:
    """The cells of one diagram. ``threats``: path, threat and key of the cell, which is "" if the cell is lost."""

    def __init__(self, where: str, cells: list[tuple[str, dict[str, Any]]], losses: Losses, texts: Texts) -> None:
        self.threats: list[tuple[str, dict[str, Any], str]] = []
        self._losses, self._texts, self._keys = losses, texts, Keys()
        self._sections: dict[str, dict[str, Any]] = {"boundaries": {}, "nodes": {}, "flows": {}}
        self._boxes: dict[str, Box] = {}
        self._curves: set[str] = set()
        self._by_id: dict[str, str] = {}
        self._ports: dict[tuple[str, str], str] = {}
        known = [(path, cell, kind) for path, cell in cells for kind in [self._kind(path, cell)] if kind]
        for path, cell, kind in known:
            if kind != "flow":
                self._box(path, cell, kind)
        for path, cell, kind in known:
            if kind == "flow":
                self._flow(path, cell)
        self._contain()
        order = {path: rank for rank, (path, _cell) in enumerate(cells)}
        self.threats.sort(key=lambda threat: order[where + threat[0][len(where) :].partition(".")[0]])

    def sections(self) -> dict[str, Any]:
        """Return the sections of cells for a diagram of a definition, without empty ones."""
        found = {name: section for name, section in self._sections.items() if section}
        positions = {
            key: {name: number(part) for name, part in box._asdict().items()} for key, box in self._boxes.items()
        }
        return {**found, "layout": {"positions": positions}} if positions else dict(found)

    def _kind(self, path: str, cell: Mapping[str, Any]) -> str:
        data = _map(cell.get("data"))
        kind = _SHAPES.get(as_text(cell.get("shape"))) or _TYPES.get(as_text(data.get("type")))
        if kind is None:
            self._losses.add(path, dict(cell), "is not a shape of Threat Dragon")
            self._note_threats(path, cell, "")
        return kind or ""

    def _box(self, path: str, cell: dict[str, Any], kind: str) -> None:
        is_boundary = kind in ("boundary", "curve")
        name = _label(cell)
        key = self._keys.take(slug(name), fallback="boundary" if is_boundary else kind.replace("-", "_"))
        entry: dict[str, Any] = {} if is_boundary else {"type": kind}
        label = self._texts.label(name, path + ".data.name")
        if label:
            entry["label"] = label
        box = _around(cell) if kind == "curve" else _place(cell)
        if kind == "curve":
            self._losses.add(path, {n: cell.get(n) for n in ("source", "target", "vertices")}, _CURVE)
        elif box is None:
            self._losses.add(path + ".position", cell.get("position"), "is not a position: the layout decides")
        if box is not None:
            least = box._replace(width=max(box.width, MIN_WIDTH), height=max(box.height, MIN_HEIGHT))
            if least != box and kind != "curve":
                reason = "TMI takes no cells smaller than %d x %d" % (MIN_WIDTH, MIN_HEIGHT)
                self._losses.add(path + ".size", cell.get("size"), reason)
            self._boxes[key] = least
        for port in maps(_map(cell.get("ports")).get("items"), path + ".ports.items"):
            if as_text(port[1].get("group")) in PORTS:
                self._ports[as_text(cell.get("id")), as_text(port[1].get("id"))] = port[1]["group"]
        self._by_id.setdefault(as_text(cell.get("id")), key)
        metadata = self._metadata(path, cell)
        if kind == "curve":
            self._curves.add(key)
            metadata.put("td_shape", "curve", path)
        self._sections["boundaries" if is_boundary else "nodes"][key] = metadata.into(entry)
        self._losses.rest(cell, (*_CELL, *_LOOKS, *(("vertices",) if kind == "curve" else ())), path)
        self._note_threats(path, cell, key)

    def _flow(self, path: str, cell: dict[str, Any]) -> None:
        source, target = _map(cell.get("source")), _map(cell.get("target"))
        ends = [self._by_id.get(as_text(end.get("cell"))) for end in (source, target)]
        name = _label(cell)
        if None in ends:
            shown = {"name": name, "source": source, "target": target}
            self._losses.add(path, shown, "a flow in TMI has a cell at each end, this one has an open end")
            self._note_threats(path, cell, "")
            return
        key = self._keys.take(slug(name), slug("%s to %s" % (ends[0], ends[1])), fallback="flow")
        entry: dict[str, Any] = {"from": ends[0], "to": ends[1]}
        label = self._texts.label(name, path + ".data.name")
        if label:
            entry["label"] = label
        for option, end in (("from_port", source), ("to_port", target)):
            side = self._ports.get((as_text(end.get("cell")), as_text(end.get("port"))))
            if side:
                entry[option] = side
        if _map(cell.get("data")).get("isBidirectional") is True:
            entry["bidirectional"] = True
        self._sections["flows"][key] = self._metadata(path, cell).into(entry)
        if cell.get("vertices"):
            self._losses.add(
                path + ".vertices", cell["vertices"], "a definition has no waypoints: the editor draws lines"
            )
        self._losses.rest(cell, (*_CELL, *_LOOKS, "vertices"), path)
        self._note_threats(path, cell, key)

    def _note_threats(self, path: str, cell: Mapping[str, Any], key: str) -> None:
        for where, bearer in (
            (path + ".data", _map(cell.get("data"))),
            (path, cell),
        ):  # next to the data in early files
            self.threats.extend(
                (place, threat, key) for place, threat in maps(bearer.get("threats"), where + ".threats")
            )

    def _metadata(self, path: str, cell: Mapping[str, Any]) -> Metadata:
        """Return the texts of a cell in Threat Dragon, and the marks that are set, as metadata."""
        metadata = Metadata(self._losses)
        for name, value in _map(cell.get("data")).items():
            if name in _DATA or value is False:
                continue
            where = "%s.data.%s" % (path, name)
            kept = self._texts.prose(value, where) if isinstance(value, str) else value
            metadata.put(snake(name), kept, where)
        return metadata

    def _contain(self) -> None:
        """Put each box into the smallest boundary around it: in Threat Dragon only the picture shows containers."""
        boxes = {key: box for key, box in self._boxes.items() if key not in self._curves}
        outer = [key for key in boxes if key in self._sections["boundaries"]]
        outer.sort(key=lambda key: boxes[key].width * boxes[key].height)
        ranks = {key: rank for rank, key in enumerate(outer)}
        for key, box in boxes.items():
            larger = outer[ranks[key] + 1 :] if key in ranks else outer  # of two equal boundaries one is the outer
            inside = next((other for other in larger if boxes[other].holds(box)), None)
            if inside is not None:
                section = "boundaries" if key in ranks else "nodes"
                self._sections[section][key] = {"in": inside, **self._sections[section][key]}


_CURVE = "TMI has no curved boundaries: it becomes the box around the curve, and nothing lies in it"


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _label(cell: Mapping[str, Any]) -> str:
    """Return the name of a cell from its data, else from its drawn text."""
    found = as_text(_map(cell.get("data")).get("name")).strip()
    attrs = _map(cell.get("attrs"))
    for part in ("text", "label"):
        found = found or as_text(_map(attrs.get(part)).get("text")).strip()
    labels = cell.get("labels")
    for label in labels if isinstance(labels, list) else ():
        drawn = _map(_map(label).get("attrs"))
        found = found or as_text(_map(drawn.get("labelText")).get("text")).strip()
    return found


def _place(cell: Mapping[str, Any]) -> Box | None:
    position, size = _map(cell.get("position")), _map(cell.get("size"))
    x, y = number(position.get("x")), number(position.get("y"))
    if x is None or y is None:
        return None
    width, height = number(size.get("width")), number(size.get("height"))
    return Box(x, y, width or _DEFAULT_SIZE[0], height or _DEFAULT_SIZE[1])


def _around(cell: Mapping[str, Any]) -> Box | None:
    """Return the box around the points of a curve."""
    vertices = cell.get("vertices")
    points = [_map(cell.get("source")), _map(cell.get("target")), *(vertices if isinstance(vertices, list) else ())]
    xs = [x for x in (number(_map(point).get("x")) for point in points) if x is not None]
    ys = [y for y in (number(_map(point).get("y")) for point in points) if y is not None]
    if not xs or not ys:
        return None
    return Box(min(xs), min(ys), max(max(xs) - min(xs), MIN_WIDTH), max(max(ys) - min(ys), MIN_HEIGHT))
