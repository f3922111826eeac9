# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds the existing object of each wanted one (ENGINE-7).

``id`` counts first, then the origin, then the identity fields, then ``was``. Names are compared as the server stores
them. They are not unique on a TMI server: an ambiguous name is an error that lists the candidates, never a silent
choice. An object that one wanted object has claimed is not considered for another one. Threats of equal name are
distinguished by their anchor (diagram, cell).
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import Any, Callable, Mapping, Optional, Sequence

from ..._errors import AmbiguousNameError, InputError, NotFoundError
from ..._near import near, similar
from ..._resources._marks import ORIGIN
from ..._resources._resource import Resource
from ..tree import Desired, Entity, place
from .renames import AsStored, described, find_renamed, old_name

#: Values of reference fields as ids: :func:`match` distinguishes objects of equal name by them.
Anchors = Mapping[str, Any]


def identity_of(desired: Desired, as_stored: AsStored) -> Optional[tuple[str, str]]:
    """Return the (field, value) by which a wanted object is looked up, None if only its id is known."""
    for name in desired.resource.identity:
        if desired.values.get(name):
            return name, as_stored(desired.resource, name, str(desired.values[name]))
    return None


def match(
    wanted: Sequence[Desired],
    actual: Sequence[Entity],
    as_stored: AsStored,
    anchors: Callable[[Desired], Anchors] = lambda desired: {},
    chosen: Callable[[Desired], Optional[str]] = lambda desired: None,
) -> list[Optional[Entity]]:
    """Return for every wanted object the existing one, or None.

    ``as_stored`` returns a name as the server stores it, ``anchors`` the declared anchors of a wanted object as they
    are stored, ``chosen`` the id that the collection would give it, if the server does not choose ids itself. Raises
    NotFoundError for an unknown id, InputError for two wanted objects that cannot be distinguished, and
    AmbiguousNameError for a name of several objects.
    """
    matched: list[Optional[Entity]] = [None] * len(wanted)
    claimed: set[str] = set()
    names = [identity_of(desired, as_stored) for desired in wanted]
    _refuse_indistinct(wanted, names, anchors)
    holders = Counter(name for desired, name in zip(wanted, names) if not desired.id)
    by_name = _by_name(actual) if wanted else {}
    by_own_id = {entity.id: entity for entity in actual}

    def claim(index: int, entity: Optional[Entity]) -> None:
        if entity is not None:
            matched[index] = entity
            claimed.add(entity.id)

    def claim_by(looked_up: Mapping[int, Optional[tuple[str, str]]]) -> None:
        # Exact matches first: otherwise a threat of the same name but another anchor could claim the object.
        for exact in (True, False):
            for index, name in looked_up.items():
                if name is not None and matched[index] is None and not wanted[index].id:
                    free = [entity for entity in by_name.get(name, ()) if entity.id not in claimed]
                    is_shared = holders[names[index]] > 1
                    claim(index, _pick(wanted[index], free, name[1], anchors(wanted[index]), exact, is_shared))

    for index, desired in enumerate(wanted):
        if desired.id:
            claim(index, by_id(desired, actual))
    for index, entity in _by_origin(wanted, actual).items():
        if entity.id not in claimed:
            claim(index, entity)
    for index, desired in enumerate(wanted):
        if matched[index] is not None or desired.id:
            continue
        if desired.key:  # a task has only names, and an object of that name elsewhere may be another task's
            mine = by_own_id.get(chosen(desired) or "")
            claim(index, mine if mine is not None and mine.id not in claimed else None)
    old = {index: ("name", name) for index, name in _old_names(wanted, as_stored).items() if matched[index] is None}
    if old:
        free = [entity for entity in actual if entity.id not in claimed]
        new = {i: name for i, name in enumerate(names) if matched[i] is None and not wanted[i].id}
        holders_of = [
            {i: _holders(n, free, anchors(wanted[i])) for i, n in looked_up.items()} for looked_up in (new, old)
        ]
        renamed = find_renamed(*holders_of)
        claim_by({index: name for index, name in old.items() if index in renamed})
    claim_by(dict(enumerate(names)))
    claim_by(old)
    return matched


def _by_origin(wanted: Sequence[Desired], actual: Sequence[Entity]) -> dict[int, Entity]:
    """Return the objects of the origins that only one wanted and only one existing object has."""
    origins = [None if desired.id else desired.own_metadata.get(ORIGIN) for desired in wanted]
    bearers: dict[str, list[Entity]] = {}
    for entity in actual if any(origins) else ():
        bearers.setdefault(entity.own_metadata.get(ORIGIN, ""), []).append(entity)
    count = Counter(origins)
    return {
        index: bearers[origin][0]
        for index, origin in enumerate(origins)
        if origin and count[origin] == 1 and len(bearers.get(origin, ())) == 1
    }


def _old_names(wanted: Sequence[Desired], as_stored: AsStored) -> dict[int, str]:
    names = ((index, old_name(desired, as_stored)) for index, desired in enumerate(wanted) if desired.was)
    return {index: name for index, name in names if name is not None}


