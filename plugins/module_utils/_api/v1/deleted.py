# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: what can be known of deleted objects, which keep their ids for 30 days (V1-DELETED).

A deleted object answers 404 like one that never was. Lists show it to owners and administrators, if they ask for it,
but do not say that it is deleted: it is one that the ordinary list lacks. Deleted threats stand in their model as well.
"""

from __future__ import annotations

from typing import Any, Collection, Iterable, Mapping

from ..._engine.tree import Entity
from ..._resources._resource import Resource
from ..._resources.threat import THREAT

#: What is asked of a list that shall have deleted objects too.
WITH_DELETED = {"include_deleted": "true"}
#: Objects a page of such a list. The server keeps pages for a while and tells them apart by offset and size alone, so
#: a size that nobody else uses keeps deleted objects out of everybody's lists.
SIZE = 99


def missing(model: Entity, ids: Mapping[Resource, Collection[str]]) -> dict[Resource, set[str]]:
    """Return those of the ids that a deleted object of the model may have, by kind; kinds without one are absent."""
    embedded = {str(threat["id"]) for threat in model.raw.get("threats") or []}
    found = {}
    for resource, wanted in ids.items():
        there = {entity.id for entity in model.children.get(resource.plural, ())}
        left = {i for i in wanted if i not in there and (resource is not THREAT or i in embedded)}
        if left:
            found[resource] = left
    return found


def joined(resource: Resource, model: Mapping[str, Any], items: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the items of a list with what only the model has: the metadata of threats (ENGINE-1)."""
    if resource is not THREAT:
        return list(items)
    metadata = {t["id"]: t.get("metadata") for t in model.get("threats") or []}
    return [{**item, "metadata": metadata.get(item["id"])} for item in items]
