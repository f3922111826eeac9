# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Plans of whole models as a reviewer reads them: data for a gate, and a tree of text for ``--diff``."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Iterable, Mapping, Sequence

from ..._cells.changes import is_reported
from ..._resources._fields import EMPTY, Reference
from ..._resources._storage import stored_name
from ..tree import CREATE, RESTORE, Change, Desired, Plan

#: Why a model changes in which nothing that people see does.
KEY = "its key"
#: Longest value that one line of the tree shows.
WIDTH = 72

_SIGNS = {CREATE: "+", RESTORE: "+", "update": "~", "delete": "-", "none": "="}
_COUNTED = (("created", CREATE), ("restored", RESTORE), ("updated", "update"), ("deleted", "delete"))
_CELLS = (("add", "added"), ("update", "changed"), ("remove", "removed"))


def entries(plan: Plan, with_new: bool = True) -> list[dict[str, Any]]:
    """Return what a plan does, an entry an object: the model first, then its children in the order of writing.

    An entry has ``action`` (``create``, ``restore``, ``update``, ``delete``, or ``none`` where something keeps the
    object from what its definition says), ``kind`` and ``path`` (names of model and object), and where there is
    something to tell ``id``, ``fields`` (name -> ``before`` and ``after``; of a restored object what differs from how
    it comes back), ``cells`` (numbers of those added, changed and removed) and ``reason``. Objects that stay as they
    are have no entry. ``with_new`` false leaves out the fields of new objects: Ansible takes seconds to copy those of
    an estate.
    """
    listed = _listed(plan)
    names = _names(plan) if listed else {}
    return [_entry(change, names, with_new) for change in listed]


def _listed(plan: Plan) -> list[Change]:
    return [change for change in plan.changes if change.changed or change.reason]


def _entry(change: Change, names: Mapping[str, str], with_new: bool = True) -> dict[str, Any]:
    found: dict[str, Any] = {"action": change.action, "kind": change.resource.name, "path": list(change.path)}
    if change.actual is not None:
        found["id"] = change.actual.id
    has_fields = change.action in ("update", RESTORE) or (change.action == CREATE and with_new)
    fields = _fields(change, names) if has_fields else {}
    if fields:
        found["fields"] = fields
    if change.cells is not None and change.cells.changes:
        counts = Counter(cell.action for cell in change.cells.changes if is_reported(cell))
        found["cells"] = {word: counts[action] for action, word in _CELLS}
    reason = change.reason
    if change.action == "update" and not fields and "cells" not in found:
        reason = reason or KEY
    if reason:
        found["reason"] = reason
    return found


