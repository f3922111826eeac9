# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports show everything in a model, and any text remains text."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given, settings

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.model import read_report, title
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import index_report, model_report
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import (
    HOSTILE,
    STANDARD,
    Page,
    model_of,
    shown,
    texts,
)

#: Names of elements and attributes that pages of ours consist of.
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "article", "figure", "figcaption"),
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "a",
        "span",
        "pre",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
        "div",
        "nav",
        "ul",
        "li",
    ),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("svg", "desc", "g", "rect", "path", "polygon", "text"),
}
ATTRIBUTES = {
    *("lang", "charset", "name", "content", "http-equiv", "class", "scope", "href", "rel", "title", "id"),
    *("xmlns", "viewbox", "width", "height", "role", "aria-labelledby", "x", "y", "rx", "d", "points"),
    *("font-size", "textlength", "lengthadjust", "aria-label", "tabindex", "style", "download"),
}


def report(definition: Any, form: str = "html", **options: Any) -> str:
    return model_report(
        definition, form, options.get("diagram", ""), options.get("index", ""), options.get("all", False)
    )


def filled(text: str) -> dict[str, Any]:
    """A model full of a text; "x" before it, as names must not be blank."""
    return model_of("x%s" % text)


# --------------------------------------------------------------------------------------------------- escaping
@settings(max_examples=60)
@given(texts)
@example(HOSTILE[0])
@example(HOSTILE[4])
def test_no_text_becomes_markup_in_a_page(text: str) -> None:
    page = Page(report(filled(text)))
    assert {tag for tag, _attributes in page.elements} <= ELEMENTS
    assert {name for _tag, attributes in page.elements for name in attributes} <= ATTRIBUTES
    assert page.other == []
    counts = Counter(tag for tag, _attributes in page.elements)
    assert counts["style"] == 1
    assert counts["article"] == 5
    for _tag, attributes in page.elements:
        address = r"(#[a-z]+(-\d+)?$|https?://[^\s\"'<>]+$|data:image/svg[+]xml;base64,[A-Za-z0-9+/=]+$)"
        assert re.match(address, attributes.get("href") or "#threat-1")
        assert re.match(r"(flex-grow:\d+|--least:\d+px)$", attributes.get("style") or "flex-grow:1")
    assert "".join(page.said("h1")) == clean("x%s" % text)
    assert clean("x%s" % text) in [said.strip("\n") for said in page.said("pre")] or "\n" in clean(text)


@settings(max_examples=60)
@given(texts)
@example(HOSTILE[0])
@example(HOSTILE[7])
def test_no_text_becomes_markup_in_a_drawing(text: str) -> None:
    def parts(root: ElementTree.Element) -> Counter[str]:
        return Counter(element.tag.rpartition("}")[2] for element in root.iter())

    drawn = ElementTree.fromstring(report(filled(text), "svg"))
    known = {"svg", "title", "desc", "style", "rect", "g", "path", "polygon", "text"}
    assert set(parts(drawn)) <= known
    assert parts(drawn)["polygon"] == parts(ElementTree.fromstring(report(filled("y"), "svg")))["polygon"]
    assert all(not name.startswith("on") and "href" not in name for element in drawn.iter() for name in element.attrib)


@settings(max_examples=30)
@given(texts)
def test_markdown_has_the_headings_and_columns_of_a_harmless_model(text: str) -> None:
    def shape(document: str) -> list[str]:
        code = re.sub(r"(?ms)^(`{3,})$.*?^\1$", "CODE", document)
        lines = [re.sub(r"\\.", "", line) for line in code.split("\n")]
        return [re.match(r"#*", line)[0] or "|" * line.count("|") for line in lines if line[:1] in "#|" and line]  # type: ignore[index]

    assert shape(report(filled(text), "markdown")) == shape(report(filled("y"), "markdown"))


