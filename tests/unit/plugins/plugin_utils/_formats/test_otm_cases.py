# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Faults of real files of Open Threat Model, each reduced to a few objects."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Conversion, Keys, Losses, Texts
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.read import from_otm
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.otm.write import to_otm
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.otm_schema import problems

TOOL = {"name": "Tool", "id": "tool", "type": "threat-model", "attributes": {"source": "A tool"}}
ID = "00000001-0000-4000-8000-000000000000"


def picture(given: str = "picture") -> dict[str, Any]:
    return {"name": given.title(), "id": given, "type": "diagram", "size": {"width": 1000, "height": 800}}


def box(x: float = 0, y: float = 0, on: str = "picture") -> dict[str, Any]:
    size = {"width": 400, "height": 300}
    return {"id": "r", "representation": on, "position": {"x": x, "y": y}, "size": size}


def zone(given: str, *drawn: Any, **more: Any) -> dict[str, Any]:
    found = {"id": given, "name": given.upper(), "risk": {"trustRating": 10}, **more}
    return {**found, "representations": list(drawn)} if drawn else found


def part(given: str, parent: str, *drawn: Any, **more: Any) -> dict[str, Any]:
    found = {"id": given, "name": given.title(), "type": "service", "parent": {"trustZone": parent}, **more}
    return {**found, "representations": list(drawn)} if drawn else found


def flow(source: str, target: str, given: str = "call", **more: Any) -> dict[str, Any]:
    return {"id": given, "name": given.title(), "source": source, "destination": target, **more}


def otm(**more: Any) -> dict[str, Any]:
    return {"otmVersion": "0.2.0", "project": {"name": "Shop", "id": "shop"}, **more}


def reasons(found: Conversion) -> dict[str, str]:
    return {entry["path"]: entry["reason"] for entry in found.lost}


class TestPlaces:
    def test_a_representation_without_a_drawing_is_no_diagram_and_comes_back(self) -> None:
        drawn = [zone("net", box(), {"representation": "tool", "id": "x"})]
        found = from_otm(otm(representations=[TOOL, picture()], trustZones=drawn))
        assert list(found.model["diagrams"]) == ["picture"]
        assert found.lost == []
        there = to_otm(found.model).model
        assert problems(there) == []
        assert TOOL in there["representations"]
        assert from_otm(there).model == found.model

    def test_with_nothing_but_such_a_representation_there_is_one_diagram(self) -> None:
        found = from_otm(otm(representations=[TOOL], trustZones=[zone("net")], components=[part("web", "net")]))
        assert list(found.model["diagrams"]) == ["main"]

    @pytest.mark.parametrize("order", [1, -1])
    def test_what_is_not_drawn_is_beside_its_zone_and_its_partner(self, order: int) -> None:
        pictures = [TOOL, picture("other"), picture()]
        parts = [part("web", "net", box(40, 40)), part("worker", "net")][::order]
        flows = [flow("web", "worker")]
        found = from_otm(
            otm(representations=pictures, trustZones=[zone("net", box())], components=parts, dataflows=flows)
        )
        drawn = found.model["diagrams"]["picture"]
        assert (drawn["nodes"]["worker"]["in"], list(drawn["flows"])) == ("net", ["call"])
        assert "nodes" not in found.model["diagrams"]["other"]
        assert found.lost == []

    def test_of_two_pictures_of_its_zone_the_partner_decides(self) -> None:
        zones = [zone("net", box(on="one"), box(on="two"))]
        parts = [part("worker", "net"), part("web", "net", box(on="two"))]
        made = otm(representations=[picture("one"), picture("two")], trustZones=zones, components=parts)
        found = from_otm({**made, "dataflows": [flow("worker", "web")]}).model["diagrams"]
        assert "nodes" not in found["one"]
        assert list(found["two"]["nodes"]) == ["worker", "web"]

    def test_it_is_in_both_pictures_if_its_zone_and_its_partner_are_in_different_ones(self) -> None:
        zones = [zone("net", box(on="one")), zone("far", box(on="two"))]
        parts = [part("worker", "net"), part("web", "far", box(on="two"))]
        made = otm(representations=[picture("one"), picture("two")], trustZones=zones, components=parts)
        found = from_otm({**made, "dataflows": [flow("worker", "web")]})
        assert found.model["diagrams"]["one"]["nodes"]["worker"]["in"] == "net"
        assert list(found.model["diagrams"]["two"]["flows"]) == ["call"]
        assert found.lost == []

    def test_a_chain_of_undrawn_components_follows_its_drawn_end(self) -> None:
        names = ["part%d" % number for number in range(30)]
        parts = [{**part(name, ""), "parent": None} for name in names] + [part("web", "", box(on="two"))]
        flows = [flow(*pair, given="f_" + pair[0]) for pair in zip(names, [*names[1:], "web"], strict=True)]
        made = otm(representations=[picture("one"), picture("two")], components=parts, dataflows=flows)
        found = from_otm(made).model["diagrams"]
        assert (len(found["two"]["nodes"]), len(found["two"]["flows"])) == (31, 30)

    def test_an_undrawn_zone_is_in_the_zone_around_it(self) -> None:
        zones = [zone("net", box()), zone("dmz", parent={"trustZone": "net"})]
        found = from_otm(otm(representations=[picture("overview"), picture()], trustZones=zones)).model["diagrams"]
        assert found["picture"]["boundaries"]["dmz"]["in"] == "net"
        assert "boundaries" not in found["overview"]

    def test_what_is_in_an_undrawn_zone_is_there_too(self) -> None:
        zones = [zone("dmz", parent={"trustZone": "net"}), zone("net", box())]
        found = from_otm(
            otm(representations=[picture("overview"), picture()], trustZones=zones, components=[part("web", "dmz")])
        ).model["diagrams"]["picture"]
        assert (found["nodes"]["web"]["in"], found["boundaries"]["dmz"]["in"]) == ("dmz", "net")


