# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Tokens and their times, the claims of a JWT, and the proof of RFC 7636. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, NamedTuple, Optional

_MARGIN = 60.0
"""Seconds before the end of a token at which it is renewed."""


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


class Pkce(NamedTuple):
    """Proof of RFC 7636: the challenge is sent first; the verifier later proves that it is the same client."""

    verifier: str
    challenge: str

    @classmethod
    def of(cls, verifier: str) -> Pkce:
        return cls(verifier, _base64url(hashlib.sha256(verifier.encode("ascii")).digest()))

    @classmethod
    def new(cls) -> Pkce:
        return cls.of(_base64url(secrets.token_bytes(32)))


def jwt_claims(token: str) -> dict[str, Any]:
    """Return the claims of a JWT, unverified; empty for a token that is not a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _instant(value: Any) -> Optional[float]:
    """Return a positive finite number of seconds, else None."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number < 1e11 else None


def utc_text(instant: Optional[float]) -> Optional[str]:
    """Return Unix seconds as a time of RFC 3339 in UTC; None for None."""
    if instant is None:
        return None
    return datetime.fromtimestamp(int(instant), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _can_be_sent(token: Any) -> bool:
    """Whether a token fits into a header: RFC 6750, section 2.1, and a length that servers accept."""
    return isinstance(token, str) and bool(re.fullmatch(r"[\x21-\x7e]{1,65536}", token))


@dataclass(frozen=True)
class Tokens:
    """Tokens with their times in Unix seconds; ``expires_at`` None if it is not known."""

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: Optional[float] = None
    issued_at: Optional[float] = None

    @classmethod
    def given(cls, access_token: str, refresh_token: str = "") -> Tokens:
        """Return a given token, with the times from its claims."""
        claims = jwt_claims(access_token)
        return cls(access_token, refresh_token, _instant(claims.get("exp")), _instant(claims.get("iat")))

    @classmethod
    def answered(cls, data: Any, now: float) -> Tokens:
        """Return the tokens of an answer; raises ``ValueError`` if there is no token in it."""
        if not isinstance(data, dict) or not _can_be_sent(data.get("access_token")):
            raise ValueError("no access_token")
        refresh_token = data.get("refresh_token")
        claimed = _instant(jwt_claims(data["access_token"]).get("exp"))
        lifetime = _instant(data.get("expires_in"))
        if claimed and claimed > now:
            expires_at: Optional[float] = claimed
        else:
            # Expired on arrival: the clocks differ, so only the duration is useful.
            expires_at = now + lifetime if lifetime else None
        return cls(data["access_token"], refresh_token if isinstance(refresh_token, str) else "", expires_at, now)

    def is_stale(self, now: float) -> bool:
        """Whether to renew before use: 60 s before the end, or after half of a shorter life."""
        if self.expires_at is None:
            return False
        life = self.expires_at - (self.issued_at or 0.0)
        return now >= self.expires_at - min(_MARGIN, max(life, 0.0) / 2)

    def expired_for(self, now: float) -> float:
        """Return the seconds since the end, negative before it; 0 if it is unknown."""
        return now - self.expires_at if self.expires_at is not None else 0.0
