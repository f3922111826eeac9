# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From diagrams to OTM: boundaries become trust zones, nodes components, flows data flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import DesiredCell
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._values import MOST_LEVELS
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Losses, Texts
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import BOUNDARY, OUTSIDE
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write_objects import Ids, Writing, numeric, tags_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write_places import GEOMETRY, Places
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.shapes import NODE_TYPES, shape_of


class Cells:
    """``zones``, ``components``, ``flows``: the objects of OTM, from all diagrams."""

    def __init__(
        self, diagrams: Iterable[Desired], by_key: Mapping[str, str], assets: Mapping[str, str], losses: Losses
    ) -> None:
        self.zones: list[dict[str, Any]] = []
        self.components: list[dict[str, Any]] = []
        self.flows: list[dict[str, Any]] = []
        self._assets, self._losses = assets, losses
        self._ids, self._flow_ids = Ids([OUTSIDE]), Ids()
        self._bearers: dict[tuple[str, str], dict[str, Any]] = {}
        self._names: dict[str, dict[str, list[str]]] = {}
        for diagram in diagrams:
            if diagram.cells is not None:
                _Sheet(self, diagram, by_key[str(diagram.key)]).write()
            self._know(diagram)  # a threat can be at a diagram without cells
        if any("parent" not in component for component in self.components):
            self.zones.append(
                {
                    "id": OUTSIDE,
                    "name": "Outside of all boundaries",
                    "risk": {"trustRating": 0},
                    "representations": [],
                    "attributes": {"tmi_placeholder": "zone"},
                }
            )
            for component in self.components:
                component.setdefault("parent", {"trustZone": OUTSIDE})

    def _know(self, diagram: Desired) -> None:
        names: dict[str, list[str]] = {}
        for cell in diagram.cells.cells if diagram.cells is not None else ():
            for name in dict.fromkeys((cell.key, cell.id, cell.label or cell.key)):
                names.setdefault(name, []).append(cell.key)
        for name in dict.fromkeys((str(diagram.key), str(diagram.values["name"]))):
            self._names.setdefault(name, {"": [str(diagram.key)], **names})

    def resolve(self, diagram: str, cell: str) -> tuple[str, str] | None:
        """Return the keys of diagram and cell for a threat's ``at``, by key, id or name; None if they do not exist."""
        names = self._names.get(diagram)
        found = names.get(cell, []) if names is not None else []
        if names is None or len(found) != 1:
            keys = [key for key in found if key == cell]
            return (names[""][0], keys[0]) if names is not None and keys else None
        return (names[""][0], found[0] if cell else "")

    def bearer(self, diagram: str, cell: str) -> dict[str, Any] | None:
        """Return the component or data flow of a cell; trust zones have no threats."""
        return self._bearers.get((diagram, cell))


