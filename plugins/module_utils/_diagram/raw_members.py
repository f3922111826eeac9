# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Members of the wire form that canonical cells do not have: style, waypoints, assets, icons.

Only members that both generations and the web editor keep are compared. Others (``zIndex``, ``visible``, ``markup``,
``tools`` …) are dropped by one of them, so that comparing them would show a change in every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Sequence

from .._cells.cell import Cell
from .._cells.editor import PLACE, STYLED, chosen_members, has_chosen_style, plain_colour

COMPARED = ("attrs", "vertices", "connector", "data")

#: Members of ``data`` that are sets: their order does not matter, and empty ones must not be sent (V1-CELLS).
_SETS = ("data_assets",)
_COLOURS = ("fill", "stroke")
_NOTHING: Mapping[str, Any] = {}


def merge_raw_members(before: Cell, after: Cell, raw_members: Mapping[str, Any]) -> Cell:
    """Return ``after`` with ``raw_members`` in its raw form, if anything differs from ``before``."""
    if not raw_members:
        return after
    raw = after.raw
    is_there = all(
        _holds(raw.get(name), raw_members[name], name) or _are_the_editors(name, after, raw_members)
        for name in COMPARED
        if name in raw_members
    )
    if before == after and is_there:
        return after
    merged = _merged(raw, raw_members)
    if not is_there and has_chosen_style(replace(after, raw=raw_members)):
        merged = _merged(merged, {"data": {STYLED: True}})
    return replace(after, raw=merged)


def differing_raw_members(before: Cell, after: Cell) -> tuple[str, ...]:
    """Return the names of the compared members in which the raw forms differ."""
    if before.raw is after.raw:
        return ()
    return tuple(name for name in (*COMPARED, "children") if before.raw.get(name) != after.raw.get(name))


def _holds(actual: Any, wanted: Any, name: str) -> bool:
    """Whether a value contains all that is wanted; the server and the editor may have added members."""
    if name in _SETS and isinstance(wanted, list) and _are_texts(wanted):
        return isinstance(actual, list) and _are_texts(actual) and set(actual) == set(wanted) if actual else not wanted
    if isinstance(wanted, Mapping):
        members = actual if isinstance(actual, Mapping) else {}
        return all(_holds(members.get(member), value, member) for member, value in wanted.items())
    if isinstance(wanted, (list, tuple)):
        entries = actual if isinstance(actual, Sequence) and not isinstance(actual, str) else ()
        return len(entries) == len(wanted) and all(_holds(have, want, "") for have, want in zip(entries, wanted))
    if isinstance(wanted, (int, float)) and isinstance(actual, (int, float)):
        return abs(wanted - actual) <= 0.5 if name in ("x", "y") else wanted == actual
    if name in _COLOURS:
        return bool(plain_colour(actual) == plain_colour(wanted))
    return bool(actual == wanted)


def _are_the_editors(name: str, cell: Cell, raw_members: Mapping[str, Any]) -> bool:
    """Whether a style differs only in members with the web editor's own values, both wanted and there (ENGINE-28).

    The editor writes its own values by itself, and paints a box with the fill of its depth instead of the plain one.
    """
    if name != "connector" and not (name == "attrs" and isinstance(raw_members[name], Mapping)):
        return False
    chosen, wanted = chosen_members(cell), chosen_members(replace(cell, raw=raw_members))
    if name == "connector":
        return name not in chosen and name not in wanted
    return _is_own(cell.raw.get(name), raw_members[name], chosen.get(name), wanted.get(name))


def _is_own(actual: Any, wanted: Any, chosen: Any, chosen_wanted: Any) -> bool:
    """Whether members are as wanted, or the editor's own values in both; ``chosen``: members that are not its own."""
    actual, chosen, chosen_wanted = (
        found if isinstance(found, Mapping) else _NOTHING for found in (actual, chosen, chosen_wanted)
    )
    return all(
        _holds(actual.get(name), value, name)
        or (
            _is_own(actual.get(name), value, chosen.get(name), chosen_wanted.get(name))
            if isinstance(value, Mapping)
            else name in actual and name not in chosen and name not in chosen_wanted and name not in PLACE
        )
        for name, value in wanted.items()
    )


def _are_texts(values: Sequence[Any]) -> bool:
    return all(isinstance(value, str) for value in values)


def _merged(actual: Any, wanted: Any) -> Any:
    if not isinstance(wanted, Mapping):
        return wanted
    merged = dict(actual) if isinstance(actual, Mapping) else {}
    for name, value in wanted.items():
        if name in _SETS and not value:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged
