# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that survives a restart, in one SQLite database.

Objects are kept as JSON, with additional columns for queries. Both API generations share these tables. A transaction is
committed before its answer is sent. In WAL mode the commit is a write() to the operating system, so data survive the
end of the process at any moment, `kill -9` included.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from . import audit
from .login import accounts
from .web.rest import ROLES, dumps

Json = Any
SCHEMA = (
    accounts.SCHEMA
    + audit.SCHEMA
    + """\
CREATE TABLE IF NOT EXISTS threat_models(
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, owner TEXT NOT NULL, created_at TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS threat_models_time ON threat_models(created_at DESC, seq);
CREATE TABLE IF NOT EXISTS access(
  seq INTEGER PRIMARY KEY, model_id TEXT NOT NULL REFERENCES threat_models(id) ON DELETE CASCADE,
  subject TEXT NOT NULL, role TEXT NOT NULL, UNIQUE(model_id, subject));
CREATE TABLE IF NOT EXISTS items(
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
  model_id TEXT NOT NULL REFERENCES threat_models(id) ON DELETE CASCADE,
  kind TEXT NOT NULL, created_at TEXT NOT NULL, body TEXT NOT NULL, content TEXT);
CREATE INDEX IF NOT EXISTS items_model ON items(model_id, kind, created_at, seq);
CREATE TABLE IF NOT EXISTS metadata(
  object_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(object_id, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS buried_items(id TEXT PRIMARY KEY, model_id TEXT NOT NULL, kind TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deleted_models(
  id TEXT PRIMARY KEY, owner TEXT NOT NULL, created_at TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
"""
)
DELETED = "deleted "  # prefix of the kind of a deleted item, so that queries for its kind do not find it
KEEP: Any = object()
MOST_PARAMETERS = 500


class StoreError(Exception):
    """The data file cannot be used. The text is the reason."""


@dataclass(slots=True)
class Model:
    """A threat model without its objects."""

    id: str
    owner: str
    created_at: str
    body: dict[str, Json]


@dataclass(slots=True)
class Item:
    """An object that belongs to a threat model: a threat, document, source or diagram.

    `content` holds data that lists do not need, which are the cells of a diagram. It is None if it was not read.
    """

    id: str
    model_id: str
    created_at: str
    body: dict[str, Json]
    content: Json = None


def _rank(role: str) -> int:
    return ROLES.get(role, 0)


def _item(row: tuple[str, ...]) -> Item:
    return Item(row[0], row[1], row[2], json.loads(row[3]), json.loads(row[4]) if len(row) > 4 and row[4] else None)


def _items(rows: list[tuple[str, ...]]) -> list[Item]:
    """Return many items. Their bodies are parsed as one text, which is twice as fast."""
    bodies = json.loads(f"[{','.join(row[3] for row in rows)}]")
    return [
        Item(row[0], row[1], row[2], body, json.loads(row[4]) if len(row) > 4 and row[4] else None)
        for row, body in zip(rows, bodies, strict=True)
    ]


def _models(rows: list[tuple[str, ...]]) -> list[Model]:
    """Return many threat models, parsed like items."""
    bodies = json.loads(f"[{','.join(row[3] for row in rows)}]")
    return [Model(row[0], row[1], row[2], body) for row, body in zip(rows, bodies, strict=True)]


