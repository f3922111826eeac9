# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A server that answers as it is told, a clock that only tests move, and tokens that look like real ones."""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Union
from urllib.parse import parse_qsl, urlsplit

import pytest

pytest.importorskip("requests")


@dataclass
class Answer:
    """``how``: ``whole``; ``reset`` and ``close`` send nothing; ``truncated`` promises ten bytes more than come;
    ``drip`` sends a byte of the body each tenth of a second, ``drip_head`` headers without end, ``hang`` nothing,
    ``stall`` a byte of the body every half second."""

    status: int = 200
    data: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    how: str = "whole"


@dataclass
class Seen:
    method: str
    path: str
    query: dict[str, str]
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def token(self) -> str:
        return (self.headers.get("Authorization") or "").replace("Bearer ", "")


Reaction = Union[Answer, Callable[[Seen], Answer]]


class _Listener(ThreadingHTTPServer):
    request_queue_size = 64  # with the usual 5 some of eight threads wait a second for their connection


class ScriptedServer:
    """Takes a route's reaction if there is one, else the next of ``script``, else ``otherwise``."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.script: list[Reaction] = []
        self.routes: dict[str, Reaction] = {}
        self.otherwise: Reaction = Answer(data={"ok": True})
        self.seen: list[Seen] = []
        self.connections = 0
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._httpd = _Listener(("127.0.0.1", 0), self._handler())
        self._httpd.daemon_threads = True
        self._httpd.block_on_close = False
        self._httpd.handle_error = lambda *_args: None  # type: ignore[method-assign]
        if context:
            self._httpd.socket = context.wrap_socket(
                self._httpd.socket, server_side=True, do_handshake_on_connect=False
            )
        self.port: int = self._httpd.server_address[1]
        self.url = "%s://127.0.0.1:%d" % ("https" if context else "http", self.port)
        threading.Thread(target=self._httpd.serve_forever, args=(0.002,), daemon=True).start()

    def stop(self) -> None:
        self._stop.set()
        self.stop_listening()

    def stop_listening(self) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()

    def calls(self) -> list[str]:
        return ["%s %s" % (seen.method, seen.path) for seen in self.seen]

    def react(self, seen: Seen) -> Answer:
        with self._lock:
            self.seen.append(seen)
            reaction = self.routes.get("%s %s" % (seen.method, seen.path))
            if reaction is None:
                reaction = self.script.pop(0) if self.script else self.otherwise
        return reaction if isinstance(reaction, Answer) else reaction(seen)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                server.connections += 1

            def do(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                seen = Seen(self.command, parts.path, dict(parse_qsl(parts.query)), self.headers, body)
                self.reply(server.react(seen))

            do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = do  # noqa: N815

            def reply(self, answer: Answer) -> None:
                if answer.how in ("reset", "close", "hang"):
                    if answer.how == "hang":
                        server._stop.wait(10)
                    if answer.how == "reset":
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    self.connection.close()
                    return
                body = answer.body
                if body is None:
                    body = b"" if answer.data is None else json.dumps(answer.data).encode()
                headers = {"Content-Type": "application/json", "Content-Length": str(len(body)), **answer.headers}
                if answer.how == "truncated":
                    headers["Content-Length"] = str(len(body) + 10)
                    self.close_connection = True
                self.send_response(answer.status)
                for name, value in headers.items():
                    self.send_header(name, value)
                if answer.how == "drip_head":
                    self.flush_headers()
                    while not server._stop.wait(0.1):
                        self.wfile.write(b"X-More: 1\r\n")
                self.end_headers()
                if self.command == "HEAD":
                    return
                if answer.how == "drip":
                    for byte in body:
                        self.wfile.write(bytes([byte]))
                        if server._stop.wait(0.1):
                            return
                if answer.how == "stall":
                    with contextlib.suppress(OSError):  # the client may not wait for all of it
                        for byte in body:
                            server._stop.wait(0.5)
                            self.wfile.write(bytes([byte]))
                    return
                self.wfile.write(b"" if answer.how == "drip" else body)

            def log_message(self, *_args: object) -> None:
                pass

        return Handler


class FakeTime:
    """A clock that moves only by sleeping; remembers the sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.sleeps: list[float] = []
        self._lock = threading.Lock()

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self.now += seconds


def make_jwt(lifetime: float = 3600, **claims: Any) -> str:
    """An unsigned JWT that looks real; its end lies ``lifetime`` seconds ahead of now."""

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    now = time.time()
    return "%s.%s.%s" % (
        part({"alg": "HS256", "typ": "JWT"}),
        part({"sub": "alice", "iat": int(now), "exp": now + lifetime, **claims}),
        "c2lnbmF0dXJl",
    )


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in list(os.environ):
        if name.startswith("TMI_") or name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.stop()


@pytest.fixture
def other_server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.stop()


@pytest.fixture
def fake_time() -> FakeTime:
    return FakeTime()


@pytest.fixture
def answer() -> type[Answer]:
    return Answer


@pytest.fixture
def jwt() -> Callable[..., str]:
    return make_jwt


@pytest.fixture
def scripted_server() -> type[ScriptedServer]:
    return ScriptedServer
