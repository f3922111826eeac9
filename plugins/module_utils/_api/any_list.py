# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads all pages of any list of a server, whatever the form of its pages. Pure, but for the function that reads."""

from __future__ import annotations

import json
from typing import Any, Callable, Mapping, NamedTuple, Optional

from .._errors import ApiError, InputError
from .._failures import WRONG_ANSWER
from .paging import MOST, PAGE, Page

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

    A list without pages is read once or twice. Raises ApiError if pages repeat although more rows were promised.
    """
    limit = _size(query)
    asked: dict[str, Any] = {**query, "limit": limit}
    seen: dict[str, Any] = {}
    while True:
        before = len(seen)
        part = part_of(read(asked))
        for row in part.rows:
            seen.setdefault(_identity(row), row)
        if len(seen) > MOST:
            raise ApiError("%s answered more than %d entries, and the list goes on" % (what, MOST), code=WRONG_ANSWER)
        fresh = len(seen) > before
        if part.cursor is not None:
            if not part.cursor or not fresh:
                break
            asked = {**asked, "cursor": part.cursor}
            continue
        if not fresh or Page(part.rows, part.total).is_last(before, limit):
            break
        asked = {**asked, "offset": len(seen)}
    if part.rows and not fresh and part.total is not None and part.total > len(seen):
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
    found = row.get("id") if isinstance(row, Mapping) else None
    return str(found) if found else json.dumps(row, sort_keys=True)
