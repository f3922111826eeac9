# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields and resources refuse contradictions, and return the canonical form of values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _fields, _resource
from ansible_collections.tmi.tmi.plugins.module_utils._resources._catalog import RESOURCES, by_name
from ansible_collections.tmi.tmi.plugins.module_utils._resources._storage import metadata_entries, separate_metadata
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"only_metadata": True}, "needs metadata_key"),
        ({"required": True, "clearable": True}, "can neither be cleared"),
        ({"required": True, "only_metadata": True, "metadata_key": "x"}, "nor be kept as metadata"),
        ({"last": True, "metadata_key": "x"}, "must have a column"),
    ],
)
def test_a_field_refuses_contradictions(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _fields.Text("field", **settings)


def test_a_resource_refuses_contradictions() -> None:
    name = _fields.Text("name")
    with pytest.raises(ValueError, match="name declared twice"):
        _resource.Resource("r", "rs", "r", (name, _fields.Text("title", aliases=("name",))))
    with pytest.raises(ValueError, match="no field uri"):
        _resource.Resource("r", "rs", "r", (name,), identity=("uri",))
    with pytest.raises(ValueError, match="no field cell"):
        _resource.Resource("r", "rs", "r", (name,), distinguished_by=("cell",))


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ({"severity": "High"}, {"severity": "high"}),
        ({"status": " In  Progress "}, {"status": "in_progress"}),
        ({"threat_type": ["Tampering", "Spoofing", "Spoofing", " "]}, {"threat_type": ["Spoofing", "Tampering"]}),
        ({"threat_type": "Tampering"}, {"threat_type": ["Tampering"]}),
        ({"threat_type": []}, {"threat_type": []}),
        ({"description": ""}, {"description": None}),
        ({"description": None}, {}),
        ({"score": "7.25"}, {"score": 7.25}),
        ({"mitigated": False}, {"mitigated": False}),
        ({"cell": ""}, {"cell": None}),
    ],
)
def test_canonical_values_of_a_threat(given: dict[str, Any], canonical: dict[str, Any]) -> None:
    assert THREAT.canonical(given) == canonical


@pytest.mark.parametrize(
    ("resource", "given", "message"),
    [
        (THREAT, {"name": ""}, "name: must not be empty"),
        (THREAT, {"severity": ["x"]}, "severity: must be text, not list"),
        (THREAT, {"name": False}, "name: YAML reads this as the boolean false"),
        (THREAT, {"name": 1.1}, "name: YAML reads this as a number, and drops"),
        (THREAT, {"score": [1]}, "score: list is not a number"),
        (THREAT, {"score": "much"}, "score: 'much' is not a number"),
        (THREAT, {"mitigated": "yes"}, "mitigated: must be true or false"),
        (THREAT, {"threat_type": [{}]}, "threat_type: must be a list of texts"),
        (THREAT_MODEL, {"framework": "X"}, "framework: 'X' is not one of CIA, DIE, LINDDUN, PLOT4ai, STRIDE"),
        (THREAT_MODEL, {"authorization": [{"user": "a"}]}, r"authorization\[0\]: role is missing"),
        (THREAT_MODEL, {"authorization": [{"usr": "a", "role": "reader"}]}, r"authorization\[0\]: unknown usr"),
        (
            THREAT_MODEL,
            {"authorization": [{"user": "a", "role": "reader"}, {"subject": "a", "role": "writer"}]},
            r"authorization\[1\]: is in the list twice",
        ),
        (SOURCE, {"parameters": {"ref_type": "branch"}}, "parameters: ref_value is missing"),
        (SOURCE, {"parameters": {"refType": "twig", "ref_value": "x"}}, "parameters.refType: 'twig' is not one of"),
    ],
)
def test_values_that_no_server_accepts_are_refused_with_their_place(
    resource: _resource.Resource, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        resource.canonical(given)


def test_every_field_has_an_option_of_its_own_name() -> None:
    for resource in RESOURCES:
        for found in resource.fields:
            assert found.option()["type"] in ("str", "bool", "float", "list", "dict")
            assert resource.field(found.name) is found
        assert by_name(resource.plural) is by_name(resource.name) is resource


text = st.text('abc-:/. 1,[]"', min_size=1).map(str.strip).filter(bool)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "cwe": st.lists(text, min_size=1).map(lambda found: sorted(set(found))),
            "refs": st.lists(text, min_size=1).map(lambda found: sorted(set(found))),
            "likelihood": text.map(_fields.fold),
            "severity": st.just("high"),
        },
    ),
    st.booleans(),
)
def test_separate_metadata_reverses_metadata_entries(values: dict[str, Any], has_cwe: bool) -> None:
    columns = frozenset(["severity"] + ["cwe"] * has_cwe)
    entries = metadata_entries(THREAT, values, values, columns)
    assert ("cwe" in entries) == ("cwe" in values and not has_cwe)
    kept = {name: value for name, value in values.items() if name in columns}
    lifted, rest, own = separate_metadata(THREAT, kept, {**entries, "team": "x", "ansible_key": "k"}, columns)
    assert lifted == values
    assert rest == {"team": "x", "ansible_key": "k"}  # only models have a key of ours
    assert own == {}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("accepted_until", "٢٠٢٦-01-01"),
        ("accepted_until", "2026-01-01\n"),
        ("accepted_until", " 2026-01-01"),
        ("accepted_until", "2026-1-1"),
        ("cwe", "CWE-79,CWE-80"),
        ("cwe", "CWE-80, CWE-79"),
    ],
)
def test_metadata_belong_to_the_collection_only_as_it_writes_them(key: str, text: str) -> None:
    values, people, _own = separate_metadata(THREAT, {}, {key: text}, frozenset(["name"]))
    assert (values, people) == ({}, {key: text})
