# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: what the server makes of texts. The right sides are what the sanitiser of the server 1.8.22 answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.texts.refused import filter_problems, unicode_problems
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.texts.stored import (
    markdown,
    plain,
    stored_markdown,
    stored_plain,
)
from ansible_collections.tmi.tmi.plugins.module_utils._resources.note import NOTE
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils.linear import check_grows_with

#: (sent, a plain field, a note)
STORED = [
    ("Vec<int>", "Vec", "Vec"),
    ("Vec< int >", "Vec< int >", "Vec&lt; int &gt;"),
    ("Vec&lt;int&gt;", "Vec", "Vec&lt;int&gt;"),
    ("&amp;lt;b&amp;gt;c", "c", "&amp;lt;b&amp;gt;c"),
    ("if a<b then c", "if a", "if a"),
    ("see <https://a.example/x?a=1&b=2>.", "see .", "see ."),
    ("a < b -> 'c' & \"d\"", "a < b -> 'c' & \"d\"", "a &lt; b -&gt; &#39;c&#39; &amp; &#34;d&#34;"),
    ("a\r\nb\rc", "a\nb\nc", "a\nb\nc"),
    ("\r\n", "\r\n", "\r\n"),
    ("Mu\u0308nchen", "M\u00fcnchen", "M\u00fcnchen"),
    ("&copy=1 &notit; &;", "\u00a9=1 \u00acit; &;", "\u00a9=1 \u00acit; &amp;;"),
    ("&#128; &#0; &#x41 &#", "\u20ac \ufffd A &#", "\u20ac \ufffd A &amp;#"),
    ("a<br/>b<br>c<hr />", "abc", "a<br/>b<br>c<hr/>"),
    ("<P CLASS=Z onclick=x>a</p>", "a", '<p class="Z">a</p>'),
    ("<b>a</b><title>b</title>c", "ac", "ac"),
    ("<iframe>a</iframe>b</iframe><iframe>c</iframe>d", "b", "b"),
    ("<script/><b>a</b>", "<b>a</b>", "&lt;b&gt;a&lt;/b&gt;"),
    ("<script><!--<script></script>--></script>a", "a", "a"),
    ("<textarea>&lt;<b>", "<<b>", "&lt;&lt;b&gt;"),
    ("<!-- a --!>b<!-->c<!>d<?php e ?>f</ g>h</>i", "bcdfhi", "bcdfhi"),
    ("a <b 'c>d", "a d", "a d"),
    ("a <b c='>d", "a ", "a "),
    ("<p a=/>x<p a/>y", "xy", "<p>x<p/>y"),
    ("<a>b</a><a href=javascript:c>d</a></a>", "bd", "bd</a>"),
    (
        "<a target=_blank href='HTTPS://h/\u00fc?\u00fc={} #a'>b</a>",
        "b",
        '<a target="_blank">b</a>',
    ),
    (
        "<a target=_blank href='HTTPS://h/\u00fc?\u00fc={}#[a]'>b</a>",
        "b",
        '<a target="_blank" href="https://h/%C3%BC?\u00fc={}#[a]" rel="nofollow noopener">b</a>',
    ),
    ("<img src=/a alt='<b>'><img>", "", '<img src="/a" alt="&lt;b&gt;">'),
    ("<td align=LEFT colspan=2 nowrap bgcolor=x>a", "a", '<td align="LEFT" colspan="2" nowrap="">a'),
    ("`Vec<int>` and ```\n<p>\n```", "`Vec` and ```\n\n```", "`Vec` and ```\n<p>\n```"),
]


@pytest.mark.parametrize(("sent", "in_field", "in_note"), STORED)
def test_texts_are_predicted_as_the_server_stores_them(sent: str, in_field: str, in_note: str) -> None:
    """Both kinds of text, to the letter."""
    assert plain(sent) == in_field
    assert markdown(sent) == in_note
    assert markdown(in_note) == in_note


