# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What pages lead to is there, every page is led to, and playbooks tell of variables that they have."""

from __future__ import annotations

import fnmatch
import itertools
import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "docsite" / "rst"
MARKDOWN = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("roles/*/README.md")), *sorted(ROOT.glob("docs/**/*.md"))]
#: Pages for developers, which name files of the code.
FOR_DEVELOPERS = [GUIDES / f"guide_{name}.rst" for name in ("architecture", "contributing", "extending")]
PLAYBOOKS = sorted(ROOT.glob("playbooks/*.yml"))
#: A file of the collection's documentation, wherever it is named: in messages, comments, plugins.
NAMED = re.compile(r"\bdocs/(?:[\w.-]+/)*[\w-]+\.(?:rst|md|json|svg)\b")


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_markdown(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    files = [link.partition("#")[0] for link in links if "://" not in link]
    assert [file for file in files if not (page.parent / file).exists()] == []


def test_files_of_the_documentation_that_are_named_exist() -> None:
    named = {"docs/schema/tmi_definition-1.json"}
    for pattern in ("plugins/**/*.py", "roles/**/*.yml", "playbooks/**/*.yml", "tests/tools/*.py", "Makefile", "*.py"):
        for path in ROOT.glob(pattern):
            named.update(NAMED.findall(path.read_text("utf-8")))
    for path in [*MARKDOWN, *GUIDES.glob("*.rst")]:
        named.update(NAMED.findall(path.read_text("utf-8")))
    assert [file for file in sorted(named) if not (ROOT / file).is_file()] == []


@pytest.mark.parametrize("page", FOR_DEVELOPERS, ids=lambda path: path.name)
def test_files_of_the_code_that_are_named_exist(page: Path) -> None:
    tops = ("changelogs", "docs", "meta", "plugins", "roles", "tests")
    files = [path.relative_to(ROOT) for top in tops for path in ((ROOT / top), *(ROOT / top).rglob("*"))]
    named = set(re.findall(r"`([\w*./-]+(?:/|\.py|\.ya?ml|\.json))`", page.read_text("utf-8")))
    known = [f"/{path.as_posix()}" for path in files]
    assert named
    assert [name for name in sorted(named) if not fnmatch.filter(known, f"*/{name.rstrip('/')}")] == []


def test_the_diffs_of_examples_fit_the_code() -> None:
    """A line that a diff removes is in its file, so the example can be followed."""
    page = (GUIDES / "guide_extending.rst").read_text("utf-8")
    removed = []
    for diff in re.findall(r"^    \+\+\+ (\S+)\n((?:    (?!\+\+\+)[+-].*\n)+)", page, re.MULTILINE):
        lines = [line[5:] for line in diff[1].splitlines() if line.startswith("    -")]
        removed += [(diff[0], line) for line in lines]
    assert len(removed) > 20
    code = {file: (ROOT / file).read_text("utf-8").splitlines() for file, _line in removed}
    assert [(file, line) for file, line in removed if line not in code[file]] == []


def test_every_guide_is_listed_and_in_readme() -> None:
    guides = {path.stem for path in GUIDES.glob("*.rst")}
    sections = yaml.safe_load((ROOT / "docs/docsite/extra-docs.yml").read_text("utf-8"))["sections"]
    assert {name for section in sections for name in section["toctree"]} == guides
    readme = (ROOT / "README.md").read_text("utf-8")
    assert {name for name in guides if f"docs/docsite/rst/{name}.rst" in readme} == guides


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.name)
def test_head_of_a_playbook(playbook: Path) -> None:
    """It shows how to call the playbook, with variables that it goes on to explain."""
    head = re.search(r"(?:^#.*\n)+", playbook.read_text("utf-8").partition("SPDX")[2], re.MULTILINE)
    assert head
    lines = [line.removeprefix("#") for line in head[0].splitlines()]
    shown = [line for line in lines if line.startswith("     ")]
    told = " ".join(line for line in lines if not line.startswith("     "))
    calls = [shlex.split(line) for line in shown if "ansible-playbook" in line]
    assert calls
    for words in calls:
        assert f"tmi.tmi.{playbook.stem}" in words, words
        for before, word in itertools.pairwise(words):
            if before == "-e" and not word.startswith("@"):
                assert re.search(rf"\b{word.partition('=')[0]}\b", told) or "Variables: those of the role" in told, word
