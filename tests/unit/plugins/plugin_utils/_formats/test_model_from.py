# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Models from rows of any data, by shipped mappings and by others."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.tmi.tmi.plugins.filter.tmi_model_from import tmi_model_from
from ansible_collections.tmi.tmi.tests.unit.conftest import ROOT

FILES = ROOT / "tests" / "integration" / "targets" / "filter_formats" / "files"
ROWS: list[dict[str, Any]] = [
    {"name": "Customer", "type": "actor", "talks_to": "Web"},
    {"name": "Web", "type": "service", "zone": "Centre/DMZ", "talks_to": ["Orders", "Mail"], "owner": "web team"},
    {"name": "Orders", "type": "database", "zone": "Centre", "data": "Addresses; Payments"},
]


def drawn(found: dict[str, Any]) -> dict[str, Any]:
    diagram: dict[str, Any] = found["definition"]["diagrams"]["main"]
    return diagram


def arrows(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(flow["from"], flow["to"]) for flow in drawn(found).get("flows", {}).values()]


class TestRows:
    def test_nodes_in_zones_with_flows_and_assets(self) -> None:
        found = tmi_model_from(ROWS, name="Shop")
        assert drawn(found)["nodes"] == {
            "customer": {"type": "actor", "label": "Customer"},
            "web": {"type": "process", "label": "Web", "in": "dmz", "metadata": {"owner": "web team"}},
            "orders": {"type": "store", "label": "Orders", "in": "centre", "assets": ["addresses", "payments"]},
        }
        assert drawn(found)["boundaries"] == {"centre": {"label": "Centre"}, "dmz": {"in": "centre", "label": "DMZ"}}
        assert arrows(found) == [("customer", "web"), ("web", "orders")]
        assert list(found["definition"]["assets"]) == ["addresses", "payments"]
        assert found["lost"] == [
            {"path": "$.items[1]", "value": "Mail", "reason": "Web talks to it, and there is no such row"}
        ]

    @pytest.mark.parametrize("mark", [",", ";", "\t"])
    def test_a_csv(self, mark: str) -> None:
        text = "\ufeffname,type,zone,talks_to\r\nA,actor,,B\r\nB,db,Z,\r\n".replace(",", mark)
        found = tmi_model_from(text, name="Shop")
        assert drawn(found)["nodes"] == {
            "a": {"type": "actor", "label": "A"},
            "b": {"type": "store", "label": "B", "in": "z"},
        }
        assert arrows(found) == [("a", "b")]

    def test_namesakes_are_different_nodes_and_no_end_of_a_flow(self) -> None:
        mapping = [{"each": "items.*", "id": "{id}", "name": "{name}", "talks_to": "{to}"}]
        rows = [{"id": 1, "name": "A", "to": "B"}, {"id": 2, "name": "B", "to": "3"}, {"id": 3, "name": "B"}]
        found = tmi_model_from(rows, name="Shop", mapping=mapping)
        assert list(drawn(found)["nodes"]) == ["a", "b", "b_2"]
        assert arrows(found) == [("b", "b_2")]
        assert [entry["reason"] for entry in found["lost"]] == ["A talks to it, and more than one row has this name"]


class TestCompose:
    def test_services_networks_volumes_secrets_and_ports(self) -> None:
        data = yaml.safe_load((FILES / "compose.yaml").read_text("utf-8"))
        found = tmi_model_from(data, name="Shop", mapping="compose")
        shapes = {key: (node["type"], node.get("in")) for key, node in drawn(found)["nodes"].items()}
        assert shapes == {
            "web": ("process", "front"),
            "orders": ("process", "back"),
            "db": ("store", "back"),
            "rows": ("store", None),
            "copies": ("store", None),
            "outside": ("actor", None),
        }
        assert arrows(found) == [
            ("web", "orders"),
            ("orders", "db"),
            ("db", "rows"),
            ("db", "copies"),
            ("outside", "web"),
        ]
        assert drawn(found)["flows"]["outside_to_web"]["label"] == "443:8443"
        assert drawn(found)["nodes"]["db"]["assets"] == ["db_password"]
        assert [entry["value"] for entry in found["lost"]] == ["mail"]


