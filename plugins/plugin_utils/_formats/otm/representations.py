# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Representations of OTM: diagrams or code of the model; and checks of the cells of a diagram."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import compile_diagram, compile_layout
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Losses,
    Metadata,
    Taken,
    Texts,
    as_text,
    maps,
    member,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.naming import distinct_keys
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import Origins
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.attributes import Attributes, wish_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import ORIGIN_PREFIX

#: Fields of a diagram that become attributes in OTM.
DIAGRAM_FIELDS = ("type", "color_palette", "include_in_report")


class Representations(NamedTuple):
    """Diagrams by key, with empty sections; representations of code with their paths; id -> key of a diagram.

    ``undrawn``: representations of a model in another program, which have no drawing; ``own``: keys of the diagrams
    that were written from a definition.
    """

    diagrams: dict[str, dict[str, Any]]
    code: list[tuple[str, dict[str, Any]]]
    by_id: dict[str, str]
    undrawn: list[dict[str, Any]]
    own: set[str]


def read_representations(data: Mapping[str, Any], losses: Losses, texts: Texts) -> Representations:
    """Return the ``representations`` of an OTM file. Raises InputError."""
    found = Representations({}, [], {}, [], set())
    drawn = _drawn(data)
    diagrams: list[tuple[str, dict[str, Any]]] = []
    for path, entry in maps(data.get("representations"), "$.representations"):
        if entry.get("type") == "code" or entry.get("repository"):
            found.code.append((path, entry))
            continue
        is_model = as_text(entry.get("type")).strip().lower() == "threat-model"
        if is_model and as_text(entry.get("id")) not in drawn:
            found.undrawn.append(entry)
            continue
        diagrams.append((path, entry))
    origins = Origins(ORIGIN_PREFIX, (as_text(entry.get("id")) for _path, entry in diagrams))
    rows = [
        (wish_of(entry, path, "diagram").replace("/", "_"), (as_text(entry.get("id")),)) for path, entry in diagrams
    ]
    for (path, entry), key in zip(diagrams, distinct_keys(rows, Taken("%s_%d")), strict=True):
        given = as_text(entry.get("id"))
        found.diagrams[key] = _diagram(path, entry, key, origins.of(given), losses, texts)
        found.by_id.setdefault(given, key)
        if Attributes(entry, path, losses).key:
            found.own.add(key)
    return found


def _drawn(data: Mapping[str, Any]) -> set[str]:
    """Return the ids of representations in which an element has a place."""
    return {
        as_text(drawing.get("representation"))
        for section in ("trustZones", "components")
        for path, entry in maps(data.get(section), "$." + section)
        for _path, drawing in maps(entry.get("representations"), path + ".representations")
        if drawing.get("position")
    }


def _diagram(
    path: str, entry: dict[str, Any], key: str, origin: Mapping[str, str], losses: Losses, texts: Texts
) -> dict[str, Any]:
    attributes = Attributes(entry, path, losses)
    losses.rest(entry, ("name", "id", "type", "description", "size", "attributes"), path)
    diagram = empty_diagram(texts.name(entry.get("name"), path + ".name", "diagram", fallback=key))
    if "name" in attributes.placeholders:
        del diagram["name"]
    diagram.update(attributes.origin(DIAGRAM, origin))
    description = texts.prose(entry.get("description"), path + ".description")
    if description:
        diagram["description"] = description
    attributes.restore(DIAGRAM, DIAGRAM_FIELDS, diagram)
    attributes.restore_all("layout", compile_layout, diagram["layout"])
    attributes.refuse_others((*DIAGRAM_FIELDS, "layout"))
    metadata = Metadata(losses, DIAGRAM)
    given = as_text(entry.get("id"))
    attributes.keep_id(given, key, metadata, path)
    if entry.get("type") != "diagram":
        metadata.put("otm_type", entry.get("type"), path + ".type")
    size = member(entry.get("size"), path + ".size")
    if size:
        parts = (as_text(size.get("width")), as_text(size.get("height")))
        metadata.put("otm_size", "%sx%s" % parts, path + ".size")
    attributes.into(metadata)
    return metadata.into(diagram)


def empty_diagram(name: str) -> dict[str, Any]:
    """Return a diagram with all sections, which are empty."""
    return {"name": name, "boundaries": {}, "nodes": {}, "flows": {}, "layout": {"positions": {}}}


def without_empty(diagram: Mapping[str, Any]) -> dict[str, Any]:
    """Return a diagram without its empty sections: an empty section would mean that all cells are deleted."""
    layout = {name: part for name, part in diagram["layout"].items() if part}
    return {name: part for name, part in {**diagram, "layout": layout}.items() if part not in ({}, None)}


def box_accepted(section: str, fields: Mapping[str, Any]) -> None:
    """Raise InputError unless a node or boundary may have these fields."""
    compile_diagram({section: {"x": {name: value for name, value in fields.items() if name != "in"}}}, "x", "x")


def flow_accepted(fields: Mapping[str, Any]) -> None:
    """Raise InputError unless a flow may have these fields."""
    compile_diagram({"nodes": {"a": {}, "b": {}}, "flows": {"f": {**fields, "from": "a", "to": "b"}}}, "x", "x")


def waypoints_accepted(points: Any) -> None:
    """Raise InputError unless a flow may have these waypoints."""
    if "f" not in compile_layout({"positions": {"f": points}}).waypoints:
        raise InputError("must be a list of [x, y]")
