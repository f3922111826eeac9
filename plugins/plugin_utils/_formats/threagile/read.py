# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From Threagile (YAML) to a definition: the model, data assets and notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK, VERSION
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Conversion,
    Keys,
    Losses,
    Metadata,
    Texts,
    as_text,
    is_readable,
    member,
    said,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import Origins
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import read_source
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threagile.read_cells import (
    ORIGIN_PREFIX,
    PREFIX,
    Diagram,
    titled,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threagile.read_risks import read_risks

WHERE = "Threagile"
#: Members that are converted, or that only describe the drawing and the words of the file.
_TOP = (
    *("threagile_version", "title", "date", "author", "business_criticality", "business_overview"),
    *("technical_overview", "management_summary_comment", "questions", "abuse_cases", "security_requirements"),
    *("tags_available", "data_assets", "technical_assets", "trust_boundaries", "shared_runtimes"),
    *("individual_risk_categories", "custom_risk_categories", "risk_tracking", "includes"),
)
#: Maps of a name to a text -> name of the note that lists them.
_LISTS = {
    "questions": "Questions",
    "abuse_cases": "Abuse cases",
    "security_requirements": "Security requirements",
}


def from_threagile(source: Any, name: str = "") -> Conversion:
    """Return the definition for a Threagile model, given as text or parsed, and the losses.

    ``name``: the name of a model whose file has no title. Raises InputError, with the path, if it is not such a model.
    The definition always compiles.
    """
    data = read_source(source, WHERE)
    if "threagile_version" not in data and not isinstance(data.get("technical_assets"), dict):
        raise InputError("is not a Threagile model: it has neither threagile_version nor technical_assets", WHERE)
    version = as_text(data.get("threagile_version")).strip()
    if version and version.partition(".")[0] not in ("0", "1"):
        raise InputError("only versions 0 and 1 are known, not %s" % said(version), "$.threagile_version")
    data["title"] = as_text(data.get("title")).strip() or name
    if not data["title"]:
        raise InputError("needs a title", "$")
    losses = Losses()
    texts = Texts(losses)
    for name, value in data.items():
        if name not in _TOP and not name.startswith("diagram_tweak_") and value not in (None, "", [], {}):
            losses.add("$." + name, value, "this field is not known here")
    if data.get("includes"):
        losses.add("$.includes", data["includes"], "filters read no other files: merge them before")
    definition = _model(data, losses, texts)
    assets, ids = _assets(data, losses, texts)
    diagram = Diagram(data, ids, losses, texts)
    sections = {
        "assets": assets,
        "notes": _notes(data),
        "diagrams": {"main": {"name": "Architecture", **diagram.sections}} if diagram.sections else {},
        "threats": read_risks(data, diagram, ids, losses, texts),
    }
    definition.update({section: entries for section, entries in sections.items() if entries})
    compile_definition(document(definition, WHERE))  # raises an error for a defect of the conversion
    return Conversion(definition, losses.rows)


def _model(data: Mapping[str, Any], losses: Losses, texts: Texts) -> dict[str, Any]:
    title = as_text(data["title"])
    key = slug(title) or "model"
    definition: dict[str, Any] = {MARK: VERSION, "key": key, "name": texts.label(title, "$.title") or key}
    definition["framework"] = "STRIDE"
    overview = member(data.get("business_overview"), "$.business_overview")
    description = texts.prose(overview.get("description"), "$.business_overview.description")
    if description:
        definition["description"] = description
    for part in ("business_overview", "technical_overview"):
        entry = member(data.get(part), "$." + part)
        losses.rest(entry, ("description",), "$." + part)
    author = member(data.get("author"), "$.author")
    losses.rest(author, ("name", "homepage"), "$.author")
    metadata = Metadata(losses, THREAT_MODEL, PREFIX)
    metadata.put(PREFIX + "author", author.get("name"), "$.author.name")
    metadata.put(PREFIX + "author_homepage", author.get("homepage"), "$.author.homepage")
    metadata.put(PREFIX + "date", data.get("date"), "$.date")
    metadata.put(PREFIX + "business_criticality", data.get("business_criticality"), "$.business_criticality")
    return metadata.into(definition)


def _notes(data: Mapping[str, Any]) -> dict[str, Any]:
    technical = as_text(member(data.get("technical_overview"), "$.technical_overview").get("description")).strip()
    summary = as_text(data.get("management_summary_comment")).strip()
    found = {"Technical overview": technical, "Management summary": summary}
    for section, name in _LISTS.items():
        lines = []
        for question, answer in member(data.get(section), "$." + section).items():
            text = " ".join(as_text(answer).split())
            lines.append("- %s%s" % (question, ": " + text if text else ""))
        found[name] = "\n".join(lines)
    return {slug(name): {"name": name, "content": content} for name, content in found.items() if content}


def _assets(data: Mapping[str, Any], losses: Losses, texts: Texts) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the assets by key, and id -> key."""
    keys, entries, ids = Keys(), dict[str, Any](), dict[str, str]()
    found = list(titled(data, "data_assets"))
    origins = Origins(ORIGIN_PREFIX, (as_text(asset.get("id")) for _path, _title, asset in found))
    for path, title, asset in found:
        given = as_text(asset.get("id"))
        key = keys.take(given if is_readable(given) else "", slug(title), fallback="asset")
        ids.setdefault(given or title, key)
        entry: dict[str, Any] = {"name": texts.name(title, path, "asset", fallback=key), "type": "data"}
        entry.update(origins.of(given))
        description = texts.prose(asset.get("description"), path + ".description")
        if description:
            entry["description"] = description
        if as_text(asset.get("confidentiality")):
            entry["sensitivity"] = as_text(asset["confidentiality"])
        metadata = Metadata(losses, ASSET, PREFIX)
        for name, value in asset.items():
            if name == "tags":
                metadata.put("tags", value, path + ".tags")
            elif name not in ("description", "confidentiality") and not (name == "id" and given == key):
                metadata.put(PREFIX + name, value, "%s.%s" % (path, name))
        entries[key] = metadata.into(entry)
    return entries, ids
