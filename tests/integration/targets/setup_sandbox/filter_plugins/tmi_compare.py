# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Filters that compare results: ``tmi_known``, ``tmi_holds``, ``tmi_show``, ``tmi_idle``."""

from __future__ import annotations

#: What the server chooses, so that no prediction can hold it.
CHOSEN = ("id", "created_at", "modified_at", "created_by")


def known(thing):
    """Return an object without what the server chooses; a created one has no id yet when it is predicted."""
    return {name: value for name, value in thing.items() if name not in CHOSEN}


def holds(thing, wanted):
    """Whether everything wanted is there; None means that a member is not there at all.

    So does an empty text, which no result has: some releases of core make one of a template that gives None.
    """
    if not (isinstance(wanted, dict) and isinstance(thing, dict)):
        return thing == wanted
    return all(
        name not in thing if value in (None, "") else name in thing and holds(thing[name], value)
        for name, value in wanted.items()
    )


def show(afters, thing):
    """Whether one side of a diff shows an object; of a cell that moves it shows the place as well."""
    return any(set(known(after)) == set(known(thing)) and holds(after, known(thing)) for after in afters)


def idle(diff):
    """Return the pairs of a diff that show no difference, to people or to programs."""
    return [p for p in diff if p["before"] == p["after"] or p["before_object"] == p["after_object"]]


class FilterModule:
    """For the targets of this collection."""

    def filters(self):
        """Return the filters by name."""
        return {"tmi_known": known, "tmi_holds": holds, "tmi_show": show, "tmi_idle": idle}
