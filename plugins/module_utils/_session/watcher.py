# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Watches the collaboration session of a diagram without changing anything: who is there, and who edits what.

A watcher never opens a session. While there is none, it compares the diagram, which it reads by REST, with its last
state; it does the same after a lost connection. So no change is lost and none is found twice.
"""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass
from typing import Callable, List, Optional, Tuple, Union

from .._cells.cell import Cell
from .._errors import ApiError
from .._http.frames import NORMAL, ConnectionLost
from .channel import Correction, Cursor, Edited, Event, Membership, People, Presenter, State, WatchedChannel
from .client import SessionClient, by_id

#: Seconds without a frame, after which a ping shows whether the connection still exists; servers ping every 30 seconds.
QUIET = 60.0
#: Seconds after which something is done to keep a session alive: servers end one after 300 (V1-SESSION-LIFE).
REJOIN = 240.0
#: Seconds before the first try to connect again; doubled after each failure, up to the interval.
FIRST_WAIT = 1.0


@dataclass(frozen=True)
class Cells:
    """The cells of the diagram after a change. ``user``: who made it, "" if unknown; ``operation_id`` likewise."""

    cells: Tuple[Cell, ...]
    user: str = ""
    operation_id: str = ""


@dataclass(frozen=True)
class Opened:
    """A session that was not known before, with everyone in it."""

    session_id: str
    host: str
    presenter: str
    people: Tuple[str, ...]


@dataclass(frozen=True)
class Closed:
    """A session that was known and is over."""

    session_id: str


@dataclass(frozen=True)
class Joined:
    """A person has joined."""

    user: str


@dataclass(frozen=True)
class Left:
    """A person has left."""

    user: str


@dataclass(frozen=True)
class Presents:
    """The presenter has changed; "" means that there is none."""

    before: str
    after: str


@dataclass(frozen=True)
class Pointed:
    """The place of the presenter's cursor."""

    user: str
    x: float
    y: float


Seen = Union[Cells, Opened, Closed, Joined, Left, Presents, Pointed]


class _Live(SessionClient):
    """The connection of a watcher: hands on each event after it was applied to the cells."""

    def __init__(self, channel: WatchedChannel, clock: Callable[[], float], heard: Callable[[Event], None]) -> None:
        super().__init__(channel, clock)
        self._heard = heard

    def _take(self, event: Optional[Event]) -> None:
        super()._take(event)
        if event is not None:
            self._heard(event)


