# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Choosing, sorting, cutting and projecting: pure, so held by properties."""

from __future__ import annotations

import datetime
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._info.conditions import parse_filters, rank, text_of
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import (
    KINDS,
    METADATA,
    MODEL,
    PROVIDER,
    TOKEN,
    kind_of,
    names_of,
    parse_path,
    reach,
)
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import (
    cut,
    matching,
    ordered,
    parse_query,
    projected,
)
from ansible_collections.tmi.tmi.plugins.module_utils._modules.info import info_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import SEVERITIES

THREAT = kind_of("threats")

texts = st.text("abAB1 {}", max_size=4)
threats = st.lists(
    st.fixed_dictionaries(
        {"name": texts},
        optional={
            "severity": st.sampled_from(SEVERITIES),
            "score": st.floats(0, 10) | st.integers(0, 10),
            "mitigated": st.booleans(),
            "threat_type": st.lists(st.sampled_from(["Spoofing", "Tampering"]), max_size=2),
            "metadata": st.dictionaries(st.sampled_from(["team", "a.b"]), texts, max_size=2),
        },
    ),
    max_size=8,
).map(lambda rows: [{"id": str(number), **row} for number, row in enumerate(rows)])
sorts = st.lists(
    st.tuples(st.sampled_from(["", "-"]), st.sampled_from(["name", "severity", "score", "metadata.team", "mitigated"])),
    max_size=3,
).map(lambda pairs: ["".join(pair) for pair in pairs])
conditions = st.fixed_dictionaries(
    {},
    optional={
        "severity": st.sampled_from(["high", ["LOW", "High"], {"min": "medium"}, {"not": ["none", None]}, None]),
        "score": st.sampled_from([5, {"min": 2, "max": 7}, None]),
        "mitigated": st.sampled_from([True, "no"]),
        "threat_type": st.sampled_from(["Spoofing", {"not": "Spoofing"}, {"regex": "^T"}]),
        "metadata.team": st.sampled_from(["a", {"regex": "[aA]"}, None]),
    },
)


def query(**options: Any) -> Any:
    return parse_query(THREAT, {"threat_model": "Checkout", **options})


def ids(objects: Any) -> list[str]:
    return [shown["id"] for shown in objects]


def chosen(filters: dict[str, Any], objects: list[dict[str, Any]], kind: Any = THREAT) -> list[str]:
    options = {"threat_model": "Checkout"} if kind is THREAT else {}
    return ids(matching(parse_query(kind, {"filters": filters, **options}), objects))


# ------------------------------------------------------------------------------------------------ properties
@given(threats, conditions)
def test_filtering_keeps_order_and_each_condition_alone_keeps_what_all_keep(objects: Any, filters: Any) -> None:
    kept = chosen(filters, objects)
    assert kept == [i for i in ids(objects) if i in kept]
    for name, wanted in filters.items():
        assert set(kept) <= set(chosen({name: wanted}, objects))
    alone = [set(chosen({name: wanted}, objects)) for name, wanted in filters.items()]
    assert set(kept) == set(ids(objects)).intersection(*alone)


@given(threats, st.sampled_from(["severity", "score", "mitigated", "threat_type"]), st.data())
def test_a_condition_and_its_negation_share_the_objects_out(objects: Any, name: str, data: Any) -> None:
    wanted = data.draw(conditions.filter(lambda drawn: name in drawn))[name]
    both = chosen({name: wanted}, objects) + chosen({name: {"not": wanted}}, objects)
    if isinstance(wanted, dict):  # a dict is negated by what is in it
        both = chosen({name: wanted}, objects) + [i for i in ids(objects) if i not in chosen({name: wanted}, objects)]
    assert sorted(both) == sorted(ids(objects))


@given(threats)
def test_not_set_and_set_share_the_objects_out(objects: Any) -> None:
    unset = chosen({"metadata.team": None}, objects)
    assert sorted(unset + chosen({"metadata.team": {"not": None}}, objects)) == sorted(ids(objects))
    assert unset == [shown["id"] for shown in objects if not shown.get("metadata", {}).get("team")]


@given(threats, sorts, st.randoms())
def test_sorting_loses_nothing_and_does_not_depend_on_the_order_before(objects: Any, sort: Any, random: Any) -> None:
    once = ordered(query(sort=sort), objects)
    assert sorted(ids(once)) == sorted(ids(objects))
    shuffled = list(objects)
    random.shuffle(shuffled)
    assert ids(ordered(query(sort=sort), shuffled)) == ids(once)
    assert ids(ordered(query(sort=sort), once)) == ids(once)


