# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of editing in a session, against a server made of a few lines and a clock that only waiting moves."""

from __future__ import annotations

import itertools
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Union

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.module_utils._cells.changes import CellChange, CellPlan
from ansible_collections.tmi.tmi.plugins.module_utils._cells.geometry import Box
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, InputError, PermissionDeniedError
from ansible_collections.tmi.tmi.plugins.module_utils._http import frame_text
from ansible_collections.tmi.tmi.plugins.module_utils._http.frames import BROKEN, TOO_BIG, ConnectionLost, Pong
from ansible_collections.tmi.tmi.plugins.module_utils._journal import Effect, Journal, Write
from ansible_collections.tmi.tmi.plugins.module_utils._session import client as session_client
from ansible_collections.tmi.tmi.plugins.module_utils._session import editor as session
from ansible_collections.tmi.tmi.plugins.module_utils._session.channel import (
    CellEdit,
    Correction,
    Denied,
    Edited,
    Ended,
    Event,
    Membership,
    People,
    Rejected,
    State,
)

Frame = Union[str, Pong, ConnectionLost]
ME = "me@example.com"


def cell(name: str, **more: Any) -> Cell:
    return made({"id": name, "label": name, **more})


def made(wire: Mapping[str, Any]) -> Cell:
    """Cells have flat members here; the wire form does not matter."""
    return Cell(wire["id"], "process", wire.get("label", ""), geometry=Box(wire.get("x", 0), 0, 100, 60), raw=wire)


class Server:
    """Holds the cells, one connection, and what is to go wrong."""

    def __init__(self, *cells: Cell) -> None:
        self.cells = {one.id: dict(one.raw) for one in cells}
        self.now = 0.0
        self.log: list[str] = []
        self.sent: list[list[CellEdit]] = []
        self.frames: deque[Frame] = deque()
        self.events: dict[str, Event] = {}
        self.open = False
        self.session = 1
        self.membership: Callable[[], Membership] = lambda: Membership("s%d" % self.session, opened=True, caller=ME)
        self.tells_state = True
        self.answers_pings = True
        self.frame_count = 0
        self.counted = 0
        self.journal = Journal()
        #: What happens to the n-th frame that we send (from 1): called with how to take it.
        self.faults: dict[int, Callable[[Callable[[], None]], None]] = {}
        self.before_taking: Callable[[], None] | None = None
        self.verdict: Callable[[str, list[CellEdit]], Sequence[Event]] = lambda _id, _edits: ()
        self.connecting: Callable[[], None] = lambda: None

    # clock
    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.log.append("sleep %g" % seconds)
        self.now += seconds

    # what others see and do
    def says(self, *events: Event) -> None:
        for event in events:
            name = "e%d" % len(self.events)
            self.events[name] = event
            self.frames.append(json.dumps({"event": name}))

    def person_edits(self, *edits: CellEdit) -> None:
        self.take(edits)
        self.says(Edited("theirs", edits))

    def take(self, edits: Sequence[CellEdit]) -> None:
        for one in edits:
            if one.action == "remove":
                self.cells.pop(one.id, None)
            else:
                self.cells[one.id] = {**self.cells.get(one.id, {}), **one.data}

    def ends(self) -> None:
        self.session += 1
        self.says(Ended("its session was ended"))

    # the socket
    def _frame(self, take: Callable[[], None]) -> None:
        if not self.open:
            raise ConnectionLost(BROKEN, "closed")
        self.frame_count += 1
        fault = self.faults.pop(self.frame_count, None)
        if fault is None:
            take()
        else:
            fault(take)

    def send(self, text: str) -> None:
        def take() -> None:
            message = json.loads(text)
            edits = [CellEdit(**one) for one in message["edits"]]
            self.sent.append(edits)
            if self.before_taking:
                act, self.before_taking = self.before_taking, None
                act()
            verdict = self.verdict(message["id"], edits)
            if not any(isinstance(event, (Rejected, Denied)) for event in verdict):
                self.take(edits)
            self.says(*verdict)

        self.log.append("send")
        self._frame(take)

    def ping(self, mark: bytes) -> None:
        if self.answers_pings:
            self._frame(lambda: self.frames.append(Pong(mark)))

    def receive(self, seconds: float) -> str | Pong | None:
        if not self.frames:
            self.now += seconds
            return None
        frame = self.frames.popleft()
        if isinstance(frame, ConnectionLost):
            raise frame
        return frame

    def close(self) -> None:
        if self.open:
            self.log.append("close")
        self.open = False

    # the channel
    what = 'diagram "Main"'
    first_state_wait = 2.0
    lags = False
    timeout = 30.0
    progress_seconds = 120.0

    def join(self) -> Membership:
        self.log.append("join")
        return self.membership()

    def connect(self, seconds: float) -> Server:
        self.connecting()
        self.log.append("connect")
        self.open = True
        self.frames.clear()
        if self.tells_state:
            self.says(State(tuple(made(wire) for wire in self.cells.values())), People((ME,)))
        return self

    def leave(self, membership: Membership, retry_seconds: float) -> None:
        self.log.append("leave %s" % membership.session_id)

    def read(self) -> Sequence[Cell]:
        self.log.append("read")
        return [made(wire) for wire in self.cells.values()]

    def edit(self, change: CellChange) -> CellEdit:
        return CellEdit(change.cell.id, change.action, {} if change.after is None else {**change.after.raw})

    def message(self, operation_id: str, edits: Sequence[CellEdit]) -> Mapping[str, Any]:
        return {"id": operation_id, "edits": [one.__dict__ for one in edits]}

    def marker(self) -> None:
        return None

    def decode(self, message: Mapping[str, Any]) -> Event | None:
        return self.events.get(message.get("event", ""))

    def merged(self, known: Cell | None, edit: CellEdit) -> Cell:
        return made({**(known.raw if known else {}), **edit.data})

    def count_message(self) -> Write:
        self.counted += 1
        write = self.journal.write("message")
        write.sent()
        return write


