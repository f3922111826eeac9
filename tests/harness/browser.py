# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A person in the web editor, who joins the session of a diagram and edits it."""

from __future__ import annotations

import contextlib
import json
import uuid
from typing import Any

import websocket

from ansible_collections.tmi.tmi.plugins.module_utils._api.client import open_transport
from ansible_collections.tmi.tmi.plugins.module_utils._http import sockets
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection

Json = Any


class Browser:
    """A person who has the diagram of a path open. The first one opens the session and is its host."""

    def __init__(self, server: Server, name: str, path: str) -> None:
        self.server, self._path = server, path
        token = server.log_in(name)["access_token"]
        self.transport = open_transport({**connection(server), "token": token}, read_only=False)
        found = self.call("POST", path + "/collaborate", expect=(200, 201, 409)).get("session_id")
        query = {"token": token}
        if server.api == "v1":
            query = {"ticket": self.call("GET", "/ws/ticket", params={"session_id": found})["ticket"]}
        url = sockets.url(self.transport.settings, path + "/ws", query)
        self._socket = websocket.create_connection(url, timeout=5, suppress_origin=True, http_no_proxy=["*"])

    def call(self, method: str, path: str, **more: Any) -> Json:
        """Return the data of an answer."""
        return self.transport.request(method, path, **{"expect": (200, 201, 204), **more}).data

    def send(self, message_type: str, **more: Any) -> None:
        """Send a message."""
        self._socket.send(json.dumps({"message_type": message_type, **more}))

    def edit(self, *cells: Json) -> None:
        """Send an operation; see :func:`node`."""
        kind = "diagram_operation" if self.server.api == "v0" else "diagram_operation_request"
        operation = {"type": "patch", "cells": list(cells)}
        self.send(kind, operation_id=str(uuid.uuid4()), operation=operation)

    def present(self, email: str) -> None:
        """Make another participant the presenter, as the host can."""
        if self.server.api == "v0":
            self.send("change_presenter", new_presenter=email)
        else:
            [user] = [
                one["user"]
                for one in self.call("GET", self._path + "/collaborate")["participants"]
                if one["user"]["email"] == email
            ]
            self.send("change_presenter_request", new_presenter=user)

    def point(self, x: float, y: float) -> None:
        """Move the cursor, as the presenter."""
        self.send("presenter_cursor", cursor_position={"x": x, "y": y})

    def hear(self) -> None:
        """Read what has arrived, and answer pings."""
        self._socket.settimeout(0.05)
        with contextlib.suppress(websocket.WebSocketTimeoutException):
            while self._socket.recv():
                pass

    def leave(self) -> None:
        """Close the connection."""
        self._socket.close()
        self.transport.close()


def node(label: str, operation: str = "add", cell_id: str = "") -> Json:
    """Return the change of a node: ``operation`` is add, update or remove."""
    cell_id = cell_id or str(uuid.uuid4())
    place = {"position": {"x": 10, "y": 10}, "size": {"width": 100, "height": 60}}
    data = {"id": cell_id, "shape": "process", **place, "attrs": {"text": {"text": label}}}
    return {"id": cell_id, "operation": operation, **({} if operation == "remove" else {"data": data})}
