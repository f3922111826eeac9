# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module tmi_watch: a line for each change while it runs, and the same events as the event sources."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
pytest.importorskip("websocket", reason="sessions need websocket-client")

from ansible_collections.tmi.tmi.plugins.module_utils._modules import module as modules
from ansible_collections.tmi.tmi.plugins.modules.tmi_watch import MODULE
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.lines import line_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.watching import watch
from ansible_collections.tmi.tmi.tests.harness.browser import Browser, node
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform

Json = Any
SHOP: Json = {
    "tmi_definition": 1,
    "name": "Shop",
    "diagrams": {"core": {"name": "Core", "nodes": {"web": {}}}},
    "threats": [{"name": "Replay", "severity": "high"}],
}


@pytest.fixture(scope="module", params=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with contextlib.closing(Server(request.param)) as found:
        yield found


def apply(server: Server, **more: Json) -> None:
    result = perform("tmi_definition", {**connection(server), "definition": {**SHOP, **more}, "prune": "all"})
    assert not result.get("failed"), result["msg"]


class Run:
    """A task that watches, with a clock that only waiting moves. ``shown`` is called with each line."""

    def __init__(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        self._server, self._now = server, 0.0
        self.lines: list[str] = []
        self.shown: Callable[[str], None] = lambda _line: None
        #: What happens during the next waits.
        self.waits: list[Callable[[], None]] = []
        real = modules.open_transport

        def opened(*args: Any) -> Any:
            transport = real(*args)
            transport.clock, transport.sleep = lambda: self._now, self._wait
            return transport

        monkeypatch.setattr(modules, "open_transport", opened)

    def _wait(self, seconds: float) -> None:
        self._now += seconds
        if self.waits:
            self.waits.pop(0)()

    def _show(self, line: str) -> None:
        self.lines.append(line.partition("  ")[2])  # without the time
        self.shown(line)

    def __call__(self, check: bool = False, **options: Any) -> Json:
        defaults = {name: entry.get("default") for name, entry in MODULE.argument_spec.items()}
        params = {**defaults, **connection(self._server), **options}
        return replace(MODULE, work=watch).run(params, check, show_line=self._show)


@pytest.fixture
def run(server: Server, monkeypatch: pytest.MonkeyPatch) -> Run:
    server.clear()
    apply(server)
    return Run(server, monkeypatch)


def test_changes_of_models(server: Server, run: Run) -> None:
    run.waits = [lambda: apply(server, threats=[{"name": "Replay", "severity": "low"}])]
    result = run(threat_model=["Sh*"], count=1, interval=1)
    assert run.lines == ['Shop: threat "Replay" updated: severity high -> low']
    assert (result["count"], result["timed_out"], result["changed"]) == (1, False, False)
    assert result["events"][0]["changes"] == {"severity": {"before": "high", "after": "low"}}
    assert result["stats"]["requests"] > 0


def test_nothing_is_left_on_the_disk(server: Server, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C kills the process that watches, so it cannot remove a file."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[Path] = []
    run.waits = [lambda: apply(server, description="d")]
    run.shown = lambda _line: seen.extend(file for file in tmp_path.iterdir() if "locks" not in file.name)
    assert (run(threat_model=["Sh*"], count=1, interval=1)["count"], seen) == (1, [])


def test_the_time_ends_it_without_a_failure(run: Run) -> None:
    result = run(wait_timeout=30)
    assert (result["events"], result["count"], result["timed_out"], run.lines) == ([], 0, True, [])


def test_a_model_that_is_not_there_yet_is_reported_once(server: Server, run: Run) -> None:
    other = {"tmi_definition": 1, "name": "Bank"}
    connected = connection(server)
    run.waits = [lambda: None, lambda: None, lambda: perform("tmi_definition", {**connected, "definition": other})]
    result = run(threat_model=["Sh*", "Bank", "Ban?"], count=1, interval=1, wait_timeout=9)
    assert run.lines[0] == "threat_model: no model has the name or id Bank, Ban?. Trying again"
    assert ([line for line in run.lines if "no model" in line], result["count"]) == (run.lines[:1], 1)


def test_a_server_that_fails_later(server: Server, run: Run) -> None:
    run.waits = [
        lambda: server.arm({"kind": "status", "status": 503, "times": None}),
        lambda: None,
        lambda: None,
        lambda: None,
        server.disarm,
        lambda: apply(server, description="d"),
    ]
    result = run(count=1, interval=1)
    assert [line for line in run.lines if "503" in line] == run.lines[:1]  # not one for each read
    assert run.lines[1:] == ['Shop: threat model "Shop" updated: description (empty) -> d']
    assert not result.get("failed")


def test_a_server_that_fails_at_first(server: Server, run: Run) -> None:
    server.arm({"kind": "status", "status": 503, "times": None})
    assert "503" in run()["msg"]
    server.disarm()


def test_a_session(server: Server, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    [diagram] = perform("tmi_info", {**connection(server), "resource": "diagram", "threat_model": "Shop"})["resources"]
    path = f"/threat_models/{diagram['threat_model_id']}/diagrams/{diagram['id']}"
    domain = {"v0": "test.tmi", "v1": "tmi.local"}[server.api]
    apply(server, authorization=[{"user": f"carol@{domain}", "role": "reader"}])
    with contextlib.ExitStack() as stack:
        alice = Browser(server, "alice", path)
        stack.callback(alice.leave)
        run.shown = lambda _line: alice.edit(node("Cache")) if len(run.lines) == 1 else None
        monkeypatch.undo()  # a connection is read in real time
        token = server.log_in("carol")["access_token"]
        result = run(threat_model=["Shop"], diagram="Core", count=2, token=token, interval=1)
    assert not result.get("failed"), result
    person = f"alice@{domain}"
    cell = result["events"][1]["name"]
    assert run.lines == [
        f"Shop / Core: session of {person}, with {person}",
        f'Shop / Core: node "{cell}" created by {person}',
    ]


def test_check_mode_ends_at_once(server: Server, run: Run) -> None:
    server.control("reset", {"counters": True})
    result = run(check=True, threat_model=["Shop"], diagram="Core")
    assert (result["events"], result["count"], server.counted()["requests"]) == ([], 0, 0)


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"count": 0}, "count"),
        ({"wait_timeout": -1}, "wait_timeout"),
        ({"interval": 0}, "interval"),
        ({"cursor": -1}, "cursor"),
        ({"threat_model": ["a", "b"], "diagram": "Core"}, "threat_model"),
    ],
)
def test_wrong_options(run: Run, options: Json, where: str) -> None:
    assert run(**options)["error"]["where"] == where


