# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents and sources, which differ only in their members (V0-REFERENCES)."""

from __future__ import annotations

from typing import Any

from ... import validation as v
from ...clock import uuid4
from ...store import Item
from ...web.rest import Answer, Call, Route
from . import items, schemas

Json = Any


class References:
    """The operations on one kind of reference."""

    def __init__(self, kind: str, schema: v.Schema, none: str) -> None:
        self._kind, self._schema = kind, schema
        self._bulk = v.list_of(schema, 1, schemas.BULK_MOST, none)

    @staticmethod
    def _view(item: Item, metadata: list[dict[str, str]] | None) -> dict[str, Json]:
        """Return a reference in the form of answers, without time stamps and without members that were never set."""
        body = {name: value for name, value in item.body.items() if value is not None}
        return {"id": item.id, **body, "description": body.get("description"), "metadata": metadata or None}

    def _views(self, call: Call, found: list[Item]) -> list[dict[str, Json]]:
        metadata = items.metadata(call, found)
        return [self._view(item, metadata.get(item.id)) for item in found]

    def _stored_view(self, call: Call, item: Item) -> dict[str, Json]:
        return self._view(item, call.sandbox.store.metadata(item.id))

    def _create(self, call: Call, body: dict[str, Json], now: str) -> Item:
        item = Item(uuid4(), call.params["threat_model_id"], now, _without_metadata(body))
        call.sandbox.store.add_item(self._kind, item)
        call.sandbox.store.put_metadata(item.id, body.get("metadata") or [])
        return item

    def listed(self, call: Call) -> Answer:
        """List references, the newest first."""
        limit, offset = call.page()
        found = call.sandbox.store.items(self._kind, call.params["threat_model_id"], limit=limit, offset=offset)
        return Answer(200, self._views(call, found))

    def create(self, call: Call) -> Answer:
        """Create a reference."""
        return Answer(201, self._stored_view(call, self._create(call, call.input, call.sandbox.clock.stamp())))

    def create_bulk(self, call: Call) -> Answer:
        """Create references, all or none, and return them in the order of the request."""
        now = call.sandbox.clock.stamp()
        return Answer(201, self._views(call, [self._create(call, body, now) for body in call.input]))

    def get(self, call: Call) -> Answer:
        """Return one reference."""
        return Answer(200, self._stored_view(call, items.of(call, self._kind)))

    def replace(self, call: Call) -> Answer:
        """Replace a reference."""
        item = items.of(call, self._kind)
        item.body = _without_metadata(call.input)
        call.sandbox.store.update_item(item)
        items.replace_metadata(call, item.id, call.input)
        return Answer(200, self._stored_view(call, item))

    def delete(self, call: Call) -> Answer:
        """Remove a reference."""
        call.sandbox.store.delete_item(items.of(call, self._kind).id)
        return items.deleted()

    def _check(self, call: Call) -> Json:
        return self._schema(schemas.refuse_dangerous(v.json_body(call)))

    def routes(self) -> list[Route]:
        """Return the operations."""
        many = f"/threat_models/{{threat_model_id}}/{self._kind}s"
        one = f"{many}/{{{self._kind}_id}}"
        return [
            Route("GET", many, self.listed, role="reader"),
            Route("POST", many, self.create, self._check, role="writer"),
            Route("POST", many + "/bulk", self.create_bulk, v.body(self._bulk), role="writer"),
            Route("GET", one, self.get, role="reader"),
            Route("PUT", one, self.replace, self._check, role="writer"),
            Route("DELETE", one, self.delete, role="owner"),
        ]


def _without_metadata(body: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in body.items() if name != "metadata"}


ROUTES = [
    *References("document", schemas.DOCUMENT, "No documents provided").routes(),
    *References("source", schemas.SOURCE, "No source code references provided").routes(),
]
