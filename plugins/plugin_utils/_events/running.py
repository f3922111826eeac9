# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of event sources and filters: their log, and the delivery of events."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

#: Seconds between two log lines about the same kind.
LOG_SECONDS = 10.0


class ProblemLog:
    """Logs a problem once, not each time that it comes again."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._last = ""

    def failed(self, problem: object, consequence: str) -> None:
        """Log one line, unless the last one was about the same problem."""
        if str(problem) != self._last:
            self._logger.error("%s. %s", str(problem).rstrip("."), consequence)
        self._last = str(problem)

    def works(self) -> None:
        """Log the end of a problem, if there was one."""
        if self._last:
            self._logger.info("works again")
        self._last = ""


def defect(error: Exception) -> str:
    """Return a sentence about an error that is no failure of the server or the user."""
    return "unexpected %s. This is a defect of the collection" % type(error).__name__


class Counts:
    """Number of things by kind, and the time of the last log line about each kind."""

    def __init__(self) -> None:
        self.by_kind: dict[str, int] = {}
        self._logged: dict[str, float] = {}

    def add(self, kind: str) -> None:
        """Count one more."""
        self.by_kind[kind] = self.by_kind.get(kind, 0) + 1

    def may_log(self, kind: str) -> bool:
        """Return whether the last line about this kind was written more than LOG_SECONDS ago."""
        now = time.monotonic()
        if now - self._logged.get(kind, -LOG_SECONDS) < LOG_SECONDS:
            return False
        self._logged[kind] = now
        return True


async def deliver(queue: asyncio.Queue[Any], feedback: asyncio.Queue[Any] | None, event: dict[str, Any]) -> None:
    """Give an event to the rules; with ``feedback`` wait until they have dealt with it."""
    await queue.put(event)
    if feedback is not None:
        await feedback.get()
