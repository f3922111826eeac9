# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The limit on requests at once: every request of a run passes the gate, which can also pause all of them.

A busy server refuses some requests. Writes of different models collide in transactions that cannot both be committed.
If all threads then wait equally long and return together, they collide again. So the limit is halved after such a
refusal and grows by one after a series of answers (additive increase, multiplicative decrease, as in RFC 5681), and no
two threads leave a pause at the same time.
"""

from __future__ import annotations

import random
import threading
from typing import Callable, Optional

#: Answers after which the limit grows by one; the series doubles each time that one more was too many.
SERIES = 16
LONGEST_SERIES = 1024
#: How much threads with the same wait differ: a part of the wait, and the most seconds.
SPREAD, WIDEST_SPREAD = 0.1, 5.0


def spread_of(wait: float) -> float:
    """Return by how many seconds threads with the same wait differ."""
    return min(WIDEST_SPREAD, SPREAD * wait)


class Gate:
    """Shared by all threads of a run; ``clock`` (monotonic) and ``sleep`` count in seconds.

    A thread calls :meth:`enter` before it sends and :meth:`leave` after an answer or a failure. Then it calls
    :meth:`answered` or :meth:`refused`, or neither for any other result.
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
        self._last = 0  # number of the last request that entered
        self._cut = 0  # number of the last request that entered before the limit was lowered
        self._answers = 0
        self._series = SERIES
        #: ``clock`` of the last expected answer, which shows progress of the run.
        self.moved_at = float("-inf")

    @property
    def limit(self) -> Optional[int]:
        """Most requests at once; None before the first refusal."""
        return self._limit

    def enter(self) -> int:
        """Wait for the end of a pause and for a free place. Return the number of this request."""
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
        """Free the place for the next request."""
        with self._room:
            self._inside -= 1
            self._room.notify_all()

    def answered(self, number: int) -> None:
        """Count an expected answer to a request, by its number; after a series of them raise the limit by one."""
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
        """Halve the limit, because the server was too busy for this request.

        Refusals of requests that were sent together count once.
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
        """Let no request enter for so long; afterwards each thread enters at a different time."""
        with self._room:
            until = self._clock() + seconds
            if until > self._until:
                self._until, self._spread = until, spread_of(seconds)
                self._room.notify_all()
