# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event filter details: the object as tmi_info shows it, and no event that is lost or waits for long."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")

from ansible_collections.tmi.tmi.tests.harness.eda import loaded
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform

changes = loaded("event_source", "changes")
Json = Any
SHOP: Json = {
    "tmi_definition": 1,
    "name": "Shop",
    "diagrams": {"core": {"name": "Core", "boundaries": {"dmz": "DMZ"}, "nodes": {"web": {"in": "dmz"}}}},
    "threats": [{"name": "Replay", "severity": "high", "diagram": "core", "cell": "web"}],
}


@pytest.fixture(scope="module", params=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with contextlib.closing(Server(request.param)) as found:
        yield found


@pytest.fixture
def details(server: Server) -> Any:
    """Return the filter as it is when a rulebook starts, on a server with one model."""
    server.clear()
    apply(server)
    return loaded("event_filter", "details")


@pytest.fixture
def place(server: Server) -> Json:
    return {**connection(server), "wait": 20}


def apply(server: Server, **more: Json) -> None:
    result = perform("tmi_definition", {**connection(server), "definition": {**SHOP, **more}, "prune": "all"})
    assert not result.get("failed"), result["msg"]


def shown(server: Server, **query: Any) -> Json:
    result = perform("tmi_info", {**connection(server), **query})
    assert not result.get("failed"), result["msg"]
    [found] = result["resources"]
    return found


@pytest.fixture
def events(server: Server, details: Any, tmp_path: Path) -> dict[str, Json]:
    """Return an event for each object of the model, by kind."""

    async def work() -> list[Json]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        feed, _interval = changes.feed_of({**connection(server), "state": str(tmp_path), "snapshot": True})
        with contextlib.closing(feed):
            await changes.Source(feed, queue, None).round()
        return [queue.get_nowait() for _i in range(queue.qsize())]

    return {event["kind"]: event for event in asyncio.run(work())}


def test_an_event_gets_its_object_and_its_model(
    server: Server, details: Any, place: Json, events: dict[str, Json]
) -> None:
    model = shown(server, resource="threat_model", id=events["threat"]["threat_model"]["id"])
    found = {kind: details.main(event, **place) for kind, event in events.items()}
    assert all("details_error" not in event for event in found.values())
    assert all(event["details"]["threat_model"] == model for event in found.values())
    assert found["threat_model"]["details"]["object"] == model
    threat = shown(server, resource="threat", threat_model="Shop", name="Replay")
    assert found["threat"]["details"]["object"] == threat
    diagram = shown(server, resource="diagram", threat_model="Shop", name="Core")
    assert found["diagram"]["details"]["object"] == diagram
    assert found["node"]["details"]["object"] == diagram["nodes"]["web"]
    assert (found["threat"]["severity"], "severity" in found["node"]) == ("high", False)
    assert all({**event, **events[kind]} == event for kind, event in found.items())


def test_objects_are_kept_while_they_fit_the_event(
    server: Server, details: Any, place: Json, events: dict[str, Json]
) -> None:
    threat = events["threat"]
    details.main(threat, **place)
    server.control("reset", {"counters": True})
    for _time in range(3):
        details.main(threat, **place)
    assert server.counted()["requests"] == 0
    later = {**threat, "action": "updated", "after": {**threat["after"], "severity": "low"}}
    details.main(later, **place)
    assert server.counted()["requests"] > 0
    apply(server, threats=[])
    gone = details.main({**threat, "action": "deleted", "after": None, "before": threat["after"]}, **place)
    assert (gone["details"]["object"], gone["severity"]) == (None, "high")
    assert gone["details"]["threat_model"]["name"] == "Shop"


def test_the_number_and_the_age_of_kept_objects(
    server: Server, details: Any, place: Json, events: dict[str, Json]
) -> None:
    for limits in ({"max_entries": 1}, {"max_age": 0.000001}):
        for kind in ("threat", "diagram"):
            details.main(events[kind], **place, **limits)
        server.control("reset", {"counters": True})
        details.main(events["threat"], **place, **limits)
        assert server.counted()["requests"] > 0


def test_a_server_that_fails(
    server: Server, details: Any, place: Json, events: dict[str, Json], caplog: pytest.LogCaptureFixture
) -> None:
    server.arm({"kind": "status", "status": 503, "times": None})
    with caplog.at_level(logging.INFO, "tmi.tmi.details"):
        found = [details.main(events["threat"], **place) for _time in range(20)]
    assert all(event["details"] == {"threat_model": None, "object": None} for event in found)
    assert all("503" in event["details_error"] and event["severity"] == "high" for event in found)
    assert [len(caplog.records), server.counted()["requests"]] == [1, 1]  # not one for each event
    server.disarm()


def test_a_server_that_is_slow(server: Server, details: Any, place: Json, events: dict[str, Json]) -> None:
    server.arm({"kind": "delay", "seconds": 2, "times": None})
    begin = time.monotonic()
    found = [details.main(events["threat"], **{**place, "wait": 0.1}) for _time in range(20)]
    assert time.monotonic() - begin < 2
    assert "did not answer within 0.1 s" in found[0]["details_error"]
    assert "is asked again in" in found[-1]["details_error"]
    server.disarm()


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        ("Critical", "critical"),
        ("Info", "informational"),
        ("MODERATE", "medium"),
        ("odd", "unknown"),
        (None, "unknown"),
    ],
)
def test_severities_are_one_of_seven_words(said: str | None, severity: str) -> None:
    event = {"kind": "threat", "type": "threat.created", "after": {"severity": said}}
    assert loaded("event_filter", "details").main(event, url="http://127.0.0.1:9")["severity"] == severity


@pytest.mark.parametrize("event", [{}, {"kind": "survey", "id": "x"}, {"threat_model": "Shop"}, {"payload": [1]}])
def test_events_of_other_sources(event: Json) -> None:
    found = loaded("event_filter", "details").main(event, url="http://127.0.0.1:9")
    assert found == {**event, "details": {"threat_model": None, "object": None}}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"maxage": 3}, "maxage: there is no such option; did you mean max_age"),
        ({"wait": 0}, "wait: must be above 0, and is 0"),
        ({"max_entries": 1.5}, "max_entries"),
        ({"url": "nowhere"}, "url"),
        ({"url": ["a"]}, "url"),
    ],
)
def test_wrong_arguments_lose_no_event(args: Json, message: str, caplog: pytest.LogCaptureFixture) -> None:
    details = loaded("event_filter", "details")
    found = [details.main({"kind": "threat"}, **args) for _time in range(3)]
    assert all(event["details_error"].startswith(f"tmi.tmi.details: {message}") for event in found)
    assert len(caplog.records) == 1
