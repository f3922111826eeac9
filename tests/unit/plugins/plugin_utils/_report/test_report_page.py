# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a model: its head, its legends, its size, and its colors."""

from __future__ import annotations

import itertools
import re
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._report import style
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.drawing import draw
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.drawing.paper import parts
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import read_report
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import model_report
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.large_diagrams import LARGE
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import STANDARD, Page, shown

SHOP: dict[str, Any] = {
    "tmi_definition": 1,
    "name": "Shop",
    "owner": "ana@example.com",
    "version": "2.1",
    "status": "in_progress",
    "diagrams": {
        "main": {"name": "Data flow", "nodes": {"web": {}, "db": {"type": "store"}}, "flows": {"q": ["web", "db"]}},
        "empty": {"name": "Unused"},
    },
    "threats": {
        "all": {"name": "Flood", "at": "main", "severity": "high", "status": "open"},
        "web": {"name": "Takeover", "at": "main/web", "severity": "critical", "mitigated": False},
        "old": {"name": "Old", "severity": "low", "status": "resolved"},
        "odd": {"name": "Odd", "severity": "low", "status": "accepted"},
    },
}
SHOP["diagrams"]["main"]["flows"] = {"q": {"from": "web", "to": "db"}}
ROW = {"definition": SHOP, "file": "shop.yml", "id": "0b8e3a0e", "modified_at": "2026-05-04T12:11:12+02:00"}


def page_of(source: Any, **options: Any) -> str:
    return model_report(source, options.pop("form", "html"), "", "", False, **options)


def plain(page: str) -> str:
    """Return the text of a page, without styles, in one line."""
    return " ".join("".join(text for tag, text in Page(page).texts if tag != "style").split())


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_the_head_says_who_what_and_when(form: str) -> None:
    text = page_of(ROW, form=form, editor="https://tmi.example.com/")
    said = plain(text) if form == "html" else shown(text)
    for part in ("ana@example.com", "2.1", "In progress", "2026-05-04 10:11 UTC"):
        assert part in said
    assert "4 threats. 2 need work: 1 critical, 1 high. 2 are finished: 1 accepted, 1 resolved." in said
    assert "https://tmi.example.com/tm/0b8e3a0e" in text


def test_without_the_server_there_is_no_time_and_no_link() -> None:
    for form in ("html", "markdown"):
        text = page_of(SHOP, form=form, editor="https://tmi.example.com")
        assert "Last change" not in text
        assert "web editor" not in text


@pytest.mark.parametrize("editor", ["javascript:alert(1)", "tmi.example.com", "https://"])
def test_an_editor_is_an_address(editor: str) -> None:
    with pytest.raises(InputError, match="editor: must be an address such as"):
        page_of(ROW, editor=editor)


def test_an_id_stays_within_its_address() -> None:
    assert 'href="https://tmi.example.com/tm/..%2F%22%3E"' in page_of(
        {**ROW, "id": '../">'}, editor="https://tmi.example.com"
    )


def test_totals_of_few_threats_are_sentences() -> None:
    def totals(**threats: Any) -> str:
        text = page_of({"tmi_definition": 1, "name": "S", "threats": threats}, form="markdown")
        return text.split("\n\n")[1].strip()

    assert totals() == "No threats are noted."
    assert totals(a={"severity": "high"}) == "1 threat. 1 needs work: 1 high."
    assert totals(a={"mitigated": True}) == "1 threat. None needs work. 1 is finished: 1 mitigated."
    assert totals(a={"status": "false_positive"}) == "1 threat. None needs work. 1 is finished: 1 false positive."


