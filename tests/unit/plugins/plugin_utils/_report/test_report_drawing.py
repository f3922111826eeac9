# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drawings: nothing covers what is read, everything is there, and the same diagram is always drawn the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import combinations, pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.drawing import Drawing, Drawn, draw
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.svg import to_svg
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import read_report, title
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import width_of
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.drawing_measures import measures
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import STANDARD, model_of

SVG = "{http://www.w3.org/2000/svg}"


def drawings(definition: Any) -> list[Drawing]:
    return [draw(sheet) for sheet in read_report(definition).sheets]


def every(drawing: Drawing) -> list[Drawn]:
    return [*drawing.boundaries, *drawing.nodes, *drawing.flows]


def read_things(drawing: Drawing) -> list[tuple[str, Box]]:
    """Return all texts and numbers with their boxes. The numbers of a flow are in the box of its label."""
    found = [(drawn.name, drawn.text.box) for drawn in every(drawing) if drawn.text.box.width]
    boxes = [*drawing.boundaries, *drawing.nodes]
    found += [(str(number.threat.number), number.box) for drawn in boxes for number in drawn.numbers]
    return found + [(str(number.threat.number), number.box) for number in drawing.numbers]


def assert_texts_fit(drawing: Drawing) -> None:
    for drawn in every(drawing):
        text, is_bold = drawn.text, drawn in drawing.boundaries
        for line in text.lines:
            assert width_of(line, text.size, is_bold) <= text.box.width + 0.01, line
        for number in drawn.numbers:
            assert width_of(str(number.threat.number), 11, bold=True) < number.box.width
            assert drawn.box or text.box.grown(0.01).contains(number.box)


def assert_all_in_view(drawing: Drawing) -> None:
    for _name, box in read_things(drawing):
        assert drawing.view.contains(box)
    for drawn in every(drawing):
        assert drawn.box is None or drawing.view.contains(drawn.box)
        assert all(drawing.view.contains(Box(*point, 0, 0)) for point in drawn.route)


@pytest.mark.parametrize("key", STANDARD)
def test_standard_models_are_drawn_without_overlap(key: str) -> None:
    assert len(STANDARD) == 8
    for drawing in drawings(STANDARD[key]):
        for (one, a), (other, b) in combinations(read_things(drawing), 2):
            assert not a.overlaps(b), (one, other)
        for flow in drawing.flows:
            for node in drawing.nodes:
                assert node.box is not None
                assert not flow.text.box.overlaps(node.box), (flow.name, node.name)
                assert not any(node.box.grown(-1).crossed(*line) for line in pairwise(flow.route)), (flow, node.name)
        for drawn in every(drawing):
            assert drawn.text.is_whole, drawn.name
            if drawn.box:
                assert drawn.box.contains(drawn.text.box), drawn.name
        assert_texts_fit(drawing)
        assert_all_in_view(drawing)


@pytest.mark.parametrize("key", STANDARD)
def test_every_cell_and_threat_is_in_the_drawing(key: str) -> None:
    report = read_report(STANDARD[key])
    (sheet,) = report.sheets
    root = ElementTree.fromstring(to_svg(sheet))
    lines = [element.text or "" for element in root.iter(SVG + "text")]
    said = " ".join(lines)
    for cell in sheet.cells:
        assert (cell.label if cell.is_flow else title(cell)) in said
    numbers = [line for line in lines if line.isdigit()]
    assert sorted(map(int, numbers)) == [threat.number for threat in report.threats]
    reported = [element.text or "" for element in root.iter(SVG + "title")]
    assert all(any(threat.item.name in text for text in reported) for threat in report.threats)
    assert len([path for path in root.iter(SVG + "path") if path.get("class") == "flow"]) == sum(
        cell.is_flow for cell in sheet.cells
    )


def test_numbers_say_severity_and_whether_something_is_to_be_done() -> None:
    definition = model_of("Thing")
    definition["threats"] = {
        "a": {"at": "main/x", "severity": "critical", "status": "open"},
        "b": {"at": "main/x", "severity": "low", "status": "resolved"},
        "c": {"at": "main/x", "severity": "low", "status": "open", "mitigated": True},
        "d": {"at": "main/f"},
        "e": {"at": "main", "severity": "high", "status": "false_positive"},
    }
    root = ElementTree.fromstring(to_svg(read_report(definition).sheets[0]))
    kinds = [element.get("class") for element in root.iter(SVG + "rect") if "number" in str(element.get("class"))]
    low = ["number low done"] * 2
    assert sorted(map(str, kinds)) == sorted(["number critical", *low, "number unknown", "number high done"])


