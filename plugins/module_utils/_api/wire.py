# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of the JSON of all generations."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Mapping

#: Fields (references by the id they store) for which every generation has a column.
COLUMNS: Mapping[str, frozenset[str]] = {
    "threat_model": frozenset(("name", "description", "framework", "issue_uri", "authorization", "owner")),
    "threat": frozenset(
        (
            *("name", "description", "severity", "priority", "status", "threat_type", "mitigated", "mitigation"),
            *("score", "issue_uri", "diagram_id", "cell_id"),
        )
    ),
    "document": frozenset(("name", "uri", "description")),
    "source": frozenset(("name", "uri", "description", "type", "parameters")),
    "diagram": frozenset(("name", "description", "type")),
}

#: Member of the field ``parameters`` -> its name in the JSON.
PARAMETERS: Mapping[str, str] = {"ref_type": "refType", "ref_value": "refValue", "sub_path": "subPath"}


def rounded(score: float) -> float:
    """Return a score as the server stores it: one decimal, half away from zero (V0-SCORE)."""
    return float(Decimal(repr(score)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def metadata_from_wire(wire: Mapping[str, Any]) -> dict[str, str]:
    """Return an object's metadata as a map; ``null`` means none (V0-B31)."""
    return {entry["key"]: entry["value"] for entry in wire.get("metadata") or []}
