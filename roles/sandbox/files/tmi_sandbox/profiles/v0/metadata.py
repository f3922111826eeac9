# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metadata, with the same operations at five levels: threat model, threat, document, source, diagram (V0-METADATA)."""

from __future__ import annotations

from typing import Any

from ... import validation as v
from ...web.rest import Answer, Call, Route, invalid, not_found
from . import items, schemas

Json = Any
MODEL = "/threat_models/{threat_model_id}"
BULK = v.list_of(schemas.ENTRY, 1, schemas.BULK_MOST, "No metadata entries provided")
LEVELS = [
    ("", MODEL),
    *((kind, f"{MODEL}/{kind}s/{{{kind}_id}}") for kind in ("threat", "document", "source", "diagram")),
]


def _check_bulk(call: Call) -> Json:
    entries = BULK(v.json_body(call))
    keys = [entry["key"] for entry in entries]
    for key in keys:
        if keys.count(key) > 1:
            raise invalid(f"Duplicate metadata key found: {key}")
    return entries


class Level:
    """The operations at one level. `kind` is the kind of the object, "" for the threat model itself."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def _owner(self, call: Call) -> str:
        return items.of(call, self._kind).id if self._kind else call.params["threat_model_id"]

    def listed(self, call: Call) -> Answer:
        """Return all entries, sorted by key."""
        return Answer(200, call.sandbox.store.metadata(self._owner(call)))

    def add(self, call: Call) -> Answer:
        """Add or replace one entry."""
        call.sandbox.store.put_metadata(self._owner(call), [call.input])
        return Answer(201, call.input)

    def add_bulk(self, call: Call) -> Answer:
        """Add or replace entries, keep others, and return all of them."""
        owner = self._owner(call)
        call.sandbox.store.put_metadata(owner, call.input)
        return Answer(201, call.sandbox.store.metadata(owner))

    def get(self, call: Call) -> Answer:
        """Return one entry."""
        for entry in call.sandbox.store.metadata(self._owner(call)):
            if entry["key"] == call.params["key"]:
                return Answer(200, entry)
        raise not_found("Metadata entry not found")

    def replace(self, call: Call) -> Answer:
        """Replace the value of an entry. The key in the URL is used."""
        self.get(call)
        entry = {"key": call.params["key"], "value": call.input["value"]}
        call.sandbox.store.put_metadata(self._owner(call), [entry])
        return Answer(200, entry)

    def delete(self, call: Call) -> Answer:
        """Remove one entry."""
        if not call.sandbox.store.delete_metadata(self._owner(call), call.params["key"]):
            raise not_found("Metadata entry not found")
        return items.deleted()

    def routes(self, path: str) -> list[Route]:
        """Return the operations below the path of an object."""
        many, one = path + "/metadata", path + "/metadata/{key}"
        return [
            Route("GET", many, self.listed, role="reader"),
            Route("POST", many, self.add, v.body(schemas.ENTRY), role="writer"),
            Route("POST", many + "/bulk", self.add_bulk, _check_bulk, role="writer"),
            Route("GET", one, self.get, role="reader"),
            Route("PUT", one, self.replace, v.body(schemas.ENTRY_VALUE), role="writer"),
            Route("DELETE", one, self.delete, role="owner"),
        ]


ROUTES = [route for kind, path in LEVELS for route in Level(kind).routes(path)]
