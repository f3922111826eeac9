# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From AWS Threat Composer (JSON) to a definition: threats with their mitigations; texts become notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK, VERSION
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    DESCRIPTION_LIMIT,
    Conversion,
    Losses,
    Texts,
    as_text,
    maps,
    member,
    said,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import read_source
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_composer.read_threats import (
    by_key,
    label,
    linked,
    read_threats,
)

WHERE = "Threat Composer"
_TOP = (
    *("schema", "applicationInfo", "architecture", "dataflow", "assumptions", "mitigations", "assumptionLinks"),
    *("mitigationLinks", "threats"),
)
#: Sections with a text and a picture -> name of the note.
_PARTS = {"architecture": "Architecture", "dataflow": "Data flow"}


def from_threat_composer(source: Any, name: str = "") -> Conversion:
    """Return the definition for a workspace of Threat Composer, given as text or parsed, and the losses.

    ``name``: the name of the model if the file has none. Raises InputError, with the path, if it is not such a file.
    The definition always compiles.
    """
    data = read_source(source, WHERE)
    about = member(data.get("applicationInfo"), "$.applicationInfo")
    if "schema" not in data or not (about or isinstance(data.get("threats"), list)):
        raise InputError(
            "is not a workspace of Threat Composer: it lacks schema, and applicationInfo or threats", WHERE
        )
    if as_text(data["schema"]) != "1":
        raise InputError("only version 1 is known, not %s" % said(data["schema"]), "$.schema")
    losses = Losses()
    texts = Texts(losses)
    losses.rest(data, _TOP, "$")
    losses.rest(about, ("name", "description"), "$.applicationInfo")
    title = as_text(about.get("name")).strip() or name or "Threat model"
    key = slug(title) or "model"
    definition: dict[str, Any] = {
        MARK: VERSION,
        "key": key,
        "name": texts.label(title, "$.applicationInfo.name") or key,
    }
    definition["framework"] = "STRIDE"
    description = as_text(about.get("description")).strip()
    if len(description) <= DESCRIPTION_LIMIT:
        text = texts.prose(description, "$.applicationInfo.description")
        definition.update({"description": text} if text else {})
    sections = {"notes": _notes(data, description, losses), "threats": read_threats(data, losses, texts)}
    definition.update({section: entries for section, entries in sections.items() if entries})
    compile_definition(document(definition, WHERE))  # raises an error for a defect of the conversion
    return Conversion(definition, losses.rows)


def _notes(data: Mapping[str, Any], description: str, losses: Losses) -> dict[str, Any]:
    """Return the texts of the workspace that are longer than a field, or about no single threat."""
    found = {"Application": description if len(description) > DESCRIPTION_LIMIT else ""}
    for section, name in _PARTS.items():
        path = "$." + section
        part = member(data.get(section), path)
        losses.rest(part, ("description", "image"), path)
        found[name] = as_text(part.get("description")).strip()
        if part.get("image"):
            shown = as_text(part["image"])
            losses.add(
                path + ".image", shown[:60], "TMI has no pictures: this is the begin of %d characters" % len(shown)
            )
    links = linked(data, "assumptionLinks", "assumptionId", losses)
    known = {**by_key(data, "threats"), **by_key(data, "mitigations")}
    targets: dict[str, list[str]] = {}
    for target, ids in links.items():
        for given in ids:
            targets.setdefault(given, []).append(label(*known[target]) if target in known else target)
    found["Assumptions"] = _lines(data, "assumptions", targets)
    found["Mitigations"] = _lines(data, "mitigations", {})
    return {slug(name): {"name": name, "content": content} for name, content in found.items() if content}


def _lines(data: Mapping[str, Any], section: str, targets: Mapping[str, list[str]]) -> str:
    """Return a list of all entries of a section, each with its comments and tags."""
    lines = []
    for _path, entry in maps(data.get(section), "$." + section):
        given = as_text(entry.get("id"))
        lines.append("- %s: %s" % (label(section, entry), " ".join(as_text(entry.get("content")).split())))
        more = {"Status": entry.get("status"), "Tags": entry.get("tags"), "For": targets.get(given)}
        for pair in entry.get("metadata") or () if isinstance(entry.get("metadata"), list) else ():
            if isinstance(pair, dict):
                more[as_text(pair.get("key")) or "Comments"] = pair.get("value")
        for name, value in more.items():
            text = " ".join(as_text(value).split())
            if text:
                lines.append("  - %s: %s" % (name, text))
    return "\n".join(lines)
