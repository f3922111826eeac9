# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Warnings about metadata that a person has typed under a key that the collection keeps for itself."""

from __future__ import annotations

from typing import Iterable

from .._errors import shortened
from ._resource import Resource

#: Entries that are told one by one, and characters of a text that a warning shows.
_TOLD, _SHOWN = 10, 60


class ReservedKeyWarnings:
    """What was read so far; each entry of each object is told once, however often it is read."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], str] = {}

    def add(self, resource: Resource, label: str, object_id: str, entries: Iterable[tuple[str, str]]) -> None:
        """Note entries (key, text) of one object."""
        for key, text in entries:
            option = resource.reserved_keys.get(key)
            says = "no value of the option %s" % option if option else "not of the collection's making"
            self._found.setdefault(
                (resource.name, object_id, key),
                '%s "%s" (id %s): the metadata key %s holds "%s", which is %s. It is left alone, as metadata of people'
                % (resource.title, shortened(label, _SHOWN), object_id, key, shortened(text, _SHOWN), says),
            )

    def warnings(self) -> list[str]:
        """Return a sentence for each entry, and one for all that are too many to be told."""
        lines = list(self._found.values())
        more = len(lines) - _TOLD
        rest = ["%d more metadata entries hold what is no value of the option of that name" % more] if more > 0 else []
        return [*lines[:_TOLD], *rest]
