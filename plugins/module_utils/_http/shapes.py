# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Shapes of answers, as data. ``Transport`` refuses an answer with another shape, so other code can rely on its types.

A member that is null counts as absent. A member that no shape names may hold anything. Each generation has its shapes
in ``shapes.py``. Every object that is read is checked, so the check must be cheap.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Mapping, NamedTuple, Optional, Sequence


class Mismatch(NamedTuple):
    """The place where an answer does not fit (a path such as ``threats[3].name``, "" for the whole), and the reason."""

    path: str
    words: str

    def below(self, place: str) -> Mismatch:
        """Return the mismatch with the path that begins at the containing object or list."""
        between = "." if self.path and not self.path.startswith("[") else ""
        return Mismatch(place + between + self.path, self.words)

    def __str__(self) -> str:
        return '"%s" %s' % (self.path, self.words) if self.path else "it " + self.words


class Shape:
    """The required shape of a value. ``title`` is its name in messages."""

    #: Whether a whole answer of this shape may be null.
    is_nullable = False

    def __init__(self, title: str) -> None:
        self.title = title

    def mismatch(self, value: Any) -> Optional[Mismatch]:
        """Return the mismatch of a value that is not null; None if it fits."""
        raise NotImplementedError


class Plain(Shape):
    """A value of one of several JSON types."""

    def __init__(self, title: str, *types: type) -> None:
        super().__init__(title)
        self.types = frozenset((*types, type(None)))

    def mismatch(self, value: Any) -> Optional[Mismatch]:
        return None if type(value) in self.types else Mismatch("", "is %s, not %s" % (_kind(value), self.title))


TEXT = Plain("a text", str)
FLAG = Plain("true or false", bool)
ANY_OBJECT = Plain("an object", dict)
TEXT_OR_OBJECT = Plain("a text or an object", str, dict)


class Number(Shape):
    """A number within limits for calculations; ``whole``: without a fraction."""

    def __init__(self, whole: bool = False) -> None:
        super().__init__("a whole number" if whole else "a number")
        self._types = (int,) if whole else (int, float)

    def mismatch(self, value: Any) -> Optional[Mismatch]:
        if type(value) not in self._types:
            return Mismatch("", "is %s, not %s" % (_kind(value), self.title))
        return None if -1e15 < value < 1e15 else Mismatch("", "is too large a number")


class Identifier(Shape):
    """A text that can be a segment of a path."""

    _fits = re.compile(r"[0-9A-Za-z_-][^\x00-\x20/\\?#\x7f]{0,199}").fullmatch

    def __init__(self) -> None:
        super().__init__("an id")

    def mismatch(self, value: Any) -> Optional[Mismatch]:
        if not isinstance(value, str):
            return Mismatch("", "is %s, not a text" % _kind(value))
        return None if self._fits(value) else Mismatch("", "is a text that no id can be")


class Object(Shape):
    """An object with members of given shapes; the ``needed`` ones must be present."""

    def __init__(self, title: str, members: Mapping[str, Shape], needed: Iterable[str] = ()) -> None:
        super().__init__(title)
        self.members = members
        self._needed = frozenset(needed)
        # For most members only the type counts, which is one cheap check.
        self._plain = tuple(
            (name, shape.types - {type(None)} if name in self._needed else shape.types)
            for name, shape in members.items()
            if isinstance(shape, Plain)
        )
        self._others = tuple(
            (name, shape.mismatch, name in self._needed)
            for name, shape in members.items()
            if not isinstance(shape, Plain)
        )

    def mismatch(self, value: Any) -> Optional[Mismatch]:
        if not isinstance(value, dict):
            return Mismatch("", "is %s, not an object" % _kind(value))
        get = value.get
        for name, types in self._plain:
            if type(get(name)) not in types:
                return self._wrong(name, get(name))
        for name, mismatch, is_needed in self._others:
            member = get(name)
            if member is None:
                if is_needed:
                    return self._wrong(name, None)
            else:
                found = mismatch(member)
                if found is not None:
                    return found.below(name)
        return None

    def _wrong(self, name: str, member: Any) -> Mismatch:
        if member is None:
            return Mismatch(name, "is missing")
        return Mismatch(name, "is %s, not %s" % (_kind(member), self.members[name].title))


class Listed(Shape):
    """A list of values of one shape, without null.

    ``of_ids``: the exact ids of the entries, each once; ``count``: the number of entries.
    """

    def __init__(
        self, title: str, shape: Shape, of_ids: Optional[Sequence[str]] = None, count: Optional[int] = None
    ) -> None:
        super().__init__(title)
        self._shape = shape
        self._ids = of_ids
        self._count = len(of_ids) if of_ids is not None else count

    def mismatch(self, value: Any) -> Optional[Mismatch]:
        if not isinstance(value, list):
            return Mismatch("", "is %s, not a list" % _kind(value))
        fits = self._shape.mismatch
        for index, item in enumerate(value):
            found = Mismatch("", "is null") if item is None else fits(item)
            if found is not None:
                return found.below("[%d]" % index)
        if self._count is not None and len(value) != self._count:
            return Mismatch("", "has %d entries for %d that were sent" % (len(value), self._count))
        if self._ids is not None and {item["id"] for item in value} != set(self._ids):
            return Mismatch("", "has other ids than were sent")
        return None


class ListedOrNull(Listed):
    """The same, for answers that may have null in place of an empty list."""

    is_nullable = True


ID = Identifier()
NUMBER = Number()
WHOLE = Number(whole=True)
TEXTS = Listed("a list of texts", TEXT)


def texts(*names: str) -> dict[str, Shape]:
    """Return the names as members that are texts."""
    return dict.fromkeys(names, TEXT)


def refusal(shape: Shape, value: Any) -> str:
    """Return the mistake in a whole answer, as the end of a sentence about the request; "" if there is none."""
    if value is None:
        found = None if shape.is_nullable else Mismatch("", "is empty")
    else:
        found = shape.mismatch(value)
    if found is None:
        return ""
    return "something that is no %s: %s; is a proxy or another service in between?" % (shape.title, found)


def _kind(value: Any) -> str:
    for kind, words in (
        (bool, "true or false"),
        (str, "a text"),
        ((int, float), "a number"),
        (list, "a list"),
        (dict, "an object"),
    ):
        if isinstance(value, kind):
            return words
    return "null"
