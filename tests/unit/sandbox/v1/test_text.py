# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What becomes of texts: mark-up, entities, enumerations, characters that hide something."""

from __future__ import annotations

import importlib
import json

import pytest

pytest.importorskip("aiohttp")
text, bodies, rest = (
    importlib.import_module(f"tmi_sandbox.{name}")
    for name in ("profiles.v1.texts.text", "profiles.v1.bodies", "web.rest")
)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("a < b, A -> B, R&D 'x'", "a < b, A -> B, R&D 'x'"),
        ("if a<b then c", "if a"),
        ("a<!-- b -->c<?php d ?>e", "ace"),
        ("<a title='>'>b</a>", "b"),
        ("a<b title='>c", "a"),
        ("&amp;lt;b&amp;gt;c", "c"),
        ("x<style>y</style>z<SCRIPT>w</script>v", "xzv"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("", ""),
    ],
)
def test_plain_texts(given: str, stored: str) -> None:
    """Mark-up goes, characters that are none stay; what is stored does not change when it is sent again."""
    assert text.plain(given) == stored
    assert text.plain(stored) == stored


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("<p class='x' onclick='y'>a</p><br/>", '<p class="x">a</p><br/>'),
        ("<a href='javascript:x'>a</a>", "a"),
        ("<a href='/b?c=1' target=_blank>a</a>", '<a href="/b?c=1" target="_blank" rel="nofollow noopener">a</a>'),
        ("<g>a</g><img>b", "ab"),
        ("<a href='https://a.example.com/'>a</a>", '<a href="https://a.example.com/" rel="nofollow">a</a>'),
        ("<svg viewBox='0 0 1 1'><path d='M0'/></svg>", '<svg viewbox="0 0 1 1"><path d="M0"/></svg>'),
        ("**a** & `b > c`", "**a** &amp; `b &gt; c`"),
        ("<iframe>a</iframe>b", "b"),
        ("<a>x</a>y", "xy"),
        ("x</a>", "x</a>"),
        ("x<br/>y<br>", "x<br/>y<br>"),
        ("<a href='../rel' rel='me'>a</a>", '<a href="../rel" rel="me nofollow">a</a>'),
        ("<img src=a.png><img src='javascript:x'>", '<img src="a.png">'),
        ("<img src='https://h/a b'>", ""),
        ("<input type='checkbox' checked disabled> t", '<input type="checkbox" checked="" disabled=""> t'),
        ("<input type='text'>", ""),
        ("<td align='RIGHT' colspan=2 onclick=x>1</td>", '<td align="RIGHT" colspan="2">1</td>'),
        ("<p align='center'>x</p>", "<p>x</p>"),
        ("<a href='/x?a=1&copy=2'>y</a>", '<a href="/x?a=1&amp;copy=2" rel="nofollow">y</a>'),
        ("<textarea><b>&lt;</textarea>", "&lt;b&gt;&lt;"),
        (" \r\n ", " \r\n "),
    ],
)
def test_notes_keep_harmless_markup(given: str, stored: str) -> None:
    """Tags and attributes of the list stay, characters of mark-up are encoded."""
    assert text.markdown(given) == stored


def test_many_unclosed_tags_take_no_time() -> None:
    """A text that is nothing but beginnings of tags is one tag."""
    assert text.plain("<a" * 100_000) == ""
    assert text.markdown("<a '" * 50_000) == ""


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("In Progress", "in_progress"),
        ("oneSide", "one_side"),
        ("HTTPServer", "http_server"),
        ("P1", "p1"),
        ("  High ", "high"),
        ("OK", "ok"),
        ("already_there", "already_there"),
        ("Out-of-Cycle", "out-of-_cycle"),
    ],
)
def test_enumerations(given: str, wanted: str) -> None:
    """Values become snake case, by the server's rule for capitals."""
    assert text.snake(given) == wanted


def test_enumerations_at_any_depth_of_a_body() -> None:
    """Members are known by their names alone; values of patches are not touched."""
    body = {"status": "A B", "value": "A B", "list": [{"role": "Owner", "priority": "High"}]}
    assert text.normalised(body) == {
        "status": "a_b",
        "value": "A B",
        "list": [{"role": "owner", "priority": "High"}],
    }


@pytest.mark.parametrize(
    "hidden",
    ["\u200b", "a\u200cb", "a\u200db", "\u200d\U0001f468", "\u202e", "\u3164", "\x7f", "\u0301\u0302\u0303", "\ufeff"],
)
def test_hidden_characters_are_refused(hidden: str) -> None:
    """As they are and escaped, in values and in keys."""
    for body in ({"a": hidden}, {hidden: "a"}, [["x" + hidden + "y"]] if hidden[0] != "\u200d" else [[hidden]]):
        for ascii_only in (True, False):
            with pytest.raises(rest.ApiError) as problem:
                bodies.parse(json.dumps(body, ensure_ascii=ascii_only).encode())
            assert problem.value.answer.body["error"] == "invalid_request"


@pytest.mark.parametrize("raw", ["", "{", "nan", "NaN", "1e999", '{"a":1}x', '{"a":1,"a":2}', "[" * 100_000])
def test_what_is_no_json_is_refused(raw: str) -> None:
    """No key twice, nothing after the value, no number that is none."""
    with pytest.raises(rest.ApiError) as problem:
        bodies.parse(raw.encode())
    assert problem.value.answer.body["error"] == "invalid_input"


def test_texts_are_composed() -> None:
    """As far as they are no escapes; half a surrogate pair is stored as a sign for what is not there."""
    assert bodies.parse('{"e\u0301": "o\u0301\u0302\u0303"}'.encode()) == {"é": "ó\u0302\u0303"}
    assert bodies.parse(b'{"e\\u0301": "\\ud83d"}') == {"e\u0301": "\ufffd"}
    assert bodies.parse('["👨\u200d👩", "soft\u00adhyphen"]'.encode()) == ["👨\u200d👩", "soft\u00adhyphen"]
