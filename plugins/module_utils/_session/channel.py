# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a collaboration session needs of a generation of the API, and the events it understands.

``Channel`` hides addresses, log-in and the form of messages; :mod:`session` knows the rules and no generation.
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
    """What a message does to one cell: ``action`` add, update or remove; ``data`` in the generation's wire form."""

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
        """Return the edit that somebody sent, None for what is none."""
        if not isinstance(wire, Mapping) or wire.get("operation") not in ("add", "update", "remove"):
            return None
        cell_id, data = wire.get("id"), wire.get("data")
        if not isinstance(cell_id, str) or not cell_id:
            return None
        return cls(cell_id, wire["operation"], data if isinstance(data, Mapping) else {})


@dataclass(frozen=True)
class State:
    """All cells of the diagram as the session has them."""

    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Edited:
    """Somebody else's operation, already applied by the server."""

    operation_id: str
    edits: tuple[CellEdit, ...]


@dataclass(frozen=True)
class Rejected:
    """An operation of ours that the server did not apply, or not wholly."""

    operation_id: str
    reason: str
    affected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Denied:
    """The account may not change the diagram."""

    reason: str


@dataclass(frozen=True)
class Correction:
    """The server's cells are not what the session was told: read them by REST."""


@dataclass(frozen=True)
class Ended:
    """The session is over for us. ``expelled``: the host, or the server, wants no return."""

    reason: str
    expelled: bool = False


@dataclass(frozen=True)
class People:
    """E-mail addresses of all who are connected, ourselves among them."""

    emails: tuple[str, ...]


Event = Union[State, Edited, Rejected, Denied, Correction, Ended, People]


@dataclass(frozen=True)
class Membership:
    """How we are in a session. ``opened``: it did not exist before. ``caller``: e-mail of our account.

    ``role`` is ours on the model, "" where not told. ``shared``: our own account hosts a session that this run did not
    open, from a person's browser for one; then nothing but our connection may be closed.
    """

    session_id: str
    opened: bool
    caller: str = ""
    role: str = ""
    shared: bool = False


class Channel(Protocol):
    """One diagram's session on one generation of the API. Methods that talk to the server raise ``_errors``."""

    #: What messages call the diagram, like ``diagram "Main"``.
    what: str
    #: Seconds to wait for the first ``State`` before the diagram is read by REST.
    first_state_wait: float
    #: Whether what is stored may be other than what the session has, until somebody's next operation.
    lags: bool
    #: Seconds of silence after which an answer will not come.
    timeout: float
    #: Seconds that a session may go on without getting the diagram any nearer to what is wanted.
    progress_seconds: float

    def join(self) -> Membership:
        """Open the session, or join the one that is open."""

    def connect(self, seconds: float) -> Socket:
        """Connect to the session that was joined, within ``seconds``.

        Also raises ``ConnectionLost`` if another try may help.
        """

    def leave(self, membership: Membership, retry_seconds: float) -> None:
        """Take us out of the session; one that we opened ends. The connection of one we joined is closed before.

        ``retry_seconds``: seconds that repetitions may take.
        """

    def read(self) -> Sequence[Cell]:
        """Read the diagram's cells by REST."""

    def edit(self, change: CellChange) -> CellEdit:
        """Return a change in wire form, with the full cell for an update, and None for members that go."""

    def message(self, operation_id: str, edits: Sequence[CellEdit]) -> Mapping[str, Any]:
        """Return the JSON of one operation."""

    def marker(self) -> Optional[Mapping[str, Any]]:
        """Return the message that a ``State`` answers, to know that what was sent before is done; None: ping does."""

    def decode(self, message: Mapping[str, Any]) -> Optional[Event]:
        """Return what a message of the server means, None for one that does not matter."""

    def merged(self, cell: Optional[Cell], edit: CellEdit) -> Cell:
        """Return the cell that an add or update leaves on the server."""

    def count_message(self) -> Write:
        """Count a message of operations that is about to be sent; return the journal's record of it."""
