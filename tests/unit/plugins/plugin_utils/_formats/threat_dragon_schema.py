# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of Threat Dragon 2 for its files, as far as exports can break them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_TEXTS = (str,)
_NUMBER = (int, float)
#: Object -> member -> (types, whether it is required).
_RULES: Mapping[str, Mapping[str, tuple[tuple[type, ...], bool]]] = {
    "model": {"version": (_TEXTS, True), "summary": ((dict,), True), "detail": ((dict,), True)},
    "summary": {
        "title": (_TEXTS, True),
        "owner": (_TEXTS, False),
        "description": (_TEXTS, False),
        "id": ((int,), False),
    },
    "detail": {
        "contributors": ((list,), True),
        "diagrams": ((list,), True),
        "diagramTop": ((int,), True),
        "reviewer": (_TEXTS, True),
        "threatTop": ((int,), True),
    },
    "diagram": {
        "diagramType": (_TEXTS, True),
        "id": ((int,), True),
        "thumbnail": (_TEXTS, True),
        "title": (_TEXTS, True),
        "version": (_TEXTS, True),
        "description": (_TEXTS, False),
        "placeholder": (_TEXTS, False),
        "cells": ((list,), False),
    },
    "cell": {
        "id": (_TEXTS, True),
        "shape": (_TEXTS, True),
        "zIndex": ((int,), True),
        "data": ((dict,), True),
        "position": ((dict,), False),
        "size": ((dict,), False),
        "connector": (_TEXTS, False),
        "vertices": ((list,), False),
    },
    "data": {
        "hasOpenThreats": ((bool,), True),
        "type": (_TEXTS, True),
        "name": (_TEXTS, False),
        "description": (_TEXTS, False),
        "protocol": (_TEXTS, False),
        "privilegeLevel": (_TEXTS, False),
        "reasonOutOfScope": (_TEXTS, False),
        **dict.fromkeys(
            ("outOfScope", "isEncrypted", "isBidirectional", "isTrustBoundary", "isALog"), ((bool,), False)
        ),
    },
    "threat": {
        **dict.fromkeys(("description", "mitigation", "severity", "status", "title", "type"), (_TEXTS, True)),
        **dict.fromkeys(("modelType", "score", "id"), (_TEXTS, False)),
        "number": ((int,), False),
    },
    "body": {"stroke": (_TEXTS, True), "strokeWidth": (_NUMBER, True), "strokeDasharray": ((str, type(None)), True)},
    "line": {"targetMarker": ((dict, str), True), "sourceMarker": ((dict, str), False), "stroke": (_TEXTS, False)},
    "point": {"x": (_NUMBER, True), "y": (_NUMBER, True)},
    "size": {"width": (_NUMBER, True), "height": (_NUMBER, True)},
    "end": {"cell": (_TEXTS, True), "port": (_TEXTS, False)},
}
_STATUSES = ("NotApplicable", "Open", "Mitigated", "Accepted", "Transferred", "Avoided", "Eliminated")
_SHAPES = ("actor", "process", "store", "td-text-block", "trust-boundary-box", "flow")


def problems(file: Mapping[str, Any]) -> list[str]:
    """Return what Threat Dragon would not accept."""
    return list(_all(file))


def _all(file: Mapping[str, Any]) -> Iterator[str]:
    yield from _check("model", file)
    yield from _check("summary", file["summary"])
    yield from _check("detail", file["detail"])
    if len(file["version"]) > 10:
        yield "version is too long"
    for diagram in file["detail"]["diagrams"]:
        yield from _check("diagram", diagram)
        if len(diagram["diagramType"]) < 3:
            yield "diagramType is too short"
        cells = diagram.get("cells", [])
        ids = [cell["id"] for cell in cells]
        if len(set(ids)) < len(ids):
            yield "an id is used twice"
        for cell in cells:
            yield from _cell(cell, ids)


def _cell(cell: Mapping[str, Any], ids: list[str]) -> Iterator[str]:
    yield from _check("cell", cell)
    yield from _check("data", cell["data"])
    if cell["shape"] not in _SHAPES:
        yield "no such shape"
    if cell["shape"] == "flow":
        yield from _check("line", cell["attrs"]["line"])
        for name in ("source", "target"):
            yield from _check("end", cell[name])
            if cell[name]["cell"] not in ids:
                yield "an end is at no cell"
        for point in cell["vertices"]:
            yield from _check("point", point)
    else:
        yield from _check("body", cell["attrs"]["body"])
        yield from _check("point", cell["position"])
        yield from _check("size", cell["size"])
        if min(cell["size"].values()) < 10:
            yield "a cell is too small"
    for threat in cell["data"].get("threats", []):
        yield from _check("threat", threat)
        if threat["status"] not in _STATUSES:
            yield "no such status"


def _check(kind: str, found: Mapping[str, Any]) -> Iterator[str]:
    for name, (types, required) in _RULES[kind].items():
        if name not in found:
            if required:
                yield "%s needs %s" % (kind, name)
        elif not isinstance(found[name], types) or (isinstance(found[name], bool) and bool not in types):
            yield "%s.%s has the wrong type" % (kind, name)
