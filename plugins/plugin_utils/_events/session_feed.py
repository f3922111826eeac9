# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The events of the collaboration session of one diagram, in the form of the feed of changes."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api.client import connect, open_transport
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import MissingError
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._info.reading import find_child, find_model
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._session.watcher import (
    Cells,
    Closed,
    Joined,
    Left,
    Opened,
    Pointed,
    Presents,
    Seen,
    Watcher,
)

from .comparing import digest, events_between
from .objects import Objects, cells_of


class SessionFeed:
    """What happens in the session of a diagram. Not for several threads, except :meth:`stop`.

    Args:
        params: Options of the connection. Without ``retry_timeout`` a failed request is not repeated at once, because
            the next step does that.
        threat_model: Name or id of the model.
        diagram: Name or id of the diagram.
        interval: Seconds between two looks for a session.
        cursor: Seconds between two events of the presenter's cursor, 0: none.
        keep_alive: Whether to keep the server from ending a session in which nothing happens.
        transport: A connection to use; without it one is opened, and closed at the end.
    """

    def __init__(
        self,
        params: Mapping[str, Any],
        threat_model: str,
        diagram: str,
        interval: float = 10.0,
        cursor: float = 0.0,
        keep_alive: bool = False,
        transport: Transport | None = None,
    ) -> None:
        given = {name: value for name, value in params.items() if value is not None}
        self._is_own = transport is None
        self._transport = transport or open_transport({"retry_timeout": 0, **given}, read_only=True)
        self._names = threat_model, diagram
        self._options = interval, cursor, keep_alive
        self._watcher: Watcher | None = None
        self._retry_at = 0.0
        self._stopped = False
        self._model: dict[str, str] = {}
        self._diagram: Entity | None = None
        self._objects: Objects | None = None
        self._session: dict[str, Any] = {}

    @property
    def works(self) -> bool:
        """Whether the feed is in the session, or knows that there is none."""
        return self._watcher is not None and self._watcher.works

    @property
    def trouble(self) -> str:
        """The reason why there is no connection although there is a session; "" if there is none."""
        return self._watcher.trouble if self._watcher is not None else ""

    def stop(self) -> None:
        """Let a running :meth:`step` return soon; may be called in another thread."""
        self._stopped = True
        if self._watcher is not None:
            self._watcher.stop()

    def close(self) -> None:
        """Leave the session and close the connections."""
        if self._watcher is not None:
            self._watcher.close()
        if self._is_own:
            self._transport.close()

    def step(self, seconds: float) -> list[dict[str, Any]]:
        """Wait for events for some seconds; return them as soon as there are some.

        The first state of the diagram gives none. Raises TmiError; the next step tries again, after a wait.
        """
        if self._watcher is None:
            rest = self._retry_at - self._transport.clock()
            if rest > 0:
                self._transport.sleep(min(rest, seconds))
                return []
            self._retry_at = self._transport.clock() + self._options[0]
            self._watcher = self._found()
        try:
            seen = self._watcher.step(seconds)
        except MissingError:  # deleted; there may be another diagram with this name later
            self._watcher.close()
            self._watcher = None
            raise
        return [event for one in seen for event in self._events(one)]

    def _found(self) -> Watcher:
        server = connect(self._transport)
        model = find_model(server, self._names[0], {DIAGRAM.plural})
        diagram = find_child(model, DIAGRAM.name, self._names[1])
        if self._diagram is None or diagram.id != self._diagram.id:
            self._objects = None
        self._diagram, self._model = diagram, {"id": model.id, "name": model.label}
        watcher = Watcher(server.channel(diagram), *self._options, self._transport.clock, self._transport.sleep)
        if self._stopped:
            watcher.stop()
        return watcher

    # --- events ----------------------------------------------------------------------------------

    def _events(self, seen: Seen) -> Iterator[dict[str, Any]]:
        if isinstance(seen, Cells):
            yield from self._cell_events(seen)
        elif isinstance(seen, Opened):
            self._session = {"host": seen.host, "presenter": seen.presenter, "participants": list(seen.people)}
            yield self._event("session", "opened", seen.session_id, after=self._session, user=seen.host)
        elif isinstance(seen, Closed):
            yield self._event("session", "closed", seen.session_id, before=self._session)
        elif isinstance(seen, Joined):
            self._session["participants"] = [*self._session["participants"], seen.user]
            yield self._event("participant", "joined", seen.user, after={"user": seen.user}, user=seen.user)
        elif isinstance(seen, Left):
            self._session["participants"] = [one for one in self._session["participants"] if one != seen.user]
            yield self._event("participant", "left", seen.user, before={"user": seen.user}, user=seen.user)
        elif isinstance(seen, Presents):
            self._session["presenter"] = seen.after
            before, after = {"presenter": seen.before}, {"presenter": seen.after}
            yield self._event("presenter", "changed", seen.after, before=before, after=after, user=seen.after)
        elif isinstance(seen, Pointed):
            yield self._event("cursor", "moved", seen.user, after={"x": seen.x, "y": seen.y}, user=seen.user)

    def _cell_events(self, seen: Cells) -> Iterator[dict[str, Any]]:
        before, after = self._objects, dict(cells_of(self._known_diagram(), seen.cells))
        self._objects = after
        if before is None:
            return
        for event in events_between(self._model, before, after):
            # The same edit can be made twice: with the id of the operation the two events differ.
            event_id = digest([event["event_id"], seen.operation_id]) if seen.operation_id else event["event_id"]
            yield {**event, "user": seen.user or None, "event_id": event_id}

    def _event(
        self,
        kind: str,
        action: str,
        object_id: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        user: str = "",
    ) -> dict[str, Any]:
        diagram = self._known_diagram()
        changes = {
            name: {"before": before[name], "after": after[name]}
            for name in (before or {})
            if before and after and before[name] != after[name]
        }
        return {
            "type": "%s.%s" % (kind, action),
            "kind": kind,
            "action": action,
            "id": object_id,
            "name": diagram.label if kind == "session" else object_id,
            "threat_model": dict(self._model),
            "diagram": {"id": diagram.id, "name": diagram.label},
            "changes": changes,
            "before": None if before is None else dict(before),
            "after": None if after is None else dict(after),
            "user": user or None,
            "event_id": uuid.uuid4().hex,
        }

    def _known_diagram(self) -> Entity:
        if self._diagram is None:
            raise AssertionError("an event of a diagram that was not read")
        return self._diagram
