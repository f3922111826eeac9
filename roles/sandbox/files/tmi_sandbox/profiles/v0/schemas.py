# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits and forms of the bodies of this generation (V0-FILTER, V0-MODELS to V0-METADATA)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ... import validation as v
from ...web.rest import invalid

Json = Any
Member = v.Member
FRAMEWORKS = ("CIA", "STRIDE", "LINDDUN", "DIE", "PLOT4ai")
SEVERITIES = ("Unknown", "None", "Low", "Medium", "High", "Critical")
URL = r"https?://[a-zA-Z0-9.-]+(\.[a-zA-Z]{2,})?(:\d+)?(/.*)?"
NAME = "[^<>\"'&]*"
MADE_BY_SERVER = ("id", "created_at", "modified_at")
BULK_MOST = 20
DANGEROUS = re.compile(r"<script.*>.*</script>|<iframe|<object|<embed.*>|javascript:|on\w+\s*=", re.IGNORECASE)

ENTRY = v.Schema(
    {
        "key": Member(v.text(128, 1, "[A-Za-z0-9_-]+"), required=True),
        "value": Member(v.text(1024, 1, "[^<>]*", blank=False), required=True),
    }
)
ENTRY_VALUE = v.Schema({"value": ENTRY.members["value"]})
METADATA = Member(v.list_of(ENTRY), nullable=True)
TEXT = Member(v.text(1024), nullable=True)
AUTHORIZATION = v.list_of(
    v.Schema(
        {
            "subject": Member(v.text(255, 1, NAME), required=True),
            "role": Member(v.choice("reader", "writer", "owner"), required=True),
        }
    )
)

_MODEL = {"name": Member(v.text(255, 1), required=True), "description": TEXT, "issue_url": TEXT, "metadata": METADATA}
MODEL_POST = v.Schema(
    {**_MODEL, "threat_model_framework": Member(v.choice(*FRAMEWORKS)), "authorization": Member(AUTHORIZATION)},
    refused=(*MADE_BY_SERVER, "owner", "created_by", "diagrams", "documents", "threats", "sourceCode"),
)
MODEL_PUT = v.Schema(
    {
        **_MODEL,
        "threat_model_framework": Member(v.choice(*FRAMEWORKS), required=True),
        "authorization": Member(AUTHORIZATION, required=True),
        "owner": Member(v.text(255, 1, NAME), required=True),
    }
)


def one_decimal(value: Json) -> Json:
    """Round a score to one decimal, half away from zero (V0-SCORE)."""
    exact = Decimal(repr(v.number(0, 10)(value))).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


_THREAT = {
    "name": Member(v.text(255, 1), required=True),
    "severity": Member(v.choice(*SEVERITIES), required=True),
    "priority": Member(v.text(16), required=True),
    "status": Member(v.text(256), required=True),
    "threat_type": Member(v.text(256), required=True),
    "mitigated": Member(v.boolean, required=True),
    "description": TEXT,
    "mitigation": TEXT,
    "issue_url": TEXT,
    "score": Member(one_decimal, nullable=True),
    "diagram_id": Member(v.uuid_text, nullable=True),
    "cell_id": Member(v.uuid_text, nullable=True),
    "metadata": METADATA,
}
THREAT_POST = v.Schema(_THREAT, refused=MADE_BY_SERVER)
THREAT_PUT = v.Schema(_THREAT)
THREATS_POST = v.list_of(THREAT_POST, 1, BULK_MOST, "No threats provided")
THREATS_PUT = v.list_of(
    v.Schema({**_THREAT, "id": Member(v.uuid_text, required=True)}), 1, BULK_MOST, "No threats provided"
)


def url(value: Json) -> Json:
    """Accept an HTTP address by the rules of real servers."""
    if not re.fullmatch(URL, v.text(1024)(value)):
        raise v.Problem(f"Invalid URL format: '{value}'. Must be a valid HTTP or HTTPS URL.")
    return value


_REFERENCE = {"url": Member(url, required=True), "description": TEXT, "metadata": METADATA}
DOCUMENT = v.Schema(
    {**_REFERENCE, "name": Member(v.text(255, 1, NAME, blank=False), required=True)}, refused=MADE_BY_SERVER
)
SOURCE = v.Schema(
    {
        **_REFERENCE,
        "name": Member(v.text(255)),
        "type": Member(v.choice("git", "svn", "mercurial", "other")),
        "parameters": Member(
            v.Schema(
                {
                    "refType": Member(v.choice("branch", "tag", "commit"), required=True),
                    "refValue": Member(v.text(256), required=True),
                    "subPath": Member(v.text(256)),
                }
            )
        ),
    },
    refused=MADE_BY_SERVER,
)


def refuse_dangerous(body: Json) -> Json:
    """Refuse bodies with markup in a top-level text (V0-FILTER)."""
    for name, value in body.items() if isinstance(body, dict) else ():
        if isinstance(value, str) and DANGEROUS.search(value):
            raise invalid(f"Field '{name}' contains potentially dangerous content")
    return body
