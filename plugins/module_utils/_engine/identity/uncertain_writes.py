# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Which writes of unknown fate were carried out, as the plan tells that was made after them."""

from __future__ import annotations

from typing import Any, Optional

from ..tree import CREATE, Change, Plan


def was_done(about: Any, plan: Plan) -> bool:
    """Tell whether a deed, of which ``apply.deed`` says what it is about, was done: ``plan`` was made after it, and has
    no longer all of it to do."""
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
    """Return what is left to be written of what ``first`` was about to write, in a form that can be compared."""
    cells = [(c.action, c.cell.id) for c in change.cells.changes] if change.cells is not None else []
    if first.action == CREATE:  # made meanwhile: its fields differ from nothing there in any case
        return cells
    return [n for n in change.fields if n in first.fields], cells, change.metadata_set, change.metadata_removed
