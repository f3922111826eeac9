# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.

"""Two runs at once: an object that the server named is looked for again after it was created.

Names are not unique on a TMI server and it has no locks, so two runs that both find nothing may both create. The rule:
a run that has created an object goes on with it only after one look has shown its own object and no other of that
name. If a look shows another, an order that all runs compute alike decides: the run of the first object waits for the
others to go, the others remove their own and use the first. No step depends on a clock, and a look may come out of a
cache of the server: it counts only if it shows the object of the run itself. The page "Architecture" of the
documentation has the proof.
"""

from __future__ import annotations

import calendar
import time
from typing import Any, Collection, Iterable, Iterator, Mapping, Optional, Sequence

from ..._errors import PermissionDeniedError, TakenOverError
from ..._journal import Deed
from ..._resources._resource import Resource
from ..._resources._storage import all_same
from ..._resources.threat_model import THREAT_MODEL
from ..ports import Rules, Server
from ..tree import Change, Entity, Plan
from .objects import stored_anchors

#: Seconds before the second look, doubled for each further one, and the longest of these pauses.
PAUSE, LONGEST_PAUSE = 0.1, 3.2
#: Seconds in all that a run waits for others to remove theirs: at least, at most, and in times of what one look took.
#: That is long, because a run that gives way late may remove what another has just begun to use.
MIN_WAIT, MAX_WAIT, WAIT_FACTOR = 2.0, 16.0, 20
#: Seconds between two looks at what another run makes, until it rests.
IDLE_PAUSE = 0.5
#: Looks at what another run makes, at most.
MAX_IDLE_LOOKS = 120
#: Seconds for which an object counts as new.
_NEW = 60.0
#: What only owners see complete.
_OF_OWNERS = ("owner", "authorization", "reviewer")


def creation_places(plan: Plan, rules: Rules) -> list[str]:
    """Return what a plan creates under ids of the server: a text for each model by name, and for each kind in a model.

    Two plans that have one in common could make twins.
    """
    root = plan.changes[0]
    if root.action == "create":
        return ['%s "%s"' % (root.resource.title, _name(root))]
    place = root.actual.id if root.actual is not None else root.path[-1]
    kinds = {change.resource for change in creations(plan, rules)}
    return sorted('%ss of %s "%s" (%s)' % (k.title, root.resource.title, root.path[-1], place) for k in kinds)


def creations(plan: Plan, rules: Rules) -> list[Change]:
    """Return the changes that create an object under an id of the server."""
    return [c for c in plan.changes if c.action == "create" and rules.server_makes_id(c.resource, c.values)]


def any_is_new(entities: Sequence[Entity]) -> bool:
    """Whether one of these objects may have been created within the last minute, as far as the clocks agree."""
    return any(abs(time.time() - _seconds(entity)) < _NEW for entity in entities)


