# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about long lists behind a proxy that meddles with limit, offset and total."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._http.connection import Connection, RawResponse
from ansible_collections.tmi.tmi.tests.harness.runs import make_faster, run

Json = Any
PAGING = "ansible_collections.tmi.tmi.plugins.module_utils._api.paging:"
#: More than a page.
DOCUMENTS = 120
MOST_REQUESTS = 60


def _limited(most: int) -> Callable[[Json], Json]:
    return lambda query: {**query, "limit": min(most, query["limit"])}


#: How a proxy changes the query of a list.
QUERIES: dict[str, Callable[[Json], Json]] = {
    "no offset": lambda query: {**query, "offset": 0},
    "limit 50": _limited(50),
    "limit 10": _limited(10),
    "nothing": lambda query: query,
}
#: How it changes the total; API v0 has none.
TOTALS: dict[str, Callable[[int, int], Json]] = {
    "as it is": lambda total, count: total,
    "none": lambda total, count: None,
    "too many": lambda total, count: total + 1000,
    "none at all": lambda total, count: 0,
}


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    make_faster(monkeypatch)


def _definition() -> Json:
    documents = {f"d{n}": {"name": f"D{n}", "uri": f"https://wiki.example.com/{n}"} for n in range(DOCUMENTS)}
    return {"tmi_definition": 1, "key": "long", "name": "Long", "documents": documents}


@pytest.mark.promise(
    "Paging ends, and a partial list is never used as a complete one", sample=4, guard=PAGING + "Page.is_last"
)
@pytest.mark.parametrize("total", list(TOTALS))
@pytest.mark.parametrize("query", ["limit 50", "limit 10", "no offset", "nothing"])
def test_long_lists(server: Any, query: str, total: str) -> None:
    server.clear()
    made = run(server, [_definition()])
    assert not made.get("failed"), made["msg"]
    before = server.census()
    exchange, seen = Connection.exchange, []

    def meddled(connection: Connection, method: str, url: str, params: Any = None, *more: Any) -> RawResponse:
        seen.append(url)
        assert len(seen) < MOST_REQUESTS, "the list has no end"
        if not params or "offset" not in params:
            return exchange(connection, method, url, params, *more)
        raw = exchange(connection, method, url, QUERIES[query](params), *more)
        value = json.loads(raw.body)
        if isinstance(value, dict) and "total" in value:
            value["total"] = TOTALS[total](value["total"], 0)
        return raw._replace(body=json.dumps(value).encode())

    with mock.patch.object(Connection, "exchange", meddled):
        again = run(server, [_definition()])
    assert again["changed"] is False, again.get("done")
    assert server.census() == before
    if query == "no offset":
        assert "one page for two offsets" in again["msg"]
    else:
        assert not again.get("failed"), again["msg"]
