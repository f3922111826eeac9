# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The difference of two values as lines of text. The lines and one value together give the other value.

Lists that mean sets are shown entry by entry, maps member by member, and texts of several lines as a diff of their
lines. Of long lines only the parts around the difference are shown.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any, Iterator, Optional, Sequence

from ..._resources._fields import EMPTY
from .as_text import NOT_PLAIN, quoted, visible

#: Characters of the longest line that is shown whole if only a part of it changes.
WIDTH = 100
#: Characters of a long line that are shown before and after the part that changes.
CONTEXT = 24
#: Products of numbers of lines up to which equal lines are looked for; beyond that all lines count as changed.
_COMPARED = 250_000
#: Texts that are shown without quotes.
_WORD = re.compile(r"[^\W\d_](?:[\w.@+/-]*\w)?")
_MISSING: Any = object()


def word(value: Any) -> str:
    """Return a value on one line; a text without quotes if it cannot be taken for anything else."""
    if value is _MISSING:
        return "(none)"
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) and value.lower() not in NOT_PLAIN else quoted(value)
    return visible(json.dumps(value, ensure_ascii=False, default=str, sort_keys=True))


def lines_of(name: str, before: Any, after: Any, identity: Optional[Sequence[str]] = None) -> Iterator[str]:
    """Yield lines with the change of a field; None and empty lists and maps are shown as ``(none)``.

    ``identity``: of a list that means a set, the members that distinguish its rows; () for a set of texts. Any other
    list is shown as a whole.
    """
    sides = [_MISSING if value in EMPTY and value != "" else value for value in (before, after)]
    yield from _lines(name, sides[0], sides[1], identity)


def _lines(name: str, before: Any, after: Any, identity: Optional[Sequence[str]] = None) -> Iterator[str]:
    found: list[str] = []
    if identity is not None:
        found = ["%s: %s" % (name, line) for line in _entries(before, after, identity)]
    elif _are(Mapping, before, after):
        found = list(_members(name, before, after))
    elif _are(str, before, after) and any("\n" in side for side in (before, after) if side is not _MISSING):
        found = ["%s:" % name, *(("  " + line).rstrip() for line in _block(before, after))]
    yield from found or ["%s: %s -> %s" % (name, *_sides(before, after))]


def _are(kind: type, *sides: Any) -> bool:
    return all(side is _MISSING or isinstance(side, kind) for side in sides)


def _members(name: str, before: Any, after: Any) -> Iterator[str]:
    """Yield the lines of the members that differ."""
    old, new = ({} if side is _MISSING else side for side in (before, after))
    for member in sorted({*old, *new}, key=str):
        sides = old.get(member, _MISSING), new.get(member, _MISSING)
        if sides[0] is _MISSING or sides[1] is _MISSING or sides[0] != sides[1]:
            plain = isinstance(member, str) and _WORD.fullmatch(member) and "." not in member
            yield from _lines("%s.%s" % (name, member if plain else quoted(str(member))), *sides)


# ------------------------------------------------------------------------------------------------- sets
def _entries(before: Any, after: Any, identity: Sequence[str]) -> list[str]:
    """Return what is added to a set and removed from it; nothing if the lists are no sets."""
    old, new = (_by_key([] if side is _MISSING else side, identity) for side in (before, after))
    if old is None or new is None:
        return []
    found = []
    for key in sorted({*old, *new}):
        if key not in new:
            found.append("- %s" % _row(key, old[key], identity))
        elif key not in old:
            found.append("+ %s" % _row(key, new[key], identity))
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


# ------------------------------------------------------------------------------------------------- texts
def _sides(before: Any, after: Any) -> tuple[str, str]:
    """Return both values on one line; of long texts what differs, and so much around it that its place is certain."""
    if before is _MISSING or after is _MISSING or not isinstance(before, str) or not isinstance(after, str):
        return word(before), word(after)
    if max(len(before), len(after)) <= WIDTH:
        return word(before), word(after)
    return _around(before, after)


def _around(before: str, after: str) -> tuple[str, str]:
    start = common_start(before, after)
    end = common_start(before[start:][::-1], after[start:][::-1])
    room = CONTEXT
    while True:
        left, right = _left(before, start - room), min(end, room)
        stop = len(before) - end + right
        shown = before[left:stop]
        if (left == 0 and right == end) or _is_once(shown, before):
            break
        room *= 2
    other = after[left : len(after) - end + right]
    head, tail = "…" if left else "", "…" if right < end else ""
    return head + quoted(shown) + tail, head + quoted(other) + tail


def _left(text: str, wished: int) -> int:
    """Return where to begin to show a text: at its beginning or at a word, if one of them is near."""
    if wished <= CONTEXT:
        return 0
    blank = text.rfind(" ", wished - CONTEXT, wished)
    return blank + 1 if blank > 0 else wished


def _is_once(part: str, text: str) -> bool:
    first = text.find(part)
    return bool(part) and text.find(part, first + 1) < 0


def common_start(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many characters of two texts, or lines of two lists, are equal from the beginning on."""
    return next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


def _block(before: Any, after: Any) -> Iterator[str]:
    """Yield a diff of the lines of two texts, with one line around each change and the number of its first line."""
    old, new = ([] if side is _MISSING else side.split("\n") for side in (before, after))
    head = common_start(old, new)
    tail = common_start(old[head:][::-1], new[head:][::-1])
    first, lasts = max(0, head - 1), [len(side) - max(0, tail - 1) for side in (old, new)]
    parts = old[first : lasts[0]], new[first : lasts[1]]
    if len(parts[0]) * len(parts[1]) > _COMPARED:
        groups: Any = [[("replace", 0, len(parts[0]), 0, len(parts[1]))]]
    else:
        groups = difflib.SequenceMatcher(None, *parts, autojunk=False).get_grouped_opcodes(1)
    for group in groups:
        yield "@@ line %d @@" % (first + group[0][1] + 1)
        for kind, begin, end, new_begin, new_end in group:
            if kind == "equal":
                yield from ("  " + _line(line) for line in parts[0][begin:end])
            else:
                yield from _replaced(parts[0][begin:end], parts[1][new_begin:new_end])


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    pairs = [(_line(line), "") for line in old], [("", _line(line)) for line in new]
    if len(old) == len(new):
        both = [_sides_of_line(*lines) for lines in zip(old, new)]
        pairs = [(one, "") for one, _other in both], [("", other) for _one, other in both]
    yield from ("- " + one for one, _other in pairs[0])
    yield from ("+ " + other for _one, other in pairs[1])


def _sides_of_line(old: str, new: str) -> tuple[str, str]:
    if old != new and max(len(old), len(new)) > WIDTH:
        return _around(old, new)
    return _line(old), _line(new)


def _line(line: str) -> str:
    """Return a line of a text; in quotes if it would not be seen as it is, or looks like a shortened one."""
    return quoted(line) if line[:1] in ('"', "…") or line[-1:] == " " or not line.isprintable() else line
