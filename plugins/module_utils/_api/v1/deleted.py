# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: deleted objects, which keep their ids for 30 days (V1-DELETED).

The server answers 404 for a deleted object, as for one that never existed. Lists show it to owners and administrators
on request, but do not mark it as deleted: it is an object that the ordinary list lacks. The model also contains deleted
threats.
"""

from __future__ import annotations

from typing import Any, Collection, Iterable, Mapping

from ..._engine.tree import Entity
from ..._resources._resource import Resource
from ..._resources.threat import THREAT

#: Parameters of a list that includes deleted objects.
WITH_DELETED = {"include_deleted": "true"}
#: Objects on a page of such a list. The server caches pages by offset and size alone, so a size that no other client
#: uses keeps deleted objects out of ordinary lists.
SIZE = 99


def missing(model: Entity, ids: Mapping[Resource, Collection[str]]) -> dict[Resource, set[str]]:
    """Return the ids that may belong to deleted objects of the model, by kind; kinds without one are absent."""
    embedded = {str(threat["id"]) for threat in model.raw.get("threats") or []}
    found = {}
    for resource, wanted in ids.items():
        there = {entity.id for entity in model.children.get(resource.plural, ())}
        left = {i for i in wanted if i not in there and (resource is not THREAT or i in embedded)}
        if left:
            found[resource] = left
    return found


def joined(resource: Resource, model: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the items of a list with the metadata of threats, which only the model has (ENGINE-1)."""
    if resource is not THREAT:
        return list(items)
    metadata = {t["id"]: t.get("metadata") for t in model.get("threats") or []}
    return [{**item, "metadata": metadata.get(item["id"])} for item in items]
