# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The index: columns of choice, acceptances that run out, and a script that only this page has."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import index_report
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import Page


def model(name: str, **until: Any) -> dict[str, Any]:
    """Return a row with an accepted threat for each last day."""
    threats = {
        threat: {"name": threat, "severity": "high", "accept": {"by": "ana", "until": day, "reason": "Because"}}
        for threat, day in until.items()
    }
    definition = {"tmi_definition": 1, "name": name, "metadata": {"team": f"Team {name}"}, "threats": threats}
    return {"definition": definition, "file": f"{name.lower()}.yml", "modified_at": "2026-05-04T10:11:12Z"}


MODELS = [model("Zoo", late="2026-03-31", over="2026-02-28"), model("Bank", today="2026-03-01", far="2026-04-01")]


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_acceptances_that_run_out_are_on_top(form: str) -> None:
    text = index_report(MODELS, form, "All", False, None, "2026-03-01")
    body = text[text.index("have run out") :]
    places = [body.index(part) for part in ("over", "within 30 days", "today", "late", "All models")]
    assert places == sorted(places)
    assert "2026-04-01" not in text
    if form == "html":
        assert 'href="zoo.html#threat-2"' in text


def test_without_a_day_nothing_depends_on_the_day() -> None:
    assert "run out" not in index_report(MODELS, "html", "All", False)


def test_the_page_is_the_same_until_an_acceptance_moves() -> None:
    models = [model("Zoo", late="2026-03-31", over="2026-02-28")]
    pages = {day: index_report(models, "html", "All", False, None, f"2026-03-{day:02}") for day in (1, 2, 31)}
    assert pages[1] == pages[2] == pages[31]
    assert index_report(models, "html", "All", False, None, "2026-04-01") != pages[31]


def test_an_acceptance_of_a_finished_threat_does_not_run_out() -> None:
    row = model("Zoo", over="2026-02-28", done="2026-02-27")
    row["definition"]["threats"]["done"]["status"] = "resolved"
    text = index_report([row], "markdown", "All", False, None, "2026-03-01")
    assert "2026-02-28" in text
    assert "2026-02-27" not in text


@pytest.mark.parametrize("today", ["tomorrow", "2026-02-30", 5, "2026-3"])
def test_a_day_is_a_day(today: Any) -> None:
    with pytest.raises(InputError, match="today: must be a day such as 2026-12-31"):
        index_report(MODELS, "html", "All", False, None, today)


def test_metadata_of_choice_has_columns_and_the_last_change_is_shown() -> None:
    text = index_report(MODELS, "markdown", "All", False, ["team", "cost"])
    assert "| Threat model | team | cost | Last change | High | All | Diagrams |" in text
    assert "| [Bank](<bank.md>) | Team Bank |  | 2026-05-04 10:11 UTC |" in text
    page = Page(index_report(MODELS, "html", "All", False, "team"))
    assert "team" in page.said("th")
    assert "Team Zoo" in page.said("td")
    heads, cells = (sum(tag == name for tag, _attributes in page.elements) for name in ("th", "td"))
    assert (heads - 3) * 3 == cells + 3, "each row has a cell for each column"


def test_the_order_of_the_models_has_no_effect() -> None:
    for form in ("html", "markdown"):
        texts = {index_report(models, form, "All", False, None, "2026-03-01") for models in (MODELS, MODELS[::-1])}
        assert len(texts) == 1


def test_only_the_script_of_the_page_may_run() -> None:
    page = Page(
        index_report([model("<script>alert(1)</script>", over="2026-02-28")], "html", "<b>", False, None, "2026-03-01")
    )
    scripts = [attributes for tag, attributes in page.elements if tag == "script"]
    assert scripts == [{}]
    (policy,) = (attributes["content"] for _tag, attributes in page.elements if "http-equiv" in attributes)
    (script,) = ("".join(page.said("script")),)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert not re.search(r"innerHTML|eval|document[.]write|https?:|alert", script)
    assert not any(name.startswith("on") for _tag, attributes in page.elements for name in attributes)
