# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Drawings of two states of a diagram: what one has and the other has not, or has differently, is marked."""

from __future__ import annotations

import copy
from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import model_report
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import STANDARD

SVG = "{http://www.w3.org/2000/svg}"
OLD = STANDARD["web_application"]


def changed() -> dict[str, Any]:
    new = copy.deepcopy(OLD)
    main = new["diagrams"]["main"]
    main["nodes"]["cache"] = {"type": "store", "label": "Cache"}
    main["flows"]["to_cache"] = {"from": "web_app", "to": "cache"}
    main["nodes"]["worker"]["label"] = "Job runner"
    del main["flows"]["f_audit"]
    return new


def svg(definition: Any, **other: Any) -> str:
    return model_report(definition, "svg", "main", "", True, **other)


def marked(text: str) -> set[str]:
    """Return the signs' titles: the name of the element and its mark."""
    groups = [group for group in ElementTree.fromstring(text).iter(SVG + "g") if group.find(SVG + "circle") is not None]
    return {str(group.findtext(SVG + "title")) for group in groups}


def test_both_states_have_marks() -> None:
    new = changed()
    assert marked(svg(new, before=OLD)) == {"Cache: added", "added", "Job runner: changed"}
    assert marked(svg(OLD, after=new)) == {"Background worker: changed", "Security events: removed"}
    description = ElementTree.fromstring(svg(new, before=OLD)).findtext(SVG + "desc")
    assert str(description).endswith("; 2 added; 1 changed")


def test_the_same_state_is_drawn_as_without_comparison() -> None:
    assert svg(OLD, before=OLD) == svg(OLD, after=copy.deepcopy(OLD)) == svg(OLD)


def test_a_cell_that_only_moved_is_not_marked() -> None:
    new = copy.deepcopy(OLD)
    new["diagrams"]["main"]["layout"] = {"positions": {"worker": [3000, 10]}}
    assert marked(svg(new, before=OLD)) == set()


@pytest.mark.parametrize(
    ("change", "marks"),
    [
        ({"to": "auth"}, {"SQL: changed"}),
        ({"bidirectional": True}, {"SQL: changed"}),
        ({"metadata": {"ticket": "1"}}, {"SQL: changed"}),
        ({}, set()),
    ],
)
def test_each_field_of_a_flow_counts(change: dict[str, Any], marks: set[str]) -> None:
    new = copy.deepcopy(OLD)
    flow = new["diagrams"]["main"]["flows"]["f_sql"]
    new["diagrams"]["main"]["flows"]["f_sql"] = {**_long(flow), **change}
    old = copy.deepcopy(OLD)
    old["diagrams"]["main"]["flows"]["f_sql"] = _long(flow)
    assert marked(svg(new, before=old)) == marks


@pytest.mark.parametrize(
    ("change", "marks"),
    [
        ({"icon": "amazon-ec2"}, {"Web application: changed"}),
        ({"assets": ["orders"]}, {"Web application: changed"}),
        ({"raw": {"attrs": {"body": {"fill": "#123456"}}}}, {"Web application: changed"}),
        ({"raw": {"attrs": {"body": {"fill": "#ffffff"}}}}, set()),
    ],
)
def test_icon_assets_and_style_of_a_node_count(change: dict[str, Any], marks: set[str]) -> None:
    new = copy.deepcopy(OLD)
    node = new["diagrams"]["main"]["nodes"]["web_app"]
    node.update(change)
    assert marked(svg(new, before=OLD)) == marks


def _long(flow: Any) -> dict[str, Any]:
    return {"from": "web_app", "to": "app_db", "label": "SQL"} if isinstance(flow, str) else dict(flow)


def test_a_model_without_the_diagram_has_nothing_in_it() -> None:
    new = {"tmi_definition": 1, "name": "New", "diagrams": {"main": {"nodes": {"a": {"type": "actor"}}}}}
    assert marked(svg(new, before={"tmi_definition": 1, "name": "New"})) == {"a: added"}


@pytest.mark.parametrize(
    ("form", "other"), [("html", {"before": OLD}), ("markdown", {"after": OLD}), ("svg", {"before": OLD, "after": OLD})]
)
def test_comparisons_that_cannot_be_drawn(form: str, other: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        model_report(OLD, form, "main" if form == "svg" else "", "", True, **other)
