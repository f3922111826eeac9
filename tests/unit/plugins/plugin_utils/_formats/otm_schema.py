# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the schema of Open Threat Model 0.2.0 demands, as far as the collection writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

NUMBER = (int, float)
NULL_OR_NUMBER = (int, float, type(None))

#: Type of an object -> member -> (type or types, whether it must be there). A text names the type of the members of a
#: list, or of the object.
TYPES: Mapping[str, Mapping[str, tuple[Any, bool]]] = {
    "otm": {
        "otmVersion": (str, True),
        "project": ("project", True),
        "representations": (["representation"], False),
        "assets": (["asset"], False),
        "trustZones": (["zone"], False),
        "components": (["component"], False),
        "dataflows": (["flow"], False),
        "threats": (["threat"], False),
        "mitigations": (["mitigation"], False),
    },
    "project": {
        "name": (str, True),
        "id": (str, True),
        "description": (str, False),
        "owner": (str, False),
        "ownerContact": (str, False),
        "tags": ([str], False),
        "attributes": (dict, False),
    },
    "representation": {
        "name": (str, True),
        "id": (str, True),
        "type": (str, True),
        "description": (str, False),
        "size": ("size", False),
        "repository": ("repository", False),
        "attributes": (dict, False),
    },
    "repository": {"url": (str, True)},
    "size": {"width": (NUMBER, True), "height": (NUMBER, True)},
    "position": {"x": (NUMBER, True), "y": (NUMBER, True)},
    "asset": {
        "name": (str, True),
        "id": (str, True),
        "description": (str, False),
        "risk": ("cia", True),
        "attributes": (dict, False),
    },
    "cia": {
        "confidentiality": (NUMBER, True),
        "integrity": (NUMBER, True),
        "availability": (NUMBER, True),
        "comment": (str, False),
    },
    "zone": {
        "id": (str, True),
        "name": (str, True),
        "type": (str, False),
        "description": (str, False),
        "risk": ("trust", True),
        "parent": ("parent", False),
        "representations": (["drawing"], False),
        "attributes": (dict, False),
    },
    "trust": {"trustRating": (NUMBER, True)},
    "parent": {"trustZone": (str, False), "component": (str, False)},
    "drawing": {
        "representation": (str, True),
        "id": (str, True),
        "position": ("position", False),
        "size": ("size", False),
    },
    "component": {
        "id": (str, True),
        "name": (str, True),
        "type": (str, True),
        "description": (str, False),
        "parent": ("parent", True),
        "representations": (["drawing"], False),
        "assets": ("instances", False),
        "threats": (["instance"], False),
        "tags": ([str], False),
        "attributes": (dict, False),
    },
    "instances": {"processed": ([str], False), "stored": ([str], False)},
    "flow": {
        "id": (str, True),
        "name": (str, True),
        "description": (str, False),
        "bidirectional": (bool, False),
        "source": (str, True),
        "destination": (str, True),
        "assets": ([str], False),
        "threats": (["instance"], False),
        "tags": ([str], False),
        "attributes": (dict, False),
    },
    "instance": {"threat": (str, True), "state": (str, True), "mitigations": (["control"], False)},
    "control": {"mitigation": (str, True), "state": (str, True)},
    "threat": {
        "id": (str, True),
        "name": (str, True),
        "description": (str, False),
        "categories": ([str], False),
        "cwes": ([str], False),
        "risk": ("risk", True),
        "tags": ([str], False),
        "attributes": (dict, False),
    },
    "risk": {
        "likelihood": (NULL_OR_NUMBER, True),
        "likelihoodComment": (str, False),
        "impact": (NUMBER, True),
        "impactComment": (str, False),
    },
    "mitigation": {
        "id": (str, True),
        "name": (str, True),
        "description": (str, False),
        "riskReduction": (NUMBER, True),
        "attributes": (dict, False),
    },
}
#: Lists of objects with ids; lists that share one set of ids are together.
SETS = (("representations",), ("assets",), ("trustZones", "components"), ("dataflows",), ("threats",), ("mitigations",))


def problems(otm: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with an Open Threat Model: structure, ids that are used twice, references to nothing."""
    return [*_structure(otm, "otm", "$"), *_references(otm)]


def _structure(value: Any, kind: Any, path: str) -> Iterator[str]:
    if isinstance(kind, list):
        if not isinstance(value, list):
            yield "%s is no list" % path
            return
        for number, entry in enumerate(value):
            yield from _structure(entry, kind[0], "%s[%d]" % (path, number))
    elif isinstance(kind, str):
        if not isinstance(value, dict):
            yield "%s is no object" % path
            return
        members = TYPES[kind]
        yield from ("%s.%s is missing" % (path, n) for n, (_t, needed) in members.items() if needed and n not in value)
        for name, entry in value.items():
            if name not in members:
                yield "%s.%s is no member" % (path, name)
            else:
                yield from _structure(entry, members[name][0], "%s.%s" % (path, name))
        if kind == "parent" and len(value) != 1:
            yield "%s must be one parent" % path
    elif not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        yield "%s is %r" % (path, value)
    elif isinstance(value, dict):
        yield from ("%s.%s is no text" % (path, n) for n, v in value.items() if not isinstance(v, str))


def _references(otm: Mapping[str, Any]) -> Iterator[str]:
    ids: dict[str, set[str]] = {}
    for lists in SETS:
        given = [entry["id"] for name in lists for entry in otm.get(name, ())]
        yield from ("the id %s is twice in %s" % (i, lists) for i in sorted({i for i in given if given.count(i) > 1}))
        ids.update({name: {entry["id"] for entry in otm.get(name, ())} for name in lists})
    for entry in (*otm.get("trustZones", ()), *otm.get("components", ())):
        parent = entry.get("parent", {})
        for kind, name in (("trustZone", "trustZones"), ("component", "components")):
            if kind in parent and parent[kind] not in ids[name]:
                yield "%s lies in %s, which is not there" % (entry["id"], parent)
        for drawing in entry.get("representations", ()):
            if drawing["representation"] not in ids["representations"]:
                yield "%s is drawn in %s" % (entry["id"], drawing["representation"])
    for flow in otm.get("dataflows", ()):
        if {flow["source"], flow["destination"]} - ids["trustZones"] - ids["components"]:
            yield "%s has an end that is not there" % flow["id"]
    for bearer in (*otm.get("components", ()), *otm.get("dataflows", ())):
        for instance in bearer.get("threats", ()):
            if instance["threat"] not in ids["threats"]:
                yield "%s bears %s" % (bearer["id"], instance["threat"])
            used = {control["mitigation"] for control in instance.get("mitigations", ())}
            yield from ("%s is no mitigation" % i for i in sorted(used - ids["mitigations"]))