def _by_name(actual: Sequence[Entity]) -> dict[tuple[str, str], list[Entity]]:
    """Return the objects by each (field, value) by which they can be looked up."""
    by_name: dict[tuple[str, str], list[Entity]] = {}
    for entity in actual:
        for field in entity.resource.identity:
            if entity.values.get(field):
                by_name.setdefault((field, entity.values[field]), []).append(entity)
    return by_name


def _holders(name: Optional[tuple[str, str]], free: Sequence[Entity], anchors: Anchors) -> frozenset[str]:
    """Return the ids of the objects of a name: those with the declared anchors, else all."""
    fits = [e for e in free if name is not None and e.values.get(name[0]) == name[1]]
    here = [e for e in fits if all(e.values.get(k) == v for k, v in anchors.items())]
    return frozenset(entity.id for entity in here or fits)


def by_id(desired: Desired, actual: Sequence[Entity]) -> Optional[Entity]:
    """Return the object with the wanted id. Raises NotFoundError, except if it is to be absent."""
    for entity in actual:
        if entity.id == desired.id:
            return entity
    if desired.state == "absent":
        return None
    raise NotFoundError(
        "no %s has the id %s; leave the id out to create one" % (desired.resource.title, desired.id), desired.where
    )


def not_found(resource: Resource, name: str, actual: Sequence[Entity], where: str = "") -> NotFoundError:
    """Return the error for a name that no object has, with the most similar names."""
    names = [entity.label for entity in actual]
    close = near(name, names) or similar(name, names) or sorted(names)[:5]
    hint = "; there is %s" % ", ".join('"%s"' % n for n in close) if close else "; there is none at all"
    return NotFoundError('there is no %s "%s"%s' % (resource.title, name, hint), where)


def _refuse_indistinct(
    wanted: Sequence[Desired], names: Sequence[Optional[tuple[str, str]]], anchors: Callable[[Desired], Anchors]
) -> None:
    seen: dict[Any, Desired] = {}
    for desired, name in zip(wanted, names):
        key = (
            ("id", desired.id)
            if desired.id
            else (name, tuple(sorted((k, str(v)) for k, v in anchors(desired).items())))
        )
        if name is None and not desired.id:
            raise InputError("needs %s or id" % " or ".join(desired.resource.identity), desired.where)
        if key in seen:
            raise InputError(
                'two %ss have the name "%s" and cannot be distinguished: give them different names%s'
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


def _pick(
    desired: Desired, fits: Sequence[Entity], name: str, anchors: Anchors, exact: bool, is_shared: bool
) -> Optional[Entity]:
    """Return the wanted object of those that have its name."""
    resource = desired.resource
    if is_shared and not anchors:  # of several wanted objects of that name, this one has no anchor
        anchors = dict.fromkeys(stored_anchors(resource))
    anchored = [e for e in fits if anchors and all(e.values.get(k) == v for k, v in anchors.items())]
    if len(anchored) == 1:
        return anchored[0]
    if exact:
        return None
    if not is_shared and all(value is None for value in anchors.values()):
        anchors = {}  # a cleared anchor does not describe the existing object
    if len(anchored) > 1 or (len(fits) > 1 and not anchors):
        raise ambiguous(resource, name, anchored or fits, desired.where)
    if len(fits) > 1 and desired.moves:
        raise ambiguous(resource, name, fits, place(desired, "move"))
    if len(fits) != 1 or is_shared:  # it may belong to another wanted object of that name
        return None
    # A definition lists all of its threats, so the only threat of that name has moved. A task knows only one threat:
    # another one of that name may belong to another task, and claiming it would move it to and fro, unless the task
    # says that it moves. An existing threat without an anchor is claimed.
    free_of_anchor = all(fits[0].values.get(name) is None for name in anchors)
    return fits[0] if desired.key or desired.moves or free_of_anchor else None


@lru_cache(maxsize=None)
def stored_anchors(resource: Resource) -> tuple[str, ...]:
    """Return the stored names of the fields that distinguish objects of equal name."""
    return tuple(f.stored_as for f in resource.references if f.name in resource.distinguished_by)


def ambiguous(resource: Resource, name: str, fits: Sequence[Entity], where: str = "") -> AmbiguousNameError:
    """Return the error for a name of several objects, with the data that distinguish them."""

    def describe(entity: Entity) -> str:
        entity_id, _comma, facts = described(entity, stored_anchors(resource))[len("id ") :].partition(", ")
        return "%s (%s)" % (entity_id, facts) if facts else entity_id

    hint = " or distinguish them by %s" % " and ".join(resource.distinguished_by) if resource.distinguished_by else ""
    return AmbiguousNameError(
        '%d %ss are called "%s": %s; use id%s. If one is enough, tmi_definition with on_twins: remove keeps one, and '
        "lists in check mode those that it would delete"
        % (len(fits), resource.title, name, ", ".join(map(describe, fits)), hint),
        where,
        fits,
    )
