# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Threats of a model."""

from __future__ import annotations

from ._day import Day
from ._fields import Choice, Flag, Folded, Group, Literal, Names, Number, Reference, Text, fold
from ._resource import Resource
from .threat_model import THREAT_MODEL

#: Decisions of SSVC, by their folded spelling.
DECISIONS = {fold(name): name for name in ("Defer", "Scheduled", "Out-of-Cycle", "Immediate")}

SEVERITIES = ("unknown", "none", "informational", "low", "medium", "high", "critical")

THREAT = Resource(
    name="threat",
    plural="threats",
    title="threat",
    parent=THREAT_MODEL,
    distinguished_by=("diagram", "cell"),
    fields=(
        Text("name", aliases=("title",), required=True),
        Text("description", clearable=True),
        Choice("severity", choices=SEVERITIES),
        Folded("priority"),
        Folded("status"),
        Names("threat_type", aliases=("types", "category"), clearable=True),
        Flag("mitigated"),
        Text("mitigation", clearable=True),
        Number("score", clearable=True),
        Text("issue_uri", aliases=("issue_url", "issue"), clearable=True),
        Reference("diagram", stored_as="diagram_id", to="diagrams", clearable=True),
        Reference("cell", stored_as="cell_id", to="diagrams", clearable=True),
        Reference("asset", stored_as="asset_id", to="assets", clearable=True, metadata_key="asset"),
        Names("cwe", clearable=True, metadata_key="cwe"),
        Names("cvss", clearable=True, metadata_key="cvss"),
        Group(
            "ssvc",
            members=(
                Text("vector", required=True),
                Literal("decision", required=True, spellings=DECISIONS),
                Text("methodology", required=True),
            ),
        ),
        Flag("include_in_report", metadata_key="include_in_report"),
        Names("refs", clearable=True, metadata_key="refs", only_metadata=True),
        Folded("likelihood", clearable=True, metadata_key="likelihood", only_metadata=True),
        Folded("impact", clearable=True, metadata_key="impact", only_metadata=True),
        Text("accepted_by", clearable=True, metadata_key="accepted_by", only_metadata=True),
        Day("accepted_until", clearable=True, metadata_key="accepted_until", only_metadata=True),
        Text("accepted_reason", clearable=True, metadata_key="accepted_reason", only_metadata=True),
    ),
)