def test_the_bar_has_a_part_for_each_severity_with_and_without_work() -> None:
    page = Page(page_of(SHOP))
    (whole,) = (attributes for _tag, attributes in page.elements if attributes.get("class") == "bar")
    assert whole["aria-label"] == "Critical, to do: 1; High, to do: 1; Low, finished: 2"
    parts = [attributes for _tag, attributes in page.elements if "flex-grow" in (attributes.get("style") or "")]
    assert [(part["class"], part["style"]) for part in parts] == [
        ("critical", "flex-grow:1"),
        ("high", "flex-grow:1"),
        ("low done", "flex-grow:2"),
    ]


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_cards_say_nothing_of_what_is_not_set(form: str) -> None:
    text = page_of(SHOP, form=form)
    cards = text[text.index("Takeover", text.index("The worst first" if form == "html" else "## Threats\n")) :]
    assert "No status" not in cards
    assert not re.search(r"Mitigated\W+(</dt><dd[^>]*>)?no\b", cards)
    assert "Mitigated" in page_of({**SHOP, "threats": {"a": {"mitigated": True}}}, form=form)
    assert "Mitigated" not in page_of({**SHOP, "threats": {"a": {"mitigated": False}}}, form=form)


def test_the_legend_has_the_threats_of_the_whole_diagram_and_the_severities_of_the_drawing() -> None:
    text = page_of(SHOP)
    (legend,) = re.findall(r"(?s)<figcaption>(.*?)</figcaption>", text)
    assert re.search(r'(?s)At the whole diagram:.*href="#threat-2".*Flood', legend)
    assert "Critical" in legend
    assert "Low" not in legend
    assert "This diagram is empty." in text


def test_letters_of_a_wide_drawing_do_not_become_small() -> None:
    nodes = {f"n{number}": {"label": f"Node {number}", "x": 240 * number, "y": 0} for number in range(20)}
    text = page_of({"tmi_definition": 1, "name": "S", "diagrams": {"m": {"nodes": nodes}}})
    least = int(re.findall(r"--least:(\d+)px", text)[0])
    width = float(re.findall(r'<svg [^>]*\bwidth="([\d.]+)"', text)[0])
    smallest = min(float(size) for size in re.findall(r'font-size="([\d.]+)"', text))
    assert smallest * least / width >= 10
    assert '<section class="wide">' in text
    assert ".wide{page:wide}" in text
    assert "@page wide{size:landscape" in text
    assert '<section class="wide">' not in page_of(SHOP)


def test_a_large_drawing_is_printed_in_parts_that_contain_all_of_it() -> None:
    for name, model in LARGE.items():
        drawing = draw(read_report(model).sheets[0])
        found = parts(drawing)
        assert len(found) > 1
        for node in drawing.nodes:
            assert node.box is not None
            assert any(part.contains(node.box) for part in found), (name, node.name)
        for flow in drawing.flows:
            assert not flow.text.box.width or any(part.contains(flow.text.box) for part in found), (name, flow.name)
    text = page_of(LARGE["near_40"])
    assert text.count('<use href="#drawing-1-all"/>') == text.count('<figure class="part"') > 1
    assert text.count('id="drawing-1-all"') == 1
    assert "Main, part 1 of " in text
    assert '<figure class="part"' not in page_of(SHOP)


def test_the_outline_of_a_page_has_no_gaps_and_regions_have_names() -> None:
    for source in (SHOP, STANDARD["kubernetes_cluster"]):
        page = Page(page_of(source))
        levels = [int(tag[1]) for tag, _attributes in page.elements if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        for tag, attributes in page.elements:
            assert "scope" in attributes or tag != "th"
            if "scroll" in (attributes.get("class") or ""):
                assert attributes["tabindex"] == "0"
                assert attributes["aria-label"]


def luminance(color: str) -> float:
    digits = color.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("at", [0, 1])
def test_every_text_is_easy_to_read_on_its_background(at: int) -> None:
    """At least 4.5 to 1, on a light and on a dark screen."""
    colors = dict(pair.split(":") for pair in re.findall(r"\{(--[^{}]*)\}", style.palette("x"))[at].split(";"))
    pairs = [(colors[f"--{ink}"], colors[f"--{on}"]) for ink in ("ink", "soft", "link") for on in ("paper", "panel")]
    pairs += style.SEVERITY_COLORS.values()
    assert {pair: round(contrast(*pair), 2) for pair in pairs if contrast(*pair) < 4.5} == {}
