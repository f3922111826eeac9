# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Suggestions for misspelt names: existing names that are close to a name that does not exist. Pure.

Names are compared word by word. So a long common prefix does not make two names alike, and names with different numbers
are different: ``web-12`` is not a misspelt ``web-13``.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import Iterable, Optional

#: Share of a word that must be the same in a misspelt one.
_ALIKE = 0.75
#: Characters of the shortest word, and of the longest name, that are searched for slips.
_SHORTEST, _LONGEST = 3, 300
_WORDS = re.compile(r"\d+|[^\W\d_]+")


def near(name: str, names: Iterable[str], most: int = 3) -> list[str]:
    """Return the names that differ from ``name`` only by a slip, the most similar first.

    Slips are case, blanks and signs, the composition of letters, zeros before a number, and one misspelt word.
    """
    if len(name) > _LONGEST:
        return []
    words = _words(name)
    found = {other: _likeness(words, _words(other)) for other in names if other != name and len(other) <= _LONGEST}
    ranked = sorted((-likeness, other) for other, likeness in found.items() if likeness is not None)
    return [other for _likeness, other in ranked[:most]]


def similar(name: str, names: Iterable[str], most: int = 3, cutoff: float = 0.6) -> list[str]:
    """Return the names that look like ``name``, the most similar first; less strict than :func:`near`.

    ``cutoff``: the least share of equal letters. Long names get no suggestions, because comparing them takes time.
    """
    if len(name) > _LONGEST:
        return []
    return difflib.get_close_matches(name, sorted({n for n in names if len(n) <= _LONGEST}), most, cutoff)


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    words = [word.lstrip("0") or "0" if word.isdigit() else word for word in _WORDS.findall(folded)]
    return words or [folded.strip()]


def _likeness(one: list[str], other: list[str]) -> Optional[float]:
    """Return the similarity of two names, from 0 to 1; None if they differ by more than a slip."""
    if "".join(one) == "".join(other):
        return 1.0
    different = [(a, b) for a, b in zip(one, other) if a != b]
    if len(one) != len(other) or len(different) != 1:
        return None
    ((a, b),) = different
    if a.isdigit() or b.isdigit() or min(len(a), len(b)) < _SHORTEST:
        return None
    likeness = _ALIKE if _is_swap(a, b) else difflib.SequenceMatcher(None, a, b).ratio()
    return likeness if likeness >= _ALIKE else None


def _is_swap(one: str, other: str) -> bool:
    """Whether two words differ by the order of two neighbouring letters; in a short word that is a large share."""
    places = [place for place, (a, b) in enumerate(zip(one, other)) if a != b]
    return (
        len(one) == len(other)
        and len(places) == 2
        and places[1] == places[0] + 1
        and one[places[0]] + one[places[1]] == other[places[1]] + other[places[0]]
    )
