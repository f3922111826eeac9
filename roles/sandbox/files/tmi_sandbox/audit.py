# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit trail in the store: what is kept of it, and what waits because a later change may be added to it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from .web.rest import dumps

Json = Any
SCHEMA = """
CREATE TABLE IF NOT EXISTS audit_entries(
  seq INTEGER PRIMARY KEY, model_id TEXT NOT NULL, object_id TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS audit_entries_model ON audit_entries(model_id);
"""


@dataclass(slots=True)
class Change:
    """A change of an object that is not in the trail yet. `before` and `after` are None if there was no object."""

    model_id: str
    kind: str
    object_id: str
    action: str
    actor: dict[str, str]
    before: dict[str, Json] | None
    after: dict[str, Json] | None
    due: float
    count: int = 1


class AuditTrail:
    """The part of the store with the audit trail. Changes that wait are in memory only, as on real servers."""

    _db: sqlite3.Connection
    _changes: dict[str, Change]

    def add_change(self, change: Change) -> None:
        """Let a change wait. If one of the same object waits, it is added to that one, which then waits longer."""
        waiting = self._changes.setdefault(change.object_id, change)
        if waiting is not change:
            waiting.after, waiting.due = change.after, change.due
            waiting.count += 1

    def due_changes(self, now: float) -> list[Change]:
        """Return the changes that have waited long enough, in the order of their times. They no longer wait."""
        due = sorted((one for one in self._changes.values() if one.due <= now), key=lambda one: one.due)
        for one in due:
            del self._changes[one.object_id]
        return due

    def add_audit_entry(self, entry: dict[str, Json]) -> None:
        """Store an entry, with the next version of its object."""
        query = "SELECT COUNT(*) FROM audit_entries WHERE object_id=?"
        version = self._db.execute(query, (entry["object_id"],)).fetchone()[0] + 1
        body = dumps({**entry, "version": version})
        query = "INSERT INTO audit_entries(model_id, object_id, body) VALUES(?,?,?)"
        self._db.execute(query, (entry["threat_model_id"], entry["object_id"], body))

    def audit_entries(self, model_id: str) -> list[dict[str, Json]]:
        """Return the entries of a model and the objects in it, the newest first."""
        query = "SELECT body FROM audit_entries WHERE model_id=? ORDER BY seq DESC"
        return [json.loads(row[0]) for row in self._db.execute(query, (model_id,))]

    def stored_state(self, object_id: str) -> dict[str, Json] | None:
        """Return what is stored of a model or of an object in one, None if it does not exist or was deleted."""
        row = self._db.execute("SELECT body, content, kind FROM items WHERE id=?", (object_id,)).fetchone()
        if row is None:
            row = self._db.execute("SELECT body, NULL, '' FROM threat_models WHERE id=?", (object_id,)).fetchone()
        if row is None or row[2].startswith("deleted "):
            return None
        return {**json.loads(row[0]), **({"cells": row[1]} if row[1] else {})}

    def forget_audit_trail(self) -> None:
        """Remove all entries and changes."""
        self._changes.clear()
        self._db.execute("DELETE FROM audit_entries")
