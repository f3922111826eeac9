# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Risks of Threagile: those that people have added, and the states of others in ``risk_tracking``.

The risks that Threagile's rules find are not in the file. A tracked one becomes a threat that has the name of its rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import fold
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import SEVERITIES, THREAT
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    MITIGATION_LIMIT,
    Keys,
    Losses,
    Metadata,
    Texts,
    as_text,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import Origins
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threagile.read_cells import (
    ORIGIN_PREFIX,
    PREFIX,
    Diagram,
    titled,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_types import threat_type

_STATUSES = {
    "unchecked": "open",
    "in_discussion": "confirmed",
    "accepted": "accepted",
    "in_progress": "mitigation_in_progress",
    "mitigated": "resolved",
    "false_positive": "false_positive",
}
_RELEVANT = "most_relevant_"
#: Elements of a risk, the most exact place first.
_PLACES = ("communication_link", "technical_asset", "trust_boundary")
_OF_CATEGORY = ("id", "description", "mitigation", "stride", "cwe", "risks_identified")
_OF_RISK = ("severity", "exploitation_likelihood", "exploitation_impact")
_OF_TRACKING = ("status", "justification", "checked_by")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


def read_risks(
    data: Mapping[str, Any], diagram: Diagram, assets: Mapping[str, str], losses: Losses, texts: Texts
) -> dict[str, Any]:
    """Return the threats by key. ``assets``: id of a data asset -> key."""
    found = _Risks(data, diagram, assets, losses, texts)
    origins = Origins(ORIGIN_PREFIX, found.ids.values())
    return {key: {**entry, **origins.of(found.ids[key])} for key, entry in found.entries.items()}


class _Risks:
    """``entries``: the threats by key; ``ids``: key -> the id by which ``risk_tracking`` names a risk."""

    def __init__(
        self, data: Mapping[str, Any], diagram: Diagram, assets: Mapping[str, str], losses: Losses, texts: Texts
    ) -> None:
        self.entries: dict[str, Any] = {}
        self.ids: dict[str, str] = {}
        self._diagram, self._assets, self._losses, self._texts, self._keys = diagram, assets, losses, texts, Keys()
        self._by_id: dict[str, list[str]] = {}
        for section in ("individual_risk_categories", "custom_risk_categories"):
            for path, title, category in titled(data, section):
                for place, name, risk in titled(category, "risks_identified", path):
                    self._risk(path, category, title, place, name, risk)
        for path, given, entry in titled(data, "risk_tracking"):
            self._track(path, given, entry)

    def _risk(
        self, path: str, category: Mapping[str, Any], title: str, place: str, name: str, risk: Mapping[str, Any]
    ) -> None:
        elements = [as_text(risk.get(_RELEVANT + part)).strip() for part in _PLACES]
        at = next((self._diagram.cells[given] for given in elements if given in self._diagram.cells), "")
        given = "@".join([as_text(category.get("id")) or slug(title), *filter(None, reversed(elements))])
        plain = _TAG.sub("", name).strip() or title
        entry: dict[str, Any] = {"name": self._texts.name(plain, place, "threat", at, fallback="Threat")}
        if at:
            entry["at"] = "main/" + at
        asset = as_text(risk.get(_RELEVANT + "data_asset")).strip()
        if asset in self._assets:
            entry["asset"] = self._assets[asset]
        for field, limit in (("description", None), ("mitigation", MITIGATION_LIMIT)):
            text = self._texts.prose(category.get(field), "%s.%s" % (path, field), *([limit] if limit else []))
            if text:
                entry[field] = text
        if as_text(category.get("stride")):
            entry["types"] = [threat_type(as_text(category["stride"]))]
        cwe = as_text(category.get("cwe")).strip()
        if cwe.isdecimal() and int(cwe[:9]) > 0:
            entry["cwe"] = ["CWE-%d" % int(cwe[:9])]
        metadata = Metadata(self._losses, THREAT, PREFIX)
        self._rate(place, risk, entry, metadata)
        metadata.put(PREFIX + "id", given, place)
        metadata.put(PREFIX + "category", _TAG.sub("", title), path)
        known = (*_OF_RISK, *(_RELEVANT + part for part in (*_PLACES, "data_asset")))
        for source, where, converted in ((category, path, _OF_CATEGORY), (risk, place, known)):
            for field, value in source.items():
                if field not in converted and value is not False:
                    metadata.put(PREFIX + field, value, "%s.%s" % (where, field))
        for part, value in zip(_PLACES, elements, strict=True):
            if value and value not in self._diagram.cells:
                self._losses.add("%s.%s%s" % (place, _RELEVANT, part), value, "there is no such element")
        key = self._keys.take(slug(given) or slug(plain), fallback="risk")
        self.entries[key] = metadata.into(entry)
        self.ids[key] = given
        self._by_id.setdefault(given, []).append(key)

    def _rate(self, path: str, risk: Mapping[str, Any], entry: dict[str, Any], metadata: Metadata) -> None:
        severity = fold(as_text(risk.get("severity")))
        if severity in SEVERITIES:
            entry["severity"] = severity
        elif severity:
            entry["severity"] = "high" if severity == "elevated" else "unknown"
            metadata.put(PREFIX + "severity", severity, path + ".severity")
        for field in ("likelihood", "impact"):
            word = fold(as_text(risk.get("exploitation_" + field)))
            if word:
                entry[field] = word

    def _track(self, path: str, given: str, tracking: Mapping[str, Any]) -> None:
        """Put a state into the risks that its id fits; without any, make a threat of it."""
        found = [key for known, keys in self._by_id.items() if fnmatchcase(known, given) for key in keys]
        if not found:
            found = [self._tracked(path, given)]
        for key in found:
            entry = self.entries[key]
            metadata = Metadata(self._losses, THREAT, PREFIX)
            status = fold(as_text(tracking.get("status")))
            if status:
                entry["status"] = _STATUSES.get(status, status)
            if status == "mitigated":
                entry["mitigated"] = True
            if status == "accepted":
                entry["accepted_by"] = as_text(tracking.get("checked_by"))
                entry["accepted_reason"] = self._texts.prose(
                    tracking.get("justification"), path + ".justification", 1024
                )
                for field in ("accepted_by", "accepted_reason"):
                    if not entry[field]:
                        del entry[field]
            else:
                for field in ("justification", "checked_by"):
                    metadata.put(PREFIX + field, tracking.get(field), "%s.%s" % (path, field))
            for field, value in tracking.items():
                if field not in _OF_TRACKING:
                    metadata.put(PREFIX + field, value, "%s.%s" % (path, field))
            if metadata.entries:
                entry["metadata"] = {**entry.get("metadata", {}), **metadata.entries}

    def _tracked(self, path: str, given: str) -> str:
        rule, *elements = given.split("@")
        cells = [self._diagram.cells[part] for part in elements if part in self._diagram.cells]
        at = cells[0] if cells else ""
        words = rule.replace("-", " ").strip() or "risk"
        entry: dict[str, Any] = {
            "name": self._texts.name(words[:1].upper() + words[1:], path, "threat", at, fallback="Threat")
        }
        if at:
            entry["at"] = "main/" + at
        key = self._keys.take(slug(given), fallback="risk")
        metadata = Metadata(self._losses, THREAT, PREFIX)
        metadata.put(PREFIX + "id", given, path)
        self.entries[key] = metadata.into(entry)
        self.ids[key] = given
        return key