def kind(name: str, called: str, spec: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": name, "metadata": {"name": called, "namespace": "shop", **more}, "spec": spec}


class TestKubernetes:
    def test_workloads_services_ingresses_and_claims(self) -> None:
        pod = {
            "metadata": {"labels": {"app": "web", "tier": "1"}},
            "spec": {
                "containers": [{"image": "r.example.com/web@sha256:0", "envFrom": [{"secretRef": {"name": "s"}}]}],
                "volumes": [{"persistentVolumeClaim": {"claimName": "files"}}, {"secret": {"secretName": "tls"}}],
            },
        }
        backend = {"backend": {"service": {"name": "web", "port": {"number": 80}}}}
        objects = [
            kind("Ingress", "entry", {"rules": [{"host": "shop.example.com", "http": {"paths": [backend]}}]}),
            kind("Service", "web", {"selector": {"app": "web"}, "ports": [{"port": 80}]}),
            kind("Service", "none", {"selector": {"app": "other"}}),
            kind("Deployment", "web", {"template": pod}),
            kind("ReplicaSet", "web-1", {"template": pod}, ownerReferences=[{"kind": "Deployment"}]),
            kind("PersistentVolumeClaim", "files", {}),
        ]
        found = tmi_model_from({"resources": objects}, name="Cluster", mapping="kubernetes")
        assert found["lost"] == []
        shapes = {key: (node["type"], node.get("in")) for key, node in drawn(found)["nodes"].items()}
        assert shapes == {
            "web": ("process", "shop"),
            "web_2": ("process", "shop"),
            "none": ("process", "shop"),
            "entry": ("process", "shop"),
            "outside": ("actor", None),
            "files": ("store", "shop"),
        }
        assert sorted(arrows(found)) == [
            ("entry", "web_2"),
            ("outside", "entry"),
            ("web", "files"),
            ("web_2", "web"),
        ]
        assert drawn(found)["nodes"]["web"]["assets"] == ["tls", "s"]
        again = tmi_model_from(objects, name="Cluster", mapping="kubernetes")
        assert again["definition"] == found["definition"]


class TestRefused:
    @pytest.mark.parametrize(
        ("data", "options", "message"),
        [
            (ROWS, {"name": ""}, "name: must be the name of the threat model"),
            ([], {}, "data: has nothing that the mapping makes a node of"),
            ("a,b\n1,2", {}, "data: has no column name in its first line"),
            ('name,b\n"1', {}, "data: is not CSV: "),
            (ROWS, {"mapping": "visio"}, "mapping: must be one of rows, compose, kubernetes, or a list of rules"),
            (ROWS, {"mapping": 1}, "mapping: must be a name or a list of rules, not number"),
            (ROWS, {"mapping": [{"name": "x"}]}, "mapping[0]: needs each and name"),
            (ROWS, {"mapping": [{"names": "x"}]}, "mapping[0].names: is none of id, name, "),
            (ROWS, {"mapping": [{"name": 1}]}, "mapping[0].name: must be a text or a list of texts"),
            (ROWS, {"mapping": [{"each": "items.*", "name": "{name|eval x}"}]}, "mapping: {name|eval x}: knows only"),
            (
                [{"a": list(range(40))}],
                {"mapping": [{"each": "items.*", "name": "{a}{a}"}]},
                "mapping: {a}{a}: makes 1600 texts of one object; at most 1000 are made",
            ),
        ],
    )
    def test_with_the_place(self, data: Any, options: dict[str, Any], message: str) -> None:
        with pytest.raises(AnsibleFilterError) as caught:
            tmi_model_from(data, **{"name": "Shop", **options})
        assert str(caught.value).startswith("tmi.tmi.tmi_model_from: " + message)
