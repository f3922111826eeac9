# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The single rules of the planner: identity, references, authorization, metadata, unsupported fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import wire as v1_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import (
    AmbiguousNameError,
    ApiError,
    ConflictError,
    InputError,
    NotFoundError,
    UnsupportedError,
)
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import desired_tree
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import ALICE, FakeServer

BOB, CAROL = "bob@test.tmi", "carol@test.tmi"


def task(
    server: FakeServer, kind: str, write: bool = True, unsupported: str = "fail", via: str = "rest", **params: Any
) -> tuple[Outcome, Mapping[str, Any] | None]:
    """Run one single-object task and return (outcome, object afterwards)."""
    given = {"state": "present", **params}
    if kind != "threat_model":
        given.setdefault("threat_model", "Shop")
    root, leaf = desired_tree(_catalog.by_name(kind), given)
    outcome = reconcile(server, root, Policy(unsupported, assume_missing=not write), write, via)
    return outcome, outcome.after(leaf)


@pytest.fixture
def shop() -> FakeServer:
    """A server with the model Shop, which has one diagram."""
    server = FakeServer()
    task(server, "threat_model", name="Shop")
    task(server, "diagram", name="Main", nodes={"web": {"label": "Web"}, "db": {"type": "store"}}, flows=["web -> db"])
    return server


class TestIdentity:
    def test_id_with_name_renames(self, shop: FakeServer) -> None:
        _first, threat = task(shop, "threat", name="Old")
        assert threat is not None
        _second, renamed = task(shop, "threat", id=threat["id"], name="New")
        assert renamed is not None
        assert (renamed["id"], renamed["name"]) == (threat["id"], "New")

    def test_unknown_id_is_an_error_that_says_what_to_do(self, shop: FakeServer) -> None:
        with pytest.raises(NotFoundError, match="leave the id out"):
            task(shop, "threat", id="00000000-0000-4000-8000-00000000dead", name="x")

    def test_unknown_id_is_absent_already(self, shop: FakeServer) -> None:
        outcome, _after = task(shop, "threat", id="00000000-0000-4000-8000-00000000dead", state="absent")
        assert not outcome.changed

    def test_equal_names_are_distinguished_by_their_anchor(self, shop: FakeServer) -> None:
        for cell in ("web", "db"):
            assert task(shop, "threat", name="T", diagram="Main", cell=cell)[0].changed
        assert not task(shop, "threat", name="T", diagram="Main", cell="web", severity="unknown")[0].changed
        with pytest.raises(AmbiguousNameError, match=r"2 threats are called.*distinguish them by diagram and cell"):
            task(shop, "threat", name="T", severity="low")
        assert len([n for n in shop.census() if n == ("threat", "T")]) == 2

    def test_a_threat_without_an_anchor_gets_one_and_a_task_never_takes_that_of_another_place(
        self, shop: FakeServer
    ) -> None:
        _outcome, free = task(shop, "threat", name="T")
        _outcome, placed = task(shop, "threat", name="T", cell="web")
        _outcome, other = task(shop, "threat", name="T", cell="db")
        assert free is not None
        assert placed is not None
        assert other is not None
        assert free["id"] == placed["id"] != other["id"]

    def test_a_definition_moves_the_only_threat_of_a_name(self, shop: FakeServer) -> None:
        data = {"tmi_definition": 1, "name": "Shop", "threats": {"t": {"name": "T", "at": "Main/web"}}}
        for cell in ("web", "db"):
            desired = compile_definition(document({**data, "threats": {"t": {"name": "T", "at": f"Main/{cell}"}}}, "f"))
            assert reconcile(shop, desired, Policy(), True).changed
        assert shop.census().count(("threat", "T")) == 1

    def test_one_of_two_models_of_a_name_is_never_chosen(self, shop: FakeServer) -> None:
        found = next(o for o in shop.objects.values() if o["wire"]["name"] == "Shop")
        shop.objects["twin"] = {**found, "id": "twin"}
        with pytest.raises(AmbiguousNameError, match=r"2 threat models are called .*use id"):
            task(shop, "threat", name="T")

    def test_clearing_the_place_names_no_place(self, shop: FakeServer) -> None:
        _outcome, placed = task(shop, "threat", name="T", cell="web")
        outcome, cleared = task(shop, "threat", name="T", diagram="")
        assert placed is not None
        assert cleared is not None
        assert cleared["id"] == placed["id"]
        assert outcome.changed
        assert not task(shop, "threat", name="T", diagram="")[0].changed
        task(shop, "threat", name="T", cell="db")
        task(shop, "threat", name="T", cell="web")
        with pytest.raises(AmbiguousNameError):
            task(shop, "threat", name="T", diagram="")


