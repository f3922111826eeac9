# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From Open Threat Model 0.2.0 to a definition: project, assets, code and threats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import VERSION as DEFINITION
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Conversion,
    Losses,
    Metadata,
    Texts,
    as_text,
    is_readable,
    maps,
    member,
    said,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import Origins
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.attributes import (
    Attributes,
    accepted,
    decoded,
    keys_of,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read_diagrams import Diagrams
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read_threats import Threats
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import ORIGIN_PREFIX, UNDRAWN
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import read_source

WHERE = "OTM"
#: Fields of a definition that become attributes in OTM, by kind.
MODEL_FIELDS = ("issue_uri", "framework", "status", "version")
ASSET_FIELDS = ("type", "criticality", "sensitivity", "classification", "include_in_report")
SOURCE_FIELDS = ("type", "parameters", "include_in_report")
#: Sections that become attributes of the project in OTM.
SECTIONS = ("documents", "notes")
_TOP = ("otmVersion", "project", "representations", "assets", "trustZones", "components", "dataflows", "threats")


def from_otm(source: Any, shapes: Mapping[str, str] | None = None) -> Conversion:
    """Return the definition for an OTM file, given as text or parsed, and the losses.

    ``shapes``: type of a component -> actor, process or store, with precedence over the table. Raises InputError, with
    the path, if it is not OTM. The definition always compiles.
    """
    data = read_source(source, WHERE)
    if not isinstance(data.get("otmVersion"), (str, int, float)):
        raise InputError("is not an Open Threat Model: it has no otmVersion", WHERE)
    if not as_text(data["otmVersion"]).startswith("0."):
        raise InputError("only versions 0.1 and 0.2 are known, not %s" % said(data["otmVersion"]), "$.otmVersion")
    losses = Losses()
    texts = Texts(losses)
    losses.rest(data, (*_TOP, "mitigations"), "$")
    definition, metadata = _project(member(data.get("project"), "$.project"), losses, texts)
    assets = _assets(data, losses, texts, definition)
    diagrams = Diagrams(data, losses, texts, assets, shapes or {})
    metadata.put(UNDRAWN, diagrams.undrawn, "$.representations")
    sources = _sources(diagrams.code, losses, texts)
    metadata.into(definition)
    _add(definition, "repositories", sources)
    _restored_sections(data, losses, definition)
    _add(definition, "diagrams", diagrams.entries)
    _add(definition, "threats", Threats(data, losses, texts, diagrams).entries)
    compile_definition(document(definition, WHERE))  # raises an error for a defect of the conversion
    return Conversion(definition, losses.rows)


def _add(definition: dict[str, Any], section: str, entries: Any) -> None:
    if entries:
        definition[section] = entries


def _project(project: Mapping[str, Any], losses: Losses, texts: Texts) -> tuple[dict[str, Any], Metadata]:
    path = "$.project"
    if not as_text(project.get("name")).strip() and not as_text(project.get("id")).strip():
        raise InputError("needs a name", path)
    losses.rest(project, ("name", "id", "description", "owner", "ownerContact", "tags", "attributes"), path)
    attributes = Attributes(project, path, losses)
    name, given = as_text(project.get("name")), as_text(project.get("id")).strip()
    key = attributes.key or (given if is_readable(given) else "") or slug(name) or slug(given) or "model"
    definition: dict[str, Any] = {MARK: DEFINITION, "key": key}
    definition["name"] = texts.label(name or given, path + ".name") or key
    definition.update(attributes.origin(THREAT_MODEL, Origins(ORIGIN_PREFIX, [given]).of(given)))
    description = texts.prose(project.get("description"), path + ".description")
    if description:
        definition["description"] = description
    attributes.restore(THREAT_MODEL, MODEL_FIELDS, definition)
    attributes.refuse_others((*MODEL_FIELDS, *SECTIONS))
    metadata = Metadata(losses, THREAT_MODEL)
    attributes.keep_id(given, key, metadata, path)
    metadata.put("otm_owner", project.get("owner"), path + ".owner")
    metadata.put("otm_owner_contact", project.get("ownerContact"), path + ".ownerContact")
    metadata.put("tags", project.get("tags"), path + ".tags")
    attributes.into(metadata)
    return definition, metadata


def _assets(data: Mapping[str, Any], losses: Losses, texts: Texts, definition: dict[str, Any]) -> dict[str, str]:
    """Put the assets into the definition. Returns id -> key."""
    entries: dict[str, Any] = {}
    ids: dict[str, str] = {}
    assets = maps(data.get("assets"), "$.assets")
    origins = Origins(ORIGIN_PREFIX, (as_text(asset.get("id")) for _path, asset in assets))
    for (path, asset), key in zip(assets, keys_of(assets, "asset"), strict=True):
        losses.rest(asset, ("name", "id", "description", "risk", "attributes"), path)
        attributes = Attributes(asset, path, losses)
        name, given = as_text(asset.get("name")), as_text(asset.get("id"))
        ids.setdefault(given, key)
        entry: dict[str, Any] = {"name": texts.name(name, path + ".name", "asset", fallback=key), "type": "data"}
        entry.update(attributes.origin(ASSET, origins.of(given)))
        description = texts.prose(asset.get("description"), path + ".description")
        if description:
            entry["description"] = description
        attributes.restore(ASSET, ASSET_FIELDS, entry)
        attributes.refuse_others(ASSET_FIELDS)
        metadata = Metadata(losses, ASSET)
        attributes.keep_id(given, key, metadata, path)
        risk = member(asset.get("risk"), path + ".risk")
        losses.rest(risk, ("confidentiality", "integrity", "availability", "comment"), path + ".risk")
        for part in ("confidentiality", "integrity", "availability", "comment"):
            if part not in attributes.placeholders:
                metadata.put("otm_" + part, risk.get(part), "%s.risk.%s" % (path, part))
        attributes.into(metadata)
        entries[key] = metadata.into(entry)
    _add(definition, "assets", entries)
    return ids


def _sources(code: list[tuple[str, dict[str, Any]]], losses: Losses, texts: Texts) -> dict[str, Any]:
    """Return the repositories: representations that are not diagrams."""
    entries: dict[str, Any] = {}
    origins = Origins(ORIGIN_PREFIX, (as_text(found.get("id")) for _path, found in code))
    for (path, found), key in zip(code, keys_of(code, "code"), strict=True):
        losses.rest(found, ("name", "id", "type", "description", "repository", "attributes"), path)
        attributes = Attributes(found, path, losses)
        name, given = as_text(found.get("name")), as_text(found.get("id"))
        uri = as_text(member(found.get("repository"), path + ".repository").get("url")).strip()
        if not uri:
            losses.add(path, found, "neither a diagram nor a repository with an address")
            continue
        entry: dict[str, Any] = {"name": texts.name(name, path + ".name", "source", fallback=key), "uri": uri}
        entry.update(attributes.origin(SOURCE, origins.of(given)))
        if "name" in attributes.placeholders:
            del entry["name"]
        description = texts.prose(found.get("description"), path + ".description")
        if description:
            entry["description"] = description
        attributes.restore(SOURCE, SOURCE_FIELDS, entry)
        attributes.refuse_others(SOURCE_FIELDS)
        metadata = Metadata(losses, SOURCE)
        attributes.keep_id(given, key, metadata, path)
        attributes.into(metadata)
        entries[key] = metadata.into(entry)
    return entries


def _restored_sections(data: Mapping[str, Any], losses: Losses, definition: dict[str, Any]) -> None:
    """Restore documents and notes, which are attributes of the project in OTM."""
    own = Attributes(member(data.get("project"), "$.project"), "$.project", Losses()).own
    for section in SECTIONS:
        if "tmi_" + section not in own:
            continue
        path = "$.project.attributes.tmi_%s" % section
        entries: dict[str, Any] = {}
        found = decoded(own["tmi_" + section])
        for key, entry in (found if isinstance(found, dict) else {"": found}).items():
            try:
                if not isinstance(entry, dict) or not key.strip():
                    raise InputError("must be a map with the fields of %s" % section)
                accepted(section, {**entry, "key": key})
            except InputError as error:
                losses.add("%s.%s" % (path, key), entry, error.message)
            else:
                entries[key] = entry
        _add(definition, section, entries)
