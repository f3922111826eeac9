# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of real files of Threat Dragon, each reduced to a few objects."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellPlan, is_reported
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.plan import plan_cells
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Conversion
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.threat_dragon_model import (
    cell,
    line,
    model,
    old_model,
    threat,
    without_ids,
)

MEMBER = cell("actor", "member", (0, 0, 150, 80))
SHOP = cell("process", "shop", (400, 0, 120, 120))
CELLS = "$.detail.diagrams[0].cells"


def cells(found: Conversion, section: str) -> dict[str, Any]:
    return dict(without_ids(found.model)["diagrams"]["main_flow"].get(section, {}))


def threats_of(*given: dict[str, Any], **diagram: Any) -> dict[str, Any]:
    found = from_threat_dragon(model(cell("process", "shop", (0, 0, 100, 100), threats=list(given)), **diagram))
    return dict(without_ids(found.model)["threats"])


class TestEndsOfFlows:
    @pytest.mark.parametrize(
        ("end", "reason"),
        [
            ({"x": 150, "y": 40}, "the end is tied to no cell: it is tied to member, the node on which it lies"),
            (
                {"x": 70, "y": 20, "cell": "gone"},
                "the end is tied to no cell: it is tied to member, the node on which it",
            ),
            ({"x": 180, "y": 40}, "the end is tied to no cell: it is tied to member, the node that is 30 pixels away"),
            ({"x": 168, "y": 104}, "the end is tied to no cell: it is tied to member, the node that is 30 pixels away"),
        ],
    )
    def test_an_end_on_or_near_one_node_is_tied_to_it(self, end: dict[str, Any], reason: str) -> None:
        flow = line("order", end, {"cell": "shop"}, data={"threats": [threat("Order altered")]})
        found = from_threat_dragon(model(MEMBER, SHOP, flow))
        assert cells(found, "flows") == {"order": {"from": "member", "to": "shop", "label": "Order"}}
        assert found.model["threats"]["order_altered"]["at"] == "main_flow/order"
        (row,) = found.lost
        assert row["path"] == CELLS + "[2].source"
        assert row["value"] == end
        assert row["reason"].startswith(reason)

    @pytest.mark.parametrize(
        ("source", "target"),
        [
            ({"x": 181, "y": 40}, {"cell": "shop"}),
            ({"cell": "shop"}, {"x": 389, "y": 20}),  # near the node at the other end alone
            ({"x": 390, "y": 20}, {"x": 390, "y": 100}),  # both near the same node
            ({"x": 20, "y": 20}, {"port": "p"}),
            ({"cell": "member"}, {"x": 420, "y": 300}),  # between two nodes
            ({"cell": "member"}, {"x": "far", "y": None}),
        ],
    )
    def test_an_end_in_the_open_or_near_several_nodes_stays_open(self, source: Any, target: Any) -> None:
        others = cell("store", "left", (300, 280, 100, 40)), cell("store", "right", (440, 280, 100, 40))
        found = from_threat_dragon(model(MEMBER, SHOP, *others, line("order", source, target)))
        assert cells(found, "flows") == {}
        assert [row["reason"] for row in found.lost] == [
            "a flow in TMI has a cell at each end, this one has an open end"
        ]

    def test_of_nodes_near_an_end_the_one_on_which_it_lies_counts(self) -> None:
        other = cell("store", "orders", (160, 0, 100, 80))
        found = from_threat_dragon(model(MEMBER, SHOP, other, line("order", {"x": 149, "y": 9}, {"cell": "shop"})))
        assert cells(found, "flows")["order"]["from"] == "member"

    def test_boundaries_and_texts_are_no_ends(self) -> None:
        around = cell("trust-boundary-box", "net", (-50, -50, 900, 900)), cell("td-text-block", "note", (0, 0, 150, 80))
        found = from_threat_dragon(model(*around, SHOP, line("order", {"x": 9, "y": 9}, {"cell": "shop"})))
        assert cells(found, "flows") == {}

    def test_data_of_an_open_flow_is_reported_and_stays_with_its_threats(self) -> None:
        data = {"description": "Every hour", "protocol": "SFTP", "isEncrypted": True, "outOfScope": False}
        flow = line("feed", {"x": -600, "y": -500}, {"cell": "shop"}, data={**data, "threats": [threat("Feed forged")]})
        found = from_threat_dragon(model(SHOP, flow))
        (row,) = found.lost
        assert row["value"] == {
            "name": "Feed",
            "source": {"x": -600, "y": -500},
            "target": {"cell": "shop"},
            "data": {"type": "tm.Flow", "name": "Feed", **data},
        }
        forged = found.model["threats"]["feed_forged"]
        assert forged["at"] == "main_flow"
        assert forged["metadata"] == {
            "td_flow": "Feed",
            "td_flow_to": "shop",
            "td_flow_description": "Every hour",
            "td_flow_protocol": "SFTP",
            "td_flow_is_encrypted": "true",
        }


