# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source webhook makes its own subscription, adopts it, replaces it and removes it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="event sources need aiohttp")

from ansible_collections.tmi.tmi.plugins.module_utils._modules import webhook as module
from ansible_collections.tmi.tmi.plugins.plugin_utils._events import subscription
from ansible_collections.tmi.tmi.tests.harness.eda import loaded
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform

webhook = loaded("event_source", "webhook")
SECRET = "0123456789abcdef"
PATH = "/admin/webhooks/subscriptions"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with contextlib.closing(Server("v1", "--webhook-hosts", "127.0.0.1")) as found:
        yield found


@pytest.fixture
def place(server: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return arguments of a source on a server without subscriptions."""
    monkeypatch.delenv("TMI_WEBHOOK_SECRET", raising=False)
    monkeypatch.setattr(module, "_INTERVAL", 0.02)
    monkeypatch.setattr(subscription, "FIRST_PAUSE", 0.02)
    monkeypatch.setattr(subscription, "LAST_PAUSE", 0.1)
    server.clear()
    server.renew()
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    return {**connection(server), "port": port, "subscribe": True, "public_url": url, "secret": SECRET}


def subscriptions(server: Server) -> Any:
    answer = server.get(PATH)
    return answer["subscriptions"]


async def until(server: Server, holds: Callable[[], Any]) -> None:
    """Wait until a condition holds, while the server's clock advances."""
    for _attempt in range(400):
        if await asyncio.to_thread(holds):
            return
        await asyncio.to_thread(server.control, "advance", {"seconds": 3})
        await asyncio.sleep(0.02)
    raise AssertionError("it never held")


def active(server: Server) -> bool:
    return [one["status"] for one in subscriptions(server)] == ["active"]


def run(place: Any, work: Callable[[Any, asyncio.Task[None]], Awaitable[Any]]) -> Any:
    """Run a source and ``work``, which gets its queue and its task; end the source as ansible-rulebook does."""

    async def both() -> Any:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        source = asyncio.create_task(webhook.main(queue, place))
        try:
            return await work(queue, source)
        finally:
            source.cancel()
            await asyncio.gather(source, return_exceptions=True)

    return asyncio.run(both())


def test_the_way_of_an_event_and_the_removal_at_the_end(
    server: Server, place: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def work(queue: asyncio.Queue[Any], _source: Any) -> Any:
        await until(server, lambda: active(server) and "has verified" in caplog.text)
        found = subscriptions(server)
        done = await asyncio.to_thread(perform, "tmi_threat_model", {**connection(server), "name": "Shop"})
        assert done["changed"], done
        await until(server, lambda: not queue.empty())
        return found, await queue.get()

    with caplog.at_level(logging.INFO):
        (one,), event = run(place, work)
    assert (one["name"], one["url"]) == (f"Ansible rulebook at {place['public_url']}", place["public_url"])
    assert one["events"] == sorted(subscription.DEFAULT_EVENTS)
    assert (event["type"], event["data"]["name"]) == ("threat_model.created", "Shop")
    assert subscriptions(server) == []
    assert SECRET not in caplog.text


def left_by_a_killed_run(server: Server, place: Any, **members: Any) -> str:
    wanted = {"name": "Mine", "target_url": place["public_url"], "events": list(subscription.DEFAULT_EVENTS)}
    result = perform("tmi_webhook", {**connection(server), **wanted, "secret": SECRET, **members})
    assert result["changed"], result
    return str(result["webhook"]["id"])


@pytest.mark.parametrize(
    ("left", "stays"),
    [({}, True), ({"events": ["team.created"]}, False), ({"secret": "another secret of 16"}, False)],
)
def test_a_subscription_that_a_killed_run_left(server: Server, place: Any, left: Any, stays: bool) -> None:
    """It is adopted; if it differs, also only in its secret, it is replaced."""
    old = left_by_a_killed_run(server, place, **left)

    async def work(queue: asyncio.Queue[Any], _source: Any) -> Any:
        await until(server, lambda: active(server) and (subscriptions(server)[0]["id"] == old) == stays)
        done = await asyncio.to_thread(perform, "tmi_threat_model", {**connection(server), "name": "Shop"})
        assert done["changed"], done
        await until(server, lambda: not queue.empty())

    run({**place, "name": "Mine"}, work)


def test_a_secret_made_at_random_replaces_a_subscription(server: Server, place: Any) -> None:
    old = left_by_a_killed_run(server, place)

    async def work(_queue: Any, _source: Any) -> None:
        await until(server, lambda: active(server) and subscriptions(server)[0]["id"] != old)

    run({**place, "name": "Mine", "secret": None}, work)
    assert subscriptions(server) == []


def test_a_server_that_fails_is_tried_again(server: Server, place: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Each failure is one line in the log; the source lives on, and also ends while the server fails."""
    caplog.set_level(logging.INFO, "tmi.tmi.webhook")

    async def work(_queue: Any, source: asyncio.Task[None]) -> None:
        server.arm({"kind": "status", "method": "POST", "path": PATH, "status": 403, "times": 2})
        await until(server, lambda: "cannot subscribe as" in caplog.text)
        await until(server, lambda: "subscribed as" in caplog.text)  # it sends nothing more until it ends
        assert active(server)
        assert not source.done()
        server.arm({"kind": "status", "status": 500})

    run({**place, "retry_timeout": 0}, work)
    server.disarm()
    lines = [record.getMessage() for record in caplog.records]
    assert len([line for line in lines if "cannot subscribe as Ansible rulebook at" in line]) == 2, lines
    assert any("was not removed" in line and "tmi_webhook" in line for line in lines), lines
    for one in subscriptions(server):
        perform("tmi_webhook", {**connection(server), "name": one["name"], "state": "absent"})


def test_a_source_that_ends_before_the_challenge(server: Server, place: Any) -> None:
    async def work(_queue: Any, _source: Any) -> None:
        for _attempt in range(400):  # the clock of the server stays: no challenge is due
            if await asyncio.to_thread(subscriptions, server):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("no subscription was made")

    run(place, work)
    assert subscriptions(server) == []


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"public_url": None}, "public_url: is missing"),
        ({"public_url": "eda.example.com"}, "public_url: must be an address such as"),
        ({"secret": "short"}, "secret: must have 16 to 128 characters"),
        ({"url": None}, "url"),
        ({"color": "red"}, "color: there is no such option"),
        ({"subscribe": False}, "public_url, .* no effect without subscribe: true"),
    ],
)
def test_wrong_arguments(place: Any, args: Any, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMI_URL", raising=False)
    with pytest.raises(ValueError, match=f"^tmi.tmi.webhook: .*{message}"):
        asyncio.run(webhook.main(asyncio.Queue(), {**place, **args}))