@given(threats, st.sampled_from(["severity", "-severity"]))
def test_severities_sort_by_weight_and_what_has_none_comes_last(objects: Any, sort: str) -> None:
    found = [shown.get("severity") for shown in ordered(query(sort=[sort]), objects)]
    present = [SEVERITIES.index(severity) for severity in found if severity is not None]
    assert present == sorted(present, reverse=sort.startswith("-"))
    assert found[: len(present)] == [severity for severity in found if severity is not None]


@given(threats, st.integers(0, 10), st.none() | st.integers(0, 10))
def test_pages_of_any_size_make_up_the_whole(objects: Any, offset: int, limit: int | None) -> None:
    page = cut(query(offset=offset, limit=limit), objects)
    assert list(page) == objects[offset:][: len(objects) if limit is None else limit]


@given(threats, st.lists(st.sampled_from(["name", "severity", "id", "metadata.team", "metadata"]), min_size=1))
def test_a_projection_has_exactly_the_fields_asked_for(objects: Any, fields: list[str]) -> None:
    for shown in objects:
        found = projected(query(fields=fields), shown)
        assert set(found) == {name.partition(".")[0] for name in fields}
        for name in ("name", "severity", "id", "metadata"):
            if name in fields:
                assert found[name] == shown.get(name)
        if "metadata" not in fields and "metadata.team" in fields:
            assert found["metadata"] == {"team": shown.get("metadata", {}).get("team")}


@given(threats)
def test_without_fields_an_object_is_shown_whole(objects: Any) -> None:
    assert [projected(query(), shown) for shown in objects] == objects


# ------------------------------------------------------------------------------------------------ conditions
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"severity": "HIGH"}, ["1"]),
        ({"status": "In Progress"}, ["1"]),
        ({"status": {"not": "in-progress"}}, ["2", "3"]),
        ({"severity": ["low", "high"]}, ["1", "2"]),
        ({"severity": {"min": "high"}}, ["1"]),
        ({"severity": {"max": "low", "not": "none"}}, ["2"]),
        ({"title": "SQLi"}, ["1"]),
        ({"name": "sqli"}, []),
        ({"name": {"regex": "(?i)SQLI|xss"}}, ["1", "2"]),
        ({"mitigated": "yes"}, ["2"]),
        ({"mitigated": False}, ["1"]),
        ({"mitigated": None}, ["3"]),
        ({"score": 7}, ["1"]),
        ({"score": "7.0"}, ["1"]),
        ({"score": {"min": 3}}, ["1", "2"]),
        ({"threat_type": "Spoofing"}, ["1", "2"]),
        ({"threat_type": {"not": ["Spoofing"]}}, ["3"]),
        ({"metadata.team": "payments"}, ["1"]),
        ({"metadata": {"team": "payments", "tier": {"max": 9}}}, ["1"]),
        ({"metadata.tier": {"min": 9}}, ["2"]),
        ({"metadata": None}, ["3"]),
        ({"metadata": {"not": None}}, ["1", "2"]),
        ({"modified_at": {"min": "2026-01-01"}}, ["1"]),
        ({"modified_at": {"max": "2026-01-01T00:30:00+01:00"}}, ["2"]),
        # The same moment, however it is written.
        ({"modified_at": "2025-12-31T23:00:00Z"}, ["2"]),
        ({"modified_at": {"not": "2026-01-01t00:00:00.500z"}}, ["2", "3"]),
        ({"modified_at": {"min": datetime.date(2026, 1, 1)}}, ["1"]),
        ({"modified_at": {"min": datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)}}, ["1"]),
        ({"modified_at": {"max": "2025-12-31 23:00"}}, ["2"]),
        ({"modified_at": {"min": "2016-12-31T23:59:60Z"}}, ["1", "2"]),
        ({"modified_at": None}, ["3"]),
        ({"modified_at": {"regex": "^2025"}}, ["2"]),
        ({"diagram": "Main"}, ["1"]),
        ({}, ["1", "2", "3"]),
    ],
)
def test_conditions(filters: dict[str, Any], found: list[str]) -> None:
    objects: list[dict[str, Any]] = [
        {
            "id": "1",
            "name": "SQLi",
            "severity": "high",
            "status": "in_progress",
            "mitigated": False,
            "score": 7.0,
            "threat_type": ["Spoofing", "Tampering"],
            "metadata": {"team": "payments", "tier": "2"},
            "modified_at": "2026-01-01T00:00:00.5Z",
            "diagram": "Main",
        },
        {
            "id": "2",
            "name": "XSS",
            "severity": "low",
            "status": "open",
            "mitigated": True,
            "score": 3.5,
            "threat_type": ["Spoofing"],
            "metadata": {"team": "web", "tier": "10"},
            "modified_at": "2025-12-31T18:00:00-05:00",
        },
        {"id": "3", "name": "DoS", "severity": "none"},
    ]
    assert chosen(filters, objects) == found


