# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A busy server: how many requests are on their way at once, who waits how long, and when a run gives up. All of it in
simulated time."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError
from ansible_collections.tmi.tmi.plugins.module_utils._http import gate, retry
from ansible_collections.tmi.tmi.plugins.module_utils._http.gate import Gate
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport

from .simulation import BusyServer, Simulation

MODELS, WRITES = 30, 8


@pytest.fixture(autouse=True)
def _same_chance() -> None:
    random.seed(11)


def workers(transport: Transport, threads: int, models: int = MODELS) -> tuple[list[int], list[Callable[[], None]]]:
    """Return the numbers of models that are made, as they come, and what so many threads do to make them."""
    waiting = list(range(models))
    made: list[int] = []

    def work() -> None:
        while waiting:
            model = waiting.pop(0)
            for part in range(WRITES):
                transport.request("POST", "/threat_models/%d/%d" % (model, part), json={})
            made.append(model)

    return made, [work] * threads


def failures(simulation: Simulation, calls: list[Callable[[], None]]) -> list[str]:
    return [str(error) for error in simulation.run(calls) if error is not None]


# --- the run ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [1, 2, 3])
@pytest.mark.parametrize("threads", [2, 4, 16])
@pytest.mark.parametrize("wait", ["30", "2"])
def test_all_models_are_made_where_only_some_may_write_at_once(wait: str, threads: int, room: int) -> None:
    simulation = Simulation()
    server = BusyServer(simulation, room, wait=wait)
    made, calls = workers(server.transport(), threads)
    assert failures(simulation, calls) == []
    assert sorted(made) == list(range(MODELS))
    assert server.refused <= threads + MODELS  # it does not run against the wall again and again


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_others_who_write_too_cost_time_and_no_model(share: float) -> None:
    simulation = Simulation()
    chance = random.Random(3)
    server = BusyServer(simulation, 1, refuses=lambda _method, _url: chance.random() < share)
    made, calls = workers(server.transport(), 4)
    assert failures(simulation, calls) == []
    assert len(made) == MODELS


def test_a_quiet_server_is_used_by_all_threads_at_once() -> None:
    simulation = Simulation()
    server = BusyServer(simulation, 4)
    _made, calls = workers(server.transport(), 4)
    assert failures(simulation, calls) == []
    assert (server.most_inside, server.refused) == (4, 0)
    assert simulation.now < MODELS * WRITES * server.seconds / 4 * 1.2


def test_a_server_with_room_again_is_used_again() -> None:
    simulation = Simulation()
    server = BusyServer(simulation, 1)
    transport = server.transport()
    _made, calls = workers(transport, 4, 4)
    assert failures(simulation, calls) == []
    assert transport._gate.limit == 1
    server.room = 4
    server.most_inside = 0
    _made, calls = workers(transport, 4, 100)
    assert failures(simulation, calls) == []
    assert server.most_inside == 4


# --- how many at once -----------------------------------------------------------------------------------------


def test_refusals_of_requests_that_were_on_their_way_together_count_as_one() -> None:
    simulation = Simulation()
    found = Gate(simulation.clock, simulation.sleep)
    numbers = [found.enter() for _request in range(8)]
    assert found.limit is None
    for number in numbers:
        found.leave()
        found.refused(number)
    assert found.limit == 4
    found.refused(found.enter())
    assert found.limit == 2


def test_one_more_after_each_series_and_longer_series_where_one_more_was_too_many() -> None:
    simulation = Simulation()
    found = Gate(simulation.clock, simulation.sleep)

    def answer(count: int) -> None:
        for _request in range(count):
            number = found.enter()
            found.leave()
            found.answered(number)

    def refuse() -> None:
        number = found.enter()
        found.leave()
        found.refused(number)

    for _request in range(4):
        found.enter()
    for _request in range(4):
        found.leave()
    refuse()
    assert found.limit == 2
    answer(gate.SERIES - 1)
    assert found.limit == 2
    answer(1)
    assert found.limit == 3
    refuse()
    assert found.limit == 1
    answer(2 * gate.SERIES - 1)
    assert found.limit == 1
    answer(1)
    assert found.limit == 2
    for _time in range(20):
        refuse()
    assert found.limit == 1
    answer(gate.LONGEST_SERIES)
    assert found.limit > 1


# --- who waits how long ---------------------------------------------------------------------------------------


def test_no_two_threads_leave_a_pause_at_the_same_time_and_none_too_early() -> None:
    simulation = Simulation()
    server = BusyServer(simulation, 100)
    transport = server.transport()
    transport._gate.pause(30)
    failures(simulation, [lambda: transport.request("GET", "/x") and None] * 16)
    assert len(set(server.arrivals)) == 16
    assert min(server.arrivals) >= 30
    assert max(server.arrivals) <= 30 + gate.spread_of(30)


