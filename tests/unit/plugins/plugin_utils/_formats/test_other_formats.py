# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading models of the Microsoft Threat Modeling Tool, of Threagile and of Threat Composer."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.tmi.tmi.plugins.filter.tmi_from_threagile import tmi_from_threagile
from ansible_collections.tmi.tmi.plugins.filter.tmi_from_threat_composer import tmi_from_threat_composer
from ansible_collections.tmi.tmi.plugins.filter.tmi_from_tmt import tmi_from_tmt
from ansible_collections.tmi.tmi.plugins.filter.tmi_import import tmi_import
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.boxes import Box, containers
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Conversion
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import from_otm
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threagile.read import from_threagile
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_composer.read import from_threat_composer
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.tmt.read import from_tmt
from ansible_collections.tmi.tmi.tests.unit.conftest import ROOT

FILES = ROOT / "tests" / "integration" / "targets" / "filter_formats" / "files"
TM7 = (FILES / "bakery.tm7").read_text("utf-8")
THREAGILE = (FILES / "clinic.threagile.yml").read_text("utf-8")
COMPOSER = (FILES / "parking.tc.json").read_text("utf-8")
ALL = [
    pytest.param(from_tmt, TM7, id="tmt"),
    pytest.param(from_threagile, THREAGILE, id="threagile"),
    pytest.param(from_threat_composer, COMPOSER, id="threat_composer"),
    pytest.param(from_otm, (FILES / "library.otm.yml").read_text("utf-8"), id="otm"),
    pytest.param(from_threat_dragon, (FILES / "kiosk.json").read_text("utf-8"), id="threat_dragon"),
]
Read = Callable[[Any], Conversion]


def id_of(number: int) -> str:
    return "b0000000-0000-4000-8000-%012d" % number


