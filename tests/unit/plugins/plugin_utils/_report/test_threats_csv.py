# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of threats: complete, stable, and never a formula."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.report import csv_report
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import STANDARD, model_of, texts

FORMULAS = (
    "=1+1",
    "+1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "\u200b=1",
    "\u00a0=1",
    "\uff1d1+1",
    '"=1+1',
    "a;=1+1",
    "a; @x",
    "a\n=1",
)


def rows_of(models: Any, columns: Any = None, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(csv_report(models, columns, delimiter, False)), delimiter=delimiter))


def test_each_threat_has_a_line_with_all_that_is_known() -> None:
    rows = rows_of(list(STANDARD.values()))
    assert len(rows) == sum(len(model["threats"]) for model in STANDARD.values())
    assert [row["Threat model"] for row in rows] == sorted((row["Threat model"] for row in rows), key=str.casefold)
    threat = {
        "name": "Flood",
        "severity": "high",
        "status": "in_progress",
        "types": ["Denial of Service"],
        "score": 7.5,
        "at": "main/web",
        "mitigation": "Limits",
        "cwe": ["CWE-400"],
        "metadata": {"ticket": "T-1"},
        "accept": {"by": "ana", "until": "2026-12-31", "reason": "Rare"},
        "description": "Many\nrequests",
    }
    model = {"tmi_definition": 1, "name": "Shop", "metadata": {"team": "web"}, "threats": {"flood": threat}}
    model["diagrams"] = {"main": {"name": "Data flow", "nodes": {"web": {"label": "Web"}}}}
    (row,) = rows_of([model], ["team", "cost"])
    expected = {
        "Threat model": "Shop",
        "No.": "1",
        "Threat": "Flood",
        "Severity": "High",
        "Status": "In progress",
        "Finished": "no",
        "Types": "Denial of Service",
        "Where": "Data flow: Web",
        "Description": "Many requests",
        "CWE": "CWE-400",
        "Score": "7.5",
        "Accepted until": "2026-12-31",
        "Accepted by": "ana",
        "Mitigation": "Limits",
        "Metadata": "ticket: T-1",
        "team": "web",
        "cost": "",
    }
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str, delimiter: str) -> None:
    model = model_of("x")
    model["threats"] = {"a": {"name": f"x{text}", "description": text, "mitigation": text, "accepted_reason": text}}
    model["metadata"] = {"team": text}
    (row,) = rows_of([{**model, "name": text.strip() or "x"}], ["team", text], delimiter)
    for name, cell in row.items():
        for part in (name, *cell.split(";")):
            stripped = part.strip().lstrip('"')
            assert not stripped.startswith(tuple("=+-@\uff1d\uff0b\uff0d\uff20")), (name, cell)


@settings(max_examples=60)
@given(st.one_of(texts, st.text("=+-@\t\r\n ;,\"'a\uff1d\u200b", min_size=1, max_size=12)))
def test_no_text_is_a_formula_or_breaks_a_line(text: str) -> None:
    models = [model_of(f"x{text}")]
    next(iter(models[0]["threats"].values()))["mitigation"] = text
    written = csv_report(models, ["key"], ",", False)
    rows = list(csv.reader(io.StringIO(written)))
    assert len(rows) == len(written.splitlines()) == 1 + len(models[0]["threats"])
    assert len({len(row) for row in rows}) == 1
    for row in rows:
        for cell in row:
            assert cell[:1] not in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") or cell == "", cell


def test_harmless_texts_stay_as_they_are() -> None:
    model = {"tmi_definition": 1, "name": "S", "threats": {"a": {"name": "a=b - c + d @ e; f", "mitigation": "it's 5"}}}
    (row,) = rows_of([model])
    assert (row["Threat"], row["Mitigation"]) == ("a=b - c + d @ e; f", "it's 5")


def test_the_columns_do_not_depend_on_the_threats() -> None:
    texts = [csv_report(models, ["team"], ",", False) for models in ([], [STANDARD["web_application"]])]
    assert texts[0] == texts[1].splitlines(keepends=True)[0]


def test_the_order_of_the_models_has_no_effect() -> None:
    models = list(STANDARD.values())
    assert csv_report(models, None, ",", False) == csv_report(models[::-1], None, ",", False)


def test_a_delimiter_is_one_of_three() -> None:
    with pytest.raises(InputError, match="delimiter: must be one of"):
        csv_report([], None, "|", False)
