# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Renames: which objects still have their old name (``was``), and which new names are in use. Pure.

The server accepts a name twice, and no later run could distinguish the two objects, so a name that another object has
is refused before anything is written. Objects of one plan may take over names from each other. An object that a
definition lists under its own name keeps it, whatever another one ``was``: the ``was`` may be from an old rename.
"""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence, Tuple

from ..._errors import InputError
from ..._resources._resource import Resource
from ..tree import ABSENT, Change, Desired, Entity, place

#: (resource, field, text) -> the text as the server stores it.
AsStored = Callable[[Resource, str, str], str]
#: The name of an object, and the values of its anchors, which distinguish it from others of that name.
Identity = Tuple[Any, ...]


def old_name(desired: Desired, as_stored: AsStored) -> Optional[str]:
    """Return the former name of an object as the server stores it; None if it is also the new one."""
    if not desired.was or desired.id:
        return None
    name = as_stored(desired.resource, "name", desired.was)
    return None if name == new_name(desired, as_stored) else name


def new_name(desired: Desired, as_stored: AsStored) -> Optional[str]:
    """Return the declared name as the server stores it."""
    name = desired.values.get("name")
    return as_stored(desired.resource, "name", str(name)) if name else None


def find_renamed(new: Mapping[int, frozenset[str]], old: Mapping[int, frozenset[str]]) -> set[int]:
    """Return the indexes of the wanted objects that are to be renamed.

    ``new`` and ``old``: index -> ids of the existing objects that have the new and the old name. An object is to be
    renamed if no object has the new name, or if its holder is renamed too: A becomes B while B becomes C.
    """
    candidates = {index for index, ids in old.items() if ids}
    while True:
        kept = {index for index in candidates if _may_move(index, candidates, new, old)}
        if kept == candidates:
            return kept
        candidates = kept


def _may_move(
    index: int, renamed: set[int], new: Mapping[int, frozenset[str]], old: Mapping[int, frozenset[str]]
) -> bool:
    """Whether an object can get its new name, and no other wanted object claims the existing one."""
    passed_on: set[str] = set().union(*(old[other] for other in renamed if other != index))
    claimed: set[str] = set().union(*(ids for other, ids in new.items() if other not in renamed))
    return new[index] <= passed_on and not old[index] & claimed and not _in_circle(index, renamed, new, old)


def _in_circle(
    index: int, renamed: set[int], new: Mapping[int, frozenset[str]], old: Mapping[int, frozenset[str]]
) -> bool:
    """Whether names would be exchanged in a circle: the next run could not know that they have been."""
    at, seen = index, set()
    while new[at] and at not in seen:
        seen.add(at)
        giver = next((other for other in renamed if other != at and old[other] & new[at]), None)
        if giver is None:
            return False
        at = giver
    return at in seen


def givers_first(changes: Sequence[Change]) -> list[Change]:
    """Return updates ordered so that a name is given up before it is reused, also if the run is interrupted."""
    holders = {c.actual.values.get("name"): c for c in changes if c.actual is not None and "name" in c.fields}
    ordered: dict[int, Change] = {}

    def put(change: Change, getting: tuple[int, ...] = ()) -> None:
        holder = holders.get(change.values.get("name")) if "name" in change.fields else None
        if holder is not None and holder is not change and id(holder) not in getting:
            put(holder, (*getting, id(change)))
        ordered.setdefault(id(change), change)

    for change in changes:
        put(change)
    return list(ordered.values())


def described(entity: Entity, anchors: Sequence[str] = (), key: Optional[str] = None) -> str:
    """Return the data that distinguish objects of equal name: id, anchor, owner, time of creation, definition's key."""
    mark = key or entity.own_metadata.get("ansible_key")
    names = (*anchors, *(("owner",) if entity.resource.parent is None else ()), "created_at")
    facts = ["%s %s" % (n, entity.values[n]) for n in names if entity.values.get(n)]
    return ", ".join(["id %s" % entity.id, *facts, *(["key %s" % mark] if mark else [])])


def both_names_used(desired: Desired, entity: Entity, old: Entity, anchors: Sequence[str] = ()) -> InputError:
    """Return the error for an object if one object has its new name and another one its old name."""
    return InputError(
        'the %s "%s" was "%s", but both exist: "%s" (%s) and "%s" (%s). If only one of them is wanted, write its id in '
        "place of was, and rename or delete the other; if both should stay, remove was"
        % (
            desired.resource.title,
            desired.label,
            desired.was,
            entity.label,
            described(entity, anchors),
            old.label,
            described(old, anchors),
        ),
        place(desired, "was"),
    )


def unused_old_name(desired: Desired, holder: Entity, where: str) -> str:
    """Return the warning for an object that is created because ``holder`` of its old name is wanted at ``where``."""
    text = '%s is not used: the %s "%s" (id %s) is also wanted (%s) and keeps its name; "%s" is a new one'
    title = desired.resource.title
    return text % (place(desired, "was"), title, holder.label, holder.id, where, desired.label)


