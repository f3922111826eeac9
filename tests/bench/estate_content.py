# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The models of the estate: as definitions, as files, and as tasks with one object each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

THREATS, DOCUMENTS, SOURCES, METADATA = 30, 5, 5, 10
#: Objects of one model: itself, its diagram, and what hangs on it.
OBJECTS = 2 + THREATS + DOCUMENTS + SOURCES

#: Name, type and boundary of the nodes; with two boundaries and nine flows a diagram has twenty cells.
NODES = (
    ("browser", "actor", "outside"),
    ("partner", "actor", "outside"),
    ("gateway", "process", "inside"),
    ("api", "process", "inside"),
    ("worker", "process", "inside"),
    ("reports", "process", "inside"),
    ("database", "store", "inside"),
    ("queue", "store", "inside"),
    ("archive", "store", "inside"),
)
FLOWS = (
    ("browser", "gateway"),
    ("partner", "gateway"),
    ("gateway", "api"),
    ("api", "database"),
    ("api", "queue"),
    ("queue", "worker"),
    ("worker", "archive"),
    ("database", "reports"),
    ("reports", "archive"),
)
TYPES = (
    "Spoofing",
    "Tampering",
    "Repudiation",
    "Information Disclosure",
    "Denial of Service",
    "Elevation of Privilege",
)

Json = Any


def definition(number: int, threats: int = THREATS) -> dict[str, Json]:
    """Return one model as code."""
    service = f"service-{number:03d}"
    return {
        "tmi_definition": 1,
        "key": service,
        "name": f"Service {number:03d}",
        "description": f"Takes orders of department {number} and hands them on to the warehouse.",
        "framework": "STRIDE",
        "metadata": {f"property-{i}": f"value {i} of {service}" for i in range(METADATA)},
        "documents": {f"doc-{i}": document(service, i) for i in range(DOCUMENTS)},
        "sources": {f"repo-{i}": source(service, i) for i in range(SOURCES)},
        "diagrams": {"main": diagram()},
        "threats": {f"t-{i}": threat(i) for i in range(threats)},
    }


def document(service: str, number: int) -> dict[str, Json]:
    return {
        "name": f"Decision record {number}",
        "uri": f"https://wiki.example.com/{service}/{number}",
        "description": f"Why part {number} is built as it is",
    }


def source(service: str, number: int) -> dict[str, Json]:
    return {"name": f"Part {number}", "uri": f"https://git.example.com/{service}/part-{number}.git", "type": "git"}


def diagram() -> dict[str, Json]:
    return {
        "name": "Data flow",
        "boundaries": {"outside": "Outside", "inside": "Inside"},
        "nodes": {name: {"type": kind, "label": name.title(), "in": where} for name, kind, where in NODES},
        "flows": {f"{a}-{b}": {"from": a, "to": b, "label": f"{a} to {b}"} for a, b in FLOWS},
    }


def threat(number: int) -> dict[str, Json]:
    return {
        "name": f"{TYPES[number % len(TYPES)]} {number}",
        "description": f"Somebody without the right to do so uses weakness {number} of this part",
        "at": f"main/{NODES[number % len(NODES)][0]}",
        "types": [TYPES[number % len(TYPES)]],
        "severity": ("low", "medium", "high")[number % 3],
        "status": "open",
        "priority": "medium",
        "mitigation": f"Control {number} of the catalogue",
    }


def write(folder: Path, models: int, suffix: str, threats: int = THREATS) -> None:
    """Write the definitions of so many models as files `.yml` or `.json`."""
    folder.mkdir(exist_ok=True)
    for number in range(models):
        write_one(folder, suffix, definition(number, threats))


def write_changed(folder: Path, suffix: str) -> None:
    """Write the first model anew, with one word changed in one threat."""
    changed = definition(0)
    changed["threats"]["t-0"]["severity"] = "high"
    write_one(folder, suffix, changed)


def write_one(folder: Path, suffix: str, content: dict[str, Json]) -> None:
    path = folder / f"{content['key']}{suffix}"
    text = json.dumps(content) if suffix == ".json" else yaml.safe_dump(content, sort_keys=False)
    path.write_text(text, encoding="utf-8")


def tasks(number: int) -> list[Json]:
    """Return one model as tasks with one object each, in an order in which they can be created."""
    whole = definition(number)
    name = whole["name"]
    found = [("threat_model", {n: whole[n] for n in ("name", "description", "framework", "metadata")})]
    for section, kind in (("documents", "document"), ("sources", "source"), ("diagrams", "diagram")):
        found += [(kind, {"threat_model": name, **entry}) for entry in whole[section].values()]
    for entry in whole["threats"].values():
        cell = entry.pop("at").partition("/")[2]
        found.append(("threat", {"threat_model": name, "diagram": "Data flow", "cell": cell, **entry}))
    assert len(found) == OBJECTS
    return [{"name": f"Have {kind} {args['name']}", f"tmi.tmi.tmi_{kind}": args} for kind, args in found]
