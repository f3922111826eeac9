# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Threats of Threat Dragon: types, statuses and severities in TMI's words, texts without those to be replaced."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import fold
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import SEVERITIES, THREAT
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    DESCRIPTION_LIMIT,
    MITIGATION_LIMIT,
    Losses,
    Metadata,
    Taken,
    Texts,
    as_text,
    slug,
    snake,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.naming import distinct_keys
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import Origins
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon import words
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read_cells import CellThreat
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.records import OWN, own_key

_PREFIX = "td_"
#: What begins the origin of an object of Threat Dragon.
ORIGIN_PREFIX = "td:"
#: Members that are converted, or that do not describe the threat: ids, marks of the editor.
_KNOWN = (
    *("id", "threatId", "ruleId", "title", "status", "severity", "type", "description", "mitigation", "modelType"),
    *("new", "score", "$$hashKey", OWN),
)
_SCORE = re.compile(r"10(\.0+)?|\d(\.\d+)?")


class _Row(NamedTuple):
    """The wish for a key, texts that distinguish the threat from its namesakes, its entry, and the threat itself."""

    wish: str
    hints: tuple[str, str]
    entry: dict[str, Any]
    threat: dict[str, Any]


def origins_of(objects: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return for each object the member ``origin`` of its entry."""
    ids = [_id_of(one) for one in objects]
    origins = Origins(ORIGIN_PREFIX, ids)
    return [origins.of(given) for given in ids]


def _id_of(one: Mapping[str, Any]) -> str:
    return as_text(one.get("id")).strip() or as_text(one.get("threatId")).strip()


class Threats:
    """The threats of a model."""

    def __init__(self, losses: Losses, texts: Texts) -> None:
        self.rows: list[_Row] = []
        self._losses, self._texts = losses, texts

    def add(self, diagram: str, method: str, threats: Iterable[CellThreat]) -> None:
        """Add the threats of a diagram; ``method``: its type in Threat Dragon."""
        for one in threats:
            at = "%s/%s" % (diagram, one.cell) if one.cell else diagram
            entry = self._entry(one.path, one.threat, at, method, one.lost_cell)
            wish = own_key(one.threat) or slug(entry["name"]) or "threat"
            self.rows.append(_Row(wish, (one.cell or diagram, _id_of(one.threat)), entry, one.threat))

    def entries(self) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
        """Return the threats by key: the entry of the definition, and the threat of the file."""
        origins = origins_of(row.threat for row in self.rows)
        keys = distinct_keys([(row.wish, row.hints) for row in self.rows], Taken("%s_%d"))
        return {
            key: ({**row.entry, **known}, row.threat) for key, row, known in zip(keys, self.rows, origins, strict=True)
        }

    def _entry(
        self, path: str, threat: Mapping[str, Any], at: str, method: str, lost_cell: Mapping[str, str]
    ) -> dict[str, Any]:
        name = self._texts.name(threat.get("title"), path + ".title", "threat", at, fallback="Threat")
        entry: dict[str, Any] = {"name": name, "at": at}
        metadata = Metadata(self._losses, THREAT, _PREFIX)
        for field, limit in (("description", DESCRIPTION_LIMIT), ("mitigation", MITIGATION_LIMIT)):
            if not words.is_request(as_text(threat.get(field))):
                text = self._texts.prose(threat.get(field), "%s.%s" % (path, field), limit)
                if text:
                    entry[field] = text
        model = as_text(threat.get("modelType")).strip()
        types = words.types_of(as_text(threat.get("type")), (model or method).upper())
        if types:
            entry["types"] = types
        self._rate(entry, metadata, threat, path)
        if model.lower() != method.lower():
            metadata.put("td_model_type", model, path + ".modelType")
        for field, value in threat.items():
            if field not in _KNOWN:
                metadata.put(_PREFIX + snake(field), value, "%s.%s" % (path, field))
        for field, value in lost_cell.items():
            metadata.put(field, value, path)
        return metadata.into(entry)

    @staticmethod
    def _rate(entry: dict[str, Any], metadata: Metadata, threat: Mapping[str, Any], path: str) -> None:
        severity, status = fold(as_text(threat.get("severity"))), fold(as_text(threat.get("status")))
        if severity:
            entry["severity"] = words.SEVERITIES.get(severity, severity)
            if entry["severity"] not in SEVERITIES:
                entry["severity"] = "unknown"
                metadata.put("td_severity", threat["severity"], path + ".severity")
        if status:
            entry["status"] = words.status_of(status)
            if status in words.MITIGATED:
                entry["mitigated"] = True
        score = as_text(threat.get("score")).strip()
        if _SCORE.fullmatch(score):
            entry["score"] = float(score)
        else:
            metadata.put("td_score", score, path + ".score")
