# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two small models with every kind of child, as they are written first and as they are changed afterwards."""

from __future__ import annotations

import copy
from typing import Any

Json = Any
#: Where the people of the embedded server's login provider have their e-mail addresses.
DOMAINS = {"v0": "test.tmi", "v1": "tmi.local"}


def estate(api: str, stage: str) -> list[Json]:
    """Return the definitions of a stage for an API generation."""
    return [_shop(api, stage), _depot(api, stage)]


def natural_keys(api: str, stage: str) -> int:
    """Return how many objects there are then, counted by hand."""
    return {"v0": 14, "v1": 19}[api] if stage == "first" else {"v0": 15, "v1": 20}[api]


def _shop(api: str, stage: str) -> Json:
    model: Json = {
        "tmi_definition": 1,
        "key": "shop",
        "name": "Shop",
        "description": "Orders and payments",
        "framework": "STRIDE",
        "access": [{"user": "bob@" + DOMAINS[api], "role": "writer"}],
        "metadata": {"team": "payments", "tier": "1"},
        "documents": {
            "adr": {"name": "Decision", "uri": "https://wiki.example.com/adr", "metadata": {"kind": "adr"}},
            "plan": {"name": "Plan", "uri": "https://wiki.example.com/plan"},
        },
        "repositories": {
            "code": {"name": "Code", "uri": "https://git.example.com/shop.git", "ref": {"branch": "main"}},
        },
        "diagrams": {
            "main": {
                "name": "Flow",
                "metadata": {"view": "context"},
                "boundaries": {"dmz": "DMZ"},
                "nodes": {
                    "user": {"type": "actor", "label": "User"},
                    "api": {"type": "process", "label": "API", "in": "dmz", "metadata": {"runtime": "go"}},
                    "db": {"type": "store", "label": "Database", "in": "dmz"},
                },
                "flows": ["user -> api: Order", "api -> db: Rows"],
            }
        },
        "threats": {
            "t1": {"name": "Replay", "at": "main/api", "severity": "high", "metadata": {"ref": "T-1"}},
            "t2": {"name": "Tampering", "at": "main/db", "severity": "low", "types": ["Tampering"]},
            "t3": {"name": "Flood", "severity": "medium", "metadata": {"ref": "T-3", "by": "ana"}},
        },
    }
    if api == "v1":
        model["assets"] = {
            "card": {"name": "Card data", "type": "data", "metadata": {"pci": "yes"}},
            "rows": {"name": "Order rows", "type": "data"},
        }
        model["notes"] = {"why": {"name": "Why", "content": "Because.", "metadata": {"by": "ana"}}}
    return _changed_shop(api, model) if stage == "second" else model


def _changed_shop(api: str, model: Json) -> Json:
    model = copy.deepcopy(model)
    model.update(description="Orders, payments, refunds", issue="https://issues.example.com/7")
    model["metadata"] = {"team": "refunds", "tier": "1", "wave": "2"}
    model["access"].append({"user": "carol@" + DOMAINS[api], "role": "reader"})
    model["documents"]["adr"]["uri"] = "https://wiki.example.com/adr/2"
    model["documents"]["new"] = {"name": "Runbook", "uri": "https://wiki.example.com/run", "metadata": {"kind": "run"}}
    del model["documents"]["plan"]
    model["repositories"]["code"]["description"] = "All of it"
    diagram = model["diagrams"]["main"]
    diagram["nodes"]["psp"] = {"type": "actor", "label": "Processor", "metadata": {"owner": "bank"}}
    diagram["nodes"]["api"]["label"] = "Order API"
    diagram["flows"].append("api -> psp: Charge")
    model["diagrams"]["more"] = {"name": "Refunds", "nodes": {"desk": {"type": "actor", "label": "Desk"}}}
    threats = model["threats"]
    threats["t1"].update(severity="critical", metadata={"ref": "T-1", "seen": "twice"})
    threats["t2"]["mitigation"] = "Signed rows"
    threats["t4"] = {"name": "Stolen key", "at": "more/desk", "severity": "high", "metadata": {"ref": "T-4"}}
    del threats["t3"]
    if api == "v1":
        model["assets"]["card"].update(criticality="high")
        model["assets"]["rows"].update(criticality="low")
        model["notes"]["why"]["content"] = "Because of refunds."
    return model


def _depot(api: str, stage: str) -> Json:
    model: Json = {
        "tmi_definition": 1,
        "key": "depot",
        "name": "Depot",
        "description": "Parcels",
        "documents": {"map": {"name": "Map", "uri": "https://wiki.example.com/map"}},
        "repositories": {
            "a": {"name": "Robots", "uri": "https://git.example.com/robots.git"},
            "b": {"name": "Belts", "uri": "https://git.example.com/belts.git", "metadata": {"lang": "c"}},
        },
        "diagrams": {"hall": {"name": "Hall", "nodes": {"gate": {"type": "process", "label": "Gate"}}}},
        "threats": {"fire": {"name": "Fire", "at": "hall/gate", "severity": "high", "metadata": {"ref": "T-9"}}},
    }
    if api == "v1":
        model["assets"] = {"stock": {"name": "Stock", "type": "hardware"}}
        model["notes"] = {"keys": {"name": "Keys", "content": "At the gate."}}
    if stage == "second":
        model["metadata"] = {"site": "north"}
        model["repositories"]["b"]["metadata"] = {"lang": "rust"}
        model["threats"]["fire"]["score"] = 7.5
    return model
