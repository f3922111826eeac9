# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Threats of Threat Composer, with the mitigations that are linked to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import fold
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    MITIGATION_LIMIT,
    NAME_LIMIT,
    Keys,
    Losses,
    Metadata,
    Texts,
    as_text,
    maps,
    snake,
    texts,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import Origins

PREFIX = "tc_"
_STRIDE = {
    "S": "Spoofing",
    "T": "Tampering",
    "R": "Repudiation",
    "I": "Information Disclosure",
    "D": "Denial of Service",
    "E": "Elevation of Privilege",
}
_STATUSES = {
    "threatIdentified": "open",
    "threatResolved": "resolved",
    "threatResolvedNotUseful": "false_positive",
}
_LETTERS = {"threats": "T", "mitigations": "M", "assumptions": "A"}
#: Parts of a threat that the statement is made of; they are kept because the editor of Threat Composer has them.
_PARTS = ("threatSource", "prerequisites", "threatAction", "threatImpact", "impactedGoal", "impactedAssets")
#: Parts that repeat others, or are about the editor.
_DERIVED = ("id", "numericId", "displayOrder", "displayedStatement", "statement", "status", "metadata", "tags")
_SPACE = len("- [x] \n")


def by_key(data: Mapping[str, Any], section: str) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return id -> (section, entry)."""
    return {as_text(entry.get("id")): (section, entry) for _path, entry in maps(data.get(section), "$." + section)}


def label(section: str, entry: Mapping[str, Any]) -> str:
    """Return the short name of an entry, as Threat Composer shows it: ``M-7``."""
    return "%s-%s" % (_LETTERS[section], as_text(entry.get("numericId")) or as_text(entry.get("id"))[:8] or "?")


def linked(data: Mapping[str, Any], section: str, name: str, losses: Losses) -> dict[str, list[str]]:
    """Return id -> the ids that are linked to it; ``name``: the member with the latter."""
    found: dict[str, list[str]] = {}
    for path, link in maps(data.get(section), "$." + section):
        losses.rest(link, (name, "linkedId", "type"), path)
        found.setdefault(as_text(link.get("linkedId")), []).append(as_text(link.get(name)))
    return found


def read_threats(data: Mapping[str, Any], losses: Losses, names: Texts) -> dict[str, Any]:
    """Return the threats by key; a threat has no place, because the file has no diagram."""
    known = by_key(data, "mitigations")
    links = linked(data, "mitigationLinks", "mitigationId", losses)
    keys, found = Keys(), dict[str, Any]()
    threats = maps(data.get("threats"), "$.threats")
    origins = Origins("tc:", (as_text(threat.get("id")) for _path, threat in threats))
    for path, threat in threats:
        given = as_text(threat.get("numericId"))
        key = keys.take("threat_" + given if given.isdecimal() else "", fallback="threat")
        entry = {**_threat(path, threat, losses, names), **origins.of(as_text(threat.get("id")))}
        controls = []
        for mitigation in dict.fromkeys(links.get(as_text(threat.get("id")), ())):
            if mitigation in known:
                controls.append(known[mitigation][1])
            else:
                losses.add(path, mitigation, "there is no mitigation of this id")
        _control(path, controls, entry, losses, names)
        found[key] = entry
    return found


def _threat(path: str, threat: Mapping[str, Any], losses: Losses, names: Texts) -> dict[str, Any]:
    statement = as_text(threat.get("statement")).strip()
    source, action = (as_text(threat.get(part)).strip() for part in ("threatSource", "threatAction"))
    short = "%s can %s" % (source, action) if source and action else action or statement or source
    name = short if len(short) <= NAME_LIMIT else short[: NAME_LIMIT - 1].rstrip() + "…"
    entry: dict[str, Any] = {
        "name": names.name(name[:1].upper() + name[1:], path + ".statement", "threat", fallback="Threat")
    }
    metadata = Metadata(losses, THREAT, PREFIX)
    comments = []
    for place, pair in maps(threat.get("metadata"), path + ".metadata"):
        word, value = as_text(pair.get("key")), pair.get("value")
        if word == "STRIDE":
            letters = texts(value, place + ".value")
            entry["types"] = list(dict.fromkeys(_STRIDE.get(letter.strip(), letter) for letter in letters if letter))
            if not entry["types"]:
                del entry["types"]
        elif word == "Priority" and fold(as_text(value)):
            entry["priority"] = fold(as_text(value))
        elif word == "Comments":
            comments.append(as_text(value).strip())
        else:
            metadata.put(PREFIX + snake(word or "value"), value, place)
    description = "\n\n".join(filter(None, (statement or short, *comments)))
    text = names.prose(description, path + ".statement")
    if text:
        entry["description"] = text
    status = as_text(threat.get("status")).strip()
    if status:
        entry["status"] = _STATUSES.get(status) or fold(snake(status))
    if status == "threatResolved":
        entry["mitigated"] = True
    metadata.put("tags", threat.get("tags"), path + ".tags")
    metadata.put(PREFIX + "id", threat.get("id"), path + ".id")
    for part, value in threat.items():
        if part in _PARTS or part not in _DERIVED:
            metadata.put(PREFIX + snake(part), value, "%s.%s" % (path, part))
    return metadata.into(entry)


def _control(path: str, mitigations: list[dict[str, Any]], entry: dict[str, Any], losses: Losses, names: Texts) -> None:
    """Put the mitigations into the entry, as many as a server takes."""
    controls, room = [], MITIGATION_LIMIT
    for mitigation in mitigations:
        given = names.prose(mitigation.get("content"), path + ".mitigations", MITIGATION_LIMIT)
        text = " ".join(given.split()) or label("mitigations", mitigation)
        room -= len(text) + _SPACE
        if room < 0:
            losses.add(path + ".mitigations", text, "TMI takes %d characters of mitigation" % MITIGATION_LIMIT)
            continue
        status = as_text(mitigation.get("status"))
        controls.append({"name": text, "implemented": status == "mitigationResolved"})
    if controls:
        entry["controls"] = controls
