# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exports of the embedded server, of both generations, in process: what was exported is made again."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition_info import definition_info_module
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils.embedded import EmbeddedServer

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")

ROOT = Path(__file__).resolve().parents[5]
STANDARD = sorted(str(path) for path in (ROOT / "roles/seed/files/models").glob("*.yml"))
NOBODY = ["sources", "documents", "assets", "notes", "diagrams", "threats"]


class Server(EmbeddedServer):
    """The embedded server of one generation, as tasks of Ansible use it."""

    def apply(self, **params: Any) -> dict[str, Any]:
        found = self.run(definition_module(), **params)
        assert "failed" not in found, found["msg"]
        return found

    def export(self, **params: Any) -> list[dict[str, Any]]:
        found = self.run(definition_info_module(), **params)
        assert "failed" not in found, found["msg"]
        assert not found["changed"]
        assert found["stats"]["writes"] == 0
        return list(found["definitions"])


@pytest.fixture
def servers(server_urls: dict[str, str]) -> dict[str, Server]:
    """A server of each generation."""
    return {api: Server(api, url) for api, url in server_urls.items()}


@pytest.fixture(params=["v0", "v1"])
def server(request: pytest.FixtureRequest, servers: dict[str, Server]) -> Server:
    """An empty server, of each generation in turn."""
    found = servers[request.param]
    found.empty()
    return found


def definitions(exported: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry["definition"] for entry in exported]


def losses(exported: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for entry in exported for row in entry["lost"]]


def test_the_standard_models_come_back_on_an_empty_server(server: Server) -> None:
    server.apply(src=STANDARD, on_unsupported="metadata")
    first = server.export()
    assert losses(first) == []
    assert len(first) == len(STANDARD)
    again = server.apply(definition=definitions(first), on_unsupported="metadata")
    assert not again["changed"]
    assert again["stats"]["writes"] == 0
    server.empty()
    server.apply(definition=definitions(first), on_unsupported="metadata")
    assert definitions(server.export()) == definitions(first)


def test_the_standard_models_move_from_v0_to_v1_and_lose_nothing(servers: dict[str, Server]) -> None:
    old, new = servers["v0"], servers["v1"]
    old.empty()
    new.empty()
    old.apply(src=STANDARD, on_unsupported="metadata")
    before = old.export(sections=NOBODY)
    made = new.apply(definition=definitions(before))  # on_unsupported fails for what has no field
    after = new.export(sections=NOBODY)
    assert losses(before) == losses(after) == []
    assert "warnings" not in made
    assert definitions(after) == definitions(before)
    assert not new.apply(definition=definitions(before))["changed"]


WHOLE = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "description": "Line one\nLine two",
    "framework": "CIA",
    "version": "2.0",
    "issue": "https://jira.example.com/SHOP-1",
    "metadata": {"team": "payments", "yes": "on"},
    "documents": {"adr": {"name": "Größe", "uri": "https://wiki.example.com/adr", "metadata": {"a": "b"}}},
    "repositories": {
        "api": {"name": "api", "uri": "https://git.example.com/api", "type": "git", "ref": {"tag": "v1"}, "path": "src"}
    },
    "diagrams": {
        "main": {
            "name": "Main flow",
            "boundaries": {"dmz": "DMZ", "core": {"label": "Core", "in": "dmz"}},
            "nodes": {
                "web": {"type": "process", "label": "Web", "in": "dmz", "metadata": {"k": "v"}, "x": 11, "y": 13},
                "db": {"type": "store", "label": "", "in": "core"},
                "hint": {"type": "text", "label": "A text"},
            },
            "flows": {
                "sql": {"from": "web", "to": "db", "label": "SQL", "bidirectional": True, "router": "orth"},
                "back": {"from": "db", "to": "web"},
            },
        },
        "empty": {"name": "Empty"},
    },
    "threats": {
        "leak": {"name": "Leak", "at": "main/web", "types": ["Spoofing"], "severity": "high", "cwe": ["CWE-79"]},
        "leak2": {"name": "Leak", "at": "main/sql", "priority": "immediate", "refs": ["T1"], "score": 7.3},
        "leak3": {"name": "Leak", "status": "mitigation_planned", "mitigation": "- a\n- b", "mitigated": True},
        "risk": {"name": "Risk", "risk": {"likelihood": "high", "impact": "low"}, "metadata": {"capec": "CAPEC-1"}},
    },
}
MORE_ON_V1 = {
    "assets": {
        "cards": {"name": "Card data", "type": "data", "criticality": "high", "classification": ["pci", "pii"]},
        "refunds": {"name": "Refunds", "type": "service"},
    },
    "notes": {"todo": {"name": "To do", "content": "- one\n- two\n"}},
}


