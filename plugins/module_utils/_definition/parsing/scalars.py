# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Decides what the scalars of a file mean: a text as it is written, unless the field is a number or a flag."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple

from ..._errors import InputError
from ..._mistakes import MistakeList
from ..._resources._catalog import CHILDREN, SECTION_NAMES
from ..._resources._fields import Field, Flag, Group, Number, Table
from ..._resources._resource import Resource
from ..._resources.diagram import DIAGRAM
from ..._resources.threat import THREAT
from ..._resources.threat_model import THREAT_MODEL
from .as_written import MARK, TEMPLATE, Written

#: A text; a text that may contain braces; a text that may be a template; the value that the parser reads.
TEXT, PROSE, FREE, VALUE = "text", "prose", "free", "value"


class Each(NamedTuple):
    """All members of a map or list have the meaning ``of``."""

    of: Any


class Members(NamedTuple):
    """The members of a map have the meanings of their names, else texts; a list has several such maps."""

    names: Mapping[str, Any]


#: Fields whose texts may contain braces.
_PROSE = ("description", "mitigation", "accepted_reason")


def _meaning(field: Field) -> Any:
    if isinstance(field, (Number, Flag)):
        return VALUE
    if isinstance(field, (Group, Table)):
        return Members(_by_name(field.members))
    return FREE if field.name == "content" else PROSE if field.name in _PROSE else TEXT


def _by_name(fields: Iterable[Field]) -> dict[str, Any]:
    return {name: _meaning(field) for field in fields for name in (field.name, *field.aliases)}


def _diagram() -> dict[str, Any]:
    cell = Members(
        {
            **dict.fromkeys(("x", "y", "width", "height", "bidirectional", "raw", "icon"), VALUE),
            **dict.fromkeys(("label", "name", "metadata"), PROSE),
        }
    )
    sections: dict[str, Any] = {section: Each(cell) for section in ("nodes", "boundaries", "flows")}
    content = Members({"nodes": Each(cell), "edges": Each(cell)})
    return {**sections, "cells": VALUE, "content": content, "layout": Members({"positions": VALUE})}


def _entry(resource: Resource) -> Members:
    members = {**_by_name(resource.fields), "metadata": PROSE}
    if resource is DIAGRAM:
        members.update(_diagram())
    if resource is THREAT:
        members.update(risk=Members({"score": VALUE}), accept=PROSE, controls=_CONTROLS)
    return Members(members)


_CONTROLS = Each(Members({"name": PROSE, "implemented": VALUE}))
_DEFINITION = Members(
    {
        **_by_name(THREAT_MODEL.fields),
        **{section: Each(_entry(resource)) for section, resource in SECTION_NAMES.items()},
        "metadata": PROSE,
        "defaults": Members({resource.name: _entry(resource) for resource in CHILDREN}),
        MARK: VALUE,
    }
)


def as_meant(data: Any, where: str, mistakes: MistakeList) -> Any:
    """Return the data of a file with each scalar as the text, number or boolean of its field.

    Templates and numbers that are too long or not finite stay texts and are added to ``mistakes``.
    """
    return _Reading(where, mistakes).read(data, _DEFINITION, "")


class _Reading:
    def __init__(self, where: str, mistakes: MistakeList) -> None:
        self.where = where
        self.mistakes = mistakes

    def read(self, value: Any, meaning: Any, path: str) -> Any:
        """Return a value with its meaning; ``path``: its place."""
        if isinstance(value, str):
            return self._scalar(value, meaning, path)
        if isinstance(value, dict):
            if isinstance(meaning, Members):
                names = meaning.names
                return {
                    key: self.read(member, names.get(key, TEXT), "%s.%s" % (path, key) if path else key)
                    for key, member in value.items()
                }
            inner = meaning.of if isinstance(meaning, Each) else meaning
            return {key: self.read(member, inner, "%s.%s" % (path, key)) for key, member in value.items()}
        if isinstance(value, list):
            inner = meaning.of if isinstance(meaning, Each) else meaning
            return [self.read(member, inner, "%s[%d]" % (path, index)) for index, member in enumerate(value)]
        if isinstance(value, bool) and meaning is not VALUE:
            return self._scalar(Written(str(value).lower()), meaning, path)
        return value

    def _scalar(self, value: str, meaning: Any, path: str) -> Any:
        try:
            if "{" in value and _is_template(value, meaning):
                raise ValueError(TEMPLATE)
            if not isinstance(value, Written):
                return value
            if isinstance(meaning, (Each, Members)):  # a mistake, which is reported later with the type of the value
                return value
            return value.meant() if meaning is VALUE else str(value)
        except ValueError as error:
            if not self.mistakes.is_full:
                self.mistakes.add(InputError(str(error), "%s %s" % (self.where, path)))
            return str(value)


def _is_template(text: str, meaning: Any) -> bool:
    """Whether a text is meant as a template."""
    if meaning is FREE:
        return False
    bare = text.strip()
    is_whole = (bare[:2], bare[-2:]) in (("{{", "}}"), ("{%", "%}"))
    return is_whole or (meaning is TEXT and "}}" in text.partition("{{")[2])
