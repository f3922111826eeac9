# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The objects of a model in the form in which two states are compared: plain data, in the words that people write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.match import kind_of
from ansible_collections.tmi.tmi.plugins.module_utils._diagram.names import fields_of
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.view import view_entity
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity

#: Kind, id, name and fields of each object, by "kind id".
Objects = dict[str, dict[str, Any]]

#: Fields that a write of another field changes, or that only identify the object.
_NOT_COMPARED = ("id", "created_at", "modified_at", "boundaries", "nodes", "flows")


def objects_of(model: Entity) -> Objects:
    """Return a model, its children and the cells of its diagrams.

    A cell has ``diagram`` (id and name) in addition. The position and size of a cell are left out.
    """
    names = {cell.id: cell.name for section in model.children.values() for child in section for cell in child.cells}
    names.update({child.id: child.label for section in model.children.values() for child in section})
    found: Objects = {}
    for entity in (model, *(child for section in model.children.values() for child in section)):
        found[_key(entity.resource.name, entity.id)] = {
            "kind": entity.resource.name,
            "id": entity.id,
            "name": entity.label,
            "fields": _compared(view_entity(entity, names)),
        }
        found.update(cells_of(entity, entity.cells, names))
    return found


def cells_of(
    diagram: Entity, cells: Iterable[Cell], names: Mapping[str, str] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the key and the object of each cell of a diagram; ``names``: names by id, otherwise those of the cells."""
    if names is None:
        cells = list(cells)
        names = {cell.id: cell.name for cell in cells}
    for cell in cells:
        kind = kind_of(cell)
        yield (
            # The ids of cells are unique in their diagram only.
            _key(kind, "%s %s" % (diagram.id, cell.id)),
            {
                "kind": kind,
                "id": cell.id,
                "name": cell.name,
                "diagram": {"id": diagram.id, "name": diagram.label},
                "fields": _compared(fields_of(cell, names)),
            },
        )


def _key(kind: str, object_id: str) -> str:
    return "%s %s" % (kind, object_id)


def _compared(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in shown.items() if name not in _NOT_COMPARED}
