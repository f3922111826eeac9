# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Where a field is stored: in a column of the server, or as metadata of the object.

The generation determines the columns; the field determines how its value is written as metadata.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Collection, Iterable, Mapping

from .._errors import InputError
from ._fields import EMPTY, Field, Reference
from ._marks import is_own
from ._resource import OWN_PREFIX, Resource

#: Members that the server adds to an object, besides its fields.
FACTS = ("created_at", "modified_at", "created_by")


def stored_name(field: Field) -> str:
    """Return the name under which a field is stored: for a reference the name of its id."""
    return field.stored_as if isinstance(field, Reference) else field.name


def same(resource: Resource, name: str, one: Any, other: Any) -> bool:
    """Whether two canonical values of the field stored under ``name`` are equal; empty values equal None."""
    if one == other or (one in EMPTY and other in EMPTY):
        return True
    field = by_stored_name(resource).get(name)
    return field is not None and bool(field.comparable(one) == field.comparable(other))


def all_same(resource: Resource, one: Mapping[str, Any], other: Mapping[str, Any], but: Collection[str] = ()) -> bool:
    """Whether the canonical values of two objects are equal, except those named in ``but`` and FACTS."""
    names = (one.keys() | other.keys()) - frozenset((*FACTS, *but))
    return all(same(resource, name, one.get(name), other.get(name)) for name in names)


@lru_cache(maxsize=None)
def by_stored_name(resource: Resource) -> Mapping[str, Field]:
    """Return the fields by the names under which they are stored. Cached, since plans compare all fields."""
    return {stored_name(field): field for field in resource.fields}


def is_column(field: Field, columns: Collection[str]) -> bool:
    """Whether the server has a column for the field."""
    return not field.only_metadata and stored_name(field) in columns


@lru_cache(maxsize=None)
def without_column(resource: Resource, columns: frozenset[str]) -> tuple[Field, ...]:
    """Return the fields that have a column on other servers, but not on this one."""
    return tuple(f for f in resource.fields if not f.only_metadata and not is_column(f, columns))


@lru_cache(maxsize=None)
def _kept_as_metadata(resource: Resource, columns: frozenset[str]) -> Mapping[str, Field]:
    """Return by name the fields that are kept as metadata if these are the only columns."""
    return {f.name: f for f in resource.fields if f.metadata_key and not is_column(f, columns)}


@lru_cache(maxsize=None)
def _by_metadata_key(resource: Resource, columns: frozenset[str]) -> Mapping[str, Field]:
    """Return the same fields by their metadata keys."""
    return {f.metadata_key: f for f in _kept_as_metadata(resource, columns).values() if f.metadata_key}


def separate_metadata(
    resource: Resource, values: Mapping[str, Any], metadata: Mapping[str, str], columns: Collection[str]
) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """Return (values, people's metadata, the collection's own metadata) of an object as it was read.

    Fields that are kept as metadata become values. Entries that the collection cannot have written belong to people.
    """
    fields = _by_metadata_key(resource, frozenset(columns))
    all_values = dict(values)
    people: dict[str, str] = {}
    own: dict[str, str] = {}
    for key, text in metadata.items():
        if key.startswith(OWN_PREFIX):
            (own if is_own(resource, key, text) else people)[key] = text
            continue
        value = read_back(fields[key], text) if key in fields else None
        if value in EMPTY:
            people[key] = text
        else:
            all_values[fields[key].name] = value
    return all_values, people, own


def reserved_keys_used(resource: Resource, people: Iterable[str], columns: Collection[str]) -> list[str]:
    """Return the reserved keys in people's metadata (see :func:`separate_metadata`)."""
    fields = _by_metadata_key(resource, frozenset(columns))
    return [key for key in people if key in fields or key.startswith(OWN_PREFIX)]


def read_back(field: Field, text: str) -> Any:
    """Return the value of a field from its metadata text; None if the field does not write such a text."""
    try:
        value = field.from_metadata(text)
    except InputError:
        return None
    return value if value not in EMPTY and field.to_metadata(value) == text else None


def metadata_entries(
    resource: Resource, values: Mapping[str, Any], names: Iterable[str], columns: Collection[str]
) -> dict[str, str]:
    """Return the metadata entries for those of the fields ``names`` that have no column; "" removes an entry."""
    entries = {}
    fields = _kept_as_metadata(resource, frozenset(columns))
    for name in names:
        field = fields.get(name)
        if field is not None and field.metadata_key:
            value = values.get(name)
            entries[field.metadata_key] = "" if value in (None, [], "") else field.to_metadata(value)
    return entries
