# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Assets that cells name by key or name, and ids in place of these names.

The ids of new assets are known only after their creation, so a plan has their names until then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..._cells.cell import Cell
from ..._cells.changes import CellPlan
from ..._resources.reference import is_id
from .desired import DesiredCells

_MEMBER = "data_assets"


def assets_named(wanted: DesiredCells) -> dict[str, str]:
    """Return the assets that cells name by key or name, each with the path of such a cell."""
    return {
        reference: cell.path
        for cell in wanted.cells
        for reference in _references(cell.raw_members)
        if not is_id(str(reference))
    }


def with_asset_ids(wanted: DesiredCells, ids: Mapping[str, str]) -> DesiredCells:
    """Return declared cells with ids for the names in ``ids``."""
    if not ids:
        return wanted
    return replace(
        wanted, cells=tuple(replace(cell, raw_members=_renamed(cell.raw_members, ids)) for cell in wanted.cells)
    )


def without_assets(wanted: DesiredCells) -> DesiredCells:
    """Return declared cells without their assets."""
    cells = []
    for cell in wanted.cells:
        data = {n: v for n, v in (cell.raw_members.get("data") or {}).items() if n != _MEMBER}
        rest = {n: v for n, v in cell.raw_members.items() if n != "data"}
        cells.append(replace(cell, raw_members={**rest, "data": data} if data else rest))
    return replace(wanted, cells=tuple(cells))


def plan_with_asset_ids(plan: CellPlan, ids: Mapping[str, str]) -> CellPlan:
    """Return a plan whose cells have ids for the names in ``ids``."""

    def renamed(cell: Cell) -> Cell:
        raw = _renamed(cell.raw, ids)
        return cell if raw is cell.raw else replace(cell, raw=raw)

    changes = tuple(replace(c, after=renamed(c.after)) if c.after is not None else c for c in plan.changes)
    return replace(plan, cells=tuple(map(renamed, plan.cells)), changes=changes)


def _references(members: Mapping[str, Any]) -> list[Any]:
    data = members.get("data")
    references = data.get(_MEMBER) if isinstance(data, Mapping) else None
    return references if isinstance(references, list) else []


def _renamed(members: Mapping[str, Any], ids: Mapping[str, str]) -> Mapping[str, Any]:
    """Return members with ids in place of names; the same object if there is no name in it."""
    references = _references(members)
    if not any(reference in ids for reference in references if isinstance(reference, str)):
        return members
    return {
        **members,
        "data": {**members["data"], _MEMBER: [ids.get(r, r) if isinstance(r, str) else r for r in references]},
    }