class TestThreats:
    @pytest.mark.parametrize(
        ("framework", "given", "expected"),
        [
            ("STRIDE", "Information disclosure", ["Information Disclosure"]),
            ("STRIDE", "Denial of service", ["Denial of Service"]),
            ("STRIDE", "elevation of privilege", ["Elevation of Privilege"]),
            ("STRIDE", "Veröffentlichung von Informationen", ["Information Disclosure"]),
            ("STRIDE", "信息泄露", ["Information Disclosure"]),
            ("LINDDUN", "信息泄露", ["Disclosure of Information"]),
            ("LINDDUN", "Non-repudiation / No-repudiación", ["Non-Repudiation"]),
            ("LINDDUN", "Disclosure of information كشف المعلومات", ["Disclosure of Information"]),
            ("CIA", "機密性", ["Confidentiality"]),
            ("CIA", "Доступность", ["Availability"]),
            ("PLOT4ai", "Доступность", ["Accessibility"]),
            ("CIADIE", "Efêmero", ["Ephemeral"]),
            ("PLOT4ai", "Technique and processes", ["Technique & Processes"]),
            ("PLOT4ai", "सुरक्षा", ["सुरक्षा"]),  # the word for Security and for Safety
            ("STRIDE", "Usurpation d\u2019identité", ["Spoofing"]),
            ("STRIDE", "Denial of Service (DoS)", ["Denial of Service"]),
            ("STRIDE", "Spoofing, Tampering", ["Spoofing", "Tampering"]),
            ("STRIDE", "Own, with a comma", ["Own, with a comma"]),
            ("", "Elevation of Privilege", ["Elevation of Privilege"]),
            ("EOP", "Cornucopia", ["Cornucopia"]),
        ],
    )
    def test_types_are_in_the_spelling_of_tmi(self, framework: str, given: str, expected: list[str]) -> None:
        found = threats_of(threat("T", type=given, modelType=framework), diagramType=framework or None)
        assert found["t"]["types"] == expected

    @pytest.mark.parametrize(
        "text",
        [
            "Provide a description for this threat",
            "Provide remediation for this threat or a reason if status is N/A",
            " Provide mitigation or prevention for this threat.\n",
            "为这种威胁提供缓解或预防措施",
            "Geben Sie eine Beschreibung dieser Bedrohung an",
        ],
    )
    def test_sentences_to_be_replaced_are_no_texts(self, text: str) -> None:
        found = threats_of(threat("T", description=text, mitigation=text))
        assert not {"description", "mitigation"} & set(found["t"])
        assert threats_of(threat("T", description=text + " Now."))["t"]["description"] == text + " Now."

    @pytest.mark.parametrize("status", ["NA", "N/A", "Not applicable", "NotApplicable"])
    def test_a_threat_that_does_not_apply(self, status: str) -> None:
        assert threats_of(threat("T", status=status))["t"]["status"] == "false_positive"

    def test_ids_of_a_rule_engine_are_left_out(self) -> None:
        given = threat("T", ruleId="3e3f2a1a-3f2a-4f2a-8f2a-3f2a1a3f2a1a", **{"$$hashKey": "object:7"})
        assert "metadata" not in threats_of(given)["t"]

    def test_keys_do_not_depend_on_the_order(self) -> None:
        holders = [cell("process", name, (0, 0, 90, 90), threats=[threat("Altered")]) for name in ("a", "b", "c")]
        found = [from_threat_dragon(model(*order)).model["threats"] for order in (holders, holders[::-1])]
        assert found[0] == found[1]
        assert set(found[0]) == {"altered_a", "altered_b", "altered_c"}


