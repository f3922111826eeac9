# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of texts: enumerations in snake case, no mark-up, no dangerous content (V1-ENUMS to V1-REFUSED)."""

from __future__ import annotations

import html
import re
from typing import Any

from ..errors import invalid
from . import markup

Json = Any
ENUMERATIONS = frozenset(
    (
        *("change_type", "default_theme", "event_type", "grant_type", "object_type", "op", "permissions", "position"),
        *("principal_type", "refType", "role", "shape", "status", "subject_type", "token_type", "token_type_hint"),
        *("severity", "jump", "textAnchor", "textVerticalAnchor"),
    )
)
DANGEROUS = re.compile(
    r"<(?:script|iframe|object|embed|applet)|javascript:|on\w+\s*=|\{\{|\}\}|\$\{|<%|%>|#\{", re.IGNORECASE
)
TEMPLATE = re.compile(r"\{\{|\}\}|\$\{|<%|%>|#\{")


# ---------------------------------------------------------------------------------------------- enumerations
def snake(value: str) -> str:
    """Return an enumeration's value in snake case: "In Progress" is "in_progress", "oneSide" is "one_side"."""
    if value.islower() and value.split() == [value]:
        return value
    value = "_".join(value.split())
    return re.sub(r"(?<=[^_])(?:(?<=[a-z])[A-Z]|[A-Z](?=[a-z]))", r"_\g<0>", value).lower()


def normalised(value: Json) -> Json:
    """Return a body with the values of enumerations in snake case, at any depth."""
    if isinstance(value, dict):
        for name, one in value.items():
            if not isinstance(one, str):
                normalised(one)
            elif name in ENUMERATIONS:
                value[name] = snake(one)
    elif isinstance(value, list):
        for one in value:
            normalised(one)
    return value


# ---------------------------------------------------------------------------------------------- refusing
def refuse_dangerous(body: dict[str, Json]) -> dict[str, Json]:
    """Refuse a body with scripts, event handlers or template expressions in one of its texts (V1-REFUSED)."""
    for name, value in body.items():
        if isinstance(value, str) and DANGEROUS.search(value):
            raise invalid(f"Field '{name}' contains potentially dangerous content")
    return body


def refuse_dangerous_value(value: str) -> str:
    """Refuse the same in a metadata value."""
    if DANGEROUS.search(value):
        token = TEMPLATE.search(value)
        kind = f"unsafe template expression pattern ({token[0]})" if token else "unsafe content"
        raise invalid(f"Field 'value' contains potentially {kind}")
    return value


# ---------------------------------------------------------------------------------------------- sanitising
def plain(value: str) -> str:
    """Return a plain text: entities decoded, then all mark-up removed (V1-TEXT)."""
    for _round in range(10 if "&" in value else 0):
        decoded = html.unescape(value)
        if decoded == value:
            break
        value = decoded
    if not value.strip():
        return value
    return _with_plain_lines(markup.without(value) if "<" in value else value)


def markdown(value: str) -> str:
    """Return the content of a note with only harmless mark-up. Special characters of mark-up are encoded."""
    return markup.harmless(_with_plain_lines(value)) if value.strip() else value


def _with_plain_lines(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
