# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source webhook: what a TMI server, an attacker and busy rules get from it."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="event sources need aiohttp")

from ansible_collections.tmi.tmi.tests.harness import deliveries
from ansible_collections.tmi.tmi.tests.harness.receiving import SECRET, Client, body, run, signature, webhook


def test_a_delivery_becomes_one_event() -> None:
    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        raw = body()
        # Repeated as it is, and recorded and sent again with another id, which the signature does not cover.
        assert [await client.send(raw), await client.send(raw), await client.send(raw, "d2")] == [200] * 3
        assert await client.send(body(object_id="2"), "d3") == 200
        return [queue.get_nowait() for _i in range(queue.qsize())]

    events = run(work)
    assert [event["id"] for event in events] == ["1", "2"]
    assert {name: events[0][name] for name in ("type", "kind", "action", "threat_model_id", "data", "delivery_id")} == {
        "type": "threat_model.updated",
        "kind": "threat_model",
        "action": "updated",
        "threat_model_id": "1",
        "data": {"name": "Shop"},
        "delivery_id": "d1",
    }


@pytest.mark.parametrize(
    "make",
    [
        lambda _raw: "",
        lambda _raw: "x",
        lambda _raw: "sha256=",
        lambda _raw: "sha256=" + "0" * 64,
        lambda _raw: signature(b"{}"),
        lambda raw: signature(raw, "other"),
        lambda raw: signature(raw).upper(),
        lambda raw: signature(raw) + "\u00e4",
    ],
)
def test_a_wrong_signature_is_refused(make: Callable[[bytes], str], caplog: pytest.LogCaptureFixture) -> None:
    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        raw = body()
        assert [await client.send(raw, X_Webhook_Signature=make(raw)) for _i in range(20)] == [401] * 20
        return queue.qsize()

    with caplog.at_level(logging.WARNING):
        assert run(work) == 0
    assert caplog.text.count("the signature is wrong or missing") == 1
    assert SECRET not in caplog.text


def test_a_signature_is_of_the_bytes_as_sent() -> None:
    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        raw = b'  {"event_type":"team.created", "x": "\\u00e4"}\r\n'
        return [await client.send(raw), await client.send(raw.strip(), X_Webhook_Signature=signature(raw))]

    assert run(work) == [200, 401]