class TestReferences:
    @pytest.mark.parametrize("cell", ["web", "Web"])
    def test_a_cell_is_found_by_key_and_by_label(self, shop: FakeServer, cell: str) -> None:
        _outcome, threat = task(shop, "threat", name="T", cell=cell)
        diagram = next(o for o in shop.objects.values() if o["wire"]["name"] == "Main")
        assert threat is not None
        assert threat["diagram_id"] == diagram["id"]
        assert threat["cell_id"] == next(c.id for c in diagram["cells"] if c.key == "web")

    def test_unknown_names_say_what_there_is(self, shop: FakeServer) -> None:
        with pytest.raises(NotFoundError, match='there is no diagram "Mian"; there is "Main"'):
            task(shop, "threat", name="T", diagram="Mian")
        with pytest.raises(NotFoundError, match="wbe"):
            task(shop, "threat", name="T", diagram="Main", cell="wbe")
        assert ("threat", "T") not in shop.census()

    def test_clearing_the_diagram_clears_the_cell(self, shop: FakeServer) -> None:
        task(shop, "threat", name="T", cell="web")
        _outcome, threat = task(shop, "threat", name="T", diagram="")
        assert threat is not None
        assert "cell_id" not in threat
        assert "diagram_id" not in threat

    def test_a_missing_model_is_assumed_in_check_mode_only(self) -> None:
        outcome, _after = task(FakeServer(), "threat", write=False, threat_model="Later", name="T", cell="web")
        assert outcome.changed
        assert outcome.plan.assumed == ("threat_model Later".replace("_", " "), "cell web")
        with pytest.raises(NotFoundError, match='no threat model "Later"; there is none at all'):
            task(FakeServer(), "threat", threat_model="Later", name="T")

    def test_an_unknown_model_is_reported_with_similar_names(self, shop: FakeServer) -> None:
        with pytest.raises(NotFoundError, match='threat_model: there is no threat model "Shpo"; there is "Shop"'):
            task(shop, "threat", threat_model="Shpo", name="T")

    def test_cells_that_pruning_keeps_are_reported(self, shop: FakeServer) -> None:
        diagram = next(o for o in shop.objects.values() if o["wire"]["name"] == "Main")
        web, db, _flow = diagram["cells"]
        diagram["cells"].append(Cell("mine", "flow", "Drawn by hand", source=web.id, target=db.id))
        outcome, _after = task(shop, "diagram", name="Main", nodes={"web": {}}, prune="managed")
        assert outcome.kept() == [{"diagram": "Main", "cell": "db", "used_by": ["Drawn by hand"]}]

    def test_threats_on_a_removed_cell_lose_it_and_are_in_the_plan(self, shop: FakeServer) -> None:
        task(shop, "threat", name="T", cell="db")
        outcome, _after = task(shop, "diagram", name="Main", nodes={"web": {}}, flows={}, prune="managed")
        assert [c.path[-1] for c in outcome.plan.changes if c.resource.name == "threat"] == ["T"]
        _second, threat = task(shop, "threat", name="T", severity="low")
        assert threat is not None
        assert "cell_id" not in threat


class TestAuthorization:
    def rows(self, server: FakeServer, **params: Any) -> dict[str, str]:
        _outcome, model = task(server, "threat_model", name="Shop", **params)
        assert model is not None
        return {row["user"]: row["role"] for row in model["authorization"]}

    def test_rows_are_merged(self, shop: FakeServer) -> None:
        self.rows(shop, authorization=[{"user": BOB, "role": "reader"}])
        assert self.rows(shop, authorization=[{"user": CAROL, "role": "writer"}]) == {
            ALICE: "owner", BOB: "reader", CAROL: "writer"
        }  # fmt: skip

    def test_purge_spares_owner_and_caller(self, shop: FakeServer) -> None:
        self.rows(shop, authorization=[{"user": BOB, "role": "reader"}])
        assert self.rows(shop, authorization=[], purge_authorization=True) == {ALICE: "owner"}

    def test_the_owner_cannot_be_made_less(self, shop: FakeServer) -> None:
        with pytest.raises(InputError, match="stays its owner"):
            self.rows(shop, authorization=[{"user": ALICE, "role": "reader"}])

    def test_the_owner_is_written_last_and_keeps_the_old_one_in_the_list(self, shop: FakeServer) -> None:
        assert self.rows(shop, owner=BOB, description="new") == {ALICE: "owner", BOB: "owner"}

    def test_a_row_without_a_user_is_refused_before_any_write(self) -> None:
        server = FakeServer()
        with pytest.raises(InputError, match="knows users by e-mail only"):
            task(server, "threat_model", name="M", authorization=[{"group": "everyone", "role": "reader"}])
        assert server.writes == 0