# --------------------------------------------------------------------------------------------------- content
@pytest.mark.parametrize("key", STANDARD)
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_all_of_a_standard_model_is_reported(key: str, form: str) -> None:
    definition = STANDARD[key]
    found = read_report(definition)
    text = report(definition, form)
    said = "\n".join(data for _tag, data in Page(text).texts) if form == "html" else shown(text)
    (diagram,) = definition["diagrams"].values()
    labels = [entry if isinstance(entry, str) else entry["label"] for entry in diagram["boundaries"].values()]
    labels += [entry["label"] for entry in (*diagram["nodes"].values(), *diagram["flows"].values())]
    assert len(found.threats) == len(definition["threats"])
    for expected in (definition["name"], definition["description"], diagram["name"], *labels):
        assert expected in said
    for threat in definition["threats"].values():
        for expected in (threat["name"], ", ".join(sorted(threat["types"])), ", ".join(sorted(threat["cwe"]))):
            assert expected in said


def test_sections_fields_and_metadata_are_reported() -> None:
    definition = model_of("Harmless")
    definition["documents"]["d"]["uri"] = "https://wiki.example.com/adr/12"
    page = Page(report(definition))
    assert [text for text in page.said("h2") if text] == [
        *("Threats by severity and status", "Diagram: Harmless", "Threats"),
        *("Assets", "Documents", "Sources", "Notes", "Metadata"),
    ]
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a" and "rel" in attributes]
    assert links == ["https://wiki.example.com/adr/12"]
    text = report(definition, "markdown")
    assert "[https://wiki.example.com/adr/12](<https://wiki.example.com/adr/12>)" in text
    assert "| branch Harmless Harmless |" in text
    assert "- key: Harmless" in text
    assert "- Asset: Harmless" in text


def test_threats_are_numbered_by_severity_and_counted_by_status() -> None:
    definition = {
        "tmi_definition": 1,
        "name": "Shop",
        "threats": {
            "a": {"severity": "low", "status": "open"},
            "b": {"severity": "critical", "status": "resolved"},
            "c": {"severity": "critical", "status": "in_progress", "name": "Zebra"},
            "d": {"name": "No severity"},
        },
    }
    found = read_report(definition)
    assert [(t.number, t.item.name, t.done) for t in found.threats] == [
        (1, "Zebra", False),
        (2, "b", True),
        (3, "a", False),
        (4, "No severity", False),
    ]
    text = report(definition, "markdown")
    assert "| Severity | In progress | No status | Open | Resolved | All |" in text
    assert "| Critical | 1 |  |  | 1 | 2 |" in text
    assert "| Unknown |  | 1 |  |  | 1 |" in text


def test_what_tmi_leaves_out_of_reports_is_left_out() -> None:
    definition = model_of("Thing")
    definition["threats"]["secret"] = {"name": "Hidden threat", "include_in_report": False}
    definition["diagrams"]["main"]["include_in_report"] = False
    for form in ("html", "markdown"):
        assert "Hidden threat" not in report(definition, form)
        assert "Diagram: Thing" not in report(definition, form)
        assert "Hidden threat" in report(definition, form, all=True)
        assert "Diagram: Thing" in report(definition, form, all="yes")
    assert "main: x" in report(definition, "markdown")  # the threats at the diagram still say where they are


def test_threats_at_what_is_not_there_are_reported() -> None:
    definition = {"tmi_definition": 1, "name": "Shop", "threats": {"a": {"at": "gone/cell"}}}
    assert "gone: cell" in report(definition, "markdown")


def test_definitions_of_the_library_are_read() -> None:
    text = report({"tmi_definition": 1, "key": "own", "base": "llm_application"}, "markdown")
    assert text.startswith("# own\n")
    assert "Prompt orchestrator" in text


def test_a_page_needs_nothing_and_leads_to_the_index() -> None:
    page = Page(report(STANDARD["web_application"], index="index.html"))
    policy = [attributes["content"] for _tag, attributes in page.elements if "http-equiv" in attributes]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
    assert not any("src" in attributes for _tag, attributes in page.elements)
    assert "url(" not in "".join(page.said("style"))
    assert "@import" not in "".join(page.said("style"))
    anchors = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    ids = {attributes["id"] for _tag, attributes in page.elements if "id" in attributes}
    assert anchors[0] == "index.html"
    alone = [attributes for _tag, attributes in page.elements if "download" in attributes]
    assert [attributes["download"] for attributes in alone] == ["diagram-1.svg"]
    assert {str(anchor)[1:] for anchor in anchors[1:] if anchor != alone[0]["href"]} <= ids
    assert page.said("title")[0] == "Web application (three tier)"


