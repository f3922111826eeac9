# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Threats, documents, repositories, assets and notes: one set of operations, configured by a `Kind`.

The members of an answer depend on the method, because the server answers some writes with the request and others with
the stored object (V1-THREATS to V1-BULK).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .... import validation as v
from ....store import DELETED, Item
from ....web.rest import Answer, ApiError, Call, Route
from .. import bodies, errors, schemas, versions
from ..texts import text
from . import item_patch, items

Json = Any
FLAGS = ("include_in_report", "timmy_enabled")
TIMES = ("created_at", "modified_at")
# Maximum lengths of the database columns. Schemas and patches may accept more.
LONGEST = {"name": 256, "severity": 50, "status": 128, "priority": 256, "criticality": 128, "sensitivity": 128}
TOO_LONG = "request violates a data constraint"
EMBEDDED = (
    *("name", "description", "severity", "mitigation", "priority", "status", "score", "issue_uri"),
    *("diagram_id", "cell_id", "asset_id"),
)


def _nothing(call: Call, body: dict[str, Json]) -> None:
    """Accept everything."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The differences of one kind of object.

    `texts` are sanitised as plain texts. `addresses` are checked in a PATCH. `check` makes checks that a schema cannot.
    If `blank` texts of a new object are blank after that, which the schema accepts, the server fails. A PUT with blank
    `blank_in_put` is refused. Missing members are taken from `injected` as if they had been sent, or from `defaults`
    when they are stored, which answers to writes do not show. Answers show `fixed`. A single POST also stores
    `only_single`. `get`, `post`, `put`, `patched`, `bulk_post` name the members set by the server in these answers.
    `most` is the limit of bulk requests, 0 for none.
    """

    name: str
    schema: v.Schema
    patch: item_patch.Paths
    texts: tuple[str, ...] = ("name", "description")
    markup: str = ""
    addresses: Mapping[str, Callable[[Call, str], None]] = field(default_factory=dict)
    blank: tuple[str, ...] = ()
    blank_in_put: tuple[str, ...] = ()
    check: Callable[[Call, dict[str, Json]], None] = _nothing
    injected: Mapping[str, Json] = field(default_factory=lambda: dict.fromkeys(FLAGS, True))
    defaults: Mapping[str, Json] = field(default_factory=dict)
    fixed: Mapping[str, Json] = field(default_factory=dict)
    only_single: Mapping[str, Json] = field(default_factory=dict)
    read_only: tuple[str, ...] = ("id", "created_at", "modified_at", "alias")
    versioned: bool = True
    most: int = 20
    get: tuple[str, ...] = ("alias", *TIMES)
    post: tuple[str, ...] = ("alias", *TIMES)
    put: tuple[str, ...] = ("modified_at",)
    patched: tuple[str, ...] = ("alias", *TIMES)
    bulk_post: tuple[str, ...] = ("alias",)
    not_listed: tuple[str, ...] = ()
    created_at_once: bool = True  # objects of a bulk POST have the same time
    named_in_bulk: bool = False  # a bulk PUT requires a name that is optional elsewhere
    keeps_metadata_of_post: bool = True
    clears_metadata: bool = True  # for an empty list in a PUT
    put_begins_without_metadata: bool = False  # also for a PUT without a list, or with one that cannot be stored


