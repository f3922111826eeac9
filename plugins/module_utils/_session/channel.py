# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The interface between a collaboration session and a generation of the API, and the events of a session.

``Channel`` hides addresses, login and the form of messages; ``editor`` has the rules and depends on no generation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Protocol, Sequence, Union

from .._cells.cell import Cell
from .._cells.changes import CellChange
from .._http.frames import Socket
from .._journal import Write


@dataclass(frozen=True)
class CellEdit:
    """The change of one cell in a message: ``action`` add, update or remove; ``data`` in the generation's wire form."""

    id: str
    action: str
    data: Mapping[str, Any]

    def wire(self) -> Dict[str, Any]:
        """Return the JSON of the edit, the same in all generations."""
        wire: Dict[str, Any] = {"id": self.id, "operation": self.action}
        if self.action != "remove":
            wire["data"] = self.data
        return wire

    @classmethod
    def of(cls, wire: Any) -> Optional[CellEdit]:
        """Return the edit in a message; None for anything else."""
        if not isinstance(wire, Mapping) or wire.get("operation") not in ("add", "update", "remove"):
            return None
        cell_id, data = wire.get("id"), wire.get("data")
        if not isinstance(cell_id, str) or not cell_id:
            return None
        return cls(cell_id, wire["operation"], data if isinstance(data, Mapping) else {})


@dataclass(frozen=True)
class State:
    """All cells of the diagram in the session."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Edited:
    """An operation of another participant, already applied by the server. ``user``: e-mail, "" if unknown."""

    operation_id: str
    edits: tuple[CellEdit, ...]
    user: str = ""


@dataclass(frozen=True)
class Rejected:
    """An operation of this run that the server did not apply, or only in part."""

    operation_id: str
    reason: str
    affected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Denied:
    """The account may not change the diagram."""

    reason: str


@dataclass(frozen=True)
class Correction:
    """The server's cells differ from those in the session's messages: read them by REST."""


@dataclass(frozen=True)
class Ended:
    """The session is over for this run. ``expelled``: the host or the server does not let it return."""

    reason: str
    expelled: bool = False


@dataclass(frozen=True)
class People:
    """E-mail addresses of all participants, including the account of this run, and of host and presenter.

    ``presenter`` is "" if there is none, None if the message has no presenter.
    """

    emails: tuple[str, ...]
    host: str = ""
    presenter: Optional[str] = None


@dataclass(frozen=True)
class Presenter:
    """The e-mail address of the present presenter, "" if there is none."""

    email: str


@dataclass(frozen=True)
class Cursor:
    """The place of the presenter's cursor. ``email`` is "" if the message does not have it."""

    email: str
    x: float
    y: float


Event = Union[State, Edited, Rejected, Denied, Correction, Ended, People, Presenter, Cursor]


@dataclass(frozen=True)
class Membership:
    """The place of this run in a session. ``opened``: this run has opened it. ``caller``: e-mail of the account.

    ``role``: role of the account on the model, "" if unknown. ``shared``: the same account hosts the session, but this
    run has not opened it (a person's browser, for example); then only the connection of this run may be closed.
    """

    session_id: str
    opened: bool
    caller: str = ""
    role: str = ""
    shared: bool = False


class Channel(Protocol):
    """The session of one diagram on one generation of the API. Methods with requests raise errors of ``_errors``."""

    #: The name of the diagram in messages, like ``diagram "Main"``.
    what: str
    #: Seconds to wait for the first ``State``; afterwards the diagram is read by REST.
    first_state_wait: float
    #: Whether the stored cells may differ from those of the session until the next operation of any participant.
    lags: bool
    #: Seconds of silence after which no answer is expected.
    timeout: float
    #: Most seconds of a session without progress towards the wanted diagram.
    progress_seconds: float

    def join(self) -> Membership:
        """Open a session, or join the open one."""

    def connect(self, seconds: float) -> Socket:
        """Connect to the session that was joined or is to be watched, within ``seconds``.

        Also raises ``ConnectionLost`` if another try may help.
        """

    def leave(self, membership: Membership, retry_seconds: float) -> None:
        """Leave the session; a session that this run has opened ends. The connection to any other is closed before.

        ``retry_seconds``: most seconds for repetitions.
        """

    def read(self) -> Sequence[Cell]:
        """Read the diagram's cells by REST."""

    def edit(self, change: CellChange) -> CellEdit:
        """Return a change in wire form, with the full cell for an update, and None for members to remove."""

    def message(self, operation_id: str, edits: Sequence[CellEdit]) -> Mapping[str, Any]:
        """Return the JSON of one operation."""

    def marker(self) -> Optional[Mapping[str, Any]]:
        """Return a message that the server answers with a ``State`` after all earlier ones; None: a ping does this."""

    def decode(self, message: Mapping[str, Any]) -> Optional[Event]:
        """Return the event in a message of the server; None for a message without one."""

    def merged(self, cell: Optional[Cell], edit: CellEdit) -> Cell:
        """Return the cell on the server after an add or update."""

    def count_message(self) -> Write:
        """Count a message of operations before it is sent; return its record in the journal."""


class WatchedChannel(Channel, Protocol):
    """The session of one diagram, which can also be watched."""

    def watch(self) -> Optional[Membership]:
        """Prepare a connection to the open session that only reads; None if there is none. It never opens one."""

    def keep_alive(self) -> Optional[Mapping[str, Any]]:
        """Return a message without effect that keeps a session from ending; None: joining again does this."""