NO_TIMES: tuple[Any, ...] = (
    *("yesterday", "01.01.2020", "2020-1-1", "2020", "20200101", "2020-13-01", "2020-02-30", "0000-01-01", "now"),
    *("2020-01-01T25:00:00Z", "2020-01-01T00:00:00+24:00", "2020-01-01T00:00:00+00:60", "2020-01-01Z", "12:00"),
    *("2020-01-01T00:00:00Z\n2020", "٢٠٢٠-٠١-٠١", "last monday", "-1", "1577836800"),
    *(1577836800, 1577836800.5, 0, -1, True, 10**400, float("inf")),
)
FORMS: dict[str, Any] = {
    "equal": lambda value: value,
    "one of": lambda value: ["2020-01-01", value],
    "min": lambda value: {"min": value},
    "max": lambda value: {"max": value},
    "not": lambda value: {"not": value},
    "not one of": lambda value: {"not": ["2020-01-01", value]},
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("value", NO_TIMES, ids=lambda value: "%.20r" % (value,))
def test_what_is_no_time_is_refused_for_a_time(value: Any, form: str) -> None:
    places = [(MODEL, "created_at"), (MODEL, "threats.modified_at"), (THREAT, "modified_at")]
    for kind, field in [*places, (TOKEN, "expires_at"), (TOKEN, "issued_at")]:
        with pytest.raises(InputError, match=rf"^filters\.{field}.* is neither a date, like 2026-05-04, nor a time"):
            parse_query(kind, {"filters": {field: FORMS[form](value)}, "threat_model": "M" if kind is THREAT else None})


@pytest.mark.parametrize("form", ["equal", "min", "max", "not"])
@pytest.mark.parametrize("value", ["many", "2020-01-01", True, float("nan"), 10**400])
def test_what_is_no_number_is_refused_for_a_count(value: Any, form: str) -> None:
    for kind, field in ((MODEL, "threat_count"), (TOKEN, "expires_in")):
        with pytest.raises(InputError, match="is not a number"):
            parse_query(kind, {"filters": {field: FORMS[form](value)}})


def test_models_are_found_by_what_is_in_them() -> None:
    models: list[dict[str, Any]] = [
        {"id": "1", "threats": [{"severity": "low"}, {"severity": "critical"}], "threat_count": 2},
        {"id": "2", "threats": [{"severity": "low"}], "threat_count": 1},
        {"id": "3", "threats": [], "threat_count": 0, "authorization": [{"user": "bob@x", "role": "reader"}]},
    ]
    assert chosen({"threats.severity": "Critical"}, models, MODEL) == ["1"]
    assert chosen({"threats.severity": {"not": "critical"}}, models, MODEL) == ["2", "3"]
    assert chosen({"threats": None}, models, MODEL) == ["3"]
    assert chosen({"threat_count": 0}, models, MODEL) == ["3"]
    assert chosen({"threat_count": {"min": 1, "max": 1}}, models, MODEL) == ["2"]
    assert chosen({"access.user": "bob@x"}, models, MODEL) == ["3"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"filters": {"severty": "high"}}, "filters.severty: there is no severty of a threat; there is severity"),
        ({"filters": {"severity": "hgih"}}, "filters.severity: 'hgih' is not one of"),
        ({"filters": {"severity": []}}, "names no value at all"),
        ({"filters": {"severity": {}}}, "not nothing"),
        ({"filters": {"name": {"like": "x"}}}, "a condition has regex, not, min, max, not like"),
        ({"filters": {"name": {"regex": "("}}}, "filters.name.regex: '(' is no regular expression"),
        ({"filters": {"name": {"regex": "x{99999999999}"}}}, "filters.name.regex: 'x{99999999999}' is no regular"),
        ({"filters": {"name": {"regex": {"a": [[]]}}}}, "filters.name.regex: must be a regular expression, not map"),
        ({"filters": {"score": {"min": None}}}, "filters.score.min: needs a number"),
        ({"filters": {"mitigated": "perhaps"}}, "neither true nor false"),
        ({"filters": {"metadata": "x"}}, "holds more than one value: name a member"),
        ({"filters": {"name.x": 1}}, '"name" has no members'),
        ({"regex": "["}, "regex: "),
        ({"name": " "}, "name: must not be empty"),
        ({"limit": -1}, "limit: must be 0 or more"),
        ({"offset": -1}, "offset: must be 0 or more"),
        ({"sort": ["-naem"]}, "sort: there is no naem of a threat; there is name"),
        ({"fields": ["cvs"]}, "fields: there is no cvs of a threat; there is cvss"),
        ({"include": ["threats"]}, "include: adds children to threat models"),
        ({"threat_model": " "}, "threat_model: is needed for threats"),
    ],
)
def test_what_cannot_be_meant_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        query(**options)
    assert message in str(caught.value)


