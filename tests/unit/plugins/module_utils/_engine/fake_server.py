# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TMI server in memory behind the engine's ports: rules and forms of v0, no HTTP. Counts writes, and loses some."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0 import wire as v0_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan, SessionOutcome
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Change, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import AmbiguousWriteError, MissingError
from ansible_collections.tmi.tmi.plugins.module_utils._journal import Journal
from ansible_collections.tmi.tmi.plugins.module_utils._resources._resource import Resource
from ansible_collections.tmi.tmi.plugins.module_utils._resources._storage import separate_metadata
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL

ALICE = "alice@test.tmi"


class FakeServer:
    """``lose``: index of the write whose answer is lost; ``commits``: whether it was done."""

    rules = V0Rules()
    wire: Any = v0_wire

    def __init__(self) -> None:
        self.journal = Journal()
        self.objects: dict[str, dict[str, Any]] = {}
        self.ids = (f"00000000-0000-4000-8000-{n:012d}" for n in itertools.count(1))
        self.writes = 0
        #: Models whose metadata were asked for, since lists do not carry them.
        self.looks = 0
        self.lose: int | None = None
        self.lose_all = False
        self.commits = False
        self.sessions: dict[str, list[str]] = {}
        self.settled: list[bool] = []
        #: People who have never logged in, as this server reports; and the people it was asked about.
        self.unknown_people: set[str] = set()
        self.asked: list[str] = []
        self._lost: Callable[[], Any] = list

    # ----------------------------------------------------------------------------------------------- reading
    def caller(self) -> str:
        return ALICE

    def is_unknown_person(self, row: Mapping[str, Any], model: Entity | None) -> bool:
        self.asked.append(row["user"])
        return row["user"] in self.unknown_people

    def models(self) -> Sequence[Entity]:
        return [self._listed(o) for o in self.objects.values() if o["resource"] is THREAT_MODEL]

    def with_metadata(self, listed: Sequence[Entity]) -> Sequence[Entity]:
        self.looks += len(listed)
        return [self._entity(self.objects[model.id]) for model in listed if model.id in self.objects]

    def model(self, model_id: str, sections: Iterable[str]) -> Entity:
        if model_id not in self.objects:
            raise MissingError("not there", status=404)
        below: dict[str, list[Entity]] = {name: [] for name in (*sections, "threats", "diagrams")}
        for found in self.objects.values():
            if found["parent"] == model_id:
                below.setdefault(found["resource"].plural, []).append(self._entity(found))
        return replace(self._entity(self.objects[model_id]), children=below)

    def deleted(self, model: Entity, ids: Any) -> Mapping[str, Sequence[Entity]]:
        return {}

    def restore(self, deleted: Entity) -> None:
        raise AssertionError("nothing here was deleted")

    def forget(self) -> None:
        pass

    def find_named(self, resource: Resource, parent_id: str | None, names: Sequence[str]) -> Sequence[Entity]:
        found = [o for o in self.objects.values() if o["resource"] is resource and o["parent"] == parent_id]
        return [self._listed(o) for o in found]

    def _listed(self, found: Mapping[str, Any]) -> Entity:
        """An object as lists show it: without metadata and cells, with what is below a model counted."""
        below = sum(1 for other in self.objects.values() if other["parent"] == found["id"])
        shown = self._entity(found)
        raw = {**shown.raw, "count": below, "cells": len(found["cells"])}
        return replace(shown, own_metadata={}, cells=(), raw=raw)

    def reread(self, entity: Entity) -> Entity | None:
        found = self.objects.get(entity.id)
        return self._entity(found) if found else None

    def counts(self, listed: Entity) -> Mapping[str, int]:
        return {"count": listed.raw["count"]} if listed.resource is THREAT_MODEL else {}

    @contextlib.contextmanager
    def exclusively(self, places: Sequence[str], since: float) -> Iterator[bool]:
        yield False

    def wait(self, seconds: float) -> None:
        pass

    def open_sessions(self) -> Mapping[str, Sequence[str]]:
        return self.sessions

    known_sessions = open_sessions

    def settle(self, timed_out: bool, sent_at: float) -> None:
        self.settled.append(timed_out)

    def _entity(self, found: Mapping[str, Any]) -> Entity:
        resource: Resource = found["resource"]
        values = self.wire.from_wire(resource, found["wire"])
        values, rest, own = separate_metadata(resource, values, found["metadata"], self.rules.columns(resource))
        return Entity(
            resource,
            found["id"],
            values,
            rest,
            own,
            dict(found["metadata"]),
            found["parent"],
            found["wire"],
            tuple(found["cells"]),
        )

    # ----------------------------------------------------------------------------------------------- writing
    def _write(self, act: Callable[[], Any]) -> Any:
        index, self.writes = self.writes, self.writes + 1
        write = self.journal.write("write %d" % index)
        write.sent()
        if index != self.lose and not self.lose_all:
            done = act()
            write.committed()
            return done
        self._lost = act
        if self.commits:
            act()
        raise AmbiguousWriteError("the answer was lost", timed_out=False)

    def commit_lost(self) -> None:
        """Carry out the write whose answer was lost, late."""
        self._lost()

    def _there(self, object_id: str) -> dict[str, Any]:
        if object_id not in self.objects:
            raise MissingError("not there", status=404)
        return self.objects[object_id]

    def create(self, parent_id: str | None, changes: Sequence[Change]) -> list[Entity]:
        def act() -> list[Entity]:
            if parent_id is not None:
                self._there(parent_id)
            made = []
            for change in changes:
                found = {
                    "id": next(self.ids),
                    "resource": change.resource,
                    "parent": parent_id,
                    "metadata": {},
                    "cells": [],
                }
                found["wire"] = self.wire.to_wire(change.resource, {**change.values, "owner": ALICE})
                self.objects[str(found["id"])] = found
                made.append(self._entity(found))
            return made

        entities: list[Entity] = self._write(act)
        return entities

    def update(self, actual: Entity, values: Mapping[str, Any], fields: Sequence[str]) -> Entity:
        def act() -> Entity:
            found = self._there(actual.id)
            kept = {**self.wire.from_wire(actual.resource, found["wire"]), **{n: values.get(n) for n in fields}}
            found["wire"] = self.wire.to_wire(actual.resource, self.rules.stored(actual.resource, kept))
            return self._entity(found)

        entity: Entity = self._write(act)
        return entity

    def update_many(self, changes: Sequence[Change]) -> list[Entity]:
        return [self.update(c.actual, c.values, c.fields) for c in changes if c.actual]

    def delete(self, actual: Entity) -> None:
        def act() -> None:
            doomed = {actual.id} | {o["id"] for o in self.objects.values() if o["parent"] == actual.id}
            for name in doomed:
                self.objects.pop(name, None)

        self._write(act)

    def write_metadata(self, entity: Entity, put: Mapping[str, str], removed: Sequence[str]) -> None:
        def act() -> None:
            metadata = self._there(entity.id)["metadata"]
            metadata.update(put)
            for key in removed:
                metadata.pop(key, None)

        self._write(act)

    def write_cells(self, diagram: Entity, plan: CellPlan, values: Mapping[str, Any]) -> Entity:
        def act() -> Entity:
            found = self._there(diagram.id)
            found["wire"] = self.wire.to_wire(diagram.resource, values)
            found["cells"] = list(plan.cells)
            return self._entity(found)

        entity: Entity = self._write(act)
        return entity

    def edit_in_session(self, diagram: Entity, replan: Callable[[Sequence[Cell]], CellPlan]) -> SessionOutcome:
        found = self.objects[diagram.id]
        plan = replan(found["cells"])
        self.writes += len(plan.changes)
        write = self.journal.write("session")
        write.sent()
        write.committed()
        found["cells"] = list(plan.cells)
        return SessionOutcome(plan.cells, len(plan.changes))

    def census(self) -> list[tuple[str, str]]:
        """Kind and name of every object, to find duplicates."""
        return sorted((o["resource"].name, o["wire"].get("name") or o["wire"]["url"]) for o in self.objects.values())

    def all_metadata(self) -> list[list[tuple[str, str]]]:
        """Metadata of all objects that have some."""
        return sorted(sorted(o["metadata"].items()) for o in self.objects.values() if o["metadata"])
