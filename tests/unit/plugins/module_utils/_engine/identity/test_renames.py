# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renames: no object gets the name of another one, and ``was`` is never ignored silently."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import wire as v1_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.model_names import WantedModels
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.renames import find_renamed
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, Run, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import desired_tree
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import ALICE, FakeServer


class FakeV1(FakeServer):
    """The same server with the rules and forms of v1."""

    rules: Any = V1Rules()
    wire = v1_wire
    #: The write, by its number, at which the run is killed.
    stop_at: int | None = None

    def _write(self, act: Callable[[], Any]) -> Any:
        if self.stop_at is not None and self.writes >= self.stop_at:
            raise ConnectionError
        return super()._write(act)


@pytest.fixture(params=[FakeServer, FakeV1], ids=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> FakeServer:
    """An empty server of each generation."""
    made: FakeServer = request.param()
    return made


KINDS = ("threat", "diagram", "document", "source", "asset", "note")
NEEDED: Mapping[str, Mapping[str, Any]] = {
    "document": {"uri": "https://a.example.com/"},
    "source": {"uri": "https://a.example.com/"},
    "asset": {"type": "data"},
    "note": {"content": "x"},
}


def apply(server: FakeServer, *definitions: Mapping[str, Any], write: bool = True, **policy: Any) -> list[Outcome]:
    """Plan all definitions, then write them, as ``tmi_definition`` does."""
    wanted = [compile_definition(document({"tmi_definition": 1, **d}, "shop.yml")) for d in definitions]
    wanted_models = WantedModels(wanted, server.rules.as_stored)
    runs = [Run(server, d, Policy("fail", ALICE, register=True, **policy), "rest", wanted_models) for d in wanted]
    planned = [run.plan() for run in runs]
    return [run.apply() for run in runs] if write else planned


def section(kind: str, **entries: Any) -> dict[str, Any]:
    """Return a definition with objects of one kind: key -> its fields."""
    plural = _catalog.by_name(kind).plural
    return {"name": "Shop", plural: {key: {**NEEDED.get(kind, {}), **fields} for key, fields in entries.items()}}


def ids(server: FakeServer) -> dict[str, str]:
    """Return the ids of all objects by their names; names are unique here."""
    return {str(o["wire"].get("name")): str(o["id"]) for o in server.objects.values()}


def task(server: FakeServer, kind: str, **params: Any) -> Outcome:
    """Run one single-object task."""
    given = {"state": "present", **params}
    if kind != "threat_model":
        given.setdefault("threat_model", "Shop")
    root, _leaf = desired_tree(_catalog.by_name(kind), given)
    return reconcile(server, root, Policy(), True, "rest")


def _skip_unless_held(server: FakeServer, kind: str) -> None:
    if not server.rules.supports(_catalog.by_name(kind)):
        pytest.skip("this generation has none")


@pytest.mark.parametrize("kind", KINDS)
class TestChildren:
    def test_a_task_does_not_give_a_name_that_is_used(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}, B={}))
        known, writes = ids(server), server.writes
        with pytest.raises(InputError) as caught:
            task(server, kind, id=known["A"], name="B")
        assert known["A"] in str(caught.value)
        assert known["B"] in str(caught.value)
        assert server.writes == writes

    def test_old_and_new_name_both_exist(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}, B={}))
        known, writes = ids(server), server.writes
        with pytest.raises(InputError, match="both exist") as caught:
            apply(server, section(kind, B={"was": "A"}))
        assert known["A"] in str(caught.value)
        assert known["B"] in str(caught.value)
        assert server.writes == writes

    def test_a_was_that_is_left_over_does_nothing(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}))
        before = ids(server)["A"]
        assert apply(server, section(kind, B={"was": "A"}))[0].changed
        assert ids(server)["B"] == before
        assert not apply(server, section(kind, B={"was": "A"}))[0].changed

    def test_a_chain_passes_names_on(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}, B={}))
        before = ids(server)
        wanted = section(kind, B={"was": "A"}, C={"was": "B"})
        apply(server, wanted)
        assert ids(server) == {"Shop": before["Shop"], "B": before["A"], "C": before["B"]}
        assert not apply(server, wanted)[0].changed

    def test_objects_exchange_names_by_their_ids(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}, B={}))
        before = ids(server)
        wanted = section(kind, x={"id": before["A"], "name": "B"}, y={"id": before["B"], "name": "A"})
        apply(server, wanted)
        assert ids(server) == {"Shop": before["Shop"], "A": before["B"], "B": before["A"]}
        assert not apply(server, wanted)[0].changed

    def test_an_exchange_that_no_later_run_could_detect_is_refused(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}, B={}))
        with pytest.raises(InputError, match="both exist"):
            apply(server, section(kind, A={"was": "B"}, B={"was": "A"}))

    def test_the_object_of_the_name_may_be_deleted_in_the_same_plan(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}, B={}))
        before = ids(server)
        wanted = section(kind, B={"id": before["A"]})
        with pytest.raises(InputError, match="cannot get the name"):
            apply(server, wanted)
        plural = _catalog.by_name(kind).plural
        apply(server, wanted, prune={plural: "all"})
        assert ids(server) == {"Shop": before["Shop"], "B": before["A"]}

    def test_two_wanted_objects_do_not_get_one_name(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}))
        with pytest.raises(InputError, match=r"wanted in shop\.yml"):
            apply(server, section(kind, x={"id": ids(server)["A"], "name": "B"}, B={}))

    def test_an_old_name_that_is_wanted_itself_stays(self, server: FakeServer, kind: str) -> None:
        """A run that was cut off on an empty server leaves the one without the other."""
        _skip_unless_held(server, kind)
        apply(server, section(kind, A={}))
        before = ids(server)
        outcome = apply(server, section(kind, A={}, B={"was": "A"}))[0]
        assert ids(server)["A"] == before["A"]
        assert "B" in ids(server)
        assert [w for w in outcome.warnings if "is not used" in w]


