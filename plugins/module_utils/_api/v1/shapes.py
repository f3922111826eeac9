# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: shapes of answers (V1-MODELS to V1-PUT)."""

from __future__ import annotations

from typing import Mapping

from ..._http.shapes import FLAG, ID, NUMBER, TEXTS, WHOLE, Listed, Object, Shape, texts
from ..wire_shapes import COLLABORATION as ANY_COLLABORATION
from ..wire_shapes import METADATA
from .wire import SEGMENTS

_KNOWN: Mapping[str, Shape] = {
    "id": ID,
    "metadata": METADATA,
    "include_in_report": FLAG,
    "timmy_enabled": FLAG,
    **texts("name", "description", "created_at", "modified_at"),
}
_NAMED = ("id", "name")

_PERSON_MEMBERS = texts("principal_type", "provider", "provider_id", "email", "display_name")
_PERSON = Object("person", _PERSON_MEMBERS)
_ROW = Object("row of an authorization", {**_PERSON_MEMBERS, **texts("role")}, ("role",))
_PARAMETERS = Object("parameters", texts("refType", "refValue", "subPath"))
_COLOR = Object("color", {"position": WHOLE, **texts("color")}, ("position", "color"))
_IMAGE = Object("image", texts("svg"))
_CVSS = Object("vector of CVSS", texts("vector"), ("vector",))
_SSVC = Object("decision of SSVC", texts("vector", "decision", "methodology"))
#: Sessions store anything in a cell; members with another form than in the schema are left out (see ``cells.py``).
_CELL = Object("cell", {"id": ID, **texts("shape")}, ("id",))

THREAT = Object(
    "threat",
    {
        **_KNOWN,
        **texts("severity", "priority", "status", "mitigation", "issue_uri", "diagram_id", "cell_id", "asset_id"),
        "mitigated": FLAG,
        "score": NUMBER,
        "threat_type": TEXTS,
        "cwe_id": TEXTS,
        "cvss": Listed("list of vectors", _CVSS),
        "ssvc": _SSVC,
    },
    _NAMED,
)
DOCUMENT = Object("document", {**_KNOWN, **texts("uri")}, _NAMED)
SOURCE = Object("repository", {**_KNOWN, **texts("uri", "type"), "parameters": _PARAMETERS}, ("id",))
DIAGRAM = Object(
    "diagram",
    {
        **_KNOWN,
        **texts("type"),
        "cells": Listed("list of cells", _CELL),
        "image": _IMAGE,
        "color_palette": Listed("palette", _COLOR),
    },
    _NAMED,
)
ASSET = Object("asset", {**_KNOWN, **texts("type", "criticality", "sensitivity"), "classification": TEXTS}, _NAMED)
NOTE = Object("note", {**_KNOWN, **texts("content")}, _NAMED)
THREAT_MODEL = Object(
    "threat model",
    {
        **_KNOWN,
        **texts("threat_model_framework", "issue_uri", "status", "project_id"),
        "is_confidential": FLAG,
        "owner": _PERSON,
        "created_by": _PERSON,
        "security_reviewer": _PERSON,
        "authorization": Listed("authorization", _ROW),
        "diagrams": Listed("list of diagrams", DIAGRAM),
        "threats": Listed("list of threats", THREAT),
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
    "asset": ASSET,
    "note": NOTE,
}
#: Kind -> shape of an answer to its list: the items under the name of their kind, and their total.
PAGES: Mapping[str, Shape] = {
    kind: Object(
        "list of %s" % SEGMENTS.get(kind, kind + "s").replace("_", " "),
        {SEGMENTS.get(kind, kind + "s"): Listed(shape.title, shape), "total": WHOLE},
        (SEGMENTS.get(kind, kind + "s"),),
    )
    for kind, shape in SHAPES.items()
}
#: The answer that opens or finds a session; the id is needed to join it.
COLLABORATION = Object(ANY_COLLABORATION.title, ANY_COLLABORATION.members, ("session_id",))
