# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the documentation promises and what the trust tests try, read from the page and the marks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "docsite" / "rst" / "guide_trust.rst"
TESTS = ROOT / "tests" / "trust"


class Promise(NamedTuple):
    """A row of the page: which files try it, and how many cases a whole run has at least."""

    files: frozenset[str]
    cases: int


def on_page(page: Path = PAGE) -> dict[str, Promise]:
    """Return the rows of the table of promises by their text. Raises ValueError for a row that has no figure."""
    found = {}
    for row in re.split(r"^    \* - ", page.read_text("utf-8"), flags=re.MULTILINE)[1:]:
        cells = re.split(r"^      - ", row.partition("\n\n")[0], flags=re.MULTILINE)
        files = re.findall(r"``(test_\w+\.py)``", cells[-1])
        if files:
            found[" ".join(cells[0].split())] = Promise(frozenset(files), int(cells[1].replace(",", "")))
    return found


def lacking(held: dict[str, int]) -> Iterator[str]:
    """Yield the rows of the page that give more cases than were held."""
    for promise, row in on_page().items():
        if held.get(promise, 0) < row.cases:
            yield f"{PAGE.name} promises {row.cases} cases, {held.get(promise, 0)} were held: {promise}"


def marked(tests: Path = TESTS) -> dict[str, frozenset[str]]:
    """Return the promises that tests are marked with, and the names of the files."""
    found: dict[str, set[str]] = {}
    for path in sorted(tests.glob("test_*.py")):
        for promise in _marks(ast.parse(path.read_text("utf-8"))):
            found.setdefault(promise, set()).add(path.name)
    return {promise: frozenset(files) for promise, files in found.items()}


def _marks(tree: ast.Module) -> Iterator[str]:
    texts = {
        ast.unparse(node.targets[0]): node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.promise":
            text = node.args[0]
            yield str(text.value if isinstance(text, ast.Constant) else texts[ast.unparse(text)])


def disagreements() -> Iterator[str]:
    """Yield what the page and the tests say differently."""
    page, tests = on_page(), marked()
    for promise in sorted(tests.keys() - page.keys()):
        yield f"{PAGE.name} lacks the promise of {', '.join(sorted(tests[promise]))}: {promise}"
    for promise in sorted(page.keys() - tests.keys()):
        yield f"{PAGE.name} has a promise that no trust test is marked with: {promise}"
    for promise in sorted(page.keys() & tests.keys()):
        if page[promise].files != tests[promise]:
            yield f"{PAGE.name} names other files than {', '.join(sorted(tests[promise]))} for: {promise}"
