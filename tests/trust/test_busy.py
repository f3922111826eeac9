# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about a server that has no room for all that is asked for at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._http.connection import Connection, RawResponse
from ansible_collections.tmi.tmi.tests.harness.runs import DEFAULTS, MODULE, make_faster

MODELS = 6
#: Seconds that a write waits for another one to collide with: only the proof without the guard needs them to meet.
COMPANY = 0.25
GATE = "ansible_collections.tmi.tmi.plugins.module_utils._http.gate:Gate."
COLLIDED = b'{"error": "service_unavailable", "message": "could not serialize access due to read/write dependencies"}'


class Crowd:
    """Stands before a server whose database can carry out one write at a time: of writes that meet none is done."""

    def __init__(self, status: int, headers: dict[str, str]) -> None:
        self.status = status
        self.headers = headers
        self.collisions = 0
        self._inside: set[object] = set()
        self._hit: set[object] = set()
        self._meeting = threading.Condition()

    def before(self, exchange: Callable[..., RawResponse]) -> Callable[..., RawResponse]:
        """Return what exchanges requests with the server."""

        def guarded(connection: Connection, method: str, url: str, *rest: Any) -> RawResponse:
            if method == "GET" or "/oauth2/" in url:
                return exchange(connection, method, url, *rest)
            if self._collides():
                return RawResponse(self.status, "Busy", {"Content-Type": "application/json", **self.headers}, COLLIDED)
            return exchange(connection, method, url, *rest)

        return guarded

    def _collides(self) -> bool:
        me = object()
        with self._meeting:
            self._inside.add(me)
            if len(self._inside) > 1:
                self._hit |= self._inside
                self._meeting.notify_all()
            self._meeting.wait_for(lambda: me in self._hit, COMPANY)
            self._inside.discard(me)
            is_hit = me in self._hit
            self._hit.discard(me)
            self.collisions += is_hit
        return is_hit


@pytest.mark.promise("A busy server loses no model", sample=1, guard=GATE + "refused")
@pytest.mark.parametrize(
    ("status", "wait"), [(503, "2"), (503, None), (500, None), (409, None)], ids=["503-wait", "503", "500", "409"]
)
def test_all_models_are_made(
    status: int, wait: str | None, site: Any, monkeypatch: pytest.MonkeyPatch, record_property: Any
) -> None:
    make_faster(monkeypatch)
    crowd = Crowd(status, {"Retry-After": wait} if wait else {})
    monkeypatch.setattr(Connection, "exchange", crowd.before(Connection.exchange))
    wanted = [definition(site.prefix, number) for number in range(MODELS)]
    given = {**DEFAULTS, **site.connection(), "definition": wanted, "parallel": 4, "retry_timeout": 20, "via": "rest"}
    result = MODULE.run(given, False)
    assert not result.get("failed"), result["msg"]
    assert [model["created"] for model in result["threat_models"]] == [4] * MODELS
    assert not MODULE.run(given, False)["changed"]
    record_property("cases", MODELS)


def definition(prefix: str, number: int) -> dict[str, Any]:
    return {
        "tmi_definition": 1,
        "key": "busy-%d" % number,
        "name": "%sBusy %d" % (prefix, number),
        "documents": {"adr": {"name": "Decision", "uri": "https://wiki.example.com/%d" % number}},
        "threats": {"t1": {"name": "Replay"}, "t2": {"name": "Flood"}},
    }
