# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about plain runs, one at a time."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.estate import estate
from ansible_collections.tmi.tmi.tests.harness.runs import run

ENGINE = "ansible_collections.tmi.tmi.plugins.module_utils._engine."
#: What compares what is wanted with what is there.
SAME = (ENGINE + "plan:same", ENGINE + "values:same")


@pytest.mark.promise("A second run changes nothing and writes nothing", sample=2, guard=SAME)
@pytest.mark.parametrize("stage", ["first", "second"])
def test_a_second_run_writes_nothing(server: Any, stage: str) -> None:
    server.clear()
    wanted = estate(server.api, stage)
    first = run(server, wanted)
    assert first["changed"], first
    before = server.census()
    server.control("reset", {"counters": True})
    second = run(server, wanted)
    assert second["changed"] is False, second
    assert server.counted()["writes"] == 0
    assert server.census() == before
