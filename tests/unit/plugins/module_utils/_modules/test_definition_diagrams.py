# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changed diagrams in the result: both states as definitions, for pictures of a plan."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.export import diagram_states
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._modules.test_definition import run

NODES = {"web": {"type": "process", "label": "Web"}, "db": {"type": "store", "label": "Orders"}}
MAIN = {"name": "Main", "nodes": NODES, "flows": {"sql": {"from": "web", "to": "db", "label": "SQL"}}}
SHOP: dict[str, Any] = {"tmi_definition": 1, "key": "shop", "name": "Shop", "diagrams": {"main": MAIN}}


def changed(**members: Any) -> dict[str, Any]:
    new = copy.deepcopy(SHOP)
    new["diagrams"]["main"].update(members)
    return new


def returned(server: FakeServer, definition: Mapping[str, Any], most: int = 20, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run(server, definition, return_diagrams=most, **params)["diagrams"]
    return found


def nodes(state: Mapping[str, Any]) -> set[str]:
    (diagram,) = state["diagrams"].values()
    compile_definition(document(dict(state), "x.yml"))
    return set(diagram.get("nodes", {}))


def test_nothing_is_returned_unasked() -> None:
    assert "diagrams" not in run(FakeServer(), SHOP)
    assert "diagrams" not in run(FakeServer(), SHOP, return_diagrams=0)


@pytest.mark.parametrize("write", [False, True])
def test_a_created_diagram_has_no_state_before(write: bool) -> None:
    (row,) = returned(FakeServer(), SHOP, write=write)
    assert {**row, "before": 0, "after": 0} == {
        "threat_model": "Shop",
        "name": "Main",
        "key": "main",
        "action": "create",
        "before": 0,
        "after": 0,
    }
    assert row["before"] == {"tmi_definition": 1, "name": "Shop"}
    assert nodes(row["after"]) == {"web", "db"}


@pytest.mark.parametrize("write", [False, True])
def test_a_changed_diagram_has_both_states(write: bool) -> None:
    server = FakeServer()
    run(server, SHOP)
    new = changed(name="Overview", was="Main", nodes={**NODES, "cache": {"type": "store"}})
    (row,) = returned(server, new, write=write)
    assert (row["name"], row["action"]) == ("Overview", "update")
    assert row["before"]["diagrams"]["main"]["name"] == "Main"
    assert nodes(row["before"]) == {"web", "db"}
    assert nodes(row["after"]) == {"web", "db", "cache"}


def test_a_cell_has_one_key_in_both_states() -> None:
    """A cell that a person drew gets its key from the definition that takes it over."""
    server = FakeServer()
    run(server, SHOP)
    (diagram,) = [found for found in server.objects.values() if found["resource"].name == "diagram"]
    diagram["cells"] = [
        diagram_states.replace(cell, metadata={}, label=cell.label or "drawn") for cell in diagram["cells"]
    ]
    (row,) = returned(server, changed(nodes={**NODES, "cache": {}}), write=False)
    assert nodes(row["before"]) == {"web", "db"}


def test_a_removed_diagram_has_no_state_after() -> None:
    server = FakeServer()
    run(server, SHOP)
    (row,) = returned(server, {**SHOP, "diagrams": {}}, write=False, prune={"diagrams": "all"})
    assert (row["action"], row["name"], "diagrams" in row["after"]) == ("delete", "Main", False)
    assert nodes(row["before"]) == {"web", "db"}


@pytest.mark.parametrize("new", [SHOP, changed(name="Overview", was="Main"), changed(description="x")])
def test_a_diagram_whose_picture_stays_is_not_returned(new: dict[str, Any]) -> None:
    server = FakeServer()
    run(server, SHOP)
    assert returned(server, new) == []


def test_the_number_is_limited_in_order_of_the_models() -> None:
    models = [{**SHOP, "key": name.lower(), "name": name} for name in ("One", "Two", "Three")]
    result = run(FakeServer(), *models, return_diagrams=2)
    assert [row["threat_model"] for row in result["diagrams"]] == ["One", "Two"]


def test_large_diagrams_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagram_states, "MOST_CELLS", 2)
    assert returned(FakeServer(), SHOP) == []


def test_the_plan_has_the_words_of_an_icon() -> None:
    server = FakeServer()
    run(server, SHOP)
    web = {**NODES["web"], "icon": "amazon-ec2"}
    result = run(server, changed(nodes={**NODES, "web": web}), write=False)
    (entry,) = [found for found in result["plan"] if found["kind"] == "diagram"]
    assert [cell["fields"] for cell in entry["cell_changes"]] == [{"icon": {"before": None, "after": "amazon-ec2"}}]
