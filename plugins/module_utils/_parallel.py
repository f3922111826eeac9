# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Work on several models at once, one thread for each model: the writes of one model stay in order (ENGINE-3)."""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_EXCEPTION, CancelledError, Future, ThreadPoolExecutor, wait
from typing import Callable, Optional, Sequence, TypeVar

#: Models at once unless the user gives a number; more would gain little.
PARALLEL = 4
#: Seconds between two reports of progress.
PROGRESS_SECONDS = 5.0

T = TypeVar("T")
R = TypeVar("R")


def in_parallel(
    call: Callable[[T], R],
    items: Sequence[T],
    workers: int = PARALLEL,
    report_progress: Optional[Callable[[int], None]] = None,
) -> list[R]:
    """Return the results in order. After a failure no further item begins, and the running ones are awaited.

    ``report_progress`` is called in this thread with the number of finished items, every few seconds.
    """
    if len(items) == 1 and report_progress is None:
        return [call(items[0])]
    is_over = threading.Event()

    def begin(item: T) -> R:
        if is_over.is_set():  # a thread may take the next item before the waiting thread cancels it
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