def test_a_challenge_is_answered() -> None:
    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        headers = {"X-Webhook-Event": "webhook.challenge"}
        found = []
        for text in ("00ff" * 16, "<script>", 7, "a" * 200):
            sent = {"type": "webhook.challenge", "challenge": text}
            async with client.session.post(client.url, json=sent, headers=headers) as answer:
                found.append((answer.status, (await answer.json()).get("challenge")))
        return found, queue.qsize()

    assert run(work) == ([(200, "00ff" * 16), (400, None), (400, None), (400, None)], 0)


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"", 400), (b"[1]", 400), (b"{", 400), (b'{"a": 1}', 400), (b"\xff\xfe", 400), (b"[" * 100_000, 400)]
    + [(b'{"event_type": "a.b", "x": "' + b"x" * 10_000_000 + b'"}', 413)],
)
def test_malformed_bodies(raw: bytes, status: int) -> None:
    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        found = await client.send(raw)
        return found, await client.send(body()), queue.qsize()

    assert run(work) == (status, 200, 1)


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-", b""),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", b"HTTP/1.1 408"),
    ],
    ids=["nothing", "half a head", "half a body"],
)
def test_a_slow_client_is_not_waited_for(sent: bytes, answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its connection ends, and meanwhile others are served."""
    monkeypatch.setattr(webhook, "BODY_SECONDS", 0.3)
    monkeypatch.setattr(webhook, "HEAD_SECONDS", 0.3)

    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(client.url[17:-1]))
        writer.write(sent)
        assert [await client.send(body(object_id=str(n)), f"d{n}") for n in range(3)] == [200] * 3
        found = await asyncio.wait_for(reader.read(12), 60)
        writer.close()
        return found, await client.send(body(object_id="4"), "d4"), queue.qsize()

    assert run(work) == (answer, 200, 4)


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
        b"hello\r\n\r\n",
        b"POST / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\n\r\nabc",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
def test_a_client_that_does_not_speak_http(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """It costs no traceback in the log, and others are served."""

    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        for _again in range(3):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(client.url[17:-1]))
            writer.write(sent)
            writer.write_eof()
            await asyncio.wait_for(reader.read(), 60)
            writer.close()
        return await client.send(body()), queue.qsize()

    with caplog.at_level(logging.INFO):
        assert run(work) == (200, 1)
    assert not [record for record in caplog.records if record.exc_info], caplog.text
    assert len(caplog.records) <= 4, caplog.text  # begin, end, and at most two lines about it


def test_an_event_of_a_type_that_is_not_known(caplog: pytest.LogCaptureFixture) -> None:
    """A server of a later version may send it. The rules get it."""

    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        raw = body(event_type="robot.invented.today", object_type="robot", color="red")
        return await client.send(raw), queue.get_nowait()

    status, event = run(work)
    assert (status, event["type"], event["kind"], event["action"]) == (200, "robot.invented.today", "robot", "today")


def test_a_test_by_an_administrator_is_no_event() -> None:
    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        raw = json.dumps(
            {"type": "test", "message": "This is a test webhook delivery", "subscription_id": "1"}
        ).encode()
        return await client.send(raw), await client.send(raw, X_Webhook_Signature="x"), queue.qsize()

    assert run(work) == (200, 401, 0)


def test_a_recorded_delivery_of_long_ago() -> None:
    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        now = datetime.now(UTC)
        times = [now - timedelta(days=2), now - timedelta(hours=1), now + timedelta(hours=1)]
        texts = [moment.isoformat() for moment in times]
        texts += [texts[0].replace("+00:00", "Z"), texts[1].replace("+00:00", "123Z"), "yesterday"]
        for number, text in enumerate(texts):
            assert await client.send(body(timestamp=text), f"d{number}") == 200
        return [queue.get_nowait()["time"] for _i in range(queue.qsize())] == [texts[n] for n in (1, 2, 4, 5)]

    assert run(work)


def test_busy_rules_lose_nothing() -> None:
    """What is answered with 200 is in the queue, once; the rest is answered with 503 and comes again."""

    async def work(client: Client, queue: asyncio.Queue[Any]) -> Any:
        bodies = {f"d{number}": body(object_id=str(number)) for number in range(60)}
        statuses = await asyncio.gather(*(client.send(raw, name) for name, raw in bodies.items()))
        accepted = {name for name, status in zip(bodies, statuses, strict=True) if status == 200}
        assert set(statuses) == {200, 503}
        assert len(accepted) == queue.maxsize
        taken = []
        while len(taken) < len(bodies):
            while not queue.empty():
                taken.append(queue.get_nowait()["delivery_id"])
            for name in bodies.keys() - accepted:
                if await client.send(bodies[name], name) == 200:
                    accepted.add(name)
                    taken.append(queue.get_nowait()["delivery_id"])
        return sorted(taken) == sorted(bodies)

    assert run(work, size=5, queue_seconds=0.05, max_waiting=20)


def test_nothing_that_was_accepted_is_lost_under_load() -> None:
    """A sample of tests/events/test_load.py. The rules take nothing for longer than a delivery waits."""
    load = asyncio.run(deliveries.send(rate=500, seconds=0.6, pause=1.2))
    assert (len(load.accepted), sorted(load.accepted)) == (300, sorted(load.taken)), load
    assert set(load.statuses) == {200, 503}, load


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"port": 1}, "secret: is missing"),
        ({"secret": "s"}, "port: is missing"),
        ({"secret": "s\n", "port": 1}, "secret: must be one line"),
        ({"secret": "s", "port": "x"}, "port: must be a number, not 'x'"),
        ({"secret": "s", "port": 70000}, "port: must be from 0 to 65535, and is 70000"),
        ({"secret": "s", "port": 1, "path": "x"}, "path: must be the path of an address, such as /tmi, and is x"),
        ({"secret": "s", "port": 1, "path": "/{x"}, "path: must be the path of an address"),
        ({"secret": "s", "port": 1, "certfile": "/none.pem"}, "certfile: /none.pem cannot be read: No such file"),
        ({"secret": "s", "port": 1, "certfile": __file__}, "certfile: .* has no certificate in PEM form"),
        ({"secret": "s", "port": 1, "keyfile": "/none.pem"}, "keyfile: needs certfile"),
        ({"secret": "s", "port": 1, "subscribe": "perhaps"}, "subscribe: must be true or false, not 'perhaps'"),
        ({"secret": "s", "port": 1, "max_wating": 1}, "max_wating: there is no such option; did you mean max_waiting"),
        ({"secret": "s", "port": 1, "url": "http://x"}, "url has no effect without subscribe: true"),
    ],
)
def test_wrong_arguments(args: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMI_WEBHOOK_SECRET", raising=False)
    with pytest.raises(ValueError, match=f"^tmi.tmi.webhook: {message}"):
        asyncio.run(webhook.main(asyncio.Queue(), args))


def test_a_port_in_use() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(RuntimeError, match=f"cannot listen on 127.0.0.1 port {port}: "):
            asyncio.run(webhook.main(asyncio.Queue(), {"port": port, "secret": SECRET}))