# --------------------------------------------------------------------------------------------------- index
def test_the_index_lists_models_by_name_and_counts() -> None:
    open_one = {"severity": "high", "status": "open"}
    models = [
        {"definition": {"tmi_definition": 1, "name": "zoo | <b>", "threats": {"a": open_one}}, "file": "zoo.yml"},
        {
            "definition": {
                "tmi_definition": 1,
                "name": "Bank",
                "status": "in_progress",
                "owner": "ana@example.com",
                "threats": {"a": open_one, "b": {"severity": "high", "status": "resolved"}, "c": {"severity": "low"}},
            },
            "file": "index.yml",
        },
        {"tmi_definition": 1, "name": "No file"},
    ]
    assert index_report(models, "markdown", "Mine", False) == (
        "# Mine\n\n3 threat models. 4 threats. 3 need work: 2 high, 1 low. 1 is finished: 1 resolved.\n\n"
        "## All models\n\nNumbers are threats that need work, of all.\n\n"
        "| Threat model | Status | Owner | High | Low | All | Diagrams |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| [Bank](<index.model.md>) | In progress | ana@example.com | 1 of 2 | 1 of 1 | 2 of 3 | 0 |\n"
        "| No file |  |  |  |  | 0 of 0 | 0 |\n"
        "| [zoo \\| &lt;b&gt;](<zoo.md>) |  |  | 1 of 1 |  | 1 of 1 | 0 |\n"
        "| All models |  |  | 2 of 3 | 1 of 1 | 3 of 4 | 0 |\n"
    )
    page = Page(index_report(models, "html", "<Mine>", False))
    assert page.said("h1") == ["<Mine>"]
    found = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert found == ["index.model.html", "zoo.html"]
    assert "zoo | <b>" in page.said("a")


def test_an_index_of_nothing() -> None:
    assert "0 threat models" in index_report([], "markdown", "None", False)
    assert "0 threat models" in index_report([], "html", "None", False)


# --------------------------------------------------------------------------------------------------- refused
@pytest.mark.parametrize(
    ("options", "where", "says"),
    [
        ({"form": "pdf"}, "format", "must be one of html, markdown, svg, not 'pdf'"),
        ({"diagram": "main"}, "diagram", "goes with the format svg only"),
        ({"form": "svg", "diagram": "nope"}, "diagram", "no diagram 'nope': say which one of main, more"),
        ({"form": "svg"}, "diagram", "has 2 diagrams: say which one of main, more"),
        ({"all": "perhaps"}, "include_all", "must be true or false, not 'perhaps'"),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], where: str, says: str) -> None:
    definition = model_of("Thing")
    definition["diagrams"]["more"] = {"name": "Another"}
    assert report(definition, "svg", diagram="Another")
    assert report(definition, "svg", diagram="main")
    with pytest.raises(InputError) as caught:
        report(definition, **options)
    assert caught.value.path == where
    assert says in caught.value.message


def test_mistakes_are_reported_with_their_place() -> None:
    with pytest.raises(InputError, match="has no diagram to draw"):
        report({"tmi_definition": 1, "name": "Shop"}, "svg")
    with pytest.raises(InputError, match=r"definition threats\.a\.severity"):
        report({"tmi_definition": 1, "name": "Shop", "threats": {"a": {"severity": "bad"}}})
    bad = {"tmi_definition": 1, "name": "Shop", "threats": {"a": {"severity": "bad"}}}
    with pytest.raises(InputError, match=r"definitions\[1\] .*severity"):
        index_report([STANDARD["web_application"], bad], "html", "x", False)
    for wrong in ({"a": 1}, "text", 3):
        with pytest.raises(InputError, match="must be a list of definitions"):
            index_report(wrong, "html", "x", False)
    with pytest.raises(InputError, match="must be one of html, markdown"):
        index_report([], "svg", "x", False)


def test_titles_fall_back_to_keys() -> None:
    definition = {"tmi_definition": 1, "name": "S", "diagrams": {"m": {"nodes": {"n": {"label": " "}}}}}
    (cell,) = read_report(definition).sheets[0].cells
    assert title(cell) == "n"
