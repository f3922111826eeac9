# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A variable that is a list, or a person's answer to a question of a survey."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.filter.tmi_lines import FilterModule

lines = FilterModule().filters()["tmi_lines"]
NAMES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (None, []),
        ("", []),
        (" \n\t\n", []),
        ([], []),
        ("Checkout", ["Checkout"]),
        ("  Checkout \r\n\r\nSearch  and find\n", ["Checkout", "Search  and find"]),
        (["Checkout", "", None, "Search\nHelp"], ["Checkout", "Search", "Help"]),
        ([["Checkout"], [["Search"]]], ["Checkout", "Search"]),
        (2026, ["2026"]),
        ([1.5, 0], ["1.5", "0"]),
    ],
)
def test_what_people_answer(given: Any, found: list[str]) -> None:
    assert lines(given) == found


@given(st.lists(NAMES))
def test_a_list_and_its_lines_are_the_same(names: list[str]) -> None:
    assert lines(names) == names
    assert lines("\n".join(names)) == names
    assert lines(lines(names)) == names
