# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads a list to its end, even if the server changes limit, offset or total. Pure."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, NamedTuple, Optional, Sequence

from .._errors import ApiError
from .._failures import WRONG_ANSWER

#: Objects on a page; all generations accept it (V0-LISTS, V1-LISTS).
PAGE = 100
#: Lengths of a first page to which a server may have reduced the limit.
_CUT_AT = frozenset((10, 20, 25, 50))
#: Items after which a list counts as endless.
MOST = 100_000


class Page(NamedTuple):
    """A part of a list. ``total``: number of items in the whole list, None if the server does not give it."""

    items: Sequence[Mapping[str, Any]]
    total: Optional[int] = None

    def is_last(self, before: int, limit: int) -> bool:
        """Whether the list ends here. ``before``: items on the pages before; ``limit``: the most items on a page.

        A full page never counts as the last one, even by the total: some servers give the number on the page.
        """
        count = len(self.items)
        if not count:
            return True
        left = -1 if self.total is None else self.total - before - count
        if left > 0 or count >= limit:
            return False
        # A total below the number of received items has no meaning.
        return left == 0 or before > 0 or count not in _CUT_AT


def all_of(page_at: Callable[[int], Page], limit: int, what: str) -> Iterator[Mapping[str, Any]]:
    """Yield the items of all pages, each id once. It ends at the latest after a page without new items.

    Raises ApiError for a list that cannot be read to its end, because unseen objects would be created again.
    """
    seen: set[str] = set()
    offset, asked = 0, limit
    while True:
        page = page_at(offset)
        fresh = {item["id"]: item for item in page.items if item["id"] not in seen}
        seen.update(fresh)
        yield from fresh.values()
        if not fresh and len(page.items) >= asked:
            words = "%s answered one page for two offsets: a proxy drops the query, or answers for it" % what
            raise ApiError(words, code=WRONG_ANSWER)
        if not fresh or page.is_last(offset, limit):
            return
        if len(seen) > MOST:
            words = "%s answered more than %d entries, and the list goes on" % (what, MOST)
            raise ApiError(words, code=WRONG_ANSWER)
        limit = min(limit, len(page.items))
        offset += len(page.items)
