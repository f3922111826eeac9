# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of a page: blocks of code in Markdown and reStructuredText, and the EXAMPLES of a plugin."""

from __future__ import annotations

import ast
import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

#: What stands before a block in a comment that readers do not see: `example: not run: needs a browser`.
MARK = re.compile(r"(?:\.\. |<!-- )example: (?P<how>not run|parse): (?P<why>.*?)(?: -->)?$")
#: Languages of examples; what is in another one is a message, a format, a picture.
LANGUAGES = ("yaml", "yaml+jinja", "console", "sh")
#: Other ways to write code, which would hide it from these tests.
HIDDEN = re.compile(r"^\s*\.\. (code|sourcecode|literalinclude|parsed-literal|include|highlight)::|^(?!\s*\.\. ).*::$")


@dataclass(frozen=True)
class Block:
    """One example. `how` is empty, or `not run` or `parse`, for the reason `why`."""

    page: str
    line: int
    language: str
    text: str
    how: str = ""
    why: str = ""

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str:
        """The file that its first line names, as in `# models/shop.yml`; else nothing."""
        named = re.match(r"# ((?:[\w.-]+/)*[\w.-]+\.\w+)(?::.*)?\n", self.text)
        return named[1] if named else ""


def _body(lines: list[str], begin: int) -> tuple[list[str], int]:
    """Return the indented lines from here on without blank ones around them, and where they end."""
    end = begin
    while end < len(lines) and (not lines[end].strip() or lines[end][0] == " "):
        end += 1
    return lines[begin:end], end


def of_rst(page: str, text: str) -> list[Block]:
    """Return the blocks of a page in reStructuredText.

    :raises AssertionError: if code stands there in a way that these tests would not see
    """
    lines, found, mark, i = text.splitlines(), [], None, 0
    while i < len(lines):
        line = lines[i]
        i += 1
        directive = re.match(r"\s*\.\. code-block:: (\S+)$", line)
        if directive:
            body, end = _body(lines, i)
            code = textwrap.dedent("\n".join(body)).strip("\n") + "\n"
            how = mark.groupdict() if mark else {}
            found.append(Block(page, i, directive[1].lower(), code, **how))
            i, mark = end, None
            continue
        assert not HIDDEN.search(line), f"{page}:{i}: write code as a code-block"
        if line.strip():
            mark = MARK.match(line.strip())
    return found


def of_markdown(page: str, text: str) -> list[Block]:
    """Return the blocks of a page in Markdown.

    :raises AssertionError: if a fence names no language
    """
    lines, found, mark, i = text.splitlines(), [], None, 0
    while i < len(lines):
        line = lines[i].strip()
        i += 1
        if line.startswith("```"):
            assert line[3:], f"{page}:{i}: name the language"
            end = next(j for j in range(i, len(lines)) if lines[j].strip() == "```")
            code = textwrap.dedent("\n".join(lines[i:end])) + "\n"
            how = mark.groupdict() if mark else {}
            found.append(Block(page, i, line[3:].lower(), code, **how))
            i, mark = end + 1, None
        elif line:
            mark = MARK.match(line)
    return found


def of_page(root: Path, path: Path) -> list[Block]:
    """Return the blocks of a page, those that are no examples too."""
    read = of_rst if path.suffix == ".rst" else of_markdown
    return read(str(path.relative_to(root)), path.read_text("utf-8"))


def of_plugin(root: Path, path: Path) -> Block:
    """Return the EXAMPLES of a plugin as one block."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "EXAMPLES":
            assert isinstance(node.value, ast.Constant)
            return Block(str(path.relative_to(root)), node.lineno, "yaml+jinja", str(node.value.value).lstrip("\n"))
    raise AssertionError(f"{path} has no EXAMPLES")
