# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Collected mistakes: reading continues after a mistake, so that one run reports all of them."""

from __future__ import annotations

import contextlib
import os
from typing import Callable, Iterable, Iterator, Sequence

from ._errors import LONGEST, InputError, shortened

#: Most mistakes in one message, and the number after which the search ends.
MOST, ENOUGH = 10, 100


class SeveralMistakes(InputError):
    """Several mistakes: ``found`` holds each of them."""

    def __init__(self, found: Sequence[InputError]) -> None:
        self.found = tuple(found)
        codes = {error.code for error in self.found}
        super().__init__("\n".join(_lines(self.found)), code=codes.pop() if len(codes) == 1 else "")


def _lines(found: Sequence[InputError]) -> list[str]:
    """Return the lines of the message. If they are too long, the folder that all places share is written only once."""
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
    """Collects mistakes. If it ``is_full``, the search for more can stop."""

    def __init__(self) -> None:
        self.found: list[InputError] = []

    @property
    def is_full(self) -> bool:
        """Whether there are enough mistakes."""
        return len(self.found) >= ENOUGH

    def add(self, error: InputError) -> None:
        """Add a mistake, or each of several."""
        self.found.extend(each(error))

    def settle(self, error: InputError) -> None:
        """Add mistakes whose places need no further message."""
        self.add(error)

    @contextlib.contextmanager
    def collecting(self) -> Iterator[None]:
        """Collect the mistakes that the block raises."""
        try:
            yield
        except InputError as error:
            self.add(error)

    def raise_all(self) -> None:
        """Raise the collected mistakes, if there are any: one as it is, several as one InputError."""
        raise_all(self.found)


class Strict(MistakeList):
    """Collects nothing: it raises the first mistake."""

    def add(self, error: InputError) -> None:
        """Raise the mistake."""
        raise error


#: For callers that need the first mistake only.
STRICT = Strict()


def each(error: InputError) -> Sequence[InputError]:
    """Return the single mistakes of an error."""
    return error.found if isinstance(error, SeveralMistakes) else (error,)


def changed(error: InputError, change: Callable[[InputError], InputError]) -> InputError:
    """Return the error with ``change`` applied to each of its mistakes."""
    return (
        SeveralMistakes([change(one) for one in error.found]) if isinstance(error, SeveralMistakes) else change(error)
    )


def raise_all(found: Iterable[InputError]) -> None:
    """Raise one mistake as it is, several as one InputError with a line for each; do nothing if there is none."""
    by_message = {str(one): one for error in found for one in each(error)}
    if len(by_message) == 1:
        raise next(iter(by_message.values()))
    if by_message:
        raise SeveralMistakes(list(by_message.values()))
