# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that move a threat to another cell, and tasks with a misspelt name in check mode."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._errors import AmbiguousNameError, NotFoundError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.metadata import _tree
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import desired_tree
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer


def task(server: FakeServer, kind: str, write: bool = True, **params: Any) -> Outcome:
    root, _leaf = desired_tree(_catalog.by_name(kind), {"state": "present", "threat_model": "Shop", **params})
    return reconcile(server, root, Policy(assume_missing=not write), write)


def threat(server: FakeServer, write: bool = True, **params: Any) -> Outcome:
    return task(server, "threat", write, **{"name": "Replay", "diagram": "Main", **params})


@pytest.fixture
def shop() -> FakeServer:
    server = FakeServer()
    task(server, "threat_model", name="Shop")
    task(server, "diagram", name="Main", nodes={"web": {"type": "process"}, "db": {"type": "store"}})
    threat(server, cell="web")
    return server


def cells(server: FakeServer) -> list[str]:
    named = {cell.id: cell.key for o in server.objects.values() for cell in o["cells"]}
    return sorted(str(named[o["wire"]["cell_id"]]) for o in server.objects.values() if o["resource"].name == "threat")


@pytest.mark.parametrize("write", [False, True])
def test_a_second_threat_of_the_name_is_reported_with_the_place_of_the_first(shop: FakeServer, write: bool) -> None:
    outcome = threat(shop, write, cell="db")
    (warning,) = outcome.warnings
    assert 'threat "Replay": another one of this name is about cell "web" of diagram "Main" (id ' in warning
    assert "move: true" in warning
    assert outcome.changed
    assert cells(shop) == (["db", "web"] if write else ["web"])


def test_from_then_on_there_are_two(shop: FakeServer) -> None:
    threat(shop, cell="db")
    for cell in ("db", "web"):
        again = threat(shop, cell=cell)
        assert not again.changed
        assert again.warnings == []


def test_one_that_moves(shop: FakeServer) -> None:
    outcome = threat(shop, cell="db", move=True)
    assert outcome.changed
    assert outcome.warnings == []
    assert cells(shop) == ["db"]
    assert not threat(shop, cell="db", move=True).changed


def test_one_that_is_meant_besides(shop: FakeServer) -> None:
    outcome = threat(shop, cell="db", move=False)
    assert outcome.warnings == []
    assert cells(shop) == ["db", "web"]


def test_which_of_several_moves_is_asked(shop: FakeServer) -> None:
    threat(shop, cell="db", move=False)
    task(shop, "diagram", name="Main", nodes={"log": {"type": "store"}})
    with pytest.raises(AmbiguousNameError, match=r'move: 2 threats are called "Replay".*use id'):
        threat(shop, cell="log", move=True)
    assert len(threat(shop, cell="log").warnings) == 2


def test_one_that_is_nowhere_is_new(shop: FakeServer) -> None:
    outcome = threat(shop, name="Flood", cell="db", move=True)
    assert outcome.changed
    assert outcome.warnings == []


class TestNearNames:
    def test_a_model_that_check_mode_assumes(self, shop: FakeServer) -> None:
        outcome = task(shop, "threat", False, name="Flood", threat_model="shop")
        assert outcome.plan.assumed == ("threat model shop",)
        (warning,) = outcome.warnings
        assert warning.startswith('threat_model: there is no threat model "shop"; there is "Shop"')

    def test_whatever_else_there_is(self, shop: FakeServer) -> None:
        for number in range(6):
            task(shop, "threat_model", name="A model %d" % number)
        (warning,) = task(shop, "threat", False, name="Flood", threat_model="SHOP").warnings
        assert warning.startswith('threat_model: there is no threat model "SHOP"; there is "Shop".')

    @pytest.mark.parametrize("kind", ["diagram", "threat"])
    def test_an_object_whose_metadata_are_wanted(self, shop: FakeServer, kind: str) -> None:
        name = {"diagram": "mian", "threat": "Repaly"}[kind]
        root, _leaf = _tree({"threat_model": "Shop", "state": "present", kind: name, "metadata": {}, "purge": False})
        outcome = reconcile(shop, root, Policy(assume_missing=True), False)
        assert outcome.plan.assumed == ("%s %s" % (kind, name),)
        assert len(outcome.warnings) == 1

    def test_one_of_quite_another_name_is_no_slip(self, shop: FakeServer) -> None:
        assert task(shop, "threat", False, name="Flood", threat_model="Bank").warnings == []

    def test_outside_of_check_mode_it_is_an_error(self, shop: FakeServer) -> None:
        with pytest.raises(NotFoundError, match='there is no threat model "shop"; there is "Shop"'):
            task(shop, "threat", name="Flood", threat_model="shop")