class TestNames:
    def test_attributes_come_back_under_their_own_names(self) -> None:
        attributes = {"Out Of Scope": "false", "cost.centre": "42", "größe": "klein", "plain": "x", "ansible_y": "z"}
        given = otm(
            trustZones=[zone("net", attributes={"Network Segment": "dmz 1"})],
            components=[part("web", "net", attributes=attributes)],
        )
        given["project"]["attributes"] = {"status": "live"}
        found = from_otm(given)
        path = "$.components[0].attributes."
        assert reasons(found) == {
            "$.project.attributes.status": "TMI takes this metadata key as x_status",
            "$.trustZones[0].attributes.Network Segment": "TMI takes this metadata key as Network_Segment",
            path + "Out Of Scope": "TMI takes this metadata key as Out_Of_Scope",
            path + "cost.centre": "TMI takes this metadata key as cost_centre",
            path + "größe": "TMI takes this metadata key as gr_e",
            path + "ansible_y": "TMI takes this metadata key as x_ansible_y",
        }
        back = to_otm(found.model).model
        assert back["components"][0]["attributes"] == attributes
        assert back["trustZones"][0]["attributes"] == {"Network Segment": "dmz 1"}
        assert back["project"]["attributes"] == {"status": "live"}
        assert from_otm(back).model == found.model

    def test_names_that_do_not_fit_are_metadata_of_a_person(self) -> None:
        names = '{"team": "tmi_at", "gone": "Gone"}'
        model = {"tmi_definition": 1, "name": "Shop", "metadata": {"team": "a", "otm_names": names}}
        assert to_otm(model).model["project"]["attributes"] == {"team": "a", "otm_names": names}

    def test_namesakes_get_their_ids_back(self) -> None:
        parts = [part(given, "net", name="EC2") for given in ("6", "11", "16")]
        flows = [flow("6", "11", ID, name="Call"), flow("6", "16", ID.replace("1", "2"), name="Call")]
        given = otm(trustZones=[zone("net")], components=parts, dataflows=flows)
        found = from_otm(given)
        nodes = found.model["diagrams"]["main"]["nodes"]
        assert list(nodes) == ["ec2_6", "ec2_11", "ec2_16"]
        back = to_otm(found.model).model
        assert [entry["id"] for entry in back["components"]] == ["6", "11", "16"]
        assert [entry["id"] for entry in back["dataflows"]] == [entry["id"] for entry in flows]
        assert [entry["attributes"] for entry in back["components"]] == [
            {"tmi_key": key, "tmi_cell": '{"id": "%s"}' % node["id"]} for key, node in nodes.items()
        ]
        again = from_otm(back)
        assert again.lost == []
        assert again.model["diagrams"]["main"]["nodes"] == found.model["diagrams"]["main"]["nodes"]
        assert again.model["diagrams"]["main"]["flows"] == found.model["diagrams"]["main"]["flows"]