class TestModel:
    @pytest.mark.parametrize(
        ("diagrams", "framework"),
        [
            ([(None, "STRIDE"), (None, "STRIDE")], "STRIDE"),
            ([("", "LINDDUN"), ("LINDDUN", "")], "LINDDUN"),
            ([("CIA", ""), ("cia", "CIA")], "CIA"),
            ([("CIA", ""), ("", "")], None),
            ([("", "STRIDE"), ("", "CIA")], None),
            ([("STRIDE", "CIA")], "STRIDE"),
            ([("", ""), ("", None)], "STRIDE"),  # the type of the threats is one of STRIDE
        ],
    )
    def test_the_framework_is_that_of_the_threats_where_diagrams_have_none(self, diagrams: Any, framework: Any) -> None:
        data = model()
        data["detail"]["diagrams"] = [
            {
                "id": index,
                "title": "D%d" % index,
                "diagramType": kind,
                "cells": [cell("process", "a", (0, 0, 99, 99), threats=[threat("T", modelType=of_threat)])],
            }
            for index, (kind, of_threat) in enumerate(diagrams)
        ]
        found = from_threat_dragon(data).model
        assert found.get("framework") == framework
        if framework and (None, "STRIDE") in diagrams:
            assert "metadata" not in next(iter(found["threats"].values()))

    def test_contributors_may_be_texts(self) -> None:
        data = model()
        data["detail"]["contributors"] = ["Ana", {"name": "Ben"}, None, 7]
        assert from_threat_dragon(data).model["metadata"]["td_contributors"] == "Ana, Ben, 7"
        data["detail"]["contributors"] = "Ana"
        assert from_threat_dragon(data).model["metadata"]["td_contributors"] == "Ana"

    def test_the_release_of_the_model_is_its_version(self) -> None:
        found = from_threat_dragon({**model(), "release_version": "4.2", "released_at": "2026-01-31"})
        assert found.model["version"] == "4.2"
        assert found.model["metadata"]["td_released_at"] == "2026-01-31"
        assert found.lost == []

    def test_the_text_that_a_diagram_shows_without_a_description_is_none(self) -> None:
        for given in ("New STRIDE diagram description", "Neue Beschreibung"):
            found = from_threat_dragon(model(description=given, placeholder="Neue Beschreibung"))
            assert "description" not in found.model["diagrams"]["main_flow"]


class TestCells:
    def test_unnamed_cells_have_no_label(self) -> None:
        box = cell("trust-boundary-box", "b", (0, 0, 400, 300), name="")
        del box["data"]["name"], box["attrs"]
        curve = {"id": "c", "shape": "trust-boundary-curve", "source": {"x": 600, "y": 0}, "target": {"x": 600, "y": 9}}
        found = from_threat_dragon(model(box, {**curve, "data": {"type": "tm.Boundary", "name": ""}}))
        assert [entry["label"] for entry in cells(found, "boundaries").values()] == ["", ""]

    def test_ids_of_the_editor_are_left_out(self) -> None:
        box = cell("trust-boundary-box", "b", (0, 0, 900, 300), crossingFlows=["f"], containedElements=["shop"])
        flow = line("f", {"cell": "member"}, {"cell": "shop"}, data={"trustBoundaryIds": ["b"]})
        found = from_threat_dragon(model(MEMBER, SHOP, box, flow))
        assert "metadata" not in json.dumps(found.model["diagrams"])
        assert found.lost == []

    def test_lines_of_a_label_become_one(self) -> None:
        found = from_threat_dragon(model(cell("process", "p", (0, 0, 99, 99), name=" Background \r\n\n worker ")))
        assert [entry["label"] for entry in cells(found, "nodes").values()] == ["Background worker"]
        (row,) = found.lost
        assert (row["path"], row["value"]) == (CELLS + "[0].data.name", "Background \r\n\n worker")
        assert row["reason"] == "TMI takes one line here: written as Background worker"

    def test_a_long_description_is_cut_and_reported(self) -> None:
        text = "ü" * 600
        found = from_threat_dragon(model(cell("process", "p", (0, 0, 99, 99), description=text)))
        assert cells(found, "nodes")["p"]["metadata"] == {"description": "ü" * 512}
        assert [(row["path"], row["value"]) for row in found.lost] == [(CELLS + "[0].data.description", "ü" * 88)]

    def test_a_label_may_be_a_text_beside_the_data(self) -> None:
        flow = line("f", {"cell": "member"}, {"cell": "shop"}, labels=["Order"])
        flow["data"]["name"] = ""
        assert cells(from_threat_dragon(model(MEMBER, SHOP, flow)), "flows")["order"]["label"] == "Order"

    def test_waypoints_of_a_flow_are_kept(self) -> None:
        flow = line("f", {"cell": "member"}, {"cell": "shop"}, vertices=[{"x": 200, "y": -40}, {"x": 300.5, "y": 0}])
        found = from_threat_dragon(model(MEMBER, SHOP, flow))
        assert cells(found, "layout")["positions"]["f"] == [[200, -40], [300.5, 0]]
        assert found.lost == []

    def test_keys_keep_every_script_and_do_not_depend_on_the_order(self) -> None:
        named = {
            "1": "密钥库",
            "2": "网关",
            "3": "Ключ",
            "4": "🔑",
            "5": "Web",
            "3f2a0000-aaaa-4aaa-8aaa-000000000006": "Web",
        }
        drawn = [cell("process", given, (0, 0, 99, 99), name=name) for given, name in named.items()]
        found = cells(from_threat_dragon(model(*drawn)), "nodes")
        assert set(found) == {"密钥库", "网关", "ключ", "process", "web_5", "web_3f2a"}
        random.Random(7).shuffle(drawn)
        assert cells(from_threat_dragon(model(*drawn)), "nodes") == found


