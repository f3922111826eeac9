# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Attributes of OTM objects: those of users become metadata, those of the collection hold fields that OTM lacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.parsing.as_written import MARK, VERSION
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import Field, Text
from ansible_collections.tmi.tmi.plugins.module_utils._resources._resource import Resource, check_metadata
from ansible_collections.tmi.tmi.plugins.module_utils._values import kind_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Losses,
    Metadata,
    Taken,
    as_text,
    is_readable,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.naming import distinct_keys
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import (
    KEY,
    METADATA,
    NAMES,
    OWN_ORIGIN,
    PLACEHOLDER,
    PREFIX,
)

_TAKEN = (KEY, OWN_ORIGIN, PLACEHOLDER, METADATA)


def encoded(value: Any) -> str:
    """Return a value as an attribute: OTM requires texts, so all other values become JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def decoded(value: Any, found: Field | None = None) -> Any:
    """Return the value of an attribute from :func:`encoded`, for a field or a structure of the collection."""
    if not isinstance(value, str) or isinstance(found, Text):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


class Attributes:
    """The attributes of one object in an OTM file."""

    def __init__(self, entry: Mapping[str, Any], path: str, losses: Losses) -> None:
        self.path = path + ".attributes"
        self._losses = losses
        found = entry.get("attributes")
        if isinstance(found, list) and all(isinstance(part, dict) for part in found):
            found = {
                name: value for part in found for name, value in part.items()
            }  # the form in the text of the standard
        if found is not None and not isinstance(found, dict):
            raise InputError("must be a map, not %s" % kind_of(found), self.path)
        self.own: dict[str, Any] = {n: v for n, v in (found or {}).items() if n.startswith(PREFIX)}
        self.others = {n: v for n, v in (found or {}).items() if not n.startswith(PREFIX)}
        made_up = self.own.get(PLACEHOLDER)
        self.placeholders = frozenset(made_up.split(", ") if isinstance(made_up, str) else ())

    @property
    def key(self) -> str:
        """The key of the object in a definition, "" if there is none."""
        found = self.own.get(KEY)
        return found.strip()[:128] if isinstance(found, str) else ""

    def origin(self, resource: Resource, of_id: Mapping[str, str]) -> dict[str, str]:
        """Return the member ``origin``: that of an attribute, else ``of_id``; none for an object of a definition."""
        if OWN_ORIGIN not in self.own:
            return {} if self.key else dict(of_id)
        found = self.own[OWN_ORIGIN]
        try:
            if not isinstance(found, str) or not found.strip():
                raise InputError("must be a text")
            check_metadata(resource, {"origin": found}, self.path)
        except InputError as error:
            self._lose("origin", error.message)
            return {}
        return {"origin": found}

    def keep_id(self, given: str, key: str, metadata: Metadata, path: str) -> None:
        """Keep an id that is not the key as metadata, unless it was made up when the file was written."""
        if given != key and "id" not in self.placeholders:
            metadata.put("otm_id", given, path + ".id")

    def into(self, metadata: Metadata) -> None:
        """Keep the attributes of users as metadata, and their names where TMI does not take these."""
        names: dict[str, str] = {}
        for name, value in self.others.items():
            key = metadata.put(name, value, "%s.%s" % (self.path, name))
            if key and key != name:
                names[key] = name
        metadata.put(NAMES, names, self.path)
        kept = decoded(self.own.get(METADATA))
        for name, value in (kept if isinstance(kept, dict) else {}).items():
            metadata.put(str(name), value, "%s.%s.%s" % (self.path, METADATA, name))

    def restore(self, resource: Resource, names: Iterable[str], entry: dict[str, Any]) -> None:
        """Put fields that were kept as attributes into the entry; an invalid value is lost."""
        for name in names:
            if PREFIX + name in self.own:
                found = resource.field(name)
                value = decoded(self.own[PREFIX + name], found)
                try:
                    resource.canonical({name: value})
                except InputError as error:
                    self._lose(name, error.message)
                else:
                    entry[name] = value

    def restore_all(self, name: str, accept: Callable[[dict[str, Any]], Any], entry: dict[str, Any]) -> None:
        """Put the members of an attribute that holds a map into the entry, if ``accept`` does not raise InputError."""

        def as_members(found: Any) -> None:
            if not isinstance(found, dict):
                raise InputError("must be a map")
            accept({**entry, **found})

        entry.update(self.restored(name, as_members) or {})

    def restored(self, name: str, accept: Callable[[Any], Any]) -> Any:
        """Return the value of an attribute; None if there is none, or if ``accept`` raises InputError."""
        if PREFIX + name not in self.own:
            return None
        found = decoded(self.own[PREFIX + name])
        try:
            accept(found)
        except InputError as error:
            self._lose(name, error.message)
            return None
        return found

    def refuse_others(self, names: Iterable[str]) -> None:
        """Note attributes with the collection's prefix that are not known here."""
        known = {*_TAKEN, *(PREFIX + name for name in names)}
        for name in self.own:
            if name not in known:
                self._losses.add("%s.%s" % (self.path, name), self.own[name], "this attribute is not known here")

    def _lose(self, name: str, reason: str) -> None:
        self._losses.add("%s.%s%s" % (self.path, PREFIX, name), self.own[PREFIX + name], reason)


def wish_of(entry: Mapping[str, Any], path: str, fallback: str) -> str:
    """Return the wish for the key of an object: the key that it had, its id if that is readable, else its name."""
    name, given = as_text(entry.get("name")), as_text(entry.get("id"))
    own = Attributes(entry, path, Losses()).key
    return own or (given if is_readable(given) else "") or slug(name) or slug(given) or fallback


def keys_of(entries: Sequence[tuple[str, Mapping[str, Any]]], fallback: str, taken: Taken | None = None) -> list[str]:
    """Return the keys of objects with their paths, which do not depend on the order."""
    rows = [(wish_of(entry, path, fallback), (as_text(entry.get("id")),)) for path, entry in entries]
    return distinct_keys(rows, Taken("%s_%d") if taken is None else taken)


def accepted(section: str, entry: Any) -> None:
    """Raise InputError unless an entry of a section compiles."""
    compile_definition(document({MARK: VERSION, "key": "x", section: [entry]}, section))
