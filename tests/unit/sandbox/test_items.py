# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Threats, documents, sources and metadata."""

from __future__ import annotations

from typing import Any

import pytest

Json = Any
NONE = "00000000-0000-4000-8000-000000000001"
THREAT = {"name": "T", "severity": "Low", "priority": "P3", "mitigated": False, "status": "Open", "threat_type": "x"}


@pytest.fixture
def model(alice: Any) -> str:
    """Return the path of a threat model."""
    return str(alice.model())


def threat(client: Any, model: str, **members: Json) -> str:
    """Create a threat and return its path."""
    return f"{model}/threats/" + client.call("POST", f"{model}/threats", {**THREAT, **members})["id"]


# ---------------------------------------------------------------------------------------------- threats
@pytest.mark.parametrize(("sent", "stored"), [(7.25, 7.3), (7.24, 7.2), (0.05, 0.1), (9.95, 10), (5, 5), (0, 0)])
def test_scores_have_one_decimal(alice: Any, model: str, sent: float, stored: float) -> None:
    assert alice.call("GET", threat(alice, model, score=sent))["score"] == stored


@pytest.mark.parametrize(
    "change",
    [
        {"severity": "low"},
        {"severity": None},
        {"priority": "x" * 17},
        {"priority": None},
        {"mitigated": "false"},
        {"mitigated": 0},
        {"score": 10.1},
        {"score": -1},
        {"score": True},
        {"diagram_id": "x"},
        {"diagram_id": NONE},
        {"cell_id": "x"},
        {"name": ""},
        {"name": "x" * 256},
        {"description": "x" * 1025},
        {"id": NONE},
        {"created_at": None},
        {"threat_type": "<script>x</script>"},
        {"metadata": [{"key": "k", "value": " "}]},
    ],
)
def test_bad_threats(alice: Any, model: str, change: dict[str, Json]) -> None:
    alice.call("POST", f"{model}/threats", {**THREAT, **change}, expect=400)
    assert alice.call("GET", f"{model}/threats") == []


@pytest.mark.parametrize("name", sorted(THREAT))
def test_required_members_of_threats(alice: Any, model: str, name: str) -> None:
    path = threat(alice, model)
    rest = {key: value for key, value in THREAT.items() if key != name}
    alice.call("POST", f"{model}/threats", rest, expect=400)
    alice.call("PUT", path, rest, expect=400)


def test_put_clears_what_it_does_not_give_but_metadata(alice: Any, model: str) -> None:
    path = threat(alice, model, description="d", score=3, metadata=[{"key": "k", "value": "v"}])
    before = alice.call("GET", path)
    after = alice.call("PUT", path, {**THREAT, "priority": "", "description": None})
    assert not after.keys() & {"description", "score"}
    assert after["metadata"] == [{"key": "k", "value": "v"}]
    assert after["created_at"] == before["created_at"] < after["modified_at"]
    assert alice.call("PUT", path, before)["description"] == "d"


def test_threats_are_patched_like_the_rest(alice: Any, model: str) -> None:
    path = threat(alice, model, score=3)
    after = alice.patch(path, {"op": "remove", "path": "/score"}, {"op": "add", "path": "/mitigation", "value": "m"})
    assert after == alice.call("GET", path)
    assert (after.get("score"), after["mitigation"]) == (None, "m")
    alice.patch(path, expect=400)
    alice.patch(path, {"op": "replace", "path": "/threat_model_id", "value": NONE}, expect=400)
    assert (
        alice.patch(path, {"op": "replace", "path": "/severity", "value": "low"}, expect=400)["error"]
        == "validation_failed"
    )