class TestThreatModelingTool:
    def test_the_model_and_its_notes(self) -> None:
        found = from_tmt(TM7, "not needed").model
        assert {name: found[name] for name in ("key", "name", "framework", "description", "metadata")} == {
            "key": "bakery",
            "name": "Bakery",
            "framework": "STRIDE",
            "description": "Bread is ordered on the web.",
            "metadata": {"tmt_owner": "Ana", "tmt_contributors": "Rob"},
        }
        assert found["notes"] == {
            "assumptions": {"name": "Assumptions", "content": "Payments are made elsewhere."},
            "notes": {"name": "Notes", "content": "- Ask the shop about refunds. (Ana, 2026-01-02)"},
        }

    def test_elements_flows_and_boundaries(self) -> None:
        drawn = from_tmt(TM7).model["diagrams"]["ordering"]
        assert drawn["nodes"] == {
            "customer": {
                "type": "actor",
                "id": id_of(1),
                "label": "Customer",
                "metadata": {"tmt_type": "Browser", "out_of_scope": "true", "reason_for_out_of_scope": "Not ours"},
            },
            "order_desk": {
                "in": "bakery",
                "type": "process",
                "id": id_of(2),
                "label": "Order desk",
                "metadata": {"tmt_type": "Web Server", "running_as": "Local User"},
            },
            "orders": {
                "in": "bakery",
                "type": "store",
                "id": id_of(3),
                "label": "Orders",
                "metadata": {"tmt_type": "SQL Database"},
            },
        }
        assert list(drawn["boundaries"]) == ["bakery", "internet_edge"]
        assert drawn["boundaries"]["internet_edge"]["metadata"] == {"tmt_shape": "line"}
        ends = {key: (flow["from"], flow["to"], flow["id"]) for key, flow in drawn["flows"].items()}
        assert ends == {
            "order": ("customer", "order_desk", id_of(5)),
            "store_order": ("order_desk", "orders", id_of(6)),
        }
        assert drawn["layout"]["positions"]["bakery"] == {"x": 300, "y": 60, "width": 460, "height": 300}
        assert drawn["layout"]["positions"]["internet_edge"] == {"x": 200, "y": 60, "width": 60, "height": 300}

    def test_threats_are_at_their_flows(self) -> None:
        assert from_tmt(TM7).model["threats"] == {
            "threat_7": {
                "name": "Orders are read on the way",
                "at": "ordering/order",
                "description": "Somebody listens in the network.",
                "mitigation": "Encrypt the connection.",
                "types": ["Information Disclosure"],
                "priority": "high",
                "status": "resolved",
                "mitigated": True,
                "origin": "tmt:7",
                "metadata": {"tmt_id": "7", "tmt_justification": "TLS since January.", "tmt_sdl_phase": "Design"},
            },
            "threat_8": {
                "name": "Orders are changed",
                "at": "ordering/orders",
                "types": ["Tampering"],
                "priority": "medium",
                "status": "open",
                "origin": "tmt:8",
                "metadata": {"tmt_state": "NeedsInvestigation", "tmt_id": "8"},
            },
        }

    def test_losses(self) -> None:
        assert [(entry["path"], entry["reason"][:40]) for entry in from_tmt(TM7).lost] == [
            ("$.DrawingSurfaceList[0].Lines[2]", "TMI has no boundaries that are lines: it"),
            ("$.DrawingSurfaceList[0].Lines[1].TargetGuid", "end tied to the node it lies on: orders"),
            ("$.ThreatInstances[1].FlowGuid", "no such flow: it is at orders"),
        ]

    def test_an_open_flow_is_lost_with_all_that_it_has(self) -> None:
        found = from_tmt(TM7.replace("<x:TargetX>590", "<x:TargetX>950"))
        lost = next(entry for entry in found.lost if "open end" in entry["reason"])
        assert (lost["path"], lost["value"]["name"]) == ("$.DrawingSurfaceList[0].Lines[1]", "Store order")
        assert list(found.model["diagrams"]["ordering"]["flows"]) == ["order"]

    def test_the_name_of_a_model_without_one(self) -> None:
        text = TM7.replace("<ThreatModelName>Bakery", "<ThreatModelName>")
        assert (from_tmt(text, "Shop").model["name"], from_tmt(text).model["name"]) == ("Shop", "Ordering")

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "TMT: is not XML: no element found: line 1, column 0"),
            (TM7[:5000], "TMT: is not XML: no element found: line "),
            ("PK\x03\x04", "TMT: is not XML: not well-formed (invalid token): line 1, column 2"),
            ("<KnowledgeBase/>", "TMT: is a template of the Threat Modeling Tool (.tb7), and not a model (.tm7)"),
            ("<svg/>", "TMT: is not a model of the Threat Modeling Tool: it has no DrawingSurfaceList"),
            (TM7.replace("4.3<", "7.0<"), "$.Version: only versions up to 4 are known, not 7.0"),
            ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "TMT: has a document type, which is not read"),
            ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "TMT: has a document type, which is not read"),
            ("<a>" * 60 + "</a>" * 60, "TMT: is nested deeper than 48 levels"),
            ("\x00<a/>", "TMT: is not text: it may have another encoding than UTF-8"),
            (b"\xff\xfe<\x00a", "TMT: is not UTF-16 text: save it as UTF-8 (truncated data)"),
            ({}, "TMT: must be the text of a file, not map"),
        ],
    )
    def test_refused(self, text: Any, message: str) -> None:
        with pytest.raises(InputError) as caught:
            from_tmt(text)
        assert str(caught.value).startswith(message)

    def test_the_declared_encoding_of_decoded_text_is_no_matter(self) -> None:
        for encoding in ("utf-16", "windows-1252"):
            text = '\ufeff<?xml version="1.0" encoding="%s"?>' % encoding + TM7.replace("Bakery", "Bäckerei")
            assert from_tmt(text).model["name"] == "Bäckerei"
        assert from_tmt(TM7.encode("utf-16")).model == from_tmt(TM7).model


