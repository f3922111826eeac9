# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Objects as an inventory: the shape of ``ansible-inventory --list``, and names that never clash."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import kind_of
from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory.groups import (
    GROUP_BY,
    RESERVED,
    Host,
    host_names,
    inventory,
    safe_group_name,
    safe_host_names,
)

MODEL, THREAT, SOURCE = kind_of("threat_model"), kind_of("threat"), kind_of("source")

shown = st.fixed_dictionaries(
    {"id": st.text("0123456789-", min_size=8, max_size=8)},
    optional={
        "name": st.text(max_size=3) | st.sampled_from(["A", "A_00000000"]),
        "framework": st.sampled_from(["STRIDE", "CIA"]),
        "owner": st.emails(),
        "metadata": st.fixed_dictionaries({"team": st.text(min_size=1, max_size=5)}),
    },
)
objects = st.lists(shown, max_size=6, unique_by=lambda found: str(found["id"]))


def host(found: dict[str, Any], kind: Any = MODEL) -> Host:
    return Host(kind, found, found)


@given(objects)
def test_each_object_is_one_host_and_every_name_leads_somewhere(found: list[dict[str, Any]]) -> None:
    made = inventory([host(one) for one in found], ["framework", "owner", "metadata.team"])
    hostvars = made["_meta"]["hostvars"]
    assert sorted(variables["tmi_id"] for variables in hostvars.values()) == sorted(one["id"] for one in found)
    groups = {name: group for name, group in made.items() if name not in ("_meta", "all")}
    assert made["all"]["children"] == ["ungrouped", *sorted(groups)]
    assert all(set(group) == {"hosts"} and set(group["hosts"]) <= set(hostvars) for group in groups.values())
    assert all(re.fullmatch(r"[^\W\d]\w*", name) for name in groups)
    if found:
        assert groups["threat_models"]["hosts"] == sorted(hostvars)


@given(objects, st.randoms())
def test_names_do_not_depend_on_the_order(found: list[dict[str, Any]], random: Any) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    assert inventory([host(one) for one in shuffled]) == inventory([host(one) for one in found])


def test_names_are_kept_unless_they_clash() -> None:
    found = [{"id": "1", "name": "A"}, {"id": "2", "name": "A"}, {"id": "3", "name": "A_2"}, {"id": "4", "name": "B"}]
    assert host_names([host(one) for one in found]) == ["A_1", "2", "A_2", "B"]
    assert host_names([host({"id": "1", "uri": "https://git"}, SOURCE), host({"id": "2"}, SOURCE)]) == [
        "https://git",
        "2",
    ]


def test_the_whole_shape() -> None:
    found = {
        "id": "1",
        "name": "SQLi",
        "severity": "high",
        "status": "in_progress",
        "threat_type": ["Elevation of Privilege", "Spoofing"],
        "metadata": {"team": "a b"},
    }
    made = inventory([Host(THREAT, found, {"name": "SQLi"})])
    assert made == {
        "_meta": {"hostvars": {"SQLi": {"tmi_name": "SQLi", "tmi_resource": "threat", "ansible_connection": "local"}}},
        "all": {
            "children": [
                "ungrouped",
                "severity_high",
                "status_in_progress",
                "threat_type_Elevation_of_Privilege",
                "threat_type_Spoofing",
                "threats",
            ]
        },
        "severity_high": {"hosts": ["SQLi"]},
        "status_in_progress": {"hosts": ["SQLi"]},
        "threat_type_Elevation_of_Privilege": {"hosts": ["SQLi"]},
        "threat_type_Spoofing": {"hosts": ["SQLi"]},
        "threats": {"hosts": ["SQLi"]},
    }
    assert sorted(inventory([host(found, THREAT)], ["metadata.team", "mitigated"])["all"]["children"]) == [
        "team_a_b",
        "threats",
        "ungrouped",
    ]


def test_nothing_is_an_inventory_too() -> None:
    assert inventory([]) == {"_meta": {"hostvars": {}}, "all": {"children": ["ungrouped"]}}


def test_an_unknown_field_to_group_by_is_refused() -> None:
    with pytest.raises(InputError, match="group_by: there is no colour of a threat model"):
        inventory([host({"id": "1"})], ["colour"])


def test_variables_of_hosts_are_never_options_of_the_connection() -> None:
    fields = {"tmi_" + name for kind in (MODEL, THREAT, SOURCE) for name in (*kind.names, "resource")}
    assert fields & {option.var for option in OPTIONS} == set()


def test_default_groups_are_fields() -> None:
    assert all(set(names) <= set(kind_of(plural).names) for plural, names in GROUP_BY.items())


@given(objects)
def test_safe_names_are_distinct_and_mean_one_host_in_a_pattern(found: list[dict[str, Any]]) -> None:
    names = safe_host_names([host(one) for one in found])
    assert len(set(names)) == len(found)
    assert all(re.fullmatch(r"[\w.-]+", name) and name not in RESERVED for name in names)
    backwards = safe_host_names([host(one) for one in reversed(found)])
    assert names == backwards[::-1]


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Checkout", "Checkout"),
        ("Web shop (EU): checkout, v2", "Web-shop-EU-checkout-v2"),
        ("!all:&*[0:9]~", "all-0-9"),
        ("Zahlung für Ältere", "Zahlung-für-Ältere"),
        ("-- …", "7"),
        ("localhost", "localhost_7"),
        ("127.0.0.1", "127.0.0.1_7"),
        ("threat_models", "threat_models_7"),
        ("{{ 6 * 7 }}", "6-7"),
    ],
)
def test_safe_names(name: str, safe: str) -> None:
    assert safe_host_names([host({"id": "7", "name": name})]) == [safe]


def test_safe_names_that_would_be_one_get_their_ids() -> None:
    found = [{"id": "1", "name": "A/B"}, {"id": "2", "name": "A:B"}, {"id": "3", "name": "A-B_1"}]
    assert safe_host_names([host(one) for one in found]) == ["1", "A-B_2", "A-B_1"]


@given(st.text(min_size=1))
def test_group_names_are_safe(name: str) -> None:
    assert re.fullmatch(r"[^\W\d]\w*", safe_group_name(name))
