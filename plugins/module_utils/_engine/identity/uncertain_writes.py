# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds out which writes with unknown results were done, from a plan that was made after them."""

from __future__ import annotations

from typing import Any, Optional

from ..tree import CREATE, Change, Plan


def was_done(about: Any, plan: Plan) -> bool:
    """Whether a write was done: ``plan``, made after it, no longer has all of its changes.

    ``about``: what :func:`~.apply.effect` notes of the write.
    """
    verb, before = about
    now = _same_object(before, plan)
    if verb == "deleted":
        return now is None or now.there is None
    if now is None:
        return False
    if verb in ("created", "restored"):
        return now.there is not None
    return now.there is not None and _left(now, before) != _left(before, before)


def _same_object(change: Change, plan: Plan) -> Optional[Change]:
    for other in plan.changes:
        if change.desired is not None and other.desired is change.desired:
            return other
        if change.actual is not None and other.actual is not None and other.actual.id == change.actual.id:
            return other
    return None


def _left(change: Change, first: Change) -> Any:
    """Return the part of ``first`` that ``change`` still has to write, in a form that can be compared."""
    cells = [(c.action, c.cell.id) for c in change.cells.changes] if change.cells is not None else []
    if first.action == CREATE:  # created meanwhile; its fields differed from those of no object
        return cells
    return [n for n in change.fields if n in first.fields], cells, change.metadata_set, change.metadata_removed
