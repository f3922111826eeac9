# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Mistakes gathered while reading goes on, so that one run tells all of them."""

from __future__ import annotations

import contextlib
import os
from typing import Callable, Iterable, Iterator, Sequence

from ._errors import LONGEST, InputError, shortened

#: Mistakes that one message tells, and those after which nobody looks for more.
MOST, ENOUGH = 10, 100


class SeveralMistakes(InputError):
    """Several mistakes: ``found`` are the single ones."""

    def __init__(self, found: Sequence[InputError]) -> None:
        self.found = tuple(found)
        codes = {error.code for error in self.found}
        super().__init__("\n".join(_lines(self.found)), code=codes.pop() if len(codes) == 1 else "")


def _lines(found: Sequence[InputError]) -> list[str]:
    """Return the message for several mistakes. Where it is too long, it says what their places share once."""
    lines = [str(error) for error in found[:MOST]]
    head = "%d mistakes:" % len(found)
    more = ["and %d more" % (len(found) - MOST)] if len(found) > MOST else []
    if len("\n".join([head, *lines, *more])) > LONGEST:
        folder = _shared(lines)
        if folder:
            head = "%d mistakes below %s:" % (len(found), shortened(folder, LONGEST // 4))
            lines = [line[len(folder) :] for line in lines]
        room = (LONGEST - len("\n".join([head, *more]))) // len(lines) - 1
        lines = [shortened(line, room) for line in lines]
    return [head, *lines, *more]


def _shared(lines: Sequence[str]) -> str:
    """Return the folder with which all lines begin, "" for none."""
    first, last = min(lines), max(lines)
    alike = next((at for at, (one, other) in enumerate(zip(first, last)) if one != other), len(first))
    return first[: first.rfind(os.sep, 0, alike) + 1]


class MistakeList:
    """Gathers mistakes. ``is_full`` tells that there are enough of them to stop looking for more."""

    def __init__(self) -> None:
        self.found: list[InputError] = []

    @property
    def is_full(self) -> bool:
        """Whether there are enough of them."""
        return len(self.found) >= ENOUGH

    def add(self, error: InputError) -> None:
        """Take a mistake, or each of several."""
        self.found.extend(each(error))

    def settle(self, error: InputError) -> None:
        """Take mistakes whose places need no other message."""
        self.add(error)

    @contextlib.contextmanager
    def collecting(self) -> Iterator[None]:
        """Gather what the block raises."""
        try:
            yield
        except InputError as error:
            self.add(error)

    def raise_all(self) -> None:
        """Raise what was gathered, if anything was: one mistake as it is, several as one InputError."""
        raise_all(self.found)


class Strict(MistakeList):
    """Gathers nothing: the first mistake is raised."""

    def add(self, error: InputError) -> None:
        """Raise the mistake."""
        raise error


#: For who is interested in the first mistake only.
STRICT = Strict()


def each(error: InputError) -> Sequence[InputError]:
    """Return the single mistakes of an error."""
    return error.found if isinstance(error, SeveralMistakes) else (error,)


def changed(error: InputError, change: Callable[[InputError], InputError]) -> InputError:
    """Return an error with each of its mistakes changed."""
    return (
        SeveralMistakes([change(one) for one in error.found]) if isinstance(error, SeveralMistakes) else change(error)
    )


def raise_all(found: Iterable[InputError]) -> None:
    """Raise one mistake as it is, several as one InputError with a line for each, nothing for none."""
    by_message = {str(one): one for error in found for one in each(error)}
    if len(by_message) == 1:
        raise next(iter(by_message.values()))
    if by_message:
        raise SeveralMistakes(list(by_message.values()))
