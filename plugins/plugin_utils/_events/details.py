# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The object of an event and its model, as ``tmi_info`` shows them: read with a limit of time, and kept for a while."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api.client import connect, open_transport
from ansible_collections.tmi.tmi.plugins.module_utils._errors import TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._failures import TIMEOUT
from ansible_collections.tmi.tmi.plugins.module_utils._info.fields import kind_of
from ansible_collections.tmi.tmi.plugins.module_utils._info.query import parse_query
from ansible_collections.tmi.tmi.plugins.module_utils._info.reading import CachingSource, read, with_places
from ansible_collections.tmi.tmi.plugins.module_utils._resources._catalog import CHILDREN
from ansible_collections.tmi.tmi.plugins.module_utils._resources._fields import fold
from ansible_collections.tmi.tmi.plugins.module_utils._resources.reference import is_id
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import SEVERITIES

#: Seconds in which the server is not asked after a failure, so that many events are not delayed one after the other.
PAUSE = 30.0
#: For an event that does not contain the new values: most seconds since the read.
FRESH = 2.0
_CELLS = {"node": "nodes", "boundary": "boundaries", "flow": "flows"}
_SECTIONS = {child.name: child.plural for child in CHILDREN}
#: Other words for severities.
_SEVERITIES = {
    **{severity: severity for severity in SEVERITIES},
    "info": "informational",
    "information": "informational",
    "negligible": "low",
    "minor": "low",
    "moderate": "medium",
    "important": "high",
    "major": "high",
    "severe": "critical",
}

Found = Mapping[str, Any]
NOTHING: Found = {"threat_model": None, "object": None}


def severity_of(event: Mapping[str, Any], found: Found) -> str | None:
    """Return the severity of an event's threat in the words of ``tmi_threat``; None if the event is about no threat."""
    places = (event.get("after"), found.get("object"), event.get("data"), event.get("before"))
    said = [place["severity"] for place in places if isinstance(place, Mapping) and place.get("severity")]
    if event.get("kind") != "threat" and not (said and isinstance(event.get("data"), Mapping)):
        return None
    return _SEVERITIES.get(fold(str(said[0])), "unknown") if said else "unknown"


@dataclass(frozen=True)
class _Kept:
    read_at: float
    found: Found


class Details:
    """Reads details of events, for one thread.

    Args:
        params: Options of the connection.
        wait: Most seconds that an event waits.
        max_age: Most seconds between the read and the event.
        most: Most objects that are kept.
    """

    def __init__(
        self,
        params: Mapping[str, Any],
        wait: float,
        max_age: float,
        most: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        given = {name: value for name, value in params.items() if value is not None}
        limits = {"retry_timeout": 0, "timeout": wait, "connect_timeout": wait}
        self._transport = open_transport({**limits, **given}, read_only=True)
        self._wait, self._max_age, self._most, self._clock = wait, max_age, most, clock
        self._kept: OrderedDict[tuple[str, str, str, str], _Kept] = OrderedDict()
        self._reading: threading.Thread | None = None
        self._ask_at = 0.0
        self._problem = TmiError("", TIMEOUT)

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def of(self, event: Mapping[str, Any]) -> Found:
        """Return ``threat_model`` and ``object`` of an event, None for what the server does not have.

        Raises TmiError if they could not be read in time, or could not be read shortly before.
        """
        key = _key_of(event)
        if key is None:
            return NOTHING
        kept = self._kept.get(key)
        if kept is not None and self._is_fresh(kept, event):
            self._kept.move_to_end(key)
            return kept.found
        found = self._read_in_time(key)
        self._kept[key] = _Kept(self._clock(), found)
        self._kept.move_to_end(key)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return found

    def _is_fresh(self, kept: _Kept, event: Mapping[str, Any]) -> bool:
        age, known = self._clock() - kept.read_at, kept.found["object"]
        if age > self._max_age:
            return False
        if event.get("action") == "deleted":
            return known is None
        after = event.get("after")
        if not isinstance(after, Mapping):
            return age <= FRESH
        return known is not None and all(known.get(name) == value for name, value in after.items())

    def _read_in_time(self, key: tuple[str, str, str, str]) -> Found:
        if self._clock() < self._ask_at:
            wait_seconds = self._ask_at - self._clock() + 1
            raise TmiError("%s. The server is asked again in %d s" % (self._problem, wait_seconds), self._problem.code)
        if self._reading is not None and self._reading.is_alive():
            raise self._failed("the server has not answered an earlier request yet")
        results: list[Found] = []
        problems: list[BaseException] = []

        def work() -> None:
            try:
                results.append(self._read(key))
            except BaseException as error:
                problems.append(error)

        # Not a pool: the end of the program would wait for its threads.
        self._reading = threading.Thread(target=work, daemon=True, name="tmi.tmi.details")
        self._reading.start()
        self._reading.join(self._wait)
        if results:
            return results[0]
        if not problems:
            raise self._failed("the server did not answer within %g s" % self._wait)
        if isinstance(problems[0], TmiError):
            raise self._failed(str(problems[0]).rstrip("."), problems[0].code)
        raise problems[0]

    def _failed(self, problem: str, code: str = TIMEOUT) -> TmiError:
        self._problem, self._ask_at = TmiError(problem, code), self._clock() + PAUSE
        return self._problem

    def _read(self, key: tuple[str, str, str, str]) -> Found:
        kind, model_id, diagram_id, object_id = key
        section = "diagrams" if kind in _CELLS else _SECTIONS.get(kind)
        server = CachingSource(connect(self._transport, model_id), with_places({section} if section else set()))
        models = read(server, parse_query(kind_of("threat_model"), {"id": model_id})).objects
        if not models or section is None:
            return {"threat_model": models[0] if models else None, "object": models[0] if models else None}
        name, wanted = ("diagram", diagram_id) if kind in _CELLS else (kind, object_id)
        objects = read(server, parse_query(kind_of(name), {"threat_model": model_id, "id": wanted})).objects
        if kind in _CELLS and objects:
            objects = [one for one in objects[0][_CELLS[kind]].values() if one["id"] == object_id]
        return {"threat_model": models[0], "object": objects[0] if objects else None}


def _key_of(event: Mapping[str, Any]) -> tuple[str, str, str, str] | None:
    """Return kind, id of the model, id of the diagram (of a cell), and id of the object; None if there is no model."""
    kind, object_id = str(event.get("kind") or ""), str(event.get("id") or "")
    model, diagram = event.get("threat_model"), event.get("diagram")
    model_id = model.get("id") if isinstance(model, Mapping) else event.get("threat_model_id")
    diagram_id = str(diagram.get("id") or "") if isinstance(diagram, Mapping) else ""
    model_id = str(model_id or (object_id if kind == "threat_model" else ""))
    if (
        not is_id(model_id)
        or (kind in _SECTIONS and not is_id(object_id))
        or (kind in _CELLS and not is_id(diagram_id))
    ):
        return None
    return kind, model_id, diagram_id if kind in _CELLS else "", object_id
