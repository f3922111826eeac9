# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Technical assets, communication links and trust boundaries of Threagile as one diagram, which the layout draws."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Keys,
    Losses,
    Metadata,
    Texts,
    as_text,
    is_readable,
    maps,
    member,
    slug,
    texts,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import cell_id

PREFIX, ORIGIN_PREFIX = "threagile_", "threagile:"
_SHAPES = {"external-entity": "actor", "process": "process", "datastore": "store"}
#: Members of a technical asset, a link and a boundary that are converted separately.
_OF_ASSET = ("id", "type", "tags", "description", "communication_links", "data_assets_processed", "data_assets_stored")
_OF_LINK = ("id", "target", "target_id", "source_id", "tags", "description", "data_assets_sent", "data_assets_received")
_OF_BOUNDARY = ("id", "tags", "description", "technical_assets_inside", "trust_boundaries_nested")
#: Values that mean the same as no value.
_UNSET: tuple[Any, ...] = (None, False, "none", "", [], {})


def titled(data: Mapping[str, Any], section: str, path: str = "$") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield path, title and entry of a map by title, or of a list, which newer files have. Raises InputError."""
    where = "%s.%s" % (path, section)
    found = data.get(section)
    if isinstance(found, list):
        pairs = [(place, "", entry) for place, entry in maps(found, where)]
    else:
        named = member(found, where).items()
        pairs = [("%s.%s" % (where, key), str(key), member(entry, "%s.%s" % (where, key))) for key, entry in named]
    for place, key, entry in pairs:
        title = as_text(entry.get("title")).strip() or key or as_text(entry.get("id"))
        yield place, title, {name: value for name, value in entry.items() if name != "title"}


class Diagram:
    """``sections``: the diagram; ``cells``: id in Threagile -> key of the cell."""

    def __init__(self, data: Mapping[str, Any], assets: Mapping[str, str], losses: Losses, names: Texts) -> None:
        self.cells: dict[str, str] = {}
        self._ids = set[str]()
        self._assets, self._losses, self._texts, self._keys = assets, losses, names, Keys()
        self._boundaries: dict[str, Any] = {}
        self._nodes: dict[str, Any] = {}
        self._flows: dict[str, Any] = {}
        technical = list(titled(data, "technical_assets"))
        for path, title, entry in technical:
            self._node(path, title, entry)
        for path, title, entry in technical:
            self._links(path, title, entry)
        boundaries = list(titled(data, "trust_boundaries"))
        for path, title, entry in boundaries:
            self._boundary(path, title, entry)
        for path, title, entry in boundaries:
            self._content(path, title, entry)
        self._runtimes(data)
        found = {"boundaries": self._boundaries, "nodes": self._nodes, "flows": self._flows}
        self.sections = {name: section for name, section in found.items() if section}

    def _take(self, title: str, entry: Mapping[str, Any], fallback: str) -> str:
        given = as_text(entry.get("id"))
        key = self._keys.take(given if is_readable(given) else "", slug(title), fallback=fallback)
        self.cells.setdefault(given or title, key)
        return key

    def _identity(self, key: str, entry: Mapping[str, Any]) -> dict[str, str]:
        """Return the id of a cell whose key is not the id of the file, by which a later import finds the cell."""
        given = as_text(entry.get("id"))
        found = cell_id("threagile", given) if given != key else ""
        if not found or found in self._ids:
            return {}
        self._ids.add(found)
        return {"id": found}

    def _metadata(self, path: str, entry: Mapping[str, Any], key: str, converted: tuple[str, ...]) -> Metadata:
        """Return the members of an element without a place in TMI as metadata."""
        metadata = Metadata(self._losses, prefix=PREFIX)
        metadata.put(
            "description", self._texts.prose(entry.get("description"), path + ".description"), path + ".description"
        )
        metadata.put("tags", entry.get("tags"), path + ".tags")
        if as_text(entry.get("id")) != key:
            metadata.put(PREFIX + "id", entry.get("id"), path + ".id")
        for name, value in entry.items():
            if name not in converted and value not in _UNSET:
                metadata.put(PREFIX + name, value, "%s.%s" % (path, name))
        return metadata

    def _node(self, path: str, title: str, entry: dict[str, Any]) -> None:
        key = self._take(title, entry, "node")
        given = as_text(entry.get("type")).strip()
        if given not in _SHAPES:
            self._losses.add(path + ".type", given, "is none of %s: written as process" % ", ".join(_SHAPES))
        metadata = self._metadata(path, entry, key, _OF_ASSET)
        stored = self._known(path, entry, "data_assets_stored")
        metadata.put(PREFIX + "stored", stored, path + ".data_assets_stored")
        node: dict[str, Any] = {
            **self._identity(key, entry),
            "type": _SHAPES.get(given, "process"),
            "label": self._texts.label(title, path),
        }
        assets = list(dict.fromkeys(self._known(path, entry, "data_assets_processed") + stored))
        if assets:
            node["assets"] = assets
        self._nodes[key] = metadata.into(node)

    def _known(self, path: str, entry: Mapping[str, Any], name: str) -> list[str]:
        found = []
        for given in texts(entry.get(name), "%s.%s" % (path, name)):
            if given in self._assets:
                found.append(self._assets[given])
            elif given:
                self._losses.add("%s.%s" % (path, name), given, "there is no data asset of this id")
        return found

    def _links(self, path: str, title: str, entry: dict[str, Any]) -> None:
        source = self.cells[as_text(entry.get("id")) or title]
        for place, name, link in titled(entry, "communication_links", path):
            target = self.cells.get(as_text(link.get("target") or link.get("target_id")))
            if target is None:
                self._losses.add(place, {"name": name, **link}, "there is no technical asset of this target")
                continue
            key = self._keys.take(slug("%s %s" % (source, name)), fallback="flow")
            # Threagile's own id of a link, which risks name.
            given = "%s>%s" % (as_text(entry.get("id")), re.sub("[^a-z0-9]+", "-", name.lower()).strip("-"))
            self.cells.setdefault(given, key)
            sent = self._known(place, link, "data_assets_sent")
            received = self._known(place, link, "data_assets_received")
            flow: dict[str, Any] = {
                **self._identity(key, link),
                "from": source,
                "to": target,
                "label": self._texts.label(name, place),
            }
            if sent or received:
                flow["assets"] = list(dict.fromkeys(sent + received))
            metadata = self._metadata(place, link, as_text(link.get("id")), _OF_LINK)
            metadata.put(PREFIX + "received", received, place + ".data_assets_received")
            self._flows[key] = metadata.into(flow)

    def _boundary(self, path: str, title: str, entry: dict[str, Any]) -> None:
        key = self._take(title, entry, "boundary")
        boundary = {**self._identity(key, entry), "label": self._texts.label(title, path)}
        self._boundaries[key] = self._metadata(path, entry, key, _OF_BOUNDARY).into(boundary)

    def _content(self, path: str, title: str, entry: dict[str, Any]) -> None:
        """Put the content into a boundary; a cell that has a container, or would contain itself, is noted."""
        outer = self.cells[as_text(entry.get("id")) or title]
        for name, section in (("technical_assets_inside", self._nodes), ("trust_boundaries_nested", self._boundaries)):
            for given in texts(entry.get(name), "%s.%s" % (path, name)):
                key = self.cells.get(given, "")
                reason = "there is no such element" if key not in section else ""
                if not reason and (key == outer or key in self._above(outer)):
                    reason = "would contain itself"
                if not reason and "in" in section[key]:
                    reason = "is already in another boundary"
                if reason:
                    self._losses.add("%s.%s" % (path, name), given, reason)
                else:
                    section[key] = {"in": outer, **section[key]}

    def _above(self, key: str) -> list[str]:
        found = []
        while "in" in self._boundaries.get(key, {}):
            key = self._boundaries[key]["in"]
            found.append(key)
        return found

    def _runtimes(self, data: Mapping[str, Any]) -> None:
        """Note the runtimes that nodes share in the metadata of each of them."""
        for path, title, entry in titled(data, "shared_runtimes"):
            self._losses.rest(entry, ("id", "technical_assets_running"), path)
            for given in texts(entry.get("technical_assets_running"), path + ".technical_assets_running"):
                node = self._nodes.get(self.cells.get(given, ""))
                if node is None:
                    self._losses.add(path + ".technical_assets_running", given, "there is no such element")
                    continue
                kept = node.setdefault("metadata", {})
                shown = self._texts.label(title, path)
                kept[PREFIX + "runtime"] = ", ".join(filter(None, (kept.get(PREFIX + "runtime"), shown)))
