# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Data-flow diagrams of a model. Their cells are described in ``_diagram``, not as fields."""

from __future__ import annotations

from ._fields import Flag, Literal, Table, Text, Whole
from ._resource import Resource
from .threat_model import THREAT_MODEL

#: The only type of diagram in TMI. The Python client (V0-CLIENT-NAMES) and users have other names for it.
DFD = "DFD-1.0.0"

DIAGRAM = Resource(
    name="diagram",
    plural="diagrams",
    title="diagram",
    parent=THREAT_MODEL,
    fields=(
        Text("name", required=True),
        Text("description", clearable=True),
        Literal("type", aliases=("diagram_type",), spellings={"dfd_1.0.0": DFD, "dfd": DFD, "data_flow": DFD}),
        Table(
            "color_palette",
            clearable=True,
            members=(Whole("position", required=True, low=1, high=8), Text("color", required=True)),
        ),
        Flag("include_in_report", metadata_key="include_in_report"),
    ),
)
