# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Undeclared objects on the server: which of them a definition has created, and which are protected.

A definition records its objects in the metadata of its model, the *register* (ENGINE-8). The register is written with
the model itself, before any child exists, so that the next run recognises everything that an interrupted run has
created. Therefore an entry is made of data that is known in advance (kind, name, cell of a threat), not of ids.
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
#: Which undeclared objects may be deleted.
LEVELS = (NONE, MANAGED, ALL)

#: Entries in one metadata value: it holds 1024 bytes, with a blank between two entries.
_ENTRIES = 1024 // (KIND_LENGTH + DIGEST_LENGTH + 1)

#: The field that distinguishes threats of equal name whose definition says where they are.
_ANCHOR = "cell_id"


def entry_of(desired: Desired, as_stored: AsStored) -> str:
    """Return the entry of a wanted object with resolved references, made of its name as the server stores it."""
    name = next((n for n in desired.resource.identity if desired.values.get(n)), None)
    label = as_stored(desired.resource, name, desired.label) if name else desired.label
    return _entry(desired.resource, label, desired.values.get(_ANCHOR))


def entries_of(entity: Entity) -> tuple[str, ...]:
    """Return the possible entries of an object: with its anchor, and without."""
    anchor = entity.values.get(_ANCHOR)
    plain = _entry(entity.resource, entity.label, None)
    return (_entry(entity.resource, entity.label, anchor), plain) if anchor else (plain,)


def _entry(resource: Resource, name: str, anchor: Optional[str]) -> str:
    digest = hashlib.sha256("\0".join((resource.name, name, str(anchor or ""))).encode()).digest()
    return resource.name[:KIND_LENGTH] + base64.urlsafe_b64encode(digest)[:DIGEST_LENGTH].decode()


def is_of(entry: str, resource: Resource) -> bool:
    """Whether an entry is for an object of this kind."""
    return entry[:KIND_LENGTH] == resource.name[:KIND_LENGTH]


def read_register(own_metadata: Mapping[str, str]) -> frozenset[str]:
    """Return the entries in the metadata of a model."""
    return frozenset(e for key, text in own_metadata.items() if key.startswith(REGISTER) for e in text.split())


def write_register(entries: Iterable[str], used_keys: Collection[str] = ()) -> dict[str, str]:
    """Return the metadata with these entries: ``ansible_managed``, ``ansible_managed_2`` and so on.

    ``used_keys``: keys with texts that people have typed; they are skipped.
    """
    ordered = sorted(entries)
    parts = [ordered[at : at + _ENTRIES] for at in range(0, len(ordered), _ENTRIES)]
    numbered = (REGISTER + ("_%d" % number if number > 1 else "") for number in itertools.count(1))
    keys = (key for key in numbered if key not in used_keys)
    return dict(zip(keys, map(" ".join, parts)))


def register_keys(own_metadata: Mapping[str, str]) -> frozenset[str]:
    """Return the keys of a model's register."""
    return frozenset(key for key in own_metadata if key.startswith(REGISTER))


def to_delete(unclaimed: Sequence[Entity], level: str, register: frozenset[str]) -> tuple[list[Entity], list[Entity]]:
    """Return (objects to delete, objects that stay because it is unclear whose they are) of one section.

    An entry is for one object. If several objects fit it, a person has created one of them, and all of them stay.
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
    """Whether a glob of ``section/name`` fits an object; any name of the section counts (ENGINE-9)."""
    return any(fnmatchcase("%s/%s" % (section, name), glob) for glob in globs for section in _sections(resource))


def _sections(resource: Resource) -> list[str]:
    return [section for section, kind in SECTION_NAMES.items() if kind is resource] or [resource.plural]
