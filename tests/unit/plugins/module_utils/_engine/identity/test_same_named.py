# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two runs that create the same object at the same time: in any order of their calls, one object is left."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity import same_named
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._errors import AmbiguousNameError, PermissionDeniedError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import desired_tree
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import ALICE, FakeServer
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.interleaving import (
    Run,
    all_orders,
    runs_in_order,
)

SHOP = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "documents": {"d": {"uri": "https://wiki.example.com/d"}},
    "diagrams": {
        "main": {"nodes": {"web": {"type": "process"}, "db": {"type": "store"}}, "flows": ["web -> db"]},
        "second": {"nodes": {"web": {"type": "process"}}},
    },
    "threats": {"t": {"at": "main/web"}, "u": {"at": "main/db"}},
}


#: Calls of both runs whose order is tried in full: all up to the decision who gives way, and more.
DEPTH = 11


def task(kind: str, **params: Any) -> Callable[[Any], Outcome]:
    """Return the work of a task of a single-object module."""

    def work(server: Any) -> Outcome:
        given = {"state": "present", **({} if kind == "threat_model" else {"threat_model": "Shop"}), **params}
        root, _leaf = desired_tree(_catalog.by_name(kind), given)
        return reconcile(server, root, Policy("fail"), True, "rest")

    return work


def definition(server: Any) -> Outcome:
    """The work of a task of tmi_definition."""
    desired = compile_definition(document(SHOP, "shop.yml"))
    return reconcile(server, desired, Policy("fail", caller=ALICE, register=True), True, "rest")


TASKS = {
    "model": task("threat_model", name="Shop"),
    "diagram": task("diagram", name="Main"),
    "diagram with cells": task("diagram", name="Main", nodes={"web": {"type": "process"}}),
    "threat": task("threat", name="T"),
    "document": task("document", name="D", uri="https://wiki.example.com/d"),
    "source": task("source", uri="https://git.example.com/s"),
}


def shop() -> FakeServer:
    """A server with a model to create things in."""
    server = FakeServer()
    TASKS["model"](server)
    return server


def check(server: FakeServer, runs: list[Run], order: list[int]) -> None:
    errors = [run.error for run in runs if run.error is not None]
    assert not errors, (errors, order)
    doubles = [name for name, count in Counter(server.census()).items() if count > 1]
    assert not doubles, (doubles, order)


def removed(run: Run) -> list[str]:
    """Return what a run says of its own objects that it has removed."""
    return [line for line in run.result.warnings if "was removed" in line]


