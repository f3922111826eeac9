# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A forward proxy that misbehaves: it passes requests on as they are, or through tunnels that end in TLS right here."""

from __future__ import annotations

import contextlib
import datetime
import http.client
import socket
import ssl
import struct
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ansible_collections.tmi.tmi.tests.harness.server import HOST

Json = Any
READING = ("GET", "HEAD", "OPTIONS")
_PEM = serialization.Encoding.PEM
_PAGE = b"<html><body>The proxy has a bad day</body></html>"


@dataclass(frozen=True)
class Fault:
    """What the proxy does to a write, or to a CONNECT.

    ``kind``: ``reset`` and ``cut`` (half of the answer comes), ``status`` with the proxy's own ``status``, ``slow``.
    ``after``: the server has acted before. ``at_connect``: it is the CONNECT that is struck, or, for ``handshake``,
    what follows it.
    """

    kind: str
    status: int = 0
    after: bool = False
    at_connect: bool = False
    seconds: float = 0.0


#: What strikes a write: after it the server has or has not acted, as each says.
AT_WRITES: dict[str, Fault] = {
    "reset before": Fault("reset"),
    "reset after": Fault("reset", after=True),
    "cut": Fault("cut"),
    "407": Fault("status", 407),
    **{f"{status}": Fault("status", status) for status in (502, 503, 504)},
    **{f"{status} after": Fault("status", status, after=True) for status in (502, 503, 504)},
    "slow": Fault("slow", seconds=1.5),
}
#: What strikes a tunnel before it stands: the request has surely not arrived.
AT_CONNECT: dict[str, Fault] = {
    "CONNECT reset": Fault("reset", at_connect=True),
    "CONNECT 502": Fault("status", 502, at_connect=True),
    "CONNECT 407": Fault("status", 407, at_connect=True),
    "no handshake": Fault("handshake", at_connect=True),
}


