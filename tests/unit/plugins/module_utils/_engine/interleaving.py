# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several runs against one server in memory, one call of the server at a time, in an order that the test chooses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError

#: Calls of a server between which another run may come.
CALLS = frozenset(
    (
        "models",
        "model",
        "find_named",
        "reread",
        "create",
        "update",
        "update_many",
        "delete",
        "write_metadata",
        "write_cells",
    )
)
#: Seconds after which a test that hangs fails.
HANGS = 60.0


class Stopped(BaseException):
    """Ends the thread of a run that is killed."""


class Run:
    """One run in a thread of its own, which makes its next call of the server when the test says so."""

    def __init__(self, server: Any, work: Callable[[Any], Any]) -> None:
        self.server = server
        self.error: TmiError | None = None
        self.result: Any = None
        self.is_over = False
        #: Whether it waits, until another run has made a call.
        self.rests = False
        #: The calls that it has made.
        self.calls: list[str] = []
        self._killed = False
        self._go, self._ready = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._main, args=(work,), daemon=True)
        self._thread.start()
        self._wait()

    def _main(self, work: Callable[[Any], Any]) -> None:
        try:
            self.result = work(self)
        except TmiError as error:
            self.error = error
        except Stopped:
            pass
        finally:
            self.is_over = True
            self._ready.release()

    def _wait(self) -> None:
        assert self._ready.acquire(timeout=HANGS), "the run hangs"

    def step(self) -> None:
        """Make the next call; return when the run is about to make another one, or is over."""
        self._go.release()
        self._wait()

    def kill(self) -> None:
        """End the run before its next call."""
        if not self.is_over:
            self._killed = True
            self.step()

    def __getattr__(self, name: str) -> Any:
        """The server as this run sees it."""
        found = getattr(self.server, name)
        if name == "wait":
            self.rests = True
        if name not in CALLS:
            return found

        def call(*arguments: Any) -> Any:
            self._ready.release()
            assert self._go.acquire(timeout=HANGS), "no run continues"
            if self._killed:
                raise Stopped
            self.calls.append(name)
            return found(*arguments)

        return call


Work = Callable[[Any], Any]


def runs_in_order(
    server: Any, works: Sequence[Work], choices: Sequence[int]
) -> tuple[list[Run], list[tuple[int, int]]]:
    """Run works to their end, each next call by the run that ``choices`` names; then by the first that is not over.

    Returns the runs and, for each call, (who made it, how many could have).
    """
    runs = [Run(server, work) for work in works]
    taken: list[tuple[int, int]] = []
    while True:
        able = [run for run in runs if not run.is_over]
        if not able:
            return runs, taken
        able = [run for run in able if not run.rests] or able
        choice = choices[len(taken)] if len(taken) < len(choices) else 0
        choice = min(choice, len(able) - 1)
        taken.append((choice, len(able)))
        able[choice].step()
        for run in runs:
            run.rests = run.rests and run is able[choice]


def all_orders(
    make: Callable[[], Any], works: Sequence[Work], depth: int
) -> Iterator[tuple[Any, list[Run], list[int]]]:
    """Yield (server, runs, order) for every order of the first ``depth`` calls of runs, each on a new server.

    After these calls the runs go on one after the other: an order in which they hinder each other for ever is not for
    a test to wait for.
    """
    choices: list[int] = []
    while True:
        server = make()
        runs, taken = runs_in_order(server, works, choices)
        yield server, runs, [choice for choice, _able in taken]
        del taken[depth:]
        while taken and taken[-1][0] + 1 >= taken[-1][1]:
            taken.pop()
        if not taken:
            return
        choices = [choice for choice, _able in taken[:-1]] + [taken[-1][0] + 1]