def labels(**wanted: str | None) -> Callable[[Sequence[Cell]], CellPlan]:
    """Plan: these cells with these labels, or gone where None; all else as it is."""

    def replan(cells: Sequence[Cell]) -> CellPlan:
        before = {one.id: one for one in cells}
        after, changes = dict(before), []
        for name, label in wanted.items():
            old = before.get(name)
            if label is None:
                if after.pop(name, None):
                    changes.append(CellChange("remove", old, None))
            elif old is None or old.label != label:
                after[name] = made({**(old.raw if old else {}), "id": name, "label": label})
                changes.append(CellChange("update" if old else "add", old, after[name]))
        return CellPlan(tuple(after.values()), tuple(changes))

    return replan


def run(server: Server, **wanted: str | None) -> Any:
    return session.edit(server, labels(**wanted), clock=server.clock, sleep=server.sleep)


def texts(server: Server) -> dict[str, str]:
    return {name: wire["label"] for name, wire in server.cells.items()}


# --- the good way ------------------------------------------------------------------------------------


def test_the_good_way_and_its_price() -> None:
    server = Server(cell("a"))
    outcome = run(server, a="A", b="B")
    assert server.log == ["join", "connect", "send", "read", "leave s1", "close"]
    assert server.now == 0
    assert [(one.id, one.label) for one in outcome.cells] == [("a", "A"), ("b", "B")]
    assert (outcome.operations, server.counted, list(outcome.ended_for)) == (2, 1, [])


def test_nothing_to_do_sends_nothing() -> None:
    server = Server(cell("a"))
    assert run(server, a="a").operations == 0
    assert server.log == ["join", "connect", "leave s1", "close"]


def test_without_a_first_state_rest_is_read_after_two_seconds() -> None:
    server = Server(cell("a"))
    server.tells_state = False
    run(server, a="A")
    assert server.log == ["join", "connect", "read", "send", "read", "leave s1", "close"]
    assert server.now == 2


def test_a_guest_closes_before_leaving_and_a_shared_account_does_not_leave() -> None:
    server = Server(cell("a"))
    server.membership = lambda: Membership("s1", opened=False, caller=ME)
    run(server, a="A")
    assert server.log[-2:] == ["close", "leave s1"]
    server.membership = lambda: Membership("s1", opened=False, caller=ME, shared=True)
    run(server, a="B")
    assert server.log[-2:] == ["read", "close"]


