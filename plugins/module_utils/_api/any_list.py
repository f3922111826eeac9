# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads all pages of any list of a server, whatever the form of its pages. Pure, but for the function that reads."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, Callable, Mapping, NamedTuple, Optional, Sequence

from .._errors import ApiError, InputError
from .._failures import CONFLICT, WRONG_ANSWER
from .paging import MOST, PAGE, Page

#: Most reads of a whole list from which rows are removed meanwhile.
_READS = 3
#: Members of a page that are lists but not the list itself.
_OTHER_LISTS = ("errors", "warnings", "links")


class Part(NamedTuple):
    """One page. ``cursor``: the value for the next page, "" after the last one; None if pages are found by offset."""

    rows: list[Any]
    total: Optional[int]
    cursor: Optional[str]


def part_of(data: Any) -> Part:
    """Return the page in an answer: a list, or an object with one list in it. Raises InputError for anything else."""
    if isinstance(data, list):
        return Part(data, None, None)
    if isinstance(data, Mapping):
        lists = [name for name, value in data.items() if isinstance(value, list) and name not in _OTHER_LISTS]
        total, cursor = data.get("total"), data.get("next_cursor")
        if len(lists) == 1:
            number = total if isinstance(total, int) and not isinstance(total, bool) else None
            return Part(data[lists[0]], number, str(cursor or "") if "next_cursor" in data else None)
        if not lists and isinstance(total, int):  # a server may leave out an empty list, or write null
            return Part([], total, None)
    raise InputError("the answer is no list", "all_pages")


def all_rows(read: Callable[[Mapping[str, Any]], Any], query: Mapping[str, Any], what: str) -> list[Any]:
    """Return the rows of all pages. ``read`` sends a query and returns the JSON of its answer.

    A list without pages is read once or twice. If rows are removed while it is read, others move to pages that were
    read before, so it is read again. Raises ApiError if pages repeat although more rows were promised, and if rows are
    removed during each of some reads.
    """
    limit = _size(query)
    for _number in range(_READS):
        found = _rows(read, {**query, "limit": limit}, limit, what)
        if found is not None:
            return found
    words = "%s: entries were removed during each of %d reads, so some may be missing. Run it again" % (what, _READS)
    raise ApiError(words, code=CONFLICT)


def _rows(
    read: Callable[[Mapping[str, Any]], Any], asked: Mapping[str, Any], limit: int, what: str
) -> Optional[list[Any]]:
    """Return the rows of all pages, None if some were removed in the meantime."""
    seen: dict[tuple[str, int], Any] = {}
    received, promised, stale = 0, 0, 0
    last: Sequence[Any] = ()
    while True:
        before = len(seen)
        part = part_of(read(asked))
        if promised and part.total is not None and part.total < promised:
            return None
        same: Counter[str] = Counter()
        for row in part.rows:
            name = _identity(row)
            seen.setdefault((name, same[name]), row)
            same[name] += not _has_id(row)
        if len(seen) > MOST:
            raise ApiError("%s answered more than %d entries, and the list goes on" % (what, MOST), code=WRONG_ANSWER)
        fresh = len(seen) > before
        stale = 0 if fresh else stale + 1
        repeated = bool(part.rows) and part.rows == last
        last = part.rows
        if part.cursor is not None:
            if not part.cursor or not fresh:
                break
            asked = {**asked, "cursor": part.cursor}
            continue
        # A page of rows that were added in front, and moved others on, has no new ones.
        if repeated or stale > 1 or Page(part.rows, part.total).is_last(received, limit):
            break
        received += len(part.rows)
        # Some servers give the number on the page as the total: only one beyond the page is a promise.
        promised = part.total if part.total is not None and part.total > received else 0
        asked = {**asked, "offset": received}
    again = not fresh and (repeated or (bool(part.rows) and part.cursor is not None))
    if again and part.total is not None and part.total > len(seen):
        raise ApiError("%s answered the same page twice: %d rows of %d" % (what, before, part.total), code=WRONG_ANSWER)
    return list(seen.values())


def _size(query: Mapping[str, Any]) -> int:
    for name in ("offset", "cursor"):
        if name in query:
            raise InputError("cannot be given with all_pages, which reads from the beginning", "query.%s" % name)
    try:
        size = int(query.get("limit", PAGE))
    except (TypeError, ValueError):
        size = 0
    if size < 1:
        raise InputError("must be a number of 1 or more", "query.limit")
    return size


def _identity(row: Any) -> str:
    return str(row["id"]) if _has_id(row) else json.dumps(row, sort_keys=True)


def _has_id(row: Any) -> bool:
    return isinstance(row, Mapping) and bool(row.get("id"))