class TestIds:
    def test_a_cell_has_the_id_of_the_file_or_one_made_of_it(self) -> None:
        given = "3F2A0000-AAAA-4AAA-8AAA-000000000006"
        drawn = cell("process", given, (0, 0, 99, 99), name="A"), cell("process", "x", (200, 0, 99, 99), name="B")
        copy = cell("process", given, (0, 200, 99, 99), name="C")
        nodes = from_threat_dragon(model(*drawn, copy)).model["diagrams"]["main_flow"]["nodes"]
        assert nodes["a"]["id"] == given.lower()
        assert nodes["b"]["id"] == "7c634e9a-cd50-52b5-8e01-b714a69db53e"
        assert "id" not in nodes["c"]
        renamed = cell("process", "x", (200, 0, 99, 99), name="Z")
        again = from_threat_dragon(model(renamed, *drawn[:1])).model["diagrams"]["main_flow"]["nodes"]
        assert again["z"]["id"] == nodes["b"]["id"]

    def test_a_second_import_follows_what_changed(self) -> None:
        user, shop = cell("actor", "密钥库", (0, 0, 99, 99)), cell("process", "p", (400, 0, 99, 99), name="Shop")
        gone = cell("store", "s", (800, 0, 99, 99), name="Shop")
        order = line("f", {"cell": "密钥库"}, {"cell": "p"})
        first = planned(model(user, shop, gone, order))
        again = planned(model(gone, order, shop, user), first.cells)
        assert again.changes == ()
        added = cell("process", "n", (400, 400, 99, 99), name="密钥库")
        renamed = {**shop, "data": {**shop["data"], "name": "Front"}}
        placed = {**order, "data": {**order["data"], "name": "Placed"}}
        after = planned(model(added, renamed, user, placed), again.cells)
        assert sorted((change.action, change.cell.label) for change in after.changes if is_reported(change)) == [
            ("add", "密钥库"),
            ("remove", "Shop"),
            ("update", "Front"),
            ("update", "Placed"),
        ]

    def test_threats_and_diagrams_have_origins(self) -> None:
        threats = [threat("A", id="3f2a"), threat("B", id="1"), threat("C", id="1"), threat("D", id="")]
        found = from_threat_dragon(model(cell("process", "p", (0, 0, 99, 99), threats=threats))).model
        assert {key: entry.get("origin") for key, entry in found["threats"].items()} == {
            "a": "td:3f2a",
            "b": None,
            "c": None,
            "d": None,
        }
        assert found["diagrams"]["main_flow"]["origin"] == "td:0"


def planned(given: dict[str, Any], actual: Any = ()) -> CellPlan:
    """Return the plan for the only diagram of a file; cells that it lacks are removed."""
    found = compile_definition(document(from_threat_dragon(given).model, "here"))
    (wanted,) = (child.cells for child in found.children if child.cells is not None)
    return plan_cells(wanted, actual, "managed")


