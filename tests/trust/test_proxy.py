# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about runs through a forward proxy."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")

from ansible_collections.tmi.tmi.tests.harness.promises import LOOK_AGAIN
from ansible_collections.tmi.tmi.tests.harness.proxy import AT_WRITES, ForwardProxy, certificate_of, writes_of
from ansible_collections.tmi.tmi.tests.harness.runs import Tally, after, clean_once, make_faster, scenario_of, sweep
from ansible_collections.tmi.tmi.tests.harness.server import HOST

#: Every fourth write of a run is struck here; the fault tests strike each.
STEP = 4
SENT = ("ansible_collections.tmi.tmi.plugins.module_utils._http.connection:_Watched.send", *LOOK_AGAIN)


@pytest.mark.promise("Behind a proxy nothing is written twice", sample=3, guard=SENT, fails="reset after")
@pytest.mark.parametrize("kind", [kind for kind, fault in AT_WRITES.items() if fault.kind != "slow"])
@pytest.mark.parametrize("way", ["plain", "tunnel"])
def test_a_fault_of_the_proxy(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Any, way: str, kind: str
) -> None:
    make_faster(monkeypatch)
    scenario = scenario_of(server.api, "create")
    golden, _requests = clean_once(server, scenario)
    authority, certificate = certificate_of(tmp_path)
    options = {"url": f"https://{HOST}", "ca_path": str(authority)} if way == "tunnel" else {}
    row = Tally(kind)
    with contextlib.closing(ForwardProxy(server.url, certificate)) as proxy:
        number = writes_of(server, scenario, proxy, options)

        def case(server: Any, index: int) -> Any:
            scenario.prepare(server)
            proxy.arm(AT_WRITES[kind], index)
            first = scenario.run(server, proxy=proxy.url, **options)
            return after(server, f"write {index} of {number}", first, scenario, golden, proxy.seen >= index)

        sweep(row, [server], range(2, number + 1, STEP), case)
    row.check()
    assert row.duplicates == 0
    record_property("cases", row.cases)
