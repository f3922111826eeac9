# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""README as a reader follows it: in a fresh clone, from top to bottom, a new shell for each section."""

from __future__ import annotations

import contextlib
import itertools
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ansible_collections.tmi.tmi.tests.docs import blocks, console
from ansible_collections.tmi.tmi.tests.harness.clone import ROOT, Clone, Shell, lend_packages
from ansible_collections.tmi.tmi.tests.tools import make_pictures

#: `make build` also fetches tools and checks what a release needs, which is a matter of `make release-check`.
INSTEAD = {"make build": "ansible-galaxy collection build --output-path dist"}


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    with contextlib.closing(Clone(tmp_path)) as clone:
        yield clone


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def section(text: str, line: int) -> int:
    """Return the number of the section that a line is in."""
    return sum(head.startswith("## ") for head in text.splitlines()[:line])


def follow(block: blocks.Block, clone: Clone, shell: Shell, port: int) -> str:
    """Keep the file of a block, or run its commands and return what they print.

    :raises AssertionError: if a command fails, warns, or prints something else than is shown
    """
    if block.file:
        (clone.tree / block.file).write_text(block.text, "utf-8")
        return ""
    printed = ""
    assert block.language == "console", f"{block.place}: neither a file nor commands"
    for command, shown in console.commands(block.text):
        line = command.partition("#")[0].strip().replace("18100", str(port))
        wanted = f"{line} PORT={port}" if line == "make quickstart" else INSTEAD.get(line, line)
        code, said = shell.run(wanted)
        assert code == 0, f"{block.place}: {command} ended with {code}:\n{said}"
        assert not re.search(r"\[WARNING|\[DEPRECAT", said), f"{block.place}: {command} warns:\n{said}"
        console.check_shown(shown, said, block.place)
        made = re.fullmatch(r"python3 -m venv ~/(\S+)", line)
        if made:
            lend_packages(clone.home / made[1])
        printed += said
    return printed


@pytest.mark.skipif(shutil.which("make") is None or shutil.which("bash") is None, reason="there is no make, or no bash")
def test_readme(request: pytest.FixtureRequest, count: Callable[[str, str], None]) -> None:
    if request.config.getoption("--api") == ["v0"]:
        pytest.skip("the quickstart's server is of v1 unless it is asked for the other one")
    clone: Clone = request.getfixturevalue("clone")
    text = (ROOT / "README.md").read_text("utf-8")
    found = [block for block in blocks.of_markdown("README.md", text) if block.language in blocks.LANGUAGES]
    assert found
    assert [block.place for block in found if block.how] == []
    port, said = free_port(), ""
    for _section, together in itertools.groupby(found, lambda block: section(text, block.line)):
        with contextlib.closing(clone.shell()) as shell:
            for block in together:
                said += follow(block, clone, shell, port)
                count(block.page, "kept" if block.file else "console")
    pictures = {make_pictures.DIAGRAM: make_pictures.diagram(), make_pictures.PLAN: make_pictures.plan(said)}
    old = [path.name for path, picture in pictures.items() if path.read_text("utf-8").strip() != picture.strip()]
    assert old == [], "`make pictures` makes them anew"
