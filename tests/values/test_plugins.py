# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Input and every option of every filter, of the lookup and of the inventory."""

from __future__ import annotations

import importlib
import pathlib
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.constants import config
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.plugins.inventory import BaseInventoryPlugin
from ansible.template import Templar

from ansible_collections.tmi.tmi.plugins.doc_fragments._connection import ModuleDocFragment
from ansible_collections.tmi.tmi.plugins.inventory import tmi_inventory as inventory
from ansible_collections.tmi.tmi.plugins.lookup import tmi_connection as connections
from ansible_collections.tmi.tmi.plugins.lookup import tmi_inventory as lookup
from ansible_collections.tmi.tmi.plugins.module_utils._errors import LONGEST
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, ready, sentence
from ansible_collections.tmi.tmi.tests.harness.values import Change, changes, places

Json = Any
ROOT = pathlib.Path(__file__).resolve().parents[2]
FILTERS = sorted(path.stem for path in (ROOT / "plugins" / "filter").glob("[!_]*.py"))
NAME = "tmi.tmi.tmi_inventory"

DEFINITION: Json = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "owner": "ana",
    "access": [{"user": "bob", "role": "writer"}],
    "metadata": {"tier": 1},
    "assets": {"cards": {"type": "data"}},
    "repositories": {"api": {"uri": "https://git.example.com/2", "ref": {"branch": "main"}}},
    "diagrams": {
        "main": {
            "boundaries": {"dmz": "DMZ"},
            "nodes": {"web": {"type": "process", "in": "dmz", "x": 50, "y": 60}, "db": {"type": "store"}},
            "flows": {"f": {"from": "web", "to": "db", "label": "SQL"}},
        }
    },
    "threats": {"t": {"at": "main/web", "severity": "high", "accept": {"by": "ana", "reason": "small"}}},
}
OTM: Json = {
    "otmVersion": "0.2.0",
    "project": {"name": "Shop", "id": "shop", "tags": ["a"], "attributes": {"since": 2026}},
    "representations": [{"name": "Main", "id": "main", "type": "diagram", "size": {"width": 800, "height": 600}}],
    "assets": [{"name": "Cards", "id": "cards", "risk": {"confidentiality": 80, "integrity": 1, "availability": 1}}],
    "trustZones": [{"id": "z", "name": "Zone", "risk": {"trustRating": 10}}],
    "components": [
        {
            "id": "web",
            "name": "Web",
            "type": "web-client",
            "parent": {"trustZone": "z"},
            "representations": [
                {"representation": "main", "position": {"x": 1, "y": 2}, "size": {"width": 80, "height": 60}}
            ],
            "assets": {"processed": ["cards"], "stored": None},
            "threats": [{"threat": "t", "state": "exposed", "mitigations": [{"mitigation": "m", "state": "required"}]}],
        },
        {"id": "db", "name": "DB", "type": "datastore", "parent": {"component": "web"}},
    ],
    "dataflows": [{"id": "f", "name": "SQL", "source": "web", "destination": "db", "bidirectional": True}],
    "threats": [{"id": "t", "name": "Flood", "categories": ["DoS"], "cwes": ["CWE-1"], "risk": {"likelihood": 50}}],
    "mitigations": [{"id": "m", "name": "Limit", "riskReduction": 20}],
}
DRAGON: Json = {
    "version": "2.2.0",
    "summary": {"title": "Shop", "owner": "ana"},
    "detail": {
        "contributors": [{"name": "bob"}],
        "reviewer": "eve",
        "diagrams": [
            {
                "title": "Main",
                "diagramType": "STRIDE",
                "cells": [
                    {
                        "id": "web",
                        "shape": "process",
                        "position": {"x": 10, "y": 20},
                        "size": {"width": 80, "height": 80},
                        "data": {
                            "type": "tm.Process",
                            "name": "Web",
                            "outOfScope": False,
                            "threats": [{"title": "Flood", "severity": "High", "status": "Open", "type": "DoS"}],
                        },
                    },
                    {"id": "db", "shape": "store", "position": {"x": 200, "y": 20}, "data": {"name": "DB"}},
                    {
                        "id": "f",
                        "shape": "flow",
                        "source": {"cell": "web"},
                        "target": {"x": 1, "y": 2},
                        "vertices": [{"x": 100, "y": 30}],
                        "labels": [{"attrs": {"label": {"text": "SQL"}}}],
                    },
                ],
            }
        ],
    },
}
#: What tmi_plan_markdown reads of a result of tmi_definition.
RESULT: Json = {
    "plan": [
        {
            "action": "update",
            "kind": "threat_model",
            "path": ["Shop"],
            "access": True,
            "fields": {"authorization": {"before": [{"user": "bob", "role": "reader"}], "after": []}},
        },
        {
            "action": "update",
            "kind": "diagram",
            "path": ["Shop", "Main"],
            "cell_changes": [
                {"action": "create", "kind": "node", "name": "web", "key": "web", "label": "Web", "id": "w"},
                {
                    "action": "update",
                    "kind": "flow",
                    "name": "f",
                    "id": "f",
                    "fields": {"label": {"before": "a", "after": "b\nc"}},
                },
            ],
        },
        {
            "action": "delete",
            "kind": "threat",
            "path": ["Shop", "Flood"],
            "at": "Main/web",
            "details": ["high"],
            "reason": "pruned",
        },
    ],
    "threat_models": [{"name": "Shop", "notes": ["a note"], "error": "failed"}],
    "diagrams": [
        {
            "threat_model": "Shop",
            "name": "Main",
            "key": "main",
            "action": "update",
            "before": {"tmi_definition": 1, "name": "Shop"},
            "after": {"tmi_definition": 1, "name": "Shop", "diagrams": {"main": {"nodes": {"web": {"type": "actor"}}}}},
        },
    ],
    "kept": [{"threat_model": "Shop", "diagram": "Main", "cell": "web", "used_by": ["db"]}],
    "warnings": ["a warning"],
}
#: Files of other programs.
FORMATS = ROOT / "tests" / "integration" / "targets" / "filter_formats" / "files"
ROWS: Json = [
    {"name": "Customer", "type": "actor", "talks_to": "Web"},
    {"name": "Web", "type": "service", "zone": "Data centre/DMZ", "talks_to": ["Orders"], "owner": "web team"},
    {"name": "Orders", "type": "database", "zone": "Data centre", "data": ["Addresses"]},
]


