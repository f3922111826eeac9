# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The name by which users know a person, out of any form in which servers describe people. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Sequence

#: Members that may hold the name, the best one first.
_MEMBERS = ("email", "user_id", "provider_id")


def email_of(person: Any, members: Sequence[str] = _MEMBERS) -> str:
    """Return the e-mail of a person, or the id if there is no e-mail; "" if there is neither.

    Servers give a text, an object, or an object with a member ``user`` that is one of the two (V0-B38). ``members`` are
    the members of the object to look at, in this order.
    """
    if isinstance(person, Mapping) and person.get("user") and isinstance(person["user"], (str, Mapping)):
        person = person["user"]
    if isinstance(person, str):
        return person
    found = (person.get(name) for name in members) if isinstance(person, Mapping) else ()
    return next((name for name in found if isinstance(name, str) and name), "")
