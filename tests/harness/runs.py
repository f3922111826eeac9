# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of ``tmi_definition`` in this process, on a clock that goes faster, and the table of what became of them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api import client
from ansible_collections.tmi.tmi.plugins.module_utils._api.server import BaseServer
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._journal import PERHAPS
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module
from ansible_collections.tmi.tmi.plugins.module_utils._session import editor as session
from ansible_collections.tmi.tmi.tests.harness.estate import estate
from ansible_collections.tmi.tmi.tests.harness.held import PATIENCE, Census, Faulty, compare
from ansible_collections.tmi.tmi.tests.harness.server import Server, rest

Json = Any
MODULE = definition_module()
DEFAULTS = {name: option.get("default") for name, option in MODULE.argument_spec.items()}
#: Waits before repetitions, and after time-outs, take this part of the time.
FASTER = 20.0

SCENARIOS = {
    "create": {"before": None, "wanted": "second"},
    "update": {"before": "first", "wanted": "second"},
    "remove": {"before": "second", "wanted": "second", "state": "absent"},
    "create, session": {"before": None, "wanted": "second", "via": "session", "only": "/collaborate|/ws|/diagrams/"},
    "update, session": {"before": "first", "wanted": "second", "via": "session", "only": "/collaborate|/ws|/diagrams/"},
}

_CREATED = re.compile(r'created ([a-z ]+) "(.+)"')
_CLEAN: dict[str, tuple[Census, int]] = {}


