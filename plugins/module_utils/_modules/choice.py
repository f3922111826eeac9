# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""A question to a person: a numbered list, and the meaning of an answer."""

from __future__ import annotations

from typing import Callable, NamedTuple, Optional, Protocol, Sequence

from .._errors import InputError
from .._unicode import composed

#: Most entries of a list on the screen, and most answers to a question.
MOST_SHOWN, TRIES = 40, 10
#: Most digits of the number of an entry.
_DIGITS = 6
_QUIT = ("q", "quit")


class Ended(Exception):
    """There is no answer. ``str(error)`` is the reason, "" if the person ended the question."""


class Person(Protocol):
    """A person at a terminal, or the absence of one."""

    def absence(self) -> str:
        """Return the reason why no person can be asked, as a main clause; "" if one can."""

    def answer(self, question: str) -> str:
        """Show a question and return the answer. Raises ``Ended``."""

    def show(self, line: str) -> None:
        """Show a line."""


class Entry(NamedTuple):
    """One entry of a list. ``value`` is the result, ``name`` is shown, and ``note`` after it in brackets."""

    value: str
    name: str
    note: str = ""


class Question(NamedTuple):
    """``other`` turns an answer that is no entry into one; it raises InputError. ``usual``: Enter means the first."""

    title: str
    entries: Sequence[Entry]
    many: bool = False
    other: Optional[Callable[[str], Entry]] = None
    usual: bool = False

    def ask(self, person: Person) -> list[Entry]:
        """Return the entries that the person chooses, at least one. Raises ``Ended``, also after too many answers."""
        listed: Sequence[Entry] = self.entries
        for _attempt in range(TRIES):
            answer = composed(person.answer(self._text(listed)).strip())
            try:
                found, listed = self._meant(answer)
            except InputError as error:
                person.show(error.message)
                continue
            if found:
                return found
            person.show("Several entries fit" if len(listed) < len(self.entries) else "No entry fits")
        raise Ended("there was no usable answer in %d attempts" % TRIES)

    def _text(self, listed: Sequence[Entry]) -> str:
        numbers = {id(entry): number for number, entry in enumerate(self.entries, 1)}
        lines = [
            "%4d) %s%s" % (numbers[id(entry)], entry.name, " (%s)" % entry.note if entry.note else "")
            for entry in listed[:MOST_SHOWN]
        ]
        if len(listed) > MOST_SHOWN:
            lines.append("      and %d more: a part of a name lists those that have it" % (len(listed) - MOST_SHOWN))
        ways = ["number or name"] if self.entries else []
        if self.many:
            ways = ["numbers or names with commas between them", "all"]
        ways += ["another address" if self.entries else "the address"] if self.other else []
        hints = ["Enter for 1"] if self.usual else []
        last = "%s; %s" % (", ".join(ways).capitalize(), ", ".join([*hints, "q to quit"]))
        return "\n".join([self.title, *lines, last])

    def _meant(self, answer: str) -> tuple[list[Entry], Sequence[Entry]]:
        """Return the chosen entries, and the entries to list if none is. Raises InputError for a useless answer."""
        if not answer:
            if not self.usual:
                raise InputError("An answer is needed")
            return [self.entries[0]], ()
        if not answer.isprintable():
            raise InputError("The answer contains keys that are no characters")
        whole = self._named(answer)
        if not whole and answer.lower() in _QUIT:
            raise Ended
        if whole or not self.many:
            return self._one(answer, whole)
        if answer.lower() == "all":
            return list(self.entries), ()
        chosen: list[Entry] = []
        for part in filter(None, (part.strip() for part in answer.split(","))):
            found, listed = self._one(part, self._named(part))
            if not found:
                return [], listed
            chosen += [entry for entry in found if entry not in chosen]
        return chosen, self.entries

    def _one(self, answer: str, named: Sequence[Entry]) -> tuple[list[Entry], Sequence[Entry]]:
        if answer.isdecimal() and len(answer) <= _DIGITS and 1 <= int(answer) <= len(self.entries):
            return [self.entries[int(answer) - 1]], ()
        if len(named) == 1:
            return [named[0]], ()
        if named:
            return [], named
        if self.other is not None:
            return [self.other(answer)], ()
        fitting = [entry for entry in self.entries if answer.casefold() in composed(entry.name).casefold()]
        return [], fitting or self.entries

    def _named(self, answer: str) -> list[Entry]:
        """Return the entries with this value or name; case only matters if several names differ by it."""
        exact = [entry for entry in self.entries if answer in (entry.value, composed(entry.name))]
        folded = answer.casefold()
        return exact or [
            entry for entry in self.entries if folded in (entry.value.casefold(), composed(entry.name).casefold())
        ]