class TestThreagile:
    def test_the_model_its_assets_and_notes(self) -> None:
        found = from_threagile(THREAGILE)
        assert [entry["reason"] for entry in found.lost] == [
            "TMI takes no < > in metadata: written as sql-nosql-injection@portal@archive@portal›look-up"
        ]
        assert found.model["metadata"] == {
            "threagile_author": "Ana",
            "threagile_author_homepage": "clinic.example.com",
            "threagile_date": "2026-01-02",
            "threagile_business_criticality": "important",
        }
        assert found.model["assets"]["findings"]["sensitivity"] == "strictly-confidential"
        assert found.model["assets"]["findings"]["metadata"]["threagile_integrity"] == "critical"
        contents = {key: note["content"] for key, note in found.model["notes"].items()}
        assert contents == {
            "technical_overview": "One portal in front of one archive.",
            "questions": "- Who runs the archive?\n- Are findings encrypted?: Yes",
            "abuse_cases": "- Theft: Findings are sold.",
            "security_requirements": "- Two factors: Doctors use a card.",
        }

    def test_the_diagram(self) -> None:
        drawn = from_threagile(THREAGILE).model["diagrams"]["main"]
        assert drawn["nodes"] == {
            "browser": {
                "type": "actor",
                "label": "Patient browser",
                "assets": ["findings"],
                "metadata": {
                    "description": "Browser of a patient",
                    "threagile_internet": "true",
                    "threagile_machine": "physical",
                },
            },
            "portal": {
                "in": "network",
                "type": "process",
                "label": "Portal",
                "assets": ["findings"],
                "metadata": {
                    "tags": "linux",
                    "threagile_technology": "web-application",
                    "threagile_runtime": "Virtual machines",
                },
            },
            "archive": {
                "in": "vault",
                "type": "store",
                "label": "Archive",
                "assets": ["findings"],
                "metadata": {
                    "threagile_technology": "database",
                    "threagile_stored": "findings",
                    "threagile_runtime": "Virtual machines",
                },
            },
        }
        assert drawn["boundaries"]["vault"]["in"] == "network"
        flow = drawn["flows"]["browser_read_findings"]
        assert (flow["from"], flow["to"], flow["assets"]) == ("browser", "portal", ["findings"])
        assert flow["metadata"]["threagile_received"] == "findings"

    def test_risks_and_their_states(self) -> None:
        threats = from_threagile(THREAGILE).model["threats"]
        staff = threats["curious_staff_archive"]
        assert {name: staff[name] for name in staff if name != "metadata"} == {
            "name": "Curious staff at Archive",
            "at": "main/archive",
            "asset": "findings",
            "description": "Staff read findings of people they know.",
            "mitigation": "Log every access and review the log.",
            "types": ["Information Disclosure"],
            "cwe": ["CWE-284"],
            "severity": "high",
            "likelihood": "very_likely",
            "impact": "high",
            "status": "mitigation_in_progress",
            "origin": "threagile:curious-staff@archive",
        }
        assert staff["metadata"]["threagile_severity"] == "elevated"
        assert staff["metadata"]["threagile_justification"] == "The review starts in May."
        accepted = threats["sql_nosql_injection_portal_archive_porta"]
        assert {name: accepted[name] for name in accepted if name != "metadata"} == {
            "name": "Sql nosql injection",
            "at": "main/portal",
            "status": "accepted",
            "accepted_by": "Ana",
            "accepted_reason": "The library binds all parameters.",
            "origin": "threagile:sql-nosql-injection@portal@archive@portal›look-up",
        }
        assert (threats["missing_hardening"]["status"], threats["missing_hardening"]["mitigated"]) == ("resolved", True)

    def test_lists_of_newer_files_are_the_same(self) -> None:
        data = yaml.safe_load(THREAGILE)
        for section in ("technical_assets", "trust_boundaries", "data_assets", "individual_risk_categories"):
            data[section] = [{"title": title, **entry} for title, entry in data[section].items()]
        data["custom_risk_categories"] = data.pop("individual_risk_categories")
        assert from_threagile(json.dumps(data, default=str)).model == from_threagile(yaml.safe_load(THREAGILE)).model

    def test_what_does_not_fit_is_lost(self) -> None:
        data = yaml.safe_load(THREAGILE)
        data["trust_boundaries"]["Vault"]["trust_boundaries_nested"] = ["network", "gone"]
        data["technical_assets"]["Portal"]["communication_links"]["Look up"]["target"] = "nowhere"
        data["technical_assets"]["Portal"]["data_assets_stored"] = "letters"
        data.update(includes=["more.yaml"], hobby=1, diagram_tweak_nodesep=2)
        data["risk_tracking"] = {}
        found = {entry["path"]: entry["reason"] for entry in from_threagile(data).lost}
        assert found == {
            "$.hobby": "this field is not known here",
            "$.includes": "filters read no other files: merge them before",
            "$.technical_assets.Portal.data_assets_stored": "there is no data asset of this id",
            "$.technical_assets.Portal.communication_links.Look up": "there is no technical asset of this target",
            "$.trust_boundaries.Vault.trust_boundaries_nested": "there is no such element",
        }

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("a: 1", "Threagile: is not a Threagile model: it has neither threagile_version nor technical_assets"),
            ("threagile_version: 3.0.0\ntitle: x", "$.threagile_version: only versions 0 and 1 are known, not 3.0.0"),
            ("threagile_version: 1.0.0", "$: needs a title"),
            (
                "threagile_version: 1.0.0\ntitle: x\ntechnical_assets: x",
                "$.technical_assets: must be a map, not text",
            ),
            (
                "threagile_version: 1.0.0\ntitle: x\ntechnical_assets: {a: 1}",
                "$.technical_assets.a: must be a map, not number",
            ),
        ],
    )
    def test_refused(self, source: str, message: str) -> None:
        with pytest.raises(InputError) as caught:
            from_threagile(source)
        assert str(caught.value).startswith(message)


