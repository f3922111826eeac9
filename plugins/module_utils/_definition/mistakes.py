# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Mistakes in definitions: gathered, so that one run tells them all, and told with the lines on which they stand.

A line is looked for only when there is something to tell: the file is then read once more, this time with positions.
"""

from __future__ import annotations

import contextlib
import copy
from typing import Any, Dict, Iterable, Iterator, Optional, Sequence

from .._errors import InputError
from .._mistakes import MOST, MistakeList, SeveralMistakes, changed, each
from .load import Document, compose
from .parsing.lines import descend

#: File -> its YAML nodes, for the time in which the mistakes of a definition are located.
_Roots = Dict[str, Any]


class Mistakes(MistakeList):
    """The mistakes of several definitions."""

    def __init__(self) -> None:
        super().__init__()
        self._settled: set[str] = set()

    def settle(self, error: InputError) -> None:
        """Take mistakes whose places need no other message: what is wrong there follows from them."""
        self.add(error)
        self._settled.update(one.path for one in each(error))

    def add(self, error: InputError) -> None:
        """Take a mistake, or each of several, except where the place has one that explains it."""
        self.found.extend(one for one in each(error) if one.path not in self._settled)

    def at(self, *documents: Document) -> Located:
        """Return a gathering for the mistakes of one definition, or of one and what it is based on."""
        return Located(self, documents)


class Located(MistakeList):
    """Hands mistakes on to another gathering, with their lines in one of the documents."""

    def __init__(self, to: MistakeList, documents: Sequence[Document]) -> None:
        super().__init__()
        self.to = to
        self.found = to.found
        self._documents = documents
        self._roots: _Roots = {}

    def add(self, error: InputError) -> None:
        """Take a mistake, or each of several; only of those that are told the line is looked for."""
        for one in each(error):
            self.to.add(locate(one, self._documents, self._roots) if len(self.found) < MOST else one)


@contextlib.contextmanager
def placed(document: Document) -> Iterator[None]:
    """Raise what the block raises with the line on which it stands in ``document``."""
    try:
        yield
    except InputError as error:
        raise locate(error, [document]) from None


def locate(error: InputError, documents: Iterable[Document], roots: Optional[_Roots] = None) -> InputError:
    """Return the same kind of error, its path led by file and line: ``shop.yml:41 threats.replay.severity``.

    ``documents`` are those whose wanted models may have raised it, in the plan too. An error that has no place in any
    of their files is returned as it is, but for texts that were encrypted. ``roots`` keeps what was read, for others.
    """
    documents = list(documents)
    roots = {} if roots is None else roots
    if isinstance(error, SeveralMistakes):
        return changed(error, lambda one: locate(one, documents, roots))
    error = _censored(error, documents)
    owners = [d for d in documents if _within(error.path, d.where) is not None]
    if not owners:
        return error
    document = max(owners, key=lambda d: len(d.where))
    path = _within(error.path, document.where) or ""
    file, line = _line(document, path, roots)
    if not path or not line:
        return error
    return error.at("%s:%d %s" % (file, line, path))


def _censored(error: InputError, documents: Iterable[Document]) -> InputError:
    """Return an error that repeats nothing of what stands encrypted in a file."""
    message = error.message
    for secret in sorted((s for d in documents for s in d.secrets if len(s) > 3), key=len, reverse=True):
        for spelt in (secret, repr(secret)[1:-1]):
            message = message.replace(spelt, "(encrypted)")
    if message == error.message:
        return error
    censored = copy.copy(error)
    censored.message = message
    return censored.at(error.path)


def _within(path: str, where: str) -> Optional[str]:
    """Return what follows the place of a document in a path, None where the path leads elsewhere."""
    if path == where:
        return ""
    return path[len(where) + 1 :] if path.startswith((where + " ", where + ".")) else None


def _line(document: Document, path: str, roots: _Roots) -> tuple[str, int]:
    """Return (file, line) of the file that holds all of a path, else of the deepest part that any of them holds."""
    best = ("", 0, len(path) + 1)
    for file in document.files if path else ():
        if file not in roots:
            roots[file] = compose(file, document.decrypt) if document.decrypt else compose(file)
        root = roots[file]
        if root is None:
            continue
        line, rest = descend(root, path)
        if len(rest) < best[2]:
            best = (file, line, len(rest))
    return best[0], best[1]