class _Sheet:
    """The cells of one diagram."""

    def __init__(self, cells: Cells, diagram: Desired, representation: str) -> None:
        if diagram.cells is None:
            raise ValueError("a diagram that is drawn has cells")
        self._all, self._representation = cells, representation
        self._key, self._layout = str(diagram.key), diagram.cells.layout
        self._cells = {cell.id: cell for cell in diagram.cells.cells}
        self._by_key = {cell.key: cell for cell in diagram.cells.cells}
        self._ids: dict[str, str] = {}
        self._touched = {end for cell in diagram.cells.cells for end in (cell.source, cell.target) if end}
        self._contain = {cell.container for cell in diagram.cells.cells if cell.container}
        self._places = Places(
            diagram.cells.cells, self._layout, lambda cell: self._inner(cell) or self._cells.get(cell.container or "")
        )

    def write(self) -> None:
        writings = {cell.id: Writing(cell.metadata) for cell in self._cells.values()}
        for cell in self._cells.values():
            ids = self._all._flow_ids if cell.kind == "flow" else self._all._ids
            given = writings[cell.id].identity(ids, cell.key, cell.label or cell.key, self._key)
            writings[cell.id].cell_identity(given, cell, self._representation)
            self._ids[cell.id] = given
        for cell in self._cells.values():
            entry = {"id": self._ids[cell.id], "name": cell.label or cell.key}
            writing = writings[cell.id]
            if not cell.label:
                writing.placeholders.append("label" if cell.label is None else "no label")
            description = writing.take("description", _prose)
            if description:
                entry["description"] = description
            if cell.kind == "flow":
                self._flow(cell, entry, writing)
            else:
                self._box(cell, entry, writing)

    def _box(self, cell: DesiredCell, entry: dict[str, Any], writing: Writing) -> None:
        made_of_component = self._is_component(cell)
        if made_of_component:
            writing.take("otm_kind")
        given = writing.take("otm_type", _foreign_type)
        parent = self._parent(cell, writing)
        if parent:
            entry["parent"] = parent
        drawing: dict[str, Any] = {"representation": self._representation, "id": "%s_box" % entry["id"]}
        position = self._drawn(cell, writing)
        if position:
            drawing.update(position)
        entry["representations"] = [drawing]
        if cell.kind == "boundary" and not made_of_component:
            if given:
                entry["type"] = given
            rating = writing.take("otm_trust_rating", numeric)
            if rating is None:
                writing.placeholders.append("risk")
            entry["risk"] = {"trustRating": rating or 0}
            self._keep(cell, writing, assets=True)
            self._all.zones.append(writing.into(entry))
            return
        self._typed(cell, entry, writing, given)
        tags = tags_of(writing)
        if tags:
            entry["tags"] = tags
        self._protect(cell, entry, writing)
        self._keep(cell, writing)
        self._all.components.append(writing.into(entry))
        self._all._bearers[self._key, cell.key] = entry

    def _typed(self, cell: DesiredCell, entry: dict[str, Any], writing: Writing, given: str | None) -> None:
        if cell.kind == "boundary":
            entry["type"] = given or BOUNDARY
            if not given:
                writing.placeholders.append("type")
            return
        if cell.shape is None:
            writing.placeholders.append("type")
        shape = cell.shape or "process"
        entry["type"] = given or shape
        if shape_of(str(entry["type"]), {}) != shape:
            writing.own["shape"] = shape

    def _is_component(self, cell: DesiredCell) -> bool:
        """Whether a boundary was a component and will be read as one: it has content and no data flows."""
        said = cell.kind == "boundary" and cell.metadata.get("otm_kind") == "component"
        return said and cell.id in self._contain and cell.id not in self._touched

    def _parent(self, cell: DesiredCell, writing: Writing) -> dict[str, str] | None:
        inner = self._inner(cell)
        if inner is not None:
            writing.take("otm_parent")
            return {"component": self._ids[inner.id]}
        container = self._cells.get(cell.container or "")
        if container is None:
            return None
        return {"component" if self._is_component(container) else "trustZone": self._ids[container.id]}

    def _inner(self, cell: DesiredCell) -> DesiredCell | None:
        """Return the node that contains a cell in OTM, from its metadata, because nodes contain nothing in TMI."""
        found = self._by_key.get(cell.metadata.get("otm_parent", ""))
        if cell.kind != "node" and not self._is_component(cell):
            return None
        if found is None or found.kind != "node" or found.id not in self._touched or found.container != cell.container:
            return None
        above: DesiredCell | None = found
        for _step in range(MOST_LEVELS):  # OTM cannot have a circle of nodes
            above = self._by_key.get(above.metadata.get("otm_parent", "")) if above is not None else None
            if above is cell:
                return None
        return found if above is None else None

    def _drawn(self, cell: DesiredCell, writing: Writing) -> dict[str, Any]:
        drawn = self._places.drawing(cell)
        if drawn and cell.key not in self._layout.positions:
            writing.placeholders.append("position")
        return drawn

    def _assets(self, cell: DesiredCell) -> list[str]:
        """Return the keys of the assets of a cell that are in the definition."""
        keys = list((cell.raw_members.get("data") or {}).get("data_assets") or ())
        for key in keys:
            if key not in self._all._assets:
                path = "$.diagrams.%s.%s.assets" % (self._key, cell.path)
                self._all._losses.add(path, key, "the definition has no asset of this key")
        return [key for key in keys if key in self._all._assets]

    def _protect(self, cell: DesiredCell, entry: dict[str, Any], writing: Writing) -> None:
        known = self._assets(cell)
        if not known:
            return

        def among(text: str) -> list[str] | None:
            found = text.split(", ")
            return found if set(found) <= set(known) else None

        stored = writing.take("otm_stored", among) or []
        both = writing.take("otm_processed", among) or []
        processed = [key for key in known if key not in stored or key in both]
        entry["assets"] = {
            "processed": [self._all._assets[key] for key in processed],
            "stored": [self._all._assets[key] for key in stored],
        }

    def _flow(self, cell: DesiredCell, entry: dict[str, Any], writing: Writing) -> None:
        ends = {"source": cell.source, "destination": cell.target}
        for name, end in ends.items():
            if end not in self._ids:
                path = "$.diagrams.%s.%s" % (self._key, cell.path)
                self._all._losses.add(path, entry, "one of its ends is a cell that only the server has")
                return
            entry[name] = self._ids[end]
        if cell.bidirectional is not None:
            entry["bidirectional"] = cell.bidirectional
        tags = tags_of(writing)
        if tags:
            entry["tags"] = tags
        assets = self._assets(cell)
        if assets:
            entry["assets"] = [self._all._assets[key] for key in assets]
        ports = {"from_port": cell.source_port, "to_port": cell.target_port, "router": cell.router}
        self._keep(cell, writing, {name: value for name, value in ports.items() if value})
        if cell.key in self._layout.waypoints:
            writing.own["waypoints"] = [list(point) for point in self._layout.waypoints[cell.key]]
        self._all.flows.append(writing.into(entry))
        self._all._bearers[self._key, cell.key] = entry

    def _keep(
        self, cell: DesiredCell, writing: Writing, more: Mapping[str, Any] | None = None, assets: bool = False
    ) -> None:
        """Keep members that OTM lacks as attributes: enforced geometry, icon, ports, assets of a boundary."""
        kept: dict[str, Any] = {**writing.own.get("cell", {}), **(more or {})}
        kept.update({name: getattr(cell, name) for name in GEOMETRY if getattr(cell, name) is not None})
        data = cell.raw_members.get("data") or {}
        if data.get("_arch"):
            kept["icon"] = data["_arch"]
        if assets and data.get("data_assets"):
            kept["assets"] = list(data["data_assets"])
        others = {name: value for name, value in data.items() if name not in ("_arch", "data_assets")}
        style = {name: value for name, value in cell.raw_members.items() if name != "data"}
        if others or style:
            path = "$.diagrams.%s.%s" % (self._key, cell.path)
            self._all._losses.add(path, {**style, **({"data": others} if others else {})}, "OTM has no place for style")
        if kept:
            writing.own["cell"] = kept


def _prose(text: str) -> str | None:
    """Return a description that will be read unchanged; None for any other."""
    losses = Losses()
    same = Texts(losses).prose(text, "") == text and not losses.rows
    return text if same else None


def _foreign_type(text: str) -> str | None:
    """Return a type of OTM; None for a word that would be read as a shape."""
    return text if text == text.strip() and text.lower() not in NODE_TYPES else None
