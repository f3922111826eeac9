# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Types of the members of cells in the server's own form, which users write under ``cells`` and ``raw``.

The types are those of the drawing library behind the web editor, so they are the same in all generations. Each
generation checks its own limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Callable, Iterator

from ..._errors import InputError
from ..._mistakes import MistakeList
from ..._values import kind_of
from .inputs import MAX_COORDINATE, join

#: Checks one value at a path. Raises InputError.
Check = Callable[[Any, str], None]
#: Servers change larger whole numbers (RFC 8259, section 6).
_EXACT = 2**53


def check_members(members: Mapping[str, Any], path: str) -> None:
    """Check the types of members, and numbers that no server can store. Raises InputError with the place.

    Unknown members, and deeper ones, may have any type.
    """
    wrong = MistakeList()
    with wrong.collecting():
        _some({name: check for name, check in _CELL.items() if name in members})(members, path)
    reported = {error.path for error in wrong.found}
    for error in _inexact(members, path):
        if error.path not in reported:
            wrong.add(error)
    wrong.raise_all()


def _inexact(value: Any, path: str) -> Iterator[InputError]:
    if isinstance(value, Mapping):
        for name, member in value.items():
            yield from _inexact(member, join(path, name))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _inexact(member, "%s[%d]" % (path, index))
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > _EXACT:
        yield InputError("no server stores a number of so many digits: put it in quotes if it is a text", path)


def _of(kind: type, words: str) -> Check:
    def check(value: Any, path: str) -> None:
        if not isinstance(value, kind):
            raise InputError("must be %s, not %s" % (words, kind_of(value)), path)

    return check


_map, _list, _flag, _text = _of(Mapping, "a map"), _of(list, "a list"), _of(bool, "true or false"), _of(str, "a text")


def _number(least: float, words: str) -> Check:
    def check(value: Any, path: str) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise InputError("must be %s, not %s" % (words, kind_of(value)), path)
        if not least <= value <= MAX_COORDINATE:
            raise InputError("must be from %d to %d" % (least, MAX_COORDINATE), path)

    return check


def _some(checks: Mapping[str, Check]) -> Check:
    """Return a check of a map and of its members; a member that is null counts as missing."""

    def check(value: Any, path: str) -> None:
        _map(value, path)
        wrong = MistakeList()
        for name, one in checks.items():
            if value.get(name) is not None:
                with wrong.collecting():
                    one(value[name], join(path, name))
        wrong.raise_all()

    return check


def _each(one: Check) -> Check:
    def check(value: Any, path: str) -> None:
        _list(value, path)
        wrong = MistakeList()
        for index, member in enumerate(value):
            with wrong.collecting():
                one(member, "%s[%d]" % (path, index))
            if wrong.is_full:
                break
        wrong.raise_all()

    return check


def _point(value: Any, path: str) -> None:
    _some({"x": _COORDINATE, "y": _COORDINATE})(value, path)
    for name in ("x", "y"):
        if value.get(name) is None:
            raise InputError("x and y are both needed", path)


def _word_or_map(value: Any, path: str) -> None:
    """Check a word, or ``{name, args}``."""
    if isinstance(value, str):
        return
    if not isinstance(value, Mapping):
        raise InputError("must be a text, or a map with name and args, not %s" % kind_of(value), path)
    _text(value.get("name"), join(path, "name"))


def _entries(value: Any, path: str) -> None:
    """Check TMI's metadata: a list of key and value; a map is accepted too."""
    if isinstance(value, Mapping):
        return
    _list(value, path)
    for index, entry in enumerate(value):
        place = "%s[%d]" % (path, index)
        _map(entry, place)
        if not isinstance(entry.get("key"), str):
            raise InputError("needs a key, and its value", place)


_COORDINATE = _number(-MAX_COORDINATE, "a number of pixels")
_CELL: Mapping[str, Check] = {
    "position": _map,
    "size": _map,
    "angle": _COORDINATE,
    "visible": _flag,
    "zIndex": _number(0, "a number"),
    "attrs": _some({"text": _map, "line": _map, "body": _map}),
    "labels": _each(_some({"attrs": _some({"text": _map})})),
    "vertices": _each(_point),
    "data": _some({"_metadata": _entries, "data_assets": _each(_text)}),
    "ports": _map,
    "children": _each(_text),
    "router": _word_or_map,
    "connector": _word_or_map,
}
