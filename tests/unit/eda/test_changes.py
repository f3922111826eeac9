# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source changes: an event for every change, once, also over restarts and failures."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")

from ansible_collections.tmi.tmi.tests.harness.eda import loaded, rounds, short
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform

changes = loaded("event_source", "changes")
Json = Any
CORE = {
    "name": "Core",
    "boundaries": {"dmz": {"label": "DMZ"}},
    "nodes": {"web": {"label": "Web", "in": "dmz"}, "db": {"label": "DB", "type": "store"}},
    "flows": ["web -> db: SQL"],
}
SHOP: Json = {
    "name": "Shop",
    "diagrams": {"core": CORE},
    "threats": [{"name": "Replay", "severity": "high", "diagram": "core", "cell": "web"}],
    "documents": [{"name": "Minutes", "uri": "https://example.com/minutes"}],
}


@pytest.fixture(scope="module", params=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with contextlib.closing(Server(request.param)) as found:
        yield found


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Json:
    """Return arguments of a source on an empty server."""
    server.clear()
    return {**connection(server), "state": str(tmp_path / "state")}


def apply(server: Server, *models: Json, prune: str = "all") -> None:
    written = [{"tmi_definition": 1, **model} for model in models]
    result = perform("tmi_definition", {**connection(server), "definition": written, "prune": prune})
    assert not result.get("failed"), result["msg"]


def test_every_change_is_one_event(server: Server, place: Json) -> None:
    apply(server, SHOP)
    assert rounds(place, 2) == []
    threat = {**SHOP["threats"][0], "severity": "critical"}
    core = {**CORE, "boundaries": {}, "nodes": {"web": {"label": "Web"}, "db": {"label": "DB", "type": "store"}}}
    second = {"name": "Spoofing of users"}
    apply(
        server, {**SHOP, "threats": [threat, second], "documents": [], "diagrams": {"core": core}}, {"name": "New one"}
    )
    events = rounds(place)
    assert short(events) == sorted(
        [
            "threat.updated Replay",
            "threat.created Spoofing of users",
            "document.deleted Minutes",
            "boundary.deleted dmz",
        ]
        + ["node.updated web", "threat_model.created New one"]
    )
    found = {event["type"]: event for event in events}
    update = found["threat.updated"]
    assert update["changes"] == {"severity": {"before": "high", "after": "critical"}}
    assert (update["before"]["severity"], update["after"]["severity"]) == ("high", "critical")
    assert update["threat_model"]["name"] == "Shop"
    gone = found["boundary.deleted"]
    assert (gone["diagram"]["name"], gone["before"]["label"], gone["after"]) == ("Core", "DMZ", None)
    assert rounds(place, 2) == []


def test_the_user_of_an_event(server: Server, place: Json) -> None:
    """It comes from the audit trail, which shows a change ten seconds later; an event can wait for it."""
    apply(server, SHOP)
    server.control("advance", {"seconds": 11})
    rounds(place)

    def change(severity: str) -> None:
        options = {"threat_model": "Shop", "name": "Replay", "severity": severity}
        assert perform("tmi_threat", {**connection(server), **options})["changed"]

    change("low")
    assert [event["user"] for event in rounds(place)] == [""]
    server.control("advance", {"seconds": 11})
    change("medium")
    server.control("advance", {"seconds": 11})
    has_trail = server.api == "v1"
    user = "alice@tmi.local" if has_trail else ""
    assert [event["user"] for event in rounds(place)] == [user]
    change("high")
    assert len(rounds(place, 2, wait_for_user=60)) == (0 if has_trail else 1)
    server.control("advance", {"seconds": 11})
    assert [event["user"] for event in rounds(place, wait_for_user=60)] == ([user] if has_trail else [])
    done = perform("tmi_threat", {**connection(server), "threat_model": "Shop", "name": "Replay", "state": "absent"})
    assert done["changed"]
    server.control("advance", {"seconds": 11})
    assert [(event["action"], event["user"]) for event in rounds(place)] == [("deleted", user)]


def test_a_server_that_hides_its_trail(server: Server, place: Json) -> None:
    apply(server, SHOP)
    rounds(place)
    apply(server, {**SHOP, "description": "d"})
    server.arm({"kind": "status", "path": ".*/audit_trail", "status": 403})
    try:
        assert [event["user"] for event in rounds(place, wait_for_user=60)] == [""]
    finally:
        server.disarm()


def test_the_first_round_can_report_all(server: Server, place: Json) -> None:
    apply(server, SHOP)
    events = rounds(place, 2, snapshot=True)
    assert {event["action"] for event in events} == {"created"}
    assert {"threat_model", "threat", "diagram", "document", "boundary", "node", "flow"} == {e["kind"] for e in events}


def test_models_are_chosen_and_deleted(server: Server, place: Json) -> None:
    apply(server, SHOP, {"name": "Shipping"}, {"name": "Other"})
    assert rounds(place, threat_model="Sh*") == []
    apply(server, {**SHOP, "description": "d"}, {"name": "Other", "description": "d"})
    done = perform("tmi_threat_model", {**connection(server), "name": "Shipping", "state": "absent"})
    assert not done.get("failed"), done
    events = rounds(place, 2, threat_model=["Sh*"])
    assert short(events) == ["threat_model.deleted Shipping", "threat_model.updated Shop"]
    # Another selection is no reason to report models that are not new.
    assert rounds(place, 2) == []


def test_reading_costs_few_requests(server: Server, place: Json) -> None:
    apply(server, *({"name": f"M{number}"} for number in range(5)))
    rounds(place)
    server.control("reset", {"counters": True})
    rounds(place)
    counted = server.counted()
    assert (counted["writes"], counted["requests"] <= 1 + 5 * 6) == (0, True), counted


def test_a_killed_source_reports_again_under_the_same_id(server: Server, place: Json) -> None:
    apply(server, SHOP)
    rounds(place)
    apply(server, {**SHOP, "description": "d"})

    async def killed() -> Json:
        queue: asyncio.Queue[Any] = asyncio.Queue(1)
        feed, _interval = changes.feed_of(place)
        feed.keep = lambda _found: os.abort()  # in its place the process would have ended
        for model_id in feed.round():
            found = feed.look(model_id)
            await queue.put(found.events[0])
        feed.close()
        return queue.get_nowait()

    first = asyncio.run(killed())
    again = rounds(place, 2)
    assert [event["event_id"] for event in again] == [first["event_id"]]


def test_feedback_comes_before_the_state_is_kept(server: Server, place: Json) -> None:
    apply(server, SHOP)
    rounds(place)
    apply(server, {**SHOP, "description": "d"})

    async def work() -> Json:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        feedback: asyncio.Queue[Any] = asyncio.Queue()
        source = asyncio.create_task(changes.main(queue, {**place, "eda_feedback_queue": feedback}))
        event = await asyncio.wait_for(queue.get(), 60)
        source.cancel()  # the rules have not dealt with it
        await asyncio.gather(source, return_exceptions=True)
        return event

    first = asyncio.run(work())
    assert [event["event_id"] for event in rounds(place)] == [first["event_id"]]


def test_a_server_that_is_gone(server: Server, place: Json, caplog: pytest.LogCaptureFixture) -> None:
    apply(server, SHOP)
    rounds(place)
    server.arm({"kind": "status", "status": 503, "times": None})
    with caplog.at_level(logging.INFO):
        assert rounds(place, 3) == []
    assert caplog.text.count("The next round tries again") == 1  # not one for each round
    server.disarm()
    apply(server, {**SHOP, "description": "d"})
    assert short(rounds(place, 2)) == ["threat_model.updated Shop"]


def full(_file: int) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full(server: Server, place: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    apply(server, SHOP)
    rounds(place)
    apply(server, {**SHOP, "description": "d"})

    async def work() -> list[Json]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        feed, _interval = changes.feed_of(place)
        source = changes.Source(feed, queue, None)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            await source.round()
            await source.round()
        await source.round()
        feed.close()
        return [queue.get_nowait() for _i in range(queue.qsize())]

    assert short(asyncio.run(work())) == ["threat_model.updated Shop"]
    assert rounds(place) == []


def test_a_broken_state_file(server: Server, place: Json, caplog: pytest.LogCaptureFixture) -> None:
    apply(server, SHOP)
    rounds(place)
    [file] = Path(place["state"]).glob("*-*.json")
    file.write_text(file.read_text()[:100])
    with caplog.at_level(logging.WARNING):
        assert rounds(place, 2) == []
    assert f"{file} cannot be read" in caplog.text
    apply(server, {**SHOP, "description": "d"})
    assert short(rounds(place)) == ["threat_model.updated Shop"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "state: is missing"),
        ({"state": "s", "interval": "soon"}, "interval: must be a number, not 'soon'"),
        ({"state": "s", "intervall": 1}, "intervall: there is no such option; did you mean interval"),
        ({"state": "s", "url": "nowhere"}, "url"),
    ],
)
def test_wrong_arguments(args: Json, message: str) -> None:
    with pytest.raises(ValueError, match=f"^tmi.tmi.changes: {message}"):
        asyncio.run(changes.main(asyncio.Queue(), args))


def test_one_source_a_folder_and_one_server_a_folder(server: Server, place: Json) -> None:
    rounds(place)
    feed, _interval = changes.feed_of(place)
    with contextlib.closing(feed), pytest.raises(ValueError, match=r"feed\.lock"):
        changes.feed_of(place)
    first = Path(place["state"]) / "feed.json"
    first.write_text(json.dumps({**json.loads(first.read_text()), "url": "https://other.example.com"}))
    with pytest.raises(ValueError, match=r"has the state of https://other\.example\.com: use another folder"):
        changes.feed_of(place)
