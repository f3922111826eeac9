# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Keys of many objects at once, so that they do not depend on the order of a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import Taken, is_generated, slug


def distinct_keys(rows: Sequence[tuple[str, Sequence[str]]], taken: Taken) -> list[str]:
    """Return a key for each (wish, hints), all different, that does not depend on the order of the rows.

    Of rows with one wish, each gets its first hint that no other one of them has, such as its place or its id; all rows
    have the same number of hints. Generated ids are shortened. Rows without such a hint get numbers.
    """
    rivals: dict[str, list[int]] = {}
    for index, (wish, _hints) in enumerate(rows):
        rivals.setdefault(wish, []).append(index)
    keys = [wish for wish, _hints in rows]
    for wish, indexes in rivals.items():
        if len(indexes) > 1 or wish in taken:
            for index, hint in zip(indexes, _distinct([rows[index][1] for index in indexes]), strict=True):
                keys[index] = "%s_%s" % (wish, hint) if hint else wish
    return [taken.take(key) for key in keys]


def _distinct(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return for each row the first of its texts that is in no other row, "" if there is none."""
    found = [""] * len(rows)
    for column in zip(*rows, strict=True):
        count = Counter(column)
        generated = {text for text in column if is_generated(text)}
        length = next(n for n in range(4, 80) if n == 79 or len({text[:n] for text in generated}) == len(generated))
        for index, text in enumerate(column):
            if text and not found[index] and count[text] == 1:
                found[index] = slug(text[:length] if text in generated else text)
    return found
