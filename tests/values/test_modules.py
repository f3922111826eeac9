# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every option of every module: a value is refused in a sentence and nothing is written, or taken once and for all."""

from __future__ import annotations

import importlib
import pathlib
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from ansible_collections.tmi.tmi.plugins.module_utils._errors import LONGEST, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._run import failure
from ansible_collections.tmi.tmi.plugins.plugin_utils._action import prepared, run_here
from ansible_collections.tmi.tmi.tests.harness.estate import DOMAINS
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.values import Change, changes, places

Json = Any
ROOT = pathlib.Path(__file__).resolve().parents[2]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("[!_]*.py"))
TASK = SimpleNamespace(check_mode=False, diff=True)

#: Arguments of each module in which every kind of place stands; those of the connection come in addition.
SAMPLES: dict[str, Json] = {
    "tmi_asset": {"name": "Cards", "type": "data", "classification": ["pci", "gdpr"], "metadata": {"tier": 1}},
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
                "icon": {"provider": "aws"},
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


#: Options for which servers of API v0 have no field, and metadata is none.
ONLY_V1 = ("ssvc", "color_palette")


def connection(server: Server) -> Json:
    """Return options of a connection that waits for nothing."""
    found = {"url": server.url, "api": server.api, "token": server.tokens["access_token"]}
    return {**found, "retry_timeout": 0, "settle_timeout": 0, "connect_timeout": 2, "timeout": 30}


def perform(name: str, args: Json) -> Json:
    """Return the result of a task that runs a module in the worker."""
    module = importlib.import_module(f"ansible_collections.tmi.tmi.plugins.modules.{name}").MODULE
    try:
        given = prepared(module, args, str, shipped=False)
    except TmiError as error:
        return failure(error)
    return run_here(module, f"tmi.tmi.{name}", given, TASK)


def sentence(text: str) -> None:
    """Assert that a person can read what is said."""
    assert text.strip()
    assert len(text) <= LONGEST + 200
    for word in ("Traceback", "unexpected", "defect of the collection", "object at 0x"):
        assert word not in text


def settled(server: Server, name: str, args: Json) -> bool:
    """Return whether a task was refused, which has written nothing; one that was taken changes nothing again."""
    server.control("reset", {"counters": True})
    first = perform(name, args)
    writes = server.counted()["writes"]
    assert "exception" not in first, first["exception"]
    if first.get("failed"):
        sentence(first["msg"])
        assert writes == 0, first["msg"]
        return True
    server.control("reset", {"counters": True})
    again = perform(name, args)
    assert not again.get("failed"), again["msg"]
    assert (again.get("changed", False), server.counted()["writes"]) == (False, 0), again.get("diff")
    return False


def ready(server: Server) -> None:
    """Let the server hold one model, Checkout."""
    server.control("reset", {"counters": True, "data": True})
    headers = {"Authorization": "Bearer " + server.tokens["access_token"]}
    answer = requests.post(server.url + "/threat_models", json={"name": "Checkout"}, headers=headers, timeout=60)
    assert answer.status_code == 201, answer.text


def arguments(server: Server, name: str, sample: Json) -> Json:
    """Return the arguments of a sample that this server takes."""
    spec = importlib.import_module(f"ansible_collections.tmi.tmi.plugins.modules.{name}").MODULE.argument_spec
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
    spec = importlib.import_module(f"ansible_collections.tmi.tmi.plugins.modules.{name}").MODULE.argument_spec
    aliases = [(alias,) for entry in spec.values() for alias in entry.get("aliases", ())]
    inner = [path for path in places(args) if len(path) > 1]
    return [*((option,) for option in spec), *aliases, *inner, *inner]


def tasks() -> list[Any]:
    """Return name of the module and sample of each test."""
    more = [("tmi_diagram", CELLS), ("tmi_diagram", CELLS), ("tmi_diagram", CONTENT)]
    found = [*SAMPLES.items(), *more]
    return [pytest.param(*task, id=f"{task[0]}-{number}") for number, task in enumerate(found)]


def test_each_module_has_a_sample() -> None:
    assert sorted(SAMPLES) == MODULES


@pytest.mark.parametrize(("name", "sample"), tasks())
def test_options(server: Server, name: str, sample: Json, attempt: Callable[..., None]) -> None:
    ready(server)
    args = arguments(server, name, sample)
    assert settled(server, name, args) is False

    def trial(change: Change) -> bool:
        ready(server)
        return settled(server, name, change.on(args))

    attempt(changes(everywhere(name, args)), trial)