class TestThreatComposer:
    def test_threats_with_their_mitigations(self) -> None:
        found = from_threat_composer(COMPOSER)
        assert found.lost == []
        threat = found.model["threats"]["threat_3"]
        assert {name: threat[name] for name in threat if name != "metadata"} == {
            "name": "Driver can change its date",
            "types": ["Tampering", "Elevation of Privilege"],
            "priority": "high",
            "description": "A driver with an old ticket can change its date, which leads to free parking, "
            "resulting in reduced integrity of tickets\n\nSeen twice.",
            "status": "open",
            "controls": [
                {"name": "Sign each ticket", "implemented": True},
                {"name": "Limit attempts", "implemented": False},
            ],
            "origin": "tc:c0000000-0000-4000-8000-000000000004",
        }
        assert threat["metadata"]["tc_impacted_assets"] == "tickets"
        assert found.model["threats"]["threat_4"]["status"] == "false_positive"

    def test_texts_are_notes(self) -> None:
        found = from_threat_composer(COMPOSER).model
        assert (found["key"], found["description"]) == ("parking", "Drivers pay by *phone*.")
        assert found["notes"]["architecture"]["content"] == "One service, one database."
        assert found["notes"]["assumptions"]["content"] == (
            "- A-1: Phones are locked.\n  - Tags: phone\n  - For: T-3\n  - Comments: Most are."
        )
        assert found["notes"]["mitigations"]["content"].splitlines()[0] == "- M-1: Sign each ticket"

    def test_pictures_and_mitigations_without_room_are_lost(self) -> None:
        data = json.loads(COMPOSER)
        data["dataflow"]["image"] = "data:image/png;base64," + "A" * 500
        for entry in data["mitigations"]:
            entry["content"] = "x" * 600
        data["mitigationLinks"].append({"mitigationId": "gone", "linkedId": data["threats"][0]["id"]})
        found = from_threat_composer(data)
        assert [(entry["path"], entry["reason"][:35]) for entry in found.lost] == [
            ("$.dataflow.image", "TMI has no pictures: this is the be"),
            ("$.threats[0]", "there is no mitigation of this id"),
            ("$.threats[0].mitigations", "TMI takes 1024 characters of mitiga"),
        ]

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ({"a": 1}, "Threat Composer: is not a workspace of Threat Composer: it lacks schema"),
            ({"schema": 2, "threats": []}, "$.schema: only version 1 is known, not 2"),
            ({"schema": 1, "threats": [1]}, "$.threats[0]: must be a map, not number"),
        ],
    )
    def test_refused(self, source: Any, message: str) -> None:
        with pytest.raises(InputError) as caught:
            from_threat_composer(source)
        assert str(caught.value).startswith(message)