def _fields(change: Change, names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the fields that differ by the names that the user gives them; references as names of what they mean."""
    written = {stored_name(f): f.name for f in change.resource.fields if isinstance(f, Reference)}
    before = change.actual.values if change.actual else {}
    found = {}
    for name in change.fields:
        after = change.pending[name].label if name in change.pending else change.values.get(name)
        old = before.get(name)
        if name in written:
            old, after = names.get(str(old), old), names.get(str(after), after)
        found[written.get(name, name)] = {"before": old, "after": after}
    metadata = change.actual.metadata if change.actual else {}
    for key in sorted({*change.metadata_set, *change.metadata_removed}):
        if key in metadata or key in change.metadata:  # else it is ours, or a field kept as metadata: told above
            found["metadata.%s" % key] = {"before": metadata.get(key), "after": change.metadata_set.get(key)}
    return found


def _names(plan: Plan) -> dict[str, str]:
    """Return what the ids of diagrams, cells and assets in a plan are called."""
    found: dict[str, str] = {}
    root = plan.changes[0].actual if plan.changes else None
    for section in root.children.values() if root is not None else ():
        for entity in section:
            found[entity.id] = entity.label
            found.update({cell.id: cell.name for cell in entity.cells})
    for change in plan.changes:
        if change.cells is not None:
            found.update({cell.id: cell.name for cell in change.cells.cells})
    return found


def counts(plan: Plan) -> dict[str, int]:
    """Return how many objects are created, restored, updated and deleted."""
    found = Counter(change.action for change in plan.changes)
    return {word: found[action] for word, action in _COUNTED}


def removals(plan: Plan) -> list[str]:
    """Return every object and cell that pruning removes, in words."""
    found = ['%s "%s"' % (c.resource.title, c.path[-1]) for c in plan.changes if c.action == "delete" and c.reason]
    for change in plan.changes:
        if change.cells is not None and change.desired is not None and change.desired.prune_cells != "none":
            gone = [cell.cell.name for cell in change.cells.changes if cell.action == "remove"]
            found += ['cell "%s" of diagram "%s"' % (name, change.path[-1]) for name in gone]
    return found


def tree(desired: Desired, plan: Plan, impossible: Iterable[str] = (), notes: Iterable[str] = ()) -> str:
    """Return a plan as lines of text: one an object, one a field of what is changed, cells as numbers.

    Signs are ``+`` created or restored, ``~`` changed, ``-`` removed, ``=`` kept though something says otherwise,
    ``!`` cannot be done, ``#`` a note on the definition. Empty where nothing changes and nothing is to be told.
    """
    listed = _listed(plan)
    told = [*_kept(plan), *("! " + line for line in impossible), *("# " + note for note in notes)]
    if not listed and not told:
        return ""
    names = _names(plan)
    lines = [] if plan.changes[0] in listed else ['  %s "%s"' % (desired.resource.title, desired.label)]
    for change in listed:
        lines += _lines(change, names)
    return "".join(line + "\n" for line in (*lines, *("    " + line for line in told)))


def _lines(change: Change, names: Mapping[str, str]) -> list[str]:
    entry = _entry(change, names)
    indent = "    " * (len(change.path) - 1)
    line = '%s%s %s "%s"' % (indent, _SIGNS[change.action], change.resource.title, change.path[-1])
    if "cells" in entry:
        line += ": cells %s" % ", ".join("%d %s" % (n, word) for word, n in entry["cells"].items() if n)
    if "reason" in entry:
        line += " (%s)" % entry["reason"]
    if change.action == RESTORE:
        line += " (restored)"
    if change.action not in ("update", RESTORE):
        return [line]
    fields = entry.get("fields", {}).items()
    return [line, *("%s      %s: %s -> %s" % (indent, n, *_sides(f["before"], f["after"])) for n, f in fields)]


def _kept(plan: Plan) -> list[str]:
    lines = []
    for change in plan.changes:
        for kept in change.cells.kept if change.cells is not None else ():
            users = ", ".join('"%s"' % cell.name for cell in kept.used_by)
            lines.append('= cell "%s" of diagram "%s" (used by %s)' % (kept.cell.name, change.path[-1], users))
    return lines


def _sides(before: Any, after: Any) -> tuple[str, str]:
    """Return both values on one line, each cut where it is long: to where they begin to differ."""
    sides = _value(before), _value(after)
    same = _common(*sides) if max(map(len, sides)) > WIDTH else 0
    start = same - WIDTH // 3 if same > WIDTH // 2 else 0
    return _cut(sides[0], start), _cut(sides[1], start)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    return next((at for at, signs in enumerate(zip(one, other)) if signs[0] != signs[1]), min(len(one), len(other)))


def _value(value: Any) -> str:
    if value in EMPTY and value is not False:
        return "(none)"
    if isinstance(value, str) and value.isidentifier():
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _cut(text: str, start: int) -> str:
    """Return ``WIDTH`` characters of a text at most, from ``start`` on."""
    found = "…" + text[start:] if start else text
    return found if len(found) <= WIDTH else found[: WIDTH - 1] + "…"


def summary(numbers: Sequence[Mapping[str, int]], impossible: int) -> str:
    """Return the last line of plans of several models, by what :func:`counts` says of each."""
    found: Counter[str] = Counter()
    for number in numbers:
        found.update(number)
    parts = ["%d %s" % (found[word], word) for word, action in _COUNTED if found[word] or action != RESTORE]
    return "%s: %s%s\n" % (
        "1 model" if len(numbers) == 1 else "%d models" % len(numbers),
        ", ".join(parts),
        ", %d cannot be done" % impossible if impossible else "",
    )
