# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Mistakes in definitions: gathered, so that one run tells them all, and told with the lines on which they stand.

A line is looked for only when there is something to tell: the file is then read once more, this time with positions.
"""

from __future__ import annotations

import contextlib
from typing import Any, Iterable, Iterator, Optional, Sequence

from .._errors import InputError
from .._resources._catalog import RESOURCES
from .load import Document, compose

#: Mistakes that one message tells.
MOST = 10

#: Field -> keys under which a definition may have it besides its own name.
_WRITTEN: dict[str, tuple[str, ...]] = {
    "diagram": ("at",),
    "cell": ("at",),
    "likelihood": ("risk.likelihood", "risk"),
    "impact": ("risk.impact", "risk"),
    "score": ("risk.score",),
    "accepted_by": ("accept.by", "accept"),
    "accepted_until": ("accept.until", "accept"),
    "accepted_reason": ("accept.reason", "accept"),
    "parameters.ref_value": ("ref",),
    "parameters.sub_path": ("path",),
    "parameters": ("ref", "path"),
    "mitigation": ("controls",),
    "mitigated": ("controls",),
    "sources": ("repositories",),
}
for _field in (found for resource in RESOURCES for found in resource.fields if found.aliases):
    _WRITTEN[_field.name] = (*_WRITTEN.get(_field.name, ()), *_field.aliases)
#: Sections in which a path may leave the section out, as those of the plan do.
_IMPLIED = ("nodes", "boundaries", "flows", "cells")


class Mistakes:
    """The mistakes of several definitions."""

    def __init__(self) -> None:
        self.found: list[InputError] = []

    @contextlib.contextmanager
    def of(self, document: Optional[Document] = None) -> Iterator[None]:
        """Gather what the block raises, with the line on which it stands in ``document``."""
        try:
            yield
        except InputError as error:
            self.found.append(locate(error, [document] if document is not None else []))

    def tell(self) -> None:
        """Raise what was gathered, if anything was: one mistake as it is, several as one InputError."""
        raise_all(self.found)


@contextlib.contextmanager
def placed(document: Document) -> Iterator[None]:
    """Raise what the block raises with the line on which it stands in ``document``."""
    try:
        yield
    except InputError as error:
        raise locate(error, [document]) from None


def raise_all(found: Sequence[InputError]) -> None:
    """Raise one mistake as it is, several as one InputError with a line for each, nothing for none."""
    told = {str(error): error for error in found}
    lines = list(told)
    if len(lines) == 1:
        raise told[lines[0]]
    if lines:
        more = ["and %d more" % (len(lines) - MOST)] if len(lines) > MOST else []
        codes = {error.code for error in found}
        code = codes.pop() if len(codes) == 1 else ""
        raise InputError("%d mistakes:\n%s" % (len(lines), "\n".join([*lines[:MOST], *more])), code=code)


def locate(error: InputError, documents: Iterable[Document]) -> InputError:
    """Return the same kind of error, its path led by file and line: ``shop.yml:41 threats.replay.severity``.

    ``documents`` are those whose wanted models may have raised it, in the plan too. An error that has no place in any
    of their files is returned as it is.
    """
    owners = [d for d in documents if _within(error.path, d.where) is not None]
    if not owners:
        return error
    document = max(owners, key=lambda d: len(d.where))
    path = _within(error.path, document.where) or ""
    file, line = _line(document, path)
    if not path or not line:
        return error
    return error.at("%s:%d %s" % (file, line, path))


def _within(path: str, where: str) -> Optional[str]:
    """Return what follows the place of a document in a path, None where the path leads elsewhere."""
    if path == where:
        return ""
    return path[len(where) + 1 :] if path.startswith((where + " ", where + ".")) else None


def _line(document: Document, path: str) -> tuple[str, int]:
    """Return (file, line) of the file that holds all of a path, else of the deepest part that any of them holds."""
    best = ("", 0, len(path) + 1)
    for file in document.files:
        root = compose(file)
        if root is None or not path:
            continue
        line, rest = _descend(root, path)
        if len(rest) < best[2]:
            best = (file, line, len(rest))
    return best[0], best[1]


def _descend(node: Any, path: str) -> tuple[int, str]:
    """Return the line of the deepest node on a path, and what of the path is beyond it."""
    line: int = node.start_mark.line + 1
    best = (line, path)
    for key, child, mark in _members(node):
        for rest in _after(key, path):
            deeper = _descend(child, rest) if rest else (0, "")
            found = (mark.line + 1 if deeper[1] == rest else deeper[0], deeper[1])
            if len(found[1]) < len(best[1]):
                best = found
    return best


def _members(node: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield (what a path calls it, node, where it begins) of all that a node holds."""
    kind = type(node).__name__
    if kind == "MappingNode":
        for key, value in node.value:
            yield str(key.value), value, key.start_mark
            if str(key.value) in _IMPLIED:
                for name, child, mark in _members(value):
                    yield name, child, mark
    elif kind == "SequenceNode":
        for index, item in enumerate(node.value):
            yield "[%d]" % index, item, item.start_mark
            for name in _names(item):
                yield name, item, item.start_mark


def _names(item: Any) -> Iterator[str]:
    """Yield what an item of a list may be called: by its key or name, or by the line that it is."""
    if type(item).__name__ == "ScalarNode":
        yield _arrow(str(item.value).partition(":")[0])
    elif type(item).__name__ == "MappingNode":
        given = {str(key.value): str(value.value) for key, value in item.value}
        for name in ("key", "id", "name", "uri", "url", "title", "label"):
            if name in given:
                yield given[name]
        if "from" in given and "to" in given:
            yield "%s->%s" % (given["from"], given["to"])
        if len(given) == 1:
            yield from map(_arrow, given)


def _arrow(text: str) -> str:
    """Return the key of a flow that is one line, ``a -> b``."""
    for arrow in ("<->", "->"):
        if arrow in text:
            return "->".join(part.strip() for part in text.split(arrow, 1))
    return text


def _after(key: str, path: str) -> Iterator[str]:
    """Yield what of a path is beyond a key, for each way in which the path may mean that key."""
    key = _arrow(key) if "->" in key else key
    ways = [(key, "")]
    for field, written in _WRITTEN.items():
        ways += [(field, way.partition(".")[2]) for way in written if way.partition(".")[0] == key]
    for spelt, more in ways:
        if path == spelt:
            yield more
        elif path.startswith((spelt + ".", spelt + "[")):
            yield path[len(spelt) :].lstrip(".")
