# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""People whom a plan gives access and who have never logged in: reported before any write, if the server knows it."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Sequence

from .._errors import NotFoundError, listed
from .._resources._fields import Person, Rows
from .ports import Server
from .tree import CREATE, Change, Plan, place

_UPDATE = "update"
#: People that a message names.
_NAMED = 5


def unknown_people(people: Sequence[str], where: str) -> NotFoundError:
    """Return the error for people whom the server does not know; ``where`` is the field that names them."""
    words = "the server does not know %s: people in this field must have logged in once"
    return NotFoundError(words % listed(people, _NAMED), where)


def refuse_unknown_people(server: Server, plan: Plan, caller: str) -> None:
    """Raise NotFoundError that names the people whom the server does not know.

    Asks only about people whom the plan adds, without the caller, so most plans need no request.
    """
    for change in plan.changes:
        if change.desired is None or change.action not in (CREATE, _UPDATE):
            continue
        unknown: dict[str, list[str]] = {}
        for name, row in _new_people(change):
            if row["user"] != caller and server.is_unknown_person(row, change.actual):
                unknown.setdefault(name, []).append(row["user"])
        for name, people in unknown.items():
            raise unknown_people(people, place(change.desired, name))


def _new_people(change: Change) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (field, row with ``user`` and perhaps ``provider``) of people whom the existing object does not name.

    A new owner is in the rows too; only the field of the owner is reported.
    """
    before = change.actual.values if change.actual is not None else {}
    named = [f.name for f in change.resource.fields if f.name in change.fields or change.action == CREATE]
    fields = [field for field in change.resource.fields if field.name in named and change.values.get(field.name)]
    persons = [field.name for field in fields if isinstance(field, Person)]
    known = {row.get("user") for field in fields if isinstance(field, Rows) for row in before.get(field.name) or []}
    for name in persons:
        if change.values[name] not in known:
            known.add(change.values[name])
            yield name, {"user": change.values[name]}
    for field in fields:
        if isinstance(field, Rows):
            rows = [row for row in change.values[field.name] if row.get("user") and row["user"] not in known]
            yield from ((field.name, row) for row in rows)
