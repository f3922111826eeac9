# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Small files of Threat Dragon."""

from __future__ import annotations

from typing import Any


def cell(shape: str, given: str, place: tuple[float, float, float, float], **data: Any) -> dict[str, Any]:
    x, y, width, height = place
    return {
        "id": given,
        "shape": shape,
        "zIndex": 1,
        "position": {"x": x, "y": y},
        "size": {"width": width, "height": height},
        "attrs": {"text": {"text": "drawn"}},
        "data": {"name": given.title(), "hasOpenThreats": False, **data},
    }


def line(given: str, source: dict[str, Any], target: dict[str, Any], **more: Any) -> dict[str, Any]:
    data = {"type": "tm.Flow", "name": given.title(), **more.pop("data", {})}
    return {"id": given, "shape": "flow", "source": source, "target": target, "data": data, **more}


def threat(title: str, **more: Any) -> dict[str, Any]:
    base = {"id": "1", "title": title, "status": "Open", "severity": "High", "type": "Tampering", "modelType": "STRIDE"}
    return {**base, "description": "", "mitigation": "", **more}


def model(*cells: dict[str, Any], **diagram: Any) -> dict[str, Any]:
    return {
        "version": "2.3.0",
        "summary": {"title": "Shop", "owner": "Ana", "description": "A shop", "id": 0},
        "detail": {
            "contributors": [{"name": "Bob"}, {"name": "Eve"}],
            "reviewer": "Rob",
            "diagramTop": 1,
            "threatTop": 9,
            "diagrams": [{"id": 0, "title": "Main flow", "diagramType": "STRIDE", "cells": list(cells), **diagram}],
        },
    }


def old_model(*cells: dict[str, Any]) -> dict[str, Any]:
    """Return a file of version 1."""
    diagram = {"id": 0, "title": "Main flow", "diagramType": "STRIDE", "$$hashKey": "object:9", "size": {"height": 9}}
    return {
        "summary": {"title": "Shop", "owner": "Ana"},
        "detail": {
            "contributors": [{"name": "Bob", "$$hashKey": "object:1"}],
            "diagrams": [{**diagram, "diagramJson": {"cells": list(cells)}}],
        },
    }


def without_ids(definition: dict[str, Any]) -> dict[str, Any]:
    """Return a definition without the ids of its cells and the origins of its other objects."""
    diagrams = {}
    for key, diagram in definition.get("diagrams", {}).items():
        sections = {name: diagram[name] for name in ("boundaries", "nodes", "flows") if name in diagram}
        bare = {
            name: {cell: {k: v for k, v in entry.items() if k != "id"} for cell, entry in section.items()}
            for name, section in sections.items()
        }
        diagrams[key] = {name: part for name, part in {**diagram, **bare}.items() if name != "origin"}
    threats = {
        key: {name: part for name, part in threat.items() if name != "origin"}
        for key, threat in definition.get("threats", {}).items()
    }
    found = {**definition, "diagrams": diagrams, "threats": threats}
    return {name: part for name, part in found.items() if part or name in definition}
