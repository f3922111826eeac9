# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading models of Threat Dragon: cells, containers by the picture, threats, and reported losses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import from_otm
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write import to_otm
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.threat_dragon_model import (
    cell,
    line,
    model,
    threat,
    without_ids,
)


def diagram(*cells: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = without_ids(from_threat_dragon(model(*cells)).model)["diagrams"]["main_flow"]
    return found


def only_threat(**more: Any) -> dict[str, Any]:
    found = from_threat_dragon(model(cell("process", "api", (0, 0, 90, 90), threats=[threat("T", **more)])))
    result: dict[str, Any] = without_ids(found.model)["threats"]["t"]
    return result


def test_the_model_and_its_people() -> None:
    assert without_ids(from_threat_dragon(model()).model) == {
        "tmi_definition": 1,
        "key": "shop",
        "name": "Shop",
        "description": "A shop",
        "framework": "STRIDE",
        "metadata": {"td_owner": "Ana", "td_reviewer": "Rob", "td_contributors": "Bob, Eve"},
        "diagrams": {"main_flow": {"name": "Main flow"}},
    }


def test_cells_keep_shapes_places_and_marks() -> None:
    found = diagram(
        cell("actor", "user", (1.5, -20, 112, 60), outOfScope=True, reasonOutOfScope="Given"),
        cell("store", "log", (300, 0, 160, 80), isALog=True, isSigned=False, storesCredentials=True),
        cell("td-text-block", "a\nremark", (9, 9, 50, 50)),
    )
    assert found["nodes"] == {
        "user": {
            "type": "actor",
            "label": "User",
            "metadata": {"out_of_scope": "true", "reason_out_of_scope": "Given"},
        },
        "log": {"type": "store", "label": "Log", "metadata": {"is_a_log": "true", "stores_credentials": "true"}},
        "a_remark": {"type": "text-box", "label": "A Remark"},
    }
    assert found["layout"]["positions"]["user"] == {"x": 1.5, "y": -20, "width": 112, "height": 60}


def test_a_cell_lies_in_the_smallest_boundary_around_it() -> None:
    found = diagram(
        cell("trust-boundary-box", "outer", (0, 0, 500, 500)),
        cell("trust-boundary-box", "inner", (100, 100, 200, 200)),
        cell("trust-boundary-box", "twin", (100, 100, 200, 200)),
        cell("process", "inside", (120, 120, 80, 80)),
        cell("process", "across", (280, 120, 80, 80)),
        cell("process", "outside", (490, 490, 80, 80)),
    )
    assert {key: boundary.get("in") for key, boundary in found["boundaries"].items()} == {
        "outer": None,
        "inner": "twin",
        "twin": "outer",
    }
    assert {key: node.get("in") for key, node in found["nodes"].items()} == {
        "inside": "inner",
        "across": "outer",
        "outside": None,
    }


def test_flows_and_the_sides_they_are_tied_to() -> None:
    ports = {"items": [{"group": "left", "id": "p1"}, {"group": "odd", "id": "p2"}]}
    a, b = cell("process", "a", (0, 0, 90, 90)), {**cell("store", "b", (200, 0, 90, 90)), "ports": ports}
    found = diagram(
        a,
        b,
        line("to", {"cell": "a", "port": "gone"}, {"cell": "b", "port": "p1"}, data={"protocol": "TLS"}),
        line("", {"cell": "b", "port": "p2"}, {"cell": "a"}, data={"isBidirectional": True}),
    )
    assert found["flows"] == {
        "to": {"from": "a", "to": "b", "label": "To", "to_port": "left", "metadata": {"protocol": "TLS"}},
        "b_to_a": {"from": "b", "to": "a", "bidirectional": True},
    }


def test_what_has_no_place_is_reported() -> None:
    curve = {"id": "c", "shape": "trust-broundary-curve", "source": {"x": 5, "y": 9}, "target": {"x": 10, "y": 300}}
    found = from_threat_dragon(
        model(
            cell("process", "a", (0, 0, 10, 90)),
            {**curve, "vertices": [{"x": 200, "y": 50}]},
            line("open", {"cell": "a"}, {"x": 900, "y": 1}, data={"threats": [threat("Lost?")]}),
            line("bent", {"cell": "a"}, {"cell": "a"}, vertices=[{"x": 1, "y": 1}]),
            {"id": "d", "shape": "star"},
        )
    )
    cells = "$.detail.diagrams[0].cells"
    assert [entry["path"].removeprefix(cells) for entry in found.lost] == ["[0].size", "[1]", "[2]", "[4]"]
    main = without_ids(found.model)["diagrams"]["main_flow"]
    assert main["boundaries"] == {"boundary": {"label": "", "metadata": {"td_shape": "curve"}}}
    assert main["layout"]["positions"]["bent"] == [[1, 1]]
    assert main["layout"]["positions"]["boundary"] == {"x": 5, "y": 9, "width": 195, "height": 291}
    assert "in" not in main["nodes"]["a"]
    assert found.model["threats"]["lost"]["at"] == "main_flow"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"status": "Open"}, {"status": "open"}),
        ({"status": "Mitigated"}, {"status": "resolved", "mitigated": True}),
        ({"status": "Eliminated"}, {"status": "resolved", "mitigated": True}),
        ({"status": "NotApplicable"}, {"status": "false_positive"}),
        ({"status": "Accepted"}, {"status": "accepted"}),
        ({"severity": "Critical"}, {"severity": "critical"}),
        ({"severity": "TBD"}, {"severity": "unknown"}),
        ({"severity": "Grave"}, {"severity": "unknown", "metadata": {"td_severity": "Grave"}}),
        ({"score": "7.5"}, {"score": 7.5}),
        ({"score": "11"}, {"metadata": {"td_score": "11"}}),
        ({"modelType": "CIA"}, {"metadata": {"td_model_type": "CIA"}}),
        ({"cardNumber": "VE3", "number": 4}, {"metadata": {"td_card_number": "VE3", "td_number": "4"}}),
        ({"mitigation": "Sign\r\nall"}, {"mitigation": "Sign\nall"}),
    ],
)
def test_threats(given: dict[str, Any], expected: dict[str, Any]) -> None:
    usual = {"name": "T", "at": "main_flow/api", "types": ["Tampering"], "severity": "high", "status": "open"}
    assert only_threat(**given) == {**usual, **expected}


