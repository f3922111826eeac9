# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access tokens, refresh tokens and authorization codes; shared by the API generations."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any

from ..clock import Clock, uuid4
from ..store import Store
from ..web.rest import User, dumps, unauthorized

ACCESS_SECONDS = 3600
CODE_SECONDS = 600
CACHE_SIZE = 1024
LOCKED_AFTER = 5
LOCKED_SECONDS = 3600


@dataclass(slots=True)
class Authorization:
    """A login between `authorize` and `token`."""

    user: User
    challenge: str
    client_callback: str
    state: str
    expires: float


def encode(data: bytes) -> str:
    """Return base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Tokens:
    """Issues and checks tokens (V0-PKCE, V0-REFRESH).

    The signing key is in the store, so tokens are valid after a restart. Codes are short-lived and kept in memory.
    """

    def __init__(self, store: Store, clock: Clock, refresh_seconds: float) -> None:
        self._store, self._clock, self._refresh_seconds = store, clock, refresh_seconds
        self._codes: dict[str, Authorization] = {}
        self._states: dict[str, Authorization] = {}
        self._cache: dict[str, dict[str, Any]] = {}
        self.lockout = Lockout(clock, LOCKED_AFTER, LOCKED_SECONDS)
        with store.transaction():
            key = store.setting("signing_key") or secrets.token_hex(32)
            store.set_setting("signing_key", key)
            self._revoked = store.revoked(clock.now())
        self._key = key.encode()

    # ------------------------------------------------------------------------------------------ access tokens
    def issue(self, user: User, issuer: str, **more: Any) -> dict[str, Any]:
        """Return a token answer with a new access token, `more` among its claims, and a new refresh token."""
        now, refresh = int(self._clock.now()), uuid4()
        claims = {
            "sub": f"sa:{user.account}:{user.sub}" if user.account else user.sub,
            "email": user.email,
            "name": user.name,
            "iss": issuer,
            "aud": [issuer],
            "exp": now + ACCESS_SECONDS,
            "iat": now,
            "nbf": now,
            "jti": uuid4(),
            **({"key": user.key} if user.key else {}),
            **({"account": user.account} if user.account else {}),
            **more,
        }
        head = encode(dumps({"alg": "HS256", "typ": "JWT"}).encode()) + "." + encode(dumps(claims).encode())
        self._store.add_refresh_token(digest(refresh), user.key or user.email, now + self._refresh_seconds)
        return {
            "access_token": head + "." + self._signature(head),
            "refresh_token": refresh,
            "expires_in": ACCESS_SECONDS,
            "token_type": "Bearer",
        }

    def claims(self, token: str) -> dict[str, Any]:
        """Return the claims of a valid access token, or raise 401."""
        claims = self._cache.get(token) or self._parse(token)
        if claims["exp"] <= self._clock.now():
            raise unauthorized("invalid or expired token: token has invalid claims: token is expired")
        if claims["jti"] in self._revoked:
            raise unauthorized("Token has been revoked")
        return claims

    def verify(self, token: str) -> User:
        """Return the user of a valid access token, or raise 401."""
        claims = self.claims(token)
        account = claims.get("account", "")
        sub = claims["sub"].removeprefix(f"sa:{account}:") if account else claims["sub"]
        return User(sub, claims["email"], claims["name"], claims.get("key", ""), account)

    def _parse(self, token: str) -> dict[str, Any]:
        parts = token.split(".")
        if len(parts) != 3:
            raise unauthorized(
                "invalid or expired token: token is malformed: token contains an invalid number of segments"
            )
        head = parts[0] + "." + parts[1]
        if not hmac.compare_digest(parts[2].encode(), self._signature(head).encode()):
            raise unauthorized("invalid or expired token: token signature is invalid")
        claims: dict[str, Any] = json.loads(decode(parts[1]))
        if len(self._cache) >= CACHE_SIZE:
            self._cache.clear()
        self._cache[token] = claims
        return claims

    def _signature(self, head: str) -> str:
        return encode(hmac.digest(self._key, head.encode(), "sha256"))

    def revoke(self, token: str) -> None:
        """Make one access token invalid. Its refresh token stays valid (V0-LOGOUT)."""
        claims = self.claims(token)
        self._store.revoke(claims["jti"], claims["exp"])
        self._revoked.add(claims["jti"])

    def forget_refresh_token(self, token: str) -> None:
        """Make a refresh token invalid."""
        self._store.take_refresh_token(digest(token))

    def expire_all(self) -> None:
        """Make all access tokens issued so far invalid with a new signing key. Refresh tokens stay valid."""
        key = secrets.token_hex(32)
        self._store.set_setting("signing_key", key)
        self._key = key.encode()
        self._cache.clear()

    def refresh(self, token: str, issuer: str) -> dict[str, Any] | None:
        """Exchange a refresh token for new tokens. It becomes invalid. Return None if it is not valid."""
        found = self._store.take_refresh_token(digest(token))
        record = self._store.user(found[0]) if found else None
        if not found or not record or found[1] <= self._clock.now():
            return None
        key = "" if "email" not in record else found[0]
        return self.issue(User(record["sub"], record.get("email", found[0]), record["name"], key), issuer)

    # ------------------------------------------------------------------------------------------ codes
    def authorize(self, user: User, challenge: str, client_callback: str, state: str, prefix: str) -> str:
        """Return an authorization code for a user."""
        now = self._clock.now()
        for held in (self._codes, self._states):
            for key in [key for key, value in held.items() if value.expires <= now]:
                del held[key]
        code = prefix + secrets.token_urlsafe(24)
        login = Authorization(user, challenge, client_callback, state, now + CODE_SECONDS)
        self._codes[code] = self._states[state] = login
        return code

    def pending(self, state: str) -> Authorization | None:
        """Return the login that a `state` belongs to."""
        login = self._states.get(state)
        return login if login and login.expires > self._clock.now() else None

    def redeem(self, code: str, verifier: str) -> User | str:
        """Return the user of a code, or the reason for failure. A code works once. A wrong verifier uses it up too."""
        login = self._codes.pop(code, None)
        if login is None or login.expires <= self._clock.now():
            return "Authorization code is invalid or expired"
        if not hmac.compare_digest(encode(hashlib.sha256(verifier.encode()).digest()), login.challenge):
            return "PKCE verification failed"
        return login.user


class Lockout:
    """Counts wrong secrets of each client. After too many, a client is refused until an hour after the last one."""

    def __init__(self, clock: Clock, most: int, seconds: float) -> None:
        self._clock, self._most, self._seconds = clock, most, seconds
        self._failures: dict[str, tuple[int, float]] = {}

    def locked(self, client: str) -> bool:
        """Return whether a client is refused even with the right secret."""
        count, until = self._failures.get(client, (0, 0.0))
        return count >= self._most and until > self._clock.now()

    def fail(self, client: str) -> None:
        """Count a wrong secret."""
        now = self._clock.now()
        if len(self._failures) >= CACHE_SIZE:
            self._failures = {one: found for one, found in self._failures.items() if found[1] > now}
        count, until = self._failures.get(client, (0, 0.0))
        self._failures[client] = (count + 1 if until > now else 1, now + self._seconds)

    def succeed(self, client: str) -> None:
        """Forget the wrong secrets of a client that has sent the right one."""
        self._failures.pop(client, None)


def digest(token: str) -> str:
    """Return the stored form of refresh tokens and client secrets, so that a copied data file gives no login."""
    return hashlib.sha256(token.encode()).hexdigest()
