# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The threat model: the object that owns all others."""

from __future__ import annotations

from ._fields import Choice, Flag, Folded, Literal, Person, Rows, Text
from ._resource import Resource

#: Frameworks of TMI, by their folded spelling.
FRAMEWORKS = {name.lower(): name for name in ("CIA", "STRIDE", "LINDDUN", "DIE", "PLOT4ai")}

THREAT_MODEL = Resource(
    name="threat_model",
    plural="threat_models",
    title="threat model",
    fields=(
        Text("name", required=True),
        Text("description", clearable=True),
        Literal("framework", aliases=("threat_model_framework",), spellings=FRAMEWORKS),
        Text("issue_uri", aliases=("issue_url", "issue"), clearable=True),
        Folded("status", clearable=True, metadata_key="status"),
        Text("project", clearable=True, metadata_key="project"),
        Person("reviewer", clearable=True, metadata_key="reviewer"),
        Flag("confidential", metadata_key="confidential", create_only=True),
        Text("version", clearable=True, metadata_key="version", only_metadata=True),
        Rows(
            "authorization",
            aliases=("access",),
            members=(
                Text("user", aliases=("subject", "email")),
                Text("group"),
                Text("provider"),
                Choice("role", required=True, choices=("reader", "writer", "owner")),
            ),
            identity=("user", "group", "provider"),
        ),
        Person("owner", last=True),
    ),
)
