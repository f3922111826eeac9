# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API v1: an object and its metadata are updated by one write, so that none of them can undo another."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.server import V1Server
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Change, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._journal import Journal
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.note import NOTE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT

MODEL = "00000000-0000-4000-8000-000000000001"
CHILDREN = (THREAT, DOCUMENT, SOURCE, ASSET, NOTE)
Json = Any


class Echo:
    """A transport that keeps what is sent and answers with it, as PUT does (V1-PUT)."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, Json]] = []
        self.journal = Journal()

    def request(self, method: str, path: str, json: Json = None, **options: Any) -> Any:
        self.sent.append((method, path, json))
        return SimpleNamespace(data={"id": "i0"} if method == "PATCH" else json)


def change(resource: Any, number: int, metadata: dict[str, str], removed: tuple[str, ...] = ()) -> Change:
    """Return a change of an object that holds ``team`` and ``foreign``, as reading found them."""
    values = {"name": "n%d" % number, "uri": "https://example.com", "content": "c", "type": "data", "severity": "low"}
    values = {name: value for name, value in values.items() if name in resource.by_name}
    stored = {"team": "old", "foreign": "kept"}
    actual = Entity(resource, "i%d" % number, values, stored, {}, stored, MODEL, {"id": "i%d" % number})
    return Change(
        "update", resource, ("M", "n"), None, actual, values, ("name",), {}, metadata, metadata_removed=removed
    )


def metadata_of(body: Json) -> dict[str, str]:
    return {entry["key"]: entry["value"] for entry in body["metadata"]}


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("resource", CHILDREN, ids=lambda resource: resource.name)
def test_metadata_go_with_the_object(resource: Any, count: int) -> None:
    echo = Echo()
    server = V1Server(echo)  # type: ignore[arg-type]
    changes = [change(resource, i, {"team": "new", "wave": "2"}) for i in range(count)]
    after = server.update_many(changes)
    bodies = [body for _method, _path, json in echo.sent for body in (json if isinstance(json, list) else [json])]
    assert {method for method, _path, _json in echo.sent} == {"PUT"}
    assert [metadata_of(body) for body in bodies] == [{"team": "new", "foreign": "kept", "wave": "2"}] * count
    assert [entity.stored_metadata for entity in after] == [metadata_of(body) for body in bodies]


@pytest.mark.parametrize("resource", CHILDREN, ids=lambda resource: resource.name)
def test_the_last_metadata_go_with_the_object_unless_it_is_an_asset(resource: Any) -> None:
    echo = Echo()
    server = V1Server(echo)  # type: ignore[arg-type]
    gone = ("team", "foreign")
    (after,) = server.update_many([change(resource, 0, {}, gone)])
    server.write_metadata(after, {}, gone)
    if resource is ASSET:  # takes no empty list, keeps what is left out
        assert "metadata" not in echo.sent[0][2]
        assert echo.sent[1:] == [("PUT", "/threat_models/%s/assets/i0/metadata/bulk" % MODEL, [])]
    else:
        assert [json["metadata"] for _method, _path, json in echo.sent] == [[]]


def test_a_diagram_is_patched_for_a_put_would_clear_its_cells() -> None:
    echo = Echo()
    server = V1Server(echo)  # type: ignore[arg-type]
    server.update_many([change(DIAGRAM, 0, {})])
    assert [(method, path) for method, path, _json in echo.sent] == [("PATCH", "/threat_models/%s/diagrams/i0" % MODEL)]
