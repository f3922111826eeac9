# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Edits a diagram through its collaboration session while people may edit it too (ENGINE-21).

The steps: join, take the session's state, plan, send, read the diagram by REST and plan again (no changes left is the
proof), leave. Usually these are three requests and one connection. This module depends on no API generation:
``channel`` is the interface to it, and ``client`` is this run's side of the connection.
"""

from __future__ import annotations

import contextlib
import threading
import time
from typing import Callable, Mapping, Optional, Sequence

from .._cells.cell import Cell
from .._cells.changes import CellChange, CellPlan, SessionOutcome
from .._errors import ApiError, PermissionDeniedError
from .._failures import CONNECTION_LOST, REJECTED, TIMEOUT
from .._http.frames import NORMAL, TOO_BIG, ConnectionLost
from .channel import Channel, Denied, Membership, Rejected
from .client import SessionClient, batches, by_id, failure

#: Most plans that are sent; if the diagram still differs after them, the edit has failed.
PLANS = 3
#: Tries to rejoin a session, after waits of 1, 2, 4 … 30 s; the count starts again after progress.
REJOINS = 5
_LONGEST_WAIT = 30.0
#: Seconds after the pong in which a rejection may still come.
_GRACE = 1.0
#: Fields of an update that only restores the edit of another participant.
_LOST_EDIT = ("concurrent edit",)

#: A server allows five sessions at once to a user (V1-LIMITS); one is left for the person.
_PLACES = threading.BoundedSemaphore(4)


def edit(
    channel: Channel,
    replan: Callable[[Sequence[Cell]], CellPlan],
    *,
    stored: Sequence[Cell] = (),
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> SessionOutcome:
    """Change a diagram to the plan of ``replan`` for its cells, through the session of ``channel``.

    ``replan`` is pure, and a plan for its own result has no changes. ``stored``: the diagram's cells as they were read
    before, which later show what was written. ``clock`` and ``sleep`` use seconds. At most four sessions are open at
    once; this call waits for a place. Raises ``PermissionDeniedError`` if the account may only read, ``ApiError`` if no
    session can be kept, if the diagram still differs after three plans (it names the cells) or if there is no progress
    for ``Channel.progress_seconds``, and the errors of the transport. The journal has what was written.
    """
    with _PLACES:
        editor = _Editor(channel, replan, SessionClient(channel, clock, stored), sleep)
        try:
            return editor.run()
        finally:
            editor.leave()


class _Editor:
    """One run of :func:`edit`."""

    def __init__(
        self,
        channel: Channel,
        replan: Callable[[Sequence[Cell]], CellPlan],
        client: SessionClient,
        sleep: Callable[[float], None],
    ) -> None:
        self._channel = channel
        self._replan = replan
        self._sleep = sleep
        self._client = client
        self._membership: Optional[Membership] = None
        self._rejoins = 0
        self._renewed = False
        self._least: Optional[int] = None

    def run(self) -> SessionOutcome:
        """Edit until no changes are left."""
        try:
            self._enter()
        except ConnectionLost as lost:
            self._rejoin(lost, ())
        changes = self._plan()
        sent = 0
        while changes:
            if sent == PLANS:
                if all(change.fields == _LOST_EDIT for change in changes):
                    break
                raise self._still_different(changes)
            try:
                if sent:
                    changes = self._caught_up(changes)
                self._send(changes)
                sent += 1
                changes = self._verified()
            except ConnectionLost as lost:
                # The last message may have arrived: it is never repeated, but the diagram is read and planned again.
                if self._client.operations:
                    changes = self._plan(self._channel.read())
                if changes:
                    self._rejoin(lost, changes)
                    changes = self._plan()
        return SessionOutcome(tuple(self._client.cells.values()), self._client.operations, self._left_behind())

    # --- the work --------------------------------------------------------------------------------

    def _plan(self, cells: Optional[Sequence[Cell]] = None) -> Sequence[CellChange]:
        """Plan from the given cells, which become the session's state, else from that state."""
        if cells is not None:
            self._client.cells = by_id(cells)
            self._client.settle(self._client.cells)
        changes = self._replan(tuple(self._client.cells.values())).changes
        if self._least is None or len(changes) < self._least:
            if self._least is not None:
                self._client.deadline.renew()
            self._least, self._rejoins = len(changes), 0
        return changes

    def _changes_left(self) -> int:
        return len(self._replan(self._channel.read()).changes)

    def _send(self, changes: Sequence[CellChange]) -> None:
        """Send the messages one by one, until one of them is not accepted."""
        self._client.begin(changes)
        for edits in batches(self._channel, changes):
            if self._client.raced & {edit.id for edit in edits}:
                return  # planned before the edit of another participant came
            self._client.post(edits, self._changes_left)
            self._check_allowed(changes)
            if self._client.problem is not None:
                return

    def _verified(self) -> Sequence[CellChange]:
        """Read the diagram by REST and return the changes that are left."""
        stored = self._channel.read()
        if self._channel.lags and self._client.freshen(by_id(stored), self._changes_left):
            self._check_allowed(())
            stored = self._channel.read()
        intended = {i: self._client.cells[i] for i in self._client.raced if i in self._client.cells}
        changes = self._plan(stored)
        if changes and self._client.problem is None:
            self._client.listen(_GRACE, lambda: self._client.problem is not None)
            self._check_allowed(changes)
            changes = self._plan(self._channel.read())
        return self._with_lost_edits(changes, intended)

    def _caught_up(self, changes: Sequence[CellChange]) -> Sequence[CellChange]:
        """Return the changes, planned again if others have edited the diagram since it was read."""
        before = dict(self._client.cells)
        self._client.catch_up()
        now = self._client.cells
        if now == before:
            return changes
        planned = self._plan()
        ids = {change.cell.id for change in planned}
        repairs = [c for c in changes if c.fields == _LOST_EDIT and now.get(c.cell.id) is c.before]
        return [*planned, *(c for c in repairs if c.cell.id not in ids)]

    def _with_lost_edits(self, changes: Sequence[CellChange], intended: Mapping[str, Cell]) -> Sequence[CellChange]:
        """Add updates that restore the edits of others in cells that this run updated at the same time.

        An update holds the whole cell (V0-B30). ``intended`` are the cells with this run's edit first and the edit of
        the others after it; a server that took them in the other order has lost the edit of the others. Declared fields
        keep the values of this run, all other fields get theirs.
        """
        stored = self._client.cells
        lost = {i: cell for i, cell in intended.items() if i in stored and dict(cell.raw) != dict(stored[i].raw)}
        if not lost:
            return changes
        final = by_id(self._replan(tuple({**stored, **lost}.values())).cells)
        repairs = [
            CellChange("update", stored[i], final[i], _LOST_EDIT)
            for i, cell in lost.items()
            if i in final and not self._is_stored(stored[i], final[i])
        ]
        return [change for change in changes if change.cell.id not in lost] + repairs

    def _is_stored(self, stored: Cell, wanted: Cell) -> bool:
        edit_of_wanted = self._channel.edit(CellChange("update", stored, wanted))
        return dict(self._channel.merged(stored, edit_of_wanted).raw) == dict(stored.raw)

    # --- joining and leaving ---------------------------------------------------------------------

    def _enter(self) -> None:
        """Join and connect. Raises ``ConnectionLost`` if another try may help."""
        before, now = self._membership, self._channel.join()
        self._membership = now
        if before is not None and before.session_id == now.session_id:
            self._membership = now = before
        elif before is not None and not before.opened:
            self._renew(())
        if now.role == "reader":
            raise self._denied("the account is a reader", ())
        self._client.open()

    def _rejoin(self, lost: ConnectionLost, changes: Sequence[CellChange]) -> None:
        """Rejoin the session, or join one new session if it was ended; raise an error if that fails."""
        while True:
            self._client.close()
            if lost.code == TOO_BIG:
                raise failure(
                    self._channel, "a message was too big for its collaboration session (%s)" % lost, changes, REJECTED
                )
            if lost.code == NORMAL:
                self._renew(changes)
                self._membership = None
            else:
                self._wait_for_another_try(lost, changes)
            try:
                self._enter()
                return
            except ConnectionLost as again:
                lost = again

    def _wait_for_another_try(self, lost: ConnectionLost, changes: Sequence[CellChange]) -> None:
        wait, deadline = min(2.0**self._rejoins, _LONGEST_WAIT), self._client.deadline
        if self._rejoins == REJOINS:
            words = "%s; gave up after %d tries to rejoin its collaboration session" % (lost, REJOINS)
            raise failure(self._channel, words, changes, CONNECTION_LOST)
        if wait >= deadline.left():
            words = "%s; gave up, because its collaboration session made no progress for %g s (option retry_timeout)"
            raise failure(self._channel, words % (lost, deadline.seconds), changes, TIMEOUT)
        self._sleep(wait)
        self._rejoins += 1

    def _renew(self, changes: Sequence[CellChange]) -> None:
        if self._renewed:
            raise failure(self._channel, "its collaboration session was ended twice by others", changes)
        self._renewed = True

    def leave(self) -> None:
        """Leave; only a session that this run has opened ends. Never fails: the work is done or has already failed."""
        self._client.conclude()
        membership, self._membership = self._membership, None
        if membership is not None and membership.opened:
            self._try_to_leave(membership)
            self._client.close()
        else:
            self._client.close()
            if membership is not None and not membership.shared:
                self._try_to_leave(membership)

    def _try_to_leave(self, membership: Membership) -> None:
        # A server ends a session without connections by itself, within 15 s.
        with contextlib.suppress(ApiError):
            self._channel.leave(membership, self._client.deadline.left())

    def _left_behind(self) -> Sequence[str]:
        """Return the people who lose the session because this run, its host, leaves."""
        if self._membership is None or not self._membership.opened:
            return ()
        with contextlib.suppress(ConnectionLost, ApiError):
            self._client.listen(0)
        me = self._membership.caller.casefold()
        return sorted({person for person in self._client.people if person.casefold() != me})

    # --- failures --------------------------------------------------------------------------------

    def _check_allowed(self, changes: Sequence[CellChange]) -> None:
        if isinstance(self._client.problem, Denied):
            raise self._denied(self._client.problem.reason, changes)

    def _denied(self, reason: str, changes: Sequence[CellChange]) -> PermissionDeniedError:
        words = "the server does not let %s edit it (%s). The account needs the role writer on this threat model"
        caller = self._membership.caller if self._membership is not None else ""
        error = failure(self._channel, words % (caller or "the account", reason), changes)
        return PermissionDeniedError(error.args[0], what=error.what, server_code=reason if " " not in reason else "")

    def _still_different(self, changes: Sequence[CellChange]) -> ApiError:
        problem = self._client.problem
        words, code = "still differs after %d plans were sent to its collaboration session" % PLANS, ""
        if isinstance(problem, Rejected):
            code = problem.reason
            words += "; the last one was rejected: %s" % code
            if problem.affected:
                words += " (cells %s)" % ", ".join(problem.affected)
        return failure(self._channel, words, changes, server_code=code)