def test_bulk_is_all_or_nothing(alice: Any, model: str) -> None:
    made = alice.call("POST", f"{model}/threats/bulk", [{**THREAT, "name": name} for name in "abc"])
    assert [one["name"] for one in made] == ["a", "b", "c"]
    changed = [{**THREAT, "id": one["id"], "name": one["name"].upper()} for one in made]
    alice.call("PUT", f"{model}/threats/bulk", [*changed, {**THREAT, "id": NONE}], expect=404)
    assert [one["name"] for one in alice.call("GET", f"{model}/threats")] == ["a", "b", "c"]
    assert [one["name"] for one in alice.call("PUT", f"{model}/threats/bulk", changed)] == ["A", "B", "C"]
    for body in ([], [THREAT] * 21, [THREAT, {}], {"threats": []}):
        alice.call("POST", f"{model}/threats/bulk", body, expect=400)
    assert len(alice.call("GET", f"{model}/threats")) == 3


def test_filters_and_sorting(alice: Any, model: str) -> None:
    for name, severity in (("Alpha", "Low"), ("beta", "High"), ("gamma", "Low")):
        threat(alice, model, name=name, severity=severity, description=f"about {name}")

    def names(query: str) -> list[str]:
        return [one["name"] for one in alice.call("GET", f"{model}/threats?{query}")]

    assert names("") == ["gamma", "beta", "Alpha"]
    assert names("sort=created_at:asc") == ["Alpha", "beta", "gamma"]
    assert names("sort=name:desc") == ["gamma", "beta", "Alpha"]
    assert names("sort=nonsense:asc") == ["gamma", "beta", "Alpha"]
    assert names("severity=Low&sort=name:asc") == ["Alpha", "gamma"]
    assert names("severity=low") == []
    assert names("name=A&limit=1&offset=2") == ["Alpha"]
    assert names("description=BETA") == ["beta"]


def test_batches_work_item_by_item(alice: Any, model: str) -> None:
    ids = [threat(alice, model)[-36:] for _number in range(2)]
    rename = [{"op": "replace", "path": "/name", "value": "N"}]
    bad = [{"op": "replace", "path": "/severity", "value": "low"}]
    batch = [{"threat_id": ids[0], "operations": rename}, {"threat_id": ids[1], "operations": bad}]
    answer = alice.call("POST", f"{model}/threats/batch/patch", {"patches": batch}, expect=200)
    assert [one["success"] for one in answer["results"]] == [True, False]
    assert answer["summary"] == {"total": 2, "succeeded": 1, "failed": 1}
    assert sorted(one["name"] for one in alice.call("GET", f"{model}/threats")) == ["N", "T"]
    both = {"patches": batch[1:], "operations": batch[:1]}
    assert alice.call("POST", f"{model}/threats/batch/patch", both)["summary"]["total"] == 1
    none = alice.call("POST", f"{model}/threats/batch/patch", {"operations": batch[1:]}, expect=400)
    assert none["summary"]["failed"] == 1
    for body in ({}, {"patches": []}, {"patches": batch * 6}, {"patches": [{"threat_id": ids[0]}]}, []):
        assert "error" in alice.call("POST", f"{model}/threats/batch/patch", body, expect=400)
    alice.call("DELETE", f"{model}/threats/batch?threat_ids={ids[0]},{NONE}", expect=200)
    alice.call("DELETE", f"{model}/threats/batch?threat_ids={NONE}", {"threat_ids": [ids[1]]}, expect=200)
    assert alice.call("DELETE", f"{model}/threats/batch?threat_ids={ids[1]}", expect=400)["summary"]["failed"] == 1
    assert alice.call("GET", f"{model}/threats") == []


# ---------------------------------------------------------------------------------------------- documents and sources
@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("documents", {"name": " "}),
        ("documents", {"name": "a&b"}),
        ("documents", {"url": "ftp://x"}),
        ("documents", {"url": "https://"}),
        ("documents", {"url": "https://x.example?q"}),
        ("documents", {"id": NONE}),
        ("documents", {"description": 1}),
        ("sources", {"url": "git@x:y"}),
        ("sources", {"type": "hg"}),
        ("sources", {"type": None}),
        ("sources", {"parameters": None}),
        ("sources", {"parameters": {"refType": "branch"}}),
        ("sources", {"parameters": {"refType": "x", "refValue": "y"}}),
        ("sources", {"name": "x" * 256}),
    ],
)
def test_bad_references(alice: Any, model: str, kind: str, body: dict[str, Json]) -> None:
    good = {"name": "N", "url": "https://x.example/a"}
    path = f"{model}/{kind}/" + alice.call("POST", f"{model}/{kind}", good)["id"]
    alice.call("POST", f"{model}/{kind}", {**good, **body}, expect=400)
    alice.call("PUT", path, {**good, **body}, expect=400)
    alice.call("POST", f"{model}/{kind}/bulk", [good, {**good, **body}], expect=400)
    assert len(alice.call("GET", f"{model}/{kind}")) == 1


