# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of event sources and filters: their arguments, their log, and the delivery of events."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Collection, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS

#: Arguments that ansible-rulebook adds.
_GIVEN = frozenset({"feedback", "eda_feedback_queue"})
_CONNECTION = frozenset(option.name for option in OPTIONS)


class Arguments:
    """The arguments of a source or filter in a rulebook. Methods raise ValueError with one sentence."""

    def __init__(self, plugin: str, args: Mapping[str, Any], own: Collection[str]) -> None:
        self._plugin = plugin
        self._args = args
        unknown = set(args) - _CONNECTION - set(own) - _GIVEN
        if unknown:
            raise self.error("there is no argument %s" % ", ".join(sorted(unknown)))
        #: Options of the connection.
        self.connection = {name: value for name, value in args.items() if name in _CONNECTION}

    def error(self, sentence: str) -> ValueError:
        """Return an error for a wrong argument."""
        return ValueError("%s: %s" % (self._plugin, sentence))

    def text(self, name: str, purpose: str) -> str:
        """Return a text that must be given; ``purpose`` ends the sentence "… is missing: give …"."""
        value = self._args.get(name)
        if isinstance(value, (list, dict)) or not str(value if value is not None else "").strip():
            raise self.error("%s is missing: give %s" % (name, purpose))
        return str(value)

    def number(self, name: str, default: float, least: float = 0.0) -> float:
        """Return a number that is ``least`` or more; it must be above 0 if ``least`` is 0 and the default is not."""
        value = self._args.get(name, default)
        try:
            found = float(value)
        except (TypeError, ValueError):
            found = math.nan
        is_positive = found > 0 or default == 0
        if isinstance(value, bool) or not math.isfinite(found) or found < least or not is_positive:
            wanted = "0 or more" if default == 0 else "above 0" if not least else "%g or more" % least
            raise self.error("%s must be a number, %s, and is %r" % (name, wanted, value))
        return found

    def flag(self, name: str) -> bool:
        """Return a boolean that is false by default."""
        value = str(self._args.get(name, False)).strip().lower()
        if value not in ("true", "yes", "1", "on", "false", "no", "0", "off", ""):
            raise self.error("%s must be true or false, and is %r" % (name, self._args.get(name)))
        return value in ("true", "yes", "1", "on")


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


async def deliver(queue: asyncio.Queue[Any], feedback: asyncio.Queue[Any] | None, event: dict[str, Any]) -> None:
    """Give an event to the rules; with ``feedback`` wait until they have dealt with it."""
    await queue.put(event)
    if feedback is not None:
        await feedback.get()
