# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Many deliveries at a fixed rate to the event source webhook, which runs in a process of its own.

The process takes the events as rules do that are busy for a moment. At the end it prints the ids that it has taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import importlib
import json
import os
import resource
import signal
import socket
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SECRET = "0123456789abcdef"
#: Connections of the sender. TMI has a few workers, an attacker has more.
CONNECTIONS = 32
#: Seconds after which a delivery that was answered with 503 is sent again.
AGAIN_SECONDS = 0.3


@dataclass
class Load:
    """The outcome: ids answered with 200 and ids that the rules have taken, with times in seconds and sizes in MB."""

    accepted: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    answers: list[float] = field(default_factory=list)
    seconds: float = 0.0
    memory_before: float = 0.0
    memory_most: float = 0.0

    def quantile(self, part: float) -> float:
        """Return the time of an answer that this part of all answers does not exceed."""
        return sorted(self.answers)[min(len(self.answers) - 1, int(part * len(self.answers)))]

    def __str__(self) -> str:
        again = self.statuses[503]
        return (
            f"{len(self.accepted)} deliveries accepted in {self.seconds:.1f} s ({len(self.accepted) / self.seconds:.0f}"
            f" a second), {again} answered with 503 and sent again; answer: median {1000 * self.quantile(0.5):.1f} ms,"
            f" p99 {1000 * self.quantile(0.99):.1f} ms, longest {1000 * self.quantile(1):.1f} ms; memory"
            f" {self.memory_before:.0f} MB before, {self.memory_most:.0f} MB at most"
        )


def request(number: int, port: int) -> tuple[str, bytes]:
    """Return the id and the bytes of a delivery as TMI sends it."""
    now = datetime.now(UTC).isoformat()
    event = {"event_type": "threat_model.updated", "object_type": "threat_model", "object_id": str(number)}
    body = json.dumps({**event, "threat_model_id": str(number), "timestamp": now, "data": {"name": "Shop"}}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    lines = [
        "POST / HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        "X-Webhook-Event: threat_model.updated",
        f"X-Webhook-Delivery-Id: {number}",
        f"X-Webhook-Signature: sha256={signature}",
        f"Content-Length: {len(body)}",
    ]
    return str(number), "\r\n".join([*lines, "", ""]).encode() + body


async def _sender(port: int, waiting: asyncio.Queue[tuple[str, bytes]], load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    loop = asyncio.get_running_loop()
    with contextlib.closing(writer):
        while True:
            name, raw = await waiting.get()
            begin = loop.time()
            writer.write(raw)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(length)
            load.answers.append(loop.time() - begin)
            status = int(head[9:12])
            load.statuses[status] += 1
            if status == 200:
                load.accepted.append(name)
            elif status == 503:  # TMI repeats it later
                loop.call_later(AGAIN_SECONDS, waiting.put_nowait, (name, raw))


async def send(rate: int, seconds: float, pause: float) -> Load:
    """Send ``rate`` deliveries a second; the rules take none for ``pause`` seconds in the middle of it.

    Every delivery is sent until it is accepted.
    """
    command = [sys.executable, __file__, str(pause), str(seconds / 2)]
    package = importlib.import_module("ansible_collections")
    # The rest of the path too: ansible-test sets it for its own process.
    path = os.pathsep.join([str(Path(next(iter(package.__path__))).parent), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": path}
    child = await asyncio.create_subprocess_exec(*command, stdout=-1, env=environment, limit=1 << 26)
    assert child.stdout is not None
    load = Load()
    senders = []
    try:
        ready = json.loads(await child.stdout.readline())
        load.memory_before = ready["memory"]
        count = int(rate * seconds)
        waiting: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        senders = [asyncio.create_task(_sender(ready["port"], waiting, load)) for _i in range(CONNECTIONS)]
        loop = asyncio.get_running_loop()
        begin = loop.time()
        sent = 0
        while len(load.accepted) < count:
            due = min(count, int((loop.time() - begin) * rate) + 1)
            for number in range(sent, due):
                waiting.put_nowait(request(number, ready["port"]))
            sent = due
            await asyncio.sleep(0.005)
            for task in senders:
                assert not task.done(), task.exception()
        load.seconds = loop.time() - begin
        child.send_signal(signal.SIGTERM)
        end = json.loads(await child.stdout.readline())
        load.taken, load.memory_most = end["taken"], end["memory"]
    finally:
        for task in senders:
            task.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
        await child.wait()
    return load


def _memory() -> float:
    """Return the most memory that this process has used, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _say(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content) + "\n")
    sys.stdout.flush()


async def _source(pause: float, after: float) -> None:
    from ansible_collections.tmi.tmi.tests.harness.eda import loaded

    webhook: Any = loaded("event_source", "webhook")
    queue: asyncio.Queue[Any] = asyncio.Queue(1)  # as ansible-rulebook has it
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    taken: list[str] = []

    async def rules() -> None:
        begin: float | None = None
        has_paused = False
        while True:
            event = await queue.get()
            taken.append(event["delivery_id"])
            begin = time.monotonic() if begin is None else begin
            if not has_paused and time.monotonic() - begin > after:
                has_paused = True
                await asyncio.sleep(pause)

    tasks = [asyncio.create_task(rules()), asyncio.create_task(webhook.main(queue, {"port": port, "secret": SECRET}))]
    while True:
        with contextlib.suppress(OSError):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        assert not tasks[1].done(), tasks[1].exception()
        await asyncio.sleep(0.01)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    _say({"port": port, "memory": _memory()})
    await ended.wait()
    while not queue.empty():
        await asyncio.sleep(0.01)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    _say({"taken": taken, "memory": _memory()})


if __name__ == "__main__":
    asyncio.run(_source(float(sys.argv[1]), float(sys.argv[2])))
