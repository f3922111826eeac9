# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Citations of facts and rules: each leads to an anchor of a page, and none leads out of the repository.

A citation is the name of an anchor, such as ``V1-TICKET`` or ``ENGINE-9``. The pages define it as ``_`V1-TICKET```.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

#: Page below docs/docsite/rst -> how its anchors begin.
PAGES = {"api_v0": "V0", "api_v1": "V1", "engine_rules": "ENGINE", "definition_rules": "FORMAT"}

CITATION = re.compile(rf"(?<![\w-])(?:{'|'.join(PAGES.values())})-[A-Z0-9]+(?:-[A-Z0-9]+)*(?![\w-])")
ANCHOR = re.compile(r"(?<![\w`])_`([^`]+)`")

#: Where citations are looked for: folders and files below the root, and endings of file names.
PLACES = (".ci", "docs", "meta", "playbooks", "plugins", "roles", "tests", "changelogs/fragments")
AT_TOP = ("CONTRIBUTING.md", "Makefile", "README.md", "SECURITY.md", "noxfile.py", "pyproject.toml")
ENDINGS = frozenset(("", ".j2", ".md", ".py", ".rst", ".sh", ".toml", ".yaml", ".yml"))
#: ansible-test keeps whole environments here while it runs.
OUTPUT = Path("tests", "output")
#: These files have broken and refused citations as examples.
EXAMPLES = frozenset(("tests/tools/consistency/citations.py", "tests/unit/tools/test_citations.py"))

#: Papers that are public, and may be cited by section.
PUBLIC = re.compile(r"\b(?:RFC \d+|CVSS [\d.]+ specification),? +$")
#: Citations that lead out of the repository, or nowhere.
REFUSED = re.compile(
    "|".join(
        (
            r"\b[Ss]ections? +\d|§",
            r"\b[Rr]ules? +\d",
            r"\b[Cc]ontract(?:-\w|,? (?:of|section|\d)|\))|\b(?:[Tt]he|[Ii]ts|[Tt]his|same) contracts?\b",
            r"\((?:design\b|live\b[, ]+\d|traces? +[a-z])",
            r"\bshared/[\w/-]+\.md\b|\b(?:design|definition-format|feasibility|house-moves|performance)\.md\b",
            r"\bseed +(?:documents?|readme|00\d)\b",
            r"(?:(?<![\w\"'`-])|(?<=\"\"\"))B\d{1,2}(?![\w\"'`-])",  # a bug of API v0: its anchor is V0-B4
        )
    )
)
_BREAK = re.compile(r"\n[ \t]*(?:#:?)?")


def anchors(root: Path = ROOT) -> Iterator[tuple[str, str]]:
    """Yield (page, anchor) for each anchor that the pages define."""
    for page in PAGES:
        text = (root / "docs" / "docsite" / "rst" / f"{page}.rst").read_text("utf-8")
        yield from ((page, name) for name in ANCHOR.findall(text))


def files(root: Path = ROOT) -> Iterator[Path]:
    """Yield the files that are looked at: text that people write, without licences, caches and recorded data."""
    inside = [path for place in PLACES for path in sorted((root / place).rglob("*"))]
    for path in (*inside, *(root / name for name in AT_TOP)):
        name = path.relative_to(root)
        hidden = "__pycache__" in name.parts or name.as_posix() in EXAMPLES or OUTPUT in name.parents
        if path.suffix in ENDINGS and path.is_file() and not hidden:
            yield path


def broken(text: str, known: frozenset[str]) -> Iterator[tuple[int, str]]:
    """Yield (line, citation) for each citation in a text that no anchor is known for, or that leads out."""
    # A citation may go over the end of a line; positions stay the same.
    flat = _BREAK.sub(lambda found: " " * len(found[0]), text)
    for found in CITATION.finditer(flat):
        if found[0] not in known:
            yield text.count("\n", 0, found.start()) + 1, found[0]
    for found in REFUSED.finditer(flat):
        if not PUBLIC.search(flat, max(0, found.start() - 40), found.start()):
            yield text.count("\n", 0, found.start()) + 1, " ".join(found[0].split())


def complaints(root: Path = ROOT) -> Iterator[str]:
    """Yield what is wrong: anchors that are defined twice or on the wrong page, and broken citations."""
    defined = list(anchors(root))
    names = [name for _page, name in defined]
    for page, name in defined:
        if not name.startswith(PAGES[page] + "-"):
            yield f"docs/docsite/rst/{page}.rst defines {name}, which does not begin with {PAGES[page]}-"
        elif names.count(name) > 1:
            yield f"docs/docsite/rst/{page}.rst defines {name} more than once"
    known = frozenset(names)
    for path in files(root):
        for line, citation in sorted(broken(path.read_text("utf-8"), known)):
            yield (
                f'{path.relative_to(root)}:{line} cites "{citation}": cite an anchor of docs/docsite/rst/api_v0.rst, '
                "api_v1.rst, engine_rules.rst or definition_rules.rst, such as ENGINE-9"
            )
