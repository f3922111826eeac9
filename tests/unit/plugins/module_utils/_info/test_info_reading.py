# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What reading costs: each request of a server is counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import (
    AmbiguousNameError,
    InputError,
    MissingError,
    NotFoundError,
)
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import kind_of
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import parse_query
from ansible_collections.tmi.tmi.plugins.module_utils._info.reading import CachingSource, QueryResult, known_id, read
from ansible_collections.tmi.tmi.plugins.module_utils._modules.info import info_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL

IDS = ["00000000-0000-4000-8000-%012d" % number for number in range(10)]


class Server:
    """Three models, the first with children; ``asked`` holds the calls that cost requests."""

    listed_fields = frozenset(("id", "name", "framework", "owner"))
    rules = V0Rules()

    def __init__(self, gone: Sequence[str] = ()) -> None:
        self.asked: list[Any] = []
        self.gone = set(gone)
        self.rows = [(IDS[0], "Alpha", "STRIDE"), (IDS[1], "Beta", "CIA"), (IDS[2], "Gamma", "STRIDE")]

    def models(self) -> Sequence[Entity]:
        self.asked.append("list")
        return [Entity(THREAT_MODEL, i, {"name": n, "framework": f}) for i, n, f in self.rows]

    def models_where(self, wanted: Mapping[str, Any]) -> Sequence[Entity]:
        return self.models()

    def counts(self, listed: Entity) -> Mapping[str, int]:
        return {"threat_count": 2 if listed.id == IDS[0] else 0}

    def model(self, model_id: str, sections: Iterable[str]) -> Entity:
        self.asked.append((model_id[-1], sorted(sections)))
        row = next((row for row in self.rows if row[0] == model_id), None)
        if row is None or model_id in self.gone:
            raise MissingError("gone")
        values = {"name": row[1], "framework": row[2], "status": "open" if row[1] == "Alpha" else "closed"}
        known = CHILDREN if model_id == IDS[0] else {}
        children = {plural: known.get(plural, []) for plural in sections}
        return Entity(THREAT_MODEL, model_id, values, {"team": row[1].lower()}, children=children)


CELL = Cell("c1", "process", "Web")
SQLI = {"name": "SQLi", "severity": "high", "diagram_id": IDS[3], "cell_id": "c1"}
CHILDREN: dict[str, list[Entity]] = {
    "diagrams": [Entity(DIAGRAM, IDS[3], {"name": "Main"}, parent_id=IDS[0], cells=(CELL,))],
    "documents": [Entity(DOCUMENT, IDS[4], {"name": "ADR", "uri": "https://x"}, {"k": "v"}, parent_id=IDS[0])],
    "sources": [Entity(SOURCE, IDS[5], {"uri": "https://git"}, parent_id=IDS[0])],
    "threats": [
        Entity(THREAT, IDS[6], SQLI, parent_id=IDS[0]),
        Entity(THREAT, IDS[7], {"name": "XSS", "severity": "low", "diagram_id": "elsewhere"}, parent_id=IDS[0]),
    ],
}


def ask(server: Any, resource: str, target: Any = None, **options: Any) -> QueryResult:
    return read(server, parse_query(kind_of(resource), options), target)


def names(found: QueryResult) -> list[Any]:
    return [shown.get("name") for shown in found.objects]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"filters": {"framework": "stride"}},
        {"filters": {"threat_count": {"min": 1}}, "sort": ["-owner"], "fields": ["name", "id"]},
        {"regex": "a$", "limit": 1},
        {"name": "Beta", "fields": ["id"]},
    ],
)
def test_what_the_list_reports_costs_the_list_alone(options: Any) -> None:
    server = Server()
    ask(server, "threat_models", **options)
    assert server.asked == ["list"]


def test_a_named_model_is_read_whole() -> None:
    server = Server()
    found = ask(server, "threat_model", name="Beta")
    assert server.asked == ["list", ("1", [])]
    assert found.objects == [
        {
            "id": IDS[1],
            "name": "Beta",
            "framework": "CIA",
            "status": "closed",
            "metadata": {"team": "beta"},
            "threat_count": 0,
        }
    ]


def test_fields_that_the_list_lacks_are_read_for_what_is_left() -> None:
    server = Server()
    found = ask(
        server, "threat_models", filters={"framework": "STRIDE", "metadata.team": {"regex": "a"}, "status": "open"}
    )
    assert sorted(server.asked[1:]) == [("0", []), ("2", [])]
    assert names(found) == ["Alpha"]
    assert found.total == 1


def test_a_list_is_cut_before_models_are_read_where_that_is_the_same() -> None:
    server = Server()
    found = ask(server, "threat_models", include=["documents"], sort=["-name"], offset=1, limit=1)
    assert server.asked == ["list", ("1", ["documents"])]
    assert (names(found), found.total) == (["Beta"], 3)
    server = Server()
    found = ask(server, "threat_models", sort=["-metadata.team"], limit=1)
    assert len(server.asked) == 4
    assert (names(found), found.total) == (["Gamma"], 3)


def test_a_model_that_goes_meanwhile_is_left_out() -> None:
    found = ask(Server(gone=[IDS[1]]), "threat_models", fields=["name", "metadata"])
    assert names(found) == ["Alpha", "Gamma"]


