# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for every request: order of checks, bodies, paging, ids."""

from __future__ import annotations

from typing import Any

import pytest

Json = Any
NONE = "00000000-0000-4000-8000-000000000001"
THREAT = {"name": "T", "severity": "Low", "priority": "P3", "mitigated": False, "status": "Open", "threat_type": "x"}


def test_token_before_path_before_method(alice: Any, server: Any) -> None:
    nobody = server.client()
    nobody.call("GET", "/nowhere", expect=401)
    alice.call("GET", "/nowhere", expect=404)
    alice.call("GET", "/threat_models/", expect=404)
    assert alice.call("PUT", "/threat_models", {}, expect=400)["error_description"] == "method not allowed"
    alice.call("PATCH", f"/threat_models/{NONE}/documents/{NONE}", [], expect=400)
    assert alice.send("HEAD", "/threat_models").status_code == 400
    assert nobody.send("OPTIONS", "/threat_models").status_code == 204


def test_body_before_model_before_role_before_item(alice: Any, bob: Any) -> None:
    model = alice.model()
    bob.call("POST", f"/threat_models/{NONE}/threats", {}, expect=400)
    bob.call("POST", f"/threat_models/{NONE}/threats", THREAT, expect=404)
    bob.call("PUT", f"{model}/threats/{NONE}", THREAT, expect=403)
    alice.call("PUT", f"{model}/threats/{NONE}", THREAT, expect=404)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{bad",
        b"[]",
        b'"text"',
        b"null",
        b'{"name": NaN}',
        b'{"name": "a\\u0000b"}',
        b'{"name": "\\ud800"}',
        b"\xff",
        b'{"name": "x", "y": 1e999}',
        b'{"name": ' + b"[" * 100_000,
    ],
)
def test_bodies_that_are_no_good(alice: Any, raw: bytes) -> None:
    assert alice.call("POST", "/threat_models", raw=raw, expect=400)["error"] == "invalid_input"


def test_content_types(alice: Any) -> None:
    alice.call("POST", "/threat_models", raw=b'{"name":"x"}', kind="text/plain", expect=400)
    alice.call("POST", "/threat_models", raw=b'{"name":"x"}', kind="application/json; charset=utf-8")
    alice.call("PATCH", alice.model(), raw=b"[]", kind="text/plain", expect=400)


def test_text_is_kept_byte_for_byte(alice: Any) -> None:
    name = '  \u00e9 e\u0301 \U0001f512 "quoted" \\ \t '
    assert alice.call("GET", alice.model(name=name))["name"] == name


def test_every_answer_allows_other_origins(alice: Any) -> None:
    for path in ("/", "/threat_models", "/nowhere"):
        assert alice.send("GET", path).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 20),
        ("?limit=7", 7),
        ("?limit=1000", 25),
        ("?limit=0", 20),
        ("?limit=-1", 20),
        ("?limit=x", 20),
        ("?offset=20", 5),
        ("?limit=10&offset=24", 1),
        ("?offset=100", 0),
        ("?offset=-5", 20),
        ("?offset=x&limit=3", 3),
        ("?limit=99999999999999999999999", 20),
    ],
)
def test_paging(paged: tuple[Any, str], query: str, count: int) -> None:
    alice, model = paged
    assert len(alice.call("GET", f"{model}/threats{query}")) == count
    if query != "?limit=1000":  # models of other tests may be among these
        assert len(alice.call("GET", f"/threat_models{query}")) == count


@pytest.fixture(name="paged", scope="module")
def many(server: Any) -> tuple[Any, str]:
    """Return a user with 25 threat models, the first of which has 25 threats."""
    client = server.client("pages")
    models = [client.model(name=f"M {i}") for i in range(25)]
    for size in (20, 5):
        client.call("POST", f"{models[0]}/threats/bulk", [{**THREAT, "name": f"T {i}"} for i in range(size)])
    return client, models[0]


def test_pages_make_up_the_whole(paged: tuple[Any, str]) -> None:
    """Newest first; those of one bulk have equal times and keep the order of the request."""
    alice, model = paged
    pages = [alice.call("GET", f"{model}/threats?limit=10&offset={offset}") for offset in (0, 10, 20)]
    names = [one["name"] for page in pages for one in page]
    assert names == [f"T {i}" for i in range(5)] + [f"T {i}" for i in range(20)]
    assert [one["name"] for one in alice.call("GET", "/threat_models?limit=3")] == ["M 24", "M 23", "M 22"]
