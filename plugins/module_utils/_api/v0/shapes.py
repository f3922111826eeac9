# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v0: shapes of answers (V0-MODELS to V0-CELLS)."""

from __future__ import annotations

from typing import Mapping

from ..._http.shapes import ANY_OBJECT, FLAG, ID, NUMBER, Listed, Object, Shape, texts
from ..wire_shapes import METADATA

_KNOWN: Mapping[str, Shape] = {"id": ID, "metadata": METADATA, **texts("created_at", "modified_at", "created_by")}
_NAMED = ("id", "name")

_ROW = Object("row of an authorization", texts("subject", "role"), ("subject", "role"))
_PARAMETERS = Object("parameters", texts("refType", "refValue", "subPath"))
_IMAGE = Object("image", texts("svg"))
#: Members of a cell in another form count as not set (see ``cells.py``).
_CELL = Object("cell", {"id": ID, **texts("shape"), "attrs": ANY_OBJECT, "data": ANY_OBJECT}, ("id",))

THREAT = Object(
    "threat",
    {
        **_KNOWN,
        **texts("name", "description", "severity", "priority", "status", "threat_type", "mitigation", "issue_url"),
        **texts("diagram_id", "cell_id"),
        "mitigated": FLAG,
        "score": NUMBER,
    },
    _NAMED,
)
DOCUMENT = Object("document", {**_KNOWN, **texts("name", "url", "description")}, _NAMED)
SOURCE = Object("source", {**_KNOWN, **texts("name", "url", "description", "type"), "parameters": _PARAMETERS}, ("id",))
DIAGRAM = Object(
    "diagram",
    {**_KNOWN, **texts("name", "description", "type"), "cells": Listed("list of cells", _CELL), "image": _IMAGE},
    _NAMED,
)
THREAT_MODEL = Object(
    "threat model",
    {
        **_KNOWN,
        **texts("name", "description", "threat_model_framework", "issue_url", "owner"),
        "authorization": Listed("authorization", _ROW),
        "threats": Listed("list of threats", THREAT),
        "diagrams": Listed("list of diagrams", DIAGRAM),
    },
    _NAMED,
)
#: Kind -> shape of one object, also in lists and in answers to writes.
SHAPES: Mapping[str, Object] = {
    "threat_model": THREAT_MODEL,
    "threat": THREAT,
    "document": DOCUMENT,
    "source": SOURCE,
    "diagram": DIAGRAM,
}
#: Kind -> shape of an answer to its list.
PAGES: Mapping[str, Shape] = {kind: Listed("list of %ss" % shape.title, shape) for kind, shape in SHAPES.items()}
