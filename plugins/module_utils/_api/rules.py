# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of the rules of all generations: kinds and fields with columns, and defaults."""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping

from .._resources._resource import Resource
from .._resources.threat_model import THREAT_MODEL

#: Git's short form of an ssh address, ``git@host:path``.
_SHORT = re.compile(r"([^\s/@:]+@[^\s/@:]+):(?!//)/?(\S+)")


def address_hint(address: str, scheme: str = "") -> str:
    """Return advice to write an address in git's short form with a scheme; "" for any other address.

    ``scheme``: the scheme that the server accepts, if it does not accept ssh.
    """
    found = _SHORT.fullmatch(address.strip())
    if found is None:
        return ""
    place = found[1] if not scheme else found[1].partition("@")[2]
    return "; write it as %s://%s/%s" % (scheme or "ssh", place, found[2])


class BaseRules:
    """Reads the tables of a generation, by the name of the kind."""

    #: Kind -> fields (references by the id they store) that have a column of their own.
    COLUMNS: Mapping[str, frozenset[str]] = {}
    #: Kind -> values of a new object if none are declared.
    DEFAULTS: Mapping[str, Mapping[str, Any]] = {}

    def supports(self, resource: Resource) -> bool:
        """Whether the server knows objects of this kind."""
        return resource.name in self.COLUMNS

    def doubts(self, resource: Resource, values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """(field, reason) of values that a server accepts only if it is configured so; none by default."""
        return ()

    def columns(self, resource: Resource) -> frozenset[str]:
        """Names of the fields that have a column."""
        return self.COLUMNS.get(resource.name, frozenset())

    def server_makes_id(self, resource: Resource, values: Mapping[str, Any]) -> bool:
        """Whether the server chooses the id of a new object; always, unless a generation accepts ids."""
        return True

    def defaults(self, resource: Resource, caller: str) -> Mapping[str, Any]:
        """Values of a new object if none are declared; the creator of a model is its owner."""
        values = dict(self.DEFAULTS.get(resource.name, {}))
        if resource is THREAT_MODEL and caller:
            values.update(owner=caller, authorization=[{"user": caller, "role": "owner"}])
        return values
