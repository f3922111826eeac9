# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The way to a WebSocket: proxy, TLS, handshake and the deadline of it all; and the limits of frames."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket
import struct
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._http import frames, sockets
from ansible_collections.tmi.tmi.plugins.module_utils._http.frames import (
    TOO_BIG,
    ConnectionLost,
    HandshakeRefused,
    Pong,
)
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings

pytest.importorskip("websocket")

PATH, QUERY = "/d/1/ws", {"token": "secret"}
Act = Callable[["Listener", socket.socket], None]


class Listener:
    """Takes one connection after the other and lets ``act`` deal with it."""

    def __init__(self, act: Act) -> None:
        self.heads: list[str] = []
        self.over = threading.Event()
        self._act = act
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.url = "http://127.0.0.1:%d" % self.port
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                one, _address = self._socket.accept()
            except OSError:
                return
            with one:
                one.settimeout(20)
                with contextlib.suppress(OSError):
                    self._act(self, one)

    def head(self, one: socket.socket) -> str:
        """Read the head of a request."""
        data = b""
        while not data.endswith(b"\r\n\r\n"):
            data += one.recv(1)
        self.heads.append(data.decode())
        return self.heads[-1]

    def close(self) -> None:
        self.over.set()
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(20)


@pytest.fixture
def listen() -> Iterator[Callable[[Act], Listener]]:
    made: list[Listener] = []

    def start(act: Act) -> Listener:
        made.append(Listener(act))
        return made[-1]

    yield start
    for one in made:
        one.close()


def proof(head: str) -> str:
    key = head.partition("Sec-WebSocket-Key: ")[2].partition("\r\n")[0]
    return base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()


def welcome(head: str) -> bytes:
    lines = ("HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade")
    return "\r\n".join((*lines, "Sec-WebSocket-Accept: " + proof(head), "", "")).encode()


def frame(first: int, payload: bytes = b"", length: int | None = None) -> bytes:
    size = len(payload) if length is None else length
    if size < 126:
        return bytes([first, size]) + payload
    return bytes([first, 127]) + struct.pack("!Q", size) + payload


def speaking(*frames: bytes) -> Act:
    """Shake hands, send these frames together with the answer, and wait for the end."""

    def act(server: Listener, one: socket.socket) -> None:
        one.sendall(welcome(server.head(one)) + b"".join(frames))
        while one.recv(65536):
            pass

    return act


def connected(server: Listener, seconds: float = 5, **more: Any) -> frames.Socket:
    settings = Settings(url=server.url, timeout=5, **more)
    return frames.frames(sockets.open_socket(settings, PATH, QUERY, seconds), 5)


def test_addresses() -> None:
    settings = Settings(url="http://tmi.example.com:8080/api")
    assert sockets.url(settings, "/d/1/ws", {"token": "a b"}) == "ws://tmi.example.com:8080/api/d/1/ws?token=a+b"
    reported = sockets.url(settings, "ws://inner/api/d/1/ws?session_id=2", {"ticket": "t"})
    assert reported == "ws://tmi.example.com:8080/api/d/1/ws?session_id=2&ticket=t"
    assert sockets.url(Settings(url="https://x"), "/ws") == "wss://x/ws"


