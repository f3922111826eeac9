# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Tokens in one private JSON file for any number of servers and logins, shared by tasks, forks and jobs."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, NamedTuple, Optional

from .._files.private_folder import PrivateFolder
from .._options import Settings
from .code import LoginAttempt
from .tokens import Tokens
from .ways import login_of

_ENTRY_SECONDS = 30 * 86400.0
"""Seconds that an unchanged entry is kept: no refresh token is valid longer (V0-REFRESH, V1-TOKENS)."""

_PENDING_SECONDS = 600.0
"""The same for a pending login, which the server also forgets after ten minutes."""

_OPTION = "token_cache"
_BEGUN = ":begun"
_LARGEST = 4 << 20


class KeptLogin(NamedTuple):
    """The server of a login, and its option ``login_provider``, "" for a login of another kind."""

    url: str
    provider: str


_NO_LOGIN = KeptLogin("", "")


@dataclass
class Entry:
    """The entry of the cache for one server and login, while the lock is held."""

    tokens: Optional[Tokens]
    begun: Optional[LoginAttempt] = field(default=None, repr=False)
    """A pending login, which waits for its answer from the user."""
    _store: Callable[[Optional[Tokens], Optional[LoginAttempt]], None] = field(
        default=lambda *_nothing: None, repr=False
    )

    def save(self, tokens: Optional[Tokens]) -> None:
        """Write the tokens and the pending login to the file; None removes them."""
        self.tokens = tokens
        self._store(tokens, self.begun)


@dataclass(frozen=True)
class TokenCache:
    """The file at ``path``; with an empty path nothing is kept. ``key`` is a digest, which shows no secret.

    ``lock_seconds``: seconds to wait for another user of the file. ``warn`` gets a sentence for the user.
    """

    path: str
    key: str
    lock_seconds: float
    warn: Callable[[str], None] = lambda _text: None
    login: KeptLogin = _NO_LOGIN

    @classmethod
    def of(cls, settings: Settings, warn: Callable[[str], None] = lambda _text: None) -> TokenCache:
        way = login_of(settings, time.sleep)
        origin = settings.refresh_token or settings.token
        # Without any other login: an earlier login in a browser.
        person = "browser:" + settings.login_provider
        name = "token:" + origin if origin else way.key() if way else person
        digest = hashlib.sha256(("%s\n%s" % (settings.url, name)).encode("utf-8")).hexdigest()
        # A token that cannot be renewed needs no cache.
        path = settings.token_cache if settings.refresh_token or not settings.token else ""
        # The holder of the lock asks the server; with the same settings that takes at most so long.
        login = KeptLogin(settings.url, settings.login_provider if name == person else "")
        return cls(path, digest, settings.retry_timeout + settings.timeout, warn, login)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Entry]:
        """Hold the lock of the file, for which all other users of the file wait; yields the current entry.

        Raises ``InputError`` if the file or its folder cannot be used, if others could read or replace it, and if
        another user does not release the lock.
        """
        if not self.path:
            yield Entry(None)
            return
        name = os.path.basename(self.path)
        private = contextlib.closing(PrivateFolder(self.path, _OPTION))
        with private as folder, folder.locked(name + ".lock", self.lock_seconds):
            entries = self._load(folder)
            tokens, begun = self._tokens(entries.get(self.key)), self._begun(entries.get(self.key + _BEGUN))
            yield Entry(tokens, begun, lambda *new: self._save(folder, *new))

    # --- under the lock --------------------------------------------------------------------------

    def _load(self, folder: PrivateFolder) -> dict[str, Any]:
        """Return all entries; a file that cannot be read counts as empty, and the next save replaces it."""
        entries = _entries(folder.read(os.path.basename(self.path), _LARGEST))
        if entries is None:
            self.warn("%s: %s is no token cache that can be read, and counts as empty" % (_OPTION, self.path))
            return {}
        return entries

    @staticmethod
    def _tokens(entry: Any) -> Optional[Tokens]:
        if not isinstance(entry, dict):
            return None
        texts = (entry.get("access_token"), entry.get("refresh_token"))
        times = (entry.get("expires_at"), entry.get("issued_at"))
        if not all(isinstance(text, str) for text in texts) or not texts[0]:
            return None
        if not all(t is None or (isinstance(t, (int, float)) and not isinstance(t, bool)) for t in times):
            return None
        return Tokens(texts[0], texts[1] or "", times[0], times[1])

    @staticmethod
    def _begun(entry: Any) -> Optional[LoginAttempt]:
        if not isinstance(entry, dict) or not _is_fresh(entry, _PENDING_SECONDS):
            return None
        texts = [entry.get(name) for name in LoginAttempt._fields]
        return LoginAttempt(*map(str, texts)) if all(isinstance(text, str) for text in texts) else None

    def _save(self, folder: PrivateFolder, tokens: Optional[Tokens], begun: Optional[LoginAttempt]) -> None:
        """Replace the entry, and remove entries that are too old."""
        now = time.time()
        entries = {
            key: entry
            for key, entry in self._load(folder).items()
            if key not in (self.key, self.key + _BEGUN)
            and isinstance(entry, dict)
            and _is_fresh(entry, _PENDING_SECONDS if key.endswith(_BEGUN) else _ENTRY_SECONDS)
        }
        if begun:
            entries[self.key + _BEGUN] = {**begun._asdict(), "saved_at": now}
        if tokens:
            entries[self.key] = {
                "access_token": tokens.access_token,
                "refresh_token": tokens.refresh_token,
                "expires_at": tokens.expires_at,
                "issued_at": tokens.issued_at,
                "saved_at": now,
                **self.login._asdict(),
            }
        content = json.dumps({"version": 1, "entries": entries}).encode("utf-8")
        folder.replace(os.path.basename(self.path), content)


def kept_logins(path: str) -> list[KeptLogin]:
    """Return the logins in a cache, the latest first. Logins that an older version has saved are left out.

    A missing or damaged file has none. Raises ``InputError`` if others could read or replace the file.
    """
    if not os.path.lexists(path):
        return []
    with contextlib.closing(PrivateFolder(path, _OPTION)) as folder:
        entries = _entries(folder.read(os.path.basename(path), _LARGEST)) or {}
    fresh = [entry for entry in entries.values() if isinstance(entry, dict) and _is_fresh(entry, _ENTRY_SECONDS)]
    found = [
        KeptLogin(entry["url"], entry["provider"])
        for entry in sorted(fresh, key=lambda entry: -entry["saved_at"])
        if isinstance(entry.get("url"), str) and isinstance(entry.get("provider"), str)
    ]
    return list(dict.fromkeys(found))


def _entries(content: Optional[bytes]) -> Optional[dict[str, Any]]:
    """Return the entries in the content of a cache; None if it is damaged."""
    if not content:
        return {}
    try:
        entries = json.loads(content)["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return entries if isinstance(entries, dict) else None


def _is_fresh(entry: dict[str, Any], seconds: float) -> bool:
    saved_at = entry.get("saved_at")
    return isinstance(saved_at, (int, float)) and time.time() - saved_at < seconds
