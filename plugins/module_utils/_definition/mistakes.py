# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Mistakes in definitions: collected, so that one run reports all of them, with their lines.

A line is looked up only if there is a mistake: the file is then read once more, this time with positions.
"""

from __future__ import annotations

import contextlib
import copy
from typing import Any, Dict, Iterable, Iterator, Optional, Sequence

from .._errors import InputError
from .._mistakes import MOST, MistakeList, SeveralMistakes, changed, each
from .load import Document, compose
from .parsing.lines import descend

#: File -> its YAML nodes, while the mistakes of a definition are located.
_Roots = Dict[str, Any]


class Mistakes(MistakeList):
    """The mistakes of several definitions."""

    def __init__(self) -> None:
        super().__init__()
        self._settled: set[str] = set()

    def settle(self, error: InputError) -> None:
        """Add mistakes that explain all other mistakes at the same places."""
        self.add(error)
        self._settled.update(one.path for one in each(error))

    def add(self, error: InputError) -> None:
        """Add a mistake, or each of several, except those that another mistake at the same place explains."""
        self.found.extend(one for one in each(error) if one.path not in self._settled)

    def at(self, *documents: Document) -> Located:
        """Return a gathering for the mistakes of one definition, or of one and its base."""
        return Located(self, documents)


class Located(MistakeList):
    """Adds mistakes to another gathering, with their lines in one of the documents."""

    def __init__(self, to: MistakeList, documents: Sequence[Document]) -> None:
        super().__init__()
        self.to = to
        self.found = to.found
        self._documents = documents
        self._roots: _Roots = {}

    def add(self, error: InputError) -> None:
        """Add a mistake, or each of several; lines are looked up only for those that are reported."""
        for one in each(error):
            self.to.add(locate(one, self._documents, self._roots) if len(self.found) < MOST else one)


@contextlib.contextmanager
def placed(document: Document) -> Iterator[None]:
    """Raise InputErrors of the block again, with their lines in ``document``."""
    try:
        yield
    except InputError as error:
        raise locate(error, [document]) from None


def locate(error: InputError, documents: Iterable[Document], roots: Optional[_Roots] = None) -> InputError:
    """Return the same kind of error with file and line before its path: ``shop.yml:41 threats.replay.severity``.

    ``documents`` are those whose wanted models may have caused it, also in the plan. An error without a place in any of
    their files is returned unchanged, except for decrypted texts. ``roots``: a cache of YAML nodes.
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
    """Return an error without the encrypted texts of its files."""
    message = error.message
    for secret in sorted((s for d in documents for s in d.secrets if len(s) > 3), key=len, reverse=True):
        for form in (secret, repr(secret)[1:-1]):
            message = message.replace(form, "(encrypted)")
    if message == error.message:
        return error
    censored = copy.copy(error)
    censored.message = message
    return censored.at(error.path)


def _within(path: str, where: str) -> Optional[str]:
    """Return the part of a path after the place of a document, None if the path is outside of the document."""
    if path == where:
        return ""
    return path[len(where) + 1 :] if path.startswith((where + " ", where + ".")) else None


def _line(document: Document, path: str, roots: _Roots) -> tuple[str, int]:
    """Return (file, line) of a path or, if no file contains all of it, of its deepest part in any of them."""
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
