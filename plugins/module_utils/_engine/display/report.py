# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Plans of whole models as data, for gates and for the texts that are made of it. ``docs/schema`` describes them."""

from __future__ import annotations

from collections import Counter
from typing import Any, Iterator, Mapping

from ..._cells.changes import is_reported
from ..._resources._marks import KEY as KEY_MARK
from ..._resources._marks import ORIGIN
from ..tree import CREATE, RESTORE, Change, Plan
from .cell_changes import cell_changes, counted
from .reference_names import Names, named, names_of, place_of, written_names

#: The version of the form of plans.
PLAN_FORMAT = 1
#: The collection's own metadata that definitions have as fields, by the names of these.
_OWN_FIELDS = {KEY_MARK: "key", ORIGIN: "origin"}
#: Fields that say who may do what.
ACCESS = ("authorization", "owner")

_COUNTED = (("created", CREATE), ("restored", RESTORE), ("updated", "update"), ("deleted", "delete"))
_CELLS = (("add", "added"), ("update", "changed"), ("remove", "removed"))
#: Fields that matter most of a new or removed object, by its kind.
_MAIN = {
    "threat": ("severity", "status"),
    "document": ("uri",),
    "source": ("uri",),
    "asset": ("type", "criticality"),
}


def entries(plan: Plan, with_new: bool = True) -> list[dict[str, Any]]:
    """Return what a plan does, an entry an object: the model first, then its children in the order of writing.

    An entry has ``action`` (``create``, ``restore``, ``update``, ``delete``, or ``none`` where something keeps the
    object from what its definition says), ``kind`` and ``path`` (names of model and object), and if there is something
    to say ``id``, ``at`` (the place of a threat), ``details`` (texts that describe a new or removed object), ``access``
    (True: it changes who may do what), ``fields`` (name -> ``before`` and ``after``; of a restored object what differs
    from how it comes back), ``cells`` (numbers of those added, changed and removed), ``cell_changes`` (see there) and
    ``reason``. Unchanged objects have no entry. ``with_new`` false leaves out the fields and cells of new objects:
    Ansible takes seconds to copy those of an estate. Rows of access are always there.
    """
    listed = _ordered([change for change in plan.changes if change.changed or change.reason])
    if not listed:
        return []
    names, twins = names_of(plan), _twins(plan)
    return [_entry(change, names, twins, with_new) for change in listed]


def _ordered(changes: list[Change]) -> list[Change]:
    """Return changes with neighbours that no definition has in the order of their names: servers list in any order."""
    found: list[Change] = []
    run: list[Change] = []
    for change in (*changes, None):
        if run and (change is None or change.desired is not None or change.resource is not run[0].resource):
            found += sorted(run, key=lambda one: (one.path, one.actual.id if one.actual else ""))
            run = []
        if change is not None:
            (run if change.desired is None else found).append(change)
    return found


def _twins(plan: Plan) -> frozenset[str]:
    """Return the ids of objects that only their ids distinguish from others."""
    root, root_kind = plan.changes[0].actual, plan.changes[0].resource
    seen: dict[Any, list[str]] = {}
    for section in root.children.values() if root is not None else ():
        for entity in section:
            place = tuple(entity.values.get(name) for name in ("diagram_id", "cell_id"))
            seen.setdefault((entity.resource.name, entity.label, place), []).append(entity.id)
    models = [change.actual.id for change in plan.changes[1:] if change.resource is root_kind and change.actual]
    return frozenset([*models, *(entity_id for ids in seen.values() if len(ids) > 1 for entity_id in ids)])


