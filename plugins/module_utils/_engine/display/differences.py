# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The difference of two values as lines of text. The lines and one value together give the other value.

Lists that mean sets are shown entry by entry, maps member by member, and texts of several lines as a diff of their
lines. Of long lines only the parts around the differences are shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Iterator, Optional, Sequence

from ..._resources._fields import EMPTY
from .as_text import NOT_PLAIN
from .lines import WIDTH
from .signs import compact, in_ascii, is_clear, look_alikes, quoted, skeleton
from .text_changes import are_far_apart, block_lines, piece_lines, sides_around, unlike

#: Texts that are shown without quotes.
_WORD = re.compile(r"[^\W\d_](?:[\w.@+/-]*\w)?")
#: Names of fields that are shown without quotes.
_FIELD = re.compile(r"[\w.@+/-]+")
_MISSING: Any = object()


def word(value: Any) -> str:
    """Return a value on one line; a text without quotes if it cannot be taken for anything else."""
    if value is _MISSING:
        return "(none)"
    if isinstance(value, str):
        is_plain = _WORD.fullmatch(value) and value.lower() not in NOT_PLAIN and is_clear(value)
        return value if is_plain else quoted(value)
    return compact(value)


def lines_of(
    name: str, before: Any, after: Any, identity: Optional[Sequence[str]] = None, end: str = ":"
) -> Iterator[str]:
    """Yield lines with the change of a field; None and empty lists and maps are shown as ``(none)``.

    ``identity``: of a list that means a set, the members that distinguish its rows; () for a set of texts. Any other
    list is shown as a whole. ``end`` follows the name on a line with both sides. The lines of a text begin with blanks,
    or are empty.
    """
    sides = [_MISSING if value in EMPTY and value != "" else value for value in (before, after)]
    yield from _lines(_field(name), sides[0], sides[1], identity, end)


def _field(name: str) -> str:
    """Return the name of a field; with quotes around a member that could be taken for something else."""
    if _FIELD.fullmatch(name) and is_clear(name):
        return name
    head, dot, member = name.partition(".")
    return head + dot + quoted(member) if dot and _FIELD.fullmatch(head) and is_clear(head) else quoted(name)


def _lines(name: str, before: Any, after: Any, identity: Optional[Sequence[str]], end: str) -> Iterator[str]:
    found: list[str] = []
    if identity is not None:
        found = ["%s%s %s" % (name, end, line) for line in _entries(before, after, identity)]
    elif _are(Mapping, before, after):
        found = list(_members(name, before, after, end))
    elif _are(str, before, after) and any("\n" in side for side in (before, after) if side is not _MISSING):
        old, new = ([] if side is _MISSING else side.split("\n") for side in (before, after))
        found = ["%s:" % name, *(("  " + line).rstrip() for line in block_lines(old, new))]
    elif isinstance(before, str) and isinstance(after, str) and are_far_apart(before, after):
        found = ["%s:" % name, *("  " + line for line in piece_lines(before, after))]
    yield from found or ["%s%s %s -> %s" % (name, end, *_sides(before, after))]


def _are(kind: type, *sides: Any) -> bool:
    return all(side is _MISSING or isinstance(side, kind) for side in sides)


def _members(name: str, before: Any, after: Any, end: str) -> Iterator[str]:
    """Yield the lines of the members that differ."""
    old, new = ({} if side is _MISSING else side for side in (before, after))
    for member in sorted({*old, *new}, key=str):
        sides = old.get(member, _MISSING), new.get(member, _MISSING)
        if sides[0] is _MISSING or sides[1] is _MISSING or sides[0] != sides[1]:
            plain = isinstance(member, str) and _WORD.fullmatch(member) and "." not in member and is_clear(member)
            yield from _lines("%s.%s" % (name, member if plain else quoted(str(member))), *sides, None, end)


# ------------------------------------------------------------------------------------------------- sets
def _entries(before: Any, after: Any, identity: Sequence[str]) -> list[str]:
    """Return what is added to a set and removed from it; nothing if the lists are no sets."""
    old, new = (_by_key([] if side is _MISSING else side, identity) for side in (before, after))
    if old is None or new is None:
        return []
    found = []
    looks = look_alikes(old.keys() - new.keys(), new.keys() - old.keys())
    for key in sorted({*old, *new}):
        if key not in new or key not in old:
            row = _row(key, old[key] if key in old else new[key], identity)
            shown = in_ascii(row) if looks and skeleton(key) in looks else row
            found.append("%s %s" % ("-" if key in old else "+", shown))
        elif old[key] != new[key]:
            found += ["%s %s" % (key, change) for change in [_changed(old[key], new[key], identity)] if change]
    return found


def _by_key(entries: Any, identity: Sequence[str]) -> Optional[dict[str, Any]]:
    """Return the entries of a list by the members that distinguish them; None if two entries are the same in these."""
    if not isinstance(entries, (list, tuple)):
        return None
    kind = Mapping if identity else str
    if not all(isinstance(entry, kind) for entry in entries):
        return None
    found = {_key(entry, identity): entry for entry in entries}
    return found if len(found) == len(entries) else None


def _key(entry: Any, identity: Sequence[str]) -> str:
    if not identity:
        return word(entry)
    given = [(name, entry[name]) for name in identity if entry.get(name) is not None]
    plain = [word(value) for name, value in given if name == identity[0]]
    return " ".join([*plain, *("%s %s" % (name, word(value)) for name, value in given if name != identity[0])])


def _row(key: str, row: Any, identity: Sequence[str]) -> str:
    if not identity:
        return key
    rest = sorted((name, value) for name, value in row.items() if name not in identity and value is not None)
    bare = len(rest) == 1
    return " ".join([key, *(word(value) if bare else "%s %s" % (name, word(value)) for name, value in rest)])


def _changed(before: Any, after: Any, identity: Sequence[str]) -> str:
    names = sorted({*before, *after} - set(identity))
    parts = []
    for name in names:
        old, new = ((_MISSING if side.get(name) is None else side[name]) for side in (before, after))
        if old != new:
            change = "%s -> %s" % (word(old), word(new))
            parts.append(change if len(names) == 1 else "%s %s" % (name, change))
    return ", ".join(parts)


# ------------------------------------------------------------------------------------------------- one line
def _sides(before: Any, after: Any) -> tuple[str, str]:
    """Return both values on one line; of long texts what differs, and so much around it that its place is certain."""
    if before is _MISSING or after is _MISSING or not isinstance(before, str) or not isinstance(after, str):
        return word(before), word(after)
    if max(len(before), len(after)) <= WIDTH:
        return unlike(before, after, word(before), word(after))
    return sides_around(before, after)