def read(name: str) -> Json:
    """Return the data of a file of another program."""
    return yaml.safe_load((FORMATS / name).read_text("utf-8"))


#: Input and options of each filter.
SAMPLES: dict[str, Json] = {
    "tmi_as_files": {
        "definitions": [
            {"definition": DEFINITION, "file": "shop.yml", "id": "x", "modified_at": "2026-05-04T10:11:12Z"}
        ],
        "formats": ["html", "markdown", "csv", "definition"],
        "title": "x",
        "columns": ["team"],
        "schema": "x",
        "today": "2026-12-31",
        "editor": "https://tmi.example.com",
        "include_all": False,
    },
    "tmi_differences": {"source": [DEFINITION], "target": [{**DEFINITION, "owner": "eve"}], "name_prefix": ""},
    "tmi_from_otm": {"data": OTM, "strict": False, "shapes": {"ledger": "store"}},
    "tmi_from_threat_dragon": {"data": DRAGON, "strict": False},
    "tmi_from_threagile": {"data": read("clinic.threagile.yml"), "strict": False},
    "tmi_from_threat_composer": {"data": read("parking.tc.json"), "strict": False, "name": "Parking"},
    "tmi_from_tmt": {"data": (FORMATS / "bakery.tm7").read_text("utf-8"), "strict": False, "name": "Bakery"},
    "tmi_import": {"data": OTM, "strict": False, "path": "shop.otm.yml"},
    "tmi_model_from": {"data": ROWS, "name": "Shop", "mapping": "rows", "key": "shop", "strict": False},
    "tmi_lines": {"value": ["a\nb", ["c"]]},
    "tmi_map_people": {"definitions": [DEFINITION], "users": {"ana": "eve"}, "groups": {"a": "b"}},
    "tmi_plan_diagrams": {"results": [RESULT], "name": "x"},
    "tmi_plan_markdown": {
        "results": [RESULT],
        "title": "x",
        "applied": False,
        "limit": 5000,
        "diagrams": "x",
        "diagrams_at": "https://git.example.com/1/",
    },
    "tmi_report": {
        "definition": DEFINITION,
        "format": "html",
        "diagram": "",
        "index": "",
        "editor": "https://tmi.example.com",
    },
    "tmi_report_index": {
        "definitions": [{"definition": DEFINITION, "file": "shop.yml"}],
        "title": "x",
        "columns": ["team"],
        "today": "2026-12-31",
        "include_all": False,
    },
    "tmi_threats_csv": {"definitions": [DEFINITION], "columns": ["team"], "delimiter": ";", "include_all": False},
    "tmi_to_otm": {"definition": DEFINITION, "strict": False},
    "tmi_to_threat_dragon": {"definition": DEFINITION, "strict": False},
    "tmi_to_yaml": {"definition": DEFINITION, "schema": "x"},
}
QUERY: Json = {
    "threat_model": "Checkout",
    "filters": {"severity": {"min": "high"}, "metadata": {"team": ["x"]}, "name": {"regex": "C", "not": "x"}},
    "fields": ["name", "metadata.team"],
    "sort": ["-severity"],
    "limit": 5,
    "offset": 0,
    "regex": "C",
    "as": "inventory",
    "group_by": ["severity"],
}


