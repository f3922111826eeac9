# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Keys of a diagram's cells: their own keys, else readable keys by which an apply finds the same cells again.

An apply finds a cell by its id, by its key, or by its looks if no other cell looks the same (ENGINE-18). So only a cell
with looks of its own gets a readable key; one of several that look the same gets its id as key, and so does a copy that
the web editor has made of a cell together with its key.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Sequence

from ..._cells.cell import Cell
from ..._diagram.declared.entries import flow_key, flow_line
from ..._resources.reference import is_id
from .keys import slug, unique_key


def cell_keys(cells: Sequence[Cell]) -> dict[str, str]:
    """Return id -> key of the cells of one diagram, all keys different; the order of the cells does not matter."""
    boxes = sorted((cell for cell in cells if not cell.is_flow), key=_by_looks)
    keys: dict[str, str] = {}
    _collect_keys(cells, keys)
    used = set(keys.values())
    looks = Counter(_look(cell) for cell in cells if cell.id not in keys)
    for cell in boxes:
        if cell.id not in keys:
            keys[cell.id] = _readable(cell, slug(cell.label, cell.shape), looks, used)
    for cell in sorted((cell for cell in cells if cell.is_flow), key=_by_looks):
        if cell.id not in keys:
            key = "%s->%s" % (keys.get(cell.source or ""), keys.get(cell.target or ""))
            if not _is_read_as_written(key, is_flow=True):
                key = slug(cell.label, cell.shape)
            keys[cell.id] = _readable(cell, key, looks, used)
    return keys


def _collect_keys(cells: Sequence[Cell], keys: dict[str, str]) -> None:
    """Collect the cells' own keys. Of several cells with one key, the cell whose id comes from the key keeps it."""
    seen: set[str] = set()
    for cell in sorted(cells, key=lambda cell: (not is_ours(cell.id), cell.id)):
        key = cell.key or ""
        if _is_read_as_written(key, cell.is_flow):
            keys[cell.id] = cell.id.lower() if key in seen else key
            seen.add(key)


def _is_read_as_written(key: str, is_flow: bool) -> bool:
    """Whether reading a definition returns exactly this key: keys of flows with an arrow are normalized."""
    ends = flow_line(key) if is_flow else None
    return bool(key) and key == key.strip() and (ends is None or flow_key(ends, "") == key)


def is_ours(cell_id: str) -> bool:
    """Whether the collection may have made an id: it makes them from names, the web editor at random."""
    return is_id(cell_id) and cell_id[14] == "5"


def _look(cell: Cell) -> tuple[Any, ...]:
    if cell.is_flow:
        return cell.shape, cell.label, cell.source, cell.target
    return cell.shape, cell.label, cell.parent or None


def _by_looks(cell: Cell) -> tuple[str, ...]:
    return cell.shape, cell.label, cell.id


def _readable(cell: Cell, key: str, looks: Counter[tuple[Any, ...]], used: set[str]) -> str:
    readable = cell.id.lower() if looks[_look(cell)] > 1 and is_id(cell.id) else unique_key(key, used)
    used.add(readable)
    return readable
