# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of reports: its drawn width, and Markdown that shows it unchanged."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import (
    clean,
    fenced,
    link,
    markdown,
    markdown_prose,
    width_of,
    wrap,
)
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._report.report_models import HOSTILE, shown, texts


@settings(max_examples=300)
@given(texts)
@example(HOSTILE[6])
def test_markdown_shows_text_unchanged(text: str) -> None:
    line = markdown(clean(text))
    assert "\n" not in line
    assert not re.search(r"(?<!\\)(\\\\)*[`*_\[\]{}#|~$!](?!\d*;)", line)
    assert not re.search(r"[<>]", line)
    assert not re.match(r"\s*([-+=#>]|\d+[.)])", line)
    # What looks like an entity is one that we wrote.
    assert html.unescape(shown(line)) == html.unescape(" ".join(clean(text).split()))
    assert shown(line) == " ".join(clean(text).split())
    prose = markdown_prose(clean(text))
    assert [shown(part) for part in re.split(r"\\\n|\n", prose)] == [
        " ".join(part.split()) for part in clean(text).strip().split("\n")
    ]


@given(st.text("`~ax\n"))
def test_nothing_ends_a_block_of_code_early(text: str) -> None:
    first, *middle, last = fenced(text).split("\n")
    assert first == last
    assert set(first) == {"`"}
    assert not any(line.strip().startswith(first) for line in middle)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://wiki.example.com/a b?q=<x>", "https://wiki.example.com/a%20b?q=%3Cx%3E"),
        ("HTTP://x.example/(1)", "HTTP://x.example/%281%29"),
        (" https://x.example/ ", "https://x.example/"),
        ("javascript:alert(1)", ""),
        ("java\nscript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//x.example/", ""),
        ("https:", ""),
        ("http://[", ""),
        ("see https://x.example", ""),
    ],
)
def test_only_pages_become_links(address: str, expected: str) -> None:
    assert link(address) == expected


@given(st.text(max_size=60), st.integers(20, 200), st.sampled_from([10, 11, 13]), st.integers(1, 4))
def test_lines_are_as_wide_as_they_may_be(text: str, width: int, size: int, most: int) -> None:
    lines = wrap(text, width, size, most)
    assert len(lines) <= most
    assert all(width_of(line, size) <= width for line in lines)
    whole = "".join(lines).replace(" ", "")
    assert "".join(text.split()).startswith(whole.removesuffix("…")) or whole == "".join(text.split())


def test_widths_are_those_of_the_typeface() -> None:
    assert width_of("HTTPS", 1000) == 722 + 611 + 611 + 667 + 667
    assert width_of("mi. ", 10) == pytest.approx(8.33 + 2.22 + 2.78 + 2.78)
    assert width_of("顧", 10) == 10
    assert width_of("e\u0301", 1000) == 556
    assert width_of("a", 1000, bold=True) == pytest.approx(594.92)
