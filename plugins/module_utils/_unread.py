# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The list of variables that have a prefix of the collection but that nothing reads: most are slips. Pure."""

from __future__ import annotations

from typing import Iterable

from ._errors import listed
from ._near import near

#: Names that one sentence lists.
_MOST = 5


def unread(names: Iterable[str], known: Iterable[str]) -> str:
    """Return the names that are not known, each with suggestions, as one text; "" if all are known.

    Values are never shown, because a misspelt variable may hold a token.
    """
    known = set(known)
    lines = []
    for name in sorted(set(names) - known):
        meant = near(name, known)
        lines.append(name + (" (did you mean %s?)" % ", ".join(meant) if meant else ""))
    return listed(lines, _MOST)
