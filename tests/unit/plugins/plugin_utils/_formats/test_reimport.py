# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An edited file is imported again: the plan has exactly the edits, in each format and both generations."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.report import entries
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.keys import ModelKeys
from ansible_collections.tmi.tmi.plugins.module_utils._engine.identity.model_names import WantedModels
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, Run
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import from_otm
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threagile.read import from_threagile
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_composer.read import from_threat_composer
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.tmt.read import from_tmt
from ansible_collections.tmi.tmi.tests.unit.conftest import ROOT
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import ALICE, FakeServer
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.identity.test_renames import FakeV1
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.threat_dragon_model import (
    cell,
    line,
    model,
    threat,
)

FILES = ROOT / "tests" / "integration" / "targets" / "filter_formats" / "files"
MANAGED = "managed"


@pytest.fixture(params=[FakeServer, FakeV1], ids=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> FakeServer:
    """An empty server of each generation."""
    made: FakeServer = request.param()
    return made


def apply(server: FakeServer, definition: Mapping[str, Any]) -> list[str]:
    """Apply a definition with pruning, again without a change, and return its plan."""
    outcome = _run(server, definition)
    assert not _run(server, definition).changed
    return list(_lines(outcome))


def _run(server: FakeServer, definition: Mapping[str, Any]) -> Outcome:
    wanted = compile_definition(document(dict(definition), "shop.yml"))
    children = [
        replace(child, prune_cells=MANAGED) if child.resource is DIAGRAM else child for child in wanted.children
    ]
    wanted = replace(wanted, children=tuple(children))
    levels = dict.fromkeys(("assets", "documents", "sources", "notes", "diagrams", "threats"), MANAGED)
    policy = Policy("warn", ALICE, prune=levels, register=True)
    wanted_models = WantedModels([wanted], server.rules.as_stored)
    return Run(server, wanted, policy, "rest", wanted_models, ModelKeys(wanted_models)).apply()


def _lines(outcome: Outcome) -> Iterator[str]:
    """Yield ``action kind name: fields`` for each changed object and cell."""
    for entry in entries(outcome.plan):
        changes = entry.get("cell_changes", ())
        if entry["action"] != "none" and (entry.get("fields") or not changes):
            yield _line(entry, entry["kind"], entry["path"][-1])
        for change in changes:
            yield _line(change, change["kind"], change["name"])


def _line(entry: Mapping[str, Any], kind: str, name: str) -> str:
    fields = ": " + ", ".join(sorted(entry["fields"])) if entry["action"] == "update" else ""
    return "%s %s %s%s" % (entry["action"], kind, name, fields)


def threat_dragon() -> dict[str, Any]:
    """Return a file with two cells of one name, and two threats of one title."""
    cells = [
        cell("actor", "a", (0, 0, 99, 99), name="客户", threats=[threat("Price altered", id="t1")]),
        cell("process", "p", (400, 0, 99, 99), name="Shop", threats=[threat("Price altered", id="t2")]),
        cell("process", "q", (400, 300, 99, 99), name="Shop", threats=[threat("Order lost", id="t3")]),
        line("f", {"cell": "a"}, {"cell": "p"}),
        line("g", {"cell": "a"}, {"cell": "q"}),
    ]
    return model(*cells)


def edited_threat_dragon(file: dict[str, Any]) -> dict[str, Any]:
    cells = {one["id"]: one for one in file["detail"]["diagrams"][0]["cells"]}
    cells["p"]["data"]["name"] = "商店"
    cells["a"]["data"]["threats"][0]["title"] = "Price forged"
    cells["q"]["position"]["y"] = 500
    cells["q"]["data"]["threats"] = [threat("Shop closed", id="t4")]
    cells["r"] = cell("store", "r", (800, 0, 99, 99), name="Shop")
    del cells["g"]
    file["detail"]["diagrams"][0]["cells"] = list(reversed(cells.values()))
    return file


def edited_tmt(text: str) -> str:
    """Rename a process and a threat, move a store, delete the line boundary, add a threat in front."""
    text = text.replace("<b:Value>Order desk<", "<b:Value>Kasse 収銀<").replace("Orders are read on the way", "Reading")
    text = text.replace("<x:Left>600<", "<x:Left>620<").replace("LineBoundary", "Unknown").replace("GE.TB.L", "GE.X")
    begin, end = text.index("<ThreatInstances>") + len("<ThreatInstances>"), text.index("</ThreatInstances>")
    first = text[begin:end].partition("</a:KeyValueOfstringThreatpc_P0_PhOB>")
    new = "".join(first[:2]).replace("<b:Id>7<", "<b:Id>9<").replace(">Reading<", ">Orders are changed<")
    return text[:begin] + new + text[begin:]


def edited_threagile(text: str) -> dict[str, Any]:
    """Rename objects of each kind, move the portal to the vault, delete a link, add a data asset in front."""
    data: dict[str, Any] = yaml.safe_load(text)
    technical, risks = data["technical_assets"], data["individual_risk_categories"]
    data["data_assets"] = {"Bills": {"id": "bills"}, "Results": data["data_assets"].pop("Findings")}
    technical["Web portal"] = technical.pop("Portal")
    risks["Nosy staff"] = risks.pop("Curious staff")
    risks["Nosy staff"]["risks_identified"] = {"Nosy": next(iter(risks["Nosy staff"]["risks_identified"].values()))}
    data["trust_boundaries"]["Clinic network"]["technical_assets_inside"] = []
    data["trust_boundaries"]["Vault"]["technical_assets_inside"].append("portal")
    technical["Patient browser"]["communication_links"] = {}
    return data


def edited_threat_composer(text: str) -> dict[str, Any]:
    """Change a statement, delete a threat, and add one that gets the former statement of another."""
    data: dict[str, Any] = json.loads(text)
    first, second = data["threats"]
    added = {
        **second,
        "id": "c0000000-0000-4000-8000-000000000009",
        "numericId": 9,
        "threatAction": first["threatAction"],
    }
    added["threatSource"] = first["threatSource"]
    first["threatAction"] = "forge its date"
    data["threats"] = [added, first]
    return data


def edited_otm(text: str) -> dict[str, Any]:
    """Rename objects of each kind, move the catalogue to the internet, delete a flow, add namesakes in front."""
    data: dict[str, Any] = yaml.safe_load(text)
    data["project"]["name"] = "Library of the city"
    data["representations"][0]["name"] = "Loans"
    data["trustZones"][0]["name"] = "World"
    data["components"][1]["name"] = "貸出"
    data["components"][2]["parent"] = data["components"][0]["parent"]
    data["components"].insert(0, {**data["components"][0], "id": "reader-2"})
    data["dataflows"] = [{**data["dataflows"][0], "name": "Ask"}]
    data["threats"][0]["name"] = "Account is taken over"
    return data


def text_of(name: str) -> str:
    return (FILES / name).read_text("utf-8")


CASES = [
    pytest.param(
        from_otm,
        text_of("library.otm.yml"),
        edited_otm,
        [
            "create node reader-2",
            "delete flow look-up",
            "update boundary world: height, key, label, width",
            "update diagram Loans: name",
            "update flow request: label",
            "update node catalogue: in, x, y",
            "update node desk: label",
            "update threat Account is taken over: name",
            "update threat Account is taken over: name",
            "update threat_model Library of the city: name",
        ],
        id="otm",
    ),
    pytest.param(
        from_threat_dragon,
        threat_dragon(),
        edited_threat_dragon,
        [
            "create node shop_r",
            "create threat Shop closed",
            "delete flow g",
            "delete threat Order lost",
            "update node shop_q: y",
            "update node 商店: key, label",
            "update threat Price forged: name",
        ],
        id="threat_dragon",
    ),
    pytest.param(
        from_tmt,
        text_of("bakery.tm7"),
        edited_tmt,
        [
            "create threat Orders are changed",
            "delete boundary internet_edge",
            "update node orders: x",
            "update node kasse_収銀: key, label",
            "update threat Reading: name",
        ],
        id="tmt",
    ),
    pytest.param(
        from_threagile,
        text_of("clinic.threagile.yml"),
        edited_threagile,
        [
            "create asset Bills",
            "delete flow browser_read_findings",
            "update asset Results: name",
            "update boundary network: height",
            "update boundary vault: height",
            "update node portal: in, label, x, y",
            "update threat Nosy: metadata.threagile_category, name",
        ],
        id="threagile",
    ),
    pytest.param(
        from_threat_composer,
        text_of("parking.tc.json"),
        edited_threat_composer,
        [
            "create threat Driver can change its date",
            "delete threat Guest can watch the display",
            "update threat Driver can forge its date: metadata.tc_threat_action, name",
        ],
        id="threat_composer",
    ),
]


@pytest.mark.parametrize(("read", "file", "edit", "changes"), CASES)
def test_the_plan_has_exactly_the_edits(
    server: FakeServer, read: Callable[[Any], Any], file: Any, edit: Callable[[Any], Any], changes: list[str]
) -> None:
    apply(server, read(file).model)
    expected = [line for line in changes if server.rules.supports(ASSET) or " asset " not in line]
    found = sorted(apply(server, read(edit(copy.deepcopy(file))).model))
    assert found == sorted(expected)