class TestMetadata:
    def test_merge_remove_and_purge(self, shop: FakeServer) -> None:
        def metadata(**params: Any) -> Any:
            _outcome, model = task(shop, "threat_model", name="Shop", **params)
            return (model or {}).get("metadata")

        assert metadata(metadata={"a": 1, "b": True}) == {"a": "1", "b": "true"}
        assert metadata(metadata={"c": "x", "a": None}) == {"b": "true", "c": "x"}
        assert metadata(metadata={"d": "y"}, purge_metadata=True, version="2") == {"d": "y"}
        assert metadata(metadata={}, purge_metadata=True) is None
        _outcome, model = task(shop, "threat_model", name="Shop", description="d")
        assert model is not None
        assert model["version"] == "2", "a field that is kept as metadata is not purged"

    @pytest.mark.parametrize(
        ("metadata", "message"),
        [
            ({"version": "1"}, "use that option"),
            ({"ansible_key": "x"}, "belong to the collection"),
            ({"a b": "x"}, "a key is 1 to 128"),
            ({"a": "<b>"}, "must not hold"),
            ({"a": "  "}, "must not be blank"),
            ({"a": ["x"]}, "must be text, not list"),
            ({True: "x"}, "quote it"),
        ],
    )
    def test_what_the_server_refuses_fails_before_any_write(self, metadata: Any, message: str) -> None:
        server = FakeServer()
        with pytest.raises(InputError, match=message):
            task(server, "threat_model", name="M", metadata=metadata)
        assert server.writes == 0

    def test_a_key_that_cannot_be_addressed_can_be_set_but_not_removed(self, shop: FakeServer) -> None:
        task(shop, "threat_model", name="Shop", metadata={"bulk": "x"})
        with pytest.raises(InputError, match=r"metadata\.bulk: this server cannot remove"):
            task(shop, "threat_model", name="Shop", metadata={"bulk": None})


class TestUnsupported:
    def test_fail_warn_and_metadata(self, shop: FakeServer) -> None:
        with pytest.raises(UnsupportedError, match=r"cwe: this server has no field for it; on_unsupported: metadata"):
            task(shop, "threat", name="T", cwe=["CWE-79"])
        outcome, threat = task(shop, "threat", name="T", cwe=["CWE-79"], unsupported="warn")
        assert outcome.warnings == ["cwe: this server has no field for it; on_unsupported: metadata keeps it as "
                                    "metadata cwe; left out"]  # fmt: skip
        assert "cwe" not in (threat or {})
        _outcome, threat = task(shop, "threat", name="T", cwe=["CWE-79", "CWE-1"], unsupported="metadata")
        assert (threat or {})["cwe"] == ["CWE-1", "CWE-79"]
        assert "metadata" not in (threat or {})

    def test_what_no_server_has_needs_no_consent(self, shop: FakeServer) -> None:
        _outcome, threat = task(shop, "threat", name="T", refs=["CAPEC-1"], likelihood="High")
        assert threat is not None
        assert (threat["refs"], threat["likelihood"]) == (["CAPEC-1"], "high")


