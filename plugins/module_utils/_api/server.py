# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The common part of all generations of the API: paging, kept lists, deletion, waiting."""

from __future__ import annotations

import json
import random
import threading
from dataclasses import replace
from typing import (
    Any,
    Callable,
    Collection,
    ContextManager,
    Dict,
    FrozenSet,
    Iterator,
    Mapping,
    Optional,
    Sequence,
    Tuple,
)
from urllib.parse import quote

from .._engine.tree import Change, Entity
from .._errors import ApiError, MissingError
from .._files.lock import held
from .._http.request import Response
from .._http.shapes import Shape, refusal
from .._http.transport import Transport
from .._journal import Journal
from .._login.calls import userinfo
from .._login.tokens import jwt_claims
from .._parallel import in_parallel
from .._resources._resource import OWN_PREFIX, Resource
from .._resources._storage import reserved_keys_used, separate_metadata
from .._resources.threat_model import THREAT_MODEL
from . import info_reads
from .paging import PAGE, Page, all_of
from .person import email_of
from .rules import BaseRules
from .wire_shapes import ALL_METADATA, SESSIONS

#: Seconds to wait in addition, because the server may still commit a write that timed out (ENGINE-5).
_SETTLE_PAUSE = 2.0

#: Answers from which the generation was detected: (path, parameters) -> answer.
Prefetched = Dict[Tuple[str, str], Response]


