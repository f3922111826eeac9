# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From OWASP Threat Dragon 2 to a definition: the model, and the threats of its cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK, VERSION
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import fold
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import SEVERITIES, THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import FRAMEWORKS, THREAT_MODEL
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    MITIGATION_LIMIT,
    Conversion,
    Keys,
    Losses,
    Metadata,
    Texts,
    as_text,
    maps,
    member,
    slug,
    snake,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.parse import read_source
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read_cells import Cells

WHERE = "Threat Dragon"
_PREFIX = "td_"

#: Statuses of Threat Dragon, folded -> those of TMI; others are kept as they are, since a status is free text.
_STATUSES = {"mitigated": "resolved", "eliminated": "resolved", "notapplicable": "false_positive"}
#: Statuses of mitigated threats.
_MITIGATED = ("mitigated", "eliminated")
_SEVERITIES = {"tbd": "unknown", "tba": "unknown"}
#: Members that are converted, or that do not describe the model: counters, ids, pictures, marks of the editor.
_OF_THREAT = ("id", "threatId", "title", "status", "severity", "type", "description", "mitigation", "modelType", "new")
_OF_DIAGRAM = ("id", "title", "description", "cells", "diagramType", "thumbnail", "placeholder", "version", "$$hashKey")
_OF_DETAIL = ("contributors", "reviewer", "diagrams", "diagramTop", "threatTop")


def from_threat_dragon(source: Any) -> Conversion:
    """Return the definition for a file of Threat Dragon 2, given as text or parsed, and the losses.

    Raises InputError, with the path, if it is not such a file. The definition always compiles.
    """
    data = read_source(source, WHERE)
    summary = member(data.get("summary"), "$.summary")
    detail = member(data.get("detail"), "$.detail")
    _refuse_others(data, summary, detail)
    losses = Losses()
    texts = Texts(losses)
    losses.rest(data, ("version", "summary", "detail"), "$")
    losses.rest(summary, ("title", "description", "owner", "id"), "$.summary")
    losses.rest(detail, _OF_DETAIL, "$.detail")
    definition = _model(summary, detail, losses, texts)
    diagrams = maps(detail.get("diagrams"), "$.detail.diagrams")
    frameworks = {_framework(diagram) for _path, diagram in diagrams}
    framework = frameworks.pop() if len(frameworks) == 1 else None
    if framework:
        definition["framework"] = framework
    threats: dict[str, Any] = {}
    keys, threat_keys = Keys(), Keys()
    for path, diagram in diagrams:
        title = as_text(diagram.get("title"))
        key = keys.take(slug(title), fallback="diagram")
        cells = Cells(path + ".cells", maps(diagram.get("cells"), path + ".cells"), losses, texts)
        entry = _diagram(path, diagram, key, framework, losses, texts)
        definition.setdefault("diagrams", {})[key] = {**entry, **cells.sections()}
        for where, threat, cell in cells.threats:
            at = "%s/%s" % (key, cell) if cell else key
            made = _threat(where, threat, at, as_text(diagram.get("diagramType")), losses, texts)
            threats[threat_keys.take(slug(made["name"]), fallback="threat")] = made
    if threats:
        definition["threats"] = threats
    compile_definition(document(definition, WHERE))  # raises an error for a defect of the conversion
    return Conversion(definition, losses.rows)


def _refuse_others(data: Mapping[str, Any], summary: Mapping[str, Any], detail: Mapping[str, Any]) -> None:
    """Raise InputError, with what to do, if it is not a model of Threat Dragon 2."""
    if not summary and not detail:
        raise InputError("is not a Threat Dragon model: it has neither summary nor detail", WHERE)
    version = as_text(data.get("version"))
    drawings = maps(detail.get("diagrams"), "$.detail.diagrams")
    if version.startswith("1") or any("diagramJson" in diagram for _path, diagram in drawings):
        raise InputError("was saved by Threat Dragon 1: open it in Threat Dragon 2, save it and take that file", WHERE)
    if version and not version.startswith("2"):
        raise InputError("was saved by Threat Dragon %s; only version 2 is known" % version[:20], "$.version")
    if not as_text(summary.get("title")).strip():
        raise InputError("needs a title", "$.summary")


def _model(summary: Mapping[str, Any], detail: Mapping[str, Any], losses: Losses, texts: Texts) -> dict[str, Any]:
    title = as_text(summary["title"])
    key = slug(title) or "model"
    definition: dict[str, Any] = {MARK: VERSION, "key": key, "name": texts.label(title, "$.summary.title") or key}
    description = texts.prose(summary.get("description"), "$.summary.description")
    if description:
        definition["description"] = description
    metadata = Metadata(losses, THREAT_MODEL, _PREFIX)
    metadata.put("td_owner", summary.get("owner"), "$.summary.owner")
    metadata.put("td_reviewer", detail.get("reviewer"), "$.detail.reviewer")
    people = []
    for path, person in maps(detail.get("contributors"), "$.detail.contributors"):
        losses.rest(person, ("name",), path)
        people.append(as_text(person.get("name")))
    metadata.put("td_contributors", people, "$.detail.contributors")
    return metadata.into(definition)


def _framework(diagram: Mapping[str, Any]) -> str | None:
    return FRAMEWORKS.get(as_text(diagram.get("diagramType")).strip().lower())


def _diagram(
    path: str, diagram: Mapping[str, Any], key: str, framework: str | None, losses: Losses, texts: Texts
) -> dict[str, Any]:
    losses.rest(diagram, _OF_DIAGRAM, path)
    entry: dict[str, Any] = {"name": texts.name(diagram.get("title"), path + ".title", "diagram", fallback=key)}
    description = texts.prose(diagram.get("description"), path + ".description")
    if description:
        entry["description"] = description
    metadata = Metadata(losses, DIAGRAM, _PREFIX)
    if framework is None:
        metadata.put("td_diagram_type", diagram.get("diagramType"), path + ".diagramType")
    return metadata.into(entry)


def _threat(
    path: str, threat: Mapping[str, Any], at: str, diagram_type: str, losses: Losses, texts: Texts
) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": texts.name(threat.get("title"), path + ".title", "threat", at, fallback="Threat")}
    entry["at"] = at
    metadata = Metadata(losses, THREAT, _PREFIX)
    for name, limit in (("description", None), ("mitigation", MITIGATION_LIMIT)):
        text = texts.prose(threat.get(name), "%s.%s" % (path, name), *([limit] if limit else []))
        if text:
            entry[name] = text
    kind = as_text(threat.get("type")).strip()
    if kind:
        entry["types"] = [kind]
    severity = fold(as_text(threat.get("severity")))
    if severity:
        entry["severity"] = _SEVERITIES.get(severity, severity)
        if entry["severity"] not in SEVERITIES:
            entry["severity"] = "unknown"
            metadata.put("td_severity", threat["severity"], path + ".severity")
    status = fold(as_text(threat.get("status")))
    if status:
        entry["status"] = _STATUSES.get(status.replace("_", ""), status)
        if status in _MITIGATED:
            entry["mitigated"] = True
    score = as_text(threat.get("score")).strip()
    if re.fullmatch(r"10(\.0+)?|\d(\.\d+)?", score):
        entry["score"] = float(score)
    else:
        metadata.put("td_score", score, path + ".score")
    model = as_text(threat.get("modelType"))
    if model.lower() != diagram_type.lower():
        metadata.put("td_model_type", model, path + ".modelType")
    for name, value in threat.items():
        if name not in (*_OF_THREAT, "score"):
            metadata.put(_PREFIX + snake(name), value, "%s.%s" % (path, name))
    return metadata.into(entry)
