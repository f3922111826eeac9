# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Tokens on disk, shared by tasks, forks and jobs: one private JSON file for any number of servers and logins."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any, Iterator, Optional

from .._errors import InputError
from .._options import Settings
from .login import login_of
from .login_code import Attempt
from .tokens import Tokens

_KEPT = 30 * 86400.0
"""Seconds after their last change that entries are kept: no refresh token lives longer (contract-seed §2.2)."""

_BEGUN_KEPT = 600.0
"""The same for a login under way: the server forgets it after ten minutes, too."""

_OPTION = "token_cache"
_BEGUN = ":begun"


@dataclass
class Entry:
    """What the cache holds for one server and login, while the lock is held."""

    tokens: Optional[Tokens]
    begun: Optional[Attempt] = field(default=None, repr=False)
    """A login under way, whose answer a person will bring."""
    _cache: Optional[TokenCache] = field(default=None, repr=False)

    def save(self, tokens: Optional[Tokens]) -> None:
        """Write the tokens, and the login under way, through to the disk; None forgets them."""
        self.tokens = tokens
        if self._cache:
            self._cache.store(tokens, self.begun)


@dataclass(frozen=True)
class TokenCache:
    """The file at ``path``; an empty path keeps nothing. ``key`` is a digest: it names no configured secret."""

    path: str
    key: str

    @classmethod
    def of(cls, settings: Settings) -> TokenCache:
        way = login_of(settings, time.sleep)
        origin = settings.refresh_token or settings.token
        # Nothing at all: what a person once logged in to, in a browser.
        person = "browser:" + settings.login_provider
        name = "token:" + origin if origin else way.key() if way else person
        digest = hashlib.sha256(("%s\n%s" % (settings.url, name)).encode("utf-8")).hexdigest()
        # A token that cannot be renewed needs no cache.
        return cls(settings.token_cache if settings.refresh_token or not settings.token else "", digest)

    @contextlib.contextmanager
    def locked(self) -> Iterator[Entry]:
        """Hold the lock of the file, which all other users of it wait for; yields the entry as it is now.

        Raises ``InputError`` where the file or its folder cannot be used or could be read or swapped by others.
        """
        if not self.path:
            yield Entry(None)
            return
        import fcntl  # not on Windows, where no control node runs

        with _explained(self.path):
            os.makedirs(os.path.dirname(os.path.abspath(self.path)), mode=0o700, exist_ok=True)
            lock = os.open(self.path + ".lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            entries = self._load()
            yield Entry(self._tokens(entries.get(self.key)), self._begun(entries.get(self.key + _BEGUN)), self)
        finally:
            os.close(lock)

    # --- under the lock --------------------------------------------------------------------------

    def _load(self) -> dict[str, Any]:
        """Return all entries; a file that makes no sense counts as empty and is replaced at the next save."""
        with _explained(self.path):
            try:
                file = os.open(self.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            except FileNotFoundError:
                return {}
            with os.fdopen(file, "rb") as stream:
                _check_private(self.path, os.fstat(file))
                content = stream.read()
        try:
            entries = json.loads(content)["entries"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return {}
        return entries if isinstance(entries, dict) else {}

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
    def _begun(entry: Any) -> Optional[Attempt]:
        if not isinstance(entry, dict) or not _is_fresh(entry, _BEGUN_KEPT):
            return None
        texts = [entry.get(name) for name in Attempt._fields]
        return Attempt(*map(str, texts)) if all(isinstance(text, str) for text in texts) else None

    def store(self, tokens: Optional[Tokens], begun: Optional[Attempt] = None) -> None:
        """Replace the entry in one step: a reader sees the old file or the new one, also after a crash."""
        now = time.time()
        entries = {
            key: entry
            for key, entry in self._load().items()
            if key not in (self.key, self.key + _BEGUN)
            and isinstance(entry, dict)
            and _is_fresh(entry, _BEGUN_KEPT if key.endswith(_BEGUN) else _KEPT)
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
            }
        self._write(entries)

    def _write(self, entries: dict[str, Any]) -> None:
        path = os.path.abspath(self.path)
        with _explained(self.path):
            # mkstemp: a new file (O_EXCL) with mode 0600.
            file, temporary = tempfile.mkstemp(prefix=os.path.basename(path) + ".", dir=os.path.dirname(path))
            try:
                with os.fdopen(file, "w", encoding="utf-8") as stream:
                    json.dump({"version": 1, "entries": entries}, stream)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(temporary, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise


def _is_fresh(entry: dict[str, Any], seconds: float) -> bool:
    saved_at = entry.get("saved_at")
    return isinstance(saved_at, (int, float)) and time.time() - saved_at < seconds


def _check_private(path: str, facts: os.stat_result) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise InputError("%s is no regular file" % path, _OPTION)
    if facts.st_uid != os.geteuid():
        raise InputError("%s belongs to another user" % path, _OPTION)
    if facts.st_mode & 0o077:
        raise InputError("%s is open to other users: chmod 600 it, or remove it if you do not know why" % path, _OPTION)


@contextlib.contextmanager
def _explained(path: str) -> Iterator[None]:
    """Turn an ``OSError`` into the message that names the option."""
    try:
        yield
    except OSError as error:
        if os.path.islink(path) or os.path.islink(path + ".lock"):
            raise InputError("%s must not be a symbolic link" % path, _OPTION) from None
        raise InputError("cannot use %s: %s" % (path, error.strerror or type(error).__name__), _OPTION) from None
