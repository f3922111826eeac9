# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metadata, with the same operations at seven levels (V1-METADATA)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .... import validation as v
from ....web.rest import Answer, Call, Route
from .. import bodies, errors, schemas
from ..texts import text
from . import items

Json = Any
MODEL = "/threat_models/{threat_model_id}"
LEVELS = [("", MODEL), *((kind, f"{MODEL}/{items.PLURAL[kind]}/{{{kind}_id}}") for kind in items.MISSING)]
MANY = ("note", "asset")  # kinds with a larger limit of bulk requests
MOST_BYTES = 1024
KEY = re.compile("[a-zA-Z0-9_.:-]{1,256}")
ONE_LINE = v.Schema({"value": v.Member(v.text(1000, 0, schemas.NO_CONTROLS), required=True)}, refuse_unknown=True)
LONG_LINE = v.Schema({"value": v.Member(v.text(1024, 0, schemas.NO_CONTROLS), required=True)}, refuse_unknown=True)


def _cleaned(entry: dict[str, str]) -> dict[str, str]:
    """Return the stored form of an entry, or raise 400 or, for a key that only the store refuses, 500."""
    if not KEY.fullmatch(entry["key"]):
        raise errors.invalid(
            "Metadata key must be 1-256 characters and contain only alphanumeric characters, hyphens, underscores, "
            "dots, and colons"
        )
    if len(entry["value"].encode()) > MOST_BYTES:
        raise errors.invalid("Metadata value must not exceed 1024 bytes")
    return {"key": entry["key"], "value": text.plain(text.refuse_dangerous_value(entry["value"]))}


def _refuse_unstorable(entries: list[dict[str, str]], what: str) -> None:
    if not schemas.storable(entries):
        raise errors.error(500, "server_error", f"Failed to {what}")


class Level:
    """The operations at one level. `kind` is the kind of the object, "" for the threat model itself."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._bulk = v.list_of(schemas.ENTRY, 0, 100 if kind in MANY else 20)
        self._value: Callable[[Json], Json] = ONE_LINE
        if kind == "asset":
            self._value = schemas.ENTRY
        elif kind == "diagram":
            self._value = LONG_LINE

    def _owner(self, call: Call) -> str:
        return items.of(call, self._kind).id if self._kind else call.params["threat_model_id"]

    def listed(self, call: Call) -> Answer:
        """Return all entries, sorted by key."""
        return Answer(200, call.sandbox.store.metadata(self._owner(call)))

    def add(self, call: Call) -> Answer:
        """Add an entry. Its key must be new."""
        owner, entry = self._owner(call), _cleaned(call.input)
        _refuse_unstorable([entry], "create metadata")
        if self._existing(call, owner, [entry]):
            raise errors.conflict(f"Metadata key already exists: {entry['key']}")
        call.sandbox.store.put_metadata(owner, [entry])
        return Answer(201, entry)

    def _existing(self, call: Call, owner: str, entries: list[dict[str, str]]) -> list[str]:
        keys = {entry["key"] for entry in entries}
        return [one["key"] for one in call.sandbox.store.metadata(owner) if one["key"] in keys]

    def _many(self, call: Call, what: str, empty: bool = False) -> tuple[str, list[dict[str, str]]]:
        """Return the object and the entries of a bulk request."""
        if not call.input and not empty:
            raise errors.invalid("No metadata entries provided")
        owner, entries = self._owner(call), [_cleaned(one) for one in call.input]
        keys = [entry["key"] for entry in entries]
        for key in keys:
            if keys.count(key) > 1:
                raise errors.invalid(f"Duplicate metadata key found: {key}")
        _refuse_unstorable(entries, what)
        return owner, entries

    def add_many(self, call: Call) -> Answer:
        """Add entries, all or none. Their keys must be new."""
        owner, entries = self._many(call, "create metadata entries")
        existing = self._existing(call, owner, entries)
        if existing:
            raise errors.conflict(f"Metadata key(s) already exist: {', '.join(existing)}")
        call.sandbox.store.put_metadata(owner, entries)
        return Answer(201, call.sandbox.store.metadata(owner))

    def replace_all(self, call: Call) -> Answer:
        """Replace all entries by these."""
        owner, entries = self._many(call, "replace metadata entries", empty=True)
        call.sandbox.store.replace_metadata(owner, entries)
        return Answer(200, call.sandbox.store.metadata(owner))

    def merge(self, call: Call) -> Answer:
        """Add or replace entries and keep the others."""
        owner, entries = self._many(call, "upsert metadata entries")
        call.sandbox.store.put_metadata(owner, entries)
        return Answer(200, call.sandbox.store.metadata(owner))

    def get(self, call: Call) -> Answer:
        """Return one entry."""
        for entry in call.sandbox.store.metadata(self._owner(call)):
            if entry["key"] == call.params["key"]:
                return Answer(200, entry)
        raise errors.not_found("Metadata entry not found")

    def replace(self, call: Call) -> Answer:
        """Replace the value of an entry. The key in the URL is used."""
        if not call.input["value"]:
            raise errors.invalid("Invalid request body")
        owner, entry = self._owner(call), _cleaned({"key": call.params["key"], "value": call.input["value"]})
        if not self._existing(call, owner, [entry]):
            raise errors.not_found("Metadata not found")
        call.sandbox.store.put_metadata(owner, [entry])
        return Answer(200, entry)

    def delete(self, call: Call) -> Answer:
        """Remove one entry."""
        if not call.sandbox.store.delete_metadata(self._owner(call), call.params["key"]):
            raise errors.not_found("Metadata not found")
        return Answer(204)

    def routes(self, path: str) -> list[Route]:
        """Return the operations below the path of an object."""
        many, bulk, one = path + "/metadata", path + "/metadata/bulk", path + "/metadata/{key}"
        check_bulk = bodies.checked(self._bulk)
        return [
            Route("GET", many, self.listed, role="reader"),
            Route("POST", many, self.add, bodies.checked(schemas.ENTRY), role="writer"),
            Route("POST", bulk, self.add_many, check_bulk, role="writer"),
            Route("PUT", bulk, self.replace_all, check_bulk, role="writer"),
            Route("PATCH", bulk, self.merge, check_bulk, role="writer"),
            Route("GET", one, self.get, role="reader"),
            Route("PUT", one, self.replace, bodies.checked(self._value), role="writer"),
            Route("DELETE", one, self.delete, role="writer"),
        ]


ROUTES = [route for kind, path in LEVELS for route in Level(kind).routes(path)]
