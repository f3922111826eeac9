# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Existing same-named objects: which one a definition uses, and which ones the task may delete. Pure.

Same-named objects are of one kind and have equal names, threats also equal anchors: a definition cannot distinguish
them.
"""

from __future__ import annotations

from typing import Any, Callable, Collection, Optional, Sequence

from ..._resources._storage import all_same
from ..._resources.diagram import DIAGRAM
from ..tree import Desired, Entity
from .objects import identity_of
from .renames import AsStored
from .same_named import distinguishing

FAIL, REMOVE = "fail", "remove"
#: What to do with same-named objects.
ON_TWINS = (FAIL, REMOVE)


def best_first(
    same_named: Sequence[Entity], chosen: Collection[Optional[str]], is_empty: Callable[[Entity], bool]
) -> list[Entity]:
    """Return same-named objects, the best one to keep first: a chosen id, then one with contents, then the oldest."""
    return sorted(
        same_named, key=lambda e: (e.id not in chosen, is_empty(e), str(e.values.get("created_at") or ""), e.id)
    )


def find_duplicates(
    wanted: Sequence[Desired],
    existing: Sequence[Entity],
    as_stored: AsStored,
    chosen: Callable[[Desired], Optional[str]],
) -> list[tuple[Entity, Sequence[Entity]]]:
    """Return (object to keep, its duplicates) of the objects of one section that have a wanted name.

    An object that a definition refers to by id has no duplicates: it is wanted besides the others.
    """
    by_id = {desired.id for desired in wanted if desired.id}
    groups: dict[Any, list[Entity]] = {}
    for entity in existing:
        if entity.id not in by_id:
            groups.setdefault(distinguishing(entity.resource, entity.values), []).append(entity)
    groups_of_several = [same_named for same_named in groups.values() if len(same_named) > 1]
    if not groups_of_several:
        return []
    names = {identity_of(desired, as_stored) for desired in wanted if not desired.id}
    mine = {chosen(desired) for desired in wanted}
    results: list[tuple[Entity, Sequence[Entity]]] = []
    for same_named in groups_of_several:
        if any((name, same_named[0].values.get(name)) in names for name in same_named[0].resource.identity):
            kept, *others = best_first(same_named, mine, lambda entity: not entity.cells)
            results.append((kept, others))
    return results


def is_leftover(duplicate: Entity, kept: Entity) -> bool:
    """Whether an object may be the rest of a killed run: an empty diagram, or else an object with equal values."""
    if duplicate.stored_metadata and duplicate.stored_metadata != kept.stored_metadata:
        return False
    if duplicate.resource is DIAGRAM:
        return not duplicate.cells and bool(kept.cells)
    return all_same(duplicate.resource, duplicate.values, kept.values)


def reason_to_delete(keeper: Entity) -> str:
    """Return the reason for deleting a duplicate, for the plan."""
    return "duplicate of %s" % keeper.id