class Clock:
    """Counts, in seconds, what was slept and nothing else, so that a slow machine uses up no time for repetitions."""

    def __init__(self) -> None:
        self._now = 0.0
        self._lock = threading.Lock()

    def __call__(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let the time pass; who sleeps beside others wakes when all would."""
        wakes = self._now + seconds
        time.sleep(seconds / FASTER)
        with self._lock:
            self._now = max(self._now, wakes)


def make_faster(patch: pytest.MonkeyPatch) -> None:
    """Let waits of the transport and of sessions be short, and the wait for a late write last as long as it must."""
    settle = BaseServer.settle

    def transport(*arguments: Any, **options: Any) -> Transport:
        clock = Clock()
        return Transport(*arguments, clock=clock, sleep=clock.sleep, **options)

    def settled(self: Any, timed_out: bool, sent_at: float) -> None:
        rest(self.transport.settings.url)
        settle(self, timed_out, sent_at)

    patch.setattr(client, "Transport", transport)
    patch.setitem(session.edit.__kwdefaults__, "sleep", lambda seconds: time.sleep(seconds / FASTER))
    patch.setattr(BaseServer, "settle", settled)


def run(server: Server, definition: Sequence[Json], **options: Any) -> Json:
    """Run the module; return its result."""
    login = {} if "login_hint" in options or "token_cache" in options else {"token": server.tokens["access_token"]}
    given = {"url": server.url, "api": server.api, "definition": list(definition), "via": "rest", "prune": "all"}
    given["timeout"] = PATIENCE
    return MODULE.run({**DEFAULTS, **given, **login, **options}, False)


@dataclass
class Scenario:
    """What a run finds and what it shall write. ``only`` keeps faults to requests whose path fits."""

    name: str
    before: Sequence[Json] | None
    wanted: Sequence[Json]
    via: str = "rest"
    only: str = ""
    state: str = "present"

    def run(self, server: Server, **options: Any) -> Json:
        """Write what is wanted; return the module's result."""
        return run(server, self.wanted, **{"via": self.via, "state": self.state, **options})

    def prepare(self, server: Server) -> None:
        """Bring a server to where the run begins."""
        server.clear()
        if self.before is not None:
            done = run(server, self.before)
            assert not done.get("failed"), done["msg"]


def scenario_of(api: str, name: str) -> Scenario:
    """Return a scenario of the table for an API generation."""
    found = dict(SCENARIOS[name])
    before = estate(api, found.pop("before")) if found["before"] else found.pop("before")
    return Scenario(f"{api} {name}", before, estate(api, found.pop("wanted")), **found)


@dataclass
class Tally:
    """A row of the table: what became of all cases of one kind."""

    kind: str
    cases: int = 0
    at_once: int = 0
    by_next: int = 0
    never: int = 0
    duplicates: int = 0
    missing: int = 0
    third_writes: int = 0
    retries: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    HEAD = "cases", "at once", "by next run", "never", "duplicates", "missing", "third run writes", "retries", "seconds"

    def row(self) -> list[str]:
        """Return the figures as text, in the order of ``HEAD``."""
        figures = (self.cases, self.at_once, self.by_next, self.never, self.duplicates, self.missing)
        return [*map(str, figures), str(self.third_writes), str(self.retries), f"{self.seconds:.1f}"]

    def check(self) -> None:
        """Assert the law: nothing twice, nothing missing, and then nothing is left to do."""
        assert self.cases, f"{self.kind}: no case has been tried"
        assert not self.broken, f"{len(self.broken)} of {self.cases} cases of {self.kind}:\n" + "\n".join(self.broken)


@dataclass
class Case:
    """What one fault led to."""

    name: str
    first: Json
    second: Json
    third: Json
    found: Faulty
    third_writes: int
    struck: bool
    untold: Sequence[str] = ()

    def add_to(self, tally: Tally) -> None:
        """Count this case."""
        tally.cases += 1
        whole = not self.first.get("failed")
        tally.at_once += whole
        tally.by_next += not whole and not self.second.get("failed")
        tally.never += bool(self.second.get("failed"))
        tally.duplicates += self.found.duplicates
        tally.missing += self.found.missing
        tally.third_writes += self.third_writes
        tally.retries += self.first["stats"]["retries"] if "stats" in self.first else 0
        tally.broken += [f"{self.name}: {words}" for words in self.breaches()]

    def breaches(self) -> Iterator[str]:
        """Yield what is not as the law says."""
        if not self.struck:
            yield "the fault has not struck"
        for which, result in (("first", self.first), ("second", self.second), ("third", self.third)):
            if result.get("failed") and which != "first":
                yield f"the {which} run failed: {result['msg']}"
            if "exception" in result or "unexpected" in str(result.get("msg", "")):
                yield f"the {which} run broke: {result.get('exception', result['msg'])}"
            if result.get("failed") and "\n" in result["msg"]:
                yield f"the {which} run's message has several lines: {result['msg']}"
        yield from self.untold
        yield from self.found.wrong
        if self.third_writes or (self.third.get("changed") and not self.third.get("failed")):
            yield f"the third run wrote {self.third_writes} times"


def untold(first: Json, before: Census, left: Census) -> Iterator[str]:
    """Yield what a failed run, whose last request did nothing, tells wrongly of what it has written."""
    told = {match.groups() for line in first.get("done", ()) if (match := _CREATED.match(line))}
    created = {key[1:] for key in left if key not in before}
    there = {key[1:] for key in left}
    yield from (f"the message tells of {kind} {name}, which is not there" for kind, name in told - there)
    yield from (f"the message does not tell that {kind} {name} was created" for kind, name in created - told)
    unsure = bool(first.get("done")) and all(line.startswith(PERHAPS) for line in first["done"])
    if first["changed"] is not (left != before) and not (first["changed"] and unsure):
        yield f"changed is {first['changed']}, but what is there {'differs' if left != before else 'is the same'}"


def after(
    server: Server, name: str, first: Json, scenario: Scenario, golden: Census, struck: bool = True, **more: Any
) -> Case:
    """Run twice more without faults; return what then is there."""
    server.rest()
    second = scenario.run(server, **more)
    found = compare(server.census(), golden)
    server.control("reset", {"counters": True})
    third = scenario.run(server, **more)
    return Case(name, first, second, third, found, server.counted()["writes"], struck)


def clean(server: Server, scenario: Scenario, **options: Any) -> tuple[Census, int]:
    """Run a scenario without faults; return what stands there then, and how many requests faults can strike."""
    scenario.prepare(server)
    server.arm({"kind": "delay", "path": scenario.only, "nth": 10**9})
    done = scenario.run(server, **options)
    assert not done.get("failed"), done["msg"]
    assert not done.get("warnings"), done["warnings"]
    requests = server.disarm()[0]["seen"]
    again = scenario.run(server, **options)
    assert again["changed"] is False, again["diff"]
    assert server.counted()["writes"] == 0
    return server.census(), requests


def clean_once(server: Server, scenario: Scenario) -> tuple[Census, int]:
    """Return what :func:`clean` returned when it was first asked for this scenario."""
    if scenario.name not in _CLEAN:
        _CLEAN[scenario.name] = clean(server, scenario)
    return _CLEAN[scenario.name]


def sweep(tally: Tally, servers: Sequence[Server], indexes: Sequence[int], case: Callable[[Server, int], Case]) -> None:
    """Try a case for each index, one at a time on each server, and check the law."""
    begin = time.monotonic()
    free = list(servers)

    def one(index: int) -> Case:
        server = free.pop()
        try:
            return case(server, index)
        finally:
            free.append(server)

    with ThreadPoolExecutor(len(servers)) as lanes:
        for found in lanes.map(one, indexes):
            found.add_to(tally)
    tally.seconds = time.monotonic() - begin
