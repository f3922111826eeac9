# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Restores of deleted objects: a server that keeps them does not accept their ids for new objects."""

from __future__ import annotations

from dataclasses import replace
from typing import Optional

from .._resources._resource import Resource
from .ports import Server
from .tree import CREATE, Desired, Entity, Plan


def with_deleted(server: Server, actual: Optional[Entity], plan: Plan) -> Optional[Entity]:
    """Return the model with the deleted objects whose ids the plan would give to new objects; None if there are none.

    Asks the server only about kinds that the plan creates, and only in an existing model.
    """
    if actual is None:
        return None
    ids: dict[Resource, set[str]] = {}
    for change in plan.changes:
        if change.action == CREATE and change.desired is not None:
            chosen = server.rules.chosen_id(change.resource, actual.id, key_of(change.desired))
            if chosen is not None and not server.rules.server_makes_id(change.resource, change.values):
                ids.setdefault(change.resource, set()).add(chosen)
    deleted = server.deleted(actual, ids) if ids else {}
    return replace(actual, deleted=deleted) if any(deleted.values()) else None


def key_of(desired: Desired) -> str:
    """Return the part of a chosen id that does not come from the model and the kind."""
    return desired.key or desired.label
