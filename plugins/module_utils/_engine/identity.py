# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Which object on the server is meant (design, rule 7).

``id`` counts first, then the identity fields, then ``was``. Names are not unique on a TMI server: what stays ambiguous
is an error that lists the candidates, never a silent pick. An object that one wanted object has claimed takes no part
in the look-ups of another. Threats of equal name are told apart by their anchor (diagram, cell).
"""

from __future__ import annotations

import difflib
from collections import Counter
from functools import lru_cache
from typing import Any, Callable, Mapping, Optional, Sequence

from .._errors import AmbiguousNameError, InputError, NotFoundError
from .._resources._resource import Resource
from .tree import Desired, Entity

#: Values of reference fields as ids: what :func:`match` compares to tell equal names apart.
Anchors = Mapping[str, Any]


def identity_of(desired: Desired, values: Optional[Mapping[str, Any]] = None) -> Optional[tuple[str, str]]:
    """Return (field, value) that looks a wanted object up, or None when only its id is known."""
    found = desired.values if values is None else values
    for name in desired.resource.identity:
        if found.get(name):
            return name, str(found[name])
    return None


def match(
    wanted: Sequence[Desired],
    actual: Sequence[Entity],
    anchors: Callable[[Desired], Anchors] = lambda desired: {},
    chosen: Callable[[Desired], Optional[str]] = lambda desired: None,
) -> list[Optional[Entity]]:
    """Return for every wanted object the one on the server that it means, or None.

    ``anchors`` gives the distinguishing values that a wanted object declares, as they are stored; ``chosen`` the id
    that we gave it if we created it, where the server lets us choose.
    Raises NotFoundError for an unknown id, InputError for two wanted objects that cannot be told apart, and
    AmbiguousNameError for a name that fits several.
    """
    found: list[Optional[Entity]] = [None] * len(wanted)
    claimed: set[str] = set()
    _refuse_twins(wanted, anchors)
    bearers = Counter(identity_of(desired) for desired in wanted if not desired.id)

    def claim(index: int, entity: Optional[Entity]) -> None:
        if entity is not None:
            found[index] = entity
            claimed.add(entity.id)

    for index, desired in enumerate(wanted):
        if desired.id:
            claim(index, by_id(desired, actual))
        elif desired.key:  # of a task only the name is known, and a namesake elsewhere may be another task's
            mine = chosen(desired)
            claim(index, next((e for e in actual if e.id == mine and e.id not in claimed), None))
    # Exact matches first: a threat that also fits by its anchor must not be taken by a namesake that does not.
    for exact in (True, False):
        for index, desired in enumerate(wanted):
            if desired.id or found[index] is not None:
                continue
            free = [entity for entity in actual if entity.id not in claimed]
            claim(index, _by_name(desired, free, anchors(desired), exact, bearers[identity_of(desired)] > 1))
    return found


def by_id(desired: Desired, actual: Sequence[Entity]) -> Optional[Entity]:
    """Return the object with the wanted id. Raises NotFoundError unless it is to be absent anyway."""
    for entity in actual:
        if entity.id == desired.id:
            return entity
    if desired.state == "absent":
        return None
    raise NotFoundError(
        "no %s has the id %s; leave the id out to create one" % (desired.resource.title, desired.id), desired.where
    )


def not_found(resource: Resource, name: str, actual: Sequence[Entity], where: str = "") -> NotFoundError:
    """Return the error for a name that nothing bears, with the names that come close."""
    names = [entity.label for entity in actual]
    close = difflib.get_close_matches(name, names, n=3) or sorted(names)[:5]
    hint = "; there is %s" % ", ".join('"%s"' % n for n in close) if close else "; there is none at all"
    return NotFoundError('there is no %s "%s"%s' % (resource.title, name, hint), where)


def _refuse_twins(wanted: Sequence[Desired], anchors: Callable[[Desired], Anchors]) -> None:
    seen: dict[Any, Desired] = {}
    for desired in wanted:
        name = identity_of(desired)
        key = (
            ("id", desired.id)
            if desired.id
            else (name, tuple(sorted((k, str(v)) for k, v in anchors(desired).items())))
        )
        if name is None and not desired.id:
            raise InputError("needs %s or id" % " or ".join(desired.resource.identity), desired.where)
        if key in seen:
            raise InputError(
                'two %ss called "%s" cannot be told apart: give them different names%s'
                % (
                    desired.resource.title,
                    desired.label,
                    " or another %s" % "/".join(desired.resource.distinguished_by)
                    if desired.resource.distinguished_by
                    else "",
                ),
                desired.where or seen[key].where,
            )
        seen[key] = desired


def _by_name(
    desired: Desired, free: Sequence[Entity], anchors: Anchors, exact: bool, namesakes: bool
) -> Optional[Entity]:
    resource = desired.resource
    name = identity_of(desired)
    if name is None:
        return None
    fits = [entity for entity in free if entity.values.get(name[0]) == name[1]]
    if not fits and desired.was:
        fits = [entity for entity in free if entity.values.get(name[0]) == desired.was]
    if namesakes and not anchors:  # of several wanted namesakes, the one without an anchor means the one without
        anchors = dict.fromkeys(stored_anchors(resource))
    anchored = [e for e in fits if anchors and all(e.values.get(k) == v for k, v in anchors.items())]
    if len(anchored) == 1:
        return anchored[0]
    if exact:
        return None
    if not namesakes and all(value is None for value in anchors.values()):
        anchors = {}  # to clear the place is to say which place it shall not have, not which one it has
    if len(anchored) > 1 or (len(fits) > 1 and not anchors):
        raise ambiguous(resource, name[1], anchored or fits, desired.where)
    if len(fits) != 1 or namesakes:  # other wanted objects of that name compete for it
        return None
    # A definition lists all threats of its file, so the only namesake has moved. A task knows only itself: a namesake
    # elsewhere may be another task's, and taking it would move it to and fro. One without an anchor gets it.
    free_of_anchor = all(fits[0].values.get(name) is None for name in anchors)
    return fits[0] if desired.key or free_of_anchor else None


@lru_cache(maxsize=None)
def stored_anchors(resource: Resource) -> tuple[str, ...]:
    """Return the fields, as they are stored, that tell objects of equal name apart."""
    return tuple(f.stored_as for f in resource.references if f.name in resource.distinguished_by)


def ambiguous(resource: Resource, name: str, fits: Sequence[Entity], where: str = "") -> AmbiguousNameError:
    """Return the error for a name that several objects bear, with what tells them apart."""

    def describe(entity: Entity) -> str:
        facts = [
            "%s %s" % (n, entity.values[n]) for n in (*stored_anchors(resource), "created_at") if entity.values.get(n)
        ]
        return "%s (%s)" % (entity.id, ", ".join(facts)) if facts else entity.id

    hint = " or tell them apart by %s" % " and ".join(resource.distinguished_by) if resource.distinguished_by else ""
    return AmbiguousNameError(
        '%d %ss are called "%s": %s; use id%s'
        % (len(fits), resource.title, name, ", ".join(describe(e) for e in fits), hint),
        where,
        fits,
    )
