# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading and writing Open Threat Model: the conversion of each field, and reported losses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import from_otm
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write import to_otm
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.otm_schema import problems

ZONE = "0b1a2c3d-0000-4000-8000-000000000001"


def shop(**more: Any) -> dict[str, Any]:
    """A shop: a browser in the internet, a service and its database in a data centre."""
    return {
        "otmVersion": "0.2.0",
        "project": {"name": "Shop", "id": "shop"},
        "representations": [
            {"name": "Data flow", "id": "flow", "type": "diagram", "size": {"width": 900, "height": 600}}
        ],
        "trustZones": [
            {"id": ZONE, "name": "Internet", "type": "public", "risk": {"trustRating": 10}},
            {
                "id": "dc",
                "name": "Data centre",
                "risk": {"trustRating": 75.5},
                "representations": [drawn("flow", 300, 100, 500, 400)],
            },
        ],
        "components": [
            {"id": "browser", "name": "Browser", "type": "web-client", "parent": {"trustZone": ZONE}},
            {
                "id": "api",
                "name": "Shop API",
                "type": "web-service",
                "parent": {"trustZone": "dc"},
                "representations": [drawn("flow", 20, 30, 140, 60)],
            },
            {"id": "db", "name": "Orders", "type": "PostgreSQL-DB", "parent": {"trustZone": "dc"}},
        ],
        "dataflows": [
            {"id": "order", "name": "Order", "source": "browser", "destination": "api", "bidirectional": True}
        ],
        **more,
    }


def drawn(where: str, x: float, y: float, width: float, height: float) -> dict[str, Any]:
    size = {"width": width, "height": height}
    return {"representation": where, "id": "box", "position": {"x": x, "y": y}, "size": size}


