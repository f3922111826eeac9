# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Notes of a model, in Markdown. Servers have them since API 1.x."""

from __future__ import annotations

from ._fields import Flag, Markdown, Text
from ._resource import Resource
from .threat_model import THREAT_MODEL

NOTE = Resource(
    name="note",
    plural="notes",
    title="note",
    parent=THREAT_MODEL,
    fields=(
        Text("name", required=True),
        Markdown("content", required=True),
        Text("description", clearable=True),
        Flag("include_in_report"),
    ),
)
