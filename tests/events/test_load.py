# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source webhook under load: a thousand deliveries a second for ten seconds."""

from __future__ import annotations

import asyncio
import sys

import pytest

from ansible_collections.tmi.tmi.tests.harness import deliveries

#: MB that the source may use in addition. It keeps what it recognises of 10,000 events, and at most 500 that wait.
MORE_MEMORY = 64


@pytest.mark.parametrize("pause", [0, 3], ids=["quick rules", "rules that are busy for 3 s"])
def test_a_thousand_deliveries_a_second(pause: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is lost and nothing comes twice, in bounded memory. The rate is printed, since it is the machine's."""
    load = asyncio.run(deliveries.send(rate=1000, seconds=10, pause=pause))
    with capsys.disabled():
        sys.stdout.write(f"\nwebhook source, {pause} s without rules: {load}\n")
    assert len(load.accepted) == len(set(load.accepted)) == 10_000
    assert sorted(load.accepted) == sorted(load.taken)
    assert set(load.statuses) <= {200, 503}
    assert load.memory_most - load.memory_before < MORE_MEMORY, load