def test_references_show_what_was_set(alice: Any, model: str) -> None:
    source = {
        "url": "https://x.example:8443/a?b#c",
        "type": "git",
        "unknown": 1,
        "parameters": {"refType": "tag", "refValue": "v1", "other": "dropped"},
    }
    made = alice.call("POST", f"{model}/sources", source)
    assert made == {
        "id": made["id"],
        "url": source["url"],
        "type": "git",
        "description": None,
        "metadata": None,
        "parameters": {"refType": "tag", "refValue": "v1"},
    }
    cleared = alice.call("PUT", f"{model}/sources/{made['id']}", {"url": "https://x.example"})
    assert cleared == {"id": made["id"], "url": "https://x.example", "description": None, "metadata": None}


def test_items_belong_to_their_model(alice: Any, model: str) -> None:
    path = threat(alice, model)
    elsewhere = path.replace(model, alice.model())
    alice.call("GET", elsewhere, expect=404)
    alice.call("PUT", elsewhere, THREAT, expect=404)
    alice.call("DELETE", elsewhere, expect=404)
    alice.call("GET", path)


# ---------------------------------------------------------------------------------------------- metadata
def test_metadata_are_upserted_and_sorted_by_byte(alice: Any, model: str) -> None:
    for key, value in (("b", "1"), ("B", "2"), ("a", "3"), ("b", "4")):
        alice.call("POST", f"{model}/metadata", {"key": key, "value": value}, expect=201)
    assert alice.call("GET", f"{model}/metadata") == [
        {"key": "B", "value": "2"},
        {"key": "a", "value": "3"},
        {"key": "b", "value": "4"},
    ]
    everything = alice.call("POST", f"{model}/metadata/bulk", [{"key": "c", "value": "5"}], expect=201)
    assert [entry["key"] for entry in everything] == ["B", "a", "b", "c"]
    assert alice.call("PUT", f"{model}/metadata/c", {"key": "other", "value": "6"}) == {"key": "c", "value": "6"}
    alice.call("DELETE", f"{model}/metadata/c")
    assert alice.call("GET", model)["metadata"] == alice.call("GET", f"{model}/metadata")


@pytest.mark.parametrize(
    "entry",
    [
        {"key": "a.b", "value": "v"},
        {"key": "", "value": "v"},
        {"key": "k" * 129, "value": "v"},
        {"key": "k", "value": ""},
        {"key": "k", "value": " \t"},
        {"key": "k", "value": "<"},
        {"key": "k", "value": "v" * 1025},
        {"key": "k", "value": 1},
        {"key": "k"},
    ],
)
def test_bad_metadata(alice: Any, model: str, entry: Json) -> None:
    alice.call("POST", f"{model}/metadata", entry, expect=400)
    alice.call("POST", f"{model}/metadata/bulk", [{"key": "good", "value": "v"}, entry], expect=400)
    assert alice.call("GET", f"{model}/metadata") == []


def test_what_is_deleted_takes_its_metadata_along(alice: Any, model: str) -> None:
    path = threat(alice, model, metadata=[{"key": "k", "value": "v"}])
    alice.call("GET", path + "/metadata/k")
    alice.call("DELETE", path)
    alice.call("GET", path + "/metadata", expect=404)
    alice.call("POST", path + "/metadata", {"key": "k", "value": "v"}, expect=404)
