# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time and identifiers of the server."""

from __future__ import annotations

import os
import time
import uuid
from datetime import UTC, datetime


class Clock:
    """Wall clock that never repeats a time or goes back. Tests can advance it (`POST /_test/advance`)."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._last_us = 0

    def advance(self, seconds: float) -> None:
        """Advance the clock by `seconds`."""
        self._offset += seconds

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time() + self._offset

    def monotonic(self) -> float:
        """Return monotonic seconds, for idle times."""
        return time.monotonic() + self._offset

    def stamp(self) -> str:
        """Return a new RFC 3339 UTC time stamp with microseconds (V0-TIMES).

        Every call returns a later time, so the order by `created_at` is the order of creation.
        """
        self._last_us = max(int(self.now() * 1_000_000), self._last_us + 1)
        return self._stamp(self._last_us)

    def stamp_of(self, seconds: float) -> str:
        """Return the time stamp of a time of :meth:`now`."""
        return self._stamp(int(seconds * 1_000_000))

    @staticmethod
    def seconds_of(stamp: str) -> float:
        """Return the time of a time stamp."""
        return datetime.fromisoformat(stamp).timestamp()

    @staticmethod
    def _stamp(microseconds: int) -> str:
        seconds, micro = divmod(microseconds, 1_000_000)
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{micro:06d}Z"


def uuid4() -> str:
    """Return a random UUID."""
    return str(uuid.uuid4())


def uuid7() -> str:
    """Return a time-ordered UUID, as threats have them (V0-IDS)."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))