def test_who_is_refused_waits_as_asked_while_the_others_go_on() -> None:
    simulation, refusals = Simulation(), iter([True])
    server = BusyServer(simulation, 9, refuses=lambda _method, _url: next(refusals, False))
    made, calls = workers(server.transport(), 2, 20)
    assert failures(simulation, calls) == []
    assert len(made) == 20
    assert len([at for at in server.arrivals if 1 < at < 30]) > 100
    simulation, refusals = Simulation(), iter([True])
    server = BusyServer(simulation, 9, refuses=lambda _method, _url: next(refusals, False))
    failures(simulation, [lambda: server.transport().request("POST", "/x", json={}) and None])
    assert server.arrivals[1] >= 30


def test_all_wait_where_the_account_has_asked_for_too_much() -> None:
    simulation, refusals = Simulation(), iter([True])
    server = BusyServer(simulation, 9, status=429, refuses=lambda _method, _url: next(refusals, False))
    _made, calls = workers(server.transport(), 8)
    assert failures(simulation, calls) == []
    assert [at for at in server.arrivals if 1 < at < 30] == []


def test_a_server_that_refuses_everybody_is_waited_for_with_few_requests() -> None:
    simulation = Simulation()
    server = BusyServer(simulation, 9, wait="60", refuses=lambda _method, _url: simulation.now < 200)
    made, calls = workers(server.transport(retry_timeout=300), 8)
    assert failures(simulation, calls) == []
    assert len(made) == MODELS
    assert server.refused <= 8 * (200 // 60 + 1)


# --- when it ends -----------------------------------------------------------------------------------------------


def test_retry_timeout_counts_from_the_last_progress_of_the_run() -> None:
    """One write is refused for longer than ``retry_timeout``, and succeeds, since the others come on meanwhile."""
    simulation = Simulation()
    server = BusyServer(
        simulation, 4, wait="30", refuses=lambda _method, url: url.endswith("/slow") and simulation.now < 400
    )
    transport = server.transport(retry_timeout=120)

    def others() -> None:
        while simulation.now < 500:
            transport.request("PUT", "/others", json={})
            simulation.sleep(10)

    def slow() -> None:
        transport.request("POST", "/slow", json={})

    assert failures(simulation, [others, slow]) == []


def test_without_progress_the_run_gives_up_after_retry_timeout() -> None:
    simulation = Simulation()
    server = BusyServer(simulation, 4, refuses=lambda _method, _url: True)
    _made, calls = workers(server.transport(retry_timeout=120), 4)
    reported = failures(simulation, calls)
    assert len(reported) == 4
    assert all("Gave up after" in text for text in reported)
    assert 90 <= simulation.now <= 160


@pytest.mark.parametrize("wait", ["30", None])
def test_one_request_that_never_succeeds_ends_while_the_others_go_on_for_ever(wait: str | None) -> None:
    simulation = Simulation()
    server = BusyServer(simulation, 4, wait=wait, refuses=lambda _method, url: url.endswith("/never"))
    transport = server.transport(retry_timeout=60)
    ended: list[float] = []

    def others() -> None:
        while not ended and simulation.now < 5000:
            transport.request("PUT", "/others", json={})
            simulation.sleep(5)

    def never() -> None:
        try:
            transport.request("PUT", "/never", json={})
        except ApiError:
            ended.append(simulation.now)

    assert failures(simulation, [others, never]) == []
    assert 60 * (retry.MOST_TIMES - 1) <= ended[0] <= 60 * (retry.MOST_TIMES + 1)


# --- which answers ask for fewer at once --------------------------------------------------------------------------

COLLISIONS = {
    "PostgreSQL, in the message": b'{"message": "could not serialize access due to read/write dependencies"}',
    "PostgreSQL, by its number": b'{"error": "SQLSTATE 40001"}',
    "deadlock": b'{"message": "deadlock detected (SQLSTATE 40P01)"}',
    "lock not to be had": b"canceling statement due to lock timeout",
    "Oracle": b"ORA-08177: can't serialize access for this transaction",
    "SQLite": b"database is locked",
}


@pytest.mark.parametrize("status", [409, 500, 503])
@pytest.mark.parametrize("words", list(COLLISIONS))
def test_collisions_of_transactions(words: str, status: int) -> None:
    assert retry.is_collision(status, COLLISIONS[words])
    assert retry.verdict_on_status(status, None, "PUT", True, False, collision=True) == retry.REPEAT
    assert retry.verdict_on_status(status, None, "POST", False, False, collision=True) != retry.REPEAT


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, b"deadlock"), (200, b"40001"), (500, b"order 140001 is unknown"), (409, b'{"message": "exists"}')],
)
def test_what_is_no_collision(status: int, body: bytes) -> None:
    assert not retry.is_collision(status, body)
