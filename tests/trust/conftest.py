# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Trust tests: a table of promises, the sample of it, and the proof that each row can fail.

A promise is a mark, and each test that bears it is a case of its row:

    @pytest.mark.promise("Two runs at once create no duplicates", sample=3, guard="….module_utils._x.y:Name.attr")

``sample``: how many of the test function's parametrised items run with ``--sample`` (spread evenly, always the same).
``guard``: what is switched off for the proof, one text or several; ``OFF`` in tests/trust/guards/*.py has the
replacements.
``fails``: a part of the id of the item that fails without the guard; without it that is the function's first item.

A test of several cases in one item says ``record_property("cases", n)``. With ``--guards`` one item of each promise
runs once more, in a process of its own with the guard switched off, and must fail by an assertion.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("trust")
    group.addoption("--sample", action="store_true", help="run the fixed sample of each promise")
    group.addoption("--guards", action="store_true", help="also prove that each promise fails without its guard")
    group.addoption("--only-guards", action="store_true", help="prove that each promise fails without its guard")
    group.addoption("--api", choices=("v0", "v1", "both"), default="both", help="generations of the API")
    group.addoption("--figures", action="store_true", help="fail if the documentation promises more cases than ran")
    group.addoption("--live", action="store_true", help="what can run on the server of TMI_URL, with TMI_TOKEN(_2)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "promise(text, sample=, guard=, fails=): a row of the table of promises")
    config.addinivalue_line("markers", "xdist_group(name): items that one process runs; known also without xdist")
    config.pluginmanager.register(Table(config.getoption("--figures")), "tmi-trust-table")


class Table:
    """Rows of the table; lives where reports arrive, which is one process also with --numprocesses."""

    def __init__(self, figures: bool) -> None:
        from ansible_collections.tmi.tmi.tests.harness.promises import Row

        self._new = Row
        self._rows: dict[str, Any] = {}
        self._figures = figures
        self._lacking: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        said = dict(report.user_properties)
        if "promise" in said and (report.when == "call" or not report.passed):
            self._rows.setdefault(said["promise"], self._new()).add(report.outcome, said)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        from ansible_collections.tmi.tmi.tests.tools.consistency.promised import lacking

        if self._figures and not hasattr(session.config, "workerinput"):
            self._lacking = list(lacking({promise: row.held for promise, row in self._rows.items()}))
            session.exitstatus = session.exitstatus or bool(self._lacking)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        from ansible_collections.tmi.tmi.tests.harness.promises import lines

        if self._rows:
            terminalreporter.section("promises")
            for line in lines(self._rows):
                terminalreporter.write_line(line)
        for line in self._lacking:
            terminalreporter.write_line(line, red=True)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "api" in metafunc.fixturenames and not hasattr(metafunc.module, "pytest_generate_tests"):
        asked = metafunc.config.getoption("--api")
        if metafunc.config.getoption("--live"):
            asked = "v1" if asked == "both" else asked
        metafunc.parametrize("api", ("v0", "v1") if asked == "both" else (asked,), scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    from ansible_collections.tmi.tmi.tests.harness.promises import GuardItem, on_live, sampled, without_guards

    proofs = []
    if config.getoption("--guards") or config.getoption("--only-guards"):
        proofs = [GuardItem.of(item) for item in without_guards(items)]
    kept = items
    if config.getoption("--only-guards"):
        kept = []
    elif config.getoption("--live"):
        kept = on_live(items)
    if config.getoption("--sample"):
        kept = sampled(kept)
    dropped = [item for item in items if item not in kept]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
    items[:] = [*kept, *proofs]
    for item in kept:
        mark = item.get_closest_marker("promise")
        if mark is not None:
            item.user_properties.append(("promise", mark.args[0]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    from ansible_collections.tmi.tmi.tests.harness.promises import note_verdict

    report = yield
    note_verdict(report, call)
    return report


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, Any]]:
    """Hold the embedded servers by generation, to the end: pytest may change between generations many times."""
    made: dict[str, Any] = {}
    yield made
    for server in made.values():
        server.close()


@pytest.fixture(scope="session")
def server(api: str, servers: dict[str, Any]) -> Any:
    """Return the embedded server of a generation, with its test controls; tests begin by clearing it."""
    from ansible_collections.tmi.tmi.tests.harness.server import Server

    if api not in servers:
        servers[api] = Server(api)
    return servers[api]


@pytest.fixture
def site(api: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """Return a server that a promise is kept on: embedded and empty, or with ``--live`` the one of TMI_URL.

    Names of models begin with ``site.prefix``; what has it is deleted afterwards.
    """
    from ansible_collections.tmi.tmi.tests.harness.site import Site

    if request.config.getoption("--live"):
        made = Site.live(api)
    else:
        server = request.getfixturevalue("server")
        server.clear()
        made = Site.embedded(server)
    yield made
    made.clean()
