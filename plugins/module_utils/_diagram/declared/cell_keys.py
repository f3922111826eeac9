# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The keys of the cells of one diagram, and the cells that they refer to."""

from __future__ import annotations

from typing import Any, Iterable, Optional

from ..._errors import InputError
from ..._mistakes import MOST, MistakeList
from ..._resources.reference import is_id
from ..._unicode import composed
from .desired_cell import IdFor
from .entries import Entry
from .inputs import close_names, join, key_text


class CellKeys:
    """The keys of one diagram."""

    def __init__(self, id_for: IdFor, boxes: Iterable[Entry], flows: Iterable[Entry], mistakes: MistakeList) -> None:
        self.id_for = id_for
        self.boundaries: set[str] = set()
        self.ids: dict[str, str] = {}
        #: Keys of the cells whose ids the user wrote.
        self.written: set[str] = set()
        self._used_ids: set[str] = set()
        self.removed: set[str] = set()
        self.flows: set[str] = set()
        self._comparisons_left = MOST
        flows = list(flows)
        self.flows.update(entry.key for entry in flows)
        for entry in (*boxes, *flows):
            with mistakes.collecting():
                self._add(entry)

    def _add(self, entry: Entry) -> None:
        if entry.key in self.ids or entry.key in self.removed:
            raise InputError("this key appears twice: boundaries, nodes and flows share one set of keys", entry.path)
        if entry.fields is None:
            self.removed.add(entry.key)
            return
        given = entry.fields.get("id")
        key = entry.key
        self.ids[key] = self.id_for(key)  # also if the id is wrong: references to the key are not
        if given is not None:
            key = key_text(given, join(entry.path, "id"))
            if key != entry.key and not is_id(key):
                raise InputError("an id must be a UUID where the cell has a key", join(entry.path, "id"))
        if is_id(key):
            self.written.add(entry.key)
        cell_id = self.id_for(key)
        if cell_id in self._used_ids:
            raise InputError("another cell has the id %s already" % cell_id, entry.path)
        self.ids[entry.key] = cell_id
        self._used_ids.add(cell_id)

    def _known(self, key: str) -> str:
        """Return the key as it was declared: if no key is equal, the only one that looks the same."""
        if key.isascii() or key in self.ids or key in self.removed:
            return key
        alike = [known for known in (*self.ids, *self.removed) if composed(known) == composed(key)]
        return alike[0] if len(alike) == 1 else key

    def refer(self, value: Any, path: str, what: str = "node") -> str:
        """Return the id of the cell of a key; an unknown UUID is the id of a cell on the server."""
        key = self._known(key_text(value, path))
        if key in self.removed:
            raise InputError("%s %s is removed (null) here, but still used" % (what, key), path)
        if key in self.flows:
            raise InputError("%s is a flow, not a %s" % (key, what), path)
        if key in self.ids:
            return self.ids[key]
        if is_id(key):
            return key.lower()
        self._comparisons_left -= 1  # comparing all names takes time, and more hints would not help
        hint = close_names(key, set(self.ids) - self.flows) if self._comparisons_left >= 0 else ""
        raise InputError("unknown %s %s%s" % (what, key, hint), path)

    def container(self, value: Any, path: str) -> Optional[str]:
        """Return the id of a boundary, "" for no boundary, None if it is not declared."""
        if value is None or value == "":
            return None if value is None else ""
        key = self._known(key_text(value, path))
        if key in self.ids and key not in self.boundaries and key not in self.flows:
            raise InputError("%s is no boundary: only boundaries contain others" % key, path)
        return self.refer(value, path, "boundary")
