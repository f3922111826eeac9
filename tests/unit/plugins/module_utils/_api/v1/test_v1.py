# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: what goes to the wire comes back, what the server makes of text, who is meant in an authorization."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import people as v1_people
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1 import wire as v1_wire
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.cvss import base_score
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.rules import NAMESPACE, V1Rules
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.texts.stored import markdown, plain
from ansible_collections.tmi.tmi.plugins.module_utils._resources._catalog import RESOURCES, by_name
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._api.canonical import objects

RULES = V1Rules()
CVSS = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"


@pytest.mark.parametrize("name", [resource.name for resource in RESOURCES if RULES.supports(resource)])
@given(data=st.data())
def test_what_is_stored_goes_to_the_wire_and_back(name: str, data: st.DataObject) -> None:
    resource = by_name(name)
    values = data.draw(objects(resource, RULES.columns(resource) - v1_wire.PEOPLE, cvss=st.just([CVSS])))
    kept = RULES.stored(resource, values)
    assert RULES.stored(resource, kept) == kept, "stored is idempotent"
    back = v1_wire.from_wire(resource, v1_wire.to_wire(resource, kept))
    assert {n: v for n, v in kept.items() if v not in (None, [])} == {n: v for n, v in back.items() if v != []}


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("x<y>z", "xz"),
        ("if a<b then c", "if a"),
        ("Vec<int>", "Vec"),
        ("a &amp; b", "a & b"),
        ("https://x.y/?a=1&copy=2&amp=3", "https://x.y/?a=1©=2&=3"),
        ("a < b", "a < b"),
        ("A -> B", "A -> B"),
        ("R&D 'x'", "R&D 'x'"),
        ("line one\r\nline two\ttab", "line one\nline two\ttab"),
        ("decomposed e\u0301", "decomposed \u00e9"),
        ("bulk <script>x</script> text", "bulk  text"),
        ("  padded  ", "  padded  "),
    ],
)
def test_text_as_the_recorded_server_stored_it(sent: str, stored: str) -> None:
    assert plain(sent) == stored
    assert plain(stored) == stored


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("a > b & c 'q' \"d\"\r\n", "a &gt; b &amp; c &#39;q&#39; &#34;d&#34;\n"),
        ("<b>bold</b> <script>alert(1)</script> <T> [l](https://a.example.com)", "bold   [l](https://a.example.com)"),
        ("{{ var }} and <% erb %> and ${SHELL}", "{{ var }} and &lt;% erb %&gt; and ${SHELL}"),
        ("a &gt; b &amp; c &#39;quoted&#39;", "a &gt; b &amp; c &#39;quoted&#39;"),
    ],
)
def test_notes_as_the_recorded_server_stored_them(sent: str, stored: str) -> None:
    assert markdown(sent) == stored
    assert markdown(stored) == stored


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("threat", {"name": "it's"}, "name"),
        ("threat", {"description": "a < b"}, "description"),
        ("threat", {"mitigation": "{{ y }}"}, "mitigation"),
        ("threat", {"cwe": ["79"]}, "cwe"),
        ("threat", {"cvss": ["CVSS:4.0/AV:N"]}, "cvss"),
        ("threat_model", {"name": "<b></b>"}, "name"),
        ("threat_model", {"description": "the connection = open"}, "description"),
        ("threat_model", {"description": "a ${SHELL} variable"}, "description"),
        ("threat_model", {"description": "zero\u200bwidth"}, "description"),
        ("threat_model", {"authorization": [{"role": "reader"}]}, "authorization"),
        ("threat_model", {"name": "tab\there"}, "name"),
        ("threat_model", {"name": "two\nlines"}, "name"),
        ("threat_model", {"name": "&#8203;"}, "name"),
        ("threat_model", {"name": "zero&#x200b;width"}, "name"),
        ("threat", {"priority": "a\tb"}, "priority"),
        ("document", {"uri": "docs.example.com"}, "uri"),
        ("diagram", {"name": "x" * 257}, "name"),
    ],
)
def test_what_the_recorded_server_refused_is_refused_in_the_plan(kind: str, values: dict[str, Any], field: str) -> None:
    assert [name for name, _problem in RULES.check(by_name(kind), values)] == [field]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("threat_model", {"description": "option=1 version = 2"}),
        ("threat_model", {"description": "single { brace } and $5"}),
        ("threat_model", {"description": "two\nlines and\ta tab"}),
        ("threat_model", {"name": "Emoji \U0001f512 and accents \u00e9"}),
        ("threat", {"threat_type": ["a, b"], "score": 7.0, "cvss": [CVSS]}),
    ],
)
def test_what_the_recorded_server_took_passes(kind: str, values: dict[str, Any]) -> None:
    assert list(RULES.check(by_name(kind), values)) == []


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        (CVSS, 9.8),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:N", 6.8),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4),
        ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L", 2.4),
    ],
)
def test_base_scores_of_the_specification(vector: str, score: float) -> None:
    assert base_score(vector) == score


