# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Origins of models: a model is followed through renames of its file, at the price of no request in the usual case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import report
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.keys import ModelKeys, prefix_mark
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.model_names import WantedModels
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, Run
from ansible_collections.tmi.tmi.plugins.module_utils._errors import AmbiguousNameError, InputError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import refuse_same_models
from ansible_collections.tmi.tmi.plugins.module_utils._resources._marks import ORIGIN
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.identity.test_renames import FakeV1, ids, task


@pytest.fixture(params=[FakeServer, FakeV1], ids=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> FakeServer:
    """An empty server of each generation."""
    made: FakeServer = request.param()
    return made


def apply(
    server: FakeServer, *definitions: Mapping[str, Any], prefix: str = "", state: str = "present"
) -> list[Outcome]:
    """Plan all definitions, then write them, as ``tmi_definition`` does."""
    wanted = []
    for definition in definitions:
        data = {"tmi_definition": 1, **definition, "name": prefix + definition["name"]}
        compiled = compile_definition(document(data, "%s.yml" % definition["name"]))
        marks = {**compiled.own_metadata, **prefix_mark(prefix)} if compiled.key else compiled.own_metadata
        wanted.append(replace(compiled, own_metadata=marks, state=state))
    refuse_same_models(wanted)
    wanted_models = WantedModels(wanted, server.rules.as_stored)
    keys = ModelKeys(wanted_models)
    runs = [Run(server, desired, Policy("warn", register=True), "rest", wanted_models, keys) for desired in wanted]
    for run in runs:
        run.plan()
    return [run.apply() for run in runs]


def file(name: str, origin: str, **more: Any) -> dict[str, Any]:
    """Return a definition as an import writes it: the key is made of the title."""
    return {"name": name, "key": name.lower(), "origin": origin, **more}


def test_a_new_title_renames_the_model(server: FakeServer) -> None:
    apply(server, file("Shop", "otm:1"), file("Bank", "otm:2"))
    known = ids(server)
    (outcome,) = apply(server, file("Store", "otm:1"))
    assert ids(server) == {"Store": known["Shop"], "Bank": known["Bank"]}
    (entry,) = report.entries(outcome.plan)
    assert (entry["action"], entry["reason"]) == ("update", 'renamed, known by its origin "otm:1"')
    assert not apply(server, file("Store", "otm:1"))[0].changed


def test_a_model_that_a_person_renamed_is_found(server: FakeServer) -> None:
    apply(server, file("Shop", "otm:1"))
    (model,) = server.objects.values()
    model["wire"]["name"] = "Shop (old)"
    apply(server, file("Shop", "otm:1"))
    assert ids(server) == {"Shop": model["id"]}


def test_the_usual_case_reads_no_other_model(server: FakeServer) -> None:
    files = [file("File %d" % number, "otm:%d" % number) for number in range(3)]
    apply(server, *files)
    server.looks = 0
    assert not any(outcome.changed for outcome in apply(server, *files))
    assert server.looks == 0
    apply(server, *files, file("One more", "otm:3"), file("Another", "otm:4"))
    assert server.looks == 3  # each once, for both new ones


def test_models_exchange_their_names(server: FakeServer) -> None:
    apply(server, file("A", "otm:1"), file("B", "otm:2"))
    known = ids(server)
    exchanged = [file("B", "otm:1"), file("A", "otm:2")]
    apply(server, *exchanged)
    assert ids(server) == {"B": known["A"], "A": known["B"]}
    assert not any(outcome.changed for outcome in apply(server, *exchanged))


def test_a_new_file_gets_the_former_title_of_another(server: FakeServer) -> None:
    apply(server, file("Shop", "otm:1"))
    known = ids(server)
    apply(server, file("Store", "otm:1"), file("Shop", "otm:2"))
    after = ids(server)
    assert after["Store"] == known["Shop"] != after["Shop"]


def test_a_model_without_an_origin_is_taken_over_by_name(server: FakeServer) -> None:
    apply(server, {"name": "Shop"})
    known = ids(server)
    apply(server, file("Shop", "otm:1"))
    assert ids(server) == known
    apply(server, file("Store", "otm:1"))
    assert ids(server)["Store"] == known["Shop"]


def test_the_name_of_a_model_that_stays_is_refused(server: FakeServer) -> None:
    apply(server, file("Shop", "otm:1"), {"name": "Store"})
    known, writes = ids(server), server.writes
    with pytest.raises(InputError, match='cannot get the name "Store": another one has it') as caught:
        apply(server, file("Store", "otm:1"))
    assert known["Store"] in str(caught.value)
    assert server.writes == writes


def test_a_model_of_another_origin_is_not_taken_over(server: FakeServer) -> None:
    apply(server, file("Shop", "otm:1"))
    known, writes = ids(server), server.writes
    with pytest.raises(InputError, match='has the origin "otm:1", and this definition "otm:2"') as caught:
        apply(server, file("Shop", "otm:2"))
    assert known["Shop"] in str(caught.value)
    assert server.writes == writes
    with pytest.raises(InputError, match="has the origin"):
        apply(server, file("Shop", "otm:2"), state="absent")
    apply(server, file("Shop", "otm:2", id=known["Shop"]))
    assert not apply(server, file("Shop", "otm:2"))[0].changed


def test_a_key_does_not_find_a_model_of_another_origin(server: FakeServer) -> None:
    apply(server, file("Shop", "otm:1"))
    apply(server, {**file("Store", "otm:2"), "key": "shop"})
    assert set(ids(server)) == {"Shop", "Store"}


def test_an_origin_of_several_models_is_reported_with_all_of_them(server: FakeServer) -> None:
    apply(server, file("Shop", "otm:1"), file("Copy", "otm:2"))
    for found in server.objects.values():
        found["metadata"][ORIGIN] = "otm:1"
    with pytest.raises(AmbiguousNameError, match=r'2 models have the origin "otm:1": "Shop" \(id .*"Copy" \(id'):
        apply(server, file("Store", "otm:1"))
    apply(server, file("Shop", "otm:1"))  # its name decides


def test_two_files_of_one_origin_are_reported(server: FakeServer) -> None:
    with pytest.raises(InputError, match=r'origin "otm:1" is also that of the model "Shop" in Shop\.yml') as caught:
        apply(server, file("Shop", "otm:1"), file("Copy", "otm:1"))
    assert str(caught.value).startswith("Copy.yml")
    assert server.writes == 0


def test_environments_on_one_server_keep_their_models(server: FakeServer) -> None:
    for prefix in ("Test ", "", "Production "):
        apply(server, file("Shop", "otm:1"), prefix=prefix)
    known = ids(server)
    apply(server, file("Store", "otm:1"), prefix="Test ")
    assert ids(server) == {
        "Test Store": known["Test Shop"],
        "Shop": known["Shop"],
        "Production Shop": known["Production Shop"],
    }


def test_a_definition_that_is_absent_deletes_the_model_of_its_origin(server: FakeServer) -> None:
    apply(server, file("Shop", "otm:1"))
    apply(server, file("Store", "otm:1"), state="absent")
    assert ids(server) == {}


def test_files_of_one_key_are_rivals_for_a_model_of_this_key_also_with_different_origins(server: FakeServer) -> None:
    apply(server, {"name": "Shop", "key": "shop"})
    files = [{"name": name, "key": "shop", "origin": "otm:" + name} for name in ("A", "B")]
    with pytest.raises(AmbiguousNameError, match='have the key "shop", and one of them may be the model "Shop"'):
        apply(server, *files)


def test_metadata_of_people_are_no_origin(server: FakeServer) -> None:
    task(server, "threat_model", name="Shop", metadata={"origin": "intranet"})
    known = ids(server)
    task(server, "threat_model", name="Store", metadata={"origin": "intranet"})
    assert set(ids(server)) == {"Shop", "Store"}
    files = [{"tmi_definition": 1, "name": name, "metadata": {"origin": "intranet"}} for name in ("Shop", "Bank")]
    apply(server, *files)
    assert set(ids(server)) == {"Shop", "Store", "Bank"}
    assert ids(server)["Shop"] == known["Shop"]
    assert not any(outcome.changed for outcome in apply(server, *files))
