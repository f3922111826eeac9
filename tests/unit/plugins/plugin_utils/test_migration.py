# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""People on another server, and differences between two."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._migration import differences, map_people

SHOP: dict[str, Any] = {
    "tmi_definition": 1,
    "name": "Shop",
    "owner": "ana@old",
    "reviewer": "rob@old",
    "access": [{"user": "rob@old", "role": "writer"}, {"group": "team", "role": "reader"}],
    "threats": {"flood": {"severity": "high", "accept": {"by": "ana@old", "reason": "rare"}}, "leak": {}},
}


class TestPeople:
    def test_get_their_other_names(self) -> None:
        (found,) = map_people([SHOP], {"ana@old": "ana@new", "rob@old": "rob@new"}, {"team": "crew"})
        assert found["owner"] == "ana@new"
        assert found["reviewer"] == "rob@new"
        assert found["access"] == [{"user": "rob@new", "role": "writer"}, {"group": "crew", "role": "reader"}]
        assert found["threats"]["flood"]["accept"] == {"by": "ana@new", "reason": "rare"}

    def test_who_is_not_listed_stays(self) -> None:
        assert map_people([SHOP], {}, {}) == [SHOP]

    def test_an_empty_name_removes_a_person(self) -> None:
        (found,) = map_people([SHOP], {"rob@old": ""}, {"team": ""})
        assert found["access"] == []
        assert "reviewer" not in found

    def test_the_owner_must_have_one(self) -> None:
        with pytest.raises(InputError, match="Shop: ana@old owns it"):
            map_people([SHOP], {"ana@old": ""}, {})


class TestDifferences:
    def test_a_field_that_has_another_value(self) -> None:
        other = {**SHOP, "threats": {**SHOP["threats"], "flood": {**SHOP["threats"]["flood"], "severity": "low"}}}
        assert differences([SHOP], [other]) == [
            {
                "threat_model": "Shop",
                "path": "threats.flood.severity",
                "kind": "different",
                "source": "high",
                "target": "low",
            }
        ]

    def test_what_is_missing_and_what_is_added(self) -> None:
        other = {**SHOP, "threats": {"flood": SHOP["threats"]["flood"], "insider": {"severity": "low"}}}
        other = {**other, "issue": "X-1"}
        assert [(row["path"], row["kind"]) for row in differences([SHOP], [other])] == [
            ("threats.leak", "missing"),
            ("threats.insider", "added"),
            ("issue", "added"),
        ]
        missing = {k: v for k, v in SHOP.items() if k != "reviewer"}
        assert [(row["path"], row["kind"]) for row in differences([SHOP], [missing])] == [("reviewer", "missing")]

    def test_a_whole_model(self) -> None:
        assert [row["kind"] for row in differences([SHOP], [])] == ["missing"]

    def test_names_with_a_prefix(self) -> None:
        assert differences([SHOP], [{**SHOP, "name": "New Shop"}], "New ") == []

    def test_neither_the_order_of_rows_nor_that_of_their_members_is_a_difference(self) -> None:
        rows = [{"user": "bob", "role": "reader"}, {"role": "writer", "user": "ann"}]
        others = [{"role": "reader", "user": "bob"}, {"user": "ann", "role": "writer"}]
        assert differences([{**SHOP, "authorization": rows}], [{**SHOP, "authorization": others}]) == []

    @pytest.mark.parametrize(("name", "stored"), [("U\u0308ber", "\u00dcber"), ("R&amp;D", "R&D")])
    def test_a_name_that_the_target_spells_otherwise(self, name: str, stored: str) -> None:
        assert differences([{"name": name, "issue": name}], [{"name": stored, "issue": name}]) == []

    def test_of_two_spellings_each_finds_its_own(self) -> None:
        both = [{"name": "R&amp;D", "issue": "a"}, {"name": "R&D", "issue": "b"}]
        assert differences(both, both) == []

    def test_lists_are_sets(self) -> None:
        assert differences([SHOP], [{**SHOP, "access": SHOP["access"][::-1]}]) == []


values = st.recursive(
    st.one_of(st.text("ab", max_size=2), st.integers(0, 3), st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("xyz", min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)
definitions = st.dictionaries(st.sampled_from(["threats", "diagrams", "issue"]), values).map(
    lambda found: {"name": "Shop", **found}
)


@given(definitions)
def test_nothing_differs_from_itself(definition: dict[str, Any]) -> None:
    assert differences([definition], [definition]) == []


@given(definitions, definitions)
def test_both_ways_show_the_same_places(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = differences([one], [other]), differences([other], [one])
    assert sorted(row["path"] for row in there) == sorted(row["path"] for row in back)
