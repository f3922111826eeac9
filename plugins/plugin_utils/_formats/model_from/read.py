# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From rows of any data to a definition: nodes in zones, flows, and data as assets."""

from __future__ import annotations

import csv
import io
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK, VERSION
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Conversion,
    Keys,
    Losses,
    Metadata,
    Texts,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.model_from.mapping import Row, rows_of, rules_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import MOST_CHARACTERS, as_source_text, read_source
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.shapes import shape_of

WHERE = "data"


def model_from(data: Any, mapping: Any, name: str, key: str = "") -> Conversion:
    """Return the definition for rows of any data, and the losses.

    ``data``: a list, a map, or a text (JSON, YAML, and for rows CSV); ``mapping``: see :func:`.mapping.rules_of`.
    Raises InputError if there is no name or no row. The definition always compiles.
    """
    rules = rules_of(mapping)
    if not name.strip():
        raise InputError("must be the name of the threat model", "name")
    rows = rows_of(_read(data, mapping), rules)
    if not rows:
        raise InputError("has nothing that the mapping makes a node of", WHERE)
    losses = Losses()
    texts = Texts(losses)
    model_key = key or slug(name) or "model"
    definition: dict[str, Any] = {MARK: VERSION, "key": model_key, "name": texts.label(name, "name") or model_key}
    definition.update(_Drawing(rows, losses, texts).sections())
    compile_definition(document(definition, WHERE))  # raises an error for a defect of the conversion
    return Conversion(definition, losses.rows)


def _read(data: Any, mapping: Any) -> dict[str, Any]:
    if isinstance(data, (str, bytes)):
        data = as_source_text(data, WHERE)
        if mapping == "rows" and not data.lstrip("\ufeff \t\r\n").startswith(("{", "[", "-")):
            if len(data) > MOST_CHARACTERS:
                raise InputError("has %d characters; at most %d are read" % (len(data), MOST_CHARACTERS), WHERE)
            return {"items": _csv(data)}
    if isinstance(data, list):
        data = {"items": data}
    return read_source(data, WHERE)


def _csv(text: str) -> list[dict[str, str]]:
    """Return the rows of a CSV, whose first line has the names of the columns."""
    text = text.lstrip("\ufeff")
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    try:
        found = list(csv.DictReader(io.StringIO(text), delimiter=mark, strict=True))
    except csv.Error as error:
        raise InputError("is not CSV: %s" % error, WHERE) from None
    if "name" not in (found[0] if found else {}):
        raise InputError("has no column name in its first line", WHERE)
    return [{column: value for column, value in row.items() if column and isinstance(value, str)} for row in found]


class _Drawing:
    """One diagram, which the layout draws."""

    def __init__(self, rows: list[Row], losses: Losses, texts: Texts) -> None:
        self._losses, self._texts, self._keys, self._asset_keys = losses, texts, Keys(), Keys()
        self._boundaries: dict[str, Any] = {}
        self._nodes: dict[str, Any] = {}
        self._flows: dict[str, Any] = {}
        self._assets: dict[str, Any] = {}
        self._asset_of: dict[str, str] = {}
        self._zones: dict[tuple[str, ...], str] = {}
        self._known: dict[str, str] = {}
        self._by_name: dict[str, list[str]] = {}
        for row in rows:
            self._known[row.id] = self._keys.take(slug(row.name), fallback="node")
            self._by_name.setdefault(row.name, []).append(row.id)
        for row in rows:
            self._node(row)
        for row in rows:
            self._talk(row)
        self._select(rows)

    def sections(self) -> dict[str, Any]:
        """Return the sections of the definition."""
        parts = {"boundaries": self._boundaries, "nodes": self._nodes, "flows": self._flows}
        diagram = {"name": "Main", **{name: part for name, part in parts.items() if part}}
        return {**({"assets": self._assets} if self._assets else {}), "diagrams": {"main": diagram}}

    def _node(self, row: Row) -> None:
        node: dict[str, Any] = {"type": shape_of(row.type, {}), "label": self._texts.label(row.name, row.path)}
        zone = self._zone(tuple(part.strip() for part in row.zone.split("/") if part.strip()))
        if zone:
            node["in"] = zone
        assets = [self._asset(name, row.path) for name in row.data]
        if assets:
            node["assets"] = assets
        metadata = Metadata(self._losses)
        for name, value in row.metadata.items():
            metadata.put(name, value, "%s.%s" % (row.path, name))
        self._nodes[self._known[row.id]] = metadata.into(node)

    def _zone(self, names: tuple[str, ...]) -> str:
        """Return the key of a boundary, which is made, with those around it, if it is new."""
        if not names:
            return ""
        if names not in self._zones:
            outer = self._zone(names[:-1])
            self._zones[names] = self._keys.take(slug(names[-1]), fallback="zone")
            boundary = {"label": self._texts.label(names[-1], "zone")}
            self._boundaries[self._zones[names]] = {"in": outer, **boundary} if outer else boundary
        return self._zones[names]

    def _asset(self, name: str, path: str) -> str:
        if name not in self._asset_of:
            key = self._asset_of[name] = self._asset_keys.take(slug(name), fallback="data")
            self._assets[key] = {"name": self._texts.name(name, path, "asset", fallback=key), "type": "data"}
        return self._asset_of[name]

    def _talk(self, row: Row) -> None:
        for given, label in row.talks_to:
            found = [given] if given in self._known else self._by_name.get(given, [])
            if len(found) == 1:
                self._flow(row, found[0], label)
            else:
                reason = "more than one row has this name" if found else "there is no such row"
                self._losses.add(row.path, given, "%s talks to it, and %s" % (row.name, reason))
        for given in row.uses:
            if given in self._known:
                self._flow(row, given, "")

    def _select(self, rows: list[Row]) -> None:
        """Draw a flow from a row to each row of the same zone that has all labels which it selects."""
        having: dict[tuple[str, str, str], list[Row]] = {}
        for row in rows:
            for name, value in row.labels.items():
                having.setdefault((row.zone, str(name), str(value)), []).append(row)
        for row in rows:
            wanted = [(row.zone, str(name), str(value)) for name, value in row.selects.items()]
            for other in having.get(wanted[0], ()) if wanted else ():
                if all(str(other.labels.get(name)) == value for _zone, name, value in wanted):
                    self._flow(row, other.id, "")

    def _flow(self, row: Row, target: str, label: str) -> None:
        ends = (self._known[row.id], self._known[target])
        key = self._keys.take(slug("%s to %s" % ends), fallback="flow")
        flow: dict[str, Any] = {"from": ends[0], "to": ends[1]}
        shown = self._texts.label(label, row.path)
        self._flows[key] = {**flow, "label": shown} if shown else flow