class BaseServer:
    """Reads and deletes through one transport; a generation adds its paths, forms and writes.

    ``prefetched`` holds the answers to the requests of the detection; each is used once.
    """

    rules: BaseRules
    #: Fields of a model in the items of the list of models; a generation may add some.
    listed_fields: FrozenSet[str] = frozenset(
        ("id", "name", "description", "framework", "issue_uri", "owner", "created_by", "created_at", "modified_at")
    )
    #: Kind -> shape of an object, and of a list of objects.
    shapes: Mapping[str, Shape] = {}
    page_shapes: Mapping[str, Shape] = {}
    #: Path of the list of collaboration sessions that the caller can see.
    sessions_path = "/collaboration/sessions"
    has_webhooks = False

    def __init__(self, transport: Transport, prefetched: Optional[Prefetched] = None) -> None:
        self.transport = transport
        self._prefetched = dict(prefetched or {})
        self._models: Optional[list[Entity]] = None
        self._size = PAGE
        self._sessions: Optional[Mapping[str, Sequence[str]]] = None
        self._lock = threading.Lock()

    @property
    def journal(self) -> Journal:
        """The record of all writes through the transport."""
        return self.transport.journal

    # ------------------------------------------------------------------------------------------------- reading
    def get(self, path: str, shape: Shape, params: Optional[Mapping[str, Any]] = None, what: str = "") -> Any:
        """Return the JSON of a GET; the answer of the detection is used, and checked, if there is one."""
        known = self._prefetched.pop(request_key(path, params), None) if self._prefetched else None
        if known is None:
            return self.transport.request("GET", path, params=params, what=what, role="reader", shape=shape).data
        wrong = refusal(shape, known.data)
        if wrong:
            raise self.transport.mismatch("GET", path, known.status, wrong, what)
        return known.data

    def pages(
        self, path: str, resource: Resource, filters: Optional[Mapping[str, str]] = None, size: Optional[int] = None
    ) -> Iterator[Mapping[str, Any]]:
        """Yield all items of a list of objects of one kind; an item that moves between pages comes only once."""
        what = resource.title + "s"
        limit = size or self._size

        def page(offset: int) -> Page:
            asked = {"limit": limit, "offset": offset, **(filters or {})}
            return self.page_of(resource, self.get(path, self.page_shapes[resource.name], asked, what))

        return all_of(page, limit, "GET %s" % path)

    def page_of(self, resource: Resource, data: Any) -> Page:
        """Return the page in an answer to a list: a bare array, unless the generation has another form."""
        return Page(data)

    def models(self) -> Sequence[Entity]:
        """All models that the caller can read, without children; read once and kept."""
        with self._lock:
            if self._models is None:
                self._models = [self.model_item(item) for item in self.pages("/threat_models", THREAT_MODEL)]
            return self._models

    def with_metadata(self, listed: Sequence[Entity]) -> Sequence[Entity]:
        """Models of the list with their metadata: one request for each, several at once."""
        return [model for model in in_parallel(self._one_with_metadata, listed) if model is not None] if listed else []

    def _one_with_metadata(self, listed: Entity) -> Optional[Entity]:
        try:
            entries = self.get(self.path_of(listed) + "/metadata", ALL_METADATA, what=listed.label)
        except MissingError:
            return None
        metadata = {entry["key"]: entry["value"] for entry in entries or ()}
        own = {key: text for key, text in metadata.items() if key.startswith(OWN_PREFIX)}
        return replace(listed, own_metadata=own, stored_metadata=metadata)

    def models_where(self, wanted: Mapping[str, Any]) -> Sequence[Entity]:
        """All models, or those that the server selects: perhaps more than fit, never fewer.

        ``wanted``: field -> condition, as users write it. If the whole list costs no more requests, it is used.
        """
        filters = self.list_filters(wanted)
        if not filters or self._models is not None or self._is_all_known():
            return self.models()
        return [self.model_item(item) for item in self.pages("/threat_models", THREAT_MODEL, filters)]

    def list_filters(self, wanted: Mapping[str, Any]) -> Mapping[str, str]:
        """Return parameters that shorten the list of models but keep all that fit; none unless a generation has some.

        The real servers of autumn 2025 ignore the parameters that they document.
        """
        return {}

    def _is_all_known(self) -> bool:
        """Whether the detection has read the list, and one page was the whole list."""
        first = self._prefetched.get(request_key("/threat_models", {"limit": PAGE, "offset": 0}))
        if first is None or refusal(self.page_shapes[THREAT_MODEL.name], first.data):
            return False
        return self.page_of(THREAT_MODEL, first.data).is_last(0, PAGE)

    def lifted(
        self, resource: Resource, wire: Mapping[str, Any], values: Mapping[str, Any], metadata: Mapping[str, str]
    ) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
        """Return (values, metadata of people, the collection's own metadata).

        Records entries of people under keys of the collection.
        """
        columns = self.rules.columns(resource)
        found, people, own = separate_metadata(resource, values, metadata, columns)
        strange = reserved_keys_used(resource, people, columns) if people else ()
        if strange:
            label = str(wire.get("name") or wire.get("uri") or wire.get("url") or wire["id"])
            entries = [(key, people[key]) for key in strange]
            self.transport.odd_metadata.add(resource, label, str(wire["id"]), entries)
        return found, people, own

    def is_unknown_person(self, row: Mapping[str, Any], model: Optional[Entity]) -> bool:
        """Whether the server shows that a person has never logged in; False unless the generation can know it."""
        return False

    def model_item(self, item: Mapping[str, Any]) -> Entity:
        """Return one item of the list of models as an object."""
        raise NotImplementedError

    def forget(self) -> None:
        """Drop the kept results of :meth:`models` and :meth:`known_sessions`."""
        with self._lock:
            self._models = self._sessions = None
            self._size = _unusual_size()

    # -------------------------------------------------------------------------------------------- two runs at once
    def find_named(self, resource: Resource, parent_id: Optional[str], names: Sequence[str]) -> Sequence[Entity]:
        """All objects of a kind, as lists show them, the oldest first; never from kept lists."""
        filters = self.list_filters({"name": names[0]}) if resource is THREAT_MODEL and len(names) == 1 else {}
        items = self.pages(self.list_path(resource, parent_id), resource, filters, _unusual_size())
        return self.in_order([self.listed(resource, item, parent_id) for item in items])

    def in_order(self, listed: Sequence[Entity]) -> list[Entity]:
        """Return objects of a list with the oldest first; lists without times begin with the newest (API v0)."""

        def age(place: int) -> tuple[str, str, int]:
            created = str(listed[place].values.get("created_at") or "")
            return created, listed[place].id if created else "", -place

        return [listed[place] for place in sorted(range(len(listed)), key=age)]

    def list_path(self, resource: Resource, parent_id: Optional[str]) -> str:
        """Return the path of a list of objects."""
        return collection_path(resource, parent_id, resource.plural)

    def listed(self, resource: Resource, item: Mapping[str, Any], parent_id: Optional[str]) -> Entity:
        """Return one item of a list as an object."""
        raise NotImplementedError

    def reread(self, entity: Entity) -> Optional[Entity]:
        """The current state of one object, without its children; None if it no longer exists."""
        try:
            found = self.get(self.path_of(entity), self.shapes[entity.resource.name], what=entity.label)
            return self.listed(entity.resource, found, entity.parent_id)
        except MissingError:
            return None

    def exclusively(self, places: Sequence[str], since: float) -> ContextManager[bool]:
        """Lock these places against other runs of this user on this machine; yields whether one had them since then."""
        settings = self.transport.settings
        return held(settings.url, places, since, settings.retry_timeout, self.transport.sleep)

    def wait(self, seconds: float) -> None:
        """Wait for about so many seconds."""
        self.transport.sleep(seconds * random.uniform(0.8, 1.2))

    def counts(self, listed: Entity) -> Mapping[str, int]:
        """Known numbers of children of a model of :meth:`models` (``threat_count`` …)."""
        return info_reads.counts(listed.raw)

    def sessions(self) -> list[dict[str, Any]]:
        """All collaboration sessions that the caller can see (shape: ``info_reads.session``)."""
        return [info_reads.session(found) for found in self.session_list()]

    def session_list(self) -> Sequence[Mapping[str, Any]]:
        """The same in the form of the server."""
        found: Sequence[Mapping[str, Any]] = self.get(self.sessions_path, SESSIONS, what="collaboration sessions")
        return found

    def open_sessions(self) -> Mapping[str, Sequence[str]]:
        """Participants of every session that the caller can see, by id of the diagram and by id of its model."""
        people: dict[str, list[str]] = {}
        for found in self.session_list():
            names = {email_of(one) or "?" for one in found.get("participants") or [found.get("host")]}
            for name in ("diagram_id", "threat_model_id"):
                people.setdefault(found[name], []).extend(sorted(names))
        return people

    def known_sessions(self) -> Mapping[str, Sequence[str]]:
        """The same, read once and kept for all models that are planned."""
        with self._lock:
            if self._sessions is None:
                self._sessions = self.open_sessions()
            return self._sessions

    def caller(self) -> str:
        """E-mail of the user who is logged in; from the token if it has one, which needs no request."""
        claims = jwt_claims(self.transport.access_token())
        claimed = claims.get("email")
        return claimed if claimed and isinstance(claimed, str) else str(userinfo(self.transport).get("email") or "")

    # ------------------------------------------------------------------------------------------------- writing
    def deleted(self, model: Entity, ids: Mapping[Resource, Collection[str]]) -> Mapping[str, Sequence[Entity]]:
        """Deleted objects that can be restored; none, unless the generation keeps them."""
        return {}

    def restore(self, deleted: Entity) -> None:
        """Restore an object from :meth:`deleted`."""
        raise NotImplementedError

    def delete(self, actual: Entity) -> None:
        """Delete one object and everything in it; a missing object is no error (V0-B2: the server answers 500)."""
        self.delete_path(self.path_of(actual))
        if actual.parent_id is None:
            self.forget()

    def path_of(self, entity: Entity) -> str:
        """Return the path of one object; generations with other names for kinds replace this."""
        return entity_path(entity)

    def delete_path(self, path: str) -> None:
        """Delete the object at a path; a missing object is no error."""
        try:
            self.transport.request("DELETE", path, expect=(200, 204), role="owner")
        except MissingError:
            pass
        except ApiError as error:
            if error.status != 500 or not self._is_gone(path):
                raise
            self.journal.confirm()

    def _is_gone(self, path: str) -> bool:
        try:
            self.transport.request("GET", path)
        except MissingError:
            return True
        return False

    def settle(self, timed_out: bool, sent_at: float) -> None:
        """Wait until the server has finished or dropped a write that timed out, at most ``settle_timeout``."""
        if timed_out:
            left = sent_at + self.transport.settings.settle_timeout - self.transport.clock()
            self.transport.sleep(max(0.0, left) + _SETTLE_PAUSE)

    def in_batches(
        self, changes: Sequence[Change], size: int, write: Callable[[Sequence[Change]], Sequence[Entity]]
    ) -> list[Entity]:
        """Write changes, at most ``size`` at a time, with the effects of each write for the journal."""
        found: list[Entity] = []
        for at in range(0, len(changes), size):
            with self.journal.part(at, at + size, len(changes)):
                found += write(changes[at : at + size])
        return found


def _unusual_size() -> int:
    """Return a page size that most likely no earlier list had.

    TMI 1.8 caches lists by page size, and may return a list from before a write for some minutes (V1-LIST-CACHE). 99
    is the size for lists with deleted objects (``v1/deleted.py``).
    """
    return PAGE - random.randint(2, PAGE // 2)


def request_key(path: str, params: Optional[Mapping[str, Any]] = None) -> tuple[str, str]:
    """Return the identity of a GET."""
    return path, json.dumps(params, sort_keys=True)


def path_segment(text: str) -> str:
    """Return an id or a key as one segment of a path."""
    return quote(text, safe="")


def collection_path(resource: Resource, parent_id: Optional[str], segment: str) -> str:
    """Return the path of a list: of models, or of the children of one."""
    return "/%s" % segment if parent_id is None else "/threat_models/%s/%s" % (path_segment(parent_id), segment)


def entity_path(entity: Entity, segment: str = "") -> str:
    """Return the path of one object; ``segment``: the generation's name for the kind, if it differs."""
    return "%s/%s" % (
        collection_path(entity.resource, entity.parent_id, segment or entity.resource.plural),
        path_segment(entity.id),
    )
