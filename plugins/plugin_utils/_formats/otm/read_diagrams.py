# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From OTM to diagrams: trust zones, components and data flows become boundaries, nodes and flows.

OTM has one tree of zones and components, drawn in any number of representations. ``read_places.py`` decides in which
diagrams an element becomes a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import MIN_HEIGHT, MIN_WIDTH
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.boxes import drawn_layout
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Losses,
    Metadata,
    Taken,
    Texts,
    as_text,
    flag,
    maps,
    member,
    number,
    texts,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import cell_id
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.attributes import Attributes, keys_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read_elements import Element, elements
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read_places import place
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.representations import (
    box_accepted,
    empty_diagram,
    flow_accepted,
    read_representations,
    waypoints_accepted,
    without_empty,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import BOUNDARY
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.shapes import NODE_TYPES, shape_of

_ELEMENT = ("id", "name", "type", "description", "risk", "parent", "representations", "assets", "threats", "tags")
_ENDS = ("source", "destination")
_FLOW = ("id", "name", "description", "bidirectional", "source", "destination", "assets", "threats", "tags")


class Diagrams:
    """``entries``: the diagrams by key. ``code``: representations of code, with their paths; ``undrawn``: of a model.

    ``bearers``: path, component or data flow, and the cell (``diagram/cell``) of its threats.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        losses: Losses,
        names: Texts,
        assets: Mapping[str, str],
        shapes: Mapping[str, str],
    ) -> None:
        self.bearers: list[tuple[str, dict[str, Any], str]] = []
        self._cell_ids: dict[str, set[str]] = {}
        self._losses, self._texts, self._assets = losses, names, assets
        self._shapes = {word.strip().lower(): shape for word, shape in shapes.items()}
        drawn = read_representations(data, losses, names)
        self.entries, self.code, self._by_id, self.undrawn = drawn[:4]
        self._models = {as_text(found.get("id")) for found in self.undrawn}
        self._codes = {as_text(found.get("id")) for _path, found in self.code}
        self._taken = {key: Taken("%s_%d") for key in self.entries}
        self._ids = {key: given for given, key in self._by_id.items()}
        self._elements = elements(data, losses)
        flows = maps(data.get("dataflows"), "$.dataflows")
        self._touched = {as_text(flow.get(end)) for _path, flow in flows for end in _ENDS}
        if (self._elements.all or flows) and not self.entries:
            self.entries["main"] = empty_diagram("Main")
            self._taken["main"] = Taken("%s_%d")
        for element in self._elements.all:
            self._draw(element)
        ends = [self._ends(flow) for _path, flow in flows]
        pairs = [(source, target) for source, target in ends if source is not None and target is not None]
        place(self._elements, pairs, list(self.entries), self._is_boundary)
        self._name_all()
        for element in self._elements.all:
            for diagram in element.keys:
                self._box(element, diagram)
            self._note_bearer(element)
        self._flows(flows)
        for diagram, entry in self.entries.items():
            if diagram not in drawn.own and entry["layout"]["positions"]:
                entry["layout"] = {**drawn_layout({}), **entry["layout"]}
            self.entries[diagram] = without_empty(entry)

    def cells(self) -> Iterator[str]:
        """Yield the possible places of threats: each diagram, and each of its cells."""
        for key, entry in self.entries.items():
            yield key
            for section in ("boundaries", "nodes", "flows"):
                yield from ("%s/%s" % (key, cell) for cell in entry.get(section, ()))

    def _draw(self, element: Element) -> None:
        """Find the drawings of an element, and its place in the code."""
        for path, drawing in maps(element.entry.get("representations"), element.path + ".representations"):
            given = as_text(drawing.get("representation"))
            diagram = self._by_id.get(given)
            if diagram is None and given in self._models:
                self._losses.rest(drawing, ("representation", "id"), path)
            elif diagram is None:
                self._code_place(element, path, drawing)
            elif diagram in element.drawings:
                self._losses.add(path, drawing, "is drawn twice in one representation")
            else:
                element.drawings[diagram] = (path, drawing)

    def _ends(self, flow: Mapping[str, Any]) -> tuple[Element | None, Element | None]:
        source, target = (self._elements.find(as_text(flow.get(end))) for end in _ENDS)
        return source, target

    def _code_place(self, element: Element, path: str, drawing: Mapping[str, Any]) -> None:
        if as_text(drawing.get("representation")) not in self._codes:
            self._losses.add(path, drawing, "there is no representation %s" % drawing.get("representation"))
            return
        self._losses.rest(drawing, ("representation", "id", "file", "line"), path)
        place = ":".join(filter(None, (as_text(drawing.get("file")), as_text(drawing.get("line")))))
        if place and element.code:
            self._losses.add(path, place, "the metadata already has another place in the code")
        element.code = element.code or place

    def _is_boundary(self, element: Element) -> bool:
        """Whether an element becomes a boundary: a zone, or a component with content and without data flows."""
        if element.is_zone:
            return True
        return element.has_content and element.id not in self._touched

    def _name_all(self) -> None:
        """Give the elements keys in their diagrams; none to the zone that stands for "in no boundary"."""
        named = [e for e in self._elements.all if "zone" not in Attributes(e.entry, e.path, Losses()).placeholders]
        keys = {
            diagram: iter(keys_of([(e.path, e.entry) for e in named if diagram in e.diagrams], "cell", taken))
            for diagram, taken in self._taken.items()
        }
        for element in named:
            element.keys = {diagram: next(keys[diagram]) for diagram in element.diagrams}

    def _box(self, element: Element, diagram: str) -> None:
        path, entry, key = element.path, element.entry, element.keys[diagram]
        # Losses are noted for the first drawing only.
        losses = self._losses if diagram == next(iter(element.keys)) else Losses()
        prose, metadata, attributes = Texts(losses), Metadata(losses), Attributes(entry, path, losses)
        is_boundary = self._is_boundary(element)
        losses.rest(entry, (*_ELEMENT, "attributes"), path)
        cell: dict[str, Any] = self._identity(entry, diagram, key, attributes)
        cell.update(_labelled(entry.get("name"), attributes, prose, path))
        attributes.keep_id(element.id, key, metadata, path)
        above = self._container(element, diagram, metadata)
        if above:
            cell["in"] = above
        metadata.put("description", prose.prose(entry.get("description"), path + ".description"), path + ".description")
        metadata.put("tags", entry.get("tags"), path + ".tags")
        metadata.put("otm_code", element.code, path + ".representations")
        self._typed(element, cell, is_boundary, attributes, metadata)
        self._protect(element, cell, metadata, losses)
        attributes.into(metadata)
        section = "boundaries" if is_boundary else "nodes"
        attributes.restore_all("cell", lambda fields: box_accepted(section, fields), cell)
        self._keep_id_once(diagram, cell, path, losses)
        attributes.refuse_others(("cell", "shape"))
        self.entries[diagram][section][key] = metadata.into(cell)
        if diagram in element.drawings and "position" not in attributes.placeholders:
            self._position(element, diagram, key)

    def _typed(
        self, element: Element, cell: dict[str, Any], is_boundary: bool, attributes: Attributes, metadata: Metadata
    ) -> None:
        entry, path = element.entry, element.path
        given = as_text(entry.get("type")).strip()
        if element.is_zone:
            metadata.put("otm_type", given, path + ".type")
            risk = member(entry.get("risk"), path + ".risk")
            if "risk" not in attributes.placeholders:
                metadata.put("otm_trust_rating", risk.get("trustRating"), path + ".risk.trustRating")
            return
        if is_boundary:
            metadata.put("otm_kind", "component", path)
            if "type" not in attributes.placeholders or given != BOUNDARY:
                metadata.put("otm_type", given, path + ".type")
            return
        shape = attributes.own.get("tmi_shape")
        cell["type"] = shape if shape in NODE_TYPES else shape_of(given, self._shapes)
        made_up = "type" in attributes.placeholders and given in NODE_TYPES
        if given != cell["type"] and not made_up:
            metadata.put("otm_type", given, path + ".type")
        if "type" in attributes.placeholders:
            del cell["type"]

    def _container(self, element: Element, diagram: str, metadata: Metadata) -> str:
        for above in self._elements.above(element):
            if diagram in above.keys and self._is_boundary(above):
                return above.keys[diagram]
            if diagram in above.keys and "otm_parent" not in metadata.entries:
                metadata.put("otm_parent", above.keys[diagram], element.path + ".parent")
        return ""

    def _protect(self, element: Element, cell: dict[str, Any], metadata: Metadata, losses: Losses) -> None:
        """Name the assets of a component; its metadata has those that it stores."""
        found = member(element.entry.get("assets"), element.path + ".assets")
        path = element.path + ".assets"
        losses.rest(found, ("processed", "stored"), path)
        processed = self._known_assets(found.get("processed"), path + ".processed", losses)
        stored = self._known_assets(found.get("stored"), path + ".stored", losses)
        if processed or stored:
            cell["assets"] = list(dict.fromkeys(processed + stored))
        metadata.put("otm_stored", stored, path + ".stored")
        metadata.put("otm_processed", [key for key in processed if key in stored], path + ".processed")

    def _known_assets(self, ids: Any, path: str, losses: Losses) -> list[str]:
        keys: list[str] = []
        for given in texts(ids, path):
            if given not in self._assets:
                losses.add(path, given, "there is no asset of this id")
            elif self._assets[given] not in keys:
                keys.append(self._assets[given])
        return keys

    def _position(self, element: Element, diagram: str, key: str) -> None:
        path, drawing = element.drawings[diagram]
        self._losses.rest(drawing, ("representation", "id", "position", "size", "name"), path)
        if drawing.get("name") not in (None, "", element.entry.get("name")):
            self._losses.add(path + ".name", drawing["name"], "a cell has one label, the name of the element")
        x, y = _pair(drawing.get("position"), "x", "y")
        size = _pair(drawing.get("size"), "width", "height")
        if x is None or y is None:
            if drawing.get("position"):
                self._losses.add(path + ".position", drawing["position"], "is not a place: the layout decides")
            if None not in size:
                self._losses.add(path + ".size", drawing["size"], "not used without a position: the layout decides")
            return
        for above in self._elements.above(element):  # places are relative to the container
            left, top = _pair(above.drawings.get(diagram, ("", {}))[1].get("position"), "x", "y")
            x, y = number(x + (left or 0)) or 0, number(y + (top or 0)) or 0
        place: dict[str, Any] = {"x": x, "y": y}
        if size[0] is not None and size[1] is not None:
            place.update(width=max(size[0], MIN_WIDTH), height=max(size[1], MIN_HEIGHT))
            if (place["width"], place["height"]) != size:
                reason = "TMI takes no cells smaller than %d x %d" % (MIN_WIDTH, MIN_HEIGHT)
                self._losses.add(path + ".size", drawing["size"], reason)
        self.entries[diagram]["layout"]["positions"][key] = place

    def _identity(self, entry: Mapping[str, Any], diagram: str, key: str, attributes: Attributes) -> dict[str, str]:
        """Return the id of a cell whose key is not its id in the file, by which a later import finds the cell."""
        given = as_text(entry.get("id"))
        found = "" if attributes.key or given == key else cell_id("otm", given, self._ids.get(diagram, ""))
        return {"id": found} if found and found not in self._cell_ids.get(diagram, ()) else {}

    def _keep_id_once(self, diagram: str, cell: dict[str, Any], path: str, losses: Losses) -> None:
        """Leave out the id of a copy: no two cells of a diagram have one id."""
        given = cell.get("id")
        if given is not None and given in self._cell_ids.setdefault(diagram, set()):
            losses.add(path + ".attributes.tmi_cell", cell.pop("id"), "another cell of the diagram has this id")
        elif given is not None:
            self._cell_ids[diagram].add(given)

    def _note_bearer(self, element: Element) -> None:
        if element.keys and element.entry.get("threats"):
            diagram, key = next(iter(element.keys.items()))
            self.bearers.append((element.path, element.entry, "%s/%s" % (diagram, key)))

    def _flows(self, flows: list[tuple[str, dict[str, Any]]]) -> None:
        """Draw the data flows whose ends are in one diagram."""
        drawn: dict[str, list[tuple[str, dict[str, Any]]]] = {diagram: [] for diagram in self._taken}
        kept = []
        for path, flow in flows:
            source, target = self._ends(flow)
            shared = [key for key in (source.keys if source else ()) if target is not None and key in target.keys]
            if source is None or target is None or not shared:
                why = "its ends are in no common diagram" if source and target else "one of its ends does not exist"
                self._losses.add(path, {name: flow.get(name) for name in _FLOW if name in flow}, why)
                if flow.get("threats") and self.entries:
                    self.bearers.append((path, flow, next(iter(self.entries))))
                continue
            kept.append((path, flow, source, target, shared))
            for diagram in shared:
                drawn[diagram].append((path, flow))
        keys = {diagram: iter(keys_of(entries, "flow", self._taken[diagram])) for diagram, entries in drawn.items()}
        for path, flow, source, target, shared in kept:
            self._flow(path, flow, source, target, {diagram: next(keys[diagram]) for diagram in shared})

    def _flow(self, path: str, flow: dict[str, Any], source: Element, target: Element, keys: Mapping[str, str]) -> None:
        self._losses.rest(flow, (*_FLOW, "attributes"), path)
        attributes = Attributes(flow, path, self._losses)
        given = as_text(flow.get("id"))
        label = _labelled(as_text(flow.get("name")), attributes, self._texts, path)
        description = self._texts.prose(flow.get("description"), path + ".description")
        both = flag(flow.get("bidirectional"), path + ".bidirectional", self._losses)
        assets = self._known_assets(flow.get("assets"), path + ".assets", self._losses)
        for diagram, key in keys.items():
            cell: dict[str, Any] = self._identity(flow, diagram, key, attributes)
            cell.update({"from": source.keys[diagram], "to": target.keys[diagram], **label})
            if both is not None:
                cell["bidirectional"] = both
            if assets:
                cell["assets"] = assets
            metadata = Metadata(self._losses)
            attributes.keep_id(given, key, metadata, path)
            metadata.put("description", description, path + ".description")
            metadata.put("tags", flow.get("tags"), path + ".tags")
            attributes.into(metadata)
            attributes.restore_all("cell", flow_accepted, cell)
            points = attributes.restored("waypoints", waypoints_accepted)
            if points is not None:
                self.entries[diagram]["layout"]["positions"][key] = points
            self._keep_id_once(diagram, cell, path, self._losses)
            self.entries[diagram]["flows"][key] = metadata.into(cell)
        if flow.get("threats"):
            self.bearers.append((path, flow, "%s/%s" % next(iter(keys.items()))))
        attributes.refuse_others(("cell", "waypoints"))


def _pair(value: Any, first: str, second: str) -> tuple[float | int | None, float | int | None]:
    found = value if isinstance(value, dict) else {}
    return number(found.get(first)), number(found.get(second))


def _labelled(name: Any, attributes: Attributes, texts: Texts, path: str) -> dict[str, str]:
    """Return the label of a cell, nothing for one that is not declared."""
    if "no label" in attributes.placeholders:
        return {"label": ""}
    return {} if "label" in attributes.placeholders else {"label": texts.label(name, path + ".name")}
