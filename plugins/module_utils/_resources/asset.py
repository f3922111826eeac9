# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Assets of a model. Servers have them since API 1.x."""

from __future__ import annotations

from ._fields import Choice, Flag, Names, Text
from ._resource import Resource
from .threat_model import THREAT_MODEL

KINDS = ("data", "hardware", "software", "infrastructure", "service", "personnel")

ASSET = Resource(
    name="asset",
    plural="assets",
    title="asset",
    parent=THREAT_MODEL,
    fields=(
        Text("name", required=True),
        Choice("type", required=True, choices=KINDS),
        Text("description", clearable=True),
        Text("criticality", clearable=True),
        Text("sensitivity", clearable=True),
        Names("classification", clearable=True),
        Flag("include_in_report"),
    ),
)
