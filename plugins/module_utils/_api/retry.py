# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""When to repeat a request and how long to wait first: pure rules, and the pause that all threads share."""

from __future__ import annotations

import random
import threading
from email.utils import parsedate_to_datetime
from typing import Callable, Optional

IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
"""RFC 9110 §9.2.2; a JSON Patch is not idempotent in general."""

READING = ("GET", "HEAD", "OPTIONS")
REPEATABLE_STATUS = (429, 502, 503, 504)
TRIES_BEFORE_FIRST_ANSWER = 3
"""So often is a server called that never answered: a mistyped ``url`` shall not cost the whole ``retry_timeout``."""

REPEAT, AMBIGUOUS, FINAL = "repeat", "ambiguous", "final"


def is_token_call(method: str, path: str) -> bool:
    """Codes and refresh tokens work once: such a call is never repeated (design §4.5)."""
    return method not in READING and path.startswith("/oauth2/")


def verdict_on_failure(kind: str, method: str, idempotent: bool, token_call: bool) -> str:
    """Say what follows when no whole answer came; for ``kind`` see ``connection.Failure``."""
    if kind in ("tls", "refused"):
        return FINAL
    if token_call:
        return FINAL if kind == "unreached" else AMBIGUOUS
    if kind == "unreached":
        return REPEAT
    if kind == "too_big":
        return FINAL if method in READING else AMBIGUOUS
    return REPEAT if idempotent else AMBIGUOUS


def verdict_on_status(status: int, wait: Optional[float], method: str, idempotent: bool, token_call: bool) -> str:
    """Say what follows an unwanted status; ``wait`` is the readable Retry-After in seconds, else None."""
    if status < 500 and status != 429:
        return FINAL
    if token_call:
        return FINAL
    if status in REPEATABLE_STATUS and (idempotent or surely_not_done(status, wait)):
        return REPEAT
    return FINAL if method in READING or status in (501, 505) else AMBIGUOUS


def surely_not_done(status: int, wait: Optional[float]) -> bool:
    """Tell whether an answer shows that the server refused before it acted; ``wait`` is the readable Retry-After."""
    return status == 429 or (status == 503 and wait is not None)


def retry_after(value: Optional[str], now: float) -> Optional[float]:
    """Return the seconds that the header asks for, at least 1; None where absent or unreadable (RFC 9110 §10.2.3).

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
    """Return the seconds before repetition ``attempt`` (0, 1 …): 0.5 s doubling to 20 s, up to half of it taken off."""
    return min(20.0, 0.5 * 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)


def jittered(wait: float) -> float:
    """Return ``wait`` or a little more, so that threads told the same do not come back at the same instant."""
    return wait + random.uniform(0.0, min(1.0, 0.1 * wait))


class Pause:
    """A gate that every thread passes before sending; closed for all when the server asks one of them to wait."""

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._until = float("-inf")

    def ask(self, seconds: float) -> None:
        with self._lock:
            self._until = max(self._until, self._clock() + seconds)

    def wait(self) -> None:
        waited_for = float("-inf")
        while waited_for < self._until:
            waited_for = self._until
            left = waited_for - self._clock()
            if left > 0:
                self._sleep(left)


class Budget:
    """How long one request may go on being repeated (``retry_timeout``), in seconds."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._start = clock()
        self._waited = 0.0
        self.tries = 1

    def take(self, wait: float) -> bool:
        """Book a wait and return True, or return False where it does not fit any more."""
        if wait > self._seconds - max(self._waited, self._clock() - self._start):
            return False
        self._waited += wait
        self.tries += 1
        return True
