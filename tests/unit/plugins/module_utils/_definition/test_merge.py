# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Merging of definitions by properties, prefixes of names by cases."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._definition.merge import merge, with_name_prefix

KEYS = st.sampled_from("abc")
LEAVES = st.one_of(
    st.integers(0, 3), st.sampled_from(["", "x"]), st.booleans(), st.lists(st.integers(0, 1), max_size=2)
)


def maps(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Nested maps over few keys, so that they meet."""
    inner = st.recursive(leaves, lambda deeper: st.dictionaries(KEYS, deeper, max_size=3), max_leaves=8)
    return st.dictionaries(KEYS, inner, max_size=3)


BASES = maps(LEAVES)
OVERLAYS = maps(st.one_of(LEAVES, st.none()))


def shows(merged: Any, over: Any) -> bool:
    """Whether an overlay has come through: its leaves are there, what it removes is not."""
    if not isinstance(over, dict):
        return bool(merged == over)
    return isinstance(merged, dict) and all(
        key not in merged if value is None else shows(merged.get(key), value) for key, value in over.items()
    )


def untouched(base: dict[str, Any], over: dict[str, Any], merged: dict[str, Any]) -> bool:
    """Whether everything that the overlay does not speak of is as it was."""
    for key, value in base.items():
        if key not in over:
            if merged.get(key) != value:
                return False
        elif isinstance(value, dict) and isinstance(over[key], dict) and not untouched(value, over[key], merged[key]):
            return False
    return set(merged) <= set(base) | set(over)


@given(BASES)
def test_an_empty_overlay_changes_nothing(base: dict[str, Any]) -> None:
    assert merge(base, {}) == base
    assert merge(base, base) == base


@given(BASES, OVERLAYS)
def test_the_overlay_wins_and_nothing_else_changes(base: dict[str, Any], over: dict[str, Any]) -> None:
    merged = merge(base, over)
    assert untouched(base, over, merged)
    assert all(key not in merged for key, value in over.items() if value is None)


@given(BASES, BASES)
def test_the_result_has_the_values_of_the_overlay(base: dict[str, Any], over: dict[str, Any]) -> None:
    assert shows(merge(base, over), over)


@given(BASES, OVERLAYS)
def test_merging_an_overlay_twice_changes_nothing(base: dict[str, Any], over: dict[str, Any]) -> None:
    once = merge(base, over)
    assert merge(once, over) == once


# A key that is a map in one and a leaf in another is left out: then each grouping gives up something else.
SORTED = st.dictionaries(st.sampled_from("mn"), st.dictionaries(KEYS, LEAVES, max_size=3), max_size=2).flatmap(
    lambda branches: st.dictionaries(KEYS, LEAVES, max_size=3).map(lambda leaves: {**branches, **leaves})
)


@given(SORTED, SORTED, SORTED)
def test_without_removals_the_grouping_does_not_matter(one: Any, two: Any, three: Any) -> None:
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(BASES, OVERLAYS)
def test_neither_is_changed(base: dict[str, Any], over: dict[str, Any]) -> None:
    before = copy.deepcopy((base, over))
    merge(base, over)
    assert (base, over) == before


def test_overlays_add_change_and_remove() -> None:
    base = {
        "owner": "a",
        "metadata": {"tier": "1", "team": "x"},
        "threats": {"one": {"severity": "low"}, "two": {}},
    }
    over = {"owner": None, "metadata": {"team": "y"}, "threats": {"one": {"severity": "high"}, "two": None}}
    assert merge(base, over) == {
        "metadata": {"tier": "1", "team": "y"},
        "threats": {"one": {"severity": "high"}},
    }


class TestNamePrefix:
    def test_the_name_gets_the_prefix(self) -> None:
        assert with_name_prefix({"name": "Shop", "key": "shop"}, "Test ")["name"] == "Test Shop"

    def test_a_missing_name_is_the_key(self) -> None:
        assert with_name_prefix({"key": "shop"}, "Test ")["name"] == "Test shop"
        assert "name" not in with_name_prefix({"key": "shop"}, "")

    def test_a_name_from_an_overlay_gets_the_prefix_too(self) -> None:
        assert with_name_prefix(merge({"name": "Shop"}, {"name": "Store"}), "Test ")["name"] == "Test Store"

    def test_the_key_stays_so_that_cells_keep_their_ids(self) -> None:
        assert with_name_prefix({"name": "Shop", "key": "shop"}, "Test ")["key"] == "shop"
