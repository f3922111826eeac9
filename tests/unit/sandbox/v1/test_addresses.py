# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where documents, repositories and issues may lie."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("aiohttp")
hosts = importlib.import_module("tmi_sandbox.web.hosts")

Json = Any
BODIES = {"documents": {"name": "D"}, "repositories": {"name": "R"}}


def kinds(client: Any, uri: str) -> list[int]:
    """Return the answers to a document and a repository of an address."""
    model = client.model()
    return [client.send("POST", f"{model}/{kind}", {**body, "uri": uri}).status_code for kind, body in BODIES.items()]


@pytest.mark.parametrize(
    "uri", ["https://a.test/x", "https://93.184.216.34/x", "HTTPS://Deep.Below.Example.org:8443/x?y#z"]
)
def test_any_https_host_will_do(alice: Any, uri: str) -> None:
    """Without a list nothing has to be named beforehand."""
    assert kinds(alice, uri) == [201, 201]


@pytest.mark.parametrize(
    "uri",
    [
        *("http://a.test/x", "ftp://a.test/x", "https://", "https:///x", "https://a.test:port/", "https://a.test/%zz"),
        *("https://localhost/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.1.2.3/", "https://192.168.0.1/"),
        "https://169.254.169.254/latest",
    ],
)
def test_what_a_server_must_not_fetch(alice: Any, uri: str) -> None:
    """Other schemes, addresses that are none, this machine and private networks are refused, in bulk too."""
    assert kinds(alice, uri) == [400, 400]
    model = alice.model()
    for kind, body in BODIES.items():
        assert alice.send("POST", f"{model}/{kind}/bulk", [{**body, "uri": uri}]).status_code == 400


class TestListOfHosts:
    """A server whose operator has listed hosts."""

    @pytest.fixture
    def server(self, new_server: Callable[..., Any]) -> Any:
        """Return that server."""
        return new_server(api="v1", document_hosts=("example.com", "10.0.0.1"))

    def test_only_what_is_listed_will_do(self, alice: Any) -> None:
        """In a private network too; issues may lie anywhere."""
        for uri, status in (("https://docs.example.com/x", 201), ("https://10.0.0.1/", 201), ("https://a.test/", 400)):
            assert kinds(alice, uri) == [status, status]
        alice.model(issue_uri="https://a.test/1")


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("example.com", True),
        ("docs.example.com", True),
        ("a.docs.example.com", False),
        ("notexample.com", False),
        ("example.org", True),
        ("a.b.example.org", True),
        ("badexample.org", False),
        ("", False),
    ],
)
def test_names_and_stars(host: str, fits: bool) -> None:
    """The rule of the real servers."""
    assert hosts.matches(host, ("example.com", "*.example.org")) is fits


@pytest.mark.parametrize("entry", ["", "*", "*.", "a.*.b", "https://a.test", "a.test:443"])
def test_an_entry_that_is_no_host(entry: str) -> None:
    """It is refused when the server starts."""
    with pytest.raises(ValueError, match="is not a host"):
        hosts.known(entry)


@pytest.mark.parametrize("uri", ["http://a.test/1", "ftp://a.test"])
def test_issues_need_https_addresses(alice: Any, uri: str) -> None:
    """In all writes of threat models and threats; their host is free, for it is never asked."""
    model = alice.model()
    assert alice.send("POST", "/threat_models", {"name": "M", "issue_uri": uri}).status_code == 400
    assert alice.send("PUT", model, {"name": "M", "issue_uri": uri}).status_code == 400
    alice.patch(model, {"op": "replace", "path": "/issue_uri", "value": uri}, expect=400)
    assert alice.send("POST", f"{model}/threats", {"name": "T", "issue_uri": uri}).status_code == 400
    alice.patch(model, {"op": "replace", "path": "/issue_uri", "value": "https://localhost/1"})
    assert alice.call("GET", model)["issue_uri"] == "https://localhost/1"
