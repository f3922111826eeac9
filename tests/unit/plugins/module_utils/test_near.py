# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names that are a slip away from another one, and names that only look so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._near import near


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("checkout", "Checkout"),
        ("CHECKOUT", "Checkout"),
        ("Chekout", "Checkout"),
        ("Check-out", "Checkout"),
        ("web shop", "Web_Shop"),
        ("tmi-test-1234 Chekout", "tmi-test-1234 Checkout"),
        ("U\u0308berlauf", "\u00dcberlauf"),
        ("llm-3", "llm-03"),
        ("custmer-db", "customer-db"),
        ("import_scr", "import_src"),
    ],
)
def test_a_slip(name: str, other: str) -> None:
    assert near(name, [other, "Something else"]) == [other]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("web-12", "web-13"),
        ("Shop 1", "Shop 2"),
        ("Checkout 2", "Checkout"),
        ("tmi-test-1234 Payments", "tmi-test-1234 Checkout"),
        ("Payments EU", "Payments US"),
        ("Checkout", "Checkout"),
        ("!", "?"),
        ("import_crs", "import_src"),
    ],
)
def test_no_slip(name: str, other: str) -> None:
    assert near(name, [other]) == []


def test_the_most_alike_comes_first_and_only_a_few() -> None:
    assert near("checkout", ["Chekout", "Checkout", "Checkoutt", "Chckout"], 2) == ["Checkout", "Checkoutt"]


@given(st.text(max_size=20), st.lists(st.text(max_size=20), max_size=5))
def test_any_text(name: str, names: list[str]) -> None:
    assert set(near(name, names)) <= set(names) - {name}
