# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Single cases of a fault at a request and of a killed run, and the kinds of faults that requests meet."""

from __future__ import annotations

import dataclasses
import os
import signal
from typing import Any

from ansible_collections.tmi.tmi.tests.harness.held import Census, compare
from ansible_collections.tmi.tmi.tests.harness.process import fork
from ansible_collections.tmi.tmi.tests.harness.runs import Case, Scenario, after, untold
from ansible_collections.tmi.tmi.tests.harness.server import Server

Json = Any
#: Until the server has surely acted or given up (option settle_timeout; 0.8 s on the faster clock).
SETTLE = 16.0
#: Seconds, by the wall clock, after which the client gives up. On a busy machine it gives up on more requests than the
#: one that is struck, and what must hold then holds all the same.
GIVE_UP = 0.2

KINDS: dict[str, Json] = {
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "500": {"kind": "status", "status": 500},
    "500 after": {"kind": "status_after", "status": 500},
    "500, half done": {"kind": "half", "status": 500},
    "502": {"kind": "status", "status": 502},
    "502 after": {"kind": "status_after", "status": 502},
    "503": {"kind": "status", "status": 503},
    "503 after": {"kind": "status_after", "status": 503},
    "503, Retry-After 1": {"kind": "status", "status": 503, "headers": {"Retry-After": "1"}},
    "504": {"kind": "status", "status": 504},
    "504 after": {"kind": "status_after", "status": 504},
    "429, Retry-After 0": {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
    "429, Retry-After 1": {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}},
    "truncated": {"kind": "truncate"},
    "a page": {"kind": "html"},
    "late commit": {"kind": "delay", "seconds": None},
    "commit after the repetition": {"kind": "delay", "seconds": GIVE_UP + 0.07},
    "late answer": {"kind": "late_commit", "seconds": None},
    # Twice in a row, and until the end of the run: what was written then waits for the next run.
    "reset after, twice": {"kind": "reset_after", "times": 2},
    "502 after, twice": {"kind": "status_after", "status": 502, "times": 2},
    "500 from here on": {"kind": "status", "status": 500, "times": None},
    "reset before from here on": {"kind": "reset_before", "times": None},
    "502 after from here on": {"kind": "status_after", "status": 502, "times": None},
}
#: Faults in which the server does nothing: a failed run can tell exactly what it has written.
IDLE = ("status", "reset_before", "html")


def strike(server: Server, scenario: Scenario, golden: Census, kind: str, index: int, method: str = "") -> Case:
    """Run a scenario whose request of this number (of those with the method) meets a fault, then twice without one."""
    fault = KINDS[kind]
    options: Json = {"settle_timeout": SETTLE}
    if "seconds" in fault:
        options["timeout"] = GIVE_UP
    if fault.get("times", 1) is None:
        options["retry_timeout"] = 3.0
    scenario.prepare(server)
    before = server.census() if fault["kind"] in IDLE else {}
    server.arm({"path": scenario.only, "method": method, "nth": index, **fault})
    first = scenario.run(server, **options)
    seen = server.disarm()[0]["seen"]
    lies = list(untold(first, before, server.census())) if first.get("failed") and fault["kind"] in IDLE else []
    done = after(server, f"{method or 'request'} {index}", first, scenario, golden, seen >= index)
    return dataclasses.replace(done, untold=lies)


def kill(server: Server, scenario: Scenario, golden: Census, index: int, *, acted: bool) -> tuple[Case, bool]:
    """Kill a run when it waits for the answer to its request of this number, then run twice more.

    The server answers none from there on. It acts on them at once (``acted``), or when the process is gone.

    Returns:
        The case, and whether the process has left a part.
    """
    scenario.prepare(server)
    before = server.census()
    server.arm({"kind": "late_commit" if acted else "delay", "nth": index, "times": None, "seconds": None})
    pid = fork(lambda: scenario.run(server))
    try:
        _wait_for_request(server, pid)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    server.disarm()
    server.rest()
    left = server.census()
    complete = not compare(left, golden).wrong
    first = {"failed": not complete, "msg": "killed"}
    return after(server, f"request {index}", first, scenario, golden), not complete and left != before


def _wait_for_request(server: Server, pid: int) -> None:
    """Wait until a request of a process has been struck, or it has ended."""
    while not any(fault["seen"] >= fault["nth"] for fault in server.control("faults", method="GET")):
        if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return


def requests_of(server: Server, scenario: Scenario, method: str = "") -> int:
    """Return how many requests (with this method) a run sends that is not struck."""
    scenario.prepare(server)
    server.control("reset", {"counters": True})
    done = scenario.run(server)
    assert not done.get("failed"), done["msg"]
    counted = server.counted()
    return int(counted["by_method"][method] if method else counted["requests"])