@pytest.mark.parametrize("kind", ["diagram", "note", "threat"])
@pytest.mark.parametrize("cut", range(5))
def test_an_interrupted_chain_of_renames_is_completed(kind: str, cut: int) -> None:
    """Wherever a run ends, the next one finds each object by its name."""
    server = FakeV1()
    apply(server, section(kind, A={}, B={}, C={}))
    before = ids(server)
    wanted = section(kind, B={"was": "A"}, C={"was": "B"}, D={"was": "C"})
    server.stop_at = server.writes + cut
    with contextlib.suppress(ConnectionError):
        apply(server, wanted)
    server.stop_at = None
    apply(server, wanted)
    assert ids(server) == {"Shop": before["Shop"], "B": before["A"], "C": before["B"], "D": before["C"]}
    assert not apply(server, wanted)[0].changed


class TestThreatsAtPlaces:
    CELLS: Mapping[str, Any] = {"Main": {"nodes": {"web": {}, "db": {}}}}

    def test_the_same_name_at_another_place_is_no_conflict(self, server: FakeServer) -> None:
        apply(
            server,
            {
                "name": "Shop",
                "diagrams": self.CELLS,
                "threats": {
                    "x": {"name": "A", "diagram": "Main", "cell": "web"},
                    "y": {"name": "B", "diagram": "Main", "cell": "db"},
                },
            },
        )
        known = ids(server)
        assert task(server, "threat", id=known["A"], name="B").changed

    def test_a_move_to_the_place_of_the_same_name_is_refused(self, server: FakeServer) -> None:
        threat = {"name": "A", "diagram": "Main"}
        threats = {"x": {**threat, "cell": "web"}, "y": {**threat, "cell": "db"}}
        apply(server, {"name": "Shop", "diagrams": self.CELLS, "threats": threats})
        found = [o["id"] for o in server.objects.values() if o["wire"].get("name") == "A"]
        with pytest.raises(InputError, match="cannot get the name"):
            task(server, "threat", id=found[0], name="A", diagram="Main", cell="db")


