# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""TLS contexts, one for each process and settings, and the message for a failed handshake."""

from __future__ import annotations

import os
import ssl
import threading
from typing import Any

from .._errors import InputError
from .._options import Settings

_contexts: dict[tuple[Any, ...], ssl.SSLContext] = {}
_contexts_lock = threading.Lock()


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Return the TLS context for these settings, made once per process: reading the system's authorities takes 25 ms.

    It trusts ``ca_path``, else ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE``, else the authorities of the system, or, if
    the system has none, those of ``requests``.
    """
    bundle = settings.ca_path or os.environ.get("REQUESTS_CA_BUNDLE", "") or os.environ.get("CURL_CA_BUNDLE", "")
    key = (settings.validate_certs, bundle, settings.client_cert, settings.client_key)
    with _contexts_lock:
        if key not in _contexts:
            _contexts[key] = _new_context(settings, bundle)
        return _contexts[key]


def _new_context(settings: Settings, bundle: str) -> ssl.SSLContext:
    try:
        if not settings.validate_certs:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif bundle:
            folder = os.path.isdir(bundle)
            context = ssl.create_default_context(cafile=None if folder else bundle, capath=bundle if folder else None)
        else:
            context = ssl.create_default_context()
            if not _system_has_authorities(context):
                import certifi  # comes with requests

                context.load_verify_locations(certifi.where())
    except (OSError, ValueError) as error:
        raise InputError("holds no usable CA certificates (PEM): %s" % bundle, "ca_path") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.client_cert:
        try:
            # Never ask for a password: there may be no terminal.
            context.load_cert_chain(settings.client_cert, settings.client_key or None, password=lambda: "")
        except (OSError, ValueError) as error:
            raise InputError("holds no usable certificate with an unencrypted key (PEM)", "client_cert") from error
    return context


def _system_has_authorities(context: ssl.SSLContext) -> bool:
    folder = ssl.get_default_verify_paths().capath
    return bool(context.cert_store_stats()["x509_ca"] or (folder and os.listdir(folder)))


#: Advice about a certificate, by the codes of OpenSSL (``X509_V_ERR_*``); for all other codes ``ca_path`` may help.
_ADVICE = (
    # Expired, or not valid yet.
    ((9, 10), "have it renewed, or set the clock of this machine"),
    # Key or digest too weak.
    ((66, 67, 68), "have the certificate that is meant made anew, with a key and a digest of today"),
    # The issuer is no authority.
    (
        (24, 32, 79),
        "what has signed it is no authority: give the right one with ca_path, or have it made anew with "
        "basicConstraints (CA:TRUE) and keyUsage (keyCertSign)",
    ),
    # Checks since Python 3.13 (VERIFY_X509_STRICT), also for authorities that have been in use for long.
    (
        tuple(range(80, 94)),
        "Python checks since 3.13 that certificates are made as RFC 5280 says. Have the one that is meant made anew: "
        "an authority needs basicConstraints (CA:TRUE) and keyUsage (keyCertSign), both critical, and "
        "subjectKeyIdentifier, a server authorityKeyIdentifier. Made from the same key and name, an authority keeps "
        "what it has signed valid. Give the new one with ca_path; until then a Python before 3.13 takes the old one",
    ),
)


def _advice(code: int) -> str:
    found = [advice for codes, advice in _ADVICE if code in codes]
    return found[0] if found else "give the issuing authority with ca_path"


def tls_reason(error: ssl.SSLError, where: str) -> str:
    """Return the reason for a failed handshake with ``where`` (host and port), and what to do."""
    if isinstance(error, ssl.SSLCertVerificationError):
        words = error.verify_message or "not valid"
        if "ostname mismatch" in words or "IP address mismatch" in words or "not valid for" in words:
            return "the certificate of %s is for another host (%s); check url" % (where, words)
        return "the certificate of %s is not trusted (%s); %s (validate_certs: false turns the check off)" % (
            where,
            words,
            _advice(error.verify_code),
        )
    return "no TLS connection to %s (%s); check url (http or https), client_cert and ca_path" % (
        where,
        (error.reason or "TLS error").replace("_", " ").lower(),
    )