@dataclass
class ForwardProxy:
    """Serves on the loopback interface until :meth:`close`; ``seen`` counts what the armed fault looks at."""

    server: str
    certificate: Path | None = None
    seen: int = 0
    _fault: Fault | None = None
    _nth: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if self.certificate is not None:
            self._context.load_cert_chain(self.certificate)
        self._upstream = urlsplit(self.server).netloc
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._stop = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Listen no more."""
        self._stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def arm(self, fault: Fault, nth: int) -> None:
        """Strike the ``nth`` write, or CONNECT, from now on, once."""
        with self._lock:
            self._fault, self._nth, self.seen = fault, nth, 0

    # ------------------------------------------------------------------------------------------------ serving
    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        client.settimeout(60)
        gone = (OSError, ValueError, http.client.HTTPException)
        with contextlib.suppress(*gone), client, client.makefile("rb", buffering=0) as raw:
            first = _head(raw)
            if first.startswith(b"CONNECT "):
                self._tunnel(client)
            else:
                self._requests(client, raw, first)

    def _tunnel(self, client: socket.socket) -> None:
        fault = self._struck(at_connect=True)
        if fault is not None and fault.kind == "reset":
            return _reset(client)
        if fault is not None and fault.kind == "status":
            return client.sendall(_answer(fault.status))
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        if fault is not None and fault.kind == "handshake":
            return _reset(client)
        with self._context.wrap_socket(client, server_side=True) as inside, inside.makefile("rb", buffering=0) as raw:
            return self._requests(inside, raw, _head(raw))

    def _requests(self, client: socket.socket, raw: BinaryIO, head: bytes) -> None:
        while head and self._pass_on(client, head, raw):
            head = _head(raw)

    def _pass_on(self, client: socket.socket, head: bytes, raw: BinaryIO) -> bool:
        """Deal with one request; return whether the connection goes on."""
        line, *lines = head.decode("latin-1").split("\r\n")
        method, target, _version = line.split(" ")
        headers = dict(one.split(": ", 1) for one in lines if one)
        body = _exactly(raw, int(headers.get("Content-Length", 0)))
        fault = None if method in READING or "/oauth2/" in target else self._struck()
        if fault is None:
            client.sendall(self._answer_of(method, target, headers, body))
            return True
        answer = self._answer_of(method, target, headers, body) if fault.after or fault.kind in ("cut", "slow") else b""
        if fault.kind == "slow":
            self._stop.wait(fault.seconds)
        if fault.kind == "status":
            answer = _answer(fault.status)
        if fault.kind == "reset":
            _reset(client)
            return False
        client.sendall(answer[: len(answer) - 20] if fault.kind == "cut" else answer)
        return fault.kind == "status"

    def _struck(self, at_connect: bool = False) -> Fault | None:
        with self._lock:
            if self._fault is None or self._fault.at_connect != at_connect:
                return None
            self.seen += 1
            return self._fault if self.seen == self._nth else None

    def _answer_of(self, method: str, target: str, headers: dict[str, str], body: bytes) -> bytes:
        parts = urlsplit(target)
        path = parts.path + ("?" + parts.query if parts.query else "")
        upstream = http.client.HTTPConnection(self._upstream, timeout=60)
        with contextlib.closing(upstream):
            upstream.request(method, path, body, {**headers, "Accept-Encoding": "identity"})
            came = upstream.getresponse()
            content = came.read()
        names = ("transfer-encoding", "content-length", "connection")
        lines = [f"{name}: {value}" for name, value in came.getheaders() if name.lower() not in names]
        lines = [f"HTTP/1.1 {came.status} {came.reason}", *lines, f"Content-Length: {len(content)}", "", ""]
        return "\r\n".join(lines).encode("latin-1") + content


def _answer(status: int) -> bytes:
    """Return what the proxy itself says."""
    lines = [f"HTTP/1.1 {status} Bad day", "Content-Type: text/html", f"Content-Length: {len(_PAGE)}"]
    lines += ['Proxy-Authenticate: Basic realm="x"'] if status == 407 else []
    return "\r\n".join([*lines, "", ""]).encode() + _PAGE


def _reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if isinstance(client, ssl.SSLSocket):
        socket.socket(fileno=client.detach()).close()
    else:
        client.close()


def _head(raw: BinaryIO) -> bytes:
    """Return the head of a request without its last, empty line; nothing at the end of the connection."""
    found = b""
    while not found.endswith(b"\r\n\r\n"):
        byte = raw.read(1)
        if not byte:
            return b""
        found += byte
    return found[:-4]


def _exactly(raw: BinaryIO, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = raw.read(length - len(found))
        if not part:
            raise ValueError("the request broke off")
        found += part
    return found


def certificate_of(folder: Path) -> tuple[Path, Path]:
    """Make an authority and a certificate of it for ``HOST``; return the files of both (PEM)."""
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority of the fault tests")])

    def builder(subject: x509.Name, key: Any) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        found = x509.CertificateBuilder(issuer_name=name, subject_name=subject, public_key=key.public_key())
        found = found.serial_number(x509.random_serial_number())
        found = found.not_valid_before(now - datetime.timedelta(days=1))
        found = found.not_valid_after(now + datetime.timedelta(days=1))
        found = found.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
        return found.add_extension(issuer, critical=False)

    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    root = builder(name, authority).add_extension(x509.BasicConstraints(True, None), critical=True)
    root = root.add_extension(usage, critical=True)
    leaf = builder(x509.Name([]), own)
    leaf = leaf.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=True)
    trusted, served = folder / "authority.pem", folder / "server.pem"
    trusted.write_bytes(root.sign(authority, hashes.SHA256()).public_bytes(_PEM))
    private = own.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    served.write_bytes(private + leaf.sign(authority, hashes.SHA256()).public_bytes(_PEM))
    return trusted, served


def writes_of(server: Any, scenario: Any, proxy: ForwardProxy, options: Json) -> int:
    """Return how many writes a run through the proxy sends."""
    scenario.prepare(server)
    proxy.arm(Fault("status", 599), 10**9)
    done = scenario.run(server, proxy=proxy.url, **options)
    assert not done.get("failed"), done["msg"]
    assert proxy.seen == done["stats"]["writes"] > 0
    return proxy.seen