def test_whose_session_ends_when_the_host_leaves() -> None:
    server = Server(cell("a"))
    server.before_taking = lambda: server.says(People(("Me@Example.com", "zoe@example.com", "al@example.com")))
    assert list(run(server, a="A").ended_for) == ["al@example.com", "zoe@example.com"]
    server.membership = lambda: Membership("s1", opened=False, caller=ME)
    server.before_taking = lambda: server.says(People((ME, "zoe@example.com")))
    assert list(run(server, a="B").ended_for) == []


def test_what_arrives_before_the_plan_is_planned_with() -> None:
    server = Server(cell("a"))
    connect = server.connect

    def with_edit(seconds: float) -> Server:
        connect(seconds)
        server.person_edits(CellEdit("a", "update", {"label": "A"}))
        return server

    server.connect = with_edit  # type: ignore[method-assign]
    assert run(server, a="A").operations == 0


def test_a_correction_before_the_plan_is_read() -> None:
    server = Server(cell("a"))
    connect = server.connect

    def with_correction(seconds: float) -> Server:
        connect(seconds)
        server.cells["b"] = {"id": "b", "label": "B"}
        server.says(Correction())
        return server

    server.connect = with_correction  # type: ignore[method-assign]
    assert run(server, b="B").operations == 0


# --- others ------------------------------------------------------------------------------------------


def test_edits_of_others_are_not_sent_back() -> None:
    server = Server(cell("a"), cell("c"))
    server.before_taking = lambda: server.person_edits(
        CellEdit("c", "update", {"x": 5}), CellEdit("d", "add", {"id": "d", "label": "D"})
    )
    outcome = run(server, a="A", b="B")
    assert [[one.id for one in edits] for edits in server.sent] == [["a", "b"]]
    assert server.cells["c"]["x"] == 5
    assert {one.id for one in outcome.cells} == {"a", "b", "c", "d"}


def test_an_edit_of_the_same_cell_just_before_ours_is_brought_back() -> None:
    server = Server(cell("a", x=1))
    server.before_taking = lambda: server.person_edits(CellEdit("a", "update", {"x": 5, "label": "theirs"}))
    run(server, a="A")
    assert server.cells["a"] == {"id": "a", "label": "A", "x": 5}
    assert server.log.count("send") == 2


def test_an_edit_of_the_same_cell_just_after_ours_costs_nothing() -> None:
    server = Server(cell("a", x=1))

    def after(_id: str, edits: list[CellEdit]) -> Sequence[Event]:
        server.take(edits)
        theirs = CellEdit("a", "update", {"x": 5})
        server.take([theirs])
        edits.clear()
        return [Edited("theirs", (theirs,))]

    server.verdict = after
    run(server, a="A")
    assert server.cells["a"] == {"id": "a", "label": "A", "x": 5}
    assert server.log.count("send") == 1


def test_an_edit_of_a_declared_field_just_before_ours_is_not_brought_back() -> None:
    server = Server(cell("a"))
    server.before_taking = lambda: server.person_edits(CellEdit("a", "update", {"label": "theirs"}))
    run(server, a="A")
    assert texts(server) == {"a": "A"}
    assert server.log.count("send") == 1


def test_another_participant_who_edits_before_each_of_our_messages_is_no_failure() -> None:
    server = Server(cell("a", x=0))

    def act() -> None:
        server.person_edits(CellEdit("a", "update", {"x": len(server.sent)}))

    def verdict(_id: str, _edits: list[CellEdit]) -> Sequence[Event]:
        server.before_taking = act
        return ()

    server.before_taking, server.verdict = act, verdict
    run(server, a="A")
    assert server.log.count("send") == 3
    assert server.cells["a"]["label"] == "A"


def test_our_own_operation_sent_to_us_is_ignored() -> None:
    server = Server(cell("a", x=1))

    def verdict(operation_id: str, edits: list[CellEdit]) -> Sequence[Event]:
        ours, theirs = tuple(edits), (CellEdit("a", "update", {"x": 5}),)
        server.take([*ours, *theirs])
        edits.clear()
        return Edited("theirs", theirs), Edited(operation_id, ours)

    server.verdict = verdict
    run(server, a="A")
    assert server.cells["a"] == {"id": "a", "label": "A", "x": 5}
    assert server.log.count("send") == 1