def test_a_model_by_id_needs_no_list() -> None:
    server = Server()
    found = ask(server, "threat_models", id=IDS[0], include=["threats"], fields=["name", "threat_count"])
    assert server.asked == [("0", ["diagrams", "threats"])]
    assert found.objects[0]["threat_count"] == 2
    assert [t["name"] for t in found.objects[0]["threats"]] == ["SQLi", "XSS"]
    assert ask(server, "threat_models", id=IDS[9]).objects == []


def test_a_filter_on_children_reads_them_and_shows_them_only_when_asked() -> None:
    found = ask(Server(), "threat_models", filters={"threats.severity": "high"}, fields=["name"])
    assert found.objects == [{"name": "Alpha"}]


def test_threats_come_with_the_names_of_their_places_in_one_call() -> None:
    server = Server()
    found = ask(server, "threats", threat_model=IDS[0])
    assert server.asked == [("0", ["diagrams", "threats"])]
    assert found.objects[0]["diagram"] == "Main"
    assert found.objects[0]["cell"] == "Web"
    assert found.objects[0]["threat_model_id"] == IDS[0]
    assert "diagram" not in found.objects[1]


def test_diagrams_show_their_cells_by_name() -> None:
    found = ask(Server(), "diagrams", threat_model="Alpha", name="Main")
    assert found.objects[0]["nodes"] == {"Web": {"id": "c1", "type": "process", "label": "Web"}}


def test_names_and_ids_that_nothing_has_give_nothing() -> None:
    server = Server()
    assert ask(server, "threats", threat_model="Alpha", name="CSRF") == QueryResult([], 0)
    assert ask(server, "threats", threat_model="Alpha", id=IDS[9]) == QueryResult([], 0)
    assert ask(server, "threat_models", name="Delta") == QueryResult([], 0)


def test_a_model_that_is_not_there_is_an_error() -> None:
    with pytest.raises(NotFoundError, match='threat_model: there is no threat model "Alhpa"; there is "Alpha"'):
        ask(Server(), "threats", threat_model="Alhpa")
    with pytest.raises(NotFoundError, match="no threat model has the id"):
        ask(Server(), "threats", threat_model=IDS[9])
    server = Server()
    server.rows.append((IDS[8], "Alpha", "CIA"))
    with pytest.raises(AmbiguousNameError, match=IDS[8]):
        ask(server, "threats", threat_model="Alpha")


def test_metadata_of_a_model_and_of_what_it_holds() -> None:
    assert ask(Server(), "metadata", threat_model="Alpha").objects == [{"key": "team", "value": "alpha"}]
    server = Server()
    found = ask(server, "metadata", ("document", "ADR"), threat_model=IDS[0])
    assert found.objects == [{"key": "k", "value": "v"}]
    assert server.asked == [("0", ["documents"])]
    assert ask(server, "metadata", ("source", "https://git"), threat_model="Alpha").objects == []
    with pytest.raises(NotFoundError, match='document: there is no document "ADL"; there is "ADR"'):
        ask(server, "metadata", ("document", "ADL"), threat_model="Alpha")
    with pytest.raises(InputError, match="must not be empty"):
        ask(server, "metadata", ("document", " "), threat_model="Alpha")


def test_several_questions_about_a_model_cost_one_reading() -> None:
    server = Server()
    kept = CachingSource(server, {"documents", "sources"})
    assert names(ask(kept, "documents", threat_model=IDS[0])) == ["ADR"]
    assert len(ask(kept, "sources", threat_model=IDS[0]).objects) == 1
    assert server.asked == [("0", ["documents", "sources"])]


def test_the_model_that_is_read_first_reports_the_generation() -> None:
    assert known_id(parse_query(kind_of("threats"), {"threat_model": IDS[0]})) == IDS[0]
    assert known_id(parse_query(kind_of("threats"), {"threat_model": "Alpha"})) is None
    assert known_id(parse_query(kind_of("threat_models"), {"id": IDS[1]})) == IDS[1]


# ------------------------------------------------------------------------------------------------ the module
@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"resource": "threats", "threat_model": "x", "diagram": "y"},
            "diagram: can only be used with the resource metadata",
        ),
        ({"resource": "server", "id": "x"}, "id: cannot be used with server"),
        ({"resource": "threats"}, "threat_model: is needed for threats"),
    ],
)
def test_wrong_questions_cost_nothing(params: dict[str, Any], message: str) -> None:
    result = info_module().run({"url": "http://127.0.0.1:9", "token": "x", **params}, check_mode=True)
    assert result["failed"] is True
    assert message in result["msg"]
    assert result["stats"] == {"requests": 0, "retries": 0, "writes": 0}


def test_the_token_is_reported_about_without_a_request() -> None:
    params = {"url": "http://127.0.0.1:9", "token": "opaque", "resource": "token", "fields": ["email"]}
    result = info_module().run(params, check_mode=True)
    assert (result["resources"], result["count"], result["total"]) == ([{"email": None}], 1, 1)
    assert result["changed"] is False
    assert result["stats"]["requests"] == 0