PIECES = [*"<>/!?-='\"& \n;#abx", "<!--", "-->", "&lt;", "&amp;", "<b>", "</b>", "<p class=a>", "<script>", "<title>"]


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_survives_is_stored_as_it_is(text: str) -> None:
    """A spelling that is offered keeps all of its text, and what is stored loses nothing more."""
    kept = stored_plain(text)
    assert kept.text == plain(text)
    assert not kept.lossless_spelling or plain(kept.lossless_spelling) == kept.lossless_spelling
    note = stored_markdown(text)
    assert note.text == markdown(text)
    assert not note.lossless_spelling or not stored_markdown(note.lossless_spelling).is_reduced
    assert markdown(note.text) == note.text


@pytest.mark.parametrize(
    ("sent", "field", "note"),
    [
        ("Vec<int>", "Vec< int>", "Vec&lt;int>"),
        ("see <https://a.example/>", "see https://a.example/", "see https://a.example/"),
        ("if a<b then c", "if a< b then c", "if a&lt;b then c"),
        ("<b>a</b>", "< b>a< /b>", "&lt;b>a&lt;/b>"),
    ],
)
def test_a_spelling_that_survives_is_offered(sent: str, field: str, note: str) -> None:
    """A blank in plain texts, an entity in notes, an address without its brackets."""
    assert stored_plain(sent)[1:] == (True, field)
    assert stored_markdown(sent)[1:] == (True, note)


@pytest.mark.parametrize("text", ["a & b", "R&amp;D", "a < b -> c", "Mu\u0308nchen", "a\r\nb", "&copy;"])
def test_other_spellings_of_the_same_are_no_loss(text: str) -> None:
    """Entities, line ends and composed letters."""
    assert not stored_plain(text).is_reduced
    assert not stored_markdown(text).is_reduced


def test_harmless_tags_of_a_note_are_no_loss() -> None:
    """But a tag or an attribute that goes is one, and so is a comment."""
    assert not stored_markdown("a<br>b <a href='https://a.example/'>c</a> <p>d</p>").is_reduced
    for text in ("<p onclick=a>b</p>", "<!-- a -->b", "<font>a</font>", "<a href=javascript:b onclick=c>d</a>"):
        assert stored_markdown(text).is_reduced, text


# ------------------------------------------------------------------------------------------------- refusals
@pytest.mark.parametrize(
    "text", ["\U0001f469\u200d\U0001f4bb", "\U0001f3f3\ufe0f\u200d\U0001f308", "\u0915\u200c\u0937", "e\u0301\u0300"]
)
def test_joiners_where_they_belong_are_taken(text: str) -> None:
    """Between emoji, and between letters of Indian scripts."""
    assert not list(unicode_problems(text))


@pytest.mark.parametrize(
    "text",
    [
        *("\u0e31\u0e47\u0e48", "a\u200db", "\u200d"),
        "a\u200cb",
        "\u0915\u200c",
        "a\u200bb",
        "\ufeffa",
        "a\u202eb",
        "a\x85b",
    ],
)
def test_what_hides_or_piles_up_is_refused(text: str) -> None:
    """Joiners between letters, too."""
    assert list(unicode_problems(text))


@pytest.mark.parametrize("text", ["a <script b>", "</SCRIPT>", "once = 1", "javascript:", "a {{ b", "<iframe src=a>"])
def test_what_looks_like_an_attack_is_refused(text: str) -> None:
    """The server answers 400."""
    assert list(filter_problems(text))


@pytest.mark.parametrize("text", ["<script without an end", "on = 1", "version = 1", "only", "onward and = 2"])
def test_what_only_resembles_one_is_taken(text: str) -> None:
    """The server stores it, perhaps without the tag."""
    assert not list(filter_problems(text))


# ---------------------------------------------------------------------------------------------------- speed
def _problems(text: str) -> list[str]:
    return list(filter_problems(text))


CALLS = [plain, markdown, stored_plain, stored_markdown, _problems, NOTE.field("content").comparable]


@pytest.mark.parametrize("call", CALLS, ids=["plain", "note", "kept", "kept-note", "problems", "comparable"])
@pytest.mark.parametrize(
    "piece", ["<script", "<a", "<a ", '<a "', "&amp;", "<!--", "<b>", "<title>", "onon", "<a b=", "a = ", "a\u200d"]
)
def test_time_is_linear(call: Callable[[str], Any], piece: str) -> None:
    check_grows_with(call, lambda size: piece * (size // len(piece)))
