# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""TLS: who is trusted, what a wrong certificate is called, and that nothing is sent before the check."""

from __future__ import annotations

import ssl
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("cryptography")

from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.tmi.tmi.plugins.module_utils._http import tls
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.tests.harness.authority import Authority


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"), "right")


@pytest.fixture
def serve(scripted_server: Any) -> Any:
    running = []

    def start(certificate: Path, client_authority: Path | None = None) -> Any:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        if client_authority:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_authority)
        running.append(scripted_server(context))
        return running[-1]

    yield start
    for server in running:
        server.stop()


def call(server: Any, **options: Any) -> Any:
    settings = Settings.from_params({"url": server.url, "token": "t" * 20, "timeout": 3, "retry_timeout": 3, **options})
    with Transport(settings, Auth(settings)) as transport:
        return transport.request("GET", "/x").data


def test_right_authority(serve: Any, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(authority.issue("server"))
    assert call(server, ca_path=str(authority.file)) == {"ok": True}
    assert call(server, validate_certs=False) == {"ok": True}
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.file))
    assert call(server) == {"ok": True}


@pytest.mark.parametrize(
    ("trusted", "host", "days", "words"),
    [
        (False, "", 1, "is not trusted .*ca_path .*validate_certs"),
        (True, "other.example.com", 1, "is for another host .*check url"),
        (True, "", -1, "is not trusted .*expired"),
    ],
)
def test_wrong_certificate(
    trusted: bool, host: str, days: int, words: str, serve: Any, authority: Authority, tmp_path: Path
) -> None:
    server = serve(authority.issue("server", host=host, days=days))
    trust = authority if trusted else Authority(tmp_path, "wrong")
    with pytest.raises(ApiError, match=r"GET /x failed: the certificate of 127.0.0.1:\d+ " + words):
        call(server, ca_path=str(trust.file))
    assert server.seen == []


@pytest.mark.skipif(sys.version_info < (3, 13), reason="before 3.13 Python takes such certificates")
def test_an_authority_without_key_usage(serve: Any, tmp_path: Path) -> None:
    """Python 3.13 refuses what older ones take; to give that authority with `ca_path` once more would not help."""
    old = Authority(tmp_path, "old", is_old=True)
    server = serve(old.issue("server"))
    words = r"key usage.*; Python checks since 3\.13 .*keyUsage \(keyCertSign\).*same key.*validate_certs"
    with pytest.raises(ApiError, match=words):
        call(server, ca_path=str(old.file))
    assert server.seen == []


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (ssl_code, advice)
        for advice, codes in {
            "have it renewed": (9, 10),
            "made anew": (66, 67, 68, 80, 85, 89, 92, 93),
            "is no authority": (24, 32, 79),
            "with ca_path": (2, 18, 19, 20, 21),
        }.items()
        for ssl_code in codes
    ],
)
def test_advice_is_of_use(code: int, advice: str) -> None:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, "words of OpenSSL"
    reported = tls.tls_reason(error, "tmi.example.com:443")
    assert advice in reported
    assert "(words of OpenSSL)" in reported


def test_system_authorities_do_not_know_it(serve: Any, authority: Authority) -> None:
    with pytest.raises(ApiError, match="is not trusted"):
        call(serve(authority.issue("server")))


def test_http_and_https_mixed_up(serve: Any, authority: Authority, server: Any) -> None:
    server.url = server.url.replace("http:", "https:")
    with pytest.raises(ApiError, match=r"no TLS connection to .*check url \(http or https\)"):
        call(server)
    assert server.seen == []


def test_client_certificate(serve: Any, authority: Authority) -> None:
    server = serve(authority.issue("server"), authority.file)
    client = str(authority.issue("client"))
    assert call(server, ca_path=str(authority.file), client_cert=client) == {"ok": True}
    assert call(server, ca_path=str(authority.file), client_cert=client, client_key=client) == {"ok": True}
    with pytest.raises(ApiError):
        call(server, ca_path=str(authority.file))
    with pytest.raises(InputError, match="client_cert: holds no usable certificate"):
        call(server, ca_path=str(authority.file), client_cert=str(authority.file))


def test_file_without_certificates(serve: Any, authority: Authority, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    with pytest.raises(InputError, match="ca_path: holds no usable CA certificates"):
        call(serve(authority.issue("server")), ca_path=str(broken))


def test_one_context_a_process(authority: Authority) -> None:
    settings = Settings.from_params({"url": "https://a.example.com", "ca_path": str(authority.file)})
    other = Settings.from_params({"url": "https://b.example.com", "ca_path": str(authority.file)})
    assert tls.tls_context(settings) is tls.tls_context(other)
    assert tls.tls_context(settings) is not tls.tls_context(Settings("https://a.example.com", validate_certs=False))


def test_https_proxy_never_sees_the_token(serve: Any, authority: Authority, server: Any) -> None:
    """The proxy of this test refuses the tunnel: what it got is all that a proxy can see."""
    target = serve(authority.issue("server"))
    with pytest.raises(ApiError, match="proxy"):
        call(target, proxy=server.url, ca_path=str(authority.file), retry_timeout=0)
    assert server.seen == []
    assert target.seen == []
