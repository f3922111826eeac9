# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about what a result says was written: compared with what the server counted and holds."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.claims import SCENARIOS, Claim, breaches
from ansible_collections.tmi.tmi.tests.harness.runs import make_faster

Json = Any
JOURNAL = "ansible_collections.tmi.tmi.plugins.module_utils._journal:"

#: What goes wrong with one request, or, ``times`` None, with it and all that follow.
KINDS: dict[str, Json] = {
    "reset before": {"kind": "reset_before"},
    "reset after": {"kind": "reset_after"},
    "400": {"kind": "status", "status": 400},
    "403": {"kind": "status", "status": 403},
    "404": {"kind": "status", "status": 404},
    "409": {"kind": "status", "status": 409},
    "500": {"kind": "status", "status": 500},
    "500 after": {"kind": "status_after", "status": 500},
    "500, half done": {"kind": "half", "status": 500},
    "truncated": {"kind": "truncate"},
    "a list of nothing": {"kind": "status_after", "status": 200, "body": []},
    "an empty object": {"kind": "status_after", "status": 200, "body": {}},
    "an object without its members": {"kind": "status_after", "status": 201, "body": {"id": 7, "cells": "x"}},
    "accepted": {"kind": "status_after", "status": 202},
    "403 from here on": {"kind": "status", "status": 403, "times": None},
    "500 from here on": {"kind": "status", "status": 500, "times": None},
    "reset before from here on": {"kind": "reset_before", "times": None},
    "502 after from here on": {"kind": "status_after", "status": 502, "times": None},
    "cut": {"kind": "cut", "method": "IN"},
    "cut after": {"kind": "cut_after", "method": "IN"},
    "cut from here on": {"kind": "cut", "method": "IN", "times": None},
    "cut after from here on": {"kind": "cut_after", "method": "IN", "times": None},
    "text from here on": {"kind": "status_after", "status": 200, "body": "x", "times": None},
}
#: Of the requests of a definition one kind strikes the first, the fifth …, the next kind the second, the sixth ….
STEP = 4
#: Every kind meets every definition, and every third one a task; connections are cut where there is one.
CASES = [
    (kind, name)
    for row, kind in enumerate(KINDS)
    for column, name in enumerate(SCENARIOS)
    if ("session" in name or not kind.startswith("cut")) and ("definition" in name or (row + column) % 3 == 0)
]


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    make_faster(monkeypatch)


@pytest.mark.promise(
    "A run that fails at any request reports all that it wrote, and nothing else",
    sample=6,
    guard=JOURNAL + "Write.committed",
    fails="403 from here on-definition, create",
)
@pytest.mark.parametrize(("kind", "name"), CASES)
def test_claims(server: Any, name: str, kind: str, record_property: Callable[[str, Any], None]) -> None:
    scenario = SCENARIOS[name]
    if server.api not in scenario.apis:
        pytest.skip(f"{server.api} has no such objects")
    broken, struck = [], 0
    step = STEP if "definition" in name and not kind.startswith("cut") else 1  # of frames there are few
    for number in itertools.count(1 + list(KINDS).index(kind) % step, step):
        claim = Claim.of(server, scenario, {**KINDS[kind], "nth": number})
        if not claim.struck:
            break
        struck += 1
        broken += [f"request {number}: {words}\n  {claim.result.get('msg')}" for words in breaches(claim)]
    assert struck, "no request was struck"
    record_property("cases", struck)
    assert not broken, "\n".join(broken)