def test_threats_are_in_the_order_of_cells_and_namesakes_are_distinguished() -> None:
    a = cell("process", "a", (0, 0, 90, 90), threats=[threat("Same"), threat("Same")])
    b = cell("process", "b", (0, 0, 90, 90), threats=[threat("Same")])
    flow = line("f", {"cell": "a"}, {"cell": "b"}, data={"threats": [threat("First")]})
    found = from_threat_dragon(model(flow, a, b))
    assert [(t["name"], t["at"]) for t in found.model["threats"].values()] == [
        ("First", "main_flow/f"),
        ("Same", "main_flow/a"),
        ("Same (2)", "main_flow/a"),
        ("Same", "main_flow/b"),
    ]
    assert list(found.model["threats"]) == ["first", "same_a", "same_2", "same_b"]
    assert [entry["path"] for entry in found.lost] == ["$.detail.diagrams[0].cells[1].data.threats[1].title"]


def test_diagrams_of_several_methods_leave_the_model_without_one() -> None:
    data = model()
    data["detail"]["diagrams"].append({"id": 1, "title": "Main flow", "diagramType": "CIADIE", "cells": []})
    found = from_threat_dragon(data).model
    assert "framework" not in found
    assert without_ids(found)["diagrams"] == {
        "main_flow_0": {"name": "Main flow", "metadata": {"td_diagram_type": "STRIDE"}},
        "main_flow_1": {"name": "Main flow (2)", "metadata": {"td_diagram_type": "CIADIE"}},
    }


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"a": 1}, "Threat Dragon: is not a Threat Dragon model: it has neither summary nor detail"),
        ({**model(), "version": "3.0"}, "$.version: was saved by Threat Dragon 3.0; only versions 1 and 2 are known"),
        ({"version": "2.0", "detail": {"diagrams": []}}, "$.summary: needs a title"),
        (
            model({"shape": "process", "data": {"threats": {}}}),
            "$.detail.diagrams[0].cells[0].data.threats: must be a list",
        ),
    ],
)
def test_what_is_no_model_is_refused(source: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        from_threat_dragon(source)
    assert str(caught.value).startswith(message)


numbers = st.one_of(st.integers(-100, 400), st.floats(-50, 50), st.just("1"), st.none())
names = st.sampled_from(["web", "Web", "a -> b", "", "on", "{{ x }}", "<b>", "x" * 300, None, 7])
refs = st.sampled_from(["1", "2", "3", "", None])
points = st.fixed_dictionaries({}, optional={"x": numbers, "y": numbers, "cell": refs, "port": refs})
dragon_threats = st.lists(
    st.fixed_dictionaries(
        {"title": names, "status": names, "severity": st.sampled_from(["High", "TBD", "?", None])},
        optional={"score": numbers, "type": names, "description": names, "new": st.booleans(), "cardNumber": names},
    ),
    max_size=3,
)
shapes = [*("actor", "process", "store", "td-text-block", "trust-boundary-box", "trust-boundary-curve", "flow"), "?"]
dragon_cells = st.fixed_dictionaries(
    {"id": refs, "shape": st.sampled_from(shapes)},
    optional={
        "position": points,
        "size": st.fixed_dictionaries({"width": numbers, "height": numbers}),
        "source": points,
        "target": points,
        "vertices": st.lists(points, max_size=2),
        "data": st.fixed_dictionaries({"name": names}, optional={"threats": dragon_threats, "protocol": names}),
        "zIndex": numbers,
        "extra": names,
    },
)


@settings(max_examples=150)
@given(st.lists(dragon_cells, max_size=6))
def test_whatever_comes_in_compiles_and_goes_through_otm(cells: list[dict[str, Any]]) -> None:
    found = from_threat_dragon(model(*cells))
    assert found.model["name"] == "Shop"
    there = to_otm(found.model)
    back = from_otm(there.model)
    assert there.lost == back.lost == []
    wanted = [compile_definition(document(data, "here")) for data in (found.model, back.model)]
    assert wanted[0] == wanted[1]
