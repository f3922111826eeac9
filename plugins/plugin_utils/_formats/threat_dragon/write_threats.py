# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From a threat of a definition to one of Threat Dragon."""

from __future__ import annotations

import uuid
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.names import camel, metadata_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read_threats import ORIGIN_PREFIX
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.records import Record

_STATUSES = {
    **{word.lower(): word for word in ("Open", "Accepted", "Transferred", "Avoided")},
    "resolved": "Mitigated",
    "false_positive": "NotApplicable",
}
_SEVERITIES = {word.lower(): word for word in ("Low", "Medium", "High", "Critical")}
_SEVERITIES.update(none="Low", informational="Low")


def written_threat(record: Record, name: str, number: int, kind: str) -> dict[str, Any]:
    """Return a threat; ``name``: a text from which its id is made, ``kind``: the type of its diagram."""
    kept = metadata_of(record, "td_")
    severity, score = record.get("severity"), record.get("score")
    given = str(record.get("origin") or "")
    origin = given[len(ORIGIN_PREFIX) :] if given.startswith(ORIGIN_PREFIX) else ""
    threat: dict[str, Any] = {
        "id": origin or str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
        "title": record["name"],
        "status": _STATUSES.get(str(record.get("status")), "Open"),
        "severity": kept.pop("severity", "") or _SEVERITIES.get(str(severity), "TBD"),
        "type": ", ".join(record.get("threat_type") or ()),
        "description": record.get("description") or "",
        "mitigation": record.get("mitigation") or "",
        "modelType": kept.pop("model_type", kind),
        "new": False,
        "number": number,
        "score": kept.pop("score", "") or ("" if score is None else "%g" % score),
    }
    given = kept.pop("number", "")
    if given.isdecimal() and given.isascii() and len(given) < 16:
        threat["number"] = int(given)
    for key, value in kept.items():
        threat.setdefault(camel(key), value)
    return threat
