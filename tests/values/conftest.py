# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any value of any type: every option of every plugin gets them, and each is taken or refused in one sentence.

``--times N`` tries N times as many examples as the sample of `make test`; ``--seed N`` tries others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

#: Examples of a test of the sample that asks a server, and of one that does not.
ASKING, ASKING_NOTHING = 3, 12


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("values")
    group.addoption("--times", type=int, default=1, help="try this many times the examples of the sample")
    group.addoption("--seed", type=int, default=0, help="choose the examples by another number")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Figures(), "tmi-values-figures")


class Figures:
    """Counts examples where reports arrive, which is one process also with --numprocesses."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, int]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        said = dict(report.user_properties)
        if report.when == "call" and "examples" in said:
            self._found[report.nodeid] = said["examples"], said["refused"]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._found:
            examples, refused = (sum(column) for column in zip(*self._found.values(), strict=True))
            terminalreporter.section("values")
            terminalreporter.write_line(f"{examples} examples: {refused} refused in a sentence, the others taken")


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Any]]:
    """Hold the embedded servers by generation."""
    made: dict[str, Any] = {}
    yield made
    for server in made.values():
        server.close()


@pytest.fixture(params=["v0", "v1"])
def server(request: pytest.FixtureRequest, servers: dict[str, Any]) -> Any:
    """Return the embedded server of a generation, with its test controls."""
    from ansible_collections.tmi.tmi.tests.harness.server import Server

    if request.param not in servers:
        servers[request.param] = Server(request.param)
    return servers[request.param]


@pytest.fixture
def attempt(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> Callable[[Any, Callable[[Any], bool]], None]:
    """Return what tries examples of a strategy; the trial says whether a value was refused."""
    from ansible_collections.tmi.tmi.tests.harness.values import tried

    examples = ASKING if "server" in request.fixturenames else ASKING_NOTHING
    examples *= request.config.getoption("--times")

    def attempt(strategy: Any, trial: Callable[[Any], bool]) -> None:
        tally = tried(strategy, trial, examples, request.config.getoption("--seed"))
        record_property("examples", tally.examples)
        record_property("refused", tally.refused)

    return attempt


@pytest.fixture(autouse=True)
def _folder(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options name files: let them lie where nothing is lost."""
    monkeypatch.chdir(tmp_path)
