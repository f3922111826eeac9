# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source webhook: clients, clocks and certificates that are not as they should be."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="event sources need aiohttp")
pytest.importorskip("cryptography")

from cryptography.hazmat.primitives import serialization

from ansible_collections.tmi.tmi.plugins.plugin_utils._events import tls
from ansible_collections.tmi.tmi.tests.harness.authority import Authority
from ansible_collections.tmi.tmi.tests.harness.receiving import SECRET, Client, body, run, signature, webhook

Queue = asyncio.Queue[Any]


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.parametrize(
    "data",
    [b"NaN", b"-Infinity", b"1e999", b"1" * 5000, b'{"a":' * 200 + b"1" + b"}" * 200],
    ids=["nan", "infinity", "large", "long", "deep"],
)
def test_values_that_no_rule_can_use(data: bytes) -> None:
    """The engine of rules is another program, which gets events as JSON."""

    async def work(client: Client, queue: Queue) -> Any:
        raw = body()[:-1] + b', "data": {"x": ' + data + b"}}"
        return await client.send(raw), await client.send(body()), queue.qsize()

    assert run(work) == (400, 200, 1)


def test_texts_that_are_no_characters() -> None:
    async def work(client: Client, queue: Queue) -> Any:
        raw = body()[:-1] + b', "data": {"x": "\\ud800"}}'
        return await client.send(raw), queue.get_nowait()

    status, event = run(work)
    assert (status, event["data"]) == (200, {"x": "\ufffd"})


def test_a_compressed_body_is_not_opened(caplog: pytest.LogCaptureFixture) -> None:
    """A small body can become a very large one. TMI sends none."""

    async def work(client: Client, queue: Queue) -> Any:
        raw = gzip.compress(b" " * 1_000_000)
        return await client.send(raw, Content_Encoding="gzip"), await client.send(body()), queue.qsize()

    assert run(work) == (415, 200, 1)
    assert "must not be compressed" in caplog.text


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_the_signature_counts_not_the_content_type(content_type: str) -> None:
    async def work(client: Client, queue: Queue) -> Any:
        return await client.send(body(), Content_Type=content_type), queue.qsize()

    assert run(work) == (200, 1)


def test_a_body_in_chunks() -> None:
    async def work(client: Client, queue: Queue) -> Any:
        async def chunks(raw: bytes) -> AsyncIterator[bytes]:
            for start in range(0, len(raw), 50):
                yield raw[start : start + 50]

        found = []
        for raw in (body(), body(x="x" * 100_000)):
            headers = {"X-Webhook-Signature": signature(raw)}
            async with client.session.post(client.url, data=chunks(raw), headers=headers) as answer:
                found.append(answer.status)
        return found, queue.qsize()

    assert run(work, max_body=50_000) == ([200, 413], 1)


def test_another_address_than_the_one_of_the_source(caplog: pytest.LogCaptureFixture) -> None:
    """A subscription with a wrong path would never be verified, and nothing would say the reason."""

    async def work(client: Client, queue: Queue) -> Any:
        found = []
        for method, path in (("POST", "/tmi/"), ("POST", "/"), ("GET", "/tmi"), ("POST", "/x" * 3000)):
            async with client.session.request(method, client.url[:-4] + path, data=b"{}") as answer:
                found.append(answer.status)
        return found, queue.qsize()

    assert run(work, path="/tmi") == ([404, 404, 405, 404], 0)
    [line] = lines(caplog)
    assert "answered 404: the path of this source is /tmi" in line


@pytest.mark.parametrize("hours", [-30, -23, 23, 24 * 400])
def test_clocks_that_differ(hours: int, caplog: pytest.LogCaptureFixture) -> None:
    """An event is never lost in silence, and none comes twice."""

    async def work(client: Client, queue: Queue) -> Any:
        raw = body(timestamp=(datetime.now(UTC) + timedelta(hours=hours)).isoformat())
        return [await client.send(raw) for _i in range(3)], queue.qsize()

    assert run(work) == ([200] * 3, 0 if hours < -24 else 1)
    said = ["is older than max_age (86400 s)" in line and "clock" in line for line in lines(caplog)]
    assert said == ([True] if hours < -24 else [])


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x" * 10_000, "2026-11-30"])
def test_odd_times(text: str) -> None:
    async def work(client: Client, queue: Queue) -> Any:
        return await client.send(body(timestamp=text)), await client.send(body(object_id="2"), "d2")

    assert run(work) == (200, 200)


