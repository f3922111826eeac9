# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Keys for objects without one, and the losses of an export."""

from __future__ import annotations

import unicodedata
from typing import Any, Callable, Collection

#: Longest slug: a key stays readable, and a number can still follow it.
_LONGEST = 60


def slug(text: str, fallback: str, between: str = "-", longest: int = _LONGEST) -> str:
    """Return a text as a key: lower case, words joined by ``between``; ``fallback`` if nothing of it is left.

    Letters and digits of every script are kept, Latin letters without accents: ``Größe`` -> ``grosse``.
    """
    separators = "" if between == "_" else "_"
    plain = "".join(_plain(character, separators) for character in unicodedata.normalize("NFC", text.casefold()))
    words = unicodedata.normalize("NFC", between.join(plain.split()))
    return words.strip(between)[:longest].strip(between) or fallback


def _plain(character: str, also: str) -> str:
    """Return a character as a part of a key: itself, its Latin letters, or a blank."""
    if character.isascii():
        return character if character.isalnum() or character in also else " "
    latin = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    if latin and latin.isalnum():
        return latin.lower()
    return character if unicodedata.category(character)[0] in "LMN" else " "


def unique_key(
    key: str, used: Collection[str], refused: Callable[[str], bool] = lambda key: False, between: str = "-"
) -> str:
    """Return ``key``, or the first of ``key-2``, ``key-3`` … that is neither used nor refused."""
    unique, number = key, 1
    while unique in used or refused(unique):
        number += 1
        unique = "%s%s%d" % (key, between, number)
    return unique


class ExportLosses:
    """Values that the format cannot contain: ``rows`` of path, value and reason. No value is dropped silently."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, path: str, value: Any, reason: str) -> None:
        """Add one loss; ``path`` is the place that the value would have in the definition."""
        self.rows.append({"path": path, "value": value, "reason": reason})
