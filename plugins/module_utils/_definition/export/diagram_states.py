# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The diagrams that a plan changes, as definitions of their states before and after it. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Iterator, Mapping, Optional, Sequence, Tuple

from ..._cells.cell import KEY, Cell
from ..._cells.changes import is_reported
from ..._engine.display.reference_names import names_of
from ..._engine.tree import CREATE, Change, Plan
from ..._resources.diagram import DIAGRAM
from ..parsing.as_written import MARK, VERSION
from .cell_keys import cell_keys
from .cells import CellOptions, export_cells
from .keys import ExportLosses, slug

#: Most cells of a state: a larger diagram is not returned.
MOST_CELLS = 1000


def diagram_states(plan: Plan, most: int) -> list[dict[str, Any]]:
    """Return the first ``most`` diagrams whose cells change, or that are created or removed, in the order of the plan.

    A row has ``threat_model``, ``name``, ``key``, ``action``, and ``before`` and ``after``: definitions of the model
    with this diagram only, or without it where it does not exist. A cell has the same key in both.
    """
    changed = [change for change in plan.changes if change.resource is DIAGRAM and _is_drawn_anew(change)]
    names = names_of(plan) if changed and most else {}
    return [_row(change, names) for change in changed[:most]]


def _is_drawn_anew(change: Change) -> bool:
    """Whether a picture of the diagram would change, and is small enough."""
    cells_change = change.cells is not None and any(map(is_reported, change.cells.changes))
    is_other = change.action in (CREATE, "delete") or cells_change
    return is_other and all(len(cells) <= MOST_CELLS for _name, cells in filter(None, _states(change)))


#: Name and cells of a diagram.
State = Optional[Tuple[str, Sequence[Cell]]]


def _states(change: Change) -> tuple[State, State]:
    """Return the states before and after a change; None where the diagram does not exist."""
    actual = change.there
    before = (actual.label, actual.cells) if actual else None
    if change.action == "delete":
        return before, None
    return before, (str(change.values["name"]), change.cells.cells if change.cells else ())


def _row(change: Change, names: Mapping[str, str]) -> dict[str, Any]:
    before, after = _states(change)
    name = (after or before or ("", ()))[0]
    key = (change.desired.key if change.desired else None) or slug(name, DIAGRAM.name)
    cells = {cell.id: cell for state in (before, after) if state for cell in state[1]}
    keys = cell_keys(list(cells.values()))
    assets = {asset: names.get(asset, asset) for cell in cells.values() for asset in _assets(cell)}
    row: dict[str, Any] = {"threat_model": change.path[0], "name": name, "key": key, "action": change.action}
    for word, state in (("before", before), ("after", after)):
        row[word] = _definition(change.path[0], key, state, keys, assets)
    return row


def _definition(
    model: str, key: str, state: State, keys: Mapping[str, str], assets: Mapping[str, str]
) -> dict[str, Any]:
    """Return a definition of a model with one state of a diagram, whose cells have ``keys``."""
    definition: dict[str, Any] = {MARK: VERSION, "name": model}
    if state is not None:
        cells = [replace(cell, metadata={**cell.metadata, KEY: keys[cell.id]}) for cell in state[1]]
        exported = export_cells(cells, CellOptions(assets=assets), key, ExportLosses())
        definition["diagrams"] = {key: {"name": state[0], **exported.members}}
    return definition


def _assets(cell: Cell) -> Iterator[str]:
    data = cell.raw.get("data")
    found = data.get("data_assets") if isinstance(data, Mapping) else None
    return (asset for asset in (found if isinstance(found, list) else ()) if isinstance(asset, str))
