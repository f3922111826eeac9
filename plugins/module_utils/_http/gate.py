# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The gate that every request of a run passes: how many may be on their way at once, and when none may.

A server that is asked for too much at once refuses some of it. Writes of different models collide there in transactions
that cannot both be committed; if all threads then wait equally long and come back together, they collide again. So the
number at once is halved after such a refusal and grows by one after a series of answers (additive increase,
multiplicative decrease, as in RFC 5681), and no two threads leave a pause at the same time.
"""

from __future__ import annotations

import random
import threading
from typing import Callable, Optional

#: Answers after which one request more is let in at once; twice as many each time that one more was too many.
SERIES = 16
LONGEST_SERIES = 1024
#: Part of a pause, and most seconds, by which threads that were told the same wait differ.
SPREAD, WIDEST_SPREAD = 0.1, 5.0


def spread_of(wait: float) -> float:
    """Return by how many seconds threads differ that were told to wait so long."""
    return min(WIDEST_SPREAD, SPREAD * wait)


class Gate:
    """Shared by all threads of a run; ``clock`` (monotonic) and ``sleep`` count in seconds.

    A thread calls :meth:`enter` before it sends and :meth:`leave` when an answer or a failure is there, and then says
    what came: :meth:`answered`, :meth:`refused`, or nothing where it was neither.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._clock = clock
        self._sleep = sleep
        self._room = threading.Condition()
        self._until = float("-inf")
        self._spread = 0.0
        self._inside = 0
        self._most_inside = 0
        self._limit: Optional[int] = None
        self._last = 0  # number of the last request that was let in
        self._cut = 0  # number of the last request that was let in before the limit was lowered
        self._answers = 0
        self._series = SERIES
        #: ``clock`` of the last wanted answer: the run goes on.
        self.moved_at = float("-inf")

    @property
    def limit(self) -> Optional[int]:
        """How many requests may be on their way at once; None before the first refusal."""
        return self._limit

    def enter(self) -> int:
        """Wait for the end of a pause and for room. Return the number of this request."""
        waited_for = float("-inf")
        while True:
            with self._room:
                while self._until <= waited_for and not self._has_room():
                    self._room.wait()
                if self._until <= waited_for:
                    return self._let_in()
                waited_for, spread = self._until, self._spread
            left = waited_for - self._clock()
            if left > 0:
                self._sleep(left + random.uniform(0.0, spread))

    def _has_room(self) -> bool:
        return self._limit is None or self._inside < self._limit

    def _let_in(self) -> int:
        self._inside += 1
        self._most_inside = max(self._most_inside, self._inside)
        self._last += 1
        return self._last

    def leave(self) -> None:
        """Make room for the next request."""
        with self._room:
            self._inside -= 1
            self._room.notify_all()

    def answered(self, number: int) -> None:
        """Count a wanted answer to a request, by its number; after a series of them let one more in at once."""
        with self._room:
            self.moved_at = self._clock()
            if self._limit is None or number <= self._cut:
                return
            self._answers += 1
            if self._answers >= self._series:
                self._answers = 0
                self._limit += 1
                self._room.notify_all()

    def refused(self, number: int) -> None:
        """Halve how many are let in at once, since the server had no room for this request.

        Requests that were on their way together count as one.
        """
        with self._room:
            if number <= self._cut:
                return
            if self._limit is not None and self._limit > 1:
                self._series = min(LONGEST_SERIES, 2 * self._series)
            self._limit = max(1, (self._limit or self._most_inside) // 2)
            self._cut = self._last
            self._answers = 0

    def pause(self, seconds: float) -> None:
        """Let nobody in for so long; then each thread comes at a time of its own."""
        with self._room:
            until = self._clock() + seconds
            if until > self._until:
                self._until, self._spread = until, spread_of(seconds)
                self._room.notify_all()
