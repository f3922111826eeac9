# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The time of a call grows with its input and not with the square of it, also on a busy machine."""

from __future__ import annotations

import time
from typing import Any, Callable

SHORT, LONG = 8000, 32000
#: Linear is 4, quadratic is 16.
FACTOR, BLINK = 8.0, 0.05
#: Other programs take caches and the speed of a processor away for a moment, but not each time.
TRIES = 5


def seconds(call: Callable[[Any], Any], value: Any, clock: Callable[[], float]) -> float:
    """Return the seconds of a clock that a call takes at best."""
    found = []
    for _attempt in range(3):
        began = clock()
        call(value)
        found.append(clock() - began)
    return min(found)


def check_grows_with(
    call: Callable[[Any], Any], make: Callable[[int], Any], clock: Callable[[], float] = time.process_time
) -> None:
    """Fail if a call takes more than its share for four times as much in each try; a blink is never too long.

    The clock counts seconds; the processor's own is taken if none is named.
    """
    for _try in range(TRIES):
        short, long = seconds(call, make(SHORT), clock), seconds(call, make(LONG), clock)
        if long <= max(FACTOR * short, BLINK):
            return
    raise AssertionError("%g s, and %g s for four times as much" % (short, long))