def test_an_edit_that_comes_between_two_messages_is_planned_with() -> None:
    server = Server(cell("b", x=1))
    server.before_taking = lambda: server.person_edits(CellEdit("b", "update", {"x": 5}))
    run(server, a="a" * 40_000, b="b" * 40_000)
    assert [[one.id for one in edits] for edits in server.sent] == [["a"], ["b"]]
    assert server.cells["b"]["x"] == 5


def test_an_edit_that_comes_after_the_reading_is_planned_with() -> None:
    server = Server()
    read = server.read

    def then_edited() -> Sequence[Cell]:
        cells = read()
        if server.log.count("read") == 2:
            server.person_edits(CellEdit("a", "add", {"id": "a", "label": "A"}))
        return cells

    server.read = then_edited  # type: ignore[method-assign]
    server.verdict = lambda operation_id, _edits: (Rejected(operation_id, "validation_failed"),)
    with pytest.raises(ApiError):
        run(server, a="A", b="B")
    # the second reading is followed by the third message, which does not add the cells of the other participant
    assert [[one.id for one in edits] for edits in server.sent] == [["a", "b"], ["a", "b"], ["b"]]


# --- refusals ----------------------------------------------------------------------------------------


def test_after_a_rejection_the_rest_is_planned_anew() -> None:
    server = Server()

    def verdict(operation_id: str, edits: Sequence[CellEdit]) -> Sequence[Event]:
        if len(server.sent) > 1:
            return ()
        server.cells["a"] = {"id": "a", "label": "A"}
        return (Rejected(operation_id, "cell_already_exists", ("a",)), Correction())

    server.verdict = verdict
    outcome = run(server, a="A", b="B")
    assert [[one.id for one in edits] for edits in server.sent] == [["a", "b"], ["b"]]
    assert outcome.operations == 3


def test_no_state_change_is_success() -> None:
    server = Server(cell("a"))

    def verdict(operation_id: str, _edits: Sequence[CellEdit]) -> Sequence[Event]:
        server.cells.pop("a")  # another participant was faster
        return (Rejected(operation_id, "no_state_change"),)

    server.verdict = verdict
    run(server, a=None)
    assert server.log.count("send") == 1
    assert server.now == 0


def test_no_state_change_does_not_stop_the_messages_after_it() -> None:
    server = Server()

    def verdict(operation_id: str, edits: list[CellEdit]) -> Sequence[Event]:
        server.take(edits)  # another participant has just sent the same
        return (Rejected(operation_id, "no_state_change"),)

    server.verdict = verdict
    run(server, a="a" * 40_000, b="b" * 40_000)
    assert (server.log.count("send"), server.log.count("read")) == (2, 1)


def test_three_plans_and_then_a_failure_that_names_the_cells() -> None:
    server = Server(cell("c"))
    server.verdict = lambda operation_id, _edits: (Rejected(operation_id, "validation_failed", ("b",)),)
    with pytest.raises(ApiError) as caught:
        run(server, a="A", b="B", c=None)
    assert len(server.sent) == 3
    text = str(caught.value)
    assert text.startswith('diagram "Main": still differs after 3 plans')
    assert "rejected: validation_failed (cells b)" in text
    assert text.endswith("Cells left: add A, add B, remove c")
    assert caught.value.server_code == "validation_failed"
    assert server.log[-2:] == ["leave s1", "close"]


def overtaking(server: Server) -> None:
    """Let pongs come before what was said earlier, as from servers that send with two hands."""
    server.ping = lambda mark: server.frames.appendleft(Pong(mark))  # type: ignore[method-assign]


def test_a_rejection_behind_the_pong_is_waited_for() -> None:
    server = Server()
    overtaking(server)
    server.verdict = lambda operation_id, _edits: (Rejected(operation_id, "validation_failed"),)
    with pytest.raises(ApiError, match="rejected: validation_failed"):
        run(server, a="A")
    assert server.now == 0


def test_a_denial_behind_the_pong_is_waited_for() -> None:
    server = Server()
    overtaking(server)
    server.verdict = lambda _id, _edits: (Denied("insufficient_permissions"),)
    with pytest.raises(PermissionDeniedError):
        run(server, a="A")
    assert len(server.sent) == 1


