# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Ids of diagrams, cells and assets as the names that people know."""

from __future__ import annotations

from collections import Counter
from typing import Any, Mapping, Optional

from ..._diagram.names import display_names, unique_names
from ..._resources._resource import Resource
from ..._resources._storage import stored_name
from ..tree import Change, Plan
from .signs import quoted

Names = Mapping[str, str]


def names_of(plan: Plan) -> dict[str, str]:
    """Return the names of the diagrams, cells and assets that a plan knows, by id.

    Objects of one kind that share a name, and cells of one diagram, have their ids with it.
    """
    found: dict[str, str] = {}
    root = plan.changes[0].actual if plan.changes else None
    for section in root.children.values() if root is not None else ():
        count = Counter(entity.label for entity in section)
        for entity in section:
            found[entity.id] = entity.label if count[entity.label] == 1 else "%s (%s)" % (entity.label, entity.id)
            found.update(unique_names(entity.cells))
    for change in plan.changes:
        if change.cells is not None:
            found.update(display_names(change.cells))
    return found


def named(name: str, names: Names, values: Mapping[str, Any], change: Optional[Change] = None) -> Any:
    """Return what a field that refers to an object is called: the object's name, or its id if that has no name.

    ``change``: the change whose new values these are. It knows the objects that are yet to be created.
    """
    if change is not None and name in change.pending:
        return change.pending[name].label
    return names.get(str(values.get(name)), values.get(name))


def place_of(names: Names, values: Mapping[str, Any], change: Optional[Change] = None) -> str:
    """Return where a threat sits, as ``diagram/cell`` or ``diagram``; "" if it sits nowhere.

    A name with a slash is in quotes.
    """
    parts = [str(named(name, names, values, change) or "") for name in ("diagram_id", "cell_id")]
    return "/".join(quoted(part) if "/" in part or part[:1] == '"' else part for part in parts if part)


def written_names(resource: Resource) -> dict[str, str]:
    """Return the names under which references are kept -> the names that users write."""
    return {stored_name(field): field.name for field in resource.references}