class Watcher:
    """A participant that only reads. Not for several threads, except :meth:`stop`.

    Args:
        channel: The session of the diagram.
        interval: Seconds between two looks for a session, and the longest wait before a new connection.
        cursor: Seconds between two reports of the presenter's cursor, 0: none.
        keep_alive: Whether to keep the server from ending a session in which nothing happens.
    """

    def __init__(
        self,
        channel: WatchedChannel,
        interval: float,
        cursor: float = 0.0,
        keep_alive: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._channel = channel
        self._interval, self._cursor, self._keep_alive = interval, cursor, keep_alive
        self._clock, self._sleep = clock, sleep
        self._client = _Live(channel, clock, self._heard)
        self._seen: List[Seen] = []
        self._stopped = False
        self._membership: Optional[Membership] = None  # while connected
        self._session_id = ""  # of the session whose people are known
        self._people: Tuple[str, ...] = ()
        self._presenter = ""
        self._point: Optional[Pointed] = None
        self._point_due = 0.0
        self._next_try = 0.0
        self._failures = 0
        self._joined_at = self._heard_at = 0.0
        #: The reason for the last lost connection; "" while there is one, and after the end of a session.
        self.trouble = ""

    @property
    def works(self) -> bool:
        """Whether the last try to join a session, or to find out that there is none, did not fail."""
        return not self._failures and not self.trouble

    def stop(self) -> None:
        """Let a running :meth:`step` return within a second; may be called in another thread."""
        self._stopped = True

    def close(self) -> None:
        """Close the connection; never fails. The session continues."""
        self._membership = None
        self._client.close()

    def step(self, seconds: float) -> List[Seen]:
        """Wait for events for some seconds; return them as soon as there are some.

        Raises TmiError if the diagram cannot be read or the session cannot be joined; the next call tries again, after
        a wait.
        """
        end = self._clock() + seconds
        self._client.deadline.renew()
        if self._membership is None:
            rest = self._next_try - self._clock()
            if rest > 0:
                self._sleep(min(rest, seconds))
                return self._taken()
            self._connect()
        if self._membership is not None:
            try:
                self._listen(max(0.0, end - self._clock()))
            except ConnectionLost as lost:
                self._lose(lost)
        return self._taken()

    def _taken(self) -> List[Seen]:
        if self._point is not None and self._clock() >= self._point_due:
            self._seen.append(self._point)
            self._point, self._point_due = None, self._clock() + self._cursor
        found, self._seen = self._seen, []
        return found

    # --- connections -----------------------------------------------------------------------------

    def _connect(self) -> None:
        """Join the session if there is one; otherwise, or if that fails, compare the diagram."""
        self._failures += 1
        self._schedule()  # before anything fails
        try:
            membership = self._channel.watch()
            if membership is not None:
                self._join(membership)
                return
        except ConnectionLost as lost:
            self._lose(lost)
        except ApiError:  # the session cannot be joined, but perhaps the diagram can be read
            with contextlib.suppress(ApiError):
                self._compare()
            raise
        else:
            self._failures, self.trouble = 0, ""
            self._next_try = self._clock() + self._spread(self._interval)
            self._end_session()
        self._compare()

    def _compare(self) -> None:
        self._client.cells = by_id(self._channel.read())
        self._changed()

    def _join(self, membership: Membership) -> None:
        self._membership = membership
        try:
            self._client.open()
        except BaseException:
            self.close()
            raise
        self._changed()
        self._failures, self.trouble = 0, ""
        self._joined_at = self._heard_at = self._clock()

    def _lose(self, lost: ConnectionLost) -> None:
        self.close()
        self.trouble = "" if lost.code == NORMAL else str(lost)
        if lost.code == NORMAL:  # the session is over: look whether there is another one
            self._failures = 0
        self._schedule()

    def _schedule(self) -> None:
        wait = min(FIRST_WAIT * 2.0 ** min(self._failures, 20), self._interval)
        self._next_try = self._clock() + self._spread(wait)

    @staticmethod
    def _spread(seconds: float) -> float:
        """Return about these seconds, so that many watchers do not come at the same moment."""
        return seconds * random.uniform(0.5, 1.0)

    def _listen(self, seconds: float) -> None:
        now = self._clock()
        if self._keep_alive and now - self._joined_at >= REJOIN:
            self._joined_at = now
            message = self._channel.keep_alive()
            if message is None:
                self.close()
                self._connect()
                return
            self._client.say(message)
        if now - self._heard_at >= QUIET:
            if not self._client.is_alive(self._channel.timeout):
                raise ConnectionLost(0, "the server fell silent")
            self._heard_at = self._clock()
        self._client.listen(seconds, lambda: bool(self._seen) or self._stopped)
        if isinstance(self._client.problem, Correction):
            self._client.catch_up()
            self._changed()

    # --- events ----------------------------------------------------------------------------------

    def _heard(self, event: Event) -> None:
        self._heard_at = self._clock()
        if isinstance(event, State):
            self._changed()
        elif isinstance(event, Edited):
            self._changed(event.user, event.operation_id)
        elif isinstance(event, People):
            self._met(event)
        elif isinstance(event, Presenter):
            self._presents(event.email)
        elif isinstance(event, Cursor) and self._cursor:
            self._point = Pointed(event.email or self._presenter, event.x, event.y)

    def _changed(self, user: str = "", operation_id: str = "") -> None:
        self._seen.append(Cells(tuple(self._client.cells.values()), user, operation_id))

    def _met(self, event: People) -> None:
        if self._membership is None:
            return
        me = self._membership.caller.casefold()
        people = tuple(dict.fromkeys(one for one in event.emails if one.casefold() != me))
        if self._session_id != self._membership.session_id:
            self._end_session()
            self._session_id, self._presenter = self._membership.session_id, event.presenter or ""
            self._seen.append(Opened(self._session_id, event.host, self._presenter, people))
        else:
            self._seen += [Left(one) for one in self._people if one not in people]
            self._seen += [Joined(one) for one in people if one not in self._people]
            if event.presenter is not None:
                self._presents(event.presenter)
        self._people = people

    def _presents(self, email: str) -> None:
        is_known = self._membership is not None and self._session_id == self._membership.session_id
        if is_known and email != self._presenter:
            self._seen.append(Presents(self._presenter, email))
            self._presenter = email

    def _end_session(self) -> None:
        if self._session_id:
            self._seen.append(Closed(self._session_id))
        self._session_id, self._people, self._presenter = "", (), ""