class TestVersionOne:
    actor = {
        "type": "tm.Actor",
        "id": "a",
        "z": 1,
        "position": {"x": 40, "y": 40},
        "size": {"width": 160, "height": 80},
    }
    actor.update(attrs={"text": {"text": "Member"}, ".element-shape": {"class": "x"}}, angle=0, hasOpenThreats=True)
    process = {"type": "tm.Process", "id": "p", "position": {"x": 400, "y": 30}, "size": {"width": 100, "height": 100}}
    process.update(attrs={"text": {"text": "Shop"}}, description="Sells", outOfScope=True, privilegeLevel="root")
    label = {"position": 0.5, "attrs": {"text": {"text": "Order", "font-size": "small"}}}
    flow: dict[str, Any] = {"type": "tm.Flow", "id": "f", "smooth": True, "source": {"id": "a"}, "target": {"id": "p"}}
    flow.update(labels=[label], size={"width": 10}, vertices=[{"x": 1, "y": 2}], protocol="HTTPS", isEncrypted=True)

    def test_cells_are_read_as_those_of_version_two(self) -> None:
        old_threat = {k: v for k, v in threat("Member spoofed", type="Information disclosure").items() if k != "id"}
        curve = {"type": "tm.Boundary", "id": "b", "z": 4, "source": {"x": 300, "y": 0}, "target": {"x": 300, "y": 200}}
        found = from_threat_dragon(old_model({**self.actor, "threats": [old_threat]}, self.process, self.flow, curve))
        assert without_ids(found.model) == {
            "tmi_definition": 1,
            "key": "shop",
            "name": "Shop",
            "framework": "STRIDE",
            "metadata": {"td_owner": "Ana", "td_contributors": "Bob"},
            "diagrams": {
                "main_flow": {
                    "name": "Main flow",
                    "nodes": {
                        "member": {"type": "actor", "label": "Member"},
                        "shop": {
                            "type": "process",
                            "label": "Shop",
                            "metadata": {"description": "Sells", "out_of_scope": "true", "privilege_level": "root"},
                        },
                    },
                    "boundaries": {"boundary": {"label": "", "metadata": {"td_shape": "curve"}}},
                    "flows": {
                        "order": {
                            "from": "member",
                            "to": "shop",
                            "label": "Order",
                            "metadata": {"protocol": "HTTPS", "is_encrypted": "true"},
                        }
                    },
                    "layout": {
                        "existing": "follow",
                        "positions": {
                            "member": {"x": 40, "y": 40, "width": 160, "height": 80},
                            "shop": {"x": 400, "y": 30, "width": 100, "height": 100},
                            "boundary": {"x": 300, "y": 0, "width": 40, "height": 200},
                            "order": [[1, 2]],
                        },
                    },
                }
            },
            "threats": {
                "member_spoofed": {
                    "name": "Member spoofed",
                    "at": "main_flow/member",
                    "types": ["Information Disclosure"],
                    "severity": "high",
                    "status": "open",
                }
            },
        }
        assert [row["path"] for row in found.lost] == ["$.detail.diagrams[0].diagramJson.cells[3]"]

    def test_open_ends_and_unknown_shapes(self) -> None:
        near = {**self.flow, "source": {"x": 190, "y": 60}}
        found = from_threat_dragon(old_model(self.actor, self.process, near, {"type": "tm.Star", "id": "s"}))
        assert cells(found, "flows")["order"]["from"] == "member"
        cells_at = "$.detail.diagrams[0].diagramJson.cells"
        assert [row["path"] for row in found.lost] == [cells_at + "[2].source", cells_at + "[3]"]

    def test_a_blank_diagram_has_no_cells(self) -> None:
        data = old_model()
        del data["detail"]["diagrams"][0]["diagramJson"]
        found = without_ids(from_threat_dragon({**data, "version": "1.6.1"}).model)
        assert found["diagrams"] == {"main_flow": {"name": "Main flow"}}


class TestBadInput:
    text = json.dumps(model(MEMBER, SHOP))

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            (text[:-40], "Threat Dragon: is not JSON: "),
            (text[: len(text) // 2], "Threat Dragon: is not JSON: "),
            (text.encode("utf-16-le"), "Threat Dragon: is not text: it may have another encoding than UTF-8"),
            ("", "Threat Dragon: "),
            ("[]", "Threat Dragon: must be the text of a file or a map, not list"),
            ("x" * (20 * 1024 * 1024), "Threat Dragon: has 20971520 characters; at most 8388608 are read"),
            (json.dumps({**model(), "version": "3.1"}), "$.version: was saved by Threat Dragon 3.1; only versions"),
            (json.dumps({**model(), "version": "12"}), "$.version: was saved by Threat Dragon 12; only versions"),
            ({**model(), "detail": []}, "$.detail: must be a map, not list"),
            (model(MEMBER, "x"), "$.detail.diagrams[0].cells[1]: must be a map, not text"),  # type: ignore[arg-type]
            (
                {**old_model(), "detail": {"diagrams": [{"diagramJson": {"cells": {}}}]}},
                "$.detail.diagrams[0].diagramJson.cells: must be a list, not map",
            ),
        ],
        ids=lambda value: str(value)[:20],
    )
    def test_one_sentence_with_the_place(self, source: Any, message: str) -> None:
        with pytest.raises(InputError) as caught:
            from_threat_dragon(source)
        assert str(caught.value).startswith(message)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300

    def test_marks_of_the_order_of_bytes_do_no_harm(self) -> None:
        assert from_threat_dragon("\ufeff" + self.text).model == from_threat_dragon(self.text).model
        assert from_threat_dragon(self.text.encode("utf-8-sig")).model == from_threat_dragon(self.text).model
