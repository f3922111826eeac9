# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""This run's side of a collaboration session: the connection, a live copy of the cells, and the server's responses."""

from __future__ import annotations

import uuid
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple, Union

from .._cells.cell import Cell
from .._cells.changes import CellChange
from .._errors import ApiError, InputError, PermissionDeniedError
from .._failures import CONFLICT
from .._http.frame_text import dumps, objects
from .._http.frames import NORMAL, ConnectionLost, Pong, Socket
from .._journal import Write
from .channel import CellEdit, Channel, Correction, Denied, Edited, Ended, Event, People, Rejected, State

#: Most bytes of one message; servers accept 64 KiB (V0-SOCKET, V1-FRAMES).
MESSAGE_LIMIT = 60 * 1024

#: Most seconds for reading the messages that have arrived, even if more keep coming.
_MOST_READING = 1.0

#: Most cells that are written unchanged, one after the other, until the session has one of them.
_MOST_TRIES = 3

#: Cells by id, in the server's order.
CellsById = Dict[str, Cell]
#: The reason why the server did not accept a message.
Problem = Union[Rejected, Denied, Correction, None]


class ProgressDeadline:
    """The time, in seconds, that a session may take without progress towards the wanted diagram."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds = seconds
        self._clock = clock
        self.renew()

    def renew(self) -> None:
        """Start again, after progress."""
        self._ends = self._clock() + self.seconds

    def left(self) -> float:
        """Return the seconds that are left, at least 0."""
        return max(0.0, self._ends - self._clock())


class SessionClient:
    """The connection of one participant, which can be lost and opened again.

    Methods that use the connection raise ``ConnectionLost``. ``cells``: the known state of the session. ``people``:
    e-mails of all participants. ``operations``: number of cell operations sent so far. ``problem``: the server's
    objection to the last message. ``stored``: the cells that REST returned before. ``updating``: cells that are being
    updated; ``raced``: those of them that others have edited meanwhile. ``deadline`` limits every wait.
    """

    def __init__(self, channel: Channel, clock: Callable[[], float], stored: Iterable[Cell] = ()) -> None:
        self._channel = channel
        self._stored = by_id(stored)
        self._clock = clock
        self._socket: Optional[Socket] = None
        self._own: Set[str] = set()
        self._pings = 0
        self.deadline = ProgressDeadline(channel.progress_seconds, clock)
        self._silence = channel.timeout
        self._states = 0
        self._waits_for_state = False
        self._pong = b""
        self._last: Set[str] = set()
        self._accepted: Set[str] = set()
        self._unsure: List[Tuple[Write, Dict[str, Optional[Cell]]]] = []
        self._answered: List[Write] = []
        self.cells: CellsById = {}
        self.people: Tuple[str, ...] = ()
        self.operations = 0
        self.problem: Problem = None
        self.updating: Set[str] = set()
        self.raced: Set[str] = set()

    def open(self) -> None:
        """Connect and get the session's cells; by REST if the server does not send them in time (V0-B25)."""
        self._socket = self._channel.connect(self.deadline.left())
        self.problem = None
        before = self._states
        self._waits_for_state = False
        has_state = self.listen(self._channel.first_state_wait, lambda: self._states > before)
        # A server that does not send its state also stops answering after the first operation (V0-B22).
        self._silence = self._channel.timeout if has_state else self._channel.first_state_wait
        if not has_state:
            self.cells = by_id(self._channel.read())
        self.catch_up()

    def catch_up(self) -> None:
        """Apply the messages that have arrived; if the server says that the copy is wrong, read the diagram."""
        self.listen(0)
        if isinstance(self.problem, Correction):
            self.cells = by_id(self._channel.read())
            self.problem = None

    def say(self, message: Mapping[str, Any]) -> None:
        """Send a message that is no operation."""
        self._connection().send(dumps(message))

    def is_alive(self, seconds: float) -> bool:
        """Whether the server answers a ping within some seconds; messages that arrive meanwhile are handled."""
        self._pings += 1
        mark = b"%d" % self._pings
        self._connection().ping(mark)
        return self.listen(seconds, lambda: self._pong == mark)

    def close(self) -> None:
        """Close the connection, if there is one; never fails."""
        socket, self._socket = self._socket, None
        if socket is not None:
            socket.close()

    def begin(self, changes: Iterable[CellChange]) -> None:
        """Reset the results of earlier messages before these changes are sent."""
        self.problem = None
        self.raced = set()
        self._accepted = set()
        self.updating = {change.cell.id for change in changes if change.action == "update"}

    def post(self, edits: Sequence[CellEdit], left: Callable[[], int]) -> None:
        """Send one message and wait until the server has handled it; ``problem`` and ``raced`` hold the result.

        ``left`` returns, by REST, how many changes are left: a slow server gets more time as long as it makes progress.
        """
        operation_id = str(uuid.uuid4())
        self._own.add(operation_id)
        self.operations += len(edits)
        write = self._channel.count_message()
        self._unsure.append((write, {edit.id: self._stored.get(edit.id) for edit in edits}))
        self._last = {edit.id for edit in edits}
        self._connection().send(dumps(self._channel.message(operation_id, edits)))
        self._apply(edits)
        answered = self._ask()
        before = None
        while not self.listen(self._silence, answered):
            now = left()
            if now == 0 or (before is not None and now >= before):
                raise ConnectionLost(0, "the server fell silent")
            if before is not None:
                self.deadline.renew()
            before = now
        self._waits_for_state = False
        if isinstance(self.problem, Denied):
            self._unsure.pop()[0].refused()
        elif not isinstance(self.problem, Rejected):
            self._answered.append(write)
            self._accepted |= self._last
            self.deadline.renew()

    def settle(self, stored: CellsById) -> None:
        """Decide by the stored cells which messages were carried out; an answered message may be lost, too."""
        for write, before in self._unsure:
            if all(_same(stored.get(i), cell) for i, cell in before.items()):
                write.refused()
            else:
                write.committed()
        self._unsure.clear()
        self._answered.clear()
        self._stored = dict(stored)

    def conclude(self) -> None:
        """Count answered messages as written if the stored cells could not be read afterwards."""
        for write in self._answered:
            write.committed()
        self._answered.clear()

    def freshen(self, stored: CellsById, left: Callable[[], int]) -> bool:
        """Write one cell unchanged if the stored cells may differ from the session; return whether that was done.

        After it the session stores exactly its own cells (``Channel.lags``).
        """
        refused = isinstance(self.problem, Rejected)
        if isinstance(self.problem, Correction) or (not refused and _raw(self.cells) == _raw(stored)):
            return False
        problem = self.problem
        for cell in self._probably_there(stored)[:_MOST_TRIES]:
            self.problem = None
            self.updating.add(cell.id)
            self.post([self._channel.edit(CellChange("update", cell, cell))], left)
            if not isinstance(self.problem, Rejected):
                break
        if not isinstance(self.problem, Denied):
            self.problem = problem
        return True

    def _probably_there(self, stored: CellsById) -> List[Cell]:
        """Return cells that the session may have, the most certain first: those of this run, not edited by others."""
        refused = self._last if isinstance(self.problem, Rejected) else set()
        found: List[Cell] = []
        last = []
        if isinstance(self.problem, Rejected) and self.problem.reason == "cell_already_exists":
            blocking = self.problem.affected[-1:]
            found += [stored[i] for i in blocking if i in stored and i in self.cells]
            last += [self.cells[i] for i in blocking if i in self.cells]
        found += [cell for i, cell in self.cells.items() if i in self._accepted]
        found += [cell for i, cell in self.cells.items() if i in stored and i not in refused]
        found += [cell for i, cell in self.cells.items() if (i in stored) == (i in refused)]
        found += [cell for i, cell in stored.items() if i in self._accepted]
        return [*found, *last]

    def listen(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> bool:
        """Handle messages until ``enough`` and return True; False after ``seconds`` (0: handle what has arrived).

        The limit holds even if messages keep coming.
        """
        end = self._clock() + (min(seconds, self.deadline.left()) if seconds else _MOST_READING)
        while not enough():
            rest = end - self._clock()
            if rest <= 0:
                return False
            frame = self._connection().receive(rest if seconds else 0.0)
            if isinstance(frame, Pong):
                self._pong = frame.mark
            elif frame is not None:
                for message in objects(frame):
                    self._take(self._channel.decode(message))
            elif not seconds:
                return False
        return True

    def _connection(self) -> Socket:
        if self._socket is None:
            raise ConnectionLost(0, "there is no connection")
        return self._socket

    def _ask(self) -> Callable[[], bool]:
        """Send a request that the server answers after all earlier messages; return the test for the answer."""
        marker = self._channel.marker()
        if marker is not None:
            states, self._waits_for_state = self._states, True
            self._connection().send(dumps(marker))
            return lambda: self._states > states
        self._pings += 1
        mark = b"%d" % self._pings
        self._connection().ping(mark)
        return lambda: self._pong == mark

    def _take(self, event: Optional[Event]) -> None:
        if isinstance(event, State):
            self._states += 1
            if not self._waits_for_state:
                self.cells = by_id(event.cells)
        elif isinstance(event, Edited):
            if event.operation_id not in self._own:
                self.raced.update(edit.id for edit in event.edits if edit.id in self.updating)
                self._apply(event.edits)
        elif isinstance(event, People):
            self.people = event.emails
        elif isinstance(event, Ended):
            if event.expelled:
                raise PermissionDeniedError(event.reason, what=self._channel.what, server_code="access_denied")
            raise ConnectionLost(NORMAL, event.reason)
        elif isinstance(event, Rejected):
            # An operation that changes nothing counts as done (V0-OPERATIONS).
            if event.reason != "no_state_change" and event.operation_id in self._own:
                self.problem = event
        elif isinstance(event, Denied):
            self.problem = event
        elif isinstance(event, Correction):
            self.problem = self.problem or event

    def _apply(self, edits: Iterable[CellEdit]) -> None:
        for edit in edits:
            if edit.action == "remove":
                self.cells.pop(edit.id, None)
            else:
                self.cells[edit.id] = self._channel.merged(self.cells.get(edit.id), edit)


def by_id(cells: Iterable[Cell]) -> CellsById:
    """Return cells by id. Servers may keep two cells with one id (V0-CELLS); the first one counts."""
    found: CellsById = {}
    for cell in cells:
        found.setdefault(cell.id, cell)
    return found


def _raw(cells: CellsById) -> Dict[str, Dict[str, Any]]:
    return {i: dict(cell.raw) for i, cell in cells.items()}


def _same(one: Optional[Cell], other: Optional[Cell]) -> bool:
    return one is other or (one is not None and other is not None and dict(one.raw) == dict(other.raw))


def batches(channel: Channel, changes: Sequence[CellChange]) -> List[List[CellEdit]]:
    """Return changes in wire form, in their order, in as few messages as ``MESSAGE_LIMIT`` allows.

    Raises ``InputError``, with the name of the cell, if a single cell is too big or cannot be written as JSON.
    """
    room = MESSAGE_LIMIT - len(dumps(channel.message(str(uuid.uuid4()), ())).encode())
    found: List[List[CellEdit]] = []
    used = 0
    for change in changes:
        edit = channel.edit(change)
        try:
            size = len(dumps(edit.wire()).encode()) + 1
        except ValueError:
            message = "cannot be written as JSON (NaN, infinity or broken Unicode)"
            raise InputError(message, "%s, cell %s" % (channel.what, change.cell.name)) from None
        if size > room:
            message = "is too big for a collaboration session: %d bytes of %d; write it with via: rest" % (size, room)
            raise InputError(message, "%s, cell %s" % (channel.what, change.cell.name))
        if not found or used + size > room:
            found.append([])
            used = 0
        found[-1].append(edit)
        used += size
    return found


def failure(
    channel: Channel, words: str, changes: Sequence[CellChange], code: str = CONFLICT, server_code: str = ""
) -> ApiError:
    """Return the error, with the cells that are left; ``words`` follow the name of the diagram."""
    if changes:
        names = ["%s %s" % (change.action, change.cell.name) for change in changes]
        more = " and %d more" % (len(names) - 20) if len(names) > 20 else ""
        words += ". Cells left: %s%s" % (", ".join(names[:20]), more)
    return ApiError(words, what=channel.what, code=code, server_code=server_code)