class TestModels:
    def test_a_task_does_not_give_a_name_that_is_used(self, server: FakeServer) -> None:
        task(server, "threat_model", name="A")
        task(server, "threat_model", name="B")
        known, writes = ids(server), server.writes
        with pytest.raises(InputError) as caught:
            task(server, "threat_model", id=known["A"], name="B")
        assert known["A"] in str(caught.value)
        assert known["B"] in str(caught.value)
        assert server.writes == writes

    def test_old_and_new_name_both_exist(self, server: FakeServer) -> None:
        apply(server, {"name": "A"}, {"name": "B", "key": "b"})
        known = ids(server)
        with pytest.raises(InputError, match="both exist") as caught:
            apply(server, {"name": "B", "was": "A"})
        assert f"id {known['B']}" in str(caught.value)
        assert "key b" in str(caught.value)
        assert known["A"] in str(caught.value)

    def test_a_chain_and_what_is_left_of_it(self, server: FakeServer) -> None:
        apply(server, {"name": "A"}, {"name": "B"})
        before = ids(server)
        wanted = [{"name": "B", "was": "A"}, {"name": "C", "was": "B"}]
        apply(server, *wanted)
        assert ids(server) == {"B": before["A"], "C": before["B"]}
        assert not any(outcome.changed for outcome in apply(server, *wanted))

    def test_an_exchange_by_ids_and_one_by_old_names(self, server: FakeServer) -> None:
        apply(server, {"name": "A"}, {"name": "B"})
        before = ids(server)
        apply(server, {"name": "B", "id": before["A"]}, {"name": "A", "id": before["B"]})
        assert ids(server) == {"A": before["B"], "B": before["A"]}
        with pytest.raises(InputError, match="both exist"):
            apply(server, {"name": "A", "was": "B"}, {"name": "B", "was": "A"})

    def test_a_model_without_a_name_conflicts_with_no_other(self, server: FakeServer) -> None:
        """A server that takes mark-up out of names stores one as ""."""
        task(server, "threat_model", name="A")
        next(iter(server.objects.values()))["wire"].pop("name")
        assert task(server, "threat_model", name="B").changed
        assert not apply(server, {"name": "B", "was": "A"}, write=False)[0].plan.changes[0].fields

    def test_an_old_name_that_is_wanted_itself_stays(self, server: FakeServer) -> None:
        apply(server, {"name": "A"})
        before = ids(server)["A"]
        outcomes = apply(server, {"name": "A"}, {"name": "B", "was": "A"})
        assert ids(server)["A"] == before
        assert "B" in ids(server)
        assert [w for outcome in outcomes for w in outcome.warnings if "is not used" in w]

    def test_two_wanted_models_do_not_get_one_name(self, server: FakeServer) -> None:
        apply(server, {"name": "A"})
        with pytest.raises(InputError, match="wanted in"):
            apply(server, {"name": "B", "id": ids(server)["A"]}, {"name": "B"})


class TestSpelling:
    """API v1 composes letters and takes mark-up out of the names of models; both spellings mean one object."""

    NFD, NFC = "Mu\u0308nchen", "M\u00fcnchen"

    def test_one_object_whatever_the_spelling(self) -> None:
        server = FakeV1()
        diagrams = {"Main": {"nodes": {"u\u0308ber": {}}, "flows": []}}
        for spelling in (self.NFD, self.NFC):
            entry = {"name": spelling, "threats": {spelling: {"asset": spelling, "diagram": "Main"}}}
            apply(server, {**entry, "diagrams": diagrams, "assets": {spelling: {"type": "data"}}})
        assert len(server.objects) == 4
        assert not apply(server, {**entry, "diagrams": diagrams, "assets": {spelling: {"type": "data"}}})[0].changed

    def test_a_name_with_markup(self) -> None:
        server = FakeV1()
        for name in ("<b>A</b> &amp; B", "A & B"):
            task(server, "threat_model", name=name)
        assert len(server.objects) == 1

    def test_an_old_name_and_a_register_in_another_spelling(self) -> None:
        server = FakeV1()
        apply(server, section("threat", **{self.NFD: {}, "B": {}}))
        apply(server, section("threat", B={}), prune={"threats": "managed"})
        assert set(ids(server)) == {"Shop", "B"}
        apply(server, section("threat", **{self.NFC: {}, "B": {}}))
        apply(server, section("threat", C={"was": self.NFD}, B={}))
        assert set(ids(server)) == {"Shop", "B", "C"}

    def test_cells_in_another_spelling(self) -> None:
        server = FakeV1()
        task(server, "threat_model", name="Shop")
        task(server, "diagram", name="Main", nodes={"u\u0308": {"label": self.NFD, "metadata": {"k": self.NFD}}})
        again = task(server, "diagram", name="Main", nodes={"\u00fc": {"label": self.NFC, "metadata": {"k": self.NFC}}})
        assert not again.changed
        assert task(server, "threat", name="T", cell=self.NFD).changed
        assert not task(server, "threat", name="T", cell=self.NFC).changed

    def test_v0_keeps_texts_as_they_are(self) -> None:
        server = FakeServer()
        for name in (self.NFD, self.NFC):
            task(server, "threat_model", name=name)
        assert len(server.objects) == 2


@pytest.mark.parametrize(
    ("new", "old", "movers"),
    [
        ({0: ""}, {0: "a"}, {0}),
        ({0: "b"}, {0: "a"}, set()),
        ({0: "b", 1: ""}, {0: "a", 1: "b"}, {0, 1}),
        ({0: "b", 1: "c", 2: ""}, {0: "a", 1: "b", 2: "c"}, {0, 1, 2}),
        ({0: "b", 1: "c"}, {0: "a", 1: "b"}, set()),
        ({0: "b", 1: "a"}, {0: "a", 1: "b"}, set()),
        ({0: "", 1: "a"}, {0: "a"}, set()),
    ],
)
def test_which_objects_are_renamed(new: dict[int, str], old: dict[int, str], movers: set[int]) -> None:
    """A letter is the id of who bears the name."""
    held, had = ({i: frozenset(names) for i, names in found.items()} for found in (new, old))
    assert find_renamed(held, had) == movers
