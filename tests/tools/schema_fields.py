# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Kinds of fields as JSON Schema: what a definition may write for each of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._resources import _fields
from ansible_collections.tmi.tmi.plugins.module_utils._resources._day import Day

Schema = dict[str, Any]

#: What may be written for a text; YAML reads 1.0 as a number, and it means the text.
SCALAR: Schema = {"type": ["string", "number"]}
#: What clears a field.
EMPTY: Schema = {"enum": ["", [], {}]}
NULL: Schema = {"type": "null"}
FILLED: Schema = {"anyOf": [{"type": "string", "pattern": r"\S"}, {"type": "number"}]}


def words(choices: Iterable[str], *others: Schema) -> Schema:
    """Return a schema for words that may be written in any case, with blanks, ``-`` or ``_`` between their parts.

    Editors offer the plain spelling, which stands first.
    """
    known = sorted(set(choices))
    pattern = "|".join(_in_any_case(word) for word in known)
    return {"anyOf": [{"enum": known}, {"type": "string", "pattern": r"^\s*(%s)\s*$" % pattern}, *others]}


def _in_any_case(word: str) -> str:
    letters = (r"[\s_-]+" if c in "_-" else f"[{c.upper()}{c.lower()}]" if c.isalpha() else re.escape(c) for c in word)
    return "".join(letters)


def field_schema(found: _fields.Field) -> Schema:
    """Return the schema of a field's value; ``null`` says nothing, or clears what can be cleared."""
    cleared = [EMPTY] if found.clearable or isinstance(found, _fields.Rows) else []
    return _either(_value(found), [NULL, *cleared])


def _either(schema: Schema, others: Sequence[Schema]) -> Schema:
    branches = schema["anyOf"] if set(schema) == {"anyOf"} else [schema]
    return {"anyOf": [*branches, *others]}


def _value(found: _fields.Field) -> Schema:
    if isinstance(found, _fields.Choice):
        return words(found.choices)
    if isinstance(found, _fields.Literal):
        return words([*found.spellings, *found.spellings.values()])
    if isinstance(found, Day):
        return {"type": "string", "pattern": r"^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\s*$"}
    if isinstance(found, _fields.Text):
        return FILLED if found.required else {"anyOf": [{"type": "string", "minLength": 1}, {"type": "number"}]}
    if isinstance(found, _fields.Number):
        kind = "integer" if isinstance(found, _fields.Whole) else "number"
        return {"type": kind, "minimum": found.low, "maximum": found.high}
    if isinstance(found, _fields.Flag):
        return {"type": "boolean"}
    if isinstance(found, _fields.Names):
        items: Schema = {"type": ["string", "integer"]}
        least = {} if found.clearable else {"minItems": 1}
        return {"anyOf": [{"type": "array", "items": items, **least}, {"type": "string", "minLength": 1}]}
    if isinstance(found, _fields.Group):
        return members_schema(found.members)
    if isinstance(found, _fields.Table):
        return {"type": "array", "items": members_schema(found.members)}
    if isinstance(found, _fields.Reference):
        return {"type": "string", "minLength": 1}
    raise TypeError("no schema for %s" % type(found).__name__)


def members_schema(members: Sequence[_fields.Field]) -> Schema:
    """Return the schema of a map with a fixed set of members."""
    properties = {name: _member(m) for m in members for name in (m.name, *m.aliases)}
    required = [{"anyOf": [{"required": [n]} for n in (m.name, *m.aliases)]} for m in members if m.required]
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}
    return {**schema, "allOf": required} if required else schema


def _member(member: _fields.Field) -> Schema:
    return _value(member) if member.required else _either(_value(member), [NULL, {"maxLength": 0, "type": "string"}])


def spelt_once(fields: Iterable[_fields.Field]) -> list[Schema]:
    """Return what forbids to write a field under two of its names."""
    groups = [(found.name, *found.aliases) for found in fields if found.aliases]
    return [
        {"not": {"required": [one, other]}}
        for names in groups
        for i, one in enumerate(names)
        for other in names[i + 1 :]
    ]
