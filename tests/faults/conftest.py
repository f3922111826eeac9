# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Servers, a faster clock, and the table that is printed at the end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

#: Servers of each generation; cases that wait are waited for side by side.
LANES = 3
ROWS = pytest.StashKey["list[tuple[str, Any]]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every", type=int, default=1, help="strike only every Nth request (a quick look)")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ROWS] = []


@pytest.fixture(scope="session", params=["v0", "v1"])
def servers(request: pytest.FixtureRequest) -> Iterator[list[Any]]:
    """Return the servers of a generation."""
    from ansible_collections.tmi.tmi.tests.harness.server import Server

    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(Server(request.param))) for _lane in range(LANES)]


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """Return a maker of rows of the table."""
    from ansible_collections.tmi.tmi.tests.harness.runs import Tally

    def make(scenario: str, kind: str) -> Any:
        row = Tally(kind)
        request.config.stash[ROWS].append((scenario, row))
        return row

    return make


@pytest.fixture
def every(request: pytest.FixtureRequest) -> int:
    """Return the distance of the requests that are struck."""
    return int(request.config.getoption("--every"))


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    from ansible_collections.tmi.tmi.tests.harness.runs import make_faster

    make_faster(monkeypatch)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    from ansible_collections.tmi.tmi.tests.harness.runs import Tally

    rows = [[scenario, row.kind, *row.row()] for scenario, row in config.stash[ROWS]]
    if not rows:
        return
    lines = [["scenario", "fault", *Tally.HEAD], *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    terminalreporter.section("faults")
    for line in lines:
        left, right = line[:2], line[2:]
        cells = [text.ljust(width) for text, width in zip(left, widths, strict=False)]
        cells += [text.rjust(width) for text, width in zip(right, widths[2:], strict=True)]
        terminalreporter.write_line("  ".join(cells))
    cases = sum(row.cases for _scenario, row in config.stash[ROWS])
    terminalreporter.write_line(f"{cases} cases")
