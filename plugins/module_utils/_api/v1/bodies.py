# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: bodies of updates of one object, and the members that their answers leave out (V1-PUT, V1-PATCH)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..._engine.tree import Change, Entity
from ..._resources._fields import EMPTY
from ..._resources.asset import ASSET
from ..._resources.threat import THREAT
from .people import owner_to_wire, reviewer_to_wire, rows_to_wire
from .wire import MEMBERS, metadata_to_wire, to_wire

#: Flags that a PUT without them would reset to true.
_FLAGS = ("include_in_report", "timmy_enabled")


def metadata_after(actual: Entity, change: Change) -> dict[str, str]:
    """Return all metadata of an object after a change, including entries of others."""
    after = {**actual.stored_metadata, **change.metadata_set}
    return {key: value for key, value in after.items() if key not in change.metadata_removed}


def put_body(actual: Entity, values: Mapping[str, Any], metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of a PUT. It includes members that are not managed, because PUT clears all others.

    An asset accepts no empty list of metadata; without the member its metadata is kept.
    """
    body = to_wire(actual.resource, values)
    if actual.resource is THREAT:
        body.setdefault("threat_type", [])
    body.update({n: False for n in _FLAGS if n not in body and actual.raw.get(n) is False})
    if metadata or actual.resource is not ASSET:
        body["metadata"] = metadata_to_wire(metadata)
    return body


def put_answer(actual: Entity, answer: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object after a PUT: the answer repeats the body, and the other members come from ``actual``."""
    known = {n: v for n, v in actual.raw.items() if n in ("created_at", "id", "alias")}
    kept = {} if "metadata" in body else {"metadata": metadata_to_wire(actual.stored_metadata)}
    return {**known, **body, **answer, **kept}


def patch_operations(actual: Entity, values: Mapping[str, Any], fields: Sequence[str]) -> list[dict[str, Any]]:
    """Return the JSON Patch for some fields of a model or diagram; ``replace`` also adds a missing member.

    Raises InputError for an owner whom the server does not know.
    """
    wire = to_wire(actual.resource, {name: values.get(name) for name in fields})
    members = MEMBERS[actual.resource.name]
    operations: list[dict[str, Any]] = []
    for name in fields:
        member = members.get(name, name)
        if name == "authorization":
            value: Any = rows_to_wire(values[name] or [], actual.raw)
        elif name == "reviewer" and values[name]:
            value = reviewer_to_wire(str(values[name]), actual.raw)
        elif name == "owner":
            value = owner_to_wire(str(values[name]), actual.raw)
        else:
            value = wire.get(member)
        if value not in EMPTY or name == "authorization":
            operations.append({"op": "replace", "path": "/" + member, "value": value})
        elif actual.raw.get(member) not in EMPTY:
            operations.append({"op": "remove", "path": "/" + member})
    return operations
