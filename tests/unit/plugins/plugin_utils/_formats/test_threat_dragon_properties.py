# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Definitions go to Threat Dragon and come back the same, also after an edit there."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.records import records_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.write import to_threat_dragon
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.test_otm_properties import (
    MODELS,
    compiled,
    definitions,
)
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.threat_dragon_schema import problems

SHOP: dict[str, Any] = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "framework": "STRIDE",
    "version": "2.1",
    "metadata": {"team": "a", "td_owner": "Ana", "td_contributors": "Bob, Eve"},
    "assets": {"card": {"name": "Card", "type": "data"}},
    "diagrams": {
        "main": {
            "name": "Main flow",
            "boundaries": {"net": {"label": "Net"}, "blank": {"label": ""}},
            "nodes": {
                "user": {"type": "actor", "label": "User"},
                "web": {"type": "process", "label": "Web", "in": "net", "metadata": {"is_web_application": "true"}},
                "db": {"type": "store", "label": "DB", "in": "net", "assets": ["card"], "icon": "azure-cosmos-db"},
                "hint": {"type": "text", "label": "See page 2"},
            },
            "flows": {
                "order": {
                    "from": "user",
                    "to": "web",
                    "label": "Order",
                    "to_port": "left",
                    "metadata": {"protocol": "TLS", "is_encrypted": "true"},
                },
                "row": {"from": "web", "to": "db", "bidirectional": True},
            },
            "layout": {"positions": {"order": [[200, 10], [240, 30]]}},
        }
    },
    "threats": {
        "altered": {
            "name": "Order altered",
            "at": "main/order",
            "types": ["Tampering", "Information Disclosure"],
            "severity": "informational",
            "status": "mitigation_in_progress",
            "score": 4.5,
            "cwe": ["CWE-79"],
            "metadata": {"td_number": "7"},
        },
        "read": {"name": "Row read", "at": "main/db", "status": "resolved", "mitigation": "Encrypted"},
        "rude": {"name": "Rude customers"},
    },
}


def written(definition: Any = None) -> dict[str, Any]:
    found: dict[str, Any] = to_threat_dragon(SHOP if definition is None else definition).model
    return found


def cells_of(file: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {cell["data"]["name"]: cell for cell in file["detail"]["diagrams"][0]["cells"]}


def test_what_threat_dragon_shows() -> None:
    file = written()
    assert problems(file) == []
    assert (file["summary"]["title"], file["summary"]["owner"], file["release_version"]) == ("Shop", "Ana", "2.1")
    assert file["detail"]["contributors"] == [{"name": "Bob"}, {"name": "Eve"}]
    assert [d["diagramType"] for d in file["detail"]["diagrams"]] == ["STRIDE"]
    cells = cells_of(file)
    assert {name: cell["shape"] for name, cell in cells.items()} == {
        "Net": "trust-boundary-box",
        "": "flow",
        "User": "actor",
        "Web": "process",
        "DB": "store",
        "See page 2": "td-text-block",
        "Order": "flow",
    }
    assert cells["Web"]["data"]["isWebApplication"] is True
    order = cells["Order"]
    assert (order["data"]["protocol"], order["data"]["isEncrypted"]) == ("TLS", True)
    assert order["vertices"] == [{"x": 200, "y": 10}, {"x": 240, "y": 30}]
    assert (order["source"]["cell"], order["target"]["cell"]) == (cells["User"]["id"], cells["Web"]["id"])
    sides = {port["id"]: port["group"] for port in cells["Web"]["ports"]["items"]}
    assert sides[order["target"]["port"]] == "left"
    net, web = cells["Net"], cells["Web"]
    assert net["position"]["x"] < web["position"]["x"]
    (threat,) = order["data"]["threats"]
    shown = ("title", "status", "severity", "type", "modelType", "number", "score")
    assert [threat[name] for name in shown] == [
        "Order altered",
        "Open",
        "Low",
        "Information Disclosure, Tampering",
        "STRIDE",
        7,
        "4.5",
    ]
    assert order["data"]["hasOpenThreats"] is True
    (resolved,) = cells["DB"]["data"]["threats"]
    assert (resolved["status"], resolved["mitigation"]) == ("Mitigated", "Encrypted")
    assert cells["DB"]["data"]["hasOpenThreats"] is False


def test_a_threat_without_a_cell_is_not_shown_reported_and_comes_back() -> None:
    there = to_threat_dragon(SHOP)
    assert [row["path"] for row in there.lost] == ["$.threats.rude"]
    assert records_of(compiled(from_threat_dragon(there.model).model)) == records_of(compiled(SHOP))


def test_what_somebody_changes_in_threat_dragon_counts() -> None:
    file = written()
    cells = cells_of(file)
    cells["Order"]["data"].update(name="Order placed", isEncrypted=False)
    cells["Order"]["data"]["threats"][0].update(severity="High", title="Order forged")
    cells["User"]["position"] = {"x": -900, "y": 7}
    back = from_threat_dragon(json.dumps(file)).model
    main = back["diagrams"]["main"]
    assert main["flows"]["order"]["label"] == "Order placed"
    assert main["flows"]["order"]["metadata"] == {"protocol": "TLS"}
    assert main["layout"]["positions"]["user"]["x"] == -900
    assert "web" not in main["layout"]["positions"]
    altered = back["threats"]["altered"]
    assert (altered["name"], altered["severity"], altered["status"]) == (
        "Order forged",
        "high",
        "mitigation_in_progress",
    )
    assert back["metadata"]["team"] == "a"


def test_members_that_do_not_fit_are_reported() -> None:
    file = written()
    file["tmi"]["fields"]["assets"] = {"is": {"card": {"type": ["wrong"]}}}
    back = from_threat_dragon(file)
    assert [row["path"] for row in back.lost] == ["$.tmi"]
    assert back.model["diagrams"]["main"]["nodes"]["user"]["label"] == "User"


def test_fields_of_one_server_are_reported() -> None:
    given = {**SHOP, "owner": "ana@example.com", "access": [{"user": "bob@example.com", "role": "reader"}]}
    given["threats"] = {"rude": {"name": "Rude", "at": "main/web", "was": "Rough"}}
    assert [row["path"] for row in to_threat_dragon(given).lost] == ["$.authorization", "$.owner", "$.threats.rude"]


@settings(max_examples=30)
@given(definitions())
def test_what_goes_there_comes_back_as_it_went(definition: dict[str, Any]) -> None:
    there = to_threat_dragon(definition)
    assert problems(there.model) == []
    assert all("tmi" in row["reason"] or "/" in row["reason"] for row in there.lost)
    back = from_threat_dragon(json.dumps(there.model))
    assert back.lost == []
    wanted, found = records_of(compiled(definition)), records_of(compiled(back.model))
    if not any("written as" in row["reason"] for row in there.lost):
        assert found == wanted


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_the_standard_models_come_back_as_they_went(path: Any) -> None:
    definition = yaml.safe_load(path.read_text(encoding="utf-8"))
    there = to_threat_dragon(definition)
    assert problems(there.model) == []
    back = from_threat_dragon(there.model)
    assert there.lost == back.lost == []
    assert records_of(compiled(back.model)) == records_of(compiled(definition))
