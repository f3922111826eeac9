# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about collaboration sessions whose server is hostile, broken or silent."""

from __future__ import annotations

import itertools
import queue
import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.hostile.socket_scripts import scripts
from ansible_collections.tmi.tmi.tests.harness.hostile.sockets import Front, Script
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.worker import Hung, Worker

Json = Any
ARM = "ansible_collections.tmi.tmi.plugins.module_utils._http.timed_socket:TimedSocket._arm"
LIMIT = "ansible_collections.tmi.tmi.plugins.module_utils._http.frames:MESSAGE_LIMIT"
OBJECTS = "ansible_collections.tmi.tmi.plugins.module_utils._session.client:objects"
#: Options of the runs, in seconds. A silent server costs ``retry_timeout`` and what two requests and a close take.
TIMES = {"timeout": 2, "connect_timeout": 2, "retry_timeout": 5, "settle_timeout": 0}
#: Seconds after which a run counts as one that hangs: far more than it may take, for the machine may be busy.
LONGEST = 60
MEMORY = 300 << 20
#: Runs at once: most of them wait.
LANES = 10
_NUMBERS = itertools.count()
_READING = threading.Lock()


@dataclass
class Seen:
    """What became of a run; ``before`` and ``after`` are the cells that the server holds."""

    result: Json
    seconds: float
    grown: int
    open: Json
    closed: bool
    before: Json
    after: Json


class Lanes:
    """Runs scripts, several at once, when the first of them is asked for.

    The servers are its own: the runs go on beside other tests, which empty the one that they share.
    """

    def __init__(self) -> None:
        self._servers: dict[str, Any] = {}
        self._pool = ThreadPoolExecutor(LANES)
        self._workers: queue.SimpleQueue[Worker] = queue.SimpleQueue()
        self._made = [Worker() for _lane in range(LANES)]
        for worker in self._made:
            self._workers.put(worker)
        self._runs: dict[tuple[str, str], Future[Seen]] = {}

    def start(self, api: str, found: list[Script]) -> None:
        """Begin with the scripts that have not been begun."""
        if api not in self._servers:
            self._servers[api] = Server(api)
        server = self._servers[api]
        for script in found:
            if (server.api, script.name) not in self._runs:
                self._runs[server.api, script.name] = self._pool.submit(self._run, server, script)

    def seen(self, api: str, script: Script) -> Seen:
        """Return what became of a script."""
        return self._runs[api, script.name].result()

    def _run(self, server: Any, script: Script) -> Seen:
        worker = self._workers.get()
        try:
            return _try(worker, server, script)
        finally:
            self._workers.put(worker)

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)
        for worker in self._made:
            worker.close()
        for server in self._servers.values():
            server.close()


def _try(worker: Worker, server: Any, script: Script) -> Seen:
    name = "Hostile %d" % next(_NUMBERS)
    given = {"url": server.url, "api": server.api, "token": server.tokens["access_token"], "via": "rest", **TIMES}
    model = {
        "tmi_definition": 1,
        "name": name,
        "diagrams": {"main": {"name": "Main", "nodes": {"a": {"type": "actor"}}}},
    }
    worker.run({**given, "definition": [model], "timeout": 30, "retry_timeout": 60}, LONGEST * 2)
    model["diagrams"]["main"].update(
        nodes={"a": {}, "b": {"type": "process"}, "c": {"type": "store"}}, flows=["a -> b"]
    )
    before = _cells(server, name)
    front = Front(server.url, script)
    try:
        found = worker.run({**given, "url": front.url, "definition": [model], "via": "session"}, LONGEST)
    finally:
        closed = front.close()
    return Seen(**found, closed=closed, before=before, after=_cells(server, name))


def _cells(server: Any, name: str) -> Json:
    """Return the ids of the diagram's cells, as the server has them."""
    with _READING:
        model = next(one["id"] for one in server.items("/threat_models") if one["name"] == name)
        path = f"/threat_models/{model}/diagrams"
        (diagram,) = server.items(path)
        return sorted(cell["id"] for cell in server.get(f"{path}/{diagram['id']}")["cells"])


@pytest.fixture(scope="session")
def lanes() -> Iterator[Lanes]:
    made = Lanes()
    yield made
    made.close()


@pytest.fixture
def seen(lanes: Lanes, api: str, script: Script, request: pytest.FixtureRequest) -> Callable[[], Seen]:
    """Return how to get what became of the script; all that are asked for of this generation begin together."""
    mine = [item.callspec.params for item in request.session.items if "seen" in getattr(item, "fixturenames", ())]
    lanes.start(api, [one["script"] for one in mine if one["api"] == api])

    def look() -> Seen:
        try:
            return lanes.seen(api, script)
        except Hung as hung:
            raise AssertionError(f"{script.name}: {hung}") from hung

    return look


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What concerns frames is the same in both generations, so each of them gets every other script."""
    if "script" not in metafunc.fixturenames:
        return
    asked = metafunc.config.getoption("--api")
    heavy = metafunc.function is test_memory
    found = []
    for place, api in enumerate(("v0", "v1")):
        for number, script in enumerate(one for one in scripts(api) if one.heavy is heavy):
            shared = script.name.startswith(("handshake", "frame", "for ever", "text"))
            if asked in (api, "both") and (not shared or number % 2 == place or asked != "both"):
                # One process runs a generation's: each begins with all of them, so that they wait side by side.
                together = pytest.mark.xdist_group(f"sockets {api}")
                found.append(pytest.param(api, script, id=f"{api}-{script.name}", marks=together))
    metafunc.parametrize(("api", "script"), found, scope="session")


def check(script: Script, seen: Seen) -> None:
    """Assert what holds for every run."""
    result = seen.result
    message = str(result.get("msg", ""))
    assert "exception" not in result, result["exception"]
    assert "defect" not in message, message
    assert seen.seconds < LONGEST
    assert seen.grown <= MEMORY, f"{seen.grown >> 20} MiB"
    assert seen.closed, "a connection was left open"
    assert seen.open[1] <= seen.open[0] or seen.open[0][0] == 0, f"left open: {seen.open}"
    if result.get("failed"):
        assert 'diagram "Main"' in message, message
        assert "\n" not in message
        assert len(message) <= 2000
        assert "ticket=" not in message
        assert "token=" not in message
    if script.says:
        assert result.get("failed"), "the run works"
        assert re.search(script.says, message), message
    elif script.says == "":
        assert not result.get("failed"), message
    changed = seen.before != seen.after
    assert result["changed"] is changed, f"changed is {result['changed']}, done {result.get('done')}, {message}"
    if result.get("failed"):
        assert bool(result.get("done")) is changed, result.get("done")
    else:
        assert len(seen.after) == 4, seen.after


@pytest.mark.promise(
    "A hostile or silent collaboration session ends in time", sample=10, guard=ARM, fails="a byte at a time"
)
def test_time(seen: Callable[[], Seen], script: Script) -> None:
    check(script, seen())


@pytest.mark.promise(
    "A collaboration session cannot fill the memory", sample=3, guard=(LIMIT, OBJECTS), fails="1 GiB that comes"
)
def test_memory(seen: Callable[[], Seen], script: Script) -> None:
    check(script, seen())
