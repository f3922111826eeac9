# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The difference of two texts as lines. The lines and one text together give the other text."""

from __future__ import annotations

import difflib
from typing import Any, Iterator, Sequence

from .lines import MORE, WIDTH, pieces, shown_line, shown_pieces
from .signs import in_ascii, look_alikes, quoted, skeleton

#: Characters of a long line that are shown before and after the part that changes.
CONTEXT = 24
#: Characters of the longest part of a line that is shown around its changes; else its pieces are compared.
_LONGEST_PART = 2 * WIDTH
#: Products of numbers of lines up to which equal lines are looked for; beyond that all lines count as changed.
_COMPARED = 250_000


def common_start(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many characters of two texts, or lines of two lists, are equal from the beginning on."""
    return next((at for at, (a, b) in enumerate(zip(one, other)) if a != b), min(len(one), len(other)))


def sides_around(before: str, after: str) -> tuple[str, str]:
    """Return the parts in which two long lines differ, and so much around them that their place is certain."""
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
    head, tail = MORE if left else "", MORE if right < end else ""
    one, two = unlike(shown, other, quoted(shown), quoted(other))
    return head + one + tail, head + two + tail


def unlike(before: str, after: str, *shown: str) -> tuple[str, str]:
    """Return two texts as ``shown``; with escapes for all signs beyond ASCII if they would look the same."""
    one, other = shown
    if before != after and skeleton(before) == skeleton(after):
        return in_ascii(one), in_ascii(other)
    return one, other


def are_far_apart(before: str, after: str) -> bool:
    """Whether two long lines differ at several places with much between them."""
    return max(len(before), len(after)) > WIDTH and max(map(len, sides_around(before, after))) > _LONGEST_PART


def _left(text: str, wished: int) -> int:
    """Return where to begin to show a text: at its beginning or at a word, if one of them is near."""
    if wished <= CONTEXT:
        return 0
    blank = text.rfind(" ", wished - CONTEXT, wished)
    return blank + 1 if blank > 0 else wished


def _is_once(part: str, text: str) -> bool:
    first = text.find(part)
    return bool(part) and text.find(part, first + 1) < 0


# ------------------------------------------------------------------------------------------------- pieces
def piece_lines(before: str, after: str, place: str = "") -> Iterator[str]:
    """Yield a diff of the pieces of two long lines, with the place of each change: the number of its first character.

    ``place``: the place of the line itself.
    """
    begins = [0]
    for piece in pieces(before):
        begins.append(begins[-1] + len(piece))
    old, new = list(shown_pieces(before)), list(shown_pieces(after))
    for group in _groups(old, new, 0):
        yield "@@ %scharacter %d @@" % (place, begins[group[0][1]] + 1)
        for kind, begin, end, new_begin, new_end in group:
            if kind != "equal":
                yield from _listed(old[begin:end], new[new_begin:new_end])


def _groups(old: Sequence[str], new: Sequence[str], context: int) -> Any:
    if len(old) * len(new) > _COMPARED:
        return [[("replace", 0, len(old), 0, len(new))]]
    return difflib.SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(context)


def _listed(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Yield removed lines, then added ones; with escapes if one of them looks like one of the others."""
    looks = look_alikes(old, new)
    for sign, side in (("- ", old), ("+ ", new)):
        yield from (sign + (_escaped(line) if looks and skeleton(line) in looks else line) for line in side)


def _escaped(shown: str) -> str:
    """Return a shown line with escapes, in quotes: else its backslashes could be its own."""
    if shown.isascii():
        return shown
    is_quoted = shown.endswith('"') and shown.lstrip(MORE + " ").startswith('"')
    return in_ascii(shown if is_quoted else quoted(shown))


# ------------------------------------------------------------------------------------------------- lines
def block_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """Yield a diff of the lines of two texts, with one line around each change and the number of its first line."""
    head = common_start(old, new)
    tail = common_start(old[head:][::-1], new[head:][::-1])
    first, lasts = max(0, head - 1), [len(side) - max(0, tail - 1) for side in (old, new)]
    parts = old[first : lasts[0]], new[first : lasts[1]]
    for group in _groups(*parts, 1):
        yield "@@ line %d @@" % (first + group[0][1] + 1)
        for number, (kind, begin, end, new_begin, new_end) in enumerate(group, 1):
            if kind == "equal":
                yield from ("  " + shown_line(line) for line in parts[0][begin:end])
                continue
            followed = number < len(group)
            yield from _replaced(parts[0][begin:end], parts[1][new_begin:new_end], first + begin + 1, followed)


def _replaced(old: Sequence[str], new: Sequence[str], number: int, followed: bool) -> Iterator[str]:
    """Yield lines that replace others; ``number``: of the first, ``followed``: whether the block goes on."""
    if len(old) != len(new):
        yield from _listed(list(map(shown_line, old)), list(map(shown_line, new)))
        return
    pairs = list(zip(old, new))
    while pairs:
        near = next((at for at, pair in enumerate(pairs) if are_far_apart(*pair)), len(pairs))
        sides = [_sides_of_line(*pair) for pair in pairs[:near]]
        yield from _listed([one for one, _other in sides], [other for _one, other in sides])
        if near == len(pairs):
            return
        yield from piece_lines(*pairs[near], place="line %d, " % (number + near))
        pairs, number = pairs[near + 1 :], number + near + 1
        if pairs or followed:
            yield "@@ line %d @@" % number


def _sides_of_line(old: str, new: str) -> tuple[str, str]:
    if old != new and max(len(old), len(new)) > WIDTH:
        return sides_around(old, new)
    return shown_line(old), shown_line(new)
