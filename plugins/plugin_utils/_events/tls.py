# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The certificate with which a source serves HTTPS."""

from __future__ import annotations

import os
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError

if TYPE_CHECKING:
    from cryptography import x509


class _Encrypted(Exception):
    """The key needs a password."""


class ServerCertificate:
    """A certificate and its key, with the context of a server that uses them. Raises InputError for unusable files."""

    def __init__(self, certfile: str, keyfile: str | None) -> None:
        self._files = certfile, keyfile
        self._stamp = self._stamp_now()
        self.context = _context_of(certfile, keyfile)

    def look(self, now: datetime) -> str:
        """Use the files for new connections if they were replaced; return a sentence about a problem, or ""."""
        try:
            stamp = self._stamp_now()
            if stamp != self._stamp:
                _context_of(*self._files)  # before the one in use is changed
                self.context.load_cert_chain(*self._files, password=_no_password)
                self._stamp = stamp
            return problem_of(self._files[0], now)
        except (InputError, ssl.SSLError, _Encrypted) as error:
            return str(error)

    def _stamp_now(self) -> list[tuple[int, int]]:
        found = [os.stat(path) for path in self._files if path and os.path.exists(path)]
        return [(one.st_mtime_ns, one.st_ino) for one in found]


def _context_of(certfile: str, keyfile: str | None) -> ssl.SSLContext:
    _certificate(certfile)
    if keyfile:
        _read(keyfile, "keyfile")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certfile, keyfile, _no_password)
    except _Encrypted:
        raise InputError("the key must not be encrypted", "keyfile" if keyfile else "certfile") from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise InputError("%s does not belong to the key" % certfile, "certfile") from None
        if keyfile:
            raise InputError("%s has no key in PEM form that can be used" % keyfile, "keyfile") from None
        raise InputError("%s has no key: give the file of the key as keyfile" % certfile, "certfile") from None
    return context


def problem_of(certfile: str, now: datetime) -> str:
    """Return a sentence about a certificate that is not valid at this time; "" if it is. Raises InputError."""
    certificate = _certificate(certfile)
    begin, end = (_moment(certificate, name) for name in ("not_valid_before", "not_valid_after"))
    if begin <= now <= end:
        return ""
    words = "has expired on" if now > end else "is not valid before"
    moment = (end if now > end else begin).strftime("%Y-%m-%d %H:%M UTC")
    return "certfile: %s %s %s, so a server that checks it does not deliver" % (certfile, words, moment)


def _certificate(certfile: str) -> x509.Certificate:
    from cryptography import x509  # with ansible-core; ansible-test imports this file without it

    try:
        return x509.load_pem_x509_certificate(_read(certfile, "certfile"))
    except ValueError:
        raise InputError("%s has no certificate in PEM form" % certfile, "certfile") from None


def _read(path: str, option: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 20)
    except OSError as error:
        raise InputError("%s cannot be read: %s" % (path, error.strerror or error), option) from None


def _moment(certificate: x509.Certificate, name: str) -> datetime:
    found = getattr(certificate, name + "_utc", None)  # since cryptography 42
    moment: datetime = found or getattr(certificate, name).replace(tzinfo=UTC)
    return moment


def _no_password() -> str:
    """Raise _Encrypted. Without this function OpenSSL asks on the terminal, and the rulebook waits."""
    raise _Encrypted