class Children:
    """The operations on one kind of object."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind
        own = ("metadata", "id", "picker_registration")
        self._client_members = tuple(name for name in kind.schema.members if name not in own)
        plural = items.PLURAL[kind.name]
        self.many = f"/threat_models/{{threat_model_id}}/{plural}"
        self.one = f"{self.many}/{{{kind.name}_id}}"
        self._refuse = schemas.refusing(kind.read_only, dangerous=not kind.markup)
        self.some = schemas.some(f"No {plural} provided")
        self._bulk_post = v.list_of(kind.schema, 0, kind.most)
        name = {"name": v.Member(kind.schema.members["name"].check, required=True)} if kind.named_in_bulk else {}
        self.check_bulk_put = v.list_of(schemas.with_id(kind.schema, **name), 0, kind.most)

    # ------------------------------------------------------------------------------------------ forms
    def view(self, item: Item, metadata: list[dict[str, str]]) -> dict[str, Json]:
        """Return the form of GET."""
        return {**self._shown(item, self.kind.get), **self.kind.fixed, "metadata": metadata}

    def stored_view(self, call: Call, item: Item) -> dict[str, Json]:
        """Return one object with its metadata."""
        return self.view(item, call.sandbox.store.metadata(item.id))

    def _shown(self, item: Item, own: tuple[str, ...]) -> dict[str, Json]:
        """Return the members of an object that are not empty, and the requested members of the server."""
        body = item.body
        return {
            "id": item.id,
            **{name: body[name] for name in self._client_members if body.get(name) not in (None, "")},
            **_own(item, own),
        }

    def echo(self, item: Item, given: dict[str, Json], own: tuple[str, ...]) -> dict[str, Json]:
        """Return the request as answers to POST and PUT repeat it, including empty members."""
        return {
            "id": item.id,
            **{name: given[name] for name in (*self._client_members, "metadata") if given.get(name) is not None},
            **_own(item, own),
        }

    def cleaned(self, given: dict[str, Json]) -> dict[str, Json]:
        """Return a body with defaults for missing or null members, and with its texts in stored form."""
        body = {**given, **{name: one for name, one in self.kind.injected.items() if given.get(name) is None}}
        for name in self.kind.texts:
            if body.get(name):
                body[name] = text.plain(body[name])
        if self.kind.markup:
            body[self.kind.markup] = self.cleaned_markup(body[self.kind.markup])
        return {**body, "metadata": schemas.clean_metadata(given.get("metadata"))}

    def cleaned_markup(self, value: str) -> str:
        """Return the stored form of a note's content, which must not be empty."""
        cleaned = text.markdown(value)
        if not cleaned.strip() and value.strip():
            raise errors.invalid(
                f"{self.kind.markup} is empty after sanitization; it consisted entirely of markup that is not permitted"
            )
        return cleaned

    def _stored(self, given: dict[str, Json]) -> dict[str, Json]:
        return {
            **self.kind.defaults,
            **{name: given[name] for name in self._client_members if given.get(name) is not None},
        }

    # ------------------------------------------------------------------------------------------ single
    def _new(self, call: Call, given: dict[str, Json], item_id: str = "", now: str = "", **more: Json) -> Item:
        """Store a new object. A flag that is false is lost (V1-FLAGS)."""
        body = {**self._stored(given), **dict.fromkeys(FLAGS, True), **more}
        return items.new(call, self.kind.name, body, item_id, now=now)

    def _keep_metadata(self, call: Call, item: Item, entries: list[dict[str, str]] | None) -> None:
        """Set the metadata of an object. All are lost if the store does not accept one of the keys."""
        if entries is not None and schemas.storable(entries):
            call.sandbox.store.replace_metadata(item.id, entries)

    def create(self, call: Call) -> Answer:
        """Create an object."""
        given = self.cleaned(call.input)
        self.kind.check(call, given)
        self._refuse_blank(given, self.kind.name)
        item = self._new(call, given, **self.kind.only_single)
        if self.kind.keeps_metadata_of_post:
            self._keep_metadata(call, item, given["metadata"])
        return Answer(201, {**self.echo(item, given, self.kind.post), **self.kind.fixed})

    def _refuse_blank(self, given: dict[str, Json], what: str) -> None:
        """Fail as the database does if a required text is blank."""
        if any(not (given.get(name) or "x").strip() for name in self.kind.blank):
            raise errors.error(500, "server_error", f"Failed to create {what}")

    def listed(self, call: Call) -> Answer:
        """List objects, the newest first. Owners and administrators can also list deleted ones."""
        store, model_id, kind = call.sandbox.store, call.params["threat_model_id"], self.kind.name
        limit, offset = items.page(call)
        if items.with_deleted(call):
            found = [*store.items(kind, model_id), *store.items(DELETED + kind, model_id)]
            found = sorted(found, key=lambda item: item.id)
            found.sort(key=lambda item: item.created_at, reverse=True)
            total, found = len(found), found[offset : offset + limit]
        else:
            total = store.count_items(kind, model_id)
            found = store.items(kind, model_id, limit=limit, offset=offset, ties="id")
        return items.wrapped(call, items.PLURAL[kind], self.list_views(call, found), total)

    def list_views(self, call: Call, found: list[Item]) -> list[Json]:
        """Return entries of a list."""
        hidden = self.kind.not_listed
        metadata = {} if "metadata" in hidden else call.sandbox.store.metadata_of([item.id for item in found])
        whole = [self.view(item, metadata.get(item.id, [])) for item in found]
        return [{name: one[name] for name in one if name not in hidden} for one in whole] if hidden else whole

    def get(self, call: Call) -> Answer:
        """Return one object."""
        return Answer(200, self.stored_view(call, items.of(call, self.kind.name)))

    def replace(self, call: Call) -> Answer:
        """Replace an object."""
        item, given = items.of(call, self.kind.name), self.cleaned(call.input)
        headers = versions.bump(call, item.body) if self.kind.versioned else {}
        self.kind.check(call, given)
        self.refuse_blank_put(given, headers)
        self.overwrite(call, item, given)
        return Answer(200, self.echo(item, given, self.kind.put), headers)

    def refuse_blank_put(self, given: dict[str, Json], headers: dict[str, str]) -> None:
        """Refuse a text that has become blank."""
        for name in self.kind.blank_in_put:
            if not (given.get(name) or "x").strip():
                raise errors.error(400, "invalid_input", f"{name}: cannot be empty", headers)

    def overwrite(self, call: Call, item: Item, given: dict[str, Json]) -> None:
        """Store a full new state."""
        own = {name: one for name, one in item.body.items() if name not in self._client_members}
        item.body = {**own, **self._stored(given), "modified_at": call.sandbox.clock.stamp()}
        call.sandbox.store.update_item(item)
        entries = given["metadata"]
        if self.kind.put_begins_without_metadata:
            call.sandbox.store.replace_metadata(item.id, [])
        if entries or self.kind.clears_metadata:
            self._keep_metadata(call, item, entries)

    def patch(self, call: Call) -> Answer:
        """Change parts of an object."""
        item = items.of(call, self.kind.name)
        headers = self.patch_item(call, item, call.input, versioned=self.kind.versioned)
        shown = {**self._shown(item, self.kind.patched), **self.kind.fixed}
        return Answer(200, {**shown, "metadata": call.sandbox.store.metadata(item.id)}, headers)

    def patch_item(
        self, call: Call, item: Item, operations: list[dict[str, Json]], *, versioned: bool
    ) -> dict[str, str]:
        """Apply operations to an object and store it. Return the headers of the answer."""
        kind = self.kind
        item_patch.refuse_read_only(operations)
        clean: dict[str, Callable[[str], str]] = dict.fromkeys(kind.texts, text.plain)
        if kind.markup:
            clean[kind.markup] = self.cleaned_markup
        operations = item_patch.cleaned(operations, clean)
        for name, check in kind.addresses.items():
            for address in filter(None, item_patch.written(operations, name)):
                check(call, address)
        headers = versions.pending(call) if versioned else {}
        body = item_patch.applied(item.body, operations, kind.patch, headers)
        if any(len(body.get(name) or "") > most for name, most in LONGEST.items()):
            raise errors.error(400, "invalid_input", TOO_LONG, headers)
        if versioned:
            headers = versions.bump(call, body)
        item.body = {**body, "modified_at": call.sandbox.clock.stamp()}
        call.sandbox.store.update_item(replace(item, body=_in_columns(item.body)))
        return headers

    def delete(self, call: Call) -> Answer:
        """Delete an object so that it can be restored."""
        return items.delete(call, self.kind.name, items.of(call, self.kind.name))

    def restore(self, call: Call) -> Answer:
        """Restore an object with its metadata."""
        return Answer(200, self.stored_view(call, items.restore(call, self.kind.name)))

    # ------------------------------------------------------------------------------------------ bulk
    def create_bulk(self, call: Call) -> Answer:
        """Create objects, all or none. Clients may choose identifiers. Metadata are returned, but not stored."""
        every = [self.cleaned(one) for one in call.input]
        for given in every:
            if given.get("id") is not None and not v.UUID.fullmatch(str(given["id"])):
                raise errors.invalid(f"Invalid request body: invalid UUID length: {len(str(given['id']))}")
            given["id"] = str(given.get("id") or "").lower()
            self.kind.check(call, given)
            self._refuse_blank(given, items.PLURAL[self.kind.name])
        answers = []
        now = call.sandbox.clock.stamp() if self.kind.created_at_once else ""
        for given in every:
            if given["id"] and call.sandbox.store.whereabouts(given["id"]):
                raise errors.conflict("resource already exists")
            item = self._new(call, given, given["id"], now)
            answers.append(self.echo(item, given, self.kind.bulk_post))
        return Answer(201, answers)

    def replace_bulk(self, call: Call) -> Answer:
        """Replace or create objects one by one. Changes before a failure are kept (V1-BULK)."""
        every = [self.cleaned(one) for one in call.input]
        for given in every:
            self.kind.check(call, given)
        answers = []
        for given in every:
            item = call.sandbox.store.item(self.kind.name, call.params["threat_model_id"], given["id"])
            if item is not None:
                with _keeping_before():
                    self.refuse_blank_put(given, {})
                self.overwrite(call, item, given)
                answers.append(self.echo(item, given, self.kind.put))
                continue
            self._refuse_taken(call, given["id"])
            with _keeping_before():
                self._refuse_blank(given, f"{self.kind.name} {given['id']}")
            item = self._new(call, given, given["id"])
            self._keep_metadata(call, item, given["metadata"])
            answers.append(self.echo(item, given, self.kind.post))
        return Answer(200, answers)

    def _refuse_taken(self, call: Call, item_id: str) -> None:
        """Refuse the identifier of an object of another threat model or of a deleted one. Keep earlier changes."""
        found = call.sandbox.store.whereabouts(item_id)
        if found is None:
            return
        foreign = found == (self.kind.name, found[1])
        reason = f"{self.kind.name.capitalize()} {item_id} not found"
        problem = errors.not_found(reason) if foreign else errors.conflict("resource already exists")
        raise errors.keeping(problem)

    # ------------------------------------------------------------------------------------------ routes
    def _check_put(self, call: Call) -> Json:
        if self.kind.versioned:
            versions.check(call)
        return self.kind.schema(bodies.required(call))

    def _check_patch(self, call: Call) -> Json:
        if self.kind.versioned:
            versions.check(call)
        return schemas.operations(call)

    def routes(self) -> list[Route]:
        """Return the operations of all kinds."""
        return [
            Route("GET", self.many, self.listed, items.check_list, role="reader", then=items.once()),
            Route("POST", self.many, self.create, bodies.checked(self.kind.schema), role="writer", then=self._refuse),
            Route("GET", self.one, self.get, role="reader"),
            Route("PUT", self.one, self.replace, self._check_put, role="writer", then=self._refuse),
            Route("PATCH", self.one, self.patch, self._check_patch, role="writer", then=schemas.some_operations),
            Route("DELETE", self.one, self.delete, role="writer"),
            Route("POST", self.one + "/restore", self.restore, role="owner"),
        ]

    def bulk_routes(self) -> list[Route]:
        """Return the bulk operations."""
        bulk = self.many + "/bulk"
        return [
            Route("POST", bulk, self.create_bulk, bodies.checked(self._bulk_post), role="writer", then=self.some),
            Route("PUT", bulk, self.replace_bulk, bodies.checked(self.check_bulk_put), role="writer", then=self.some),
        ]


