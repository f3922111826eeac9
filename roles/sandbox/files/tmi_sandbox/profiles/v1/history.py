# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of a session, for undo, redo and the next operation (V1-MESSAGES, V1-SESSION-COPY)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .diagrams.operations import REMOVE, Operation, State

MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """An accepted operation and the cells before it."""

    sequence: int
    operation: Operation
    before: State


@dataclass(slots=True)
class History:
    """The accepted operations of a session, by sequence number.

    The next operation is applied to `state`. As on real servers, undo and redo do not change it, so an operation after
    an undo restores the undone changes. Refused operations leave gaps in the numbers. At a gap, undo and redo can only
    ask for a resync.
    """

    state: State = field(default_factory=dict)
    position: int = 0
    _entries: dict[int, Entry] = field(default_factory=dict)

    def add(self, sequence: int, operation: Operation, before: State) -> None:
        """Remember an accepted operation with all its changes and identifiers."""
        self._entries[sequence] = Entry(sequence, operation, before)
        self.position = sequence
        for change in operation.changes:
            if change.operation == REMOVE:
                self.state.pop(change.id, None)
            elif change.data is not None:
                self.state[change.id] = change.data
        if len(self._entries) > MOST_ENTRIES:
            keep = sequence - MOST_ENTRIES // 2
            self._entries = {number: entry for number, entry in self._entries.items() if number >= keep}

    def to_undo(self) -> Entry | None:
        """Return the operation to undo."""
        return self._entries.get(self.position)

    def to_redo(self) -> Entry | None:
        """Return the operation to redo."""
        return self._entries.get(self.position + 1)