def diagram(otm: dict[str, Any], key: str = "flow", **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = from_otm(otm, **options).model["diagrams"][key]
    return found


def lost(otm: dict[str, Any]) -> dict[str, str]:
    return {entry["path"]: entry["reason"] for entry in from_otm(otm).lost}


class TestStructure:
    def test_zones_components_and_flows(self) -> None:
        assert from_otm(shop()).lost == []
        found = diagram(shop())
        assert found["boundaries"] == {
            "internet": {
                "id": ZONE,
                "label": "Internet",
                "metadata": {"otm_id": ZONE, "otm_type": "public", "otm_trust_rating": "10"},
            },
            "dc": {"label": "Data centre", "metadata": {"otm_trust_rating": "75.5"}},
        }
        assert {key: (node["type"], node["in"]) for key, node in found["nodes"].items()} == {
            "browser": ("actor", "internet"),
            "api": ("process", "dc"),
            "db": ("store", "dc"),
        }
        assert found["flows"] == {"order": {"from": "browser", "to": "api", "label": "Order", "bidirectional": True}}
        assert found["metadata"] == {"otm_size": "900x600"}

    def test_places_are_relative_in_otm_and_absolute_on_tmi(self) -> None:
        assert diagram(shop())["layout"]["positions"] == {
            "dc": {"x": 300, "y": 100, "width": 500, "height": 400},
            "api": {"x": 320, "y": 130, "width": 140, "height": 60},
        }

    def test_shapes_given_come_before_the_table(self) -> None:
        found = diagram(shop(), shapes={"WEB-service": "store", "web-client": "process"})
        assert [node["type"] for node in found["nodes"].values()] == ["process", "store", "store"]

    def test_a_component_that_contains_others_is_a_boundary(self) -> None:
        otm = shop()
        otm["components"].append({"id": "pod", "name": "Pod", "type": "pod", "parent": {"trustZone": "dc"}})
        otm["components"][2]["parent"] = {"component": "pod"}
        found = diagram(otm)
        assert found["boundaries"]["pod"] == {
            "label": "Pod",
            "in": "dc",
            "metadata": {"otm_kind": "component", "otm_type": "pod"},
        }
        assert found["nodes"]["db"]["in"] == "pod"
        assert to_otm(from_otm(otm).model).model["components"][0]["type"] == "pod"

    def test_a_component_that_contains_others_and_has_flows_stays_a_node(self) -> None:
        otm = shop()
        otm["components"][2]["parent"] = {"component": "api"}
        node = diagram(otm)["nodes"]["db"]
        assert (node["in"], node["metadata"]["otm_parent"]) == ("dc", "api")
        assert to_otm(from_otm(otm).model).model["components"][2]["parent"] == {"component": "api"}

    def test_two_representations_are_two_diagrams(self) -> None:
        otm = shop()
        otm["representations"].append({"name": "Data flow", "id": ZONE, "type": "diagram"})
        for number in (0, 1):
            otm["components"][number]["representations"] = [drawn("flow", 0, 0, 100, 60), drawn(ZONE, 9, 9, 100, 60)]
        found = from_otm(otm)
        assert list(found.model["diagrams"]) == ["flow", "data_flow"]
        second = found.model["diagrams"]["data_flow"]
        assert second["name"] == "Data flow (2)"
        assert (list(second["boundaries"]), list(second["nodes"])) == (["internet", "dc"], ["browser", "api"])
        assert list(second["flows"]) == ["order"]
        assert [entry["path"] for entry in found.lost] == ["$.representations[1].name"]

    def test_a_ring_of_zones_is_cut(self) -> None:
        otm = shop()
        otm["trustZones"][0]["parent"], otm["trustZones"][1]["parent"] = {"trustZone": "dc"}, {"trustZone": ZONE}
        assert lost(otm) == {"$.trustZones[0].parent": "is inside itself, or too deep"}

    def test_code_is_a_repository_and_a_place_in_it_metadata(self) -> None:
        otm = shop()
        otm["representations"].append(
            {"name": "Code", "id": "code", "type": "code", "repository": {"url": "https://git.example.com/shop"}}
        )
        place = {"representation": "code", "id": "x", "file": "api.py", "line": 7, "codeSnippet": "def api()"}
        otm["components"][1]["representations"].append(place)
        found = from_otm(otm)
        assert found.model["repositories"] == {
            "code": {"name": "Code", "uri": "https://git.example.com/shop", "origin": "otm:code"}
        }
        assert found.model["diagrams"]["flow"]["nodes"]["api"]["metadata"]["otm_code"] == "api.py:7"
        assert [entry["path"] for entry in found.lost] == ["$.components[1].representations[1].codeSnippet"]

    def test_a_flow_without_an_end_is_lost_but_its_threats_are_not(self) -> None:
        otm = shop(threats=[{"id": "t", "name": "Loss", "risk": {"likelihood": 50, "impact": 50}}])
        otm["dataflows"][0].update(destination="gone", threats=[{"threat": "t", "state": "exposed"}])
        found = from_otm(otm)
        assert [entry["path"] for entry in found.lost] == ["$.dataflows[0]"]
        assert found.model["threats"]["t"]["at"] == "flow"


class TestTexts:
    def test_names_that_the_server_refuses_are_written_otherwise_and_reported(self) -> None:
        otm = shop(threats=[{"id": "t", "name": '"A" -> <B> & C\'s', "risk": {"likelihood": 1, "impact": 1}}])
        found = from_otm(otm)
        assert found.model["threats"]["t"]["name"] == "\u201dA\u201d → ‹B› + C\u2019s"
        assert [entry["path"] for entry in found.lost] == ["$.threats[0].name"]

    def test_markup_is_taken_away_and_long_texts_are_cut(self) -> None:
        risk = {"likelihood": 1, "impact": 1}
        otm = shop(threats=[{"id": "t", "name": "T", "description": "<p>a &lt; b</p>" + "x" * 2050, "risk": risk}])
        found = from_otm(otm)
        assert found.model["threats"]["t"]["description"] == "a ‹ b" + "x" * 2043
        assert found.lost[1]["value"] == "x" * 7

    def test_templates_are_no_templates(self) -> None:
        otm = shop()
        otm["project"]["description"] = "{{ 6 * 7 }}"
        assert from_otm(otm).model["description"] == "\uff5b\uff5b 6 * 7 \uff5d\uff5d"

    def test_attributes_and_tags_are_metadata(self) -> None:
        otm = shop()
        otm["project"].update(
            owner="Ana",
            ownerContact="ana@example.com",
            tags=["a", "b"],
            attributes={
                "cmdb id": 7,
                "status": "live",
                "ansible_x": True,
                "map": {"a": [1]},
                "long": "ä" * 600,
                "none": None,
            },
        )
        found = from_otm(otm)
        assert found.model["metadata"] == {
            "otm_owner": "Ana",
            "otm_owner_contact": "ana@example.com",
            "tags": "a, b",
            "cmdb_id": "7",
            "x_status": "live",
            "x_ansible_x": "true",
            "map": '{"a": [1]}',
            "otm_names": '{"cmdb_id": "cmdb id", "x_ansible_x": "ansible_x", "x_status": "status"}',
        }
        assert "owner" not in found.model
        assert [entry["path"].rpartition(".")[2] for entry in found.lost] == ["cmdb id", "status", "ansible_x", "long"]


class TestThreats:
    LIBRARY = [
        {
            "id": "sqli",
            "name": "SQL injection",
            "categories": ["Tampering"],
            "cwes": ["CWE-89", "564", "OWASP"],
            "risk": {"likelihood": 50, "impact": 85, "impactComment": "All orders"},
        }
    ]
    MITIGATIONS = [
        {"id": "m1", "name": "Bind parameters", "description": "In all queries", "riskReduction": 80},
        {"id": "m2", "name": "Filter", "riskReduction": 10},
        {"id": "m3", "name": "Unused", "riskReduction": 10},
    ]

    def otm(self, state: str = "exposed", *controls: str) -> dict[str, Any]:
        otm = shop(threats=self.LIBRARY, mitigations=self.MITIGATIONS)
        used = [{"mitigation": "m%d" % (n + 1), "state": control} for n, control in enumerate(controls)]
        otm["components"][1]["threats"] = [{"threat": "sqli", "state": state, "mitigations": used}]
        return otm

    def test_a_threat_of_the_list_at_its_component(self) -> None:
        found = from_otm(self.otm("exposed", "implemented", "recommended"))
        assert found.model["threats"] == {
            "sqli": {
                "name": "SQL injection",
                "at": "flow/api",
                "origin": "otm:sqli",
                "types": ["Tampering"],
                "cwe": ["CWE-89", "CWE-564"],
                "likelihood": "medium",
                "impact": "very_high",
                "score": 4.2,
                "severity": "medium",
                "status": "open",
                "mitigation": "- [x] Bind parameters\n  In all queries\n- [ ] Filter (recommended)",
                "metadata": {"otm_impact": "85", "otm_impact_comment": "All orders", "otm_risk_reduction": "80, 10"},
            }
        }
        assert lost(self.otm("exposed", "implemented", "recommended")) == {
            "$.threats[0].cwes": "is not a CWE id such as CWE-79",
            "$.mitigations[2]": "no threat names this mitigation",
        }

    @pytest.mark.parametrize(
        ("state", "controls", "status", "mitigated"),
        [
            ("mitigated", [], "resolved", True),
            ("exposed", ["implemented"], "open", True),
            ("exposed", ["implemented", "required"], "open", None),
            ("Partly-Mitigated", [], "mitigation_in_progress", None),
            ("not-applicable", [], "false_positive", None),
            ("Being watched", [], "being_watched", None),
        ],
    )
    def test_states(self, state: str, controls: list[str], status: str, mitigated: bool | None) -> None:
        threat = from_otm(self.otm(state, *controls)).model["threats"]["sqli"]
        assert (threat["status"], threat.get("mitigated")) == (status, mitigated)

    @pytest.mark.parametrize(
        ("likelihood", "impact", "severity", "words"),
        [
            (100, 95, "critical", ("very_high", "very_high")),
            (80, 90, "high", ("very_high", "very_high")),
            (78, 50, "low", ("high", "medium")),
            (20, 1, "none", ("low", "very_low")),
            (0, 100, "none", ("very_low", "very_high")),
            (None, 100, None, (None, "very_high")),
            (120, 39, None, (None, "low")),
        ],
    )
    def test_risk(
        self, likelihood: Any, impact: Any, severity: str | None, words: tuple[str | None, str | None]
    ) -> None:
        otm = shop(threats=[{"id": "t", "name": "T", "risk": {"likelihood": likelihood, "impact": impact}}])
        threat = from_otm(otm).model["threats"]["t"]
        assert (threat.get("likelihood"), threat.get("impact")) == words
        assert threat.get("severity") == severity

    def test_a_threat_at_two_places_is_two_threats(self) -> None:
        otm = self.otm()
        otm["dataflows"][0]["threats"] = [{"threat": "sqli", "state": "accepted"}]
        threats = from_otm(otm).model["threats"]
        assert {key: (threat["at"], threat["status"]) for key, threat in threats.items()} == {
            "sqli_api": ("flow/api", "open"),
            "sqli_order": ("flow/order", "accepted"),
        }

    def test_descriptions_of_mitigations_go_before_mitigations_do(self) -> None:
        otm = self.otm("exposed", "implemented", "required")
        otm["mitigations"] = [{**self.MITIGATIONS[0], "description": "x" * 1020}, self.MITIGATIONS[1]]
        found = from_otm(otm)
        assert found.model["threats"]["sqli"]["mitigation"] == "- [x] Bind parameters\n- [ ] Filter"
        assert {"path", "value", "reason"} == set(found.lost[-1])
        assert found.lost[-1]["value"] == "x" * 1020


class TestAssets:
    def test_assets_and_where_they_are(self) -> None:
        risk = {"confidentiality": 100, "integrity": 50, "availability": 0, "comment": "PCI"}
        otm = shop(assets=[{"id": "cards", "name": "Cards", "risk": risk}, {"id": ZONE, "name": "Keys", "risk": risk}])
        otm["components"][1]["assets"] = {"processed": ["cards", ZONE, "gone"], "stored": [ZONE]}
        otm["dataflows"][0]["assets"] = ["cards"]
        found = from_otm(otm)
        assert list(found.model["assets"]) == ["cards", "keys"]
        assert found.model["assets"]["cards"]["metadata"] == {
            "otm_confidentiality": "100",
            "otm_integrity": "50",
            "otm_availability": "0",
            "otm_comment": "PCI",
        }
        node = found.model["diagrams"]["flow"]["nodes"]["api"]
        assert node["assets"] == ["cards", "keys"]
        assert (node["metadata"]["otm_stored"], node["metadata"]["otm_processed"]) == ("keys", "keys")
        assert found.model["diagrams"]["flow"]["flows"]["order"]["assets"] == ["cards"]
        assert [entry["value"] for entry in found.lost] == ["gone"]


class TestRefused:
    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("[1]", "OTM: must be the text of a file or a map, not list"),
            ("{", "OTM: is not JSON: "),
            ("a: b: c", "OTM: is not YAML: "),
            ('{"a": NaN}', "OTM: is not JSON: NaN is not a number"),
            ({"project": {}}, "OTM: is not an Open Threat Model: it has no otmVersion"),
            (
                {"otmVersion": "1.0", "project": {"name": "x"}},
                "$.otmVersion: only versions 0.1 and 0.2 are known, not 1.0",
            ),
            ({"otmVersion": "0.2.0"}, "$.project: needs a name"),
            ({"otmVersion": "0.2.0", "project": []}, "$.project: must be a map, not list"),
            (shop(components={}), "$.components: must be a list, not map"),
            (shop(threats=["t"]), "$.threats[0]: must be a map, not text"),
            (
                shop(trustZones=[{"id": "a", "name": "a", "attributes": "b"}]),
                "$.trustZones[0].attributes: must be a map",
            ),
        ],
    )
    def test_with_the_place_and_what_is_wrong(self, source: Any, message: str) -> None:
        with pytest.raises(InputError) as caught:
            from_otm(source)
        assert str(caught.value).startswith(message)

    def test_a_definition_that_does_not_compile(self) -> None:
        with pytest.raises(InputError, match=r"definition diagrams\.main\.flows\.f\.to: unknown node b"):
            to_otm(
                {
                    "tmi_definition": 1,
                    "name": "x",
                    "diagrams": {"main": {"flows": {"f": {"from": "a", "to": "b"}}, "nodes": {"a": {}}}},
                }
            )


