# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Words that plain English does not need are found, and words that mean something else are not."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "tests" / "tools" / "consistency"


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module("words")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "site").mkdir(parents=True)
    (tmp_path / "docs" / "site" / "a.rst").write_text("Plain.\n\nNobody is told.\n", "utf-8")
    (tmp_path / "docs" / "site" / "a.svg").write_text("<text>shall</text>", "utf-8")
    (tmp_path / "README.md").write_text("Plain words.\n", "utf-8")
    return tmp_path


def test_no_place_has_one_of_the_words(words: ModuleType) -> None:
    assert list(words.complaints()) == []


@pytest.mark.parametrize(
    "text",
    ["It tells the generation.", "a cell that SHALL go", "nobody", "def told_at_once():", "self._tell(1)", "it stood."],
)
def test_a_word_is_found(words: ModuleType, text: str) -> None:
    assert [line for line, _word in words.words(f"Plain.\n{text}\n")] == [2]


@pytest.mark.parametrize(
    "text",
    ["we understand", "standard, outstanding, intellectual", "``*`` stands for any text", "a stand-in", "file.tell()"],
)
def test_a_word_that_means_something_else_is_not_found(words: ModuleType, text: str) -> None:
    assert list(words.words(text)) == []


def test_an_allowed_phrase_allows_itself_only(words: ModuleType) -> None:
    assert list(words.words("x stands for y; it stands there")) == [(1, "stands")]


def test_a_complaint_has_the_line_and_a_better_word(words: ModuleType, root: Path) -> None:
    assert list(words.complaints(root)) == [
        'docs/site/a.rst:3: write another word than "nobody" (no one, no user, no run)',
        'docs/site/a.rst:3: write another word than "told" (report, detect, decide, distinguish, say)',
    ]


def test_places_are_folders_and_files_that_there_are(words: ModuleType, root: Path) -> None:
    assert list(words.places(root)) == ["docs/site", "README.md"]


def test_figures_and_lines_are_printed(
    words: ModuleType, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(words, "ROOT", root)
    assert words.main([]) == words.main(["docs/site"]) == 0
    figures = ["    2  docs/site (nobody 1, told 1)", "    0  README.md", "    2  in all"]
    lines = ["docs/site/a.rst:3: nobody", "docs/site/a.rst:3: told"]
    assert capsys.readouterr().out.splitlines() == [*figures, *lines]
