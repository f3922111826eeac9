# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From OWASP Threat Dragon 1 and 2 to a definition: the model and its diagrams."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK, VERSION
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import FRAMEWORKS, THREAT_MODEL
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Conversion,
    Losses,
    Metadata,
    Taken,
    Texts,
    as_text,
    maps,
    member,
    said,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.naming import distinct_keys
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import read_source
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read_cells import Cells
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read_threats import Threats, origins_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.records import (
    OWN,
    Place,
    own_key,
    restored,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.words import frameworks_of, is_request

WHERE = "Threat Dragon"
_PREFIX = "td_"
_INDEX = re.compile(r"\[(\d+)\]")

#: Members that are converted, or that do not describe the model: counters, ids, pictures, marks of the editor.
_OF_DIAGRAM = (
    "id",
    "title",
    "description",
    "cells",
    "diagramJson",
    "diagramType",
    "thumbnail",
    "placeholder",
    "version",
    "$$hashKey",
    "size",
    OWN,
)
_OF_DETAIL = ("contributors", "reviewer", "diagrams", "diagramTop", "threatTop")


class Read(NamedTuple):
    """A file as a definition, also compiled, with the losses; ``holders``: the objects of the file by their places."""

    definition: dict[str, Any]
    compiled: Desired
    losses: Losses
    holders: dict[Place, Mapping[str, Any]]


def from_threat_dragon(source: Any) -> Conversion:
    """Return the definition for a file of Threat Dragon 1 or 2, given as text or parsed, and the losses.

    Raises InputError, with the path, if it is not such a file. The definition always compiles.
    """
    found = read_model(source)
    definition = restored(found.definition, found.holders, found.losses)
    return Conversion(definition, found.losses.rows)


def read_model(source: Any) -> Read:
    """Return a file as Threat Dragon shows it, without the fields that only the collection keeps there.

    Raises InputError, with the path, if it is not such a file.
    """
    data = read_source(source, WHERE)
    summary = member(data.get("summary"), "$.summary")
    detail = member(data.get("detail"), "$.detail")
    _refuse_others(data, summary, detail)
    losses = Losses()
    texts = Texts(losses)
    losses.rest(data, ("version", "summary", "detail", "release_version", "released_at", OWN), "$")
    losses.rest(summary, ("title", "description", "owner", "id"), "$.summary")
    losses.rest(detail, _OF_DETAIL, "$.detail")
    definition = _model(data, summary, detail, losses, texts)
    holders: dict[Place, Mapping[str, Any]] = {(): data}
    diagrams = maps(detail.get("diagrams"), "$.detail.diagrams")
    cells = [Cells(as_text(diagram.get("id")), _cells(path, diagram), losses, texts) for path, diagram in diagrams]
    types = [_type(diagram, drawn) for (_path, diagram), drawn in zip(diagrams, cells, strict=True)]
    framework = None
    if len({kind.lower() for kind in types if kind}) == 1:
        framework = FRAMEWORKS.get(next(kind for kind in types if kind).lower())
    if framework:
        definition["framework"] = framework
    wishes = [(_wish(diagram), (as_text(diagram.get("id")),)) for _path, diagram in diagrams]
    threats, origins = Threats(losses, texts), origins_of(diagram for _path, diagram in diagrams)
    keys = distinct_keys(wishes, Taken("%s_%d"))
    for key, (path, diagram), drawn, method, known in zip(keys, diagrams, cells, types, origins, strict=True):
        entry = {**known, **_diagram(path, diagram, key, framework, losses, texts)}
        definition.setdefault("diagrams", {})[key] = {**entry, **drawn.sections()}
        holders["diagrams", key] = diagram
        holders.update({("diagrams", key, cell): data for cell, data in drawn.holders.items()})
        threats.add(key, method, drawn.threats)
    if threats.rows:
        found = threats.entries()
        definition["threats"] = {key: entry for key, (entry, _threat) in found.items()}
        holders.update({("threats", key): threat for key, (_entry, threat) in found.items()})
    losses.rows.sort(key=lambda row: [int(index) for index in _INDEX.findall(row["path"])])
    compiled = compile_definition(document(definition, WHERE))  # raises an error for a defect of the conversion
    return Read(definition, compiled, losses, holders)


def _wish(diagram: Mapping[str, Any]) -> str:
    """Return the wish for the key of a diagram; a key with a slash would be read as a place of threats."""
    return own_key(diagram).replace("/", "_") or slug(as_text(diagram.get("title"))) or "diagram"


def _refuse_others(data: Mapping[str, Any], summary: Mapping[str, Any], detail: Mapping[str, Any]) -> None:
    """Raise InputError, with what to do, if it is not a model of Threat Dragon."""
    if not summary and not detail:
        raise InputError("is not a Threat Dragon model: it has neither summary nor detail", WHERE)
    version = as_text(data.get("version"))
    if version and not re.match(r"v?[12]\b", version):
        raise InputError("was saved by Threat Dragon %s; only versions 1 and 2 are known" % said(version), "$.version")
    if not as_text(summary.get("title")).strip():
        raise InputError("needs a title", "$.summary")


def _cells(path: str, diagram: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the cells of a diagram with their paths; version 1 has them in a member of its own."""
    old = member(diagram.get("diagramJson"), path + ".diagramJson")
    return maps(diagram.get("cells"), path + ".cells") + maps(old.get("cells"), path + ".diagramJson.cells")


def _model(
    data: Mapping[str, Any], summary: Mapping[str, Any], detail: Mapping[str, Any], losses: Losses, texts: Texts
) -> dict[str, Any]:
    title = as_text(summary["title"])
    key = own_key(data) or slug(title) or "model"
    definition: dict[str, Any] = {MARK: VERSION, "key": key, "name": texts.label(title, "$.summary.title") or key}
    description = texts.prose(summary.get("description"), "$.summary.description")
    if description:
        definition["description"] = description
    release = as_text(data.get("release_version")).strip()
    if release:
        definition["version"] = release
    metadata = Metadata(losses, THREAT_MODEL, _PREFIX)
    metadata.put("td_owner", summary.get("owner"), "$.summary.owner")
    metadata.put("td_reviewer", detail.get("reviewer"), "$.detail.reviewer")
    metadata.put("td_contributors", _people(detail, losses), "$.detail.contributors")
    metadata.put("td_released_at", data.get("released_at"), "$.released_at")
    return metadata.into(definition)


def _people(detail: Mapping[str, Any], losses: Losses) -> list[str]:
    """Return the names of the contributors, which are maps, or texts in files of other programs."""
    people, path = [], "$.detail.contributors"
    given = detail.get("contributors")
    for index, person in enumerate(given if isinstance(given, list) else [given]):
        if isinstance(person, dict):
            losses.rest(person, ("name", "$$hashKey"), "%s[%d]" % (path, index))
            people.append(as_text(person.get("name")))
        else:
            people.append(as_text(person))
    return people


def _type(diagram: Mapping[str, Any], cells: Cells) -> str:
    """Return the method of a diagram: its type, else the method of all its threats, "" if there is none."""
    given = as_text(diagram.get("diagramType")).strip()
    found = {as_text(threat.get("modelType")).strip() for _path, threat, _cell, _lost in cells.threats} - {""}
    if not given and not found:
        sets = [frameworks_of(as_text(threat.get("type"))) for _path, threat, _cell, _lost in cells.threats]
        found = set.intersection(*sets) if sets else set()
    return given or (found.pop() if len(found) == 1 else "")


def _diagram(
    path: str, diagram: Mapping[str, Any], key: str, framework: str | None, losses: Losses, texts: Texts
) -> dict[str, Any]:
    losses.rest(diagram, _OF_DIAGRAM, path)
    entry: dict[str, Any] = {"name": texts.name(diagram.get("title"), path + ".title", "diagram", fallback=key)}
    description = texts.prose(diagram.get("description"), path + ".description")
    if description and not is_request(description) and description != as_text(diagram.get("placeholder")):
        entry["description"] = description
    metadata = Metadata(losses, DIAGRAM, _PREFIX)
    if framework is None:
        metadata.put("td_diagram_type", diagram.get("diagramType"), path + ".diagramType")
    return metadata.into(entry)