def used_name(
    desired: Desired, entity: Entity, holder: Optional[Entity], where: str, anchors: Sequence[str]
) -> InputError:
    """Return the error for an object whose new name is that of another, ``holder`` or one wanted at ``where``."""
    other = described(holder, anchors) if holder is not None else "new, wanted in %s" % where
    return InputError(
        'the %s "%s" (%s) cannot get the name "%s": another one has it (%s). Rename or delete that one, or choose '
        "another name" % (desired.resource.title, entity.label, described(entity, anchors), desired.label, other),
        place(desired, "name"),
    )


class Section:
    """The objects of one kind in a model: the wanted ones, each with its existing object, and all existing ones."""

    def __init__(
        self,
        wanted: Sequence[Desired],
        matched: Sequence[Optional[Entity]],
        existing: Sequence[Entity],
        as_stored: AsStored,
        anchors: Callable[[Desired], Mapping[str, object]],
        stored_anchors: Sequence[str],
    ) -> None:
        self.wanted = wanted
        self.matched = matched
        self.existing = existing
        self.as_stored = as_stored
        self.anchors = anchors
        self.stored_anchors = stored_anchors
        self.claims = {entity.id: index for index, entity in enumerate(matched) if entity is not None}

    def refuse_both(self) -> list[str]:
        """Raise InputError if objects have both the old and the new name of a wanted one. Returns warnings."""
        warnings = []
        for index, desired in enumerate(self.wanted):
            old = old_name(desired, self.as_stored)
            entity = self.matched[index]
            if old is None or (entity is not None and entity.values.get("name") == old):
                continue
            for holder in self.existing:
                if holder.values.get("name") != old or holder is entity or not self._is_here(desired, entity, holder):
                    continue
                claimant = self.claims.get(holder.id)
                if entity is None and claimant is not None:
                    warnings.append(
                        unused_old_name(desired, holder, self.wanted[claimant].where or self.wanted[claimant].label)
                    )
                elif entity is not None and (claimant is None or self._is_exchange(index, claimant)):
                    raise both_names_used(desired, entity, holder, self.stored_anchors)
        return warnings

    def _is_here(self, desired: Desired, entity: Optional[Entity], other: Entity) -> bool:
        return self._place(desired, entity) == self._place(None, other)

    def _is_exchange(self, index: int, claimant: int) -> bool:
        """Whether objects that were found by their new names would exchange names in a circle."""
        at, seen = claimant, {index}
        while at not in seen:
            seen.add(at)
            entity, old = self.matched[at], old_name(self.wanted[at], self.as_stored)
            if entity is None or old is None or entity.values.get("name") != new_name(self.wanted[at], self.as_stored):
                return False
            holders = [e for e in self.existing if e.values.get("name") == old and e.id in self.claims]
            if not holders:
                return False
            at = self.claims[holders[0].id]
        return at == index

    def refuse_used_names(self, deleted_ids: set[str], is_kept: Callable[[Entity], bool]) -> None:
        """Raise InputError for an object that is to get the name and anchor of another one that stays."""
        after = [(self._after(desired, entity), index) for index, (desired, entity) in enumerate(self._pairs(is_kept))]
        left = {
            e.id: self._identity(None, e) for e in self.existing if e.id not in deleted_ids and e.id not in self.claims
        }
        for mine, index in after:
            desired, entity = self.wanted[index], self.matched[index]
            if entity is None or mine is None or mine == self._identity(None, entity):
                continue
            for holder in self.existing:
                if left.get(holder.id) == mine:
                    raise used_name(desired, entity, holder, "", self.stored_anchors)
            for other, number in after:
                if other == mine and number != index:
                    rival = self.wanted[number]
                    raise used_name(
                        desired, entity, self.matched[number], rival.where or rival.label, self.stored_anchors
                    )

    def _pairs(self, is_kept: Callable[[Entity], bool]) -> list[tuple[Optional[Desired], Optional[Entity]]]:
        """Return (wanted object, existing object); no wanted one if the existing one is left unchanged."""
        return [(None if e is not None and is_kept(e) else d, e) for d, e in zip(self.wanted, self.matched)]

    def _after(self, desired: Optional[Desired], entity: Optional[Entity]) -> Optional[Identity]:
        if desired is not None and desired.state == ABSENT:
            return None
        return self._identity(desired, entity)

    def _identity(self, desired: Optional[Desired], entity: Optional[Entity]) -> Optional[Identity]:
        name = new_name(desired, self.as_stored) if desired is not None else None
        name = name or (entity.values.get("name") if entity is not None else None)
        return (name, *self._place(desired, entity)) if name else None

    def _place(self, desired: Optional[Desired], entity: Optional[Entity]) -> Identity:
        """Return the new values of the anchors; for a diagram that is to be created its name."""
        declared = self.anchors(desired) if desired is not None else {}
        existing = entity.values if entity is not None else {}
        return tuple(declared[n] if n in declared else existing.get(n) for n in self.stored_anchors)
