# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Listens on a free port with a certificate that an authority of nobody's signed, and answers HTML; ends by itself.

tls_listener.py FOLDER      writes {"port": …, "ca": FOLDER/ca.pem}
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import socket
import ssl
import sys
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SECONDS = 120
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"


def certificate(name: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey) -> bytes:
    """Return a certificate (PEM): of an authority where a name is its own issuer, else for 127.0.0.1."""
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    is_authority = name == issuer
    # From Python 3.13 on the certificate of an authority is refused unless it says that it may sign others.
    usage = {"digital_signature": not is_authority, "key_cert_sign": is_authority, "crl_sign": is_authority}
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "encipher_only")
    usage.update(dict.fromkeys((*others, "decipher_only"), False))
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    if not is_authority:
        made = made.add_extension(address, critical=False)
    return made.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    """Answer every request with a page, for a while; who breaks the handshake off is no matter."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            with context.wrap_socket(listener.accept()[0], server_side=True) as connection:
                connection.recv(65536)
                head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                connection.sendall((head % len(PAGE)).encode() + PAGE)
        except OSError:
            continue


def main() -> None:
    """Make the certificates, then serve in the background."""
    folder = Path(sys.argv[1])
    authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    (folder / "ca.pem").write_bytes(certificate("Nobody", authority, "Nobody", authority))
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.pem").write_bytes(certificate("127.0.0.1", own, "Nobody", authority) + own.private_bytes(*pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)
    sys.stdout.write(json.dumps({"port": listener.getsockname()[1], "ca": str(folder / "ca.pem")}))
    sys.stdout.flush()
    if os.fork() == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        serve(listener, context)
        os._exit(0)


if __name__ == "__main__":
    main()
