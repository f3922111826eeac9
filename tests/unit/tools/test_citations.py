# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Citations lead to pages of the repository, and a broken one is found."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

TOOLS = Path(__file__).resolve().parents[3] / "tests" / "tools" / "consistency"
PAGES = {"api_v0": "V0-B4", "api_v1": "V1-TICKET", "engine_rules": "ENGINE-9", "definition_rules": "FORMAT-5"}


@pytest.fixture
def citations(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TOOLS))
    return importlib.import_module("citations")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one anchor on each page."""
    folder = tmp_path / "docs" / "docsite" / "rst"
    folder.mkdir(parents=True)
    for page, anchor in PAGES.items():
        (folder / f"{page}.rst").write_text(f"_`{anchor}`\n    A fact.\n", "utf-8")
    (tmp_path / "plugins").mkdir()
    return tmp_path


def test_the_repository_has_no_broken_citation(citations: ModuleType) -> None:
    assert list(citations.complaints()) == []


def test_what_ansible_test_keeps_while_it_runs_is_not_read(citations: ModuleType, root: Path) -> None:
    program = root / "tests" / "output" / ".tmp" / "python3.13" / "bin" / "python"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"\x7fELF\xd8")
    assert list(citations.complaints(root)) == []


@pytest.mark.parametrize("anchor", PAGES.values())
def test_a_citation_of_an_anchor_passes(citations: ModuleType, root: Path, anchor: str) -> None:
    (root / "plugins" / "a.py").write_text(f'"""A reason ({anchor})."""\n', "utf-8")
    assert list(citations.complaints(root)) == []


@pytest.mark.parametrize(
    "text",
    [
        "a reason (V1-TICKETS)",
        "a reason (ENGINE-99)",
        "two reasons (ENGINE-9, FORMAT-6)",
        "a reason (design, rule 9)",
        "a reason (design,\n# section 5)",
        "a reason (rule 5)",
        "a reason (section 7.1)",
        "a reason (live section 2.4)",
        "a reason (live, section\n    3)",
        "a reason (live 2.4)",
        "a reason (contract-seed §10)",
        "a reason (contract-1.8)",
        "a reason (contract 1.8, 0.2)",
        "in the order of the contract",
        "a reason (bug B8)",
        "a reason (B8)",
        '"""B8."""',
        "a reason (format, rule 5)",
        "a reason (definition format, section 2.5)",
        "the server of the seed documents",
        "a reason (trace ws-connect)",
        "see design.md",
        "see ../shared/facts/events.md",
    ],
)
def test_a_citation_that_leads_nowhere_is_found(citations: ModuleType, root: Path, text: str) -> None:
    (root / "plugins" / "a.py").write_text(f"# One line.\n# {text}\n", "utf-8")
    assert [line.split(" cites ")[0] for line in citations.complaints(root)][:1] == ["plugins/a.py:2"]


@pytest.mark.parametrize(
    "text",
    [
        "RFC 6455, section 5.5",
        "RFC 9110 §9.2.2",
        "RFC 6750,\n# section 2.1",
        "CVSS 3.1 specification, section 7.1",
        'quirky("B4")',
        "`B4`",
        "this section, and these rules",
        "a design",
    ],
)
def test_what_is_public_or_no_citation_passes(citations: ModuleType, root: Path, text: str) -> None:
    (root / "plugins" / "a.py").write_text(f"# {text}\n", "utf-8")
    assert list(citations.complaints(root)) == []


def test_an_anchor_that_is_there_twice_or_on_the_wrong_page_is_found(citations: ModuleType, root: Path) -> None:
    page = root / "docs" / "docsite" / "rst" / "api_v1.rst"
    page.write_text("_`V1-TICKET`\n    A.\n\n_`V1-TICKET`\n    B.\n\n_`V0-X`\n    C.\n", "utf-8")
    complaints = "\n".join(citations.complaints(root))
    assert "defines V1-TICKET more than once" in complaints
    assert "defines V0-X, which does not begin with V1-" in complaints
