# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is read out of answers of any kind: nothing deep, nothing broken, no token, no message without an end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils import _errors
from ansible_collections.tmi.tmi.plugins.module_utils._api import detect
from ansible_collections.tmi.tmi.plugins.module_utils._http import addresses, retry
from ansible_collections.tmi.tmi.plugins.module_utils._http.responses import Call, Unreadable, censor, failure, parse
from ansible_collections.tmi.tmi.plugins.module_utils._login.tokens import Tokens, jwt_claims

JSON = "application/json"


@pytest.mark.parametrize("depth", [65, 500, 5000, 200_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":"}]","b":', "}]")])
def test_deep_answers_are_refused(opening: str, closing: str, depth: int) -> None:
    with pytest.raises(Unreadable, match="nested too deeply"):
        parse((opening * depth + "1" + closing * depth).encode(), JSON)


def test_wide_answers_are_not() -> None:
    value = [{"a": [{"b": "]]]]{{{{%d" % number}]} for number in range(1000)]
    assert parse(json.dumps(value).encode(), JSON) == value
    deep: Any = 1
    for _level in range(60):
        deep = {"a": [deep] if _level % 2 else deep, "b": "}"} if _level < 40 else {"a": deep}
    with pytest.raises(Unreadable):
        parse(json.dumps([deep] * 3).encode(), JSON)


@pytest.mark.parametrize(
    "body", [b'{"a": NaN}', b"[Infinity]", b"[-Infinity]", b"nul", b"{'a': 1}", b"[1" + b"0" * 9000 + b"]"]
)
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body, JSON)


@pytest.mark.parametrize("body", [b'"\\ud800"', b'{"a": ["\\udc00x"]}', b"\xff", b'"\xed\xa0\x80"'])
def test_half_characters(body: bytes) -> None:
    with pytest.raises(Unreadable, match="not UTF-8"):
        parse(body, JSON)
    assert parse(b'"\\ud83d\\ude00"', JSON) == "\U0001f600"


def test_a_mark_of_byte_order_is_skipped() -> None:
    assert parse(b"\xef\xbb\xbf[1]", JSON) == [1]


TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (TOKEN, "********"),
        ("x" + TOKEN, "x********"),
        ("see %s, please" % TOKEN, "see ********, please"),
        ("host.%s.more" % TOKEN, "host.********.more"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9", "********"),
        ("eyJhbGciOiJIUzI1NiJ9 alone", "eyJhbGciOiJIUzI1NiJ9 alone"),
        ("Bearer abcdefgh.1234", "Bearer ********"),
        ("?ticket=abc&code=x", "?ticket=********&code=********"),
        ("www.example.com v1.2.3", "www.example.com v1.2.3"),
    ],
)
def test_what_looks_like_a_token(text: str, left: str) -> None:
    assert censor(text) == left


@pytest.mark.parametrize("unit", ["eyJ", "eyJa.", "eyJaaaaaaaa", "Bearer ", "token=", ".", "a.", "eyJaaaaaaaa."])
def test_tokens_are_looked_for_in_linear_time(unit: str) -> None:
    """Two million characters end; in quadratic time they would take hours."""
    censor(unit * (2_000_000 // len(unit)))


def test_no_message_is_longer_than_the_longest() -> None:
    body = json.dumps(
        {"error": "e" * 5000, "error_description": "x " * 90_000, "details": {"a": "y" * 90_000}}
    ).encode()
    error = failure(Call("GET", "/x" * 5000), 403, "r" * 60_000, {"X-Request-Id": "i" * 9000}, body)
    assert len(str(error)) <= _errors.LONGEST
    assert str(error).endswith("to change access")
    details = error.details()
    assert all(len(str(details[name])) <= 2000 for name in ("message", "details", "code", "request_id"))
    many = _errors.AmbiguousNameError("candidates: " + "37bd7c48-a4a2-57ee-abba-5b73e0cd8a09, " * 900)
    assert len(str(many)) <= _errors.LONGEST


@pytest.mark.parametrize(
    "value",
    [
        "9" * 5000,
        "\u00b2",
        "Wed, 21 Oct 99999 07:28:00 GMT",
        "Wed, 21 Oct " + "9" * 5000,
        "-1",
        "0x10",
        "",
        "Inf",
        "1e999",
    ],
)
def test_waits_that_are_invalid(value: str) -> None:
    wait = retry.retry_after(value, 1e9)
    assert wait is None or wait >= 1.0


@pytest.mark.parametrize("address", ["http://[::1/x", "http://h:99999999/", "http://h:x/", "//[", "http://\x00h"])
def test_addresses_that_are_none(address: str) -> None:
    assert isinstance(addresses.parts_of(address).path, str)
    assert isinstance(addresses.joined("http://h/", address)[0], str)


@pytest.mark.parametrize("value", [10**400, -1, True, "x", [], {}, None, float("nan"), 1e300, "9" * 5000])
def test_lifetimes_that_are_invalid(value: Any) -> None:
    tokens = Tokens.answered({"access_token": "abc", "expires_in": value, "refresh_token": value}, 1e9)
    assert tokens.expires_at is None or tokens.expires_at < 1e12
    assert not tokens.is_stale(1e9)


@pytest.mark.parametrize("token", ["a b", "a\nb", "\u00e9", "", 7, None, "x" * 70_000])
def test_tokens_that_no_header_can_carry(token: Any) -> None:
    with pytest.raises(ValueError, match="no access_token"):
        Tokens.answered({"access_token": token}, 1e9)


@pytest.mark.parametrize("version", ["9" * 5000 + ".1", "1." + "9" * 5000, 7, [], {"a": 1}, "v", None])
def test_versions_that_are_none(version: Any) -> None:
    assert detect.generation_of_root({"api": {"version": version}, "service": {"build": version}}) in (None, "v0", "v1")
    assert jwt_claims("a.%s.c" % version) == {}