def test_many_connections(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The oldest one that is idle makes room, so a client that keeps them open does not keep others out."""
    monkeypatch.setattr(webhook, "SPARE_CONNECTIONS", 4)

    async def work(client: Client, queue: Queue) -> Any:
        port = int(client.url[17:-1])
        opened = [await asyncio.open_connection("127.0.0.1", port) for _i in range(20)]
        found = await client.send(body())
        closed = [await asyncio.wait_for(reader.read(), 60) for reader, _writer in opened[:10]]
        for _reader, writer in opened:
            writer.close()
        return found, closed, queue.qsize()

    assert run(work, max_waiting=1) == (200, [b""] * 10, 1)
    assert len([line for line in lines(caplog) if "more than 5 connections" in line]) == 1


def test_an_idle_connection_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "IDLE_SECONDS", 0.2)

    async def work(client: Client, queue: Queue) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(client.url[17:-1]))
        writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        found = await asyncio.wait_for(reader.read(), 60)
        writer.close()
        return found[:12]

    assert run(work) == b"HTTP/1.1 401"


# --- certificates -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"), "right")


def refused(**files: Path) -> str:
    args = {"port": 1, "secret": SECRET, **{name: str(path) for name, path in files.items()}}
    with pytest.raises(ValueError, match=r"^tmi\.tmi\.webhook: ") as caught:
        asyncio.run(webhook.main(asyncio.Queue(), args))
    return str(caught.value)


def test_certificates_that_cannot_be_used(authority: Authority, tmp_path: Path) -> None:
    whole, other = authority.issue("whole"), authority.issue("other")
    key, certificate = whole.read_bytes().split(b"-----BEGIN CERT")
    files = {name: tmp_path / name for name in ("certificate", "encrypted", "empty")}
    files["certificate"].write_bytes(b"-----BEGIN CERT" + certificate)
    files["empty"].write_bytes(b"")
    secret = serialization.BestAvailableEncryption(b"password")
    loaded = serialization.load_pem_private_key(key, None)
    pem = loaded.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)
    files["encrypted"].write_bytes(pem)
    found = files["certificate"]
    assert f"certfile: {found} has no key: give the file of the key as keyfile" in refused(certfile=found)
    assert "keyfile: the key must not be encrypted" in refused(certfile=found, keyfile=files["encrypted"])
    assert f"certfile: {found} does not belong to the key" in refused(certfile=found, keyfile=other)
    assert f"keyfile: {tmp_path} cannot be read: Is a directory" in refused(certfile=found, keyfile=tmp_path)
    assert "has no key in PEM form that can be used" in refused(certfile=found, keyfile=files["empty"])
    assert f"certfile: {files['empty']} has no certificate in PEM form" in refused(certfile=files["empty"])


def test_a_certificate_out_of_time(authority: Authority, caplog: pytest.LogCaptureFixture) -> None:
    file = str(authority.issue("expired", days=-1))
    now = datetime.now(UTC)
    assert tls.problem_of(file, now - timedelta(days=2)) == ""
    assert f"certfile: {file} is not valid before" in tls.problem_of(file, now - timedelta(days=9))

    async def work(_client: Client, _queue: Queue) -> None:
        return None

    run(work, certfile=file)
    assert [f"certfile: {file} has expired on" in line for line in lines(caplog)] == [True]


def test_a_certificate_that_is_renewed(authority: Authority, tmp_path: Path) -> None:
    file, now = tmp_path / "server.pem", datetime.now(UTC)
    file.write_bytes(authority.issue("old", days=-1).read_bytes())
    certificate = tls.ServerCertificate(str(file), None)
    assert "has expired" in certificate.look(now)
    file.write_bytes(b"half a file")
    assert "has no certificate in PEM form" in certificate.look(now)
    file.write_bytes(authority.issue("new").read_bytes())
    assert certificate.look(now) == ""


def test_clients_that_do_not_speak_tls(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One that speaks plain HTTP, one that says nothing, and one that does not trust the certificate."""
    monkeypatch.setattr(webhook, "HEAD_SECONDS", 0.3)
    trusting = ssl.create_default_context(cafile=str(authority.file))

    async def work(client: Client, queue: Queue) -> Any:
        port = int(client.url[17:-1])
        for sent in (b"POST / HTTP/1.1\r\nHost: x\r\n\r\n", b""):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(sent)
            await asyncio.wait_for(reader.read(), 60)
            writer.close()
        with pytest.raises(ssl.SSLError):
            await asyncio.open_connection("127.0.0.1", port, ssl=ssl.create_default_context())
        raw = body()
        headers = {"X-Webhook-Signature": signature(raw)}
        async with client.session.post(f"https://127.0.0.1:{port}/", data=raw, headers=headers, ssl=trusting) as answer:
            return answer.status, queue.qsize()

    assert run(work, certfile=str(authority.issue("server"))) == (200, 1)
    assert not [record for record in caplog.records if record.exc_info], caplog.text


def test_json_of_an_event(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever a signed delivery has in it, the event is JSON in UTF-8."""

    async def work(client: Client, queue: Queue) -> Any:
        raw = b'{"event_type": "a.b\\ud800", "\\ud801": [null, 1.5], "data": {"\\ud803": [{"\\ud802": "\\udfff"}]}}'
        statuses = [await client.send(raw, "d\u00e4")]
        return statuses, [queue.get_nowait() for _i in range(queue.qsize())]

    statuses, events = run(work)
    assert statuses == [200]
    assert [json.loads(json.dumps(event, ensure_ascii=False).encode()) for event in events] == events