@pytest.mark.parametrize("reader", [True, False])
def test_denial_names_the_role(reader: bool) -> None:
    server = Server()
    if reader:
        server.membership = lambda: Membership("s1", opened=True, caller=ME, role="reader")
    server.verdict = lambda _id, _edits: (Denied("insufficient_permissions"),)
    with pytest.raises(PermissionDeniedError, match=r'diagram "Main": .*me@example\.com.*role writer'):
        run(server, a="A")
    assert len(server.sent) == (0 if reader else 1)
    assert server.log[-1 if reader else -2] == "leave s1"


def test_who_was_expelled_does_not_come_back() -> None:
    server = Server()
    server.before_taking = lambda: server.says(Ended("the host removed this account", expelled=True))
    with pytest.raises(PermissionDeniedError, match="the host removed"):
        run(server, a="A")
    assert server.log.count("join") == 1


# --- lost connections --------------------------------------------------------------------------------


def lose(server: Server, arrived: bool, code: int = 1006) -> Callable[[Callable[[], None]], None]:
    def fault(take: Callable[[], None]) -> None:
        if arrived:
            take()
        server.open = False
        server.frames.clear()
        raise ConnectionLost(code, "the connection broke")

    return fault


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_cut_at_every_frame(nth: int, arrived: bool) -> None:
    server = Server(cell("a"))
    server.faults[nth] = lose(server, arrived)
    run(server, a="A", b="B")
    assert texts(server) == {"a": "A", "b": "B"}
    done = nth == 2 or arrived
    assert server.log.count("send") == (1 if done else 2)
    assert server.log.count("sleep 1") == (0 if done else 1)


@given(st.lists(st.integers(1, 12), max_size=4, unique=True), st.lists(st.booleans(), min_size=4, max_size=4))
def test_cuts_anywhere_end_in_the_wanted_diagram(where: Sequence[int], arrived: Sequence[bool]) -> None:
    server = Server(cell("a"), cell("c"), cell("z"))
    for nth, one in zip(where, arrived, strict=False):
        server.faults[nth] = lose(server, one)
    run(server, a="A", b="B", c=None)
    assert texts(server) == {"a": "A", "b": "B", "z": "z"}
    assert len([line for line in server.log if line.startswith("sleep")]) <= len(where)


def test_rejoining_takes_longer_each_time_and_is_given_up() -> None:
    server = Server()

    def refuse() -> None:
        raise ConnectionLost(1006, "no WebSocket connection: timed out")

    server.connecting = refuse
    with pytest.raises(ApiError, match="no WebSocket connection: timed out; gave up after 5 tries"):
        run(server, a="A")
    assert [line for line in server.log if line.startswith("sleep")] == ["sleep %d" % n for n in (1, 2, 4, 8, 16)]
    assert server.log.count("join") == 6


def test_tries_are_counted_anew_when_the_work_gets_on() -> None:
    server = Server()
    names = {"c%d" % i: "x" * 40_000 for i in range(8)}
    # a message arrives, and the ping after it is cut, again and again
    server.faults = {2 * i: lose(server, False) for i in range(1, 9)}
    run(server, **names)
    assert [line for line in server.log if line.startswith("sleep")] == ["sleep 1"] * 7


def test_a_host_who_comes_back_in_time_is_still_the_host() -> None:
    server = Server()
    server.membership = lambda: Membership("s1", opened=server.log.count("join") == 1, caller=ME)
    server.faults[1] = lose(server, False)
    run(server, a="A")
    assert server.log[-2:] == ["leave s1", "close"]


def test_an_ended_session_with_work_left_gets_one_successor() -> None:
    server = Server()
    server.before_taking = server.ends
    server.verdict = lambda operation_id, _edits: (
        (Rejected(operation_id, "no_state_change"),) if len(server.sent) == 1 else ()
    )
    run(server, a="A")
    assert texts(server) == {"a": "A"}
    assert [line for line in server.log if line.startswith(("join", "sleep", "leave"))] == ["join", "join", "leave s2"]


def test_a_session_ended_twice_is_a_failure() -> None:
    server = Server()

    def verdict(operation_id: str, _edits: Sequence[CellEdit]) -> Sequence[Event]:
        server.session += 1
        return (Rejected(operation_id, "no_state_change"), Ended("it was ended"))

    server.verdict = verdict
    with pytest.raises(ApiError, match=r"ended twice by others\. Cells left: add A"):
        run(server, a="A")
    assert server.log.count("join") == 2


