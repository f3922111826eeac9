# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Simultaneous runs: a new object whose id the server chose is looked up again after its creation.

Names are not unique on a TMI server and it has no locks, so two runs that both find no object may both create it. The
rule: a run that has created an object uses it only after one look has shown this object and no other one of its name.
If a look shows another one, an order that is the same for all runs decides: the run of the first object waits until the
others are deleted; the other runs delete their own objects and use the first. No step depends on a clock. A look may
come from a cache of the server: it counts only if it shows the run's own object. The page "Architecture" of the
documentation has the proof.
"""

from __future__ import annotations

import calendar
import time
from typing import Any, Collection, Iterable, Iterator, Mapping, Optional, Sequence

from ..._errors import PermissionDeniedError, TakenOverError
from ..._journal import Effect
from ..._resources._resource import Resource
from ..._resources._storage import all_same
from ..._resources.threat_model import THREAT_MODEL
from ..ports import Rules, Server
from ..tree import Change, Entity, Plan
from .objects import stored_anchors

#: Seconds before the second look, doubled for each further one, and the longest of these pauses.
PAUSE, LONGEST_PAUSE = 0.1, 3.2
#: Seconds that a run waits in total for others to delete their objects: at least, at most, and as a multiple of the
#: time of one look. The wait is long, because a run that deletes its object late may delete one that another run uses.
MIN_WAIT, MAX_WAIT, WAIT_FACTOR = 2.0, 16.0, 20
#: Seconds between two looks at a model that another run is creating, until it no longer changes.
IDLE_PAUSE = 0.5
#: Maximum number of these looks.
MAX_IDLE_LOOKS = 120
#: Seconds during which an object counts as new.
_NEW = 60.0
#: Fields that only owners see completely.
_OF_OWNERS = ("owner", "authorization", "reviewer")


def creation_places(plan: Plan, rules: Rules) -> list[str]:
    """Return the places in which a plan creates objects with ids of the server: texts for a model and for its kinds.

    Two plans that have a place in common could create the same object.
    """
    root = plan.changes[0]
    if root.action == "create":
        return ['%s "%s"' % (root.resource.title, _name(root))]
    place = root.actual.id if root.actual is not None else root.path[-1]
    kinds = {change.resource for change in creations(plan, rules)}
    return sorted('%ss of %s "%s" (%s)' % (k.title, root.resource.title, root.path[-1], place) for k in kinds)


def creations(plan: Plan, rules: Rules) -> list[Change]:
    """Return the changes that create an object whose id the server chooses."""
    return [c for c in plan.changes if c.action == "create" and rules.server_makes_id(c.resource, c.values)]


def any_is_new(entities: Sequence[Entity]) -> bool:
    """Whether one of these objects may have been created within the last minute, if the clocks agree."""
    return any(abs(time.time() - _seconds(entity)) < _NEW for entity in entities)


def _seconds(entity: Entity) -> float:
    """Return the time of creation in Unix seconds; now if the server does not report it. Servers report UTC."""
    try:
        return float(calendar.timegm(time.strptime(str(entity.values.get("created_at"))[:19], "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return time.time()


class SameNamed:
    """Looks for objects with the names of those that a run has created; ``warnings`` gets the consequences."""

    def __init__(self, server: Server, warnings: list[str]) -> None:
        self.server = server
        self.warnings = warnings

    def wait_until_unique(
        self, parent_id: Optional[str], created: Sequence[tuple[Change, Entity]], known: Collection[str]
    ) -> None:
        """Wait until a look has shown each of these new objects of one kind without another one of its name.

        ``known``: ids of objects that existed when the run planned; they do not count. Raises TakenOverError after this
        run has deleted its object for that of another run: plan again, with the other run's object.
        """
        server_makes_id = self.server.rules.server_makes_id
        waiting = [(change, entity) for change, entity in created if server_makes_id(change.resource, change.values)]
        lost: list[tuple[Change, Entity]] = []
        first_seen: dict[str, Any] = {}
        pauses = self._pauses()
        while waiting:
            seen = self._look(parent_id, waiting)
            pause = next(pauses, None)
            still = []
            for change, entity in waiting:
                winner = self._winner(entity, self._same_named(entity, seen, known), first_seen, pause is None)
                if winner is None:
                    still.append((change, entity))
                elif winner is not entity:  # at once, because the other run may be waiting
                    self._remove_own(parent_id, change, entity, winner)
                    lost.append((change, winner))
            waiting = still
            if pause is None:
                break
            if waiting:
                self.server.wait(pause)
        lost += self._drop_stale_list(parent_id, waiting, known)
        if lost:
            self._continue_with(*lost[0])

    @staticmethod
    def _pauses() -> Iterator[float]:
        """Yield the pauses before further looks; the time of the second look decides how many there are."""
        begun = time.monotonic()
        yield PAUSE
        look = time.monotonic() - begun - PAUSE
        remaining, pause = min(max(MIN_WAIT, WAIT_FACTOR * look), MAX_WAIT) - PAUSE, PAUSE
        while remaining > 0:
            pause = min(2 * pause, LONGEST_PAUSE)
            remaining -= pause
            yield pause

    @staticmethod
    def _same_named(entity: Entity, seen: Sequence[Entity], known: Collection[str]) -> list[Entity]:
        return [o for o in seen if o.id not in known and is_same_named(o, entity)]

    def _look(self, parent_id: Optional[str], made: Sequence[tuple[Change, Entity]]) -> Sequence[Entity]:
        entities = [entity for _change, entity in made]
        return self.server.find_named(entities[0].resource, parent_id, [entity.label for entity in entities])

    def _winner(
        self, mine: Entity, same_named: Sequence[Entity], first_seen: dict[str, Any], is_last: bool
    ) -> Optional[Entity]:
        """Return the object that stays according to one look; None if the look does not decide it.

        The first one stays, except if another one is already in use, since its run has seen it alone. Another one that
        still exists at the last look belongs to a run that has not seen this run's object.
        """
        rivals = [o for o in same_named if o.id != mine.id]
        if len(rivals) == len(same_named):
            return None  # the list is older than the creation
        if not rivals:
            return mine
        in_use = [o for o in rivals if self._is_in_use(o, first_seen)]
        if in_use:
            return in_use[0]
        return rivals[0] if is_last or same_named[0].id != mine.id else None

    def _is_in_use(self, other: Entity, first_seen: dict[str, Any]) -> bool:
        """Whether an object has changed since it was first seen, or has children."""
        return first_seen.setdefault(other.id, other.raw) != other.raw or any(self.server.counts(other).values())

    def _drop_stale_list(
        self, parent_id: Optional[str], unseen: Sequence[tuple[Change, Entity]], known: Collection[str]
    ) -> list[tuple[Change, Entity]]:
        """Make the server drop a list that is older than the creation: TMI 1.8 caches one until the next write.

        Returns the changes whose objects were deleted for others, with the objects that stay.
        """
        for change, entity in unseen:
            now = self.server.reread(entity)
            if now is None:
                raise TakenOverError("%s was deleted while this run was working" % change.what, what=change.what)
            self.server.update(now, now.values, [n for n in now.resource.identity if now.values.get(n)][:1])
        seen = self._look(parent_id, unseen) if unseen else ()
        lost = []
        for change, entity in unseen:
            rivals = [o for o in self._same_named(entity, seen, known) if o.id != entity.id]
            if rivals:
                self._remove_own(parent_id, change, entity, rivals[0])
                lost.append((change, rivals[0]))
        return lost

    # ---------------------------------------------------------------------------------------------- giving way
    def _continue_with(self, change: Change, winner: Entity) -> None:
        """Raise TakenOverError; for a model, first wait until the other run has finished it."""
        if winner.resource is THREAT_MODEL:
            self._wait_until_idle(change, winner)
        raise TakenOverError(
            "another run created %s at the same time (id %s)" % (change.what, winner.id), what=change.what
        )

    def _remove_own(self, parent_id: Optional[str], change: Change, entity: Entity, winner: Entity) -> None:
        """Delete an object of this run that is not needed, unless it is already used."""
        used = "%s: another run has created one at the same time; its object (id %s) is used" % (change.what, winner.id)
        if not self._is_untouched(parent_id, change, entity):
            self.warnings.append(
                "%s. The object of this run (id %s) stays, because it is already used" % (used, entity.id)
            )
            return
        try:
            self._delete(change, entity)
            self.warnings.append("%s, and the object of this run (id %s) was deleted" % (used, entity.id))
        except PermissionDeniedError:
            self._rename(change, entity, used)

    def _delete(self, change: Change, entity: Entity) -> None:
        effect = Effect(("removed", entity.id), "removed its own %s (id %s)" % (change.what, entity.id))
        with self.server.journal.doing([effect]):
            self.server.delete(entity)

    def _rename(self, change: Change, entity: Entity, used: str) -> None:
        """Rename an object that only an owner may delete, so that names stay unique."""
        field = next((n for n in entity.resource.identity if entity.values.get(n)), "")
        if entity.resource is THREAT_MODEL or field != "name":
            self.warnings.append("%s. Ask an owner to delete the object of this run (id %s)" % (used, entity.id))
            return
        name = "Unused %s %s" % (entity.resource.title, entity.id)
        effect = Effect(("renamed", entity.id), 'renamed its own %s (id %s) to "%s"' % (change.what, entity.id, name))
        with self.server.journal.doing([effect]):
            self.server.update(entity, {**entity.values, "name": name}, ["name"])
        message = '%s. The object of this run now has the name "%s", because only an owner may delete it'
        self.warnings.append(message % (used, name))

    def _is_untouched(self, parent_id: Optional[str], change: Change, entity: Entity) -> bool:
        """Whether an object still exists exactly as this run created it."""
        now = self.server.reread(entity)
        if now is None or now.cells or now.stored_metadata != entity.stored_metadata:
            return False
        if entity.resource is THREAT_MODEL:
            listed = next((o for o in self._look(parent_id, [(change, entity)]) if o.id == entity.id), None)
            if listed is None or any(self.server.counts(listed).values()):
                return False
        # Responses to a creation lack the values that the server adds.
        before = {**self.server.rules.defaults(entity.resource, ""), **entity.values}
        return all_same(entity.resource, now.values, before, but=_OF_OWNERS)

    def _wait_until_idle(self, change: Change, winner: Entity) -> None:
        """Wait until the other run's model no longer changes: two runs would disturb each other."""
        before: Any = None
        for _look in range(MAX_IDLE_LOOKS):
            found = next((o for o in self._look(None, [(change, winner)]) if o.id == winner.id), None)
            if found is None or found.raw == before:
                return
            before = found.raw
            self.server.wait(IDLE_PAUSE)

    # ------------------------------------------------------------------------------------------ unknown fates
    def remove_late_duplicates(
        self, parent_id: Optional[str], changes: Sequence[Change], known: Collection[str]
    ) -> None:
        """Delete duplicates of objects whose creation got no response: it was done late, after another run had looked.

        Of several new objects that match one of the ``changes`` of one kind, the one in use stays, else the first.
        """
        if not changes:
            return
        seen = self.server.find_named(changes[0].resource, parent_id, [_name(change) for change in changes])
        for change in changes:
            same_named = [o for o in seen if o.id not in known and _is_wanted(o, change)]
            if len(same_named) > 1:
                as_created = [o for o in same_named if self._is_as_created(change, o)]
                keep = next((o for o in same_named if o not in as_created), same_named[0])
                for duplicate in as_created:
                    if duplicate is not keep:
                        self._delete(change, duplicate)

    def _is_as_created(self, change: Change, duplicate: Entity) -> bool:
        """Whether an object has no more contents than the creation of ``change`` gives it."""
        now = self.server.reread(duplicate)
        if now is None or now.cells or any(self.server.counts(duplicate).values()):
            return False
        metadata = {**change.metadata, **change.metadata_set}
        return all(metadata.get(key) == value for key, value in now.stored_metadata.items())


def is_same_named(one: Entity, other: Entity) -> bool:
    """Whether two objects of one kind have equal names (or addresses) and, if they are threats, equal anchors."""
    return distinguishing(one.resource, one.values) == distinguishing(other.resource, other.values)


def _name(change: Change) -> str:
    """Return the name of an object as the server stores it."""
    return next((str(change.values[n]) for n in change.resource.identity if change.values.get(n)), change.path[-1])


def is_meant(change: Change, entity: Entity) -> bool:
    """Whether an object with the id of a new one is the wanted one: by a definition's key, or by name and anchor."""
    return bool(change.desired and change.desired.key) or _is_wanted(entity, change)


def _is_wanted(entity: Entity, change: Change) -> bool:
    return distinguishing(entity.resource, entity.values) == distinguishing(change.resource, change.values)


def distinguishing(resource: Resource, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return the values that distinguish an object from others of its kind: its name or address, a threat's anchor."""
    name: Iterable[Any] = next(((n, values[n]) for n in resource.identity if values.get(n)), ())
    return (*name, *(values.get(anchor) for anchor in stored_anchors(resource)))
