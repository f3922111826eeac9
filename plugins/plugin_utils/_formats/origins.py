# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Ids of a file as origins of objects and as ids of cells, by which a later import finds them again."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable

from ansible_collections.tmi.tmi.plugins.module_utils._resources.reference import is_id
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import replaced

#: Longest id in an origin; a longer one is cut, and ends with a digest.
_LONGEST, _DIGEST = 128, 16
#: Characters that the server refuses in metadata.
_MARKUP = {"<": "‹", ">": "›"}


class Origins:
    """The origins of objects of one kind: their ids in the file, if no other object has the same.

    ``prefix``: the program, with a colon (``td:``). ``ids``: the ids of all objects of the kind.
    """

    def __init__(self, prefix: str, ids: Iterable[str]) -> None:
        self._prefix = prefix
        self._count = Counter(given.strip() for given in ids)

    def of(self, given: str) -> dict[str, str]:
        """Return the member ``origin`` for the entry of an object, nothing for one without an id of its own."""
        found = given.strip()
        return {"origin": origin(self._prefix, found)} if found and self._count[found] == 1 else {}


def origin(prefix: str, given: str) -> str:
    """Return the origin of an object with this id."""
    plain = " ".join(replaced(given, _MARKUP).split())
    if len(plain) > _LONGEST:
        plain = plain[: _LONGEST - _DIGEST] + hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:_DIGEST]
    return prefix + plain


def cell_id(program: str, given: str, *scope: str) -> str:
    """Return the id of a cell: that of the file if it is a UUID, else one made of it; "" for a cell without an id.

    ``program``: the program that wrote the file (``threat-dragon``); ``scope``: what the id is unique in. All of these
    must never change, because a later import finds the cell by this id.
    """
    plain = given.strip().lower()
    if not plain or is_id(plain):
        return plain
    namespace = uuid.uuid5(uuid.NAMESPACE_DNS, "%s.cells.tmi.tmi" % program)
    return str(uuid.uuid5(namespace, json.dumps([*scope, given])))
