# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From a definition to Open Threat Model 0.2.0: project, assets, representations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired import FOLLOW
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.compiled import compiled
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Conversion, Losses, as_text
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.attributes import decoded
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import ASSET_FIELDS, MODEL_FIELDS, SOURCE_FIELDS
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.representations import DIAGRAM_FIELDS
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import UNDRAWN, VERSION
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write_cells import Cells
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write_objects import Ids, Writing, numeric, tags_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write_threats import ThreatList

#: Fields about access or about the place on one server.
_OF_SERVER = ("authorization", "reviewer", "project", "confidential")
_OF_UNDRAWN = ("id", "name", "type", "description", "attributes")
_RISK = ("confidentiality", "integrity", "availability")


def to_otm(definition: Any) -> Conversion:
    """Return the OTM for a definition, given as text or parsed, and the losses.

    Raises InputError, with the path of the mistake, if it is not a definition or does not compile.
    """
    model = compiled(definition)
    losses = Losses()
    of_server = {**{name: model.values.get(name) for name in _OF_SERVER}, "id": model.id, "was": model.was}
    for name, value in of_server.items():
        if value:
            losses.add("$." + name, value, "belongs to one TMI server: OTM has no place for it")
    children = {kind: [c for c in model.children if c.resource.name == kind] for kind in _kinds(model)}
    for child in model.children:
        if child.id or child.was:
            where = "$.%s.%s" % (child.resource.plural, child.key)
            losses.add(where, {"id": child.id, "was": child.was}, "belongs to one TMI server")
    about = Writing(model.metadata, model)
    undrawn = about.take(UNDRAWN, _undrawn) or []
    otm: dict[str, Any] = {"otmVersion": VERSION, "project": _project(about, model, children)}
    assets, ids = _assets(children.get("asset", ()))
    diagrams = children.get("diagram", [])
    representations, by_key = _representations(undrawn, diagrams, children.get("source", ()))
    cells = Cells(diagrams, by_key, ids, losses)
    library = ThreatList(children.get("threat", ()), cells, losses)
    otm.update(
        representations=representations,
        assets=assets,
        trustZones=cells.zones,
        components=cells.components,
        dataflows=cells.flows,
        threats=library.threats,
        mitigations=library.mitigations,
    )
    return Conversion(otm, losses.rows)


def _kinds(model: Desired) -> Iterable[str]:
    return dict.fromkeys(child.resource.name for child in model.children)


def _project(writing: Writing, model: Desired, children: Mapping[str, list[Desired]]) -> dict[str, Any]:
    name = str(model.values["name"])
    project: dict[str, Any] = {"name": name, "id": writing.identity(Ids(), model.key, name)}
    contact = writing.take("otm_owner_contact") or model.values.get("owner")
    more = {
        "description": model.values.get("description"),
        "owner": writing.take("otm_owner"),
        "ownerContact": contact,
        "tags": tags_of(writing),
    }
    project.update({field: value for field, value in more.items() if value})
    writing.fields(model.values, MODEL_FIELDS)
    for section, kind in (("documents", "document"), ("notes", "note")):
        found = children.get(kind, ())
        if found:
            writing.own[section] = {str(child.key): _entry(child) for child in found}
    return writing.into(project)


def _entry(child: Desired) -> dict[str, Any]:
    entry = {name: value for name, value in sorted(child.values.items()) if value not in (None, "", [])}
    metadata = {key: value for key, value in child.metadata.items() if value}
    more = {"origin": child.origin, "metadata": metadata}
    return {**entry, **{name: value for name, value in more.items() if value}}


def _assets(found: Iterable[Desired]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the assets, and key -> id."""
    ids, assets, by_key = Ids(), [], {}
    for child in found:
        writing = Writing(child.metadata, child)
        name = str(child.values["name"])
        entry: dict[str, Any] = {"name": name, "id": writing.identity(ids, child.key, name)}
        by_key[str(child.key)] = entry["id"]
        if child.values.get("description"):
            entry["description"] = child.values["description"]
        risk: dict[str, Any] = {}
        for part in _RISK:
            known = writing.take("otm_" + part, numeric)
            if known is None:
                writing.placeholders.append(part)
            risk[part] = known or 0
        comment = writing.take("otm_comment")
        entry["risk"] = {**risk, "comment": comment} if comment else risk
        writing.fields(child.values, ASSET_FIELDS, {"type": "data"})
        assets.append(writing.into(entry))
    return assets, by_key


def _undrawn(text: str) -> list[dict[str, Any]] | None:
    """Return the representations without a drawing in metadata, if they are such."""
    found = decoded(text)
    entries = found if isinstance(found, list) else []
    for entry in entries:
        named = isinstance(entry, dict) and all(isinstance(entry.get(name), str) for name in ("id", "name", "type"))
        if not named or entry["type"].strip().lower() != "threat-model" or set(entry) - {*_OF_UNDRAWN}:
            return None
        if not isinstance(entry.get("description", ""), str) or not isinstance(entry.get("attributes", {}), dict):
            return None
    ids = {entry["id"] for entry in entries}
    return entries if entries and len(ids) == len(entries) and as_text(entries) == text else None


def _representations(
    undrawn: list[dict[str, Any]], diagrams: Iterable[Desired], sources: Iterable[Desired]
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the representations, and key of a diagram -> id."""
    ids, entries, by_key = Ids(entry["id"] for entry in undrawn), list(undrawn), {}
    for child in diagrams:
        writing = Writing(child.metadata, child)
        name = str(child.values["name"])
        entry: dict[str, Any] = {"name": name, "id": writing.identity(ids, child.key, name)}
        by_key[str(child.key)] = entry["id"]
        entry["type"] = writing.take("otm_type") or "diagram"
        if child.values.get("description"):
            entry["description"] = child.values["description"]
        size = writing.take("otm_size", _size)
        if size:
            entry["size"] = size
        writing.fields(child.values, DIAGRAM_FIELDS)
        if child.cells is not None:
            layout = {"direction": child.cells.layout.direction, "existing": child.cells.layout.existing}
            places = {**child.cells.layout.positions, **child.cells.layout.waypoints}
            has_places = any(cell.key in places for cell in child.cells.cells)
            existing = "keep" if "key" in writing.own or not has_places else FOLLOW
            said = {name: value for name, value in layout.items() if value not in ("right", existing)}
            if said:
                writing.own["layout"] = said
        entries.append(writing.into(entry))
    for child in sources:
        writing = Writing(child.metadata, child)
        name = str(child.values.get("name") or child.values.get("uri"))
        entry = {"name": name, "id": writing.identity(ids, child.key, name), "type": "code"}
        if not child.values.get("name"):
            writing.placeholders.append("name")
        if child.values.get("description"):
            entry["description"] = child.values["description"]
        if not child.values.get("uri"):
            raise InputError("needs its uri to be written as OTM", child.where)
        entry["repository"] = {"url": child.values["uri"]}
        writing.fields(child.values, SOURCE_FIELDS)
        entries.append(writing.into(entry))
    return entries, by_key


def _size(text: str) -> dict[str, Any] | None:
    width, _x, height = text.partition("x")
    found = {"width": numeric(width), "height": numeric(height)}
    return None if None in found.values() else found
