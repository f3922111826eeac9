# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Writes objects of OTM: ids, fields from metadata, and everything else as attributes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._diagram.declared.desired_cell import DesiredCell
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import (
    Taken,
    is_readable,
    metadata_key,
    number,
    slug,
)
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.origins import cell_id, origin
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.attributes import decoded, encoded
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.words import (
    KEY,
    METADATA,
    NAMES,
    ORIGIN_PREFIX,
    OWN_ORIGIN,
    PLACEHOLDER,
    PREFIX,
)


class Ids:
    """Ids of one kind of object, all different."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = Taken("%s_%d", taken)

    def free(self, wish: str) -> bool:
        """Whether the id is not in use."""
        return wish not in self._taken

    def take(self, wish: str) -> str:
        """Return the wish, with a number if it is in use."""
        return self._taken.take(wish)


def numeric(text: str) -> float | int | None:
    """Return a metadata value as a number; None if reading it again would give another text."""
    try:
        found = number(float(text))
    except (ValueError, OverflowError):
        return None
    return found if found is not None and "%.15g" % found == text else None


def _same(text: str) -> str:
    return text


class Writing:
    """The conversion of one object to OTM: its metadata, from which fields are taken, and its attributes.

    ``own``: fields that OTM lacks. ``placeholders``: members that are written only because the schema requires them.
    """

    def __init__(self, metadata: Mapping[str, str], desired: Desired | None = None) -> None:
        self.own: dict[str, Any] = {}
        self.placeholders: list[str] = []
        self._resource = desired.resource if desired is not None else None
        self._metadata = {key: value for key, value in metadata.items() if value}
        self._origin = desired.origin if desired is not None else ""

    def take(self, key: str, read: Callable[[str], Any] = _same) -> Any:
        """Return, and remove, a metadata value that is a field in OTM, converted by ``read``; None if that fails."""
        found = read(self._metadata[key]) if key in self._metadata else None
        if found is not None:
            del self._metadata[key]
        return found

    def identity(self, ids: Ids, key: str | None, name: str, scope: str = "") -> str:
        """Return the original id, else the key.

        Attributes have a key and an origin that reading would not make of the id. An object without an origin has the
        attribute with its key in any case, so that reading makes no origin for it.
        """
        given = self._metadata.get("otm_id", "")
        is_original = bool(key) and given not in ("", key) and given == given.strip() and ids.free(given)
        if is_original:
            del self._metadata["otm_id"]
            found = ids.take(given)
        else:
            wish = key or slug(name) or "x"
            found = ids.take(wish if ids.free(wish) or not scope else "%s_%s" % (scope, wish))
            if key and found != key:
                self.placeholders.append("id")
        is_made_up = not is_original and (found != key or not is_readable(found))
        has_own = self._resource is not None and self._origin != origin(ORIGIN_PREFIX, found)
        if key and (is_made_up or has_own or _key_read(found, name) != key):
            self.own["key"] = key
            if self._origin:
                self.own["origin"] = self._origin
        return found

    def cell_identity(self, given: str, cell: DesiredCell, representation: str) -> None:
        """Keep the id of a cell, or else its key, as an attribute if reading would make another id of ``given``."""
        derived = "" if "key" in self.own or given == cell.key else cell_id("otm", given, representation)
        if cell.has_id and cell.id != cell.key.lower():
            if cell.id != derived:
                self.own["cell"] = {"id": cell.id}
        elif derived:
            self.own["key"] = cell.key

    def fields(self, values: Mapping[str, Any], names: Iterable[str], implied: Mapping[str, Any] | None = None) -> None:
        """Keep fields as attributes, except values that reading implies."""
        for name in names:
            value = values.get(name)
            if value not in (None, "", []) and value != (implied or {}).get(name):
                self.own[name] = value

    def into(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return the entry with its attributes, if there are any."""
        attributes: dict[str, str] = {}
        hidden: dict[str, str] = {}
        names = self.take(NAMES, self._names) or {}
        for key, value in self._metadata.items():
            if key.startswith(PREFIX) and key not in names:  # would be read as an attribute of the collection
                hidden[key] = value
            else:
                attributes[names.get(key, key)] = value
        for name, value in self.own.items():
            attributes[PREFIX + name] = encoded(value)
        if hidden:
            attributes[METADATA] = encoded(hidden)
        if self.placeholders:
            attributes[PLACEHOLDER] = ", ".join(self.placeholders)
        if attributes:
            entry["attributes"] = attributes
        return entry

    def _names(self, text: str) -> dict[str, str] | None:
        """Return key of metadata -> name of its attribute, if the same keys will be read from these names."""
        found = decoded(text)
        if not isinstance(found, dict):
            return None
        for key, name in found.items():
            same = isinstance(name, str) and metadata_key(name, self._resource) == key
            if not same or name.startswith(PREFIX) or name in self._metadata or key not in self._metadata:
                return None
        return found if found and encoded(found) == text else None


def _key_read(given: str, name: str) -> str:
    """Return the key that an object gets when it is read, if no other object has it."""
    return given if is_readable(given) else slug(name) or slug(given)


def tags_of(writing: Writing) -> list[str] | None:
    """Return the tags from the metadata, if they will be read unchanged."""
    found: list[str] | None = writing.take("tags", _tags)
    return found


def _tags(text: str) -> list[str] | None:
    found = [tag for tag in text.split(", ") if tag]
    return found if found and ", ".join(found) == text else None


if (PREFIX + "key", PREFIX + "origin") != (KEY, OWN_ORIGIN):
    raise AssertionError("identity() writes what Attributes reads")