@contextmanager
def _keeping_before() -> Iterator[None]:
    """Let the failure of a check keep earlier changes."""
    try:
        yield
    except ApiError as problem:
        raise errors.keeping(problem) from None


def _in_columns(body: dict[str, Json]) -> dict[str, Json]:
    """Return a body in the form of the database. A score has one decimal there, although the answer shows all."""
    score = body.get("score")
    if not isinstance(score, float):
        return body
    rounded = float(Decimal(repr(score)).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return {**body, "score": int(rounded) if rounded.is_integer() else rounded}


def _own(item: Item, wanted: tuple[str, ...]) -> dict[str, Json]:
    """Return members that the server sets."""
    body = item.body
    shown = {name: body[name] for name in wanted if name in body}
    if "created_at" in wanted:
        shown["created_at"] = item.created_at
    if "threat_model_id" in wanted:
        shown["threat_model_id"] = item.model_id
    return shown


def embedded_threat(item: Item, metadata: list[dict[str, str]]) -> dict[str, Json]:
    """Return a threat as in GET of its threat model, which shows few members, and also deleted threats."""
    body = item.body
    return {
        "id": item.id,
        "threat_model_id": item.model_id,
        **{name: body[name] for name in EMBEDDED if body.get(name) not in (None, "")},
        "mitigated": bool(body.get("mitigated")),
        "threat_type": body["threat_type"],
        "metadata": metadata,
        "created_at": item.created_at,
        "modified_at": body["modified_at"],
    }