class TestTwoRuns:
    @pytest.fixture
    def few_looks(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Few looks keep the number of orders small."""
        monkeypatch.setattr(same_named, "MIN_WAIT", same_named.PAUSE)
        monkeypatch.setattr(same_named, "WAIT_FACTOR", 0)
        monkeypatch.setattr(same_named, "MAX_IDLE_LOOKS", 1)

    @pytest.mark.usefixtures("few_looks")
    @pytest.mark.parametrize("name", sorted(TASKS))
    def test_every_order_of_their_calls_leaves_one_object(self, name: str) -> None:
        make = FakeServer if name == "model" else shop
        count = 0
        for server, runs, order in all_orders(make, [TASKS[name]] * 2, DEPTH):
            count += 1
            check(server, runs, order)
            assert not TASKS[name](server).changed, order
        assert count > 20

    def test_definitions_in_many_orders(self) -> None:
        chance = random.Random(1)
        for _round in range(400):
            server = FakeServer()
            runs, _taken = runs_in_order(server, [definition] * 2, [chance.randrange(2) for _call in range(200)])
            check(server, runs, [])
            gave_way = Counter(line.partition(" (id")[0] for run in runs for line in removed(run))
            assert max(gave_way.values(), default=0) <= 1, "runs waited for each other"
            assert not definition(server).changed

    @pytest.mark.usefixtures("few_looks")
    @pytest.mark.parametrize("name", sorted(TASKS))
    def test_a_run_that_is_killed_stops_no_other(self, name: str) -> None:
        """If it has created and not looked again, its object stays: see the page on what one can rely on."""
        chance = random.Random(2)
        decided = 0
        for steps in range(12):
            for _round in range(10):
                server = FakeServer() if name == "model" else shop()
                first, second = Run(server, TASKS[name]), Run(server, TASKS[name])
                for _step in range(steps):
                    run = first if chance.randrange(2) else second
                    if not run.is_over:
                        run.step()
                is_undecided = "create" in first.calls and not first.is_over
                first.kill()
                while not second.is_over:
                    second.step()
                if is_undecided:
                    assert max(Counter(server.census()).values()) <= 2
                else:
                    check(server, [second], [])
                    assert not TASKS[name](server).changed
                    decided += 1
        assert decided > 20

    def test_a_creation_that_comes_late_leaves_one_object(self) -> None:
        """Its answer was lost, and the other run had looked before it was there: this run looks after both."""
        server = FakeServer()
        settle = server.settle

        def settled(timed_out: bool, sent_at: float) -> None:
            settle(timed_out, sent_at)
            TASKS["model"](server)
            server.commit_lost()

        server.settle, server.lose = settled, 0  # type: ignore[method-assign]
        outcome = TASKS["model"](server)
        assert outcome.changed
        assert server.census() == [("threat_model", "Shop")]


class TestGivingWay:
    """What a run does with the object that it has made in vain."""

    def raced(self, server: FakeServer, kind: str, **params: Any) -> Outcome:
        """Run a task; as soon as it has created its object, another run has one too, the first of the order."""
        create = server.create

        def create_and_meet(parent_id: Any, changes: Any) -> Any:
            server.create = create  # type: ignore[method-assign]
            create(parent_id, changes)
            return create(parent_id, changes)

        server.create = create_and_meet  # type: ignore[method-assign]
        return task(kind, **params)(server)

    def test_the_result_says_that_it_was_deleted(self) -> None:
        server = FakeServer()
        outcome = self.raced(server, "threat_model", name="Shop")
        assert outcome.changed
        assert server.census() == [("threat_model", "Shop")]
        assert [w for w in outcome.warnings if "another run has created one at the same time" in w]

    def test_a_caller_who_may_not_delete_renames(self, monkeypatch: pytest.MonkeyPatch) -> None:
        server = shop()

        def refuse(_actual: Any) -> None:
            raise PermissionDeniedError("owner only", status=403)

        monkeypatch.setattr(server, "delete", refuse)
        outcome = self.raced(server, "diagram", name="Main")
        names = [name for kind, name in server.census() if kind == "diagram"]
        assert min(names) == "Main"
        assert names[1].startswith("Unused diagram 0")
        assert [w for w in outcome.warnings if "only an owner may delete it" in w]
        assert not TASKS["diagram"](server).changed

    def test_an_object_in_use_stays(self) -> None:
        server = shop()
        create = server.create

        def create_and_meet(parent_id: Any, changes: Any) -> Any:
            server.create = create  # type: ignore[method-assign]
            create(parent_id, changes)
            made = create(parent_id, changes)
            server.objects[made[0].id]["metadata"]["seen-by"] = "a person"
            return made

        server.create = create_and_meet  # type: ignore[method-assign]
        with pytest.raises(AmbiguousNameError, match="2 diagrams are called"):
            TASKS["diagram"](server)
        assert Counter(server.census())["diagram", "Main"] == 2

    def test_a_list_from_before_the_creation_does_not_count(self) -> None:
        """TMI 1.8 keeps lists in a cache; one that lacks the run's own object is older than that."""
        server = shop()
        look, stale = server.find_named, list(server.find_named(_catalog.by_name("diagram"), None, ()))
        looks = []

        def old(*arguments: Any) -> Any:
            looks.append(1)
            return stale if len(looks) < 20 and server.writes < 3 else look(*arguments)

        server.find_named = old  # type: ignore[method-assign]
        outcome = self.raced(server, "diagram", name="Main")
        assert Counter(server.census())["diagram", "Main"] == 1
        assert outcome.warnings