def test_an_ended_session_with_all_done_is_success() -> None:
    server = Server()
    server.verdict = lambda _id, _edits: (Ended("it was ended"),)
    run(server, a="A")
    assert server.log.count("join") == 1


def test_a_guest_whose_session_is_replaced_again_and_again_gives_up() -> None:
    server = Server()
    server.membership = lambda: Membership("s%d" % server.session, opened=False, caller=ME)

    def fault(_take: Callable[[], None]) -> None:
        server.session += 1
        lose(server, arrived=False)(_take)

    server.faults = {1: fault, 2: fault}
    with pytest.raises(ApiError, match="ended twice"):
        run(server, a="A")


def test_too_big_is_not_repeated() -> None:
    server = Server()
    server.faults[1] = lose(server, False, TOO_BIG)
    with pytest.raises(ApiError, match=r"too big .*Cells left: add A"):
        run(server, a="A")
    assert server.log.count("join") == 1


def test_a_server_that_falls_silent_is_asked_by_rest() -> None:
    """V0-B22: the first operation is stored, and no word comes any more."""
    server = Server()
    server.tells_state = server.answers_pings = False
    run(server, a="A")
    assert server.log.count("send") == 1
    assert server.now == 4


def test_a_slow_server_is_given_time_while_it_gets_on() -> None:
    server = Server()
    server.answers_pings = False
    slow: list[CellEdit] = []

    def verdict(_id: str, edits: list[CellEdit]) -> Sequence[Event]:
        slow.extend(edits)
        edits.clear()
        return ()

    server.verdict = verdict
    read = server.read

    def one_more() -> Sequence[Cell]:
        if slow:
            server.take([slow.pop(0)])
        return read()

    server.read = one_more  # type: ignore[method-assign]
    run(server, a="A", b="B", c="C")
    assert server.log.count("send") == 1
    assert server.log.count("join") == 1


# --- time --------------------------------------------------------------------------------------------


def test_a_server_that_stays_silent_costs_the_patience_once() -> None:
    server = Server()
    server.answers_pings = False
    server.verdict = lambda _id, edits: edits.clear() or ()  # type: ignore[func-returns-value]
    with pytest.raises(ApiError, match=r"made no progress for 120 s \(option retry_timeout\)\. Cells left: add A"):
        run(server, a="A")
    assert server.now <= 120


def test_a_flood_ends_with_the_wait() -> None:
    server = Server()
    server.answers_pings = False

    def flood(seconds: float) -> str:
        server.now += 0.01
        return "{}"

    server.receive = flood  # type: ignore[method-assign]
    server.progress_seconds = 5.0
    run(server, a="A")  # a reading shows that all is done
    assert server.now < 8
    line = session_client.SessionClient(server, server.clock)
    line.open()
    before = server.now
    assert line.listen(0) is False
    assert server.now - before < 1.1


def test_answers_are_progress() -> None:
    server = Server()
    server.progress_seconds = 15.0
    sent = server.send

    def slow(text: str) -> None:
        server.now += 10
        sent(text)

    server.send = slow  # type: ignore[method-assign]
    run(server, **{"c%d" % i: "x" * 40_000 for i in range(8)})
    assert server.now == 80


# --- what a failure says was written -----------------------------------------------------------------


def written(server: Server, **wanted: str | None) -> list[str]:
    server.journal = Journal()
    with pytest.raises(ApiError), server.journal.doing([Effect("Main", "updated Main")]):
        run(server, **wanted)
    return server.journal.lines()


def test_a_failure_reports_what_the_server_has_taken() -> None:
    server = Server()

    def verdict(operation_id: str, _edits: list[CellEdit]) -> Sequence[Event]:
        return () if len(server.sent) == 1 else (Rejected(operation_id, "validation_failed"),)

    server.verdict = verdict
    reported = written(server, a="a" * 40_000, b="b" * 40_000)
    assert reported == ["updated Main"]