def test_ids_in_a_page_are_those_that_were_asked_for() -> None:
    sheet = read_report(STANDARD["web_application"]).sheets[0]
    root = ElementTree.fromstring(to_svg(sheet, "drawing-2", in_page=True))
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    assert set(str(root.get("aria-labelledby")).split()) == {"drawing-2-title", "drawing-2-desc"}
    assert ids == {"drawing-2-title", "drawing-2-desc", "drawing-2-all"}
    assert {element.get("href") for element in root.iter(SVG + "a")} == {"#threat-%d" % n for n in range(1, 16)}


def test_a_course_leads_where_a_person_led_it() -> None:
    definition = model_of("Thing")
    definition["diagrams"]["main"]["layout"] = {
        "positions": {"x": [0, 0], "y": [400, 0], "z": [400, 300], "f": [[200, 250], [300, 250]]}
    }
    (drawing,) = drawings(definition)
    (flow,) = (flow for flow in drawing.flows if flow.cell.key == "f")
    assert flow.route[1:-1] == ((200, 250), (300, 250))
    nodes = {node.cell.key: node.box for node in drawing.nodes}
    assert nodes["x"] is not None
    assert (nodes["x"].x, nodes["x"].y) == (0, 0)
    assert nodes["x"].grown(0.01).contains(Box(*flow.route[0], 0, 0))


@pytest.mark.parametrize("gap", [5, 20, 34])
@pytest.mark.parametrize("down", [False, True])
def test_flows_across_a_narrow_gap_are_straight(gap: int, down: bool) -> None:
    beside = {"x": 100, "y": 160 + gap} if down else {"x": 240 + gap, "y": 110}
    nodes = {"a": {"type": "process", "x": 100, "y": 100}, "b": {"type": "process", **beside}}
    flows = {"f": {"from": "a", "to": "b", "label": "There"}, "g": {"from": "b", "to": "a", "label": "Back"}}
    diagrams = {"main": {"name": "Main", "nodes": nodes, "flows": flows}}
    found = draw(read_report({"tmi_definition": 1, "name": "m", "diagrams": diagrams}).sheets[0])
    routes = [flow.route for flow in found.flows]
    assert [len(route) for route in routes] == [2, 2]
    assert abs(routes[0][0][not down] - routes[1][0][not down]) > 12


@pytest.mark.parametrize("count", [4, 5, 8, 12])
@pytest.mark.parametrize("down", [False, True])
def test_a_bundle_of_flows_has_space_for_each_label(count: int, down: bool) -> None:
    beside = {"x": 100, "y": 280} if down else {"x": 380, "y": 100}
    nodes = {"a": {"type": "process", "x": 100, "y": 100}, "b": {"type": "store", **beside}}
    flows = {
        "f%d" % number: {"from": "ab"[number % 2], "to": "ba"[number % 2], "label": "Reads and writes %d" % number}
        for number in range(count)
    }
    diagrams = {"main": {"name": "Main", "nodes": nodes, "flows": flows}}
    found = measures(draw(read_report({"tmi_definition": 1, "name": "m", "diagrams": diagrams}).sheets[0]))
    good = {"bends", "least text", "width", "height"}
    assert {name: number for name, number in found.items() if number and name not in good} == {}


def test_a_diagram_without_elements_says_so() -> None:
    (sheet,) = read_report({"tmi_definition": 1, "name": "Empty", "diagrams": {"main": {}}}).sheets
    drawing = draw(sheet)
    root = ElementTree.fromstring(to_svg(sheet))
    assert [element.text for element in root.iter(SVG + "text")] == ["This diagram has no elements."]
    assert drawing.note is not None
    assert drawing.view.contains(drawing.note.box)


@pytest.mark.parametrize(
    ("label", "lines"),
    [
        ("Authentication", ["Authentication"]),
        ("Uncharacteristically long words of flows", ["Uncharacteristically", "long words of flows"]),
        ("InfrastructureProvisioningOrchestratorService", ["InfrastructureProvisioningOrchestrator", "Service"]),
    ],
)
def test_words_of_labels_are_divided_where_a_reader_would(label: str, lines: list[str]) -> None:
    definition = model_of("Thing")
    definition["diagrams"]["main"]["flows"]["f"]["label"] = label
    (drawing,) = drawings(definition)
    (flow,) = (flow for flow in drawing.flows if flow.cell.key == "f")
    assert list(flow.text.lines) == lines


