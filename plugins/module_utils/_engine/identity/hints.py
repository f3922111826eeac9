# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Warnings for objects that a task would create although it may mean an existing one. Pure."""

from __future__ import annotations

from typing import Any, Iterator, Mapping, Optional, Sequence

from ..._near import near
from ..tree import PRESENT, Desired, Entity
from .objects import identity_of, not_found
from .renames import AsStored


def assumed(desired: Desired, existing: Sequence[Entity]) -> Iterator[str]:
    """Yield a warning if check mode assumes a missing object and another one has nearly its name."""
    if near(desired.label, [entity.label for entity in existing]):
        error = not_found(desired.resource, desired.label, existing, desired.where)
        yield "%s. Check mode assumes that it is about to be created" % error


def same_named_elsewhere(
    desired: Desired,
    entity: Optional[Entity],
    anchors: Mapping[str, Any],
    existing: Sequence[Entity],
    diagrams: Sequence[Entity],
    as_stored: AsStored,
) -> Iterator[str]:
    """Yield a warning if a task creates a second object of a name because the first one has another anchor.

    ``anchors``: those of the new object. There is no warning for a definition, which lists all of its objects, nor for
    a task that says whether both are meant.
    """
    if entity is not None or desired.state != PRESENT or desired.key or desired.moves is not None or not anchors:
        return
    name = identity_of(desired, as_stored)
    for other in existing:
        if name is not None and other.values.get(name[0]) == name[1]:
            yield (
                '%s "%s": another one of this name is about %s (id %s), and this one is new. If that one should move, '
                "set move: true, or give its id; if both should exist, set move: false"
                % (desired.resource.title, desired.label, _about(other, diagrams), other.id)
            )


def _about(entity: Entity, diagrams: Sequence[Entity]) -> str:
    """Return the place of an object in words."""
    diagram = next((candidate for candidate in diagrams if candidate.id == entity.values.get("diagram_id")), None)
    if diagram is None:
        return "nothing"
    cell = next((candidate for candidate in diagram.cells if candidate.id == entity.values.get("cell_id")), None)
    return '%sdiagram "%s"' % ('cell "%s" of ' % cell.name if cell is not None else "", diagram.label)
