# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reference documents of a model."""

from __future__ import annotations

from ._fields import Flag, Text
from ._resource import Resource
from .threat_model import THREAT_MODEL

DOCUMENT = Resource(
    name="document",
    plural="documents",
    title="document",
    parent=THREAT_MODEL,
    identity=("name", "uri"),
    fields=(
        Text("name", required=True),
        Text("uri", aliases=("url",), required=True),
        Text("description", clearable=True),
        Flag("include_in_report", metadata_key="include_in_report"),
    ),
)
