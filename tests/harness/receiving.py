# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source webhook in this process, and a client that sends deliveries to it as a TMI server does."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import json
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import aiohttp

from ansible_collections.tmi.tmi.tests.harness.eda import loaded

webhook = loaded("event_source", "webhook")
SECRET = "marker-secret"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def body(**changes: Any) -> bytes:
    now = datetime.now(UTC).isoformat()
    event = {"event_type": "threat_model.updated", "object_type": "threat_model", "object_id": "1", "timestamp": now}
    return json.dumps({**event, "threat_model_id": "1", "data": {"name": "Shop"}, **changes}).encode()


def signature(raw: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


class Client:
    """Sends deliveries to a source that runs."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self.session, self.url = session, url

    async def send(self, raw: bytes, delivery: str = "d1", **headers: str) -> int:
        """Return the status of the answer to a delivery; headers are those of TMI unless others are given."""
        sent = {"X-Webhook-Event": "e", "X-Webhook-Delivery-Id": delivery, "X-Webhook-Signature": signature(raw)}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        async with self.session.post(
            self.url, data=io.BytesIO(raw), headers={k: v for k, v in sent.items() if v}
        ) as answer:
            return answer.status


def run(work: Callable[[Client, asyncio.Queue[Any]], Awaitable[Any]], size: int = 0, **args: Any) -> Any:
    """Run a source and ``work``; return the result of the latter."""

    async def both() -> Any:
        queue: asyncio.Queue[Any] = asyncio.Queue(size)
        port = free_port()
        source = asyncio.create_task(webhook.main(queue, {"port": port, "secret": SECRET, **args}))
        while True:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                assert not source.done(), source.exception()
                await asyncio.sleep(0.01)
        try:
            async with aiohttp.ClientSession() as session:
                return await work(Client(session, f"http://127.0.0.1:{port}{args.get('path', '/')}"), queue)
        finally:
            source.cancel()
            await asyncio.gather(source, return_exceptions=True)

    return asyncio.run(both())