def event(kind: str, action: str, **more: Any) -> Json:
    named = {"threat_model": {"name": "Shop"}, "name": "n", "id": "n", "changes": {}, "before": None, "after": None}
    return {**named, "kind": kind, "action": action, **more}


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (event("session", "closed"), "the session has ended"),
        (event("session", "opened", after={"host": "a", "participants": []}), "session of a, with no one else"),
        (event("participant", "left", user="a"), "a has left"),
        (event("presenter", "changed", id=""), "no one presents"),
        (event("cursor", "moved", user="a", after={"x": 1, "y": 2.5}), "a points at 1, 2.5"),
        (event("node", "created", name="a\x1b[31m\nb"), 'node "a?[31m?b" created'),
        (
            event("threat", "updated", changes={"d": {"before": "x" * 50, "after": ["a"]}}),
            'threat "n" updated: d ' + "x" * 39 + '… -> ["a"]',
        ),
        (
            event("note", "updated", changes={str(n): {"before": 1, "after": 2} for n in range(8)}),
            'note "n" updated: ' + ", ".join(f"{n} 1 -> 2" for n in range(6)) + ", 2 more",
        ),
    ],
)
def test_lines(found: Json, sentence: str) -> None:
    assert line_of(found, "10:00:00") == f"10:00:00  Shop: {sentence}"
