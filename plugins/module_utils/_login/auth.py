# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The access token of a request: given, cached, refreshed or from a login; renewed once for all threads."""

from __future__ import annotations

import os
import threading
import time
from typing import Callable, Optional

from .._errors import AuthenticationError, InputError
from .._http.transport import CannotRenew, Transport
from .._options import Settings
from .cache import TokenCache
from .calls import redacted, refresh
from .code import LoginAttempt
from .tokens import Tokens
from .ways import Login, login_of

_SKEW = 60.0
"""Seconds that clocks may differ: only after them a given token counts as expired."""

_HOW = (
    "give a valid token, a refresh_token with token_cache, client_id with client_secret, or a login_hint; "
    "or log in with tmi_token (options browser and token_cache) and give the same token_cache here"
)


class Auth:
    """The tokens of one run. It uses a valid given or cached token, else a refresh, else a login.

    Nothing is checked or sent before the first token is needed.
    """

    def __init__(
        self,
        settings: Settings,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        way: Optional[Login] = None,
    ) -> None:
        self._settings = settings
        self._now = now
        self._way = way or login_of(settings, sleep)
        self.warnings: list[str] = []
        """Sentences for the user, each once."""
        self._cache = TokenCache.of(settings, self._warn)
        self._lock = threading.Lock()
        self._seen: set[str] = set()
        self._tokens: Optional[Tokens] = None
        self._pinned = False
        self.renewed = False
        """Whether this run got a token from the server, by login or refresh."""
        self.may_lose_refresh = False
        """Allows a refresh without a cache: for ``tmi_token``, which returns the new refresh token."""
        if settings.token:
            self._tokens = Tokens.given(settings.token, settings.refresh_token)

    @property
    def tokens(self) -> Optional[Tokens]:
        """The tokens of the last request."""
        return self._tokens

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def secrets(self) -> list[str]:
        """Return all secrets of this run, so that messages can leave them out."""
        return [*self._seen, self._settings.client_secret]

    def access_token(self, transport: Transport) -> str:
        """Return a token that is not about to expire. Raises ``AuthenticationError`` if there is none."""
        tokens = self._tokens
        if tokens and not tokens.is_stale(self._now()):
            return tokens.access_token
        with self._lock:
            tokens = self._tokens
            if not tokens or tokens.is_stale(self._now()):
                try:
                    tokens = self._keep(self._explained(transport, refused=""))
                except CannotRenew as error:
                    if not tokens or tokens.expired_for(self._now()) > _SKEW:
                        raise AuthenticationError(str(error)) from None
            return tokens.access_token

    def renew(self, transport: Transport, refused: str) -> str:
        """Return another token after the server refused this one. Raises ``CannotRenew`` if there is none.

        Of several threads only the first asks the server; the others get the same token.
        """
        with self._lock:
            if self._tokens is None or self._tokens.access_token == refused:
                return self._keep(self._explained(transport, refused)).access_token
            return self._tokens.access_token

    def pin(self, token: str) -> None:
        """Use only this token from now on: a logout must not log in."""
        self._pinned = True
        self._keep(Tokens.given(token))

    def adopt(self, tokens: Tokens) -> None:
        """Use and keep the tokens of a login in a browser, which is then no longer pending."""
        with self._lock, self._cache.locked() as entry:
            entry.begun = None
            entry.save(self._keep(tokens))
            self.renewed = True

    def begun(self) -> Optional[LoginAttempt]:
        """Return the pending login that ``begin`` has kept; None if there is none or it is too old."""
        with self._cache.locked() as entry:
            return entry.begun

    def begin(self, attempt: LoginAttempt) -> None:
        """Keep a pending login until the user passes its answer."""
        with self._cache.locked() as entry:
            entry.begun = attempt
            entry.save(entry.tokens)

    def forget(self) -> None:
        """Remove the cached tokens, after a logout."""
        with self._cache.locked() as entry:
            entry.save(None)

    def cached(self) -> Optional[Tokens]:
        """Return the cached tokens for these settings, without a request."""
        with self._cache.locked() as entry:
            return entry.tokens

    # --- under the lock --------------------------------------------------------------------------

    def _keep(self, tokens: Tokens) -> Tokens:
        self._seen.update(text for text in (tokens.access_token, tokens.refresh_token) if text)
        self._tokens = tokens
        return tokens

    def _explained(self, transport: Transport, refused: str) -> Tokens:
        """Return fresh tokens; in a job of a controller, an error names the credential."""
        try:
            return self._fresh(transport, refused)
        except (AuthenticationError, CannotRenew) as error:
            advice = _credential_of_job(self._settings.url)
            if not advice:
                raise
            if isinstance(error, AuthenticationError):
                raise redacted(error, (), advice) from None
            raise CannotRenew("%s. %s" % (error, advice)) from None

    def _fresh(self, transport: Transport, refused: str) -> Tokens:
        """Return tokens from the cache, which another task or process may have renewed, else from the server."""
        if self._pinned:
            raise CannotRenew(self._why_not(refused))
        with self._cache.locked() as entry:
            cached = entry.tokens
            if cached:
                self._seen.update(text for text in (cached.access_token, cached.refresh_token) if text)
                if cached.access_token != refused and not cached.is_stale(self._now()):
                    return cached
            tokens = self._from_server(transport, cached, refused)
            self.renewed = True
            # Before anything else, because the old refresh token is no longer valid.
            entry.save(tokens)
            return tokens

    def _from_server(self, transport: Transport, cached: Optional[Tokens], refused: str) -> Tokens:
        known = cached or self._tokens
        refresh_token = (known.refresh_token if known else "") or self._settings.refresh_token
        if refresh_token:
            if refresh_token == self._settings.refresh_token:
                self._check_refresh_allowed()
            self._seen.add(refresh_token)
            try:
                return refresh(transport, refresh_token, self._now)
            except AuthenticationError:
                if not self._way:
                    raise
        if self._way:
            return self._way.login(transport, self._now)
        raise CannotRenew(self._why_not(refused))

    def _check_refresh_allowed(self) -> None:
        if not self._cache.path and not self.may_lose_refresh:
            raise InputError(
                "needs token_cache (or TMI_TOKEN_CACHE) as well: the server replaces a refresh token at each use, "
                "so the new one must be kept in a file",
                "refresh_token",
            )

    def _why_not(self, refused: str) -> str:
        if not self._tokens:
            return "No way to log in: " + _HOW
        age = self._tokens.expired_for(self._now())
        if age > 0:
            return "The access token expired %s ago; %s" % (_duration(age), _HOW)
        if refused:
            known = self._tokens.expires_at is not None
            return "The server does not accept the access token%s; %s" % (
                ", although its own date says that it is still valid" if known else "",
                _HOW,
            )
        return "The access token is about to expire; " + _HOW


def _credential_of_job(url: str) -> str:
    """Return a sentence about the credential of a job of AWX or Automation Platform; "" elsewhere."""
    if "AWX_PRIVATE_DATA_DIR" not in os.environ:
        return ""
    for kind, name in (("TMI", "TMI_URL"), ("TMI source", "TMI_SOURCE_URL")):
        if os.environ.get(name, "").rstrip("/") == url.rstrip("/"):
            return 'Look at the credential of the type "%s" of this job or inventory source' % kind
    return ""


def auth_of(transport: Transport) -> Optional[Auth]:
    """Return the tokens and logins behind a transport, None if it has none."""
    return transport.auth if isinstance(transport.auth, Auth) else None


def _duration(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return "%d %s" % (seconds // size, unit)
    return "%d seconds" % seconds
