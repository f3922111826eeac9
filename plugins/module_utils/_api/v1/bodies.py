# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: what updates of one object carry, and what their answers leave out (V1-PUT, V1-PATCH)."""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ..._engine.tree import Change, Entity
from ..._resources._fields import EMPTY
from ..._resources.asset import ASSET
from ..._resources.threat import THREAT
from .people import owner_to_wire, reviewer_to_wire, rows_to_wire
from .wire import MEMBERS, metadata_to_wire, to_wire

#: Flags of sub-resources that a PUT without them would set again.
_FLAGS = ("include_in_report", "timmy_enabled")


def metadata_after(actual: Entity, change: Change) -> dict[str, str]:
    """Return all metadata that an object shall hold after a change, also what we do not manage."""
    after = {**actual.stored_metadata, **change.metadata_set}
    return {key: value for key, value in after.items() if key not in change.metadata_removed}


def put_body(actual: Entity, values: Mapping[str, Any], metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of a PUT: what the object holds and we do not manage goes along, for PUT clears the rest.

    No metadata for an asset means that they stay, for it takes no empty list.
    """
    body = to_wire(actual.resource, values)
    if actual.resource is THREAT:
        body.setdefault("threat_type", [])
    body.update({n: False for n in _FLAGS if n not in body and actual.raw.get(n) is False})
    if metadata or actual.resource is not ASSET:
        body["metadata"] = metadata_to_wire(metadata)
    return body


def put_answer(actual: Entity, answer: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object after a PUT, whose answer echoes the body and lacks what the server knows besides."""
    known = {n: v for n, v in actual.raw.items() if n in ("created_at", "id", "alias")}
    kept = {} if "metadata" in body else {"metadata": metadata_to_wire(actual.stored_metadata)}
    return {**known, **body, **answer, **kept}


def patch_operations(actual: Entity, values: Mapping[str, Any], fields: Sequence[str]) -> list[dict[str, Any]]:
    """Return the JSON Patch that writes some fields of a model or diagram; ``replace`` of what is absent counts as
    ``add``. Raises InputError for an owner whom the server does not know."""
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
