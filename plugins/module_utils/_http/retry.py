# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Rules for repetitions: when to repeat a request, how long to wait before, and when to give up. Pure."""

from __future__ import annotations

import random
import re
from email.utils import parsedate_to_datetime
from typing import Callable, Optional

from .gate import spread_of

IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
"""RFC 9110 §9.2.2; a JSON Patch is not idempotent in general."""

READING = ("GET", "HEAD", "OPTIONS")
REPEATABLE_STATUS = (429, 502, 503, 504)
TRIES_BEFORE_FIRST_ANSWER = 3
"""Tries for a server that has never answered: a mistyped ``url`` should not cost the whole ``retry_timeout``."""

MOST_TIMES = 10
"""Multiple of ``retry_timeout`` after which a request is given up although other requests of the run succeed."""

_CROWDED_STATUS = (429, 503, 504)
_COLLISION = re.compile(
    rb"could not serialize|serialization failure|deadlock|lock (?:wait )?time-?out|canceling statement due to lock"
    rb"|database is locked|\b(?:40001|40P01|55P03|ORA-08177|ORA-00060)\b",
    re.IGNORECASE,
)
"""Messages of databases (PostgreSQL, Oracle, SQLite) about transactions that conflict with each other."""
_LONGEST_REFUSAL = 10_000

REPEAT, AMBIGUOUS, FINAL = "repeat", "ambiguous", "final"


def is_token_call(method: str, path: str) -> bool:
    """Whether a call uses a code or a refresh token. They work once, so such a call is never repeated (ENGINE-5)."""
    return method not in READING and path.startswith("/oauth2/")


def verdict_on_failure(kind: str, method: str, idempotent: bool, token_call: bool) -> str:
    """Return the decision after a failure without a complete answer; for ``kind`` see ``network_errors.Failure``."""
    if kind in ("tls", "refused"):
        return FINAL
    if token_call:
        return FINAL if kind == "unreached" else AMBIGUOUS
    if kind == "unreached":
        return REPEAT
    if kind == "too_big":
        return FINAL if method in READING else AMBIGUOUS
    return REPEAT if idempotent else AMBIGUOUS


def is_collision(status: int, body: bytes) -> bool:
    """Whether the server reports that its database could not carry out this request together with others."""
    return (status >= 500 or status == 409) and _COLLISION.search(body[:_LONGEST_REFUSAL]) is not None


def is_crowded(status: int, collision: bool) -> bool:
    """Whether an answer means that there are too many requests at once."""
    return collision or status in _CROWDED_STATUS


def verdict_on_status(
    status: int, wait: Optional[float], method: str, idempotent: bool, token_call: bool, collision: bool = False
) -> str:
    """Return the decision after an unexpected status; ``wait`` is Retry-After in seconds, None if it is not readable.

    ``collision``: see :func:`is_collision`.
    """
    if status < 300 and method not in READING and not token_call:
        return AMBIGUOUS  # it was done, but not as requested
    if token_call or (status < 500 and status != 429 and not collision):
        return FINAL
    passes = collision or status in REPEATABLE_STATUS or (status == 500 and method in READING)
    if passes and (idempotent or surely_not_done(status, wait)):
        return REPEAT
    if status < 500:
        return FINAL
    return FINAL if method in READING or status in (501, 505) else AMBIGUOUS


def surely_not_done(status: int, wait: Optional[float]) -> bool:
    """Whether an answer shows that the server refused before it acted; ``wait`` is the readable Retry-After."""
    return status == 429 or (status == 503 and wait is not None)


def is_doubtful(verdict: str, status: int, wait: Optional[float], atomic: bool) -> bool:
    """Whether a write with this answer may have been carried out, or, if it is not ``atomic``, a part of it."""
    if verdict == FINAL:
        return not atomic and status in (404, 409)
    return not surely_not_done(status, wait)


def retry_after(value: Optional[str], now: float) -> Optional[float]:
    """Return the seconds in the header, at least 1; None if it is absent or not readable (RFC 9110 §10.2.3).

    ``now`` is Unix time, for the form with a date.
    """
    text = (value or "").strip()
    if text.isdigit() and text.isascii():
        return max(1.0, float(text[:10]))
    try:
        return max(1.0, parsedate_to_datetime(text).timestamp() - now)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def backoff(attempt: int) -> float:
    """Return the seconds before repetition ``attempt`` (0, 1 …): 0.5 s, doubled up to 20 s, less up to a half."""
    return min(20.0, 0.5 * 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)


def jittered(wait: float) -> float:
    """Return ``wait`` or a little more, so that threads with the same wait do not return at the same moment."""
    return wait + random.uniform(0.0, spread_of(wait))


class Budget:
    """The time for the repetitions of one request, in seconds.

    ``seconds`` (``retry_timeout``) count from the last expected answer to any thread; ``moved_at`` returns its time by
    ``clock``. After ``MOST_TIMES`` as long the time is over, even if other requests succeed.
    """

    def __init__(self, seconds: float, clock: Callable[[], float], moved_at: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._moved_at = moved_at
        self._start = self._since = clock()
        self._waited = self._waited_in_all = 0.0
        self.tries = 1

    def take(self, wait: float) -> bool:
        """Reserve a wait and return True, or return False if there is not enough time."""
        now, moved_at = self._clock(), self._moved_at()
        if moved_at > self._since:
            self._since, self._waited = moved_at, 0.0
        left = self._seconds - max(self._waited, now - self._since)
        left_in_all = MOST_TIMES * self._seconds - max(self._waited_in_all, now - self._start)
        if wait > min(left, left_in_all):
            return False
        self._waited += wait
        self._waited_in_all += wait
        self.tries += 1
        return True