def test_a_failure_reports_nothing_where_nothing_was_taken() -> None:
    server = Server()
    server.verdict = lambda operation_id, _edits: (Rejected(operation_id, "validation_failed"),)
    assert written(server, a="A") == []
    server.verdict = lambda _id, _edits: (Denied("insufficient_permissions"),)
    assert written(server, a="A") == []
    server.verdict, server.faults = lambda _id, _edits: (), {server.frame_count + 1: lose(server, False, TOO_BIG)}
    assert written(server, a="A") == []


def test_a_failure_after_a_message_of_unknown_fate_reports_of_it() -> None:
    server = Server()
    server.faults[1] = lose(server, True)

    def no_answer() -> Sequence[Cell]:
        raise ApiError("GET failed")

    server.read = no_answer  # type: ignore[method-assign]
    assert written(server, a="A") == ["perhaps updated Main"]


# --- text --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": "\\ud83d\\ude00"}', [{"a": "\U0001f600"}]),
        ('{"a": "\\ud83d"}', [{"a": "\ufffd"}]),
        ('{"a": "\\ude00x"}', [{"a": "\ufffdx"}]),
        ('{"a": "\\ud83d\\n"}', [{"a": "\ufffd\n"}]),
        ('{"a": "\\\\ud83d"}', [{"a": "\\ud83d"}]),
        ('{"a": NaN}', []),
        ('{"a": -Infinity}', []),
        ('{"a": 1e999}', []),
        ('{"a": 1.5}', [{"a": 1.5}]),
        ('{"a": %s1%s}' % ("[" * 90, "]" * 90), None),
        ('{"a": %s1%s}' % ("[" * 200, "]" * 200), []),
        ("[" * 100_000, []),
        ('{"a": %s}' % ("9" * 5000), []),
    ],
)
def test_text_that_could_not_be_written_again(text: str, found: list[Any] | None) -> None:
    read = list(frame_text.objects(text))
    assert len(read) == 1 if found is None else read == found
    frame_text.dumps(read).encode()


def test_a_message_of_too_many_values() -> None:
    with pytest.raises(ConnectionLost, match="more than 1000000 values") as caught:
        list(frame_text.objects("[" + "{}," * 600_000 + "{}]"))
    assert caught.value.code == TOO_BIG


# --- size --------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=12))
def test_messages_stay_below_the_limit_and_in_order(sizes: Sequence[int]) -> None:
    server = Server()
    changes = [CellChange("add", None, cell("c%d" % i, text="ä" * (n // 2))) for i, n in enumerate(sizes)]
    found = session_client.batches(server, changes)
    assert [one.id for edits in found for one in edits] == [change.cell.id for change in changes]
    lengths = [len(frame_text.dumps(server.message("0" * 36, edits)).encode()) for edits in found]
    assert max(lengths) <= 60 * 1024
    for edits, following in itertools.pairwise(found):  # no more messages than needed
        together = frame_text.dumps(server.message("0" * 36, [*edits, following[0]])).encode()
        assert len(together) > 60 * 1024 - 200


def test_a_cell_too_big_for_any_message_is_named() -> None:
    server = Server()
    with pytest.raises(InputError, match=r'diagram "Main", cell a+ … a+: is too big .* via: rest'):
        run(server, a="a" * 70_000)
    assert server.sent == []


def test_a_rejection_stops_the_messages_after_it() -> None:
    server = Server()
    server.verdict = lambda operation_id, _edits: (
        (Rejected(operation_id, "validation_failed"),) if len(server.sent) == 1 else ()
    )
    run(server, a="a" * 40_000, b="b" * 40_000)
    assert [[one.id for one in edits] for edits in server.sent] == [["a"], ["a"], ["b"]]


def test_several_messages_in_one_frame_and_rubbish_after_them() -> None:
    assert list(frame_text.objects(' {"a": 1}\n{"b": 2} 3 {bad')) == [{"a": 1}, {"b": 2}]
    assert list(frame_text.objects("")) == []


def test_at_most_four_sessions_at_once() -> None:
    lock, running, most = threading.Lock(), [0], [0]
    four = threading.Barrier(4, timeout=60)

    def one() -> None:
        server = Server()

        def verdict(_id: str, _edits: Sequence[CellEdit]) -> Sequence[Event]:
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            four.wait()
            threading.Event().wait(0.02)
            with lock:
                running[0] -= 1
            return ()

        server.verdict = verdict
        run(server, a="A")

    threads = [threading.Thread(target=one) for _i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 4