def with_assets(api: str) -> dict[str, Any]:
    """A definition of all kinds of content that a generation holds."""
    if api == "v0":
        return WHOLE
    found: dict[str, Any] = json.loads(json.dumps({**WHOLE, **MORE_ON_V1}))
    found["diagrams"]["main"]["nodes"]["db"]["assets"] = ["cards", "refunds"]
    found["diagrams"]["main"]["color_palette"] = [{"position": 1, "color": "#aabbcc"}]
    found["threats"]["leak"].update(asset="cards", cvss=["CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:N"])
    found["threats"]["risk"]["include_in_report"] = False
    return found


def without_layout(definition: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(json.dumps(definition))
    for diagram in found.get("diagrams", {}).values():
        diagram.pop("layout", None)
    return found


def test_an_export_says_what_was_applied(server: Server) -> None:
    server.apply(definition=with_assets(server.api), on_unsupported="metadata")
    (found,) = server.export()
    said = without_layout(found["definition"])
    assert found["lost"] == []
    assert (found["name"], found["key"], found["file"]) == ("Shop", "shop", "shop.yml")
    for name in ("key", "name", "description", "framework", "version", "issue", "metadata"):
        assert said[name] == WHOLE[name]
    assert said["documents"]["grosse"] == WHOLE["documents"]["adr"]  # type: ignore[index]
    assert said["repositories"] == WHOLE["repositories"]
    main = said["diagrams"]["main-flow"]
    assert main["boundaries"] == {"dmz": {"label": "DMZ"}, "core": {"label": "Core", "in": "dmz"}}
    assert main["nodes"]["web"] == {"type": "process", "label": "Web", "in": "dmz", "metadata": {"k": "v"}}
    assert main["nodes"]["hint"] == {"type": "text", "label": "A text"}
    assert main["nodes"]["db"]["label"] == ""
    assert {k: v for k, v in main["flows"]["sql"].items() if "port" not in k} == {
        "from": "web",
        "to": "db",
        "label": "SQL",
        "bidirectional": True,
        "router": "orth",
    }
    assert said["diagrams"]["empty"] == {"name": "Empty"}
    threats = {(t["name"], t.get("at")): t for t in said["threats"].values()}
    assert set(threats) == {("Leak", "main-flow/web"), ("Leak", "main-flow/sql"), ("Leak", None), ("Risk", None)}
    assert threats["Leak", "main-flow/web"]["cwe"] == ["CWE-79"]
    assert threats["Leak", "main-flow/sql"]["score"] == 7.3
    assert threats["Leak", None]["mitigation"] == "- a\n- b"
    assert threats["Leak", None]["mitigated"] is True
    assert threats["Risk", None]["risk"] == {"likelihood": "high", "impact": "low"}
    if server.api == "v1":
        assert said["assets"] == {
            "card-data": MORE_ON_V1["assets"]["cards"],
            "refunds": MORE_ON_V1["assets"]["refunds"],
        }
        assert said["notes"]["to-do"]["name"] == "To do"
        assert main["nodes"]["db"]["assets"] == ["card-data", "refunds"]
        assert threats["Leak", "main-flow/web"]["asset"] == "card-data"
        assert threats["Risk", None]["include_in_report"] is False
    again = server.apply(definition=found["definition"], on_unsupported="metadata")
    assert not again["changed"]
    assert again["stats"]["writes"] == 0
    server.empty()
    server.apply(definition=found["definition"], on_unsupported="metadata")
    (copied,) = server.export()
    assert copied["definition"] == found["definition"]


def drawn(api: str) -> list[dict[str, Any]]:
    """What a person draws: no keys, look-alikes, colours, ports, waypoints, a label that is none."""
    ids = [str(uuid.UUID(int=number, version=4)) for number in range(1, 8)]
    place = {"position": {"x": 10.0, "y": 20.0}, "size": {"width": 120.0, "height": 60.0}}
    ports = {"groups": {"top": {"position": "top"}}, "items": [{"id": "top", "group": "top"}]}

    def box(number: int, shape: str, label: str, **more: Any) -> dict[str, Any]:
        return {"id": ids[number], "shape": shape, **place, "attrs": {"text": {"text": label}}, **more}

    edge = {"v0": "edge"}.get(api, "flow")
    return [
        box(0, "security-boundary", "Zone", zIndex=3),
        box(1, "process", "Web", parent=ids[0], ports=ports),
        box(2, "process", "Web", parent=ids[0]),
        box(3, "store", "", data={"_metadata": [{"key": "team", "value": "a"}], "mine": {"x": 1}}),
        {
            "id": ids[4],
            "shape": edge,
            "source": {"cell": ids[1], "port": "top"},
            "target": {"cell": ids[3]},
            "vertices": [{"x": 5, "y": 6}],
            "attrs": {"line": {"stroke": "#ff0000"}},
            "connector": "smooth",
        },
        {"id": ids[5], "shape": edge, "source": {"cell": ids[2]}, "target": {"cell": ids[3]}},
    ]


def test_what_people_drew_is_taken_over_without_a_change(server: Server) -> None:
    model = server.call("POST", "/threat_models", {"name": "Drawn by hand"})
    path = "/threat_models/%s/diagrams" % model["id"]
    diagram = server.call("POST", path, {"name": "Sketch", "type": "DFD-1.0.0"})
    wire = {"name": "Sketch", "type": "DFD-1.0.0", "cells": drawn(server.api)}
    server.call("PUT", "%s/%s" % (path, diagram["id"]), wire)
    (found,) = server.export()
    before = server.call("GET", "%s/%s" % (path, diagram["id"]))["cells"]
    assert found["lost"] == []
    assert found["key"] is None
    applied = server.apply(definition=found["definition"])
    assert not applied["changed"]
    assert applied["stats"]["writes"] == 0
    assert server.call("GET", "%s/%s" % (path, diagram["id"]))["cells"] == before
    assert definitions(server.export()) == [found["definition"]]
    server.empty()
    server.apply(definition=found["definition"])
    assert definitions(server.export()) == [found["definition"]]


class TestChoice:
    def names(self, server: Server, **params: Any) -> list[str]:
        return [entry["name"] for entry in server.export(**params)]

    def test_by_name_id_and_pattern_each_once(self, server: Server) -> None:
        models = [{"tmi_definition": 1, "name": name} for name in ("Shop A", "Shop B", "Bank")]
        found = server.apply(definition=models)["threat_models"]
        ids = {entry["name"]: entry["id"] for entry in found}
        assert self.names(server) == ["Bank", "Shop A", "Shop B"]
        assert self.names(server, threat_model=["Shop *"]) == ["Shop A", "Shop B"]
        assert self.names(server, threat_model=[ids["Bank"].upper(), "Shop A", "Shop ?", "None *"]) == [
            "Bank",
            "Shop A",
            "Shop B",
        ]
        assert self.names(server, threat_model=[]) == []

    def test_of_what_is_not_there(self, server: Server) -> None:
        server.apply(definition={"tmi_definition": 1, "name": "Bank"})
        for name in ("Bonk", str(uuid.uuid4())):
            found = server.run(definition_info_module(), threat_model=[name])
            assert found["failed"]
            assert found["msg"].startswith("threat_model[0]: ")
            assert name in found["msg"]

    def test_of_namesakes_reports_that_one_run_cannot_apply_them(self, server: Server) -> None:
        for _number in range(2):
            server.call("POST", "/threat_models", {"name": "Twin"})
        found = server.export(threat_model=["Twin"])
        assert [row["path"] for row in losses(found)] == ["name", "name"]
        assert len({entry["file"] for entry in found}) == 2

    def test_one_model_by_id_reads_no_list(self, server: Server) -> None:
        made = server.apply(definition=with_assets(server.api), on_unsupported="metadata")["threat_models"][0]
        found = server.run(definition_info_module(), threat_model=[made["id"]])
        # v0: model, documents, sources; v1: model, threats, documents, sources, assets, list of notes and the note.
        reads = {"v0": 3, "v1": 7}[server.api]
        login = server.run(definition_info_module(), threat_model=[])["stats"]["requests"]
        assert found["stats"]["requests"] <= login + reads

    def test_sections_that_are_not_asked_for_are_not_read(self, server: Server) -> None:
        server.apply(definition=with_assets(server.api), on_unsupported="metadata")
        all_of_it = server.run(definition_info_module())
        little = server.run(definition_info_module(), sections=["diagrams"])
        assert little["stats"]["requests"] < all_of_it["stats"]["requests"]
        (entry,) = little["definitions"]
        assert set(entry["definition"]) & {"documents", "repositories", "notes", "threats", "owner"} == set()
