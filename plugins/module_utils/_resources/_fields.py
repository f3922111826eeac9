# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The fields of TMI's objects, as data that checks itself.

This module does not depend on HTTP, a generation of the API, or Ansible.

Canonical values: enumerations and short free texts in lower snake_case, lists that mean sets sorted, metadata a map.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Optional, Sequence

from .._errors import InputError, shortened
from .._values import LOSSY, boolean_text, kind_of

#: Values of fields that are not set.
EMPTY: tuple[Any, ...] = (None, "", [], {}, ())

#: Characters of a text that a message repeats.
_SHOWN = 80

_FOLD = re.compile(r"[\s_-]+")


@lru_cache(maxsize=1024)  # threats repeat the same few words
def fold(text: str) -> str:
    """Return the canonical form of an enumerated or short free text: ``In Progress`` -> ``in_progress``."""
    return _FOLD.sub("_", text.strip().lower())


def quoted(value: Any) -> str:
    """Return a value for a message: a short text or a number itself, of other values the type."""
    if isinstance(value, (str, int, float)):
        return repr(shortened(value, _SHOWN) if isinstance(value, str) else value)
    return kind_of(value)


@dataclass(frozen=True, eq=False)
class Field:
    """One field as users write it.

    ``metadata_key``: the metadata key that holds the field if the server has no column for it; None if metadata cannot
    hold it. ``only_metadata``: no server has a column for it. ``last``: written after all other fields (an owner who
    gives a model away may lose the right to write). ``create_only``: its column can be set only at creation.
    ``required``: needed for a creation. ``clearable``: an empty value clears it. ``empty``: the value of an object
    without the field.
    """

    name: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    clearable: bool = False
    metadata_key: Optional[str] = None
    only_metadata: bool = False
    last: bool = False
    create_only: bool = False

    #: The type of the option in Ansible.
    option_type = "str"
    #: The value of an object whose field is not set.
    empty: Any = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.only_metadata and not self.metadata_key:
            raise ValueError("%s: only_metadata needs metadata_key" % self.name)
        if self.required and (self.clearable or self.only_metadata):
            raise ValueError("%s: a required field can neither be cleared nor be kept as metadata" % self.name)
        if self.last and self.metadata_key:
            raise ValueError("%s: a field that is written last must have a column" % self.name)

    def option(self) -> dict[str, Any]:
        """Return the argument-spec entry of the field."""
        spec: dict[str, Any] = {"type": self.option_type}
        if self.aliases:
            spec["aliases"] = list(self.aliases)
        return spec

    def canonical(self, value: Any, where: str = "") -> Any:
        """Return ``value`` in canonical form. Raises InputError for a value that no server accepts."""
        return value

    def comparable(self, value: Any) -> Any:
        """Return the part of a canonical value that is compared."""
        return value

    def to_metadata(self, value: Any) -> str:
        """Return a canonical value as metadata text."""
        return str(value)

    def from_metadata(self, text: str) -> Any:
        """Return the canonical value that :meth:`to_metadata` wrote. Raises InputError for any other text."""
        return self.canonical(text)


@dataclass(frozen=True, eq=False)
class Text(Field):
    """Free text, kept byte for byte."""

    def canonical(self, value: Any, where: str = "") -> Any:
        if isinstance(value, bool):
            raise InputError(boolean_text(value), where)
        if isinstance(value, float):
            raise InputError(LOSSY, where)
        if not isinstance(value, (str, int)):
            raise InputError("must be text, not %s" % kind_of(value), where)
        text = str(value)
        if self.required and not text.strip():
            raise InputError("must not be empty", where)
        return text or None


@dataclass(frozen=True, eq=False)
class Person(Text):
    """A person, by e-mail or by the id of a provider; servers return the form that they prefer."""


@dataclass(frozen=True, eq=False)
class Markdown(Text):
    """Rich text. Servers may change its mark-up (see the generations); the stored form is compared."""


@dataclass(frozen=True, eq=False)
class Folded(Text):
    """Short free text in which case, blanks, ``_`` and ``-`` make no difference; canonical: lower snake_case."""

    def canonical(self, value: Any, where: str = "") -> Any:
        text = super().canonical(value, where)
        return fold(text) if text else None


@dataclass(frozen=True, eq=False)
class Choice(Folded):
    """One of ``choices``, written in any case."""

    choices: tuple[str, ...] = ()

    def canonical(self, value: Any, where: str = "") -> Any:
        text = super().canonical(value, where)
        if text is not None and text not in self.choices:
            raise InputError("%s is not one of %s" % (quoted(value), ", ".join(self.choices)), where)
        return text


@dataclass(frozen=True, eq=False)
class Literal(Text):
    """One of ``spellings``, whose canonical form is the value it maps to."""

    spellings: Mapping[str, str] = field(default_factory=dict)

    def canonical(self, value: Any, where: str = "") -> Any:
        text = super().canonical(value, where)
        if text is None:
            return None
        literal = self.spellings.get(fold(text))
        if literal is None:
            known = ", ".join(sorted(set(self.spellings.values())))
            raise InputError("%s is not one of %s" % (quoted(value), known), where)
        return literal


@dataclass(frozen=True, eq=False)
class Number(Field):
    """A number between ``low`` and ``high``."""

    low: float = 0.0
    high: float = 10.0
    option_type = "float"

    def canonical(self, value: Any, where: str = "") -> Any:
        try:
            if isinstance(value, bool):
                raise TypeError
            number = float(value)
        except (TypeError, ValueError, OverflowError):
            raise InputError("%s is not a number" % quoted(value), where) from None
        if not self.low <= number <= self.high:
            raise InputError("%g is not between %g and %g" % (number, self.low, self.high), where)
        return number


