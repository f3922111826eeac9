# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: canonical values to and from the JSON of the server (V1-MODELS to V1-NOTES)."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Optional, Sequence

from ..._resources._fields import fold
from ..._resources._resource import Resource
from ..._resources._storage import FACTS
from ..wire import COLUMNS as COMMON_COLUMNS
from ..wire import PARAMETERS, rounded
from .cvss import base_score

#: The server's names of kinds, in paths and in lists, if they differ.
SEGMENTS: Mapping[str, str] = {"source": "repositories"}

#: Canonical field -> member of the JSON, if the two differ.
MEMBERS: Mapping[str, Mapping[str, str]] = {
    "threat_model": {
        "framework": "threat_model_framework",
        "project": "project_id",
        "reviewer": "security_reviewer",
        "confidential": "is_confidential",
    },
    "threat": {"cwe": "cwe_id"},
    "document": {},
    "source": {},
    "diagram": {},
    "asset": {},
    "note": {},
}

#: Fields for which v1 has a column and other generations have none.
_MORE_COLUMNS: Mapping[str, Sequence[str]] = {
    "threat_model": ("status", "project", "reviewer", "confidential"),
    "threat": ("cwe", "cvss", "ssvc", "asset_id", "include_in_report"),
    "document": ("include_in_report",),
    "source": ("include_in_report",),
    "diagram": ("color_palette", "include_in_report"),
    "asset": ("name", "type", "description", "criticality", "sensitivity", "classification", "include_in_report"),
    "note": ("name", "content", "description", "include_in_report"),
}
#: Fields (references by the id they store) for which v1 has a column.
COLUMNS: Mapping[str, frozenset[str]] = {
    kind: COMMON_COLUMNS.get(kind, frozenset()) | frozenset(names) for kind, names in _MORE_COLUMNS.items()
}

#: Fields with people, which need the model that was read (see ``people.py``).
PEOPLE = frozenset(("authorization", "owner", "reviewer"))

#: Kind -> (field, member) of every column without people, made once because it is used for every object.
_PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = {
    kind: tuple((name, MEMBERS[kind].get(name, name)) for name in sorted(names - PEOPLE))
    for kind, names in COLUMNS.items()
}

#: Groups that the server itself adds to the authorization of models; they are never declared.
SERVER_GROUPS = frozenset(("security-reviewers", "confidential-project-reviewers", "tmi-automation"))


def segment(resource: Resource) -> str:
    """Return the server's name of a kind."""
    return SEGMENTS.get(resource.name, resource.plural)


def to_wire(resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON members of all fields of ``values`` that are set and have a column.

    Authorization, owner and reviewer are left out: people need the model that was read (see ``people.py``).
    """
    body = {}
    for name, member in _PAIRS[resource.name]:
        value = values.get(name)
        if value is not None and value != "":
            body[member] = _WRITERS[name](value) if name in _WRITERS else value
    return body


def from_wire(resource: Resource, wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return the canonical fields of one object, with times and creator, without authorization and owner."""
    values = {}
    for name, member in _PAIRS[resource.name]:
        value = wire.get(member)
        if value is not None and value != "":
            value = _READERS[name](value) if name in _READERS else value
            if value is not None:
                values[name] = value
    values.update({name: wire[name] for name in FACTS if isinstance(wire.get(name), str)})
    return values


def metadata_to_wire(metadata: Mapping[str, str]) -> list[dict[str, str]]:
    """Return metadata in the form of the server."""
    return [{"key": key, "value": value} for key, value in metadata.items()]


def _parameters_in(value: Mapping[str, Any]) -> Optional[dict[str, Any]]:
    return {k: value[v] for k, v in PARAMETERS.items() if value.get(v)} or None


def _parameters_out(value: Mapping[str, Any]) -> dict[str, Any]:
    return {PARAMETERS[k]: v for k, v in value.items()}


def _palette_in(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"position": int(row["position"]), "color": color(row["color"])} for row in rows]


def _palette_out(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{"position": row["position"], "color": color(row["color"])} for row in rows]


def _set_in(texts: Sequence[str]) -> list[str]:
    return sorted(set(texts))


def _cvss_in(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted(entry["vector"] for entry in entries)


def _cvss_out(vectors: Sequence[str]) -> list[dict[str, Any]]:
    return [{"vector": vector, "score": base_score(vector)} for vector in vectors]


def color(text: str) -> str:
    """Return a colour as the server stores it: ``#RGB`` expanded, in lower case."""
    digits = text.lower().lstrip("#")
    return "#" + ("".join(2 * digit for digit in digits) if len(digits) == 3 else digits)


def people(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows of an authorization without the server's own groups."""
    return [
        row for row in rows if not (row.get("principal_type") == "group" and row.get("provider_id") in SERVER_GROUPS)
    ]


#: Field -> function from the server's value to the canonical one, and back; a name means the same in all kinds.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("severity", "priority", "status"), fold),
    **dict.fromkeys(("threat_type", "cwe", "classification"), _set_in),
    "parameters": _parameters_in,
    "color_palette": _palette_in,
    "cvss": _cvss_in,
    "score": float,
}
_WRITERS: Mapping[str, Callable[[Any], Any]] = {
    "parameters": _parameters_out,
    "color_palette": _palette_out,
    "cvss": _cvss_out,
    "score": rounded,
}
