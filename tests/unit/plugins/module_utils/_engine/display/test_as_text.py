# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects as lines for people: a diff shows the line that changes, in its own language."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import view
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.as_text import WIDTH, as_text

values: Any = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-9, 9),
        st.floats(allow_nan=False),
        st.text("aé。. \n\t\r'\"-:#|\u2028", max_size=9),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("ab:-\n", max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
objects = st.dictionaries(st.sampled_from(["name", "content", "metadata", "rows"]), values, max_size=4)

PROSE = "Die Sätze sind kurz. Der zweite sagt mehr als der erste. " * 20


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return the lines that a diff of both shows as removed and added."""
    lines = difflib.unified_diff(as_text(before).splitlines(), as_text(after).splitlines(), lineterm="", n=0)
    return [line for line in lines if line[:2] not in ("--", "++", "@@")]


def test_a_line_of_a_long_text_is_all_that_differs() -> None:
    text = "# Titel\n\n- für A\n- für B\n"
    assert changed({"content": text, "name": "N"}, {"content": text.replace("B", "C"), "name": "N"}) == [
        "-  - für B",
        "+  - für C",
    ]


def test_languages_stay_readable() -> None:
    assert as_text({"content": "概要\n脅威を分析する。\n", "name": "設計"}) == (
        "content: |\n  概要\n  脅威を分析する。\nname: 設計\n"
    )


@pytest.mark.parametrize("place", [0, 300, -1])
def test_a_word_in_one_long_line_moves_few_others(place: int) -> None:
    words = PROSE.split(" ")
    other = [*words[:place], "ganz", *words[place:]]
    shown = changed({"description": PROSE}, {"description": " ".join(other)})
    assert 1 <= len(shown) <= 4
    assert all(len(line) <= WIDTH + 4 for line in shown)


def test_a_line_without_a_blank_is_broken_too() -> None:
    assert all(len(line) <= WIDTH + 2 for line in as_text({"x": "y" * 5000}).splitlines())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("high", "x: high\n"),
        ("SQL injection", "x: SQL injection\n"),
        ("1", 'x: "1"\n'),
        (1, "x: 1\n"),
        ("true", 'x: "true"\n'),
        ("1e5", 'x: "1e5"\n'),
        ("0b8e5e3c-3f0e-4c43-9d0e-7f7f3c1b1d55", "x: 0b8e5e3c-3f0e-4c43-9d0e-7f7f3c1b1d55\n"),
        ("2026-05-04T10:11:12Z", "x: 2026-05-04T10:11:12Z\n"),
        ("https://example.com/a", "x: https://example.com/a\n"),
        ("a: b", 'x: "a: b"\n'),
        ("- a", 'x: "- a"\n'),
        (True, "x: true\n"),
        ("", 'x: ""\n'),
        (None, "x: null\n"),
        ([], "x: []\n"),
        ({}, "x: {}\n"),
        (["a", {"b": 1, "c": 2}, []], "x:\n  - a\n  - b: 1\n    c: 2\n  - []\n"),
        ({"b": {"c": "d"}}, "x:\n  b:\n    c: d\n"),
        ("a\nb", "x: |-\n  a\n  b\n"),
        ("a\n\nb\n\n", "x: |\n  a\n\n  b\n\n"),
        ("evil\u202etxt\x1b[0m", 'x: "evil\\u202etxt\\u001b[0m"\n'),
    ],
)
def test_values(value: Any, shown: str) -> None:
    assert as_text({"x": value}) == shown


@given(objects, objects)
def test_both_sides_of_a_change_look_different(before: dict[str, Any], after: dict[str, Any]) -> None:
    texts = view.texts_of(before, after)
    assert (texts[0] != texts[1]) or before == after
    assert as_text(before) == as_text(dict(reversed(before.items())))
    for text in texts:
        assert all(line.isprintable() for line in text.split("\n"))
    assert as_text(before) != as_text(after) or before == after


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("word " * 40, ("word " * 20).rstrip() + "\n" + "word " * 20),
        ("word " * 40, "word " * 20 + " " + "word " * 20),
        ("a\u200b\n", "a\\u200b\n"),
        ("a\n… b", "a\n… b "),
        ("a \nb", "a\nb"),
        ("a\tb\n", "a b\n"),
        ("cafe\u0301\n", "caf\u00e9\n"),
    ],
)
def test_no_difference_is_hidden_among_others(one: str, other: str) -> None:
    assert len(changed({"a": 1, "x": one}, {"a": 2, "x": other})) > 2


def test_ansible_shows_it_line_by_line() -> None:
    # ansible-test runs tests of module_utils where there is no controller.
    callback = pytest.importorskip("ansible.plugins.callback")
    sides = ({"content": "# Titel\n\n- für A\n"}, {"content": "# Titel\n\n- für 日本\n"})
    before, after = view.texts_of(*sides)
    pair = {"before": before, "after": after, "before_object": sides[0], "after_object": sides[1]}
    shown = callback.CallbackBase()._get_diff([pair])
    assert "für 日本" in shown
    assert "\\u" not in shown
    assert shown.count("content") == 1


def test_a_long_text_of_any_sign_comes_to_an_end() -> None:
    for sign in ("a", " ", ".", ". ", "。", "\n", "\u202e"):
        assert as_text({"x": sign * 200_000})