@dataclass(frozen=True, eq=False)
class Whole(Number):
    """A whole number between ``low`` and ``high``."""

    option_type = "int"

    def canonical(self, value: Any, where: str = "") -> Any:
        number = super().canonical(value, where)
        if number != int(number):
            raise InputError("%g is not a whole number" % number, where)
        return int(number)


@dataclass(frozen=True, eq=False)
class Flag(Field):
    """True or false."""

    option_type = "bool"

    def canonical(self, value: Any, where: str = "") -> Any:
        if not isinstance(value, bool):
            raise InputError("must be true or false, not %s" % quoted(value), where)
        return value

    def to_metadata(self, value: Any) -> str:
        return "true" if value else "false"

    def from_metadata(self, text: str) -> Any:
        if text not in ("true", "false"):
            raise InputError("must be true or false, not %r" % text)
        return text == "true"


@dataclass(frozen=True, eq=False)
class Names(Field):
    """A list of texts that means a set. Canonical: sorted, without duplicates.

    In metadata, the texts are joined by commas; if that could not be read back, they are written as JSON.
    """

    option_type = "list"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "empty", [])

    def option(self) -> dict[str, Any]:
        return {**super().option(), "elements": "str"}

    def canonical(self, value: Any, where: str = "") -> Any:
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, (list, tuple)) or not all(isinstance(v, (str, int)) for v in names):
            raise InputError("must be a list of texts", where)
        if any(isinstance(v, bool) for v in names):
            raise InputError("holds a boolean (YAML 1.1 reads on, off, yes and no as booleans): quote it", where)
        return sorted({str(v).strip() for v in names if str(v).strip()})

    def to_metadata(self, value: Any) -> str:
        joined = ", ".join(value)
        return joined if self.from_metadata(joined) == value else json.dumps(value, ensure_ascii=False)

    def from_metadata(self, text: str) -> Any:
        return self.canonical(_json_texts(text) or text.split(","))


def _json_texts(text: str) -> list[str]:
    """Return the texts of a list in JSON, an empty list for any other text."""
    if not text.startswith("["):
        return []
    try:
        texts = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return texts if isinstance(texts, list) and all(isinstance(name, str) for name in texts) else []


@dataclass(frozen=True, eq=False)
class Group(Field):
    """A dict with a fixed set of members."""

    members: tuple[Field, ...] = ()
    option_type = "dict"

    def option(self) -> dict[str, Any]:
        return {**super().option(), "options": {f.name: {**f.option(), "required": f.required} for f in self.members}}

    def canonical(self, value: Any, where: str = "") -> Any:
        return canonical_members(self.members, value, where) or None


@dataclass(frozen=True, eq=False)
class Table(Field):
    """A list of dicts that is written as a whole; canonical: sorted by the first member."""

    members: tuple[Field, ...] = ()
    option_type = "list"

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "empty", [])

    def option(self) -> dict[str, Any]:
        options = {f.name: {**f.option(), "required": f.required} for f in self.members}
        return {**super().option(), "elements": "dict", "options": options}

    def canonical(self, value: Any, where: str = "") -> Any:
        return sorted(self.rows(value, where), key=lambda row: row[self.members[0].name])

    def rows(self, value: Any, where: str) -> list[dict[str, Any]]:
        """Return the rows with canonical members, in the order in which they were written."""
        if not isinstance(value, (list, tuple)):
            raise InputError("must be a list", where)
        return [canonical_members(self.members, row, "%s[%d]" % (where, i)) for i, row in enumerate(value)]


@dataclass(frozen=True, eq=False)
class Rows(Table):
    """A list of dicts that means a set; ``identity`` names the members that distinguish two rows.

    Declared rows are merged into the existing ones; ``purge_<name>`` removes the others.
    """

    identity: tuple[str, ...] = ()

    def canonical(self, value: Any, where: str = "") -> Any:
        rows = self.rows(value, where)
        seen = set()
        for i, row in enumerate(rows):
            if self.key(row) in seen:
                raise InputError("is in the list twice", "%s[%d]" % (where, i))
            seen.add(self.key(row))
        return sorted(rows, key=lambda row: tuple(part or "" for part in self.key(row)))

    def key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return the values that distinguish a row from others."""
        return tuple(row.get(name) for name in self.identity)


@dataclass(frozen=True, eq=False)
class Reference(Field):
    """Another object of the same model, by name, key or id.

    ``stored_as`` is the field with its id, ``to`` the plural of the kind that must be read to find it.
    """

    stored_as: str = ""
    to: str = ""


def canonical_members(members: Sequence[Field], value: Any, where: str) -> dict[str, Any]:
    """Return a dict of canonical members. Raises InputError for an unknown or missing one."""
    if not isinstance(value, Mapping):
        raise InputError("must be a dict with %s" % ", ".join(f.name for f in members), where)
    names = {n: f for f in members for n in (f.name,) + f.aliases}
    unknown = sorted(str(n) for n in value if n not in names)
    if unknown:
        raise InputError("unknown %s; known are %s" % (", ".join(unknown), ", ".join(f.name for f in members)), where)
    canonical: dict[str, Any] = {}
    for name, given in value.items():
        if given is not None:
            canonical[names[name].name] = names[name].canonical(given, "%s.%s" % (where, name))
    missing = [f.name for f in members if f.required and canonical.get(f.name) is None]
    if missing:
        raise InputError("%s is missing" % ", ".join(missing), where)
    return {name: given for name, given in canonical.items() if given is not None}
