# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Threads in simulated time: one runs at a time, and the clock moves only when all of them wait. Nothing depends on how
busy the machine is, and the same seed gives the same run."""

from __future__ import annotations

import heapq
import random
import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._http import connection
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings

#: Turns after which a simulation counts as endless.
MOST_TURNS = 200_000


class Simulation:
    """``clock`` and ``sleep`` for what is simulated; ``condition`` instead of ``threading.Condition``."""

    def __init__(self) -> None:
        self.now = 0.0
        self._ready: list[threading.Semaphore] = []
        self._asleep: list[tuple[float, int, threading.Semaphore]] = []
        self._count = 0
        self._main = threading.Semaphore(0)
        self._current: threading.Semaphore = threading.Semaphore(0)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self._count += 1
        heapq.heappush(self._asleep, (self.now + seconds, self._count, self._current))
        self._give_way()

    def _give_way(self) -> None:
        own = self._current
        self._main.release()
        own.acquire()
        self._current = own

    def condition(self) -> Condition:
        return Condition(self)

    def run(self, calls: Sequence[Callable[[], None]]) -> list[BaseException | None]:
        """Run each call in a thread of its own to its end; return what each of them raised."""
        failures: list[BaseException | None] = [None] * len(calls)
        left = len(calls)

        def body(index: int, go: threading.Semaphore) -> None:
            nonlocal left
            go.acquire()
            self._current = go
            try:
                calls[index]()
            except BaseException as error:
                failures[index] = error
            left -= 1
            self._main.release()

        for index in range(len(calls)):
            go = threading.Semaphore(0)
            self._ready.append(go)
            threading.Thread(target=body, args=(index, go), daemon=True).start()
        for _turn in range(MOST_TURNS):
            if not left:
                return failures
            if self._ready:
                go = self._ready.pop(0)
            elif self._asleep:
                at, _number, go = heapq.heappop(self._asleep)
                self.now = max(self.now, at)
            else:
                raise AssertionError("all threads wait for each other")
            go.release()
            self._main.acquire()
        raise AssertionError("the simulation does not end")


class Condition:
    """A condition of a simulation. Its lock is not needed: one thread runs at a time, until it waits or sleeps."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._waiting: list[threading.Semaphore] = []

    def __enter__(self) -> Condition:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def wait(self) -> None:
        self._waiting.append(self._simulation._current)
        self._simulation._give_way()

    def notify_all(self) -> None:
        self._simulation._ready += self._waiting
        self._waiting = []


class BusyServer:
    """Takes a while for a request and refuses writes that would be more than ``room`` at once, or as ``refuses`` says.

    The refusal is that of a real server whose database could not bring transactions in an order.
    """

    def __init__(
        self,
        simulation: Simulation,
        room: int,
        seconds: float = 0.2,
        wait: str | None = "30",
        refuses: Callable[[str, str], bool] = lambda _method, _url: False,
        status: int = 503,
    ) -> None:
        self.simulation = simulation
        self.room = room
        self.seconds = seconds
        self.headers = {"Retry-After": wait} if wait else {}
        self.refuses = refuses
        self.status = status
        self.inside = self.most_inside = self.done = self.refused = 0
        #: Times at which requests came.
        self.arrivals: list[float] = []
        self.random = random.Random(7)

    def exchange(self, method: str, url: str, *_rest: Any) -> connection.RawResponse:
        self.arrivals.append(self.simulation.now)
        collides = method != "GET" and self.inside >= self.room
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.simulation.sleep(self.seconds * self.random.uniform(0.5, 1.5))
        self.inside -= 1
        if collides or self.refuses(method, url):
            self.refused += 1
            body = b'{"error": "service_unavailable", "message": "could not serialize access"}'
            return connection.RawResponse(self.status, "Refused", self.headers, body)
        self.done += 1
        return connection.RawResponse(200, "OK", {}, b"{}")

    def close(self) -> None:
        pass

    def transport(self, **options: Any) -> Transport:
        """Return a transport to this server that lives in simulated time."""
        settings = Settings.from_params({"url": "http://127.0.0.1", "token": "t" * 20, **options})
        simulation = self.simulation
        transport = Transport(settings, clock=simulation.clock, sleep=simulation.sleep)
        transport._http = SimpleNamespace(Connection=lambda _settings: self)  # type: ignore[assignment]
        transport._gate._room = simulation.condition()  # type: ignore[assignment]
        return transport
