# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rulebooks of the collection: each change triggers its rule once, also if rulebook or server end in between."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform

Json = Any
SHOP: Json = {
    "tmi_definition": 1,
    "name": "Shop",
    "diagrams": {"core": {"name": "Core", "boundaries": {"dmz": "DMZ"}, "nodes": {"web": {"in": "dmz"}}}},
    "threats": {"replay": {"name": "Replay", "severity": "high"}},
}


def apply(server: Server, via: str = "auto", **changes: Any) -> None:
    options = {"definition": {**SHOP, **changes}, "prune": "all", "via": via}
    result = perform("tmi_definition", {**connection(server), **options})
    assert not result.get("failed"), result["msg"]


def threats(*names: str) -> Json:
    return {name: {"name": name.title(), "severity": "low"} for name in names}


def stays(holds: Callable[[], bool], seconds: float = 4) -> None:
    """Check that a condition holds for some rounds."""
    time.sleep(seconds)
    assert holds()


def test_a_ticket_for_each_threat(server: Server, stub: Any, start: Any) -> None:
    server.clear()
    apply(server)
    variables = {"tmi_ticket_url": stub.url, "tmi_ticket_token": "t"}
    rulebook = start("ticket_on_new_threat", **variables)
    rulebook.wait_until_ready()
    apply(server, threats={**SHOP["threats"], **threats("one")})
    rulebook.wait(lambda: len(stub.bodies) == 1)
    assert stub.bodies[0]["summary"] == "Shop: One"
    assert stub.bodies[0]["labels"] == ["tmi", "low"]

    rulebook.kill()
    apply(server, threats={**SHOP["threats"], **threats("one", "two")})
    server.arm({"kind": "status", "status": 503, "times": 5})  # and the server fails when the rulebook starts again
    rulebook = start("ticket_on_new_threat", **variables)
    rulebook.wait(lambda: len(stub.bodies) == 2)
    server.disarm()
    apply(server, threats={**SHOP["threats"], **threats("one", "two", "three")})
    rulebook.wait(lambda: len(stub.bodies) == 3)
    stays(lambda: [body["summary"] for body in stub.bodies] == ["Shop: One", "Shop: Two", "Shop: Three"])


def test_a_gate_for_critical_threats(server: Server, stub: Any, start: Any, tmp_path: Path) -> None:
    server.clear()
    apply(server)
    gate = [
        {
            "name": "Gate",
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "tasks": [
                {
                    "name": "Send the name",
                    "ansible.builtin.uri": {
                        "url": stub.url,
                        "method": "POST",
                        "body_format": "json",
                        "body": {"name": "{{ tmi_event.name }}", "was": "{{ tmi_event.before.severity }}"},
                        "status_code": 201,
                    },
                }
            ],
        }
    ]
    (tmp_path / "gate.yml").write_text(yaml.safe_dump(gate))
    rulebook = start("gate_on_critical", tmi_gate_playbook=str(tmp_path / "gate.yml"))
    rulebook.wait_until_ready()
    apply(server, threats={"replay": {"name": "Replay", "severity": "medium"}})
    apply(server, threats={"replay": {"name": "Replay", "severity": "critical"}})
    rulebook.wait(lambda: len(stub.bodies) == 1)
    apply(server, threats={"replay": {"name": "Replay", "severity": "critical", "status": "accepted"}})
    stays(lambda: len(stub.bodies) == 1)
    assert stub.bodies[0]["name"] == "Replay"


def test_a_warning_for_a_boundary_removed_in_a_session(server: Server, stub: Any, start: Any) -> None:
    server.clear()
    apply(server)
    rulebook = start("warn_boundary_removed", tmi_message_url=stub.url)
    rulebook.wait_until_ready()
    diagram = {"core": {"name": "Core", "boundaries": {}, "nodes": {"web": {}}}}
    apply(server, via="session", diagrams=diagram)
    rulebook.wait(lambda: len(stub.bodies) == 1)
    stays(lambda: len(stub.bodies) == 1)
    assert "the trust boundary DMZ is no longer in the diagram Core" in stub.bodies[0]["text"]


def test_protected_models_are_restored(server: Server, start: Any, tmp_path: Path) -> None:
    server.clear()
    apply(server)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "shop.yml").write_text(yaml.safe_dump(SHOP))
    source = {"tmi_protected_models": ["Shop"], "tmi_protected_src": str(tmp_path / "models")}
    rulebook = start("restore_protected", **source)
    rulebook.wait_until_ready()
    options = {"threat_model": "Shop", "name": "Replay", "severity": "low"}
    assert perform("tmi_threat", {**connection(server), **options})["changed"]

    def severity() -> Any:
        query = {"resource": "threat", "threat_model": "Shop", "name": "Replay"}
        return perform("tmi_info", {**connection(server), **query})["resources"][0]["severity"]

    rulebook.wait(lambda: severity() == "high")
