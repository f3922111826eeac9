# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the list of threat models is asked to leave out: never anything that fits."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.server import BaseServer, request_key
from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.shapes import PAGES
from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.list import list_filters
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._http.request import Response
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import MODEL
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import parse_query
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL


@pytest.mark.parametrize(
    ("wanted", "filters"),
    [
        ({"name": "Checkout"}, {"name": "Checkout"}),
        ({"name": " Checkout "}, {"name": "Checkout"}),
        # SQL takes it for an escape; what the server does with it is not what is meant.
        ({"name": "a\\b"}, {}),
        ({"name": "x" * 257}, {}),
        ({"name": "line\nbreak"}, {}),
        ({"name": ""}, {}),
        ({"name": ["A", "B"]}, {}),
        ({"name": {"regex": "^A"}}, {}),
        ({"name": {"not": "A"}}, {}),
        ({"owner": "ana@example.com"}, {"owner": "ana@example.com"}),
        ({"owner": "5c1cf1b8"}, {}),
        ({"owner": "is:null"}, {}),
        ({"issue_uri": "https://jira.example.com/1"}, {"issue_uri": "https://jira.example.com/1"}),
        ({"status": "open", "framework": "STRIDE"}, {}),
        ({"modified_at": {"min": "2026-01-01T00:00:00Z"}}, {"modified_after": "2026-01-01T00:00:00Z"}),
        ({"modified_at": {"min": "2026-01-01"}}, {}),
        ({"modified_at": {"max": "2026-01-01T00:00:00Z"}}, {}),
        ({"modified_at": "2026-01-01T00:00:00Z"}, {}),
    ],
)
def test_what_is_asked_for(wanted: Dict[str, Any], filters: Dict[str, str]) -> None:
    assert list_filters(wanted) == filters


def test_conditions_are_handed_on_as_they_were_written() -> None:
    params = {"name": "A", "regex": "x", "filters": {"owner": "a@b", "framework": None, "metadata.team": "t"}}
    assert parse_query(MODEL, params).wanted() == {"name": "A", "owner": "a@b"}


class Server(BaseServer):
    """Two models on the server; ``asked`` holds the parameters of each request for a list."""

    page_shapes = PAGES

    def __init__(self, filters: Dict[str, str], prefetched: Any = None) -> None:
        super().__init__(None, prefetched)  # type: ignore[arg-type]  # nothing is sent
        self.filters = filters
        self.asked: Any = []

    def list_filters(self, wanted: Any) -> Dict[str, str]:
        return self.filters

    def get(self, path: str, shape: Any, params: Any = None, what: str = "") -> Any:
        self.asked.append(params)
        return [{"id": "1", "name": "A"}] if "name" in params else [{"id": "1", "name": "A"}, {"id": "2", "name": "B"}]

    def model_item(self, item: Any) -> Entity:
        return Entity(THREAT_MODEL, item["id"], {"name": item["name"]})


def test_a_server_that_can_choose_is_asked_to_and_what_it_chose_is_not_taken_for_all() -> None:
    server = Server({"name": "A"})
    assert [model.id for model in server.models_where({"name": "A"})] == ["1"]
    assert server.asked == [{"limit": 100, "offset": 0, "name": "A"}]
    assert [model.id for model in server.models()] == ["1", "2"]
    # Now all are known.
    assert [model.id for model in server.models_where({"name": "A"})] == ["1", "2"]
    assert len(server.asked) == 2


def test_one_that_cannot_gives_all() -> None:
    assert [model.id for model in Server({}).models_where({"name": "A"})] == ["1", "2"]


@pytest.mark.parametrize(("size", "asked"), [(2, "all"), (100, "some")])
def test_a_first_page_that_detection_has_asked_for_is_used_if_it_is_all(size: int, asked: str) -> None:
    page = [{"id": str(number), "name": "A"} for number in range(size)]
    first = {request_key("/threat_models", {"limit": 100, "offset": 0}): Response(200, page, {})}
    server = Server({"name": "A"}, first)
    server.models_where({"name": "A"})
    assert ("name" in server.asked[0]) == (asked == "some")
