# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Cells of Threat Dragon become those of TMI, with the same shapes and coordinates, but without containers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import MIN_HEIGHT, MIN_WIDTH, PORTS
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.boxes import containers, drawn_layout
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Losses,
    Taken,
    Texts,
    as_text,
    maps,
    number,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.flow_ends import Nodes
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.naming import distinct_keys
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import cell_id
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.drawn import Drawn, as_map, drawn
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.places import around, place
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.records import own_key


class CellThreat(NamedTuple):
    """A threat, its path, and the key of its cell; "" if the cell is lost, and then what ``lost_cell`` says of it."""

    path: str
    threat: dict[str, Any]
    cell: str
    lost_cell: Mapping[str, str]


class Cells:
    """The cells of one diagram; ``threats`` in the order of the file."""

    def __init__(self, diagram: str, cells: list[tuple[str, dict[str, Any]]], losses: Losses, texts: Texts) -> None:
        self.threats: list[CellThreat] = []
        self._diagram, self._ids = diagram, set[str]()
        self._losses, self._texts, self._taken = losses, texts, Taken("%s_%d")
        self._sections: dict[str, dict[str, Any]] = {"boundaries": {}, "nodes": {}, "flows": {}}
        self._boxes: dict[str, Box] = {}
        self._courses: dict[str, list[list[float]]] = {}
        self._curves: set[str] = set()
        self._by_id: dict[str, str] = {}
        self._ports: dict[tuple[str, str], str] = {}
        #: Path of an open flow -> the ends that are known: ``from``, ``to`` and the key of the node.
        self._open: dict[str, dict[str, str]] = {}
        all_cells = [drawn(path, cell) for path, cell in cells]
        boxes = [one for one in all_cells if one.kind not in ("", "flow")]
        keys = distinct_keys(
            [(own_key(one.data) or slug(one.name) or _fallback(one), (one.id,)) for one in boxes], self._taken
        )
        bearers = dict(zip((one.path for one in boxes), keys, strict=True))
        for one, key in zip(boxes, keys, strict=True):
            self._box(one, key)
        bearers.update(self._all_flows([one for one in all_cells if one.kind == "flow"]))
        #: Data of the cells by key.
        self.holders = {bearers[one.path]: one.data for one in all_cells if one.path in bearers}
        for one in all_cells:
            self._note_threats(one, bearers.get(one.path, ""))
        self._contain()

    def sections(self) -> dict[str, Any]:
        """Return the sections of cells for a diagram of a definition, without empty ones."""
        found = {name: section for name, section in self._sections.items() if section}
        positions: dict[str, Any] = {
            key: {name: number(part) for name, part in box._asdict().items()} for key, box in self._boxes.items()
        }
        positions.update(self._courses)
        return {**found, "layout": drawn_layout(positions)} if positions else dict(found)

    def _box(self, one: Drawn, key: str) -> None:
        is_boundary, cell, path = one.kind in ("boundary", "curve"), one.cell, one.path
        entry: dict[str, Any] = {**self._identity(one), **({} if is_boundary else {"type": one.kind})}
        entry["label"] = self._texts.label(one.name, one.data_path + ".name")
        box = around(one) if one.kind == "curve" else place(cell)
        if one.kind == "curve":
            self._losses.add(path, {n: cell.get(n) for n in ("source", "target", "vertices")}, _CURVE)
        elif box is None:
            self._losses.add(path + ".position", cell.get("position"), "is not a position: the layout decides")
        if box is not None:
            least = box._replace(width=max(box.width, MIN_WIDTH), height=max(box.height, MIN_HEIGHT))
            if least != box and one.kind != "curve":
                reason = "TMI takes no cells smaller than %d x %d" % (MIN_WIDTH, MIN_HEIGHT)
                self._losses.add(path + ".size", cell.get("size"), reason)
            self._boxes[key] = least
        for port in maps(as_map(cell.get("ports")).get("items"), path + ".ports.items"):
            if as_text(port[1].get("group")) in PORTS:
                self._ports[one.id, as_text(port[1].get("id"))] = port[1]["group"]
        if one.id:
            self._by_id.setdefault(one.id, key)
        metadata = one.metadata(self._losses)
        if one.kind == "curve":
            self._curves.add(key)
            metadata.put("td_shape", "curve", path)
        self._sections["boundaries" if is_boundary else "nodes"][key] = metadata.into(entry)
        one.note_unknown(self._losses)

    def _identity(self, one: Drawn) -> dict[str, str]:
        """Return the id of a cell: that of the file if it is a UUID, else one made of it; none for a second bearer."""
        found = cell_id("threat-dragon", one.id, self._diagram)
        if not found or found in self._ids:
            return {}
        self._ids.add(found)
        return {"id": found}

    def _all_flows(self, flows: list[Drawn]) -> dict[str, str]:
        """Convert the flows with a cell at each end. Returns path -> key of these."""
        shapes = {key: entry["type"] for key, entry in self._sections["nodes"].items()}
        nodes = Nodes({key: box for key, box in self._boxes.items() if shapes.get(key, "text-box") != "text-box"})
        ends = {one.path: self._ends(one, nodes) for one in flows}
        kept = [(one, *found) for one in flows for found in [ends[one.path]] if found is not None]
        wishes = [
            (own_key(one.data) or slug(one.name) or slug("%s to %s" % (source, target)) or "flow", (one.id,))
            for one, source, target in kept
        ]
        keys = distinct_keys(wishes, self._taken)
        for (one, source, target), key in zip(kept, keys, strict=True):
            self._flow(one, source, target, key)
        return {one.path: key for (one, _source, _target), key in zip(kept, keys, strict=True)}

    def _ends(self, one: Drawn, nodes: Nodes) -> tuple[str, str] | None:
        """Return the keys of the cells at the ends of a flow, None for an open end; it is noted."""
        tied = {name: self._by_id.get(as_text(one.end(name).get("cell"))) for name in ("source", "target")}
        near = {
            name: nodes.at(one.end(name), other)
            for name, other in (("source", tied["target"]), ("target", tied["source"]))
            if tied[name] is None
        }
        keys = {
            name: tied[name] or (found.key if found else None)
            for name, found in {**dict.fromkeys(tied), **near}.items()
        }
        source, target = keys["source"], keys["target"]
        if source is None or target is None or (len(near) == 2 and source == target):
            data = {name: value for name, value in one.data.items() if name != "threats"}
            shown = {"name": one.name, "source": one.end("source"), "target": one.end("target"), "data": data}
            self._open[one.path] = {w: key for w, key in (("from", tied["source"]), ("to", tied["target"])) if key}
            self._losses.add(one.path, shown, "a flow in TMI has a cell at each end, this one has an open end")
            return None
        for name, found in near.items():
            if found is not None:
                which = "on which it lies" if not found.distance else "that is %d pixels away" % round(found.distance)
                reason = "the end is tied to no cell: it is tied to %s, the node %s" % (found.key, which)
                self._losses.add("%s.%s" % (one.path, name), one.end(name), reason)
        return source, target

    def _flow(self, one: Drawn, source: str, target: str, key: str) -> None:
        entry: dict[str, Any] = {**self._identity(one), "from": source, "to": target}
        label = self._texts.label(one.name, one.data_path + ".name")
        if label:
            entry["label"] = label
        for option, end in (("from_port", one.end("source")), ("to_port", one.end("target"))):
            side = self._ports.get((as_text(end.get("cell")), as_text(end.get("port"))))
            if side:
                entry[option] = side
        if one.data.get("isBidirectional") is True:
            entry["bidirectional"] = True
        self._sections["flows"][key] = one.metadata(self._losses).into(entry)
        points = [(number(as_map(point).get("x")), number(as_map(point).get("y"))) for point in _vertices(one)]
        course = [[x, y] for x, y in points if x is not None and y is not None]
        if course:
            self._courses[key] = course
        if len(course) < len(points):
            self._losses.add(one.path + ".vertices", one.cell["vertices"], "not all of them are points")
        one.note_unknown(self._losses)

    def _note_threats(self, one: Drawn, key: str) -> None:
        if not one.kind:
            self._losses.add(one.path, dict(one.cell), "is not a shape of Threat Dragon")
        threats, lost_cell = one.threats(), dict[str, str]()
        if threats and not key:
            word = "td_flow" if one.kind else "td_cell"
            metadata = one.metadata(Losses(), word + "_")
            metadata.put(word, one.name or one.id or "unnamed", one.path)
            for name, end in self._open.get(one.path, {}).items():
                metadata.put("%s_%s" % (word, name), end, one.path)
            lost_cell = metadata.entries
        self.threats.extend(CellThreat(path, threat, key, lost_cell) for path, threat in threats)

    def _contain(self) -> None:
        """Put each box into the smallest boundary around it: in Threat Dragon only the picture shows containers."""
        boxes = {key: box for key, box in self._boxes.items() if key not in self._curves}
        outer = [key for key in boxes if key in self._sections["boundaries"]]
        for key, inside in containers(boxes, outer).items():
            section = self._sections["boundaries" if key in self._sections["boundaries"] else "nodes"]
            section[key] = {"in": inside, **section[key]}


_CURVE = "TMI has no curved boundaries: it becomes the box around the curve, and nothing lies in it"


def _fallback(one: Drawn) -> str:
    """Return the key of a cell whose name has no letters."""
    return "boundary" if one.kind == "curve" else one.kind.replace("-", "_")


def _vertices(one: Drawn) -> list[Any]:
    found = one.cell.get("vertices")
    return found if isinstance(found, list) else []
