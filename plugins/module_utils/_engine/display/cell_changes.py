# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a plan does to the cells of one diagram, as data: one entry a cell, boundaries first, then nodes and flows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Sequence

from ..._cells.cell import Cell
from ..._cells.changes import CellChange, CellPlan, is_reported
from ..._cells.editor import chosen_members
from ..._diagram.declared.icons.lookup import short_icon
from ..._diagram.match import kind_of
from ..._diagram.names import display_names, fields_of
from ..._diagram.raw_members import COMPARED
from .reference_names import Names

#: What a change of a cell is called in data; the same words as for objects.
ACTIONS = {"add": "create", "update": "update", "remove": "delete"}
KINDS = ("boundary", "node", "flow")
_PLURALS = {"boundary": "boundaries", "node": "nodes", "flow": "flows"}
#: Fields of an entry beside ``fields``, which identify the cell.
HEAD = ("key", "label", "type", "in", "from", "to")
#: Fields that say where a new flow is drawn; like its place, that of a new cell is not reported.
_PLACE = ("from_port", "to_port")
#: Members of a cell's data -> the words for them; the form holds metadata once more.
_DATA = {"data_assets": "assets", "_arch": "icon"}
_METADATA, _ICON = "_metadata", "_arch"


def cell_changes(plan: CellPlan, names: Names) -> list[dict[str, Any]]:
    """Return the changes of a plan, ordered by kind and name.

    An entry has ``action`` (``create``, ``update``, ``delete``), ``kind``, ``name`` (key, else label, else id) and
    ``id``, what is set of HEAD, and ``fields`` (name -> ``before`` and ``after``). Those of a cell that is created are
    what is set besides, but for where it is drawn. ``names``: of assets, by id.
    """
    shown = {**names, **display_names(plan)}
    found = [_entry(change, shown) for change in plan.changes if is_reported(change)]
    return sorted(found, key=lambda entry: (KINDS.index(entry["kind"]), entry["name"], entry["id"]))


def _entry(change: CellChange, names: Names) -> dict[str, Any]:
    cell = change.cell
    entry: dict[str, Any] = {
        "action": ACTIONS[change.action],
        "kind": kind_of(cell),
        "name": names[cell.id],
        "id": cell.id,
    }
    details = change.fields or COMPARED
    if change.before is None:
        cell = replace(cell, raw=chosen_members(cell))
    shown = _fields(cell, names, details)
    entry.update({name: shown[name] for name in HEAD if name in shown})
    if change.after is not None:
        before = _fields(change.before, names, details) if change.before is not None else {}
        known = ("id", *HEAD, *_PLACE) if change.before is None else ()
        fields = sorted(n for n in {*before, *shown} if n not in known and before.get(n) != shown.get(n))
        if fields:
            pairs = {name: _apart(before.get(name), shown.get(name)) for name in fields}
            entry["fields"] = {name: {"before": old, "after": new} for name, (old, new) in pairs.items()}
    return entry


def _apart(before: Any, after: Any) -> tuple[Any, Any]:
    """Return two values without the members of maps in which they agree: the editor adds dozens to each cell."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return before, after
    pairs = {n: _apart(before.get(n), after.get(n)) for n in {**before, **after} if before.get(n) != after.get(n)}
    return {n: old for n, (old, _new) in pairs.items() if n in before}, {
        n: new for n, (_old, new) in pairs.items() if n in after
    }


def _fields(cell: Cell, names: Names, details: Sequence[str]) -> dict[str, Any]:
    """Return the fields of a cell with members of the server's form in users' words."""
    found = fields_of(cell, names, details)
    if "children" in found:
        found["children"] = [names.get(child, child) for child in found["children"]]
    data = found.pop("data", None)
    for member, value in data.items() if isinstance(data, Mapping) else ():
        short = short_icon(value) if member == _ICON and isinstance(value, Mapping) else None
        if member != _METADATA:
            found[_DATA.get(member, "data.%s" % member)] = short or value
    if isinstance(found.get("assets"), list):
        found["assets"] = sorted(str(names.get(asset, asset)) for asset in found["assets"])
    return found


def counted(cells: Sequence[Cell]) -> list[str]:
    """Return how many cells of each kind there are, in words."""
    numbers = Counter(kind_of(cell) for cell in cells)
    return ["%d %s" % (numbers[k], k if numbers[k] == 1 else _PLURALS[k]) for k in KINDS if numbers[k]]
