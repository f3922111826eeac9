# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A front before the embedded server: it passes HTTP on, and does to WebSockets what a script says."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Json = Any
Step = tuple[Any, ...]
GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, PING, PONG, CLOSE = 0x81, 0x89, 0x8A, 0x88
#: Seconds that a connection of the front lasts, whatever happens.
LONGEST = 120


@dataclass(frozen=True)
class Script:
    """What becomes of each WebSocket connection, step by step; at the end it is held open until the client goes.

    ``later``: connections after the first are passed on as they are. ``rest``: answers to put in place of the server's,
    by the end of the path. ``says``: a pattern of the message; "" where the run works in the end, None where both may
    be. The steps:

    ``("shake",)`` the handshake; ``("send", bytes)``; ``("repeat", bytes, seconds)`` until the client goes;
    ``("flood", bytes, total)`` as fast as it goes; ``("read",)`` a frame; ``("relay", n)`` be the embedded server until
    it has dealt with so many messages of the client; ``("hang up",)``, ``("reset",)``.
    """

    name: str
    steps: Sequence[Step]
    says: str | None = None
    later: bool = False
    rest: Mapping[str, Json] = field(default_factory=dict)
    heavy: bool = False


def frame(payload: bytes | str | Json, first: int = TEXT, length: int | None = None, mask: bytes = b"") -> bytes:
    """Return a frame as a server sends it; ``length`` is what the header says."""
    if not isinstance(payload, bytes):
        payload = (payload if isinstance(payload, str) else json.dumps(payload)).encode()
    size = len(payload) if length is None else length
    bit = 0x80 if mask else 0
    if size < 126:
        head = bytes([first, bit | size])
    elif size < 1 << 16:
        head = bytes([first, bit | 126]) + struct.pack("!H", size)
    else:
        head = bytes([first, bit | 127]) + struct.pack("!Q", size)
    if mask:
        payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))
    return head + mask + payload


class _Gone(Exception):
    """The client has closed the connection."""


class Front:
    """Listens on loopback; :meth:`close` ends all connections."""

    def __init__(self, upstream: str, script: Script) -> None:
        self._upstream = urlsplit(upstream).netloc
        self._script = script
        self._sockets = 0
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._open: set[socket.socket] = set()
        self._threads[0].start()

    def close(self) -> bool:
        """End it all; return whether the client had closed all connections that were not closed here."""
        for thread in self._threads[1:]:
            thread.join(20)
        clean = not any(thread.is_alive() for thread in self._threads[1:])
        self._over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(20)
        return clean

    def _accept(self) -> None:
        while True:
            try:
                one, _address = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(one,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, one: socket.socket) -> None:
        self._open.add(one)
        with one, contextlib.suppress(OSError, _Gone, http.client.HTTPException):
            one.settimeout(LONGEST)
            stream = one.makefile("rb", 0)
            while True:
                head = _head(stream)
                if b"\r\nUpgrade: websocket\r\n" in head:
                    self._websocket(one, head)
                    return
                self._pass_on(one, stream, head)
        self._open.discard(one)

    # --- HTTP ------------------------------------------------------------------------------------
    def _pass_on(self, one: socket.socket, stream: Any, head: bytes) -> None:
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        method, path, _version = first.split(" ")
        headers = dict(line.split(": ", 1) for line in lines)
        body = _exactly(stream, int(headers.get("Content-Length", 0)))
        upstream = http.client.HTTPConnection(self._upstream, timeout=LONGEST)
        try:
            headers["Host"] = self._upstream
            upstream.request(method, path, body or None, headers)
            answer = upstream.getresponse()
            content = answer.read()
        finally:
            upstream.close()
        for end, instead in self._script.rest.items():
            if method in ("POST", "PUT", "GET") and path.partition("?")[0].endswith(end) and answer.status < 300:
                content = json.dumps(instead).encode()
        lines = ["HTTP/1.1 %d %s" % (answer.status, answer.reason), "Content-Length: %d" % len(content)]
        kept = ("content-type", "www-authenticate", "location", "retry-after")
        lines += ["%s: %s" % (name, value) for name, value in answer.getheaders() if name.lower() in kept]
        one.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + content)

    # --- WebSocket -------------------------------------------------------------------------------
    def _websocket(self, one: socket.socket, head: bytes) -> None:
        self._sockets += 1
        steps = self._script.steps if self._sockets == 1 or not self._script.later else [("relay", 10**6)]
        connection = _Scripted(one, head, self._upstream, self._over)
        try:
            for step in steps:
                connection.do(step)
            connection.hold()
        finally:
            connection.close()


