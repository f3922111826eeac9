# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What is on the server but not wanted: which of it a definition once made, and what is never touched.

A definition remembers what it made in the metadata of its model, the *register* (ENGINE-8). It is written with
the model itself, before any child exists, so that a run which is cut off leaves nothing that it would not know again.
Therefore an entry is made of what is known beforehand (kind, name and the cell of a threat), not of a server's ids.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from fnmatch import fnmatchcase
from typing import Collection, Iterable, Mapping, Optional, Sequence

from .._resources._catalog import SECTION_NAMES
from .._resources._marks import DIGEST_LENGTH, KIND_LENGTH, REGISTER
from .._resources._resource import Resource
from .identity.renames import AsStored
from .tree import Desired, Entity

NONE, MANAGED, ALL = "none", "managed", "all"
#: What may be done with what is not wanted.
LEVELS = (NONE, MANAGED, ALL)

#: Entries that one value of metadata holds: 1024 bytes, a blank between two.
_ENTRIES = 1024 // (KIND_LENGTH + DIGEST_LENGTH + 1)

#: The field that tells threats of one name apart, where the definition says where they are.
_ANCHOR = "cell_id"


def entry_of(desired: Desired, as_stored: AsStored) -> str:
    """Return the entry of a wanted object whose references are resolved, by its name as the server stores it."""
    name = next((n for n in desired.resource.identity if desired.values.get(n)), None)
    label = as_stored(desired.resource, name, desired.label) if name else desired.label
    return _entry(desired.resource, label, desired.values.get(_ANCHOR))


def entries_of(entity: Entity) -> tuple[str, ...]:
    """Return the entries that may stand for an object: with its place, and without."""
    anchor = entity.values.get(_ANCHOR)
    plain = _entry(entity.resource, entity.label, None)
    return (_entry(entity.resource, entity.label, anchor), plain) if anchor else (plain,)


def _entry(resource: Resource, name: str, anchor: Optional[str]) -> str:
    digest = hashlib.sha256("\0".join((resource.name, name, str(anchor or ""))).encode()).digest()
    return resource.name[:KIND_LENGTH] + base64.urlsafe_b64encode(digest)[:DIGEST_LENGTH].decode()


def is_of(entry: str, resource: Resource) -> bool:
    """Whether an entry stands for an object of this kind."""
    return entry[:KIND_LENGTH] == resource.name[:KIND_LENGTH]


def read_register(own_metadata: Mapping[str, str]) -> frozenset[str]:
    """Return the entries in the metadata of a model."""
    return frozenset(e for key, text in own_metadata.items() if key.startswith(REGISTER) for e in text.split())


def write_register(entries: Iterable[str], used_keys: Collection[str] = ()) -> dict[str, str]:
    """Return the metadata that hold these entries: ``ansible_managed``, ``ansible_managed_2`` and so on.

    Keys that are ``used_keys``, by what a person has typed there, are passed over.
    """
    ordered = sorted(entries)
    parts = [ordered[at : at + _ENTRIES] for at in range(0, len(ordered), _ENTRIES)]
    numbered = (REGISTER + ("_%d" % number if number > 1 else "") for number in itertools.count(1))
    keys = (key for key in numbered if key not in used_keys)
    return dict(zip(keys, map(" ".join, parts)))


def register_keys(own_metadata: Mapping[str, str]) -> frozenset[str]:
    """Return the keys under which a model's register is."""
    return frozenset(key for key in own_metadata if key.startswith(REGISTER))


def to_delete(unclaimed: Sequence[Entity], level: str, register: frozenset[str]) -> tuple[list[Entity], list[Entity]]:
    """Return (what goes, what stays for it cannot be told) of the objects of one section that nobody wants.

    An entry stands for one object. Where several fit it, one of them is a person's, and none is removed.
    """
    if level == NONE:
        return [], []
    ordered = sorted(unclaimed, key=lambda entity: (entity.label, entity.id))
    if level == ALL:
        return ordered, []
    fits: dict[str, list[Entity]] = {}
    for entity in ordered:
        entry_of_register = next((entry for entry in entries_of(entity) if entry in register), None)
        if entry_of_register is not None:
            fits.setdefault(entry_of_register, []).append(entity)
    deletable = [entities[0] for entities in fits.values() if len(entities) == 1]
    unclear = [entity for entities in fits.values() if len(entities) > 1 for entity in entities]
    return deletable, unclear


def is_protected(resource: Resource, name: str, globs: Iterable[str]) -> bool:
    """Whether a glob of ``section/name`` fits an object; a section goes by any of its names (ENGINE-9)."""
    return any(fnmatchcase("%s/%s" % (section, name), glob) for glob in globs for section in _sections(resource))


def _sections(resource: Resource) -> list[str]:
    return [section for section, kind in SECTION_NAMES.items() if kind is resource] or [resource.plural]