@pytest.mark.parametrize(
    "vector", ["", "CVSS:4.0/AV:N", "CVSS:3.1/AV:N", "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"]
)
def test_what_is_no_vector_has_no_score(vector: str) -> None:
    with pytest.raises(ValueError, match="CVSS"):
        base_score(vector)


def person(name: str, **more: Any) -> dict[str, Any]:
    return {"principal_type": "user", "provider": "tmi", "provider_id": name, **more}


OWNER = person("bob", email="bob@tmi.local", display_name="Bob")
WIRE = {
    "owner": OWNER,
    "created_by": OWNER,
    "authorization": [
        person("bob", role="owner"),
        person("alice", role="writer", email="alice@tmi.local", display_name="Alice"),
        person("carol", role="reader", provider="google"),
        {"principal_type": "group", "provider": "tmi", "provider_id": "everyone", "role": "reader"},
        {"principal_type": "group", "provider": "tmi", "provider_id": "security-reviewers", "role": "owner"},
    ],
}
ROWS = [
    {"group": "everyone", "role": "reader"},
    {"user": "alice@tmi.local", "role": "writer"},
    {"user": "bob@tmi.local", "role": "owner"},
    {"user": "carol", "role": "reader", "provider": "google"},
]


class TestPeople:
    def test_rows_name_people_by_e_mail_and_hide_what_is_the_servers(self) -> None:
        assert v1_people.rows_from_wire(WIRE) == v1_people.in_order(ROWS)

    @pytest.mark.parametrize(
        "declared",
        [
            {"user": "alice", "role": "reader"},
            {"user": "alice@tmi.local", "role": "reader"},
            {"user": "alice", "provider": "tmi", "role": "reader"},
        ],
    )
    def test_a_person_is_recognised_by_e_mail_and_by_id(self, declared: dict[str, Any]) -> None:
        assert v1_people.aligned([declared], WIRE) == [{"user": "alice@tmi.local", "role": "reader"}]

    def test_a_person_of_another_provider_is_another_person(self) -> None:
        declared = [{"user": "carol", "role": "owner"}]
        assert v1_people.aligned(declared, WIRE) == declared
        assert v1_people.aligned([{"user": "carol", "provider": "google", "role": "owner"}], WIRE) == [
            {"user": "carol", "provider": "google", "role": "owner"}
        ]

    def test_rows_go_back_as_principals_with_the_servers_groups_untouched(self) -> None:
        written = v1_people.rows_to_wire([*ROWS, {"user": "dave@x.org", "role": "writer"}], WIRE)
        assert {"principal_type": "user", "provider": "tmi", "email": "dave@x.org", "role": "writer"} in written
        assert WIRE["authorization"][4] in written  # type: ignore[index]
        assert len(written) == 6
        assert not any("display_name" in row for row in written)
        assert v1_people.rows_from_wire({**WIRE, "authorization": written})[:3] == v1_people.in_order(ROWS)[:3]

    def test_who_was_taken_without_an_identity_is_found(self) -> None:
        ghost = person("", email="ghost@x.org", role="reader")
        assert v1_people.people_without_identity({**WIRE, "authorization": [*WIRE["authorization"], ghost]}) == [
            "ghost@x.org"
        ]  # type: ignore[misc]


@given(st.text(max_size=6), st.integers(2, 12), st.text(max_size=3))
def test_no_id_of_a_series_is_one_of_another_key(key: str, number: int, end: str) -> None:
    rules = V1Rules()
    others = {rules.chosen_id(THREAT, "m", other) for other in (f"{key}/{number}", f"{key}/{number}{end}", key + end)}
    assert rules.chosen_id(THREAT, "m", key, number) not in others


def test_the_first_id_of_a_series_never_changes() -> None:
    assert V1Rules().chosen_id(THREAT, "m", "x") == str(uuid.uuid5(NAMESPACE, "m/threat/x"))
