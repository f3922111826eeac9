# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Objects and plans as people read them: results, ``before`` and ``after`` of a diff."""

from __future__ import annotations

import json
from typing import Any, Mapping, Optional

from ..._diagram.plan import describe, describe_plan
from ..._resources._fields import EMPTY
from ..._resources._resource import OWN_PREFIX
from ..tree import Change, Entity, Plan
from .as_text import as_text


def view_entity(entity: Entity) -> dict[str, Any]:
    """Return an object as results show it: id, fields that are set, metadata, and the cells of a diagram by name."""
    shown = _view(entity.values, entity.metadata)
    if entity.cells:
        shown.update(describe(entity.cells))
    return {"id": entity.id, **shown}


def view_before(change: Change) -> Optional[dict[str, Any]]:
    """Return the object as it is before a change, None if there is none."""
    there = change.there
    if there is None:
        return None
    shown = _view(there.values, there.metadata)
    if change.cells is not None or there.cells:
        shown.update(describe(there.cells))
    return {"id": there.id, **shown}


def view_after(change: Change) -> Optional[dict[str, Any]]:
    """Return the object as it is predicted to be after a change, None if it goes."""
    if change.action == "delete" or (change.actual is None and change.desired is not None and change.action == "none"):
        return None
    values = dict(change.values)
    for name, target in change.pending.items():
        values[name] = "(id of the new %s %s)" % (target.resource.title, target.label)
    shown = _view(values, change.metadata)
    if change.cells is not None:
        shown.update(describe(change.cells.cells))
    elif change.actual is not None and change.actual.cells:
        shown.update(describe(change.actual.cells))
    return {"id": change.actual.id, **shown} if change.actual else shown


def view_diff(plan: Plan) -> list[dict[str, Any]]:
    """Return one before/after pair for every object that changes, with its place as header; the two sides differ.

    ``before`` and ``after`` are texts for people, ``before_object`` and ``after_object`` the same as data.
    """
    pairs = []
    for change in plan.changes:
        if change.changed:
            header = "%s %s" % (change.resource.title, " / ".join(change.path))
            before, after = _sides(change)
            texts = texts_of(before, after)
            pair = {"before_header": header, "after_header": header, "before": texts[0], "after": texts[1]}
            pairs.append({**pair, "before_object": before, "after_object": after})
    return pairs


def texts_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, str]:
    """Return both sides as texts; as JSON where they would look the same, which differ by a break in a long line."""
    texts = as_text(before), as_text(after)
    if texts[0] != texts[1]:
        return texts
    return _as_json(before), _as_json(after)


def _as_json(shown: Mapping[str, Any]) -> str:
    return json.dumps(shown, sort_keys=True, indent=4) + "\n"


def _sides(change: Change) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return both sides of a change, with what only a diff shows: geometry that changes, the collection's own marks."""
    before, after = view_before(change) or {}, view_after(change) or {}
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


def _view(values: Mapping[str, Any], metadata: Mapping[str, str]) -> dict[str, Any]:
    shown = {name: value for name, value in sorted(values.items()) if value not in EMPTY or value is False}
    if metadata:
        shown["metadata"] = dict(metadata)
    return shown