def _entry(change: Change, names: Names, twins: frozenset[str], with_new: bool) -> dict[str, Any]:
    is_new = change.action == CREATE
    found: dict[str, Any] = {"action": change.action, "kind": change.resource.name, "path": list(change.path)}
    if change.actual is not None:
        found["id"] = change.actual.id
    place = place_of(names, change.values, change) if is_new else place_of(names, _before(change))
    if place and change.resource.name == "threat":
        found["at"] = place
    details = list(_details(change)) if change.action in (CREATE, "delete") else []
    if change.actual is not None and change.actual.id in twins:
        details.append("id %s" % change.actual.id)
    if details:
        found["details"] = details
    fields = _fields(change, names) if change.action in ("update", RESTORE, CREATE) else {}
    if _changes_access(change, fields):
        found["access"] = True
    shown = fields if with_new or not is_new else {n: f for n, f in fields.items() if n in ACCESS and "access" in found}
    if shown:
        found["fields"] = shown
    reported = [cell for cell in change.cells.changes if is_reported(cell)] if change.cells is not None else []
    if reported and change.cells is not None:
        counts = Counter(cell.action for cell in reported)
        found["cells"] = {word: counts[action] for action, word in _CELLS}
        if with_new or not is_new:
            found["cell_changes"] = cell_changes(change.cells, names)
    reason = change.reason
    if change.action == "update" and not {*fields} - {*_OWN_FIELDS.values()} and not reported:
        reason = reason or " and ".join("its %s" % name for name in _OWN_FIELDS.values() if name in fields) or "its key"
    if reason:
        found["reason"] = reason
    return found


def _before(change: Change) -> Mapping[str, Any]:
    return change.actual.values if change.actual else change.values


def _details(change: Change) -> Iterator[str]:
    """Yield what matters of an object that is created or removed."""
    values = change.values if change.action == CREATE else _before(change)
    for name in _MAIN.get(change.resource.name, ()):
        if values.get(name):
            yield str(values[name])
    if values.get("owner"):
        yield "owner %s" % values["owner"]
    rows = len(values.get("authorization") or ())
    if rows:
        yield "1 access row" if rows == 1 else "%d access rows" % rows
    yield from counted(change.cells.cells if change.cells else change.actual.cells if change.actual else ())


def _changes_access(change: Change, fields: Mapping[str, Any]) -> bool:
    """Whether a change says who may do what; of a new model only if others than its owner may do anything."""
    if change.action != CREATE:
        return any(name in fields for name in ACCESS)
    owner = change.values.get("owner")
    return any(row.get("user") != owner or not owner for row in change.values.get("authorization") or ())


def _fields(change: Change, names: Names) -> dict[str, dict[str, Any]]:
    """Return the fields that differ by the names that the user gives them; references as names of what they mean."""
    written = written_names(change.resource)
    before = change.actual.values if change.actual else {}
    found = {}
    for name in sorted(change.fields, key=lambda name: (name not in ACCESS, name)):
        if name in written:
            sides = _references(change, name, names)
        else:
            sides = before.get(name), change.values.get(name)
        found[written.get(name, name)] = {"before": sides[0], "after": sides[1]}
    metadata = change.actual.metadata if change.actual else {}
    for key in sorted({*change.metadata_set, *change.metadata_removed}):
        if key in metadata or key in change.metadata:  # else it is ours, or a field kept as metadata: reported above
            found["metadata.%s" % key] = {"before": metadata.get(key), "after": change.metadata_set.get(key)}
    for key, name in _OWN_FIELDS.items():
        if key in (*change.metadata_set, *change.metadata_removed) and (key, change.action) != (KEY_MARK, CREATE):
            known = change.actual.own_metadata.get(key) if change.actual else None
            found[name] = {"before": known, "after": change.metadata_set.get(key)}
    return found


def _references(change: Change, name: str, names: Names) -> tuple[Any, Any]:
    """Return both sides of a reference that changes; equal names are distinguished by their places, else by an id."""
    before = change.actual.values if change.actual else {}
    sides = named(name, names, before), named(name, names, change.values, change)
    if sides[0] == sides[1] and name == "cell_id":
        sides = place_of(names, before), place_of(names, change.values, change)
    if sides[0] == sides[1]:
        sides = "%s (%s)" % (sides[0], before.get(name)), sides[1]
    return sides


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