class TestKinds:
    def test_a_kind_that_the_server_does_not_know_fails_or_is_left_out(self, shop: FakeServer) -> None:
        with pytest.raises(UnsupportedError, match=r"this server has no assets; on_unsupported: warn leaves them out$"):
            task(shop, "asset", name="Cards", type="data")
        with pytest.raises(UnsupportedError, match="this server has no notes"):
            task(shop, "note", name="N", content="c", unsupported="metadata")
        outcome, asset = task(shop, "asset", name="Cards", type="data", unsupported="warn")
        assert outcome.warnings == ['this server has no assets: asset "Cards" is left out']
        assert not outcome.changed
        assert asset is None
        assert not task(shop, "asset", name="Cards", state="absent")[0].changed
        with pytest.raises(UnsupportedError, match=r"this server has no assets$"):
            task(shop, "asset", name="Cards", state="existing", unsupported="warn")

    def test_an_asset_of_a_threat_is_kept_by_name_where_there_are_none(self, shop: FakeServer) -> None:
        _outcome, threat = task(shop, "threat", name="T", asset="Cards", unsupported="metadata")
        assert (threat or {})["asset"] == "Cards"

    def test_an_asset_of_a_threat_is_its_id_where_there_are_some(self, shop: FakeServer) -> None:
        shop.rules = V1Rules()  # type: ignore[assignment]
        shop.wire = v1_wire
        _outcome, asset = task(shop, "asset", name="Cards", type="Data", classification=["pii", "pci"])
        assert asset is not None
        assert asset["classification"] == ["pci", "pii"]
        _outcome, threat = task(shop, "threat", name="T", asset="Cards")
        assert (threat or {})["asset_id"] == asset["id"]
        with pytest.raises(NotFoundError, match='there is no asset "Crads"; there is "Cards"'):
            task(shop, "threat", name="T", asset="Crads")

    def test_a_note_that_the_server_has_rewritten_is_the_same_note(self, shop: FakeServer) -> None:
        shop.rules = V1Rules()  # type: ignore[assignment]
        shop.wire = v1_wire
        text = "a > b & c 'quoted'\r\nnext <b>bold</b> <https://x.example.com>\n"
        task(shop, "note", name="N", content=text)
        note = next(o for o in shop.objects.values() if o["resource"].name == "note")
        note["wire"]["content"] = "a &gt; b &amp; c &#39;quoted&#39;\nnext bold \n"
        assert not task(shop, "note", name="N", content=text)[0].changed
        assert task(shop, "note", name="N", content=text + "more")[0].changed


class TestValues:
    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"name": "x" * 256}, "name: has 256 characters; this server takes 255"),
            ({"name": "monkey=1"}, "text filter would refuse 'onkey='"),
            ({"name": "T", "score": 11}, "score: 11 is not between 0 and 10"),
            ({"name": "T", "severity": "huge"}, "severity: 'huge' is not one of"),
            ({"name": "T", "threat_type": ["a,b"]}, "cannot hold a comma"),
            ({"name": "T", "score": 1, "clear": ["score"]}, "set and cleared at once"),
        ],
    )
    def test_what_the_server_refuses_fails_before_any_write(
        self, shop: FakeServer, params: dict[str, Any], message: str
    ) -> None:
        written = shop.writes
        with pytest.raises(InputError, match=message):
            task(shop, "threat", **params)
        assert shop.writes == written

    @pytest.mark.parametrize(
        ("address", "message"),
        [
            ("SEC-1", "is not an address that this server takes"),
            ("ftp://issues.example.com/1", "is not an address that this server takes"),
            ("https://-x.example.com/1", "is not an address that this server takes"),
            ("https://issues.example.com/100%", "is not followed by two hexadecimal digits"),
            (" https://issues.example.com:8443/1?x=%20 ", ""),
        ],
    )
    def test_addresses_of_issues_on_v1(self, address: str, message: str) -> None:
        found = dict(V1Rules().check(_catalog.by_name("threat"), {"issue_uri": address}))
        assert message in found.get("issue_uri", "")
        assert bool(found) is bool(message)

    def test_existing_values_are_not_checked_again(self, shop: FakeServer) -> None:
        task(shop, "threat", name="T")
        threat = next(o for o in shop.objects.values() if o["wire"]["name"] == "T")
        threat["wire"]["description"] = "monkey=1"
        outcome, _after = task(shop, "threat", name="T", description="monkey=1")
        assert not outcome.changed

    def test_missing_options_change_nothing_and_empty_ones_clear(self, shop: FakeServer) -> None:
        task(shop, "threat", name="T", description="d", score=5, mitigation="m")
        _outcome, threat = task(shop, "threat", name="T", severity="HIGH", description="", clear=["score"])
        assert threat is not None
        assert (threat["severity"], threat["mitigation"]) == ("high", "m")
        assert "description" not in threat
        assert "score" not in threat

    def test_creation_says_what_is_missing(self, shop: FakeServer) -> None:
        with pytest.raises(InputError, match='document "D" does not exist yet and needs uri to be created'):
            task(shop, "document", name="D")


