# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run over many models holds at once: all are planned before the first is written."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.packing import pack, unpack
from ansible_collections.tmi.tmi.plugins.module_utils._engine.plan import plan
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Run
from ansible_collections.tmi.tmi.plugins.module_utils._modules import definition_model
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition_model import CompiledModel, Model
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer

MODELS = 4
#: KiB a model, of sixty objects, that may be held while the others are planned or written.
MOST = 40
POLICY = Policy("fail", "", register=True)


def definition(number: int) -> dict[str, Any]:
    nodes = {"n%d" % i: {"type": "process", "label": "Node %d" % i} for i in range(10)}
    return {
        "tmi_definition": 1,
        "key": "service-%d" % number,
        "name": "Service %d" % number,
        "documents": {"d%d" % i: {"uri": "https://wiki.example.com/%d/%d" % (number, i)} for i in range(5)},
        "sources": {"s%d" % i: {"uri": "https://git.example.com/%d/%d" % (number, i)} for i in range(5)},
        "diagrams": {"main": {"nodes": nodes, "flows": ["n%d -> n%d" % (i, i + 1) for i in range(9)]}},
        "threats": {
            "t%d" % i: {
                "at": "main/n%d" % (i % 10),
                "description": "What may happen to part %d of service %d, in a few words" % (i, number),
                "mitigation": "Control %d of the catalogue" % i,
                "severity": "high",
            }
            for i in range(48)
        },
    }


def models(server: FakeServer, state: int = 0) -> list[Model]:
    """Return the models of a run; ``state`` is the number of objects in each that are other than before."""
    found = []
    for number in range(MODELS):
        data = definition(number)
        for index in range(state):
            data["threats"]["t%d" % index]["severity"] = "low"
        source = document(data, "service-%d.yml" % number)
        found.append(
            Model(
                CompiledModel(source, compile_definition(source)), lambda desired: Run(server, desired, POLICY, "rest")
            )
        )
    return found


def held(models: list[Model]) -> tuple[float, float]:
    """Return the KiB a model that a run holds after it has planned and after it has written."""
    gc.collect()
    tracemalloc.start()
    try:
        for model in models:
            model.plan(False, False)
        gc.collect()
        planned, _peak = tracemalloc.get_traced_memory()
        for model in models:
            model.apply()
            assert model.is_applied
        gc.collect()
        written, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return planned / 1024 / MODELS, written / 1024 / MODELS


@pytest.mark.parametrize("there", ["nothing", "all", "all but a change"])
def test_a_model_that_waits_takes_some_kib(there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    server = FakeServer()
    if there != "nothing":
        held(models(server))
    planned, written = held(models(server, there == "all but a change"))
    assert planned < MOST
    if there != "nothing":  # the server of the test lives in this process and holds what was written
        assert written < MOST
    monkeypatch.setattr(definition_model, "pack", lambda value: [value])
    monkeypatch.setattr(definition_model, "unpack", lambda packed: packed[0])
    if there != "all":
        server = FakeServer() if there == "nothing" else server
        unpacked, _written = held(models(server, 0))
        assert unpacked > 2 * MOST  # the measure sees what is not put aside


def test_what_was_put_aside_is_as_before() -> None:
    source = document(definition(1), "service.yml")
    desired = compile_definition(source)
    planned = plan(desired, None, FakeServer.rules, POLICY)
    again, same = unpack(pack((desired, planned)))
    assert (again, same) == (desired, planned)
    assert same.of(again).desired is again
    assert again.resource is desired.resource
    assert [change.resource for change in same.changes] == [change.resource for change in planned.changes]
