# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Metadata of the collection, and how to distinguish them from texts that people typed under the same keys."""

from __future__ import annotations

import re

from ._resource import OWN_PREFIX, Resource

#: Metadata of a model: the key of its definition; a digest of the prefix of its name, if it has one, since the same
#: definitions may create the models of several environments on one server; and the register of managed objects:
#: ``ansible_managed``, ``ansible_managed_2`` and so on.
KEY, PREFIX, REGISTER = OWN_PREFIX + "key", OWN_PREFIX + "prefix", OWN_PREFIX + "managed"
#: Metadata of any object: the program and the id there of the object from which it was made (``td:3f2a``). The key is
#: reserved, because people's own metadata may say ``origin`` without meaning an identity.
ORIGIN = OWN_PREFIX + "origin"
#: Lengths of the parts of an entry in the register: letters of the kind, which show the section of an entry even if the
#: section was not read, and a short digest.
KIND_LENGTH, DIGEST_LENGTH = 2, 6

_REGISTERS = re.compile(re.escape(REGISTER) + r"(?:_[0-9]+)?")
_ENTRY = re.compile("[a-z]{%d}[A-Za-z0-9_-]{%d}" % (KIND_LENGTH, DIGEST_LENGTH))


def is_own(resource: Resource, key: str, text: str) -> bool:
    """Whether the collection may have written an entry of an object's metadata: below a model only its origin."""
    if key == ORIGIN:
        return bool(text.strip())
    if resource.parent is not None:
        return False
    if key in (KEY, PREFIX):
        return bool(text.strip())
    return _REGISTERS.fullmatch(key) is not None and all(map(_ENTRY.fullmatch, text.split()))
