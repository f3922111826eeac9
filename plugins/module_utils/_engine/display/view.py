# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Objects and plans as people read them: results, ``before`` and ``after`` of a diff."""

from __future__ import annotations

import json
from types import MappingProxyType
from typing import Any, Mapping, Optional

from ..._diagram.plan import describe, describe_plan
from ..._resources._fields import EMPTY
from ..._resources._resource import OWN_PREFIX, Resource
from ..tree import Change, Entity, Plan
from .as_text import as_text
from .reference_names import Names, names_of, written_names
from .signs import visible

NO_NAMES: Names = MappingProxyType({})
_CELLS = ("boundaries", "nodes", "flows")


def view_entity(entity: Entity, names: Names = NO_NAMES) -> dict[str, Any]:
    """Return an object as results show it: id, fields that are set, metadata, and the cells of a diagram by name.

    ``names``: of diagrams, cells and assets, by id. The names of those that the object refers to are shown beside the
    ids.
    """
    shown = _view(entity.values, entity.metadata)
    shown.update(_references(entity.resource, entity.values, names))
    if entity.cells:
        shown.update(describe(entity.cells))
    return {"id": entity.id, **shown}


def view_before(change: Change, names: Names = NO_NAMES) -> Optional[dict[str, Any]]:
    """Return the object as it is before a change, None if there is none. For ``names`` see :func:`view_entity`."""
    there = change.there
    if there is None:
        return None
    shown = _view(there.values, there.metadata)
    shown.update(_references(there.resource, there.values, names))
    if change.cells is not None or there.cells:
        shown.update(describe(there.cells))
    return {"id": there.id, **shown}


def view_after(change: Change, names: Names = NO_NAMES) -> Optional[dict[str, Any]]:
    """Return the object as it is predicted to be after a change, None if it is removed.

    For ``names`` see :func:`view_entity`.
    """
    if change.action == "delete" or (change.actual is None and change.desired is not None and change.action == "none"):
        return None
    values = dict(change.values)
    for name, target in change.pending.items():
        values[name] = "(id of the new %s %s)" % (target.resource.title, target.label)
    shown = _view(values, change.metadata)
    shown.update(_references(change.resource, change.values, names))
    written = written_names(change.resource)
    shown.update({written[name]: target.label for name, target in change.pending.items() if name in written})
    if change.cells is not None:
        shown.update(describe(change.cells.cells))
    elif change.actual is not None and change.actual.cells:
        shown.update(describe(change.actual.cells))
    return {"id": change.actual.id, **shown} if change.actual else shown


def view_diff(plan: Plan) -> list[dict[str, Any]]:
    """Return one before/after pair for every object that changes, with its place as header; the two sides differ.

    ``before`` and ``after`` are texts in the words that people write, ``before_object`` and ``after_object`` the same
    as data, with ids.
    """
    pairs = []
    names = names_of(plan)
    for change in plan.changes:
        if change.changed:
            header = "%s %s" % (change.resource.title, " / ".join(map(visible, change.path)))
            before, after = _sides(change, names)
            texts = texts_of(before, after, written_names(change.resource))
            pair = {"before_header": header, "after_header": header, "before": texts[0], "after": texts[1]}
            pairs.append({**pair, "before_object": before, "after_object": after})
    return pairs


def texts_of(
    before: Mapping[str, Any], after: Mapping[str, Any], written: Mapping[str, str] = NO_NAMES
) -> tuple[str, str]:
    """Return both sides as texts, without ids of what has a name; as JSON where these would look the same.

    Two objects look the same if they differ by a break in a long line, or by ids alone. ``written``: names of
    references as they are stored -> as users write them.
    """
    texts = as_text(_in_words(before, written)), as_text(_in_words(after, written))
    if texts[0] != texts[1]:
        return texts
    return _as_json(before), _as_json(after)


def _in_words(shown: Mapping[str, Any], written: Mapping[str, str]) -> dict[str, Any]:
    """Return an object without the ids of what it refers to by name, and of its cells."""
    found = {name: value for name, value in shown.items() if written.get(name) not in shown}
    for section in _CELLS:
        if isinstance(found.get(section), Mapping):
            cells = found[section].items()
            found[section] = {name: {n: v for n, v in cell.items() if n != "id"} for name, cell in cells}
    return found


def _as_json(shown: Mapping[str, Any]) -> str:
    return json.dumps(shown, sort_keys=True, indent=4) + "\n"


def _sides(change: Change, names: Names) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both sides of a change, with what only a diff shows: geometry that changes, the collection's own marks."""
    before, after = view_before(change, names) or {}, view_after(change, names) or {}
    if change.cells is not None:
        there, then = describe_plan(change.actual.cells if change.actual else (), change.cells)
        after.update(then)
        if change.actual is not None:
            before.update(there)
    own = {k: v for k, v in change.metadata_set.items() if k.startswith(OWN_PREFIX)}
    if own:
        after["metadata"] = {**after.get("metadata", {}), **own}
        known = change.there.own_metadata if change.there else {}
        shown = {**before.get("metadata", {}), **{k: known[k] for k in own if k in known}}
        if shown:
            before["metadata"] = shown
    return before, after


def _references(resource: Resource, values: Mapping[str, Any], names: Names) -> dict[str, str]:
    """Return the names of the objects that an object refers to."""
    return {word: names[values[name]] for name, word in written_names(resource).items() if values.get(name) in names}


def _view(values: Mapping[str, Any], metadata: Mapping[str, str]) -> dict[str, Any]:
    shown = {name: value for name, value in sorted(values.items()) if value not in EMPTY or value is False}
    if metadata:
        shown["metadata"] = dict(metadata)
    return shown