def test_each_filter_has_a_sample() -> None:
    assert sorted(SAMPLES) == FILTERS


@pytest.mark.parametrize("name", FILTERS)
def test_filters(name: str, attempt: Callable[..., None]) -> None:
    module = importlib.import_module(f"ansible_collections.tmi.tmi.plugins.filter.{name}")
    convert, sample = module.FilterModule().filters()[name], SAMPLES[name]
    assert convert(**sample)

    def trial(change: Change) -> bool:
        try:
            convert(**change.on(sample))
        except AnsibleError as error:
            sentence(error.message[:LONGEST])  # those of core, for options of its own kind, may be longer
            return True
        return False

    attempt(changes([(name,) for name in sample] + list(places(sample))).filter(named), trial)


def named(change: Change) -> bool:
    """Whether the change leaves options their names: Jinja refuses others."""
    return not change.renames or len(change.path) > 1


@cache
def documented(text: str) -> Json:
    """Return the options of a documentation."""
    return yaml.safe_load(text)["options"]


def loaded(plugin: Any, kind: str, *documentation: str, name: str = NAME) -> Any:
    """Return a plugin with its options known, as core's loader leaves it."""
    options = {n: o for text in documentation for n, o in documented(text).items() if n != "_terms"}
    config.initialize_plugin_configuration_definitions(kind, name, options)
    plugin._load_name, plugin._redirected_names = name, [name]
    return plugin


def test_lookup(server: Server, attempt: Callable[..., None]) -> None:
    ready(server)
    sample = {"terms": ["threats"], **{n: v for n, v in connection(server).items() if n != "settle_timeout"}, **QUERY}

    def ask(terms: Json, **options: Json) -> None:
        loader = DataLoader()
        made = lookup.LookupModule(loader=loader, templar=Templar(loader))
        loaded(made, "lookup", lookup.DOCUMENTATION, ModuleDocFragment.PLUGIN).run(terms, {}, **options)

    def trial(change: Change) -> bool:
        try:
            ask(**change.on(sample))
        except AnsibleError as error:
            sentence(error.message[:LONGEST])  # those of core, for options of its own kind, may be longer
            return True
        return False

    ask(**sample)
    found = [path for path in places(sample) if path != ("terms",)]  # Ansible hands over a list
    attempt(changes([*found, ("include",), ("name",)]).filter(named), trial)
    assert server.counted()["writes"] == 1  # the model


def test_lookup_of_connections(attempt: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    # Core's loader of plugins may not run here.
    found = SimpleNamespace(run=lambda names, variables, default: [variables.get(name, default) for name in names])
    monkeypatch.setattr(connections, "lookup_loader", SimpleNamespace(get=lambda *_args, **_options: found))
    sample = {"prefix": "tmi_", "env_prefix": "TMI_X_", "emptied": False}

    def ask(**options: Json) -> Any:
        loader = DataLoader()
        made = connections.LookupModule(loader=loader, templar=Templar(loader))
        made = loaded(made, "lookup", connections.DOCUMENTATION, name="tmi.tmi.tmi_connection")
        return made.run([], {"tmi_url": "https://tmi.example.com"}, **options)

    def trial(change: Change) -> bool:
        try:
            ask(**change.on(sample))
        except AnsibleError as error:
            sentence(error.message[:LONGEST])  # those of core, for options of its own kind, may be longer
            return True
        return False

    assert ask(**sample) == [{"url": "https://tmi.example.com"}]
    attempt(changes(list(places(sample))).filter(named), trial)


def test_inventory(server: Server, attempt: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    ready(server)
    own = {"filters": {"framework": "STRIDE", "name": {"regex": "C"}}, "fields": ["name"], "include": ["threats"]}
    sample = {"plugin": NAME, **connection(server), **own, "regex": "C", "threat_summary": True}
    given: Json = {}
    monkeypatch.setattr(BaseInventoryPlugin, "_read_config_data", lambda self, path: self.set_options(direct=given))
    fragments = [ModuleDocFragment.PLUGIN]
    fragments += [core.ModuleDocFragment.DOCUMENTATION for core in (constructed, inventory_cache)]

    def ask(options: Json) -> None:
        given.clear()
        given.update(options)
        made = loaded(inventory.InventoryModule(), "inventory", inventory.DOCUMENTATION, *fragments)
        made.parse(InventoryData(), DataLoader(), "models.tmi.yml")

    def trial(change: Change) -> bool:
        try:
            ask(change.on(sample))
        except AnsibleError as error:
            sentence(error.message[:LONGEST])  # those of core, for options of its own kind, may be longer
            return True
        return False

    ask(sample)
    found = [path for path in places(sample) if path != ("plugin",)]  # core checks it
    attempt(changes([*found, ("definitions",)]).filter(named), trial)
    assert server.counted()["writes"] == 1  # the model
