# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pages with unusual contents: empty columns, long texts, text from right to left; and pages on paper."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import csv_report, index_report, model_report
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.style import PAGE
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import Page

PAPER = PAGE[PAGE.index("@media print") :]


def page_of(form: str = "html", /, **model: Any) -> str:
    return model_report({"tmi_definition": 1, "name": "Shop", **model}, form, "", "", False)


def heads(text: str, form: str) -> set[str]:
    """Return the headings of all columns of a report."""
    if form == "html":
        return set(Page(text).said("th"))
    return {cell.strip() for line in re.findall(r"(?m)^(\|.*)\n\| ---", text) for cell in line.split("|")}


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_columns_without_any_value_are_left_out(form: str) -> None:
    found = heads(page_of(form, threats={"a": {"severity": "high"}}, assets={"b": {}}, documents={"c": {}}), form)
    assert {"Threat", "Severity", "All"} <= found
    assert not found & {"No status", "Status", "Types", "Where", "Description", "Metadata"}
    asset = {"description": "x", "metadata": {"k": 1}}
    full = {"status": "open", "threat_type": ["Spoofing"], "at": "d", "severity": "high"}
    found = heads(page_of(form, diagrams={"d": {}}, threats={"a": full}, assets={"b": asset}), form)
    assert {"Open", "Status", "Types", "Where", "Description", "Metadata"} <= found


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_an_index_has_no_column_for_facts_that_no_model_has(form: str) -> None:
    model = {"tmi_definition": 1, "name": "Shop"}
    found = heads(index_report([model], form, "All", False, ["team"]), form)
    assert {"Threat model", "team", "All", "Diagrams"} <= found
    assert not found & {"Status", "Owner", "Last change"}
    found = heads(index_report([model, {**model, "owner": "ana", "status": "closed"}], form, "All", False), form)
    assert {"Status", "Owner"} <= found


def test_a_long_description_is_after_the_facts_and_totals() -> None:
    threats = {"a": {"severity": "high"}}
    for form in ("html", "markdown"):
        text = page_of(form, description="Long. " * 200, threats=threats)
        assert text.index("1 needs work") < text.index("Long.") < text.index("Threats by severity", text.index("Long."))
        text = page_of(form, description="Short.", threats=threats)
        assert text.index("Short.") < text.index("1 needs work")
    page = Page(page_of(description="Long. " * 200))
    assert "Description" in page.said("h2")
    assert {"href": "#description"} in [attributes for tag, attributes in page.elements if tag == "a"]


def test_names_from_right_to_left_do_not_change_the_order_of_what_is_around_them() -> None:
    """Without isolation, the second name would be before the arrow, and the flow would seem to run the other way."""
    one, other = "מקור", "יעד"
    diagram = {"name": one, "nodes": {"a": {"label": one}, "b": {"label": other}}, "flows": {"f": "a -> b: Order"}}
    model = {"tmi_definition": 1, "name": "Shop", "diagrams": {"m": diagram}, "threats": {"t": {"at": "m/f"}}}
    where = f"\u2068{one}\u2069: \u2068{one}\u2069 → \u2068{other}\u2069 (Order)"
    for form in ("html", "markdown"):
        assert where in model_report(model, form, "", "", False)
    assert f"{one}: {one} → {other} (Order)" in csv_report([model], [], ",", False)
    assert "\u2068" not in page_of(diagrams={"m": {"nodes": {"a": {}, "b": {}}}}, threats={"t": {"at": "m/a"}})
    assert "unicode-bidi:plaintext" in PAGE


def test_a_flow_without_a_label_has_a_name_in_the_table() -> None:
    text = page_of(diagrams={"m": {"nodes": {"a": {}, "b": {}}, "flows": {"f": {"from": "a", "to": "b"}}}})
    page = Page(text)
    assert "(no label)" in page.said("th")
    assert all(said.strip() for said in page.said("th"))


def test_a_drawing_with_links_is_a_group_for_screen_readers() -> None:
    """Links in an image are out of their reach."""
    diagram = {"m": {"nodes": {"a": {}}}}
    model = {"tmi_definition": 1, "name": "Shop", "diagrams": diagram, "threats": {"t": {"at": "m/a"}}}
    roles = [found.get("role") for tag, found in Page(page_of(diagrams=diagram)).elements if tag == "svg"]
    assert roles == ["img"]
    roles = [
        found.get("role") for tag, found in Page(model_report(model, "html", "", "", False)).elements if tag == "svg"
    ]
    assert roles == ["group"]
    assert 'role="img"' in model_report(model, "svg", "", "", False)


def test_on_paper_nothing_is_cut_off_or_folded() -> None:
    assert '<body class="broad">' in index_report([{"tmi_definition": 1, "name": "S"}], "html", "All", False)
    assert ".broad{page:wide" in PAPER
    assert "details::details-content{content-visibility:visible" in PAPER
    assert "summary{display:none}" in PAPER
    assert "tfoot{display:table-row-group}" in PAPER


def test_a_model_with_nothing_has_no_empty_list_of_contents() -> None:
    assert "<nav" not in page_of()
    assert "<nav" in page_of(metadata={"team": "web"})
