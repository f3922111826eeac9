# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers, a place to work for each page, and the count that is printed at the end."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

COUNTS = pytest.StashKey["dict[str, Counter[str]]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--api", action="append", choices=["v0", "v1"], help="only this generation of the API")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "servers" in metafunc.fixturenames:
        generations = metafunc.config.getoption("--api") or ["v0", "v1"]
        metafunc.parametrize("servers", generations, indirect=True, scope="session")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[COUNTS] = {}


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[list[Any]]:
    """Return two servers of a generation."""
    from ansible_collections.tmi.tmi.tests.harness.server import Server

    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(Server(request.param))) for _lane in range(2)]


@pytest.fixture
def workplace(servers: list[Any], tmp_path: Path) -> Iterator[Any]:
    """Return a folder, an environment, and the servers, empty."""
    from ansible_collections.tmi.tmi.tests.docs.workplace import Workplace

    with contextlib.closing(Workplace(tmp_path, *servers)) as place:
        yield place


@pytest.fixture
def count(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return what takes a page and a word for what became of an example of it."""

    def add(page: str, word: str) -> None:
        request.config.stash[COUNTS].setdefault(page, Counter())[word] += 1

    return add


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    counts = config.stash[COUNTS]
    if not counts:
        return
    terminalreporter.section("examples, over all generations")
    for page, words in sorted(counts.items()):
        line = ", ".join(f"{number} {word}" for word, number in sorted(words.items()))
        terminalreporter.write_line(f"{page}: {line}")
    total = sum(counts.values(), Counter())
    terminalreporter.write_line(f"{total.total()} examples: {sum(n for w, n in total.items() if ': ' in w)} not run")
