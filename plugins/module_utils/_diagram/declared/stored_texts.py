# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Declared cells with texts as the server stores them, so that cells are found again and do not change twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Callable

from .desired import DesiredCells
from .desired_cell import DesiredCell

#: A text -> the text as the server stores it.
AsStored = Callable[[str], str]


def with_stored_texts(wanted: DesiredCells, as_stored: AsStored) -> DesiredCells:
    """Return declared cells with keys, labels, metadata and other members as they are stored. Ids do not change."""
    layout = replace(
        wanted.layout,
        positions={as_stored(key): value for key, value in wanted.layout.positions.items()},
        waypoints={as_stored(key): value for key, value in wanted.layout.waypoints.items()},
    )
    return replace(wanted, cells=tuple(_cell(cell, as_stored) for cell in wanted.cells), layout=layout)


def _cell(cell: DesiredCell, as_stored: AsStored) -> DesiredCell:
    label = cell.label if cell.label is None else as_stored(cell.label)
    texts = as_stored(cell.key), label, _members(cell.metadata, as_stored), _members(cell.raw_members, as_stored)
    if texts == (cell.key, cell.label, cell.metadata, cell.raw_members):
        return cell  # the usual case
    key, label, metadata, raw_members = texts
    return replace(cell, key=key, label=label, metadata=metadata, raw_members=raw_members)


def _members(value: Any, as_stored: AsStored) -> Any:
    if isinstance(value, str):
        return as_stored(value)
    if isinstance(value, Mapping):
        return {as_stored(name): _members(member, as_stored) for name, member in value.items()}
    return [_members(member, as_stored) for member in value] if isinstance(value, list) else value