class TestWritten:
    def test_what_is_not_in_a_definition_is_named_as_made_up(self) -> None:
        threat = {"name": "T", "at": "main/api", "severity": "high"}
        nodes = {"api": {"type": "process", "label": "API"}}
        found = to_otm(
            {"tmi_definition": 1, "name": "Shop", "diagrams": {"main": {"nodes": nodes}}, "threats": {"t": threat}}
        )
        assert problems(found.model) == []
        assert found.model["trustZones"] == [
            {
                "id": "tmi-outside",
                "name": "Outside of all boundaries",
                "risk": {"trustRating": 0},
                "representations": [],
                "attributes": {"tmi_placeholder": "zone"},
            }
        ]
        assert found.model["threats"][0]["risk"] == {"likelihood": 90, "impact": 85}
        assert found.model["threats"][0]["attributes"]["tmi_placeholder"] == "likelihood, impact, score, status"
        assert found.model["components"][0]["threats"] == [{"threat": "t", "state": "exposed"}]

    def test_people_and_ids_of_a_server_stay_behind(self) -> None:
        access = [{"user": "rob@example.com", "role": "reader"}]
        found = to_otm(
            {"tmi_definition": 1, "name": "Shop", "owner": "ana@example.com", "access": access, "was": "Old"}
        )
        assert found.model["project"]["ownerContact"] == "ana@example.com"
        assert [entry["path"] for entry in found.lost] == ["$.authorization", "$.was"]
        assert "reader" not in json.dumps(found.model)

    def test_a_file_cannot_give_a_role_to_anybody(self) -> None:
        otm = shop()
        otm["project"]["attributes"] = {"tmi_authorization": '[{"user": "eve@example.com", "role": "owner"}]'}
        found = from_otm(otm)
        assert "eve" not in json.dumps(found.model)
        assert [entry["path"] for entry in found.lost] == ["$.project.attributes.tmi_authorization"]

    def test_attributes_of_ours_that_do_not_fit_are_lost(self) -> None:
        otm = shop(threats=[{"id": "t", "name": "T", "risk": {"impact": 1}, "attributes": {"tmi_severity": "grave"}}])
        otm["components"][0]["attributes"] = {"tmi_cell": '{"icon": "x", "width": 1}'}
        otm["project"]["attributes"] = {"tmi_notes": '{"n": {"content": "x"}, "m": {"text": "x"}}'}
        found = from_otm(otm)
        assert list(found.model["notes"]) == ["n"]
        assert {entry["path"] for entry in found.lost} == {
            "$.threats[0].attributes.tmi_severity",
            "$.components[0].attributes.tmi_cell",
            "$.project.attributes.tmi_notes.m",
        }
