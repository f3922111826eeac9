# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every module: a value is refused in a sentence and nothing is written, or taken once and for all."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tmi.tmi.tests.harness.estate import DOMAINS
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, module_of, perform, ready, sentence, settled
from ansible_collections.tmi.tmi.tests.harness.values import Change, changes, places

Json = Any
ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py"))

#: Arguments of each module in which every kind of place stands; those of the connection come in addition.
SAMPLES: dict[str, Json] = {
    "tmi_api": {
        "path": "/threat_models",
        "query": {"limit": 5, "x": ["a", "b"]},
        "headers": {"X-Reason": "x"},
        "expect": [200],
        "warn": False,
    },
    "tmi_asset": {"name": "Cards", "type": "data", "classification": ["pci", "gdpr"], "metadata": {"tier": 1}},
    "tmi_choose": {
        "resource": "threat_model",
        "threat_model": ["Checkout"],
        "many": True,
        "servers": ["https://x.org"],
    },
    "tmi_definition": {
        "definition": {"tmi_definition": 1, "key": "shop", "threats": {"flood": {"types": ["Spoofing"]}}},
        "overlay": {"metadata": {"team": "x"}, "threats": {"flood": {"severity": "high"}}},
        "prune": {"threats": "managed"},
        "protect": ["threats/*"],
    },
    "tmi_definition_info": {"threat_model": ["Checkout"], "sections": ["threats"]},
    "tmi_diagram": {
        "name": "Main",
        "color_palette": [{"position": 1, "color": "#1f77b4"}],
        "metadata": {"a": "b"},
        "layout": {"direction": "down", "positions": {"web": [10, 20], "f": [[50, 60]]}},
        "boundaries": {"dmz": "DMZ", "core": {"in": "dmz", "label": "Core"}},
        "nodes": {
            "web": {"type": "process", "in": "dmz", "x": 100, "y": 100, "width": 100, "metadata": {"a": "b"}},
            "db": {
                "type": "store",
                "icon": {"provider": "aws", "icon": "amazon-ec2", "placement": "top-left"},
                "raw": {"angle": 5, "attrs": {"body": {"fill": "#ffffff"}}, "data": {"k": 1}},
            },
        },
        "flows": {"f": {"from": "web", "to": "db", "from_port": "top", "router": "orth", "bidirectional": True}},
    },
    "tmi_document": {"name": "Record", "uri": "https://wiki.example.com/1", "metadata": {"a": "b"}},
    "tmi_info": {
        "resource": "threat_models",
        "filters": {"framework": "STRIDE", "metadata": {"team": ["x"]}, "name": {"regex": "C", "not": "x"}},
        "fields": ["name", "metadata.team"],
        "sort": ["-name"],
        "limit": 5,
    },
    "tmi_metadata": {"metadata": {"team": "x", "tier": 1, "pci": True}},
    "tmi_note": {"name": "Readme", "content": "# A\n\n- b\n"},
    "tmi_source": {
        "name": "API",
        "uri": "https://git.example.com/x/y",
        "type": "git",
        "parameters": {"ref_type": "branch", "ref_value": "main", "sub_path": "src"},
    },
    "tmi_threat": {
        "name": "Flood",
        "severity": "high",
        "threat_type": ["Spoofing", "Tampering"],
        "score": 7.4,
        "mitigated": False,
        "cwe": ["CWE-79"],
        "cvss": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
        "refs": ["RFC 8259, section 6", "RFC 3339"],
        "ssvc": {"vector": "SSVCv2/E:A", "decision": "Immediate", "methodology": "x"},
        "accepted_until": "2026-12-31",
        "metadata": {"a": "b"},
    },
    "tmi_threat_model": {
        "name": "Shop",
        "framework": "STRIDE",
        "authorization": [{"user": "bob", "role": "writer"}],
        "metadata": {"team": "x"},
        "version": "1.10",
    },
    "tmi_token": {"state": "present"},
    "tmi_wait": {"resource": "threat_models", "name": "Checkout", "condition": "count == 1", "wait_timeout": 0},
    "tmi_webhook": {
        "name": "Tickets",
        "target_url": "https://hooks.example.com/tmi",
        "events": ["threat_model.created", "threat_model.updated"],
        "secret": "0123456789abcdef",
    },
}
#: The same for another way to describe the cells of a diagram.
CELLS: Json = {
    "name": "Main",
    "cells": [
        {"id": "dmz", "shape": "security-boundary", "x": 0, "y": 0, "width": 400, "height": 300},
        {
            "id": "web",
            "shape": "process",
            "parent": "dmz",
            "position": {"x": 50, "y": 50},
            "size": {"width": 100, "height": 60},
            "attrs": {"text": {"text": "Web"}, "body": {"fill": "#ffffff"}},
            "data": {"_metadata": [{"key": "a", "value": "b"}], "k": {"l": [1]}},
            "zIndex": 3,
        },
        {"id": "db", "shape": "store", "x": 500, "y": 50, "width": 160, "height": 80, "label": "DB"},
        {
            "id": "f",
            "shape": "edge",
            "source": {"cell": "web", "port": "right"},
            "target": {"cell": "db"},
            "labels": [{"attrs": {"text": {"text": "SQL"}}, "position": 0.5}],
            "vertices": [{"x": 200, "y": 90}],
            "router": "orth",
            "attrs": {"line": {"stroke": "#000000"}},
        },
    ],
}
CONTENT: Json = {
    "name": "Main",
    "content": {
        "nodes": [{"id": "web", "type": "process", "name": "Web"}, {"id": "db", "type": "store"}],
        "edges": [{"from": "web", "to": "db", "label": "SQL"}],
    },
}