class _Scripted:
    def __init__(self, one: socket.socket, head: bytes, upstream: str, over: threading.Event) -> None:
        self._one = one
        self._head = head
        self._upstream = upstream
        self._behind: socket.socket | None = None
        self._over = over

    def do(self, step: Step) -> None:
        """Do what a step says."""
        kind, *more = step
        act: Callable[..., None] = getattr(self, "_" + kind.replace(" ", "_"))
        act(*more)

    def close(self) -> None:
        if self._behind is not None:
            self._behind.close()

    def hold(self) -> None:
        """Wait until the client goes."""
        with contextlib.suppress(_Gone, OSError):
            while not self._over.is_set():
                self._take(0.1)

    def _take(self, seconds: float) -> None:
        """Read and forget what the client sends meanwhile."""
        if select.select([self._one], [], [], seconds)[0] and not self._one.recv(1 << 16):
            raise _Gone

    def _shake(self) -> None:
        key = self._head.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
        proof = base64.b64encode(hashlib.sha1(key + GUID).digest())
        lines = [b"HTTP/1.1 101 Switching Protocols", b"Upgrade: websocket", b"Connection: Upgrade"]
        self._one.sendall(b"\r\n".join([*lines, b"Sec-WebSocket-Accept: " + proof, b"", b""]))

    def _send(self, data: bytes) -> None:
        self._one.sendall(data)

    def _repeat(self, data: bytes, seconds: float) -> None:
        while not self._over.is_set():
            self._one.sendall(data)
            self._take(seconds)

    def _flood(self, data: bytes, total: int) -> None:
        data = data * max(1, (1 << 20) // len(data))
        for _time in range(total // len(data) + 1):
            self._one.sendall(data)
            self._take(0)

    def _read(self) -> None:
        _frame(self._one)

    def _hang_up(self) -> None:
        raise _Gone

    def _reset(self) -> None:
        self._one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise _Gone

    def _relay(self, number: int) -> None:
        """Pass frames on in both directions, until the server has dealt with ``number`` messages of the client."""
        host, port = self._upstream.rsplit(":", 1)
        behind = self._behind = socket.create_connection((host, int(port)), LONGEST)
        client = self._one.getsockname()
        behind.sendall(self._head.replace(b"%s:%d" % (client[0].encode(), client[1]), self._upstream.encode()))
        head = _head(behind.makefile("rb", 0))
        self._one.sendall(head)
        if b" 101 " not in head[:20]:
            return
        mark, asked = os.urandom(4).hex().encode(), False
        while True:
            for ready in select.select([self._one, behind], [], [], LONGEST)[0]:
                first, raw, payload = _frame(ready)
                if ready is behind:
                    if asked and first == PONG and payload == mark:
                        return
                    self._one.sendall(raw)
                    continue
                behind.sendall(raw)
                number -= first == TEXT
                if number == 0 and not asked:
                    asked = True
                    behind.sendall(frame(mark, PING, mask=b"\0\0\0\1"))


def _head(stream: Any) -> bytes:
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        data += _exactly(stream, 1)
    return data


def _exactly(stream: Any, size: int) -> bytes:
    data = b""
    while len(data) < size:
        found = stream.recv(size - len(data)) if isinstance(stream, socket.socket) else stream.read(size - len(data))
        if not found:
            raise _Gone
        data += found
    return data


def _frame(one: socket.socket) -> tuple[int, bytes, bytes]:
    """Return the first byte, the bytes and the payload of a frame."""
    head = _exactly(one, 2)
    size, more = head[1] & 0x7F, b""
    if size >= 126:
        more = _exactly(one, 2 if size == 126 else 8)
        size = int.from_bytes(more, "big")
    mask = _exactly(one, 4) if head[1] & 0x80 else b""
    data = _exactly(one, size)
    payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(data)) if mask else data
    return head[0], head + more + mask + data, payload
