# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models that are found by the key of their definition after their names have changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._definition.merge import with_name_prefix
from ansible_collections.tmi.tmi.plugins.module_utils._definition.sources import localize, read_documents
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import report
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.keys import ModelKeys, prefix_mark
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.model_names import WantedModels
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, Run
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Desired
from ansible_collections.tmi.tmi.plugins.module_utils._errors import AmbiguousNameError
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer


def compiled(definition: Mapping[str, Any], prefix: str) -> Desired:
    data = with_name_prefix({"tmi_definition": 1, **definition}, prefix)
    desired = compile_definition(document(data, "test %s" % data["name"]))
    return replace(desired, own_metadata={**desired.own_metadata, **prefix_mark(prefix)})


def apply(server: FakeServer, *definitions: Mapping[str, Any], prefix: str = "", write: bool = True) -> list[Outcome]:
    """Have several definitions in one run, each planned before any is written."""
    wanted = [compiled(definition, prefix) for definition in definitions]
    wanted_models = WantedModels(wanted, server.rules.as_stored)
    keys = ModelKeys(wanted_models)
    policy = Policy("metadata", register=True)
    runs = [Run(server, desired, policy, "rest", wanted_models, keys) for desired in wanted]
    outcomes = [run.plan() for run in runs]
    return [run.apply() for run in runs] if write else outcomes


def models(server: FakeServer) -> list[str]:
    return [name for kind, name in server.census() if kind == "threat_model"]


SHOP = {"key": "shop", "name": "Shop", "threats": {"flood": {}}}


def test_a_new_name_renames_the_model_and_the_plan_says_so() -> None:
    server = FakeServer()
    apply(server, SHOP)
    renamed = {**SHOP, "name": "Web shop"}
    (predicted,) = apply(server, renamed, write=False)
    (outcome,) = apply(server, renamed)
    assert report.entries(predicted.plan) == report.entries(outcome.plan)
    (entry,) = report.entries(outcome.plan)
    assert (entry["action"], entry["reason"]) == ("update", 'renamed, known by its key "shop"')
    assert entry["fields"] == {"name": {"before": "Shop", "after": "Web shop"}}
    assert server.census() == [("threat", "flood"), ("threat_model", "Web shop")]
    looks = server.looks
    assert not apply(server, renamed)[0].changed
    assert server.looks == looks


def test_a_renamed_model_is_found() -> None:
    server = FakeServer()
    apply(server, SHOP)
    (model,) = [o for o in server.objects.values() if o["resource"].name == "threat_model"]
    model["wire"]["name"] = "Shop (old)"
    apply(server, SHOP)
    assert models(server) == ["Shop"]


def test_keys_are_read_once_and_of_models_that_no_definition_means() -> None:
    server = FakeServer()
    others = [{"key": f"other-{n}", "name": f"Other {n}"} for n in range(3)]
    apply(server, *others, SHOP)
    assert server.looks == 0  # there was nothing yet
    apply(server, *[{"key": f"new-{n}", "name": f"New {n}"} for n in range(3)], SHOP)
    assert server.looks == 3
    assert len(models(server)) == 7


def test_nothing_is_read_where_nothing_is_created() -> None:
    server = FakeServer()
    apply(server, SHOP, {"key": "other", "name": "Other"})
    apply(server, {**SHOP, "description": "Changed"})
    assert server.looks == 0


def test_definitions_without_a_key_are_new() -> None:
    server = FakeServer()
    apply(server, SHOP)
    apply(server, {"name": "Web shop"})
    assert models(server) == ["Shop", "Web shop"]
    assert server.looks == 0


def test_environments_on_one_server_keep_their_models() -> None:
    server = FakeServer()
    for prefix in ("Test ", "", "Production "):
        apply(server, SHOP, prefix=prefix)
    assert models(server) == ["Production Shop", "Shop", "Test Shop"]
    apply(server, {**SHOP, "name": "Web shop"}, prefix="Test ")
    assert models(server) == ["Production Shop", "Shop", "Test Web shop"]
    assert not apply(server, SHOP, prefix="Production ")[0].changed


def test_a_definition_as_a_template_makes_a_model_for_each_name() -> None:
    assert prefix_mark("", "Shop A") not in (prefix_mark("", "Shop B"), prefix_mark("Shop A"), prefix_mark(""))
    (named,) = read_documents({"definition": {"tmi_definition": 1, **SHOP}, "overlay": {"name": "Shop A"}})
    (keyed,) = read_documents({"definition": {"tmi_definition": 1, **SHOP}, "overlay": {"name": "A", "key": "a"}})
    assert (named.named, keyed.named) == ("Shop A", "")
    sent = localize({"definition": {"tmi_definition": 1, **SHOP}, "overlay": {"name": "Shop A"}}, str, True)
    assert [found.named for found in read_documents(sent)] == ["Shop A"]


def test_several_models_of_a_key_are_reported() -> None:
    server = FakeServer()
    apply(server, SHOP, {**SHOP, "name": "Market"})
    with pytest.raises(AmbiguousNameError, match=r'has the name "Bazaar", and 2 have its key: "Shop" .*"Market"'):
        apply(server, {**SHOP, "name": "Bazaar"})
    assert models(server) == ["Market", "Shop"]


def test_several_new_definitions_of_a_key_are_reported() -> None:
    server = FakeServer()
    apply(server, SHOP)
    with pytest.raises(AmbiguousNameError, match='have the key "shop", and one of them may be the model "Shop"'):
        apply(server, {**SHOP, "name": "Market"}, {**SHOP, "name": "Bazaar"})
    assert models(server) == ["Shop"]


def test_a_former_name_counts_more() -> None:
    server = FakeServer()
    apply(server, {"name": "Market"}, SHOP)
    apply(server, {**SHOP, "name": "Bazaar", "was": "Market"})
    assert models(server) == ["Bazaar", "Shop"]


def test_a_model_to_be_deleted_is_not_looked_up_by_key() -> None:
    server = FakeServer()
    apply(server, SHOP)
    gone = replace(compiled({**SHOP, "name": "Web shop"}, ""), state="absent", children=())
    wanted_models = WantedModels([gone], server.rules.as_stored)
    run = Run(server, gone, Policy(register=True), "rest", wanted_models, ModelKeys(wanted_models))
    assert not run.apply().changed
    assert server.looks == 0
