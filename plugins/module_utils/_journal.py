# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The record of what a run has written. The transport fills it, so that no end of a run can lose a write.

The caller of a write states its *effects* around the call (:meth:`Journal.doing`). The transport notes when the write
is sent and whether the answer confirms it (:class:`Write`). Between the two, the write counts as perhaps done, even if
an exception ends the run.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Callable, Dict, Hashable, Iterator, List, NamedTuple, Sequence, Tuple

#: The beginning of a line if it is not known whether the server has carried out the write.
PERHAPS = "perhaps "


class Effect(NamedTuple):
    """What a write does: ``line`` describes it to people, ``key`` identifies it, ``about`` is for the caller's use."""

    key: Hashable
    line: str
    about: Any = None


class _Entry:
    """An effect of one owner. ``doubts``: number of its writes that were sent and whose result is not known."""

    __slots__ = ("about", "doubts", "is_sure", "line", "owner")

    def __init__(self, owner: Any, effect: Effect) -> None:
        self.owner = owner
        self.line = effect.line
        self.about = effect.about
        self.is_sure = False
        self.doubts = 0

    def count(self, doubts: int, is_sure: bool = False) -> None:
        """Add to the doubts. A sure effect no longer needs ``about``."""
        self.doubts = max(0, self.doubts + doubts)
        if is_sure:
            self.is_sure, self.about = True, None


class Journal:
    """The effects of a run, from any number of threads. Each thread states its own effects and their owner."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Entries by owner: a run may have a thousand owners, and each of them reads its own entries.
        self._entries: Dict[int, Dict[Hashable, _Entry]] = {}
        self._here = threading.local()

    @contextlib.contextmanager
    def of(self, owner: Any) -> Iterator[None]:
        """Assign the writes of this thread to ``owner``, which must exist as long as the journal is read."""
        before = getattr(self._here, "owner", None)
        self._here.owner = owner
        try:
            yield
        finally:
            self._here.owner = before

    @contextlib.contextmanager
    def doing(self, effects: Sequence[Effect]) -> Iterator[None]:
        """State the effects of the next writes of this thread. In nested blocks the inner one counts."""
        before = self._effects
        self._here.effects = tuple(effects)
        try:
            yield
        finally:
            self._here.effects = before

    def part(self, start: int, stop: int, whole: int) -> contextlib.AbstractContextManager[None]:
        """State that the next write has only the effects from ``start`` to ``stop`` of the ``whole`` list."""
        effects = self._effects
        return self.doing(effects[start:stop] if len(effects) == whole else effects)

    def write(self, call: str) -> Write:
        """Return the record of one write; ``call`` is its line if no effect was stated."""
        effects = self._effects or (Effect(call, "sent %s" % call),)
        return Write(self, [self._entry(effect) for effect in effects])

    def note(self, line: str) -> None:
        """Note something that was done without a write to the server."""
        with self._lock:
            self._entries_of(Effect(line, line)).count(0, is_sure=True)

    def confirm(self) -> None:
        """Note that the stated effects of this thread were achieved although the answer did not confirm them."""
        for effect in self._effects:
            with self._lock:
                self._entries_of(effect).count(0, is_sure=True)

    def settle(self, owner: Any, was_done: Callable[[Any], bool]) -> None:
        """Decide the doubtful entries of an owner, after the objects were read again: ``was_done`` gets ``about``."""
        with self._lock:
            found = self._entries.get(id(owner), {}).values()
            for entry in [e for e in found if e.doubts and e.about is not None]:
                entry.count(-entry.doubts, was_done(entry.about))

    def lines(self, owner: Any = None) -> List[str]:
        """Return a line for each effect that was achieved, or may have been; of all owners, or of one."""
        with self._lock:
            owners = list(self._entries.values()) if owner is None else [self._entries.get(id(owner), {})]
            entries = [e for found in owners for e in found.values() if e.is_sure or e.doubts]
        return [("" if e.is_sure else PERHAPS) + e.line for e in entries]

    @property
    def _effects(self) -> Tuple[Effect, ...]:
        found: Tuple[Effect, ...] = getattr(self._here, "effects", ())
        return found

    def _entry(self, effect: Effect) -> _Entry:
        with self._lock:
            return self._entries_of(effect)

    def _entries_of(self, effect: Effect) -> _Entry:
        owner = getattr(self._here, "owner", None)
        return self._entries.setdefault(id(owner), {}).setdefault(effect.key, _Entry(owner, effect))

    def _count(self, entries: Sequence[_Entry], doubts: int, is_sure: bool = False) -> None:
        with self._lock:
            for entry in entries:
                entry.count(doubts, is_sure)


class Write:
    """The record of one write, with its repetitions."""

    def __init__(self, journal: Journal, entries: Sequence[_Entry]) -> None:
        self._journal = journal
        self._entries = entries
        self._is_open = False
        self._is_doubted = False

    def sent(self) -> None:
        """Note that it is about to be sent: from now on the server may carry it out."""
        if not self._is_open:
            self._is_open = True
            self._journal._count(self._entries, 1)

    def doubted(self) -> None:
        """Note that this attempt may have been carried out; a later refusal does not change that."""
        self._is_doubted = True

    def refused(self) -> None:
        """Note that this attempt was certainly not carried out."""
        if self._is_open and not self._is_doubted:
            self._is_open = False
            self._journal._count(self._entries, -1)

    def committed(self) -> None:
        """Note that it was carried out."""
        if self._is_open:
            self._is_open = False
            self._journal._count(self._entries, -1, is_sure=True)


class Unrecorded(Write):
    """A request without a lasting effect: reading, logging in, joining a session."""

    def __init__(self) -> None:
        super().__init__(Journal(), ())