def test_text_that_does_not_fit_is_shortened_and_reported_in_full() -> None:
    definition = model_of("Thing")
    long = "a text that no box of this size can hold " * 6
    definition["diagrams"]["main"]["nodes"]["y"] = {"type": "process", "label": long, "width": 140}
    sheet = read_report(definition).sheets[0]
    (drawing,) = drawings(definition)
    (node,) = (node for node in drawing.nodes if node.cell.key == "y")
    assert node.text.lines[-1].endswith("…")
    assert node.box is not None
    assert node.box.contains(node.text.box)
    root = ElementTree.fromstring(to_svg(sheet))
    assert long.strip() in [element.text for element in root.iter(SVG + "title")]


def test_the_drawing_does_not_depend_on_the_order_of_hashes() -> None:
    program = (
        "import json, sys\n"
        "from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import model_report\n"
        "for form in ('html', 'markdown', 'svg'):\n"
        "    print(model_report(json.loads(sys.argv[1]), form, '', '', False))\n"
    )
    argv = [sys.executable, "-c", program, json.dumps(STANDARD["kubernetes_cluster"])]
    path = os.pathsep.join(filter(None, sys.path))
    outputs = {
        subprocess.run(
            argv, env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert outputs.pop().startswith(b"<!DOCTYPE html>")


places = st.integers(-300, 900)
boxes = st.tuples(places, places, st.integers(40, 300), st.integers(30, 200)).map(list)


@st.composite
def diagrams(draw_: Any) -> dict[str, Any]:
    """Diagrams as people may leave them: boxes anywhere, over each other, in boundaries or not."""
    names = ["n%d" % number for number in range(draw_(st.integers(1, 7)))]
    bounds = ["b%d" % number for number in range(draw_(st.integers(0, 2)))]
    words = st.text("abc deWi. ", min_size=1, max_size=60)
    kinds = st.sampled_from(["actor", "process", "store", "text"])
    ends = st.sampled_from(names + bounds)
    flows = {
        "f%d" % number: {"from": draw_(ends), "to": draw_(ends), "label": draw_(words)}
        for number in range(draw_(st.integers(0, 8)))
    }
    diagram = {
        "boundaries": {name: {"label": draw_(words)} for name in bounds},
        "nodes": {name: {"type": draw_(kinds), "label": draw_(words)} for name in names},
        "flows": flows,
        "layout": {"positions": {name: draw_(boxes) for name in names + bounds}},
    }
    cells = st.sampled_from([*names, *bounds, *flows])
    severities = st.sampled_from(["low", "critical"])
    threats = {
        "t%d" % number: {"at": "main/%s" % draw_(cells), "severity": draw_(severities)}
        for number in range(draw_(st.integers(0, 12)))
    }
    return {"tmi_definition": 1, "name": "Any", "diagrams": {"main": diagram}, "threats": threats}


def test_a_flow_between_two_boxes_in_one_place() -> None:
    nodes = {name: {"type": "actor", "label": "W"} for name in ("a", "b", "c")}
    positions = {"a": [0, 899, 40, 30], "b": [0, 899, 40, 30], "c": [0, 0, 40, 30], "zone": [0, 673, 40, 200]}
    diagram = {
        "boundaries": {"zone": {"label": "W"}},
        "nodes": nodes,
        "flows": {"f": {"from": "a", "to": "b", "label": "W"}},
        "layout": {"positions": positions},
    }
    (drawing,) = drawings({"tmi_definition": 1, "name": "Any", "diagrams": {"main": diagram}})
    assert len(drawing.flows) == 1


@settings(max_examples=60)
@given(diagrams())
def test_no_label_covers_anything_wherever_people_put_boxes(definition: Any) -> None:
    report = read_report(definition)
    (drawing,) = drawings(definition)
    assert drawings(definition) == [drawing]
    labels = [flow.text.box for flow in drawing.flows if flow.text.box.width]
    numbers = [number.box for node in drawing.nodes for number in node.numbers]
    for one, other in combinations([*labels, *numbers], 2):
        assert not one.overlaps(other)
    fixed = [node.box for node in drawing.nodes] + [drawn.text.box for drawn in drawing.boundaries]
    for box in [*labels, *numbers]:
        assert not any(box.overlaps(other) for other in fixed if other is not None and other.width)
    assert_texts_fit(drawing)
    assert_all_in_view(drawing)
    shown = [number.threat.number for drawn in every(drawing) for number in drawn.numbers]
    assert sorted(shown) == [threat.number for threat in report.threats]
    ElementTree.fromstring(to_svg(report.sheets[0]))
