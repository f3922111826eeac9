# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A fault of a forward proxy at every write: nothing is written twice, plain or through a tunnel."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")

from ansible_collections.tmi.tmi.tests.harness.proxy import (
    AT_CONNECT,
    AT_WRITES,
    ForwardProxy,
    certificate_of,
    writes_of,
)
from ansible_collections.tmi.tmi.tests.harness.runs import after, clean_once, scenario_of, sweep
from ansible_collections.tmi.tmi.tests.harness.server import HOST

Json = Any
GIVE_UP = 1.0


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return an authority and a certificate of it."""
    return certificate_of(tmp_path_factory.mktemp("proxy"))


@pytest.fixture(params=["plain", "tunnel"])
def way(request: pytest.FixtureRequest, servers: Any, certificates: tuple[Path, Path]) -> Iterator[Json]:
    """Return how requests go through a proxy, one before each server: (name, proxies by server, options)."""
    authority, certificate = certificates
    with contextlib.ExitStack() as stack:
        proxies = {s.url: stack.enter_context(contextlib.closing(ForwardProxy(s.url, certificate))) for s in servers}
        tunnel = {"url": f"https://{HOST}", "ca_path": str(authority)} if request.param == "tunnel" else {}
        yield request.param, proxies, tunnel


@pytest.mark.parametrize("kind", list(AT_WRITES))
@pytest.mark.parametrize("name", ["create", "update"])
def test_a_fault_of_the_proxy_at_every_write(
    servers: Any, way: Json, tally: Any, every: int, name: str, kind: str
) -> None:
    scenario = scenario_of(servers[0].api, name)
    golden, _requests = clean_once(servers[0], scenario)
    which, proxies, options = way
    fault = AT_WRITES[kind]
    number = writes_of(servers[0], scenario, proxies[servers[0].url], options)
    if fault.kind == "slow":
        options, every = {**options, "timeout": GIVE_UP, "settle_timeout": 16.0}, max(every, number // 3)

    def case(server: Any, index: int) -> Any:
        proxy = proxies[server.url]
        scenario.prepare(server)
        proxy.arm(fault, index)
        first = scenario.run(server, proxy=proxy.url, **options)
        struck = proxy.seen >= index
        return after(server, f"write {index} of {number}", first, scenario, golden, struck)

    row = tally(f"{scenario.name}, {which} proxy", kind)
    sweep(row, servers, range(1, number + 1, every), case)
    row.check()
    assert row.duplicates == 0


@pytest.mark.parametrize("kind", list(AT_CONNECT))
@pytest.mark.parametrize("way", ["tunnel"], indirect=True)
def test_a_tunnel_that_does_not_come_about(servers: Any, way: Json, tally: Any, kind: str) -> None:
    """It is asked for again, unless the proxy wants a password: nothing was sent, so nothing is in doubt."""
    scenario = scenario_of(servers[0].api, "create")
    golden, _requests = clean_once(servers[0], scenario)
    _which, proxies, options = way

    def case(server: Any, index: int) -> Any:
        proxy = proxies[server.url]
        scenario.prepare(server)
        proxy.arm(AT_CONNECT[kind], index)
        first = scenario.run(server, proxy=proxy.url, **options)
        if kind == "CONNECT 407":
            assert "407" in first["msg"]
            assert "user:password" in first["msg"]
        else:
            assert not first.get("failed"), first["msg"]
        return after(server, f"tunnel {index}", first, scenario, golden, proxy.seen >= index)

    row = tally(f"{scenario.name}, tunnel", kind)
    sweep(row, servers, [1, 2], case)
    row.check()
    assert row.duplicates == 0
