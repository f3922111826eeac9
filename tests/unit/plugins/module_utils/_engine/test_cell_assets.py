# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cells that name assets by key or name, and fields that only a creation sets."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import wire as v1_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, NotFoundError, UnsupportedError
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer

KNOWN = "0b8e3a0e-5a2f-4a57-9f0c-0f5a4b8c6d21"


class FakeV1(FakeServer):
    """The same in the forms of v1."""

    rules: Any = V1Rules()
    wire = v1_wire


def shop(*assets: str, **more: Any) -> dict[str, Any]:
    """Return a definition with two assets and a node that names some."""
    known = {"cards": {"name": "Card data", "type": "data"}, "keys": {"type": "data"}}
    return {"assets": known, "diagrams": {"main": {"nodes": {"db": {"type": "store", "assets": list(assets)}}}}, **more}


def run(server: FakeServer, write: bool = True, policy: str = "fail", via: str = "rest", **sections: Any) -> Outcome:
    model = compile_definition(document({"tmi_definition": 1, "key": "shop", **sections}, "shop.yml"))
    return reconcile(server, model, Policy(policy, "alice@test.tmi", register=True), write, via)


def named(server: FakeServer) -> list[str]:
    """Return the names of the assets that the only cell has, by what the server stores."""
    kinds = server.objects
    (diagram,) = (found for found in kinds.values() if found["resource"].name == "diagram")
    (cell,) = diagram["cells"]
    assets = cell.raw.get("data", {}).get("data_assets", [])
    return sorted(kinds[asset]["wire"]["name"] if asset in kinds else asset for asset in assets)


class TestAssetsOfCells:
    @pytest.mark.parametrize("via", ["rest", "session"])
    def test_made_in_the_same_run_under_a_model_that_is_made_too(self, via: str) -> None:
        server = FakeV1()
        assert run(server, write=False, **shop("cards", "keys")).changed
        assert server.writes == 0
        run(server, via=via, **shop("cards", "keys"))
        assert named(server) == ["Card data", "keys"]
        before = server.writes
        assert not run(server, via=via, **shop("cards", "keys")).changed
        assert server.writes == before

    def test_by_key_name_and_id(self) -> None:
        server = FakeV1()
        run(server, **shop("cards", KNOWN))
        assert not run(server, **shop("Card data", KNOWN)).changed
        assert named(server) == sorted(["Card data", KNOWN])

    def test_of_the_server_where_the_definition_has_no_assets(self) -> None:
        server = FakeV1()
        run(server, **shop())
        run(server, diagrams=shop("keys")["diagrams"])
        assert named(server) == ["keys"]

    def test_another_asset_is_a_change_and_an_empty_list_takes_them_away(self) -> None:
        server = FakeV1()
        run(server, **shop("cards"))
        assert run(server, **shop("keys")).changed
        assert named(server) == ["keys"]
        assert run(server, **shop()).changed
        assert named(server) == []

    def test_one_that_is_not_there(self) -> None:
        with pytest.raises(NotFoundError, match=r'^shop\.yml diagrams\.main\.nodes\.db\.assets: there is no asset "x"'):
            run(FakeV1(), **shop("x"))

    def test_a_server_without_assets(self) -> None:
        diagrams = shop("cards")["diagrams"]
        server = FakeServer()
        for policy in ("fail", "metadata"):
            with pytest.raises(
                UnsupportedError, match=r"^shop\.yml diagrams\.main\.nodes\.db\.assets: this server has no"
            ):
                run(server, policy=policy, diagrams=diagrams)
        assert server.writes == 0
        outcome = run(server, policy="warn", diagrams=diagrams)
        assert outcome.warnings == ["shop.yml diagrams.main.nodes.db.assets: this server has no assets; left out"]
        assert named(server) == []
        assert not run(server, policy="warn", diagrams=diagrams).changed


class TestConfidential:
    def test_is_set_when_the_model_is_made_and_never_again(self) -> None:
        server = FakeV1()
        run(server, confidential=True)
        assert not run(server, confidential=True).changed
        before = server.writes
        with pytest.raises(
            InputError, match=r"^shop\.yml\.confidential: can only be set when the threat model is created"
        ):
            run(server, confidential=False)
        assert server.writes == before

    def test_as_metadata_it_hides_nothing_and_may_change(self) -> None:
        server = FakeServer()
        run(server, policy="metadata", confidential=True)
        assert run(server, policy="metadata", confidential=False).changed
        assert not run(server, policy="metadata", confidential=False).changed