class TestValues:
    def threat(self, **more: Any) -> tuple[dict[str, Any], dict[str, str]]:
        found = from_otm(otm(threats=[{"id": "t", "name": "T", **more}]))
        return found.model["threats"]["t"], reasons(found)

    def test_one_category_may_be_a_text(self) -> None:
        assert self.threat(categories="Spoofing", cwes="CWE-79")[0] == {
            "name": "T",
            "origin": "otm:t",
            "types": ["Spoofing"],
            "cwe": ["CWE-79"],
        }

    @pytest.mark.parametrize(
        ("given", "found"),
        [
            ("Information disclosure", "Information Disclosure"),
            ("DENIAL_OF_SERVICE", "Denial of Service"),
            ("elevation of privileges", "Elevation of Privilege"),
            ("ElevationOfPrivilege", "Elevation of Privilege"),
            ("non-repudiation", "Non-Repudiation"),
            ("Ethics and human rights", "Ethics & Human Rights"),
            ("availability", "Availability"),
            ("Web / Phishing", "Web / Phishing"),
        ],
    )
    def test_categories_have_the_spelling_of_tmi(self, given: str, found: str) -> None:
        assert self.threat(categories=[given])[0]["types"] == [found]

    def test_the_spelling_of_a_definition_survives(self) -> None:
        model = {"tmi_definition": 1, "name": "Shop", "threats": {"t": {"name": "T", "types": ["spoofing"]}}}
        assert from_otm(to_otm(model).model).model["threats"]["t"]["types"] == ["spoofing"]

    def test_categories_that_are_maps_are_refused(self) -> None:
        with pytest.raises(InputError, match=r"^\$\.threats\[0\]\.categories\[0\]: must be a text"):
            self.threat(categories=[{"a": 1}])

    def test_risk_as_text_is_read(self) -> None:
        threat, lost = self.threat(risk={"likelihood": "80", "impact": " 90.0 "})
        assert (threat["score"], threat["severity"], lost) == (7.2, "high", {})

    def test_risk_that_is_no_number_is_reported(self) -> None:
        threat, lost = self.threat(risk={"likelihood": "high", "impact": True})
        assert threat == {"name": "T", "origin": "otm:t"}
        assert lost == {
            "$.threats[0].risk.likelihood": "is not a number",
            "$.threats[0].risk.impact": "is not a number",
        }

    def test_places_as_text_are_read_or_reported(self) -> None:
        drawn = box()
        drawn["position"] = {"x": "10", "y": "20"}
        wrong = {**box(), "position": {"x": "left", "y": 0}}
        given = otm(
            representations=[picture()], trustZones=[zone("net", drawn)], components=[part("web", "net", wrong)]
        )
        found = from_otm(given)
        assert found.model["diagrams"]["picture"]["layout"]["positions"]["net"]["x"] == 10
        assert reasons(found)["$.components[0].representations[0].position"] == "is not a place: the layout decides"

    @pytest.mark.parametrize(
        ("given", "found"), [("false", False), ("no", False), ("True", True), (0, False), (1, True), ("maybe", None)]
    )
    def test_bidirectional_is_a_boolean(self, given: Any, found: bool | None) -> None:
        parts = [part("a", "net"), part("b", "net")]
        made = from_otm(
            otm(trustZones=[zone("net")], components=parts, dataflows=[flow("a", "b", bidirectional=given)])
        )
        assert made.model["diagrams"]["main"]["flows"]["call"].get("bidirectional") is found
        assert ("$.dataflows[0].bidirectional" in reasons(made)) == (found is None)

    def test_one_asset_may_be_a_text_and_no_other_is_dropped(self) -> None:
        risk = {"confidentiality": 1, "integrity": 1, "availability": 1}
        given = otm(
            assets=[{"id": "cards", "name": "Cards", "risk": risk}],
            components=[part("a", "net", assets={"stored": "cards"}), part("b", "net")],
            dataflows=[flow("a", "b", assets="cards")],
            trustZones=[zone("net")],
        )
        drawn = from_otm(given).model["diagrams"]["main"]
        assert drawn["nodes"]["a"]["assets"] == drawn["flows"]["call"]["assets"] == ["cards"]


class TestWritten:
    def test_the_zone_for_the_rest_has_a_list_of_representations(self) -> None:
        nodes = {"web": {"type": "process", "label": "Web"}}
        layout = {"positions": {"web": {"x": 100, "y": 100, "width": 100, "height": 80}}}
        model = {"tmi_definition": 1, "name": "Shop", "diagrams": {"main": {"nodes": nodes, "layout": layout}}}
        there = to_otm(model).model
        assert there["trustZones"][0]["representations"] == []
        assert problems(there) == []

    def test_a_boundary_without_a_place_is_drawn_around_its_content(self) -> None:
        main = {
            "boundaries": {"net": {"label": "Net"}, "far": {"label": "Far"}},
            "nodes": {"web": {"in": "net"}, "db": {"in": "net"}, "user": {"in": "far"}},
            "layout": {"positions": {"web": {"x": 100, "y": 100, "width": 100, "height": 80}}},
        }
        definition = {"tmi_definition": 1, "name": "Shop", "diagrams": {"main": main}}
        there = to_otm(definition).model
        zones = {entry["id"]: entry["representations"][0] for entry in there["trustZones"]}
        assert zones["net"]["position"] == {"x": 60, "y": 50}
        assert zones["net"]["size"] == {"width": 180, "height": 170}
        assert "position" not in zones["far"]
        web = next(entry for entry in there["components"] if entry["id"] == "web")
        assert web["representations"][0]["position"] == {"x": 40, "y": 50}
        assert from_otm(there).model["diagrams"]["main"]["layout"] == main["layout"]


def test_ten_thousand_namesakes_take_linear_time() -> None:
    """Each object asks for a free key once; a search from the beginning would take minutes."""
    keys, texts = Keys(), Texts(Losses())
    for _number in range(60_000):
        last = (keys.take("web", fallback="x"), texts.name("Web", "$", "node"))
    assert last == ("web_60000", "Web (60000)")
