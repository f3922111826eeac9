# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Declared cells with their texts as the server stores them, so that they are found again and nothing changes twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Callable

from .desired import DesiredCells
from .named_cells import DesiredCell

#: A text -> the same as the server stores it.
Spell = Callable[[str], str]


def spelled(wanted: DesiredCells, spell: Spell) -> DesiredCells:
    """Return declared cells with keys, labels, metadata and other members spelled anew. Ids stay as they are."""
    layout = replace(
        wanted.layout,
        positions={spell(key): found for key, found in wanted.layout.positions.items()},
        courses={spell(key): found for key, found in wanted.layout.courses.items()},
    )
    return replace(wanted, cells=tuple(_cell(cell, spell) for cell in wanted.cells), layout=layout)


def _cell(cell: DesiredCell, spell: Spell) -> DesiredCell:
    label = cell.label if cell.label is None else spell(cell.label)
    texts = spell(cell.key), label, _members(cell.metadata, spell), _members(cell.raw_members, spell)
    if texts == (cell.key, cell.label, cell.metadata, cell.raw_members):
        return cell  # nearly always
    key, label, metadata, raw_members = texts
    return replace(cell, key=key, label=label, metadata=metadata, raw_members=raw_members)


def _members(value: Any, spell: Spell) -> Any:
    if isinstance(value, str):
        return spell(value)
    if isinstance(value, Mapping):
        return {spell(name): _members(member, spell) for name, member in value.items()}
    return [_members(member, spell) for member in value] if isinstance(value, list) else value