class Store(accounts.Accounts, audit.AuditTrail):
    """The database of one server, which owns its file while it runs."""

    def __init__(self, path: str, api: str) -> None:
        self._changes: dict[str, audit.Change] = {}
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=1, cached_statements=256)
        except sqlite3.Error as problem:
            raise StoreError(f"cannot use the data file {path}: {problem}") from problem
        try:
            self._open(path, api)
        except StoreError:
            self._db.close()
            raise

    def _open(self, path: str, api: str) -> None:
        """Lock the file and create missing tables."""
        try:
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
                self._db.execute(f"PRAGMA {pragma}")
            with self.transaction():
                for statement in SCHEMA.split(";\n"):
                    self._db.execute(statement)
                found = self.setting("api") or api
                self.set_setting("api", found)
        except sqlite3.OperationalError as problem:
            reason = "another server uses it" if "locked" in str(problem) else str(problem)
            raise StoreError(f"cannot use the data file {path}: {reason}") from problem
        except sqlite3.DatabaseError as problem:
            raise StoreError(f"{path} is not a data file of this server: {problem}") from problem
        if found != api:
            raise StoreError(f"the data file {path} was made by API generation {found}, not {api}")
        # An earlier version left them readable for others. The umask protects new ones.
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                os.chmod(path + ending, 0o600)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes of a block, or none if it raises."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # ------------------------------------------------------------------------------------------ threat models
    def add_model(self, model: Model) -> None:
        """Add a threat model."""
        self._db.execute(
            "INSERT INTO threat_models(id,owner,created_at,body) VALUES(?,?,?,?)",
            (model.id, model.owner, model.created_at, dumps(model.body)),
        )

    def model(self, model_id: str) -> Model | None:
        """Return a threat model."""
        row = self._db.execute("SELECT id,owner,created_at,body FROM threat_models WHERE id=?", (model_id,)).fetchone()
        return Model(row[0], row[1], row[2], json.loads(row[3])) if row else None

    def update_model(self, model: Model) -> None:
        """Store a changed threat model."""
        self._db.execute(
            "UPDATE threat_models SET owner=?, body=? WHERE id=?", (model.owner, dumps(model.body), model.id)
        )

    def delete_model(self, model_id: str) -> None:
        """Remove a threat model and all its objects."""
        self._db.execute(
            "DELETE FROM metadata WHERE object_id=? OR object_id IN (SELECT id FROM items WHERE model_id=?)",
            (model_id, model_id),
        )
        self._db.execute("DELETE FROM threat_models WHERE id=?", (model_id,))

    def bury_model(self, model: Model) -> None:
        """Remove a threat model and all its objects, but keep its entry for lists of deleted models, and all ids."""
        self._db.execute(
            "INSERT OR IGNORE INTO buried_items SELECT id, model_id, kind FROM items WHERE model_id=?", (model.id,)
        )
        self.delete_model(model.id)
        self._db.execute(
            "INSERT INTO deleted_models VALUES(?,?,?,?)", (model.id, model.owner, model.created_at, dumps(model.body))
        )

    def delete_all_models(self) -> None:
        """Remove every threat model. Users and tokens are kept."""
        self._db.execute("DELETE FROM metadata")
        self._db.execute("DELETE FROM deleted_models")
        self._db.execute("DELETE FROM buried_items")
        self._db.execute("DELETE FROM threat_models")
        self.forget_audit_trail()

    def role(self, model_id: str, *subjects: str) -> str | None:
        """Return the highest role of subjects on a threat model, "" for none, None if the model does not exist."""
        rows = self._db.execute(
            "SELECT m.owner, a.role FROM threat_models m LEFT JOIN access a ON a.model_id=m.id"
            f" AND a.subject IN ({','.join('?' * len(subjects))}) WHERE m.id=?",
            (*subjects, model_id),
        ).fetchall()
        if not rows:
            return None
        return "owner" if rows[0][0] in subjects else max((row[1] or "" for row in rows), key=_rank)

    def access(self, model_id: str) -> list[dict[str, str]]:
        """Return the authorization list of a threat model."""
        rows = self._db.execute("SELECT role, subject FROM access WHERE model_id=? ORDER BY seq", (model_id,))
        return [{"role": role, "subject": subject} for role, subject in rows]

    def set_access(self, model_id: str, roles: dict[str, str]) -> None:
        """Replace the authorization list of a threat model."""
        self._db.execute("DELETE FROM access WHERE model_id=?", (model_id,))
        self._db.executemany(
            "INSERT INTO access(model_id,subject,role) VALUES(?,?,?)",
            [(model_id, subject, role) for subject, role in roles.items()],
        )

    def models_of(self, email: str, limit: int, offset: int) -> list[Model]:
        """Return a page of the threat models a user has a role on, the newest first."""
        rows = self._db.execute(
            "SELECT id, owner, created_at, body FROM threat_models m WHERE EXISTS"
            " (SELECT 1 FROM access a WHERE a.model_id=m.id AND a.subject=?)"
            " ORDER BY created_at DESC, seq LIMIT ? OFFSET ?",  # reads only a short part at the end of the index
            (email, limit, offset),
        )
        return _models(rows.fetchall())

    def models_for(self, subjects: tuple[str, ...], limit: int, offset: int) -> tuple[list[Model], int]:
        """Return a page of the threat models that subjects can access, the newest first, and their total number."""
        reach, values = self._reach(subjects)
        rows = self._db.execute(
            f"SELECT id, owner, created_at, body FROM threat_models m WHERE {reach}"
            " ORDER BY created_at DESC, seq LIMIT ? OFFSET ?",
            (*values, limit, offset),
        )
        found = _models(rows.fetchall())
        if offset == 0 and len(found) < limit:
            return found, len(found)
        return found, self._db.execute(f"SELECT count(*) FROM threat_models m WHERE {reach}", values).fetchone()[0]

    def models_matching(self, subjects: tuple[str, ...], part: str, deleted: bool) -> list[Model]:
        """Return the threat models that subjects can access, the newest first, optionally with deleted ones.

        `part` is a text that they must contain. It is only a quick filter, so the result may include other models.
        """
        reach, values = self._reach(subjects)
        found = f"SELECT id, owner, created_at, body FROM threat_models m WHERE {reach}"
        if part and part.isascii() and part.replace(" ", "").isalnum():
            found, values = found + " AND body LIKE ?", (*values, f"%{part}%")
        if deleted:
            found += " UNION ALL SELECT id, owner, created_at, body FROM deleted_models"
        rows = self._db.execute(found + " ORDER BY created_at DESC", values)
        return _models(rows.fetchall())

    @staticmethod
    def _reach(subjects: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """Return the condition for models that subjects can access, with its parameters."""
        marks = ",".join("?" * len(subjects))
        condition = (
            f"(owner IN ({marks}) OR EXISTS (SELECT 1 FROM access a WHERE a.model_id=m.id AND a.subject IN ({marks})))"
        )
        return condition, (*subjects, *subjects)

    def counts(self, ids: list[str]) -> dict[str, dict[str, int]]:
        """Return the number of items of each kind for threat models, without models that have no items."""
        found: dict[str, dict[str, int]] = {}
        query = "SELECT model_id, kind, count(*) FROM items WHERE model_id IN (%s) GROUP BY model_id, kind"
        for model_id, kind, count in self._in(query, ids):
            found.setdefault(model_id, {})[kind] = count
        return found

    def _in(self, query: str, ids: list[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query for many ids, in parts because SQLite limits the number of parameters."""
        for start in range(0, len(ids), MOST_PARAMETERS):
            part = ids[start : start + MOST_PARAMETERS]
            yield from self._db.execute(query % ",".join("?" * len(part)), part)

    # ------------------------------------------------------------------------------------------ items
    def add_item(self, kind: str, item: Item) -> None:
        """Add an item."""
        content = None if item.content is None else dumps(item.content)
        self._db.execute(
            "INSERT INTO items(id,model_id,kind,created_at,body,content) VALUES(?,?,?,?,?,?)",
            (item.id, item.model_id, kind, item.created_at, dumps(item.body), content),
        )

    def item(self, kind: str, model_id: str, item_id: str) -> Item | None:
        """Return an item of a threat model, with its content."""
        row = self._db.execute(
            "SELECT id,model_id,created_at,body,content FROM items WHERE id=? AND model_id=? AND kind=?",
            (item_id, model_id, kind),
        ).fetchone()
        return _item(row) if row else None

    def items(
        self,
        kind: str,
        model_id: str,
        *,
        newest_first: bool = True,
        limit: int = -1,
        offset: int = 0,
        content: bool = False,
        ties: str = "seq",
    ) -> list[Item]:
        """Return a page of items. Items with equal times are in the order of creation, or in the order of `ties`."""
        rows = self._db.execute(
            f"SELECT id,model_id,created_at,body{',content' if content else ''} FROM items WHERE model_id=? AND kind=?"
            f" ORDER BY created_at {'DESC' if newest_first else 'ASC'}, {ties} LIMIT ? OFFSET ?",
            (model_id, kind, limit, offset),
        )
        return _items(rows.fetchall())

    def update_item(self, item: Item, *, content: Json = KEEP) -> None:
        """Store a changed item."""
        if content is KEEP:
            self._db.execute("UPDATE items SET body=? WHERE id=?", (dumps(item.body), item.id))
        else:
            self._db.execute(
                "UPDATE items SET body=?, content=? WHERE id=?", (dumps(item.body), dumps(content), item.id)
            )

    def bury_item(self, kind: str, item: Item) -> None:
        """Delete an item so that it can be restored. Its identifier remains reserved."""
        self._db.execute("UPDATE items SET kind=?, body=? WHERE id=?", (DELETED + kind, dumps(item.body), item.id))

    def restore_item(self, kind: str, item: Item) -> None:
        """Restore a deleted item."""
        self._db.execute("UPDATE items SET kind=?, body=? WHERE id=?", (kind, dumps(item.body), item.id))

    def whereabouts(self, item_id: str) -> tuple[str, str] | None:
        """Return kind and threat model of the item with this identifier, even if it was deleted."""
        row = self._db.execute("SELECT kind, model_id FROM items WHERE id=?", (item_id,)).fetchone()
        if row is None:
            row = self._db.execute("SELECT kind, model_id FROM buried_items WHERE id=?", (item_id,)).fetchone()
            return (DELETED + row[0].removeprefix(DELETED), row[1]) if row else None
        return (row[0], row[1])

    def count_items(self, kind: str, model_id: str) -> int:
        """Return the number of items of a kind in a threat model."""
        row = self._db.execute("SELECT count(*) FROM items WHERE model_id=? AND kind=?", (model_id, kind)).fetchone()
        return int(row[0])

    def delete_item(self, item_id: str) -> None:
        """Remove an item and its metadata."""
        self._db.execute("DELETE FROM metadata WHERE object_id=?", (item_id,))
        self._db.execute("DELETE FROM items WHERE id=?", (item_id,))

    # ------------------------------------------------------------------------------------------ metadata
    def metadata(self, object_id: str) -> list[dict[str, str]]:
        """Return the metadata of one object, sorted by key."""
        rows = self._db.execute("SELECT key, value FROM metadata WHERE object_id=? ORDER BY key", (object_id,))
        return [{"key": key, "value": value} for key, value in rows]

    def metadata_of(self, ids: list[str]) -> dict[str, list[dict[str, str]]]:
        """Return the metadata of many objects, without objects that have none."""
        found: dict[str, list[dict[str, str]]] = {}
        query = "SELECT object_id, key, value FROM metadata WHERE object_id IN (%s) ORDER BY object_id, key"
        for object_id, key, value in self._in(query, ids):
            found.setdefault(object_id, []).append({"key": key, "value": value})
        return found

    def put_metadata(self, object_id: str, entries: Iterable[dict[str, str]]) -> None:
        """Add or replace metadata entries. The last value of a repeated key counts."""
        self._db.executemany(
            "INSERT OR REPLACE INTO metadata VALUES(?,?,?)",
            [(object_id, entry["key"], entry["value"]) for entry in entries],
        )

    def replace_metadata(self, object_id: str, entries: Iterable[dict[str, str]]) -> None:
        """Replace all entries by these."""
        self._db.execute("DELETE FROM metadata WHERE object_id=?", (object_id,))
        self.put_metadata(object_id, entries)

    def delete_metadata(self, object_id: str, key: str) -> bool:
        """Remove one entry. Return False if it did not exist."""
        return self._db.execute("DELETE FROM metadata WHERE object_id=? AND key=?", (object_id, key)).rowcount > 0
