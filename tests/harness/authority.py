# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An authority that issues certificates for tests."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


class Authority:
    """Issues certificates as PEM files: ``<name>.pem`` holds key and certificate."""

    def __init__(self, folder: Path, name: str, *, is_old: bool = False) -> None:
        """``is_old``: made as many were before anybody checked, without key usage."""
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        builder = self._builder(self.name, self.key).add_extension(x509.BasicConstraints(True, None), critical=True)
        builder = builder if is_old else builder.add_extension(usage, critical=True)
        self.file = folder / (name + ".ca.pem")
        self.file.write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(PEM))

    def _builder(self, subject: x509.Name, key: Any, days: int = 1) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=3))
            .not_valid_after(now + datetime.timedelta(days=days))
            # Python 3.13 verifies strictly by RFC 5280, which wants these two.
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )

    def issue(self, name: str, *, host: str = "", days: int = 1) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        alternative = x509.DNSName(host) if host else x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
        builder = self._builder(x509.Name([]), key, days)
        builder = builder.add_extension(x509.SubjectAlternativeName([alternative]), critical=True)
        certificate = builder.sign(self.key, hashes.SHA256())
        private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        file = self.folder / (name + ".pem")
        file.write_bytes(private + certificate.public_bytes(PEM))
        return file
