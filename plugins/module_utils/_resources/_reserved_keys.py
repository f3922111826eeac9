# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Warnings about metadata that a person has typed under a reserved key of the collection."""

from __future__ import annotations

from typing import Iterable

from .._errors import shortened
from ._resource import Resource

#: Entries with a warning of their own, and characters of a text that a warning shows.
_LISTED, _SHOWN = 10, 60


class ReservedKeyWarnings:
    """The entries read so far; each entry of each object is reported once, even if it is read again."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], str] = {}

    def add(self, resource: Resource, label: str, object_id: str, entries: Iterable[tuple[str, str]]) -> None:
        """Note entries (key, text) of one object."""
        for key, text in entries:
            option = resource.reserved_keys.get(key)
            problem = "not a value of the option %s" % option if option else "not from the collection"
            self._found.setdefault(
                (resource.name, object_id, key),
                '%s "%s" (id %s): the metadata key %s holds "%s", which is %s. It stays, as metadata of people'
                % (resource.title, shortened(label, _SHOWN), object_id, key, shortened(text, _SHOWN), problem),
            )

    def warnings(self) -> list[str]:
        """Return a sentence for each of the first entries, and one for the rest."""
        lines = list(self._found.values())
        more = len(lines) - _LISTED
        rest = ["%d more metadata entries do not hold a value of the option of their name" % more] if more > 0 else []
        return [*lines[:_LISTED], *rest]
