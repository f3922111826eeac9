# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Several models at once, each by one thread: one model's writes go one after the other (ENGINE-3)."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor, wait
from typing import Callable, Optional, Sequence, TypeVar

#: Models worked on at once, where the user says nothing: more gains little.
PARALLEL = 4
#: Seconds after which a person who waits hears how far things are, and again after as many.
PROGRESS_SECONDS = 5.0

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(
    call: Callable[[T], R],
    items: Sequence[T],
    workers: int = PARALLEL,
    report_progress: Optional[Callable[[int], None]] = None,
) -> list[R]:
    """Return the results in order; after a failure nothing new begins, and what runs is waited for.

    ``report_progress`` is called in this thread with the number of finished items, every few seconds while it takes.
    """
    if len(items) == 1 and report_progress is None:
        return [call(items[0])]
    is_over = threading.Event()

    def begin(item: T) -> R:
        if is_over.is_set():  # a thread takes the next item sooner than the one that waits can cancel it
            raise CancelledError
        try:
            return call(item)
        except BaseException:
            is_over.set()
            raise

    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures: list[Future[R]] = [pool.submit(begin, item) for item in items]
        while True:
            finished, waiting = wait(futures, PROGRESS_SECONDS if report_progress else None, FIRST_EXCEPTION)
            if not waiting or any(future.exception() is not None for future in finished):
                break
            if report_progress is not None:
                report_progress(len(finished))
        for future in waiting:
            future.cancel()
        wait(futures)
    for future in futures:
        error = None if future.cancelled() else future.exception()
        if error is not None and not isinstance(error, CancelledError):
            raise error
    return [future.result() for future in futures]