def _seconds(entity: Entity) -> float:
    """Return the time of creation in Unix seconds; now where the server does not say it. Servers give it in UTC."""
    try:
        return float(calendar.timegm(time.strptime(str(entity.values.get("created_at"))[:19], "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return time.time()


class SameNamed:
    """Looks for twins of what one run has created; ``warnings`` get what it had to do about them."""

    def __init__(self, server: Server, warnings: list[str]) -> None:
        self.server = server
        self.warnings = warnings

    def wait_until_unique(
        self, parent_id: Optional[str], created: Sequence[tuple[Change, Entity]], known: Collection[str]
    ) -> None:
        """Return when each of these new objects of one kind has been seen alone.

        ``known``: ids of objects that were there when the run planned; they are no twins. Raises TakenOverError after
        this run has given way to another: plan again, with what the other run has made.
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
                elif winner is not entity:  # at once, for its run may wait for this
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
        """Yield the pauses between looks, after which each is made; the second look shows how long one takes."""
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
        """Return the object that stays, as far as one look shows; None: it does not show that yet.

        The first stays, unless another is in use already: its run has seen it alone. A rival that is there at the last
        look belongs to a run that has not seen the object of this one.
        """
        rivals = [o for o in same_named if o.id != mine.id]
        if len(rivals) == len(same_named):
            return None  # the list is from before
        if not rivals:
            return mine
        in_use = [o for o in rivals if self._is_in_use(o, first_seen)]
        if in_use:
            return in_use[0]
        return rivals[0] if is_last or same_named[0].id != mine.id else None

    def _is_in_use(self, other: Entity, first_seen: dict[str, Any]) -> bool:
        """Whether somebody has written to an object since it was first seen, or below it."""
        return first_seen.setdefault(other.id, other.raw) != other.raw or any(self.server.counts(other).values())

    def _drop_stale_list(
        self, parent_id: Optional[str], unseen: Sequence[tuple[Change, Entity]], known: Collection[str]
    ) -> list[tuple[Change, Entity]]:
        """Make the server drop a list from before the creation: some keep one until the next write (TMI 1.8).

        Returns what has given way after it, with the objects that stay.
        """
        for change, entity in unseen:
            now = self.server.reread(entity)
            if now is None:
                raise TakenOverError("%s was removed while this run was at work" % change.what, what=change.what)
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
        """Go on with what another run has made, when that rests."""
        if winner.resource is THREAT_MODEL:
            self._wait_until_idle(change, winner)
        raise TakenOverError(
            "another run created %s at the same time (id %s)" % (change.what, winner.id), what=change.what
        )

    def _remove_own(self, parent_id: Optional[str], change: Change, entity: Entity, winner: Entity) -> None:
        """Remove what this run has made in vain, as long as nobody else has begun to use it."""
        used = "%s: another run created one at the same time; its object (id %s) is used" % (change.what, winner.id)
        if not self._is_untouched(parent_id, change, entity):
            self.warnings.append("%s. The one of this run (id %s) stays: somebody uses it" % (used, entity.id))
            return
        try:
            self._delete(change, entity)
            self.warnings.append("%s, and the one of this run (id %s) was removed" % (used, entity.id))
        except PermissionDeniedError:
            self._rename(change, entity, used)

    def _delete(self, change: Change, entity: Entity) -> None:
        deed = Deed(("removed", entity.id), "removed its own %s (id %s)" % (change.what, entity.id))
        with self.server.journal.doing([deed]):
            self.server.delete(entity)

    def _rename(self, change: Change, entity: Entity, used: str) -> None:
        """Take the name off an object that only an owner may remove, so that names stay unique."""
        field = next((n for n in entity.resource.identity if entity.values.get(n)), "")
        if entity.resource is THREAT_MODEL or field != "name":
            self.warnings.append("%s. Ask an owner to remove the one of this run (id %s)" % (used, entity.id))
            return
        name = "Unused %s %s" % (entity.resource.title, entity.id)
        deed = Deed(("renamed", entity.id), 'renamed its own %s (id %s) to "%s"' % (change.what, entity.id, name))
        with self.server.journal.doing([deed]):
            self.server.update(entity, {**entity.values, "name": name}, ["name"])
        self.warnings.append('%s. The one of this run is called "%s" now: only an owner may remove it' % (used, name))

    def _is_untouched(self, parent_id: Optional[str], change: Change, entity: Entity) -> bool:
        """Whether an object is still exactly what this run created; what is gone is no longer this run's."""
        now = self.server.reread(entity)
        if now is None or now.cells or now.stored_metadata != entity.stored_metadata:
            return False
        if entity.resource is THREAT_MODEL:
            listed = next((o for o in self._look(parent_id, [(change, entity)]) if o.id == entity.id), None)
            if listed is None or any(self.server.counts(listed).values()):
                return False
        # Answers to a creation leave out what the server adds by itself.
        before = {**self.server.rules.defaults(entity.resource, ""), **entity.values}
        return all_same(entity.resource, now.values, before, but=_OF_OWNERS)

    def _wait_until_idle(self, change: Change, winner: Entity) -> None:
        """Wait until the other run has made its model, as far as that can be seen: two at once hinder each other."""
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
        """Remove twins of objects whose creation had an unknown fate: it was done late, after another run had looked.

        Of several new objects that are what ``changes`` of one kind wanted, the one in use stays, else the first.
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
        """Whether an object holds no more than the creation of ``change`` gives it."""
        now = self.server.reread(duplicate)
        if now is None or now.cells or any(self.server.counts(duplicate).values()):
            return False
        metadata = {**change.metadata, **change.metadata_set}
        return all(metadata.get(key) == value for key, value in now.stored_metadata.items())


def is_same_named(one: Entity, other: Entity) -> bool:
    """Whether two objects of one kind cannot be told apart: equal name (or address), and equal place of a threat."""
    return distinguishing(one.resource, one.values) == distinguishing(other.resource, other.values)


def _name(change: Change) -> str:
    """Return the name of an object as the server stores it."""
    return next((str(change.values[n]) for n in change.resource.identity if change.values.get(n)), change.path[-1])


def is_meant(change: Change, entity: Entity) -> bool:
    """Whether an object that has the id of a new one is the same: a definition's key, or name and place of a task's."""
    return bool(change.desired and change.desired.key) or _is_wanted(entity, change)


def _is_wanted(entity: Entity, change: Change) -> bool:
    return distinguishing(entity.resource, entity.values) == distinguishing(change.resource, change.values)


def distinguishing(resource: Resource, values: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what tells an object from others of its kind: the field that looks it up, and the place of a threat."""
    name: Iterable[Any] = next(((n, values[n]) for n in resource.identity if values.get(n)), ())
    return (*name, *(values.get(anchor) for anchor in stored_anchors(resource)))
