# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Marks on the elements of a drawing that another state of the same diagram has not, or has differently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import KEY, Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.editor import chosen_members

ADDED, CHANGED, REMOVED = "added", "changed", "removed"
#: Mark -> the sign for it, the same as in the text of a plan.
SIGNS: Mapping[str, str] = {ADDED: "+", CHANGED: "~", REMOVED: "-"}
#: Members of the server's form that count: style, assets and icon.
_MEMBERS = ("attrs", "connector", "data")


def marks(drawn: Iterable[Cell], other: Iterable[Cell], alone: str) -> dict[str, str]:
    """Return id of a cell -> CHANGED if it differs from that of another state, ``alone`` if that state lacks it.

    ``alone`` is ADDED if the other state is the earlier one, else REMOVED. Places do not count: a cell that only moved
    is not marked, nor is a flow that only takes another way.
    """
    cells, others = list(drawn), list(other)
    known = _compared(others)
    found = {}
    for cell, (name, fields) in zip(cells, _named(cells), strict=True):
        if known.get(name) != fields:
            found[cell.id] = CHANGED if name in known else alone
    return found


def _compared(cells: list[Cell]) -> dict[str, Any]:
    return dict(_named(cells))


def _named(cells: list[Cell]) -> list[tuple[str, Any]]:
    """Return the key of each cell, else its id, with what is compared of it."""
    names = {cell.id: cell.key or cell.id for cell in cells}
    return [
        (
            names[cell.id],
            (
                cell.shape,
                cell.label,
                *(names.get(end or "", "") for end in (cell.parent, cell.source, cell.target)),
                cell.bidirectional,
                sorted((key, value) for key, value in cell.metadata.items() if key != KEY),
                _members(cell),
            ),
        )
        for cell in cells
    ]


def _members(cell: Cell) -> dict[str, Any]:
    """Return what people chose of the members that count; metadata are compared apart."""
    found = {name: value for name, value in chosen_members(cell).items() if name in _MEMBERS and value}
    data = found.pop("data", None)
    kept = {n: v for n, v in data.items() if n != "_metadata" and v} if isinstance(data, Mapping) else {}
    assets = kept.get("data_assets")
    if isinstance(assets, list):
        kept["data_assets"] = sorted(map(str, assets))
    return {**found, "data": kept}
