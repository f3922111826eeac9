# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""What a run has written. Filled where requests are sent, so that no way out of a run can forget a write.

Who asks for a write says what it does, as *deeds*, around the call (:meth:`Journal.doing`). Who sends it notes the
moment of sending and what the answer said of it (:class:`Write`). Between the two a write counts as perhaps done, also
where an exception of any kind ends the run.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Any, Callable, Dict, Hashable, Iterator, List, NamedTuple, Sequence, Tuple

#: What a line begins with where nobody knows whether the server has carried the write out.
PERHAPS = "perhaps "


class Effect(NamedTuple):
    """What a write does: ``line`` for people, ``key`` tells it from others; ``about`` is for who named it."""

    key: Hashable
    line: str
    about: Any = None


class _Entry:
    """A deed of one owner. ``doubts``: writes of it that were sent and whose fate is not known."""

    __slots__ = ("about", "doubts", "is_sure", "line", "owner")

    def __init__(self, owner: Any, effect: Effect) -> None:
        self.owner = owner
        self.line = effect.line
        self.about = effect.about
        self.is_sure = False
        self.doubts = 0

    def count(self, doubts: int, is_sure: bool = False) -> None:
        """Add to the doubts; what is sure needs nothing any more that could decide it."""
        self.doubts = max(0, self.doubts + doubts)
        if is_sure:
            self.is_sure, self.about = True, None


class Journal:
    """The deeds of a run, from any number of threads; each thread says for itself what it does and for whom."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Entries of each owner; a run may have a thousand owners, and each is asked for its own.
        self._entries: Dict[int, Dict[Hashable, _Entry]] = {}
        self._here = threading.local()

    @contextlib.contextmanager
    def of(self, owner: Any) -> Iterator[None]:
        """Let what this thread writes belong to ``owner``, which must live as long as the journal is read."""
        before = getattr(self._here, "owner", None)
        self._here.owner = owner
        try:
            yield
        finally:
            self._here.owner = before

    @contextlib.contextmanager
    def doing(self, effects: Sequence[Effect]) -> Iterator[None]:
        """Say what this thread writes next. Of nested blocks the inner one counts."""
        before = self._effects
        self._here.effects = tuple(effects)
        try:
            yield
        finally:
            self._here.effects = before

    def part(self, start: int, stop: int, whole: int) -> contextlib.AbstractContextManager[None]:
        """Say that of the ``whole`` number of things that this thread does, it writes these next."""
        effects = self._effects
        return self.doing(effects[start:stop] if len(effects) == whole else effects)

    def write(self, call: str) -> Write:
        """Return the record of one write; ``call`` is its line where nobody has said what it does."""
        effects = self._effects or (Effect(call, "sent %s" % call),)
        return Write(self, [self._entry(effect) for effect in effects])

    def note(self, line: str) -> None:
        """Note what was done by other means than a write to the server."""
        with self._lock:
            self._entries_of(Effect(line, line)).count(0, is_sure=True)

    def confirm(self) -> None:
        """Tell that what this thread is doing has been done, by an answer that did not say so itself."""
        for effect in self._effects:
            with self._lock:
                self._entries_of(effect).count(0, is_sure=True)

    def settle(self, owner: Any, was_done: Callable[[Any], bool]) -> None:
        """Decide by what its deed is ``about`` what was in doubt, after what is there has been read again."""
        with self._lock:
            found = self._entries.get(id(owner), {}).values()
            for entry in [e for e in found if e.doubts and e.about is not None]:
                entry.count(-entry.doubts, was_done(entry.about))

    def lines(self, owner: Any = None) -> List[str]:
        """Return what has been written, or may have been, a line a deed; all of it, or that of one owner."""
        with self._lock:
            owners = list(self._entries.values()) if owner is None else [self._entries.get(id(owner), {})]
            entries = [e for found in owners for e in found.values() if e.is_sure or e.doubts]
        return [("" if e.is_sure else PERHAPS) + e.line for e in entries]

    @property
    def _effects(self) -> Tuple[Effect, ...]:
        found: Tuple[Effect, ...] = getattr(self._here, "deeds", ())
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
    """One write on its way, repetitions included."""

    def __init__(self, journal: Journal, entries: Sequence[_Entry]) -> None:
        self._journal = journal
        self._entries = entries
        self._is_open = False
        self._is_doubted = False

    def sent(self) -> None:
        """Note that it is about to be sent: from now on it may have been carried out."""
        if not self._is_open:
            self._is_open = True
            self._journal._count(self._entries, 1)

    def doubted(self) -> None:
        """Note that this sending may have been carried out: no later refusal takes that back."""
        self._is_doubted = True

    def refused(self) -> None:
        """Note that this sending was surely not carried out."""
        if self._is_open and not self._is_doubted:
            self._is_open = False
            self._journal._count(self._entries, -1)

    def committed(self) -> None:
        """Note that it was carried out."""
        if self._is_open:
            self._is_open = False
            self._journal._count(self._entries, -1, is_sure=True)


class Unrecorded(Write):
    """A request that writes nothing that stays: reading, logging in, joining a session."""

    def __init__(self) -> None:
        super().__init__(Journal(), ())