def test_frames_that_come_with_the_handshake_are_read(listen: Any) -> None:
    server = listen(speaking(frame(0x81, b'{"a":1}'), frame(0x8A, b"7")))
    one = connected(server)
    assert (one.receive(5), one.receive(5), one.receive(0)) == ('{"a":1}', Pong(b"7"), None)
    one.close()
    assert server.heads[0].startswith("GET /d/1/ws?token=secret HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % server.port)
    assert "Origin" not in server.heads[0]
    assert "Cookie" not in server.heads[0]


def test_a_cookie_is_never_sent(listen: Any) -> None:
    def act(server: Listener, one: socket.socket) -> None:
        one.sendall(welcome(server.head(one)).replace(b"Upgrade: w", b"Set-Cookie: a/b=1; a=b\r\nUpgrade: w"))

    server = listen(act)
    for _time in range(2):
        connected(server).close()
    assert not [head for head in server.heads if "Cookie" in head]


@pytest.mark.parametrize("status", [200, 302, 401, 403, 503])
def test_a_refusal_is_reported_by_its_status_and_its_body_is_not_read(listen: Any, status: int) -> None:
    def act(server: Listener, one: socket.socket) -> None:
        server.head(one)
        head = "HTTP/1.1 %d X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 1073741824\r\n\r\n" % status
        one.sendall(head.encode())
        server.over.wait(20)

    with pytest.raises(HandshakeRefused) as caught:
        connected(listen(act))
    assert caught.value.status == status


def drip_head(server: Listener, one: socket.socket) -> None:
    server.head(one)
    one.sendall(b"HTTP/1.1 101 Switching Protocols\r\n")
    while not server.over.wait(0.05):
        one.sendall(b"x")


def endless_head(server: Listener, one: socket.socket) -> None:
    server.head(one)
    one.sendall(b"HTTP/1.1 101 Switching Protocols\r\nX: " + b"x" * 100_000)
    server.over.wait(20)


def other_proof(server: Listener, one: socket.socket) -> None:
    one.sendall(welcome(server.head(one)).replace(b"Accept: ", b"Accept: x"))


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda server, _one: server.over.wait(20), "no answer in time"),
        (drip_head, "no answer in time"),
        (endless_head, "no HTTP"),
        (other_proof, "does not come from a WebSocket server"),
        (lambda server, one: (server.head(one), one.sendall(b"SSH-2.0-x\r\n\r\n")), "no HTTP"),
        (lambda server, one: server.head(one), "hung up"),
    ],
)
def test_a_handshake_that_comes_to_nothing(listen: Any, act: Act, words: str) -> None:
    begin = time.monotonic()
    with pytest.raises(ConnectionLost, match=words) as caught:
        connected(listen(act), seconds=0.5 if "time" in words else 10)
    assert time.monotonic() - begin < 15
    error: BaseException | None = caught.value
    while error is not None:
        assert "secret" not in str(error) + repr(error)
        error = error.__context__


def test_no_server_is_reported_without_the_address() -> None:
    with pytest.raises(ConnectionLost, match="refused") as caught:
        sockets.open_socket(Settings(url="http://127.0.0.1:9", timeout=2), PATH, QUERY, 2)
    assert caught.value.__context__ is None


# --- proxies -----------------------------------------------------------------------------------------


def test_through_a_proxy(listen: Any) -> None:
    def act(server: Listener, one: socket.socket) -> None:
        server.head(one)
        one.sendall(b"HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n")
        one.sendall(welcome(server.head(one)))

    proxy = listen(act)
    settings = Settings(url="http://tmi.example.com", proxy="http://u:p%%40@127.0.0.1:%d" % proxy.port, timeout=5)
    sockets.open_socket(settings, PATH, QUERY, 5).close()
    assert proxy.heads[0].startswith("CONNECT tmi.example.com:80 HTTP/1.1\r\nHost: tmi.example.com:80\r\n")
    assert "Proxy-Authorization: Basic " + base64.b64encode(b"u:p@").decode() in proxy.heads[0]
    assert proxy.heads[1].startswith("GET /d/1/ws?token=secret HTTP/1.1\r\nHost: tmi.example.com\r\n")
    assert "Proxy-Authorization" not in proxy.heads[1]


def test_a_proxy_that_refuses(listen: Any) -> None:
    proxy = listen(lambda server, one: (server.head(one), one.sendall(b"HTTP/1.1 407 No\r\n\r\n")))
    settings = Settings(url="https://tmi.example.com", proxy=proxy.url, timeout=5)
    with pytest.raises(ConnectionLost, match="proxy answered CONNECT with 407"):
        sockets.open_socket(settings, PATH, QUERY, 5)


