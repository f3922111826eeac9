# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Who has made a change: read from the audit trail of the server, where it has one (V1-AUDIT)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api.info_reads import newest_audit_entries
from ansible_collections.tmi.tmi.plugins.module_utils._engine.ports import Server
from ansible_collections.tmi.tmi.plugins.module_utils._errors import MissingError, PermissionDeniedError
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport

#: Kinds of cells. The trail has only their diagram.
_CELLS = ("node", "boundary", "flow")


class People:
    """Adds the user to events, by the entries of the audit trail since the last state of the model.

    Args:
        transport: The connection.
        patience: Seconds for which events wait if the trail does not show the user of all of them yet.
    """

    def __init__(self, transport: Transport, patience: float) -> None:
        self._transport = transport
        self._patience = patience
        #: When the first of the events that wait was found, by model.
        self._since: dict[str, float] = {}

    def newest(self, server: Server, model_id: str) -> str:
        """Return the id of the newest entry, "" if there is none."""
        found = self._entries(server, model_id, "", 1)
        return found[0]["id"] if found else ""

    def added(
        self, server: Server, model_id: str, last: str, events: Iterable[Mapping[str, Any]]
    ) -> tuple[list[Mapping[str, Any]] | None, str]:
        """Return events with ``user``, and the id of the newest entry; no events if they wait.

        ``last`` is the newest entry at the time of the last state. ``user`` is "" if the trail does not show it.
        """
        entries = self._entries(server, model_id, last, 100)
        users: dict[str, str] = {}
        for entry in reversed(entries or ()):
            users[entry["object_id"]] = entry.get("actor") or ""
        known: list[Mapping[str, Any]] = [{**event, "user": users.get(_object_id(event), "")} for event in events]
        if entries is not None and not all(event["user"] for event in known):
            now = self._transport.clock()
            if now - self._since.setdefault(model_id, now) < self._patience:
                return None, last
        self._since.pop(model_id, None)
        return known, entries[0]["id"] if entries else last

    def _entries(self, server: Server, model_id: str, last: str, limit: int) -> list[dict[str, Any]] | None:
        """Return the entries after ``last``, the newest first; None if the server shows no trail."""
        if not server.has_webhooks:
            return None  # the trail came with them
        try:
            found = newest_audit_entries(self._transport, model_id, limit)
        except (MissingError, PermissionDeniedError):
            return None
        ids = [entry["id"] for entry in found]
        return found[: ids.index(last)] if last in ids else found


def _object_id(event: Mapping[str, Any]) -> str:
    return str(event["diagram"]["id"] if event["kind"] in _CELLS else event["id"])
