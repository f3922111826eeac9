# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists are read to their end, whatever a server or a proxy makes of limit, offset and total."""

from __future__ import annotations

from typing import Any, List, Optional

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api import paging
from ansible_collections.tmi.tmi.plugins.module_utils._api.paging import PAGE, Page, all_of
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError


class Server:
    """A list of ``size`` items, given ``most`` at a time; counts what it is asked."""

    def __init__(self, size: int, most: int = PAGE, total: Any = "true", ignores_offset: bool = False) -> None:
        self.size = size
        self.most = most
        self.total = total
        self.ignores_offset = ignores_offset
        self.requests = 0

    def page(self, offset: int) -> Page:
        self.requests += 1
        assert self.requests < 200
        start = 0 if self.ignores_offset else offset
        items = [{"id": str(number)} for number in range(start, min(start + self.most, self.size))]
        totals: Any = {"true": self.size, "none": None, "page": len(items), "more": self.size + 7, "zero": 0}
        return Page(items, totals[self.total])

    def read(self) -> List[str]:
        return [item["id"] for item in all_of(self.page, PAGE, "GET /x")]


@pytest.mark.parametrize("total", ["true", "none", "page", "more", "zero"])
@pytest.mark.parametrize("size", [0, 1, 21, 99, 100, 101, 250, 300])
def test_every_item_once(size: int, total: str) -> None:
    assert Server(size, total=total).read() == [str(number) for number in range(size)]


@pytest.mark.parametrize(("most", "total"), [(50, "true"), (7, "true"), (50, "none"), (10, "none")])
@pytest.mark.parametrize("size", [0, 1, 49, 50, 51, 120])
def test_a_server_that_gives_fewer_than_it_is_asked_for(size: int, most: int, total: str) -> None:
    assert Server(size, most, total).read() == [str(number) for number in range(size)]


@pytest.mark.parametrize("total", ["true", "none", "page", "more", "zero"])
@pytest.mark.parametrize("size", [0, 3, 50])
def test_a_short_list_behind_a_proxy_that_drops_the_offset(size: int, total: str) -> None:
    """It ends, after one request that brought nothing new."""
    server = Server(size, total=total, ignores_offset=True)
    assert server.read() == [str(number) for number in range(size)]
    assert server.requests <= 2


@pytest.mark.parametrize("total", ["true", "none", "page", "more", "zero"])
@pytest.mark.parametrize("size", [100, 150])
def test_a_long_list_behind_a_proxy_that_drops_the_offset(size: int, total: str) -> None:
    """A part must not pass for the whole: what is not seen would be created once more."""
    server = Server(size, total=total, ignores_offset=True)
    with pytest.raises(ApiError, match="GET /x answered one page for two offsets"):
        server.read()
    assert server.requests == 2


@pytest.mark.parametrize(
    ("size", "total", "requests"),
    [
        (0, "true", 1),
        (3, "true", 1),
        (3, "none", 1),
        (50, "true", 1),
        (99, "none", 1),
        (100, "true", 2),
        (150, "none", 2),
    ],
)
def test_no_request_more_than_it_takes(size: int, total: Optional[str], requests: int) -> None:
    server = Server(size, total=total)
    server.read()
    assert server.requests == requests


def test_items_that_move_between_pages_come_once() -> None:
    pages = {0: Page([{"id": "a"}, {"id": "b"}], 4), 2: Page([{"id": "b"}, {"id": "c"}], 4), 4: Page([], 4)}
    assert [item["id"] for item in all_of(lambda offset: pages[offset], 2, "GET /x")] == ["a", "b", "c"]


def test_a_list_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "MOST", 1000)

    def page(offset: int) -> Page:
        return Page([{"id": str(number)} for number in range(offset, offset + PAGE)], None)

    with pytest.raises(ApiError, match=r"GET /x answered more than 1000 entries"):
        list(all_of(page, PAGE, "GET /x"))