def test_models_belong_to_no_model() -> None:
    with pytest.raises(InputError, match="threat_model: cannot be used with threat_models"):
        parse_query(MODEL, {"threat_model": "Checkout"})
    with pytest.raises(InputError, match="include: cells is not one of"):
        parse_query(MODEL, {"include": ["cells"]})
    with pytest.raises(InputError, match=r"name a member, like authorization\.user"):
        parse_query(MODEL, {"filters": {"authorization": "bob"}})


# ------------------------------------------------------------------------------------------------ fields
@pytest.mark.parametrize("name", names_of(KINDS))
def test_each_name_means_one_kind(name: str) -> None:
    assert name in (kind_of(name).name, kind_of(name).plural)


def test_an_unknown_kind_lists_the_known_ones() -> None:
    with pytest.raises(InputError, match="threat_models"):
        kind_of("modles")


def test_a_key_of_metadata_may_hold_dots() -> None:
    assert parse_path(MODEL, "metadata.a.b", "")[0] == ("metadata", "a.b")
    assert reach({"metadata": {"a.b": "x"}}, ("metadata", "a.b")) == ["x"]


def test_zero_and_false_are_values() -> None:
    assert reach({"a": 0}, ("a",)) == [0]
    assert reach({"a": False}, ("a",)) == [False]
    assert reach({"a": ""}, ("a",)) == reach({}, ("a",)) == reach({"a": [None, []]}, ("a",)) == []


def test_metadata_is_found_by_key() -> None:
    rows = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    assert matching(parse_query(METADATA, {"threat_model": "x", "name": "b"}), rows) == [rows[1]]
    assert matching(parse_query(PROVIDER, {"filters": {"id": "test"}}), [{"id": "test"}, {"id": "x"}]) == [
        {"id": "test"}
    ]


@given(st.integers(-9, 9) | st.floats() | st.booleans() | texts | st.sampled_from(["2026-01-01", "9999-99-99"]))
def test_every_value_has_a_rank_and_a_text(value: Any) -> None:
    assert rank(None, value) <= rank(None, value)
    assert isinstance(text_of(value), str)


@given(st.lists(st.floats() | st.booleans() | texts | st.sampled_from(["2026-01-01", "7"])))
def test_ranks_of_different_kinds_can_be_compared(found: list[Any]) -> None:
    assert len(sorted(rank(None, value) for value in found)) == len(found)


def test_conditions_on_nothing_are_none() -> None:
    assert parse_filters(THREAT, None) == ()


@pytest.mark.parametrize("resource", ["threat_model", "threats"])
def test_an_id_that_is_none_is_reported_before_a_request(resource: str) -> None:
    model = {} if resource == "threat_model" else {"threat_model": "Shop"}
    with pytest.raises(InputError, match=r"^id: '5' is not an id: ids are UUIDs"):
        info_module().work({"resource": resource, "id": "5", **model}, cast("Any", None))


def test_a_filter_without_a_name_is_reported_so() -> None:
    with pytest.raises(InputError, match=r"^filters: is not the name of a field; there is .*severity"):
        parse_query(THREAT, {"filters": {"": 1}, "threat_model": "Shop"})