class TestBadInput:
    @pytest.mark.parametrize(("read", "text"), ALL)
    def test_a_file_that_ends_anywhere_is_one_sentence_or_a_definition(self, read: Read, text: str) -> None:
        for part in range(1, 24):
            try:
                assert read(text[: len(text) * part // 24]).model
            except InputError as error:
                said = str(error)
                assert said.count("\n") == 0

    @pytest.mark.parametrize(("read", "text"), ALL)
    def test_a_file_of_twenty_megabytes_is_refused(self, read: Read, text: str) -> None:
        for large in (text + " " * 20_000_000, (text + " " * 20_000_000).encode()):
            with pytest.raises(InputError, match=r"^[A-Z][A-Za-z ]+: has \d+ characters; at most 8388608 are read$"):
                read(large)

    @pytest.mark.parametrize(("read", "text"), ALL)
    def test_bytes_in_another_encoding_are_refused(self, read: Read, text: str) -> None:
        with pytest.raises(InputError, match="is not UTF-8 text: save it as UTF-8"):
            read(b"\xe9" + text.encode("latin-1", "replace"))


class TestBoxes:
    def test_the_smallest_box_around_is_the_container(self) -> None:
        boxes = {"a": Box(0, 0, 100, 100), "b": Box(10, 10, 50, 50), "c": Box(20, 20, 9, 9), "d": Box(90, 90, 20, 20)}
        assert containers(boxes, ["a", "b"]) == {"b": "a", "c": "b"}

    def test_of_equal_boxes_one_is_inside(self) -> None:
        assert containers({"a": Box(0, 0, 9, 9), "b": Box(0, 0, 9, 9)}, ["a", "b"]) == {"a": "b"}

    def test_large_boxes_and_negative_places(self) -> None:
        boxes = {"a": Box(-9000, -9000, 20000, 20000), "b": Box(-300, -300, 299, 299), "c": Box(-10, -10, 5, 5)}
        assert containers(boxes, ["a", "b"]) == {"b": "a", "c": "b"}


class TestFilters:
    def test_each_returns_a_definition_and_its_losses(self) -> None:
        assert tmi_from_tmt(TM7, name="Shop")["lost"]
        assert tmi_from_threagile(THREAGILE)["definition"]["name"] == "Clinic"
        assert tmi_from_threat_composer(COMPOSER, strict=True, name="")["lost"] == []

    def test_strict_names_the_first_loss(self) -> None:
        with pytest.raises(AnsibleFilterError, match=r"^tmi\.tmi\.tmi_from_tmt: \$\.Drawing.*: would be lost"):
            tmi_from_tmt(TM7, strict=True)

    def test_names_are_one_line(self) -> None:
        with pytest.raises(AnsibleFilterError, match=r"^tmi\.tmi\.tmi_from_tmt: name: must be one line"):
            tmi_from_tmt(TM7, name="a\nb")


class TestImport:
    @pytest.mark.parametrize(("read", "text"), ALL)
    def test_the_content_shows_the_format(self, read: Read, text: str, request: pytest.FixtureRequest) -> None:
        found = tmi_import(text, path="folder/x.json")
        assert found["kind"] == request.node.callspec.id
        assert found["definition"] == read(text).model
        assert tmi_import("\ufeff" + text)["kind"] == found["kind"]

    def test_parsed_data_have_a_format_too(self) -> None:
        assert tmi_import(json.loads(COMPOSER))["kind"] == "threat_composer"

    def test_a_model_without_a_name_has_that_of_the_file(self) -> None:
        text = TM7.replace("<ThreatModelName>Bakery", "<ThreatModelName>")
        assert tmi_import(text, path="/old/Corner shop.v2.tm7")["definition"]["name"] == "Corner shop"
        skeleton = {"threagile_version": "1.0.0", "title": None}
        assert tmi_import(skeleton, path="/old/Corner shop.yaml")["definition"]["name"] == "Corner shop"

    @pytest.mark.parametrize(("read", "text"), ALL)
    def test_a_file_that_is_not_utf_8_is_read_or_refused_as_its_bytes_are(self, read: Read, text: str) -> None:
        wide = text.encode("utf-16")
        assert tmi_import(wide.decode("utf-8", "surrogateescape"))["definition"] == read(text).model
        with pytest.raises(
            AnsibleFilterError, match=r"^tmi\.tmi\.tmi_import: a\.x: file: is not UTF-8 text: save it as"
        ):
            tmi_import((text + "\n\xe9 ").encode("latin-1", "replace").decode("utf-8", "surrogateescape"), path="a.x")

    @pytest.mark.parametrize("version", ["9\n9", None, [], ["9", {}]])
    @pytest.mark.parametrize(("read", "text"), ALL)
    def test_messages_about_versions_are_one_line(self, read: Read, text: str, version: Any) -> None:
        if text.lstrip().startswith("<"):
            return
        data = yaml.safe_load(text)
        member = next(name for name in ("otmVersion", "version", "threagile_version", "schema") if name in data)
        said = ""
        try:
            tmi_import({**data, member: version}, path="a.x")
        except AnsibleFilterError as error:
            said = str(error)
        assert len(said.splitlines()) <= 1
        assert not said.rstrip().endswith("not")

    @pytest.mark.parametrize(
        ("data", "message"),
        [
            ({"bomFormat": "x", "specVersion": 1}, "file: is of no known format: it has bomFormat, specVersion; known"),
            (
                {},
                "file: is of no known format: it has nothing; known are Open Threat Model, OWASP Threat Dragon, T",
            ),
            (
                {"tmi_definition": 1},
                "file: is of no format that is imported; it is a definition already: apply it",
            ),
            ({"services": {}}, "file: is of no format that is imported; it looks like a compose file: the"),
            ("[1, 2]", "file: must be the text of a file or a map, not list"),
            ("{", "file: is not JSON: "),
            ("<a", "TMT: is not XML: "),
            (
                {str(number): 1 for number in range(99)},
                "file: is of no known format: it has 0, 1, 2, 3, 4, 5, 6, 7, …",
            ),
        ],
    )
    def test_refused(self, data: Any, message: str) -> None:
        with pytest.raises(AnsibleFilterError) as caught:
            tmi_import(data, path="old/shop.json")
        assert str(caught.value).startswith("tmi.tmi.tmi_import: old/shop.json: " + message)
        assert "\n" not in str(caught.value)
