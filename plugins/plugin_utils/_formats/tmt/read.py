# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From the Microsoft Threat Modeling Tool (``.tm7``) to a definition: the model, its drawings and notes."""

from __future__ import annotations

from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK, VERSION
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Conversion,
    Losses,
    Metadata,
    Taken,
    Texts,
    said,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.naming import distinct_keys
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import Origins
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_types import TYPES
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.tmt.read_cells import (
    NO_ID,
    ORIGIN_PREFIX,
    PREFIX,
    Surface,
    name_of,
    read_surface,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.tmt.read_threats import read_threats
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.xml_tree import Node, read_xml

WHERE = "TMT"
#: The newest major version of the format; there is no description of later ones.
_NEWEST = 4
#: Texts about the whole model -> names of notes.
_NOTES = {"Assumptions": "Assumptions", "ExternalDependencies": "External dependencies"}


def from_tmt(source: Any, name: str = "") -> Conversion:
    """Return the definition for a ``.tm7`` file, given as text, and the losses.

    ``name``: the name of the model if the file has none. Raises InputError, with the path, if it is not such a file.
    The definition always compiles.
    """
    root = read_xml(source, WHERE)
    if root.name == "KnowledgeBase":
        raise InputError("is a template of the Threat Modeling Tool (.tb7), and not a model (.tm7)", WHERE)
    if root.name != "ThreatModel" or not any(True for _list in root.all("DrawingSurfaceList")):
        raise InputError("is not a model of the Threat Modeling Tool: it has no DrawingSurfaceList", WHERE)
    version = root.value("Version")
    major = version.partition(".")[0]
    if major.isdecimal() and int(major[:9]) > _NEWEST:
        raise InputError("only versions up to %d are known, not %s" % (_NEWEST, said(version)), "$.Version")
    losses = Losses()
    texts = Texts(losses)
    surfaces = list(root.child("DrawingSurfaceList").all("DrawingSurfaceModel"))
    definition = _model(root, name or next(filter(None, map(name_of, surfaces)), ""), losses, texts)
    diagrams, drawn = _diagrams(surfaces, losses, texts)
    threats = read_threats(root, drawn, losses, texts)
    if {word for threat in threats.values() for word in threat.get("types", ())} <= {*TYPES["STRIDE"]}:
        definition["framework"] = "STRIDE"
    sections = {"notes": _notes(root), "diagrams": diagrams, "threats": threats}
    definition.update({section: entries for section, entries in sections.items() if entries})
    compile_definition(document(definition, WHERE))  # raises an error for a defect of the conversion
    return Conversion(definition, losses.rows)


def _model(root: Node, name: str, losses: Losses, texts: Texts) -> dict[str, Any]:
    about, path = root.child("MetaInformation"), "$.MetaInformation"
    given = about.value("ThreatModelName")
    label = texts.label(given or name or "Threat model", path + ".ThreatModelName")
    definition: dict[str, Any] = {MARK: VERSION, "key": slug(label) or "model", "name": label}
    description = texts.prose(about.value("HighLevelSystemDescription"), path + ".HighLevelSystemDescription")
    if description:
        definition["description"] = description
    metadata = Metadata(losses, THREAT_MODEL, PREFIX)
    for part in ("Owner", "Reviewer", "Contributors"):
        metadata.put(PREFIX + part.lower(), about.value(part), "%s.%s" % (path, part))
    return metadata.into(definition)


def _diagrams(
    surfaces: list[Node], losses: Losses, texts: Texts
) -> tuple[dict[str, Any], dict[str, tuple[str, Surface]]]:
    """Return the diagrams, and id of a drawing -> key and drawing."""
    ids = set[str]()
    diagrams: dict[str, Any] = {}
    drawn: dict[str, tuple[str, Surface]] = {}
    guids = [surface.value("Guid").lower() for surface in surfaces]
    origins = Origins(ORIGIN_PREFIX, guids)
    wishes = [(slug(name_of(surface)) or "diagram", (guid,)) for surface, guid in zip(surfaces, guids, strict=True)]
    keys = distinct_keys(wishes, Taken("%s_%d"))
    for index, (surface, guid, key) in enumerate(zip(surfaces, guids, keys, strict=True)):
        path = "$.DrawingSurfaceList[%d]" % index
        found = read_surface(surface, path, losses, texts, ids)
        name = texts.name(name_of(surface), path + ".Header", "diagram", fallback=key)
        diagrams[key] = {"name": name, **(origins.of(guid) if guid != NO_ID else {}), **found.sections}
        drawn.setdefault(guid, (key, found))
    return diagrams, drawn


def _notes(root: Node) -> dict[str, Any]:
    about = root.child("MetaInformation")
    found = {
        slug(name): {"name": name, "content": about.value(part)} for part, name in _NOTES.items() if about.value(part)
    }
    lines = []
    for note in root.child("Notes").children:
        who = ", ".join(filter(None, (note.value("AddedBy"), note.value("Date"))))
        if note.value("Message"):
            lines.append("- %s%s" % (note.value("Message"), " (%s)" % who if who else ""))
    if lines:
        found["notes"] = {"name": "Notes", "content": "\n".join(lines)}
    return found