def test_a_socks_proxy_is_spoken_to_by_the_library_of_requests(listen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server = listen(speaking())
    asked: dict[str, Any] = {}

    def create_connection(where: tuple[str, int], **options: Any) -> socket.socket:
        asked.update(options, where=where)
        return socket.create_connection(("127.0.0.1", server.port))

    library = types.SimpleNamespace(SOCKS5=2, create_connection=create_connection)
    monkeypatch.setitem(sys.modules, "socks", library)
    settings = Settings(url="http://tmi.example.com", proxy="socks5h://u:p%40@proxy", timeout=5)
    sockets.open_socket(settings, PATH, QUERY, 5).close()
    assert asked["where"] == ("tmi.example.com", 80)
    assert (asked["proxy_addr"], asked["proxy_port"], asked["proxy_rdns"]) == ("proxy", 1080, True)
    assert (asked["proxy_username"], asked["proxy_password"]) == ("u", "p@")
    monkeypatch.setitem(sys.modules, "socks", None)
    with pytest.raises(InputError, match="PySocks"):
        sockets.open_socket(settings, PATH, QUERY, 5)


# --- frames ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frames", "code", "words"),
    [
        ([frame(0x81, length=1 << 30)], TOO_BIG, "1073741824 bytes"),
        ([frame(0x81, length=(1 << 24) + 1)], TOO_BIG, "16777217 bytes"),
        ([frame(0x01, b"x"), frame(0x80, length=1 << 24)], TOO_BIG, "16777217 bytes"),
        ([frame(0x8A, length=126)], 1006, "control frame of 126"),
        ([frame(0x89, length=1 << 30)], 1006, "control frame"),
        ([bytes([0x81, 0x81, 0, 0, 0, 0, 65])], 1006, "masked"),
        ([frame(0xC1, b"x")], 1006, "the connection broke"),
        ([frame(0x83, b"x")], 1006, "the connection broke"),
        ([frame(0x80, b"x")], 1006, "the connection broke"),
        ([frame(0x81, b"\xff")], 1006, "no UTF-8"),
        ([frame(0x88, b"\x03")], 1006, "the connection broke"),
        ([frame(0x88, struct.pack("!H", 1))], 1006, "the connection broke"),
        ([frame(0x88, struct.pack("!H", 4001))], 4001, "code 4001"),
        ([frame(0x88)], 1006, "code 1006"),
    ],
)
def test_frames_that_are_not_taken(listen: Any, frames: list[bytes], code: int, words: str) -> None:
    one = connected(listen(speaking(*frames)))
    with pytest.raises(ConnectionLost, match=words) as caught:
        one.receive(5)
    assert caught.value.code == code
    one.close()


def test_the_rest_of_a_refused_message_is_not_read(listen: Any) -> None:
    """Buffers of the system take some of it, and a client that reads on takes a hundred times that in a second."""
    taken = []

    def act(server: Listener, one: socket.socket) -> None:
        one.sendall(welcome(server.head(one)) + frame(0x81, length=1 << 30))
        with contextlib.suppress(OSError):
            for _part in range(1 << 10):
                one.sendall(bytes(1 << 16))
                taken.append(1 << 16)

    one = connected(listen(act))
    with pytest.raises(ConnectionLost):
        one.receive(5)
    one.close()
    assert sum(taken) < 16 << 20


def test_fragments_and_what_comes_between_them(listen: Any) -> None:
    server = listen(
        speaking(frame(0x01, b"a"), frame(0x89, b"?"), frame(0x00, b"b"), frame(0x82, b"x"), frame(0x80, b"c"))
    )
    one = connected(server)
    assert one.receive(5) == ""  # the ping
    with pytest.raises(ConnectionLost):  # a message within another
        one.receive(5)
    one.close()
    whole = connected(listen(speaking(frame(0x01, "ä".encode()[:1]), frame(0x80, "ä".encode()[1:]))))
    assert whole.receive(5) == "ä"
    whole.close()


def endless(*parts: bytes) -> Act:
    def act(server: Listener, one: socket.socket) -> None:
        one.sendall(welcome(server.head(one)))
        for part in parts[:-1]:
            one.sendall(part)
        while not server.over.wait(0.01):
            one.sendall(parts[-1])

    return act


@pytest.mark.parametrize(
    "parts",
    [
        (frame(0x81, length=1000), b"x"),
        (frame(0x01, b"x"), frame(0x00)),
        (b"\x81", b""),
        (b"", b""),
    ],
)
def test_a_message_that_never_ends(listen: Any, parts: tuple[bytes, ...]) -> None:
    one = connected(listen(endless(*parts)))
    begin = time.monotonic()
    assert one.receive(0.3) is None
    assert one.receive(0) is None
    one.close()
    assert time.monotonic() - begin < 15


def test_a_message_that_takes_longer_than_one_wait_is_read_in_the_end(listen: Any) -> None:
    def act(server: Listener, one: socket.socket) -> None:
        one.sendall(welcome(server.head(one)) + frame(0x81, length=3) + b"a")
        first.wait(20)
        one.sendall(b"bc")
        server.over.wait(20)

    first = threading.Event()
    one = connected(listen(act))
    assert one.receive(0.2) is None
    first.set()
    assert one.receive(10) == "abc"
    one.close()


def test_a_server_that_reads_nothing(listen: Any) -> None:
    server = listen(lambda server, one: (one.sendall(welcome(server.head(one))), server.over.wait(20)))
    settings = Settings(url=server.url, timeout=5)
    one = frames.frames(sockets.open_socket(settings, PATH, QUERY, 5), 0.3)
    with pytest.raises(ConnectionLost, match="does not take what is sent"):
        one.send("x" * 50_000_000)
    one.close()
