# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Signs that a reader cannot see, or takes for others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.signs import compact, quoted, shown, visible


@pytest.mark.parametrize(
    "text",
    [
        "адрес API",
        "Größe",
        "日本語DBサーバ",
        "한글",
        "µs",
        "Δt",
        "⚠\ufe0f Gefahr",
        "IP-адрес",
        "naïve – \u201ctext\u201d",
    ],
)
def test_languages_and_symbols_stay_as_they_are(text: str) -> None:
    assert visible(text) == text
    assert quoted("a\n" + text) == '"a\\n%s"' % text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("\u0430dmin", "\\u0430dmin"),
        ("a\ufe0fb", "a\\ufe0fb"),
        ("cafe\u0301 é", "cafe\\u0301 é"),
        ("\u1112\u1161", "\\u1112\\u1161"),
        ("\u2126", "\\u2126"),
        ("\u3164", "\\u3164"),
        ("\x1b[2J", "\\u001b[2J"),
        ("\U000e0001", "\\U000e0001"),
    ],
)
def test_what_hides_or_deceives_is_an_escape(text: str, escaped: str) -> None:
    assert visible(text) == escaped
    assert quoted(text) == '"%s"' % escaped
    assert shown(text + "\n" + text) == escaped + "\n" + escaped


signs = st.text(
    st.one_of(st.sampled_from('a\\"un01\u0301é\u3164\ue000\U000e0001\ufe0f⚠а'), st.characters()), max_size=6
)


@given(signs, signs)
def test_two_texts_are_never_shown_the_same(one: str, other: str) -> None:
    assert (quoted(one) == quoted(other)) == (one == other)
    assert quoted(one).isprintable()


def test_values_of_json_keep_their_kind() -> None:
    values = [1, "1", True, "true", None, "null", 1.5, [], {}, "", [1], {"1": 1}]
    assert len(set(map(compact, values))) == len(values)
    assert compact({"b": 1.0, "a": [True, None]}) == '{"a": [true, null], "b": 1}'
