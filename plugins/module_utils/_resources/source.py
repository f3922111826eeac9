# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Code repositories of a model: called *sources* in TMI of 2025 and in the collection, *repositories* since 2026."""

from __future__ import annotations

from ._fields import Choice, Flag, Group, Text
from ._resource import Resource
from .threat_model import THREAT_MODEL

SOURCE = Resource(
    name="source",
    plural="sources",
    title="source",
    parent=THREAT_MODEL,
    identity=("name", "uri"),
    fields=(
        Text("name", clearable=True),
        Text("uri", aliases=("url",), required=True),
        Text("description", clearable=True),
        Choice("type", choices=("git", "svn", "mercurial", "other")),
        Group(
            "parameters",
            members=(
                Choice("ref_type", aliases=("refType",), required=True, choices=("branch", "tag", "commit")),
                Text("ref_value", aliases=("refValue",), required=True),
                Text("sub_path", aliases=("subPath",)),
            ),
        ),
        Flag("include_in_report", metadata_key="include_in_report"),
    ),
)
