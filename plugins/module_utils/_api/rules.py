# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What the rules of all generations have in common: which kinds and fields a server has columns for, and defaults."""

from __future__ import annotations

import re
from typing import Any, Mapping

from .._resources._resource import Resource
from .._resources.threat_model import THREAT_MODEL

#: The short form in which git writes addresses of ssh, ``git@host:path``.
_SHORT = re.compile(r"([^\s/@:]+@[^\s/@:]+):(?!//)/?(\S+)")


def address_hint(address: str, scheme: str = "") -> str:
    """Return how an address in git's short form is written with a scheme, "" for any other.

    ``scheme`` is the one that the server takes if it does not take ssh.
    """
    found = _SHORT.fullmatch(address.strip())
    if found is None:
        return ""
    place = found[1] if not scheme else found[1].partition("@")[2]
    return "; write it as %s://%s/%s" % (scheme or "ssh", place, found[2])


class BaseRules:
    """Looks up what a generation says in its tables, by the name of the kind."""

    #: Kind -> fields (references by the id they store) that have a column of their own.
    COLUMNS: Mapping[str, frozenset[str]] = {}
    #: Kind -> values of a new object where none are declared.
    DEFAULTS: Mapping[str, Mapping[str, Any]] = {}

    def supports(self, resource: Resource) -> bool:
        """Whether the server knows objects of this kind."""
        return resource.name in self.COLUMNS

    def columns(self, resource: Resource) -> frozenset[str]:
        """Names of the fields that have a column."""
        return self.COLUMNS.get(resource.name, frozenset())

    def server_makes_id(self, resource: Resource, values: Mapping[str, Any]) -> bool:
        """Whether the server makes the id of a new object; of all, unless a generation takes ids of ours."""
        return True

    def defaults(self, resource: Resource, caller: str) -> Mapping[str, Any]:
        """Values of a new object where none are declared; who creates a model owns it."""
        values = dict(self.DEFAULTS.get(resource.name, {}))
        if resource is THREAT_MODEL and caller:
            values.update(owner=caller, authorization=[{"user": caller, "role": "owner"}])
        return values