@pytest.mark.parametrize("via", ["rest", "session", "auto"])
def test_a_new_diagram_gets_description_and_cells_whatever_way_they_go(shop: FakeServer, via: str) -> None:
    wanted = {"name": "Second", "description": "d", "nodes": {"web": {}}}
    outcome, diagram = task(shop, "diagram", via=via, **wanted)
    assert diagram is not None
    assert diagram["description"] == "d"
    assert list(diagram["nodes"]) == ["web"]
    assert outcome.warnings == []
    assert not task(shop, "diagram", via=via, **wanted)[0].changed


class TestFailures:
    def test_deleting_what_people_work_on_fails_and_names_them(self, shop: FakeServer) -> None:
        diagram = next(o for o in shop.objects.values() if o["wire"]["name"] == "Main")
        shop.sessions = {diagram["id"]: [BOB]}
        with pytest.raises(InputError, match=f'diagram "Main" is open in a collaboration session with {BOB}'):
            task(shop, "diagram", name="Main", state="absent")

    def test_a_failure_half_way_reports_the_writes_before(self) -> None:
        server = FakeServer()

        def refuse(*_args: Any) -> None:
            raise ApiError("no", status=400)

        server.write_metadata = refuse  # type: ignore[method-assign]
        with pytest.raises(ApiError, match="no"):
            task(server, "threat_model", name="M", metadata={"a": "b"})
        assert server.journal.lines() == ['created threat model "M"']

    def test_an_answer_that_is_always_lost_ends_after_four_plans(self, shop: FakeServer) -> None:
        written = shop.writes

        shop.lose_all = True
        with pytest.raises(ApiError, match="answer was lost"):
            task(shop, "threat", name="T")
        assert shop.writes - written == 4
        assert len(shop.settled) == 4
        assert not any("threat " in line for line in shop.journal.lines()[1:])

    def test_an_answer_that_is_always_lost_is_no_failure_if_all_is_there_in_the_end(self, shop: FakeServer) -> None:
        shop.lose_all = shop.commits = True
        outcome, threat = task(shop, "threat", name="T")
        assert threat is not None
        assert outcome.changed
        assert shop.journal.lines()[-1] == 'created threat "T"'

    def test_a_value_that_the_server_changes_is_warned_about(self, shop: FakeServer) -> None:
        def forget_description(self: Any, resource: Any, values: Any) -> Any:
            return {**values}

        class Careless(type(shop.rules)):  # type: ignore[misc]
            stored = forget_description

        shop.rules = Careless()
        outcome, _after = task(shop, "threat", name="T", score=7.25)
        assert outcome.warnings == ['threat "T": score was sent as 7.25, the server kept 7.3']


def test_a_session_before_a_conflict_is_in_the_result(shop: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second plan finds the cells as they are wanted, and has no session."""
    threat = {"name": "Replay", "metadata": {"team": "payments"}}
    cells = {"name": "Main", "nodes": {"web": {"type": "process", "label": "Web"}}}
    given = {"tmi_definition": 1, "name": "New", "diagrams": {"main": cells}, "threats": {"t": threat}}
    desired = compile_definition(document(given, "shop.yml"))
    create, conflicts = shop.create, ["threats"]

    def refused_once(parent_id: Any, changes: Any) -> Any:
        if changes[0].resource.plural in conflicts:
            conflicts.clear()
            raise ConflictError("changed meanwhile", status=409)
        return create(parent_id, changes)

    monkeypatch.setattr(shop, "create", refused_once)
    outcome = reconcile(shop, desired, Policy(), write=True, via="session")
    assert conflicts == []
    assert [session["operations"] for session in outcome.sessions] == [1]


def test_wanted_trees_know_which_sections_they_need() -> None:
    root: Desired = desired_tree(_catalog.by_name("threat"), {"state": "present", "threat_model": "M", "name": "T"})[0]
    assert root.sections() == {"threats"}
    root = desired_tree(
        _catalog.by_name("threat"), {"state": "present", "threat_model": "M", "name": "T", "cell": "web"}
    )[0]
    assert root.sections() == {"threats", "diagrams"}
