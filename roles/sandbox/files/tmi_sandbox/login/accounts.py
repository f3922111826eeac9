# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings, users and their credentials in the store."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from ..web.rest import dumps

Json = Any
SCHEMA = """
CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS users(email TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refresh_tokens(
  token TEXT PRIMARY KEY, email TEXT NOT NULL, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revoked(jti TEXT PRIMARY KEY, expires REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS credentials(
  client_id TEXT PRIMARY KEY, owner TEXT NOT NULL, secret TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
"""


class Accounts:
    """The part of the store without threat models."""

    _db: sqlite3.Connection

    # ------------------------------------------------------------------------------------------ settings, users
    def setting(self, name: str) -> str | None:
        """Return a setting of the server."""
        row = self._db.execute("SELECT value FROM settings WHERE name=?", (name,)).fetchone()
        return row[0] if row else None

    def set_setting(self, name: str, value: str) -> None:
        """Store a setting of the server."""
        self._db.execute("INSERT OR REPLACE INTO settings VALUES(?,?)", (name, value))

    def user(self, email: str) -> dict[str, Json] | None:
        """Return a user's record."""
        row = self._db.execute("SELECT body FROM users WHERE email=?", (email,)).fetchone()
        return json.loads(row[0]) if row else None

    def set_user(self, email: str, body: dict[str, Json]) -> None:
        """Add or replace a user's record."""
        self._db.execute("INSERT OR REPLACE INTO users VALUES(?,?)", (email, dumps(body)))

    def users(self) -> list[tuple[str, dict[str, Json]]]:
        """Return keys and records of all users."""
        return [
            (key, json.loads(text)) for key, text in self._db.execute("SELECT email, body FROM users ORDER BY email")
        ]

    def find_user(self, member: str, value: str) -> tuple[str, dict[str, Json]] | None:
        """Return key and record of the user whose record has this member."""
        rows = self._db.execute("SELECT email, body FROM users WHERE instr(body, ?)", (dumps({member: value})[1:-1],))
        for key, text in rows:
            body = json.loads(text)
            if body.get(member) == value:
                return key, body
        return None

    def add_credential(self, client_id: str, owner: str, secret: str, body: dict[str, Json]) -> None:
        """Store the credential of a service account. `secret` is its digest."""
        self._db.execute("INSERT INTO credentials VALUES(?,?,?,?)", (client_id, owner, secret, dumps(body)))

    def credential(self, client_id: str) -> tuple[str, str, dict[str, Json]] | None:
        """Return owner, digest of the secret and record of a credential."""
        row = self._db.execute("SELECT owner,secret,body FROM credentials WHERE client_id=?", (client_id,)).fetchone()
        return (row[0], row[1], json.loads(row[2])) if row else None

    def credentials(self, owner: str) -> list[dict[str, Json]]:
        """Return the records of a user's credentials."""
        rows = self._db.execute("SELECT body FROM credentials WHERE owner=?", (owner,))
        return [json.loads(text) for (text,) in rows]

    def delete_credential(self, client_id: str) -> None:
        """Remove a credential."""
        self._db.execute("DELETE FROM credentials WHERE client_id=?", (client_id,))

    def next_number(self, name: str) -> int:
        """Return the next number of a sequence, which is never repeated."""
        number = int(self.setting(name) or 0) + 1
        self.set_setting(name, str(number))
        return number

    def add_refresh_token(self, token: str, email: str, expires: float) -> None:
        """Store a refresh token."""
        self._db.execute("INSERT INTO refresh_tokens VALUES(?,?,?)", (token, email, expires))

    def take_refresh_token(self, token: str) -> tuple[str, float] | None:
        """Remove a refresh token and return its user and its expiry."""
        row = self._db.execute("SELECT email, expires FROM refresh_tokens WHERE token=?", (token,)).fetchone()
        self._db.execute("DELETE FROM refresh_tokens WHERE token=?", (token,))
        return (row[0], row[1]) if row else None

    def revoke(self, jti: str, expires: float) -> None:
        """Remember a revoked access token until its expiry."""
        self._db.execute("INSERT OR REPLACE INTO revoked VALUES(?,?)", (jti, expires))

    def revoked(self, now: float) -> set[str]:
        """Return the revoked access tokens that have not expired."""
        self._db.execute("DELETE FROM revoked WHERE expires<?", (now,))
        return {row[0] for row in self._db.execute("SELECT jti FROM revoked")}
