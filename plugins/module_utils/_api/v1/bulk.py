# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: writes, and the creation of several objects at once with ids that the run chooses (V1-BULK)."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any, Optional, Sequence

from ..._engine.identity.same_named import is_meant
from ..._engine.restores import key_of
from ..._engine.tree import Change, Entity
from ..._errors import ConflictError
from ..._http.shapes import Listed, Shape
from ..._http.transport import Transport
from ..._resources._resource import Resource
from ..._resources.threat import THREAT
from ..server import BaseServer, Prefetched
from .rules import V1Rules
from .shapes import SHAPES
from .wire import metadata_to_wire, to_wire

#: Objects in one bulk call, and entries in one bulk write of metadata (V1-BULK, V1-METADATA).
BULK = 20
#: Most ids of a series that are tried before the conflict is reported.
_MOST_IDS = 20


class BulkServer(BaseServer):
    """The write calls of a server of generation v1."""

    rules = V1Rules()

    def __init__(self, transport: Transport, prefetched: Optional[Prefetched] = None) -> None:
        super().__init__(transport, prefetched)
        #: Chosen ids that belong to another object, as a conflict has shown.
        self.used_ids: set[str] = set()

    def send(self, method: str, path: str, body: Any, shape: Shape, needs: str = "writer", **options: Any) -> Any:
        """Write and return the answer. ``needs``: the role that the account needs."""
        return self.transport.request(
            method, path, json=body, expect=(200, 201), role=needs, shape=shape, **options
        ).data

    def send_all(self, method: str, path: str, resource: Resource, bodies: Sequence[Any]) -> list[Any]:
        """Write several objects with the ids in their bodies; return the answers in the same order."""
        ids = [body["id"] for body in bodies]
        shape = Listed("list of what was sent", SHAPES[resource.name], ids)
        # A conflict may be reported after some of them were updated.
        atomic = method != "PUT" or len(bodies) == 1
        answers = self.send(method, path + "/bulk", bodies, shape, atomic=atomic)
        answered = {answer["id"]: answer for answer in answers}
        return [answered[sent] for sent in ids]

    def create_bulk(self, path: str, resource: Resource, parent_id: str, changes: Sequence[Change]) -> list[Entity]:
        """Create objects at once; if one of the ids is in use, create them one by one to find out which.

        If the id belongs to another object, or to a deleted one that the caller may not restore, the next id is used.
        """
        for number in range(1, _MOST_IDS + 1):
            ids = self._chosen(resource, parent_id, changes)
            bodies = [{"id": i, **to_wire(resource, c.values), **new_metadata(c)} for i, c in zip(ids, changes)]
            try:
                answers = self._sent_bulk(path, resource, bodies)
                return [self.listed(resource, answer, parent_id) for answer in answers]
            except ConflictError:
                if len(changes) > 1:
                    break
                holder = self.reread(Entity(resource, ids[0], {}, parent_id=parent_id))
                if number == _MOST_IDS or (holder is not None and is_meant(changes[0], holder)):
                    raise  # another run was faster: the next plan finds the object
                self.used_ids.add(ids[0])
        return self.in_batches(changes, 1, lambda one: self.create_bulk(path, resource, parent_id, one))

    def _sent_bulk(self, path: str, resource: Resource, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Send new objects with all their members; return the answers in the same order."""
        if resource is not THREAT:
            answers = self.send_all("PUT", path, resource, bodies)
            lost = [body for body in bodies if body.get("include_in_report") is False]  # the second PUT stores it
            if lost:
                self.send_all("PUT", path, resource, lost)
            return answers
        plain = [{k: v for k, v in body.items() if k != "metadata"} for body in bodies]
        answers = self.send_all("POST", path, resource, [{"threat_type": [], **body} for body in plain])
        created = {answer["id"]: answer for answer in answers}
        # The creation drops metadata and a flag that is false.
        lost = [body for body in bodies if body.get("metadata") or body.get("include_in_report") is False]
        again = [{"threat_type": [], **body} for body in lost]
        for answer in self.send_all("PUT", path, resource, again) if again else ():
            created[answer["id"]] = {**created[answer["id"]], **answer}
        return [created[body["id"]] for body in bodies]

    def _chosen(self, resource: Resource, parent_id: str, changes: Sequence[Change]) -> list[str]:
        """Return an id for every new object: the first of its series that no other object has, even deleted."""
        ids: list[str] = []
        for change in changes:
            key = key_of(change.desired) if change.desired else change.path[-1]
            series = (str(self.rules.chosen_id(resource, parent_id, key, number)) for number in itertools.count(1))
            ids.append(next(found for found in series if found not in ids and found not in self.used_ids))
        return ids


def new_metadata(change: Change) -> dict[str, Any]:
    """Return the member for the metadata of a new object; empty if it has none."""
    return {"metadata": metadata_to_wire(change.metadata_set)} if change.metadata_set else {}
