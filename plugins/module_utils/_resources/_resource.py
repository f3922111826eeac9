# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Resources: the kinds of TMI's objects, made of fields.

A resource lists its fields, which of them identify an object and which may be cleared. The argument specs, the planner
and the results are made from it.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Mapping, Optional

from .._errors import InputError
from .._values import kind_of
from ._fields import Field, Reference, Rows

#: Metadata keys with this prefix belong to the collection and are never shown, purged or declared.
OWN_PREFIX = "ansible_"
#: Form of the metadata keys that all generations store (FORMAT-6), and the message for other keys.
KEY_FORM = re.compile(r"[A-Za-z0-9_-]{1,128}")
WRONG_KEY = "a key is 1 to 128 of the characters A-Z a-z 0-9 _ -"


@dataclass(frozen=True, eq=False)
class Resource:
    """A kind of TMI's objects.

    ``identity``: names of the fields by which an object is found; the first declared one counts. ``distinguished_by``:
    fields that distinguish objects of equal name. ``parent``: the resource that owns it.
    """

    name: str
    plural: str
    title: str
    fields: tuple[Field, ...]
    identity: tuple[str, ...] = ("name",)
    distinguished_by: tuple[str, ...] = ()
    parent: Optional[Resource] = None

    def __post_init__(self) -> None:
        names = [n for f in self.fields for n in (f.name, *f.aliases)]
        duplicates = sorted({n for n in names if names.count(n) > 1})
        if duplicates:
            raise ValueError("%s: %s declared twice" % (self.name, ", ".join(duplicates)))
        unknown = [n for n in self.identity + self.distinguished_by if n not in names]
        if unknown:
            raise ValueError("%s: no field %s" % (self.name, ", ".join(unknown)))

    def field(self, name: str) -> Field:
        """Return the field called ``name``. Raises KeyError."""
        return self.by_name[name]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by their names in canonical values."""
        return {f.name: f for f in self.fields}

    @cached_property
    def spellings(self) -> dict[str, str]:
        """Name or alias of a field -> its name in canonical values."""
        return {n: f.name for f in self.fields for n in (f.name, *f.aliases)}

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """The fields that refer to other objects of the same model."""
        return tuple(f for f in self.fields if isinstance(f, Reference))

    @cached_property
    def clearable(self) -> list[str]:
        """Names of the fields that can be cleared."""
        return [f.name for f in self.fields if f.clearable]

    @cached_property
    def reserved_keys(self) -> dict[str, str]:
        """Metadata key that holds a field -> the option that sets it."""
        return {f.metadata_key: f.name for f in self.fields if f.metadata_key}

    def canonical(self, given: Mapping[str, Any], where: str = "") -> dict[str, Any]:
        """Return the declared fields in canonical form; fields that are absent or None are left out.

        An empty value becomes None or [], which clears the field. Raises InputError with the place of the field.
        """
        values: dict[str, Any] = {}
        for field in self.fields:
            value = given.get(field.name)
            if value is None:
                continue
            values[field.name] = _declared(field, value, "%s.%s" % (where, field.name) if where else field.name)
        return values


def _declared(field: Field, value: Any, where: str) -> Any:
    if value in ("", [], {}):
        if not field.clearable and not isinstance(
            field, Rows
        ):  # an empty list of rows adds nothing or, with purge, keeps nothing
            raise InputError("must not be empty", where)
        return field.empty
    return field.canonical(value, where)


def check_metadata(
    resource: Resource, metadata: Mapping[Any, Any], where: str = "metadata", removable: bool = False
) -> dict[str, str]:
    """Return declared metadata as texts; a value of None or "" removes the key.

    Raises InputError for a reserved key (ENGINE-13) and for a value that is neither text, number, boolean
    nor date. ``removable``: a reserved key may be removed, since a person may have typed a text under it.
    """
    texts: dict[str, str] = {}
    reserved = resource.reserved_keys
    for key, value in metadata.items():
        place = "%s.%s" % (where, key)
        if isinstance(key, bool):
            raise InputError(
                "a key was read as a boolean (YAML 1.1 reads on, off, yes and no as booleans): quote it", where
            )
        if not str(key).strip():
            raise InputError("a key must not be empty", where)
        if not KEY_FORM.fullmatch(str(key)):
            raise InputError(WRONG_KEY, place)
        is_removed = removable and value in (None, "")
        if str(key).startswith(OWN_PREFIX) and not is_removed:
            raise InputError("keys that begin with %s belong to the collection" % OWN_PREFIX, place)
        if str(key) in reserved and not is_removed:
            raise InputError(
                "holds the option %s of a %s: use that option" % (reserved[str(key)], resource.title), place
            )
        if value is not None and not isinstance(value, (bool, str, int, float, datetime.date)):
            raise InputError("must be text, not %s" % kind_of(value), place)
        texts[str(key)] = _metadata_text(value)
    return texts


def _metadata_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)
