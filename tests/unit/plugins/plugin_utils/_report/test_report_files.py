# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a folder: they lead to each other, and are the same if nothing has changed."""

from __future__ import annotations

import copy
import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._files.folder import is_name
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.files import as_files
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import HOSTILE, STANDARD, Page

ALL = ["html", "markdown", "csv", "definition"]


def files_of(models: Any, formats: Any = "html", **options: Any) -> dict[str, str]:
    given = {"title": "Models", "columns": None, "today": "", "editor": "", "include_all": False, "schema": ""}
    return as_files(models, formats, **{**given, **options})


def test_all_files_of_two_models_are_there_and_lead_to_each_other() -> None:
    models = [{"definition": STANDARD[key], "file": f"{key}.yml"} for key in ("mobile_app", "web_application")]
    files = files_of(models, ALL)
    assert list(files) == sorted(
        [f"{key}.{end}" for key in ("mobile_app", "web_application") for end in ("html", "md", "yml", "main.svg")]
        + ["index.html", "index.md", "threats.csv"]
    )
    for name, text in files.items():
        if name.endswith(".html"):
            found = [attributes.get("href") for tag, attributes in Page(text).elements if tag == "a"]
            assert {unquote(href.partition("#")[0]) for href in found if href and not href.startswith("#")} <= set(
                files
            )
    assert 'href="mobile_app.main.svg"' in files["mobile_app.html"]
    assert "download" not in files["mobile_app.html"]
    assert yaml.safe_load(files["mobile_app.yml"]) == STANDARD["mobile_app"]


def test_the_same_models_give_the_same_files_in_any_order() -> None:
    models = [{"definition": STANDARD[key], "file": f"{key}.yml"} for key in ("mobile_app", "web_application")]
    assert files_of(models, ALL) == files_of(copy.deepcopy(models[::-1]), ALL[::-1])


def test_names_of_files_are_unique_and_safe() -> None:
    diagrams = {key: {"nodes": {"a": {}}} for key in ("main", "../x", "a b", "ümlaut")}
    models = [
        {"tmi_definition": 1, "name": name, "diagrams": diagrams} for name in ("Shop", "shop", "index", *HOSTILE[:-1])
    ]
    files = files_of(models, ALL)
    assert len(files) == len(models) * (3 + len(diagrams)) + 3
    assert all(map(is_name, files))
    assert {"shop.yml", "shop-2.yml", "index-2.yml", "shop.main.svg", "shop.diagram-2.svg"} <= set(files)
    named = {PurePosixPath(name).stem for name in files if re.fullmatch(r"[a-z0-9-]+\.yml", name)}
    assert len(named) == len(models)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"formats": ["pdf"]}, "formats: must be one of html, markdown, csv, definition, not 'pdf'"),
        ({"formats": {"html": 1}}, "formats: must be a text"),
        ({"columns": {"team": 1}}, "columns: must be a text"),
        ({"schema": "a\nb"}, "schema: must be one line"),
        ({"models": "x"}, "definitions: must be a list of definitions"),
        ({"models": ["tmi_definition: 1\nname: Shop"], "formats": "definition"}, "is a text, which is a file already"),
    ],
)
def test_options_that_cannot_be(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=re.escape(says)):
        files_of(options.pop("models", []), **options)
