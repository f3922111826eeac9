# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v0: canonical values to and from the JSON of the server (V0-MODELS to V0-STORED)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Callable, Mapping, Optional, Sequence

from ..._resources._fields import fold
from ..._resources._resource import Resource
from ..._resources._storage import FACTS
from ..._resources.threat import THREAT
from ..._resources.threat_model import THREAT_MODEL
from ..wire import COLUMNS, PARAMETERS, rounded

#: Canonical field -> member of the JSON, if the two differ.
MEMBERS: Mapping[str, Mapping[str, str]] = {
    "threat_model": {"framework": "threat_model_framework", "issue_uri": "issue_url"},
    "threat": {"issue_uri": "issue_url"},
    "document": {"uri": "url"},
    "source": {"uri": "url"},
    "diagram": {},
}

#: Kind -> (field, member) of every column, made once because it is used for every object.
_PAIRS: Mapping[str, tuple[tuple[str, str], ...]] = {
    kind: tuple((name, MEMBERS[kind].get(name, name)) for name in sorted(names)) for kind, names in COLUMNS.items()
}


def to_wire(resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON members of all fields of ``values`` that are set and have a column.

    Metadata is never sent with them (V0-B4: real servers return it and store nothing).
    """
    body = {}
    for name, member in _PAIRS[resource.name]:
        if name in values:
            value = _out(resource, name, values[name])
            if value is not None:
                body[member] = value
    return body


def from_wire(resource: Resource, wire: Mapping[str, Any]) -> dict[str, Any]:
    """Return the canonical fields of one object, with times and creator."""
    values = {}
    for name, member in _PAIRS[resource.name]:
        value = wire.get(member)
        if value is not None and name in _READERS:
            value = _READERS[name](value)
        if value is not None and value != "":
            values[name] = value
    values.update({name: wire[name] for name in FACTS if wire.get(name)})
    return values


def _out(resource: Resource, name: str, value: Any) -> Any:
    if resource is THREAT:
        return _threat_out(name, value)
    if value in (None, ""):
        return None
    if name == "authorization":
        return [{"subject": row["user"], "role": row["role"]} for row in value]
    if name == "parameters":
        return {PARAMETERS[k]: v for k, v in value.items()}
    return value


def _threat_out(name: str, value: Any) -> Any:
    if name == "threat_type":
        return ", ".join(value or [])
    if name in ("severity", "priority", "status"):
        return titled("none" if value == "informational" else value or "")
    if name == "score" and value is not None:
        return rounded(value)
    return value


def _types_in(text: str) -> list[str]:
    return sorted({part.strip() for part in text.split(",") if part.strip()})


def _authorization_in(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return authorization_rows([{"user": row["subject"], "role": row["role"]} for row in rows])


def _parameters_in(value: Mapping[str, Any]) -> Optional[dict[str, Any]]:
    return {k: value[v] for k, v in PARAMETERS.items() if value.get(v) is not None} or None


def authorization_rows(rows: Any, owner: Optional[str] = None) -> list[dict[str, Any]]:
    """Return the authorization in canonical order; ``owner`` always has the role owner (V0-AUTHORIZATION)."""
    found = {row.get("user"): dict(row) for row in rows}
    if owner:
        found[owner] = {"user": owner, "role": "owner"}
    key = THREAT_MODEL.field("authorization").key  # type: ignore[attr-defined]
    return sorted(found.values(), key=lambda row: tuple(part or "" for part in key(row)))


@lru_cache(maxsize=256)  # all threats use the same few words
def titled(text: str) -> str:
    """Return a canonical word as v0 and its web editor write it: ``in_progress`` -> ``In Progress``."""
    return " ".join(word[:1].upper() + word[1:] for word in text.split("_"))


#: Field -> function from the server's value to the canonical one; a name means the same in all kinds.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("severity", "priority", "status"), fold),
    "threat_type": _types_in,
    "score": float,
    "authorization": _authorization_in,
    "parameters": _parameters_in,
}