#: Options that let every run write, or wait for a receiver.
NEVER_SETTLED = (("tmi_webhook", "rotate"), ("tmi_webhook", "wait"))
#: Options for which servers of API v0 have no field, and metadata is none.
ONLY_V1 = ("ssvc", "color_palette")


def arguments(server: Server, name: str, sample: Json) -> Json:
    """Return the arguments of a sample that this server takes."""
    spec = module_of(name).argument_spec
    more = {"threat_model": "Checkout"} if spec.get("threat_model", {}).get("required") else {}
    if "on_unsupported" in spec:
        more["on_unsupported"] = "metadata" if name != "tmi_asset" and name != "tmi_note" else "warn"
    missing = ONLY_V1 if server.api == "v0" else ()
    found = {n: v for n, v in sample.items() if n not in missing}
    if "authorization" in found:
        found["authorization"] = [{"user": f"bob@{DOMAINS[server.api]}", "role": "writer"}]
    return {**connection(server), **more, **found}


def everywhere(name: str, args: Json) -> list[tuple[Any, ...]]:
    """Return the places of all options of a module, and of all that the arguments hold."""
    spec = module_of(name).argument_spec
    aliases = [(alias,) for entry in spec.values() for alias in entry.get("aliases", ())]
    inner = [path for path in places(args) if len(path) > 1]
    return [*((option,) for option in spec if (name, option) not in NEVER_SETTLED), *aliases, *inner, *inner]


def tasks() -> list[Any]:
    """Return name of the module and sample of each test."""
    more = [("tmi_diagram", CELLS), ("tmi_diagram", CELLS), ("tmi_diagram", CONTENT)]
    found = [*SAMPLES.items(), *more]
    return [pytest.param(*task, id=f"{task[0]}-{number}") for number, task in enumerate(found)]


#: The module that writes files, and nothing to a server.
FILES = "tmi_files"
#: The module that runs until it is ended; tests/unit/eda has its options.
WATCH = "tmi_watch"


def test_each_module_has_a_sample() -> None:
    assert sorted([*SAMPLES, FILES, WATCH]) == MODULES


def test_files(tmp_path: pathlib.Path, attempt: Callable[..., None]) -> None:
    args = {"dest": str(tmp_path / "out"), "files": {"a.md": "# A\n", "b.csv": "x;y\n"}, "mode": "0640", "prune": True}
    args["part"] = "x"

    def trial(change: Change) -> bool:
        task = change.on(args)
        first = perform(FILES, task)
        if first.get("failed"):
            sentence(first["msg"])
            return True
        assert perform(FILES, task)["changed"] is False
        return False

    attempt(changes([place for place in places(args) if place != ("dest",)]), trial)


@pytest.mark.parametrize(("name", "sample"), tasks())
def test_options(server: Server, name: str, sample: Json, attempt: Callable[..., None]) -> None:
    ready(server)
    args = arguments(server, name, sample)
    assert settled(server, name, args) is (name == "tmi_webhook" and server.api == "v0")

    def trial(change: Change) -> bool:
        ready(server)
        return settled(server, name, change.on(args))

    attempt(changes(everywhere(name, args)), trial)
