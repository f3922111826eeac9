# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source session: who is there, and who edits what; once, also over interruptions."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")
pytest.importorskip("websocket", reason="sessions need websocket-client")

from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, PermissionDeniedError
from ansible_collections.tmi.tmi.tests.harness.browser import Browser, node
from ansible_collections.tmi.tmi.tests.harness.eda import loaded
from ansible_collections.tmi.tmi.tests.harness.server import Server
from ansible_collections.tmi.tmi.tests.harness.tasks import connection, perform

session = loaded("event_source", "session")
Json = Any
SHOP: Json = {
    "tmi_definition": 1,
    "name": "Shop",
    "diagrams": {"core": {"name": "Core", "boundaries": {"dmz": "DMZ"}, "nodes": {"web": {"in": "dmz"}}}},
}
#: Most seconds until an event must be there; far more than needed.
PATIENCE = 60.0


@pytest.fixture(scope="module", params=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with contextlib.closing(Server(request.param)) as found:
        yield found


def apply(server: Server, **changes: Any) -> Json:
    domain = {"v0": "test.tmi", "v1": "tmi.local"}[server.api]
    access = [{"user": f"{name}@{domain}", "role": role} for name, role in (("bob", "writer"), ("carol", "reader"))]
    definition = {**SHOP, "authorization": access, **changes}
    result = perform("tmi_definition", {**connection(server), "definition": definition, "prune": "all"})
    assert not result.get("failed"), result["msg"]
    return result


@pytest.fixture
def path(server: Server) -> str:
    """Return the path of the diagram of a new model."""
    server.clear()
    apply(server)
    query = {"resource": "diagram", "threat_model": "Shop"}
    [diagram] = perform("tmi_info", {**connection(server), **query})["resources"]
    return f"/threat_models/{diagram['threat_model_id']}/diagrams/{diagram['id']}"


@pytest.fixture
def open_browser(server: Server, path: str) -> Iterator[Callable[[str], Browser]]:
    started: list[Browser] = []

    def begin(name: str) -> Browser:
        started.append(Browser(server, name, path))
        return started[-1]

    yield begin
    for one in started:
        one.leave()


class Watch:
    """The feed of a source, step by step."""

    def __init__(self, server: Server, **more: Any) -> None:
        token = server.log_in("carol")["access_token"]
        place = {"threat_model": "Shop", "diagram": "Core", "interval": 0.2}
        self.feed = session.feed_of({**connection(server), "token": token, **place, **more})
        self.events: list[Json] = []

    def until(self, *types: str) -> list[Json]:
        """Step until the events are these, in this order; return and forget them."""
        end = time.monotonic() + PATIENCE
        while self.types() != list(types):
            assert time.monotonic() < end, self.types()
            assert len(self.events) <= len(types), self.types()
            self.step()
        found, self.events = self.events, []
        return found

    def step(self) -> None:
        self.events += self.feed.step(0.1)

    def steps(self, count: int) -> None:
        for _step in range(count):
            self.step()

    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    def close(self) -> None:
        self.feed.close()


@pytest.fixture
def watch(server: Server, path: str) -> Iterator[Watch]:
    with contextlib.closing(Watch(server)) as found:
        yield found


def test_everything_in_a_session(server: Server, watch: Watch, open_browser: Callable[[str], Browser]) -> None:
    watch.step()
    alice = open_browser("alice")
    [opened] = watch.until("session.opened")
    people = sorted(opened["after"]["participants"])
    assert (opened["user"], opened["name"], people) == (opened["after"]["host"], "Core", [opened["user"]])
    assert opened["threat_model"]["name"] == opened["diagram"]["name"].replace("Core", "Shop")

    bob = open_browser("bob")
    [joined] = watch.until("participant.joined")
    assert joined["user"].startswith("bob@")
    added = node("Cache")
    bob.edit(added)
    [created] = watch.until("node.created")
    assert (created["user"], created["after"]["label"], created["before"]) == (joined["user"], "Cache", None)
    assert (created["diagram"]["name"], created["id"]) == ("Core", added["id"])
    bob.edit(node("Redis", "update", added["id"]))
    [updated] = watch.until("node.updated")
    assert updated["changes"] == {"label": {"before": "Cache", "after": "Redis"}}
    alice.edit(node("", "remove", added["id"]))
    [deleted] = watch.until("node.deleted")
    assert (deleted["user"], deleted["before"]["label"]) == (opened["user"], "Redis")

    bob.leave()
    [left] = watch.until("participant.left")
    assert left["user"] == joined["user"]
    alice.leave()
    [closed] = watch.until("session.closed")
    assert closed["before"]["host"] == opened["user"]
    watch.steps(3)
    assert watch.events == []


def test_presenter_and_cursor(server: Server, path: str, open_browser: Callable[[str], Browser]) -> None:
    alice, bob = open_browser("alice"), open_browser("bob")
    with contextlib.closing(Watch(server, cursor=0.01)) as watch, contextlib.closing(Watch(server)) as other:
        [opened] = watch.until("session.opened")
        other.until("session.opened")
        assert opened["after"]["presenter"] == opened["user"]
        [new] = [one for one in opened["after"]["participants"] if one.startswith("bob@")]
        alice.present(new)
        # The other source is a connection of the same account: it is no participant of its own.
        [changed] = watch.until("presenter.changed")
        assert changed["changes"] == {"presenter": {"before": opened["user"], "after": new}}
        bob.point(3, 4.5)
        [moved] = watch.until("cursor.moved")
        assert (moved["user"], moved["after"]) == (new, {"x": 3, "y": 4.5})
        other.until("presenter.changed")
        other.steps(3)
        assert other.events == []


def test_what_is_no_change(watch: Watch, open_browser: Callable[[str], Browser]) -> None:
    alice = open_browser("alice")
    watch.until("session.opened")
    added = node("Cache")
    alice.edit(added)
    watch.until("node.created")
    moved = {**added["data"], "position": {"x": 500, "y": 70}}
    alice.edit({**added, "operation": "update", "data": moved})
    watch.steps(3)
    assert watch.events == []


def test_the_same_edit_twice_is_two_events(watch: Watch, open_browser: Callable[[str], Browser]) -> None:
    alice = open_browser("alice")
    watch.until("session.opened")
    added = node("Cache")
    for _time in range(2):
        alice.edit(added)
        alice.edit({**added, "operation": "remove"})
    events = watch.until(*["node.created", "node.deleted"] * 2)
    assert len({event["event_id"] for event in events}) == 4


def test_changes_without_a_session(server: Server, watch: Watch) -> None:
    watch.step()
    watch.steps(3)
    assert watch.events == []
    apply(server, diagrams={"core": {"name": "Core", "boundaries": {}, "nodes": {"web": {}}}})
    deleted, updated = sorted(watch.until("boundary.deleted", "node.updated"), key=lambda event: event["type"])
    assert (deleted["before"]["label"], deleted["user"]) == ("DMZ", None)
    assert updated["changes"]["in"]["before"] == "dmz"


def test_changes_while_the_connection_is_lost(
    server: Server, watch: Watch, open_browser: Callable[[str], Browser]
) -> None:
    watch.step()
    open_browser("alice")
    watch.until("session.opened")
    server.control("close_sockets", {})  # ends the session, because its host is gone
    bob = open_browser("bob")
    bob.edit(node("Cache"))
    events = watch.until("node.created", "session.closed", "session.opened")
    [created] = [event for event in events if event["kind"] == "node"]
    assert created["after"]["label"] == "Cache"
    watch.steps(3)
    assert watch.events == []


def test_a_server_that_fails(server: Server, path: str, caplog: pytest.LogCaptureFixture) -> None:
    """The source lives on; what was changed meanwhile is reported once."""
    place = {**connection(server), "threat_model": "Shop", "diagram": "Core", "interval": 0.05}

    async def work() -> list[Json]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        feedback: asyncio.Queue[Any] = asyncio.Queue()
        source = asyncio.create_task(session.main(queue, {**place, "eda_feedback_queue": feedback}))
        while not caplog.records:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.5)
        server.disarm()
        while len(caplog.records) < 2:
            await asyncio.sleep(0.02)
        apply(server, diagrams={"core": {"name": "Core", "boundaries": {"dmz": "DMZ"}, "nodes": {}}})
        event = await asyncio.wait_for(queue.get(), PATIENCE)
        feedback.put_nowait(None)
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)
        return [event, *(queue.get_nowait() for _i in range(queue.qsize()))]

    server.arm({"kind": "status", "status": 503, "times": None})
    with caplog.at_level(logging.INFO, "tmi.tmi.session"):
        events = asyncio.run(work())
    assert [event["type"] for event in events] == ["node.deleted"]
    assert caplog.text.count("The source tries again") == 1  # not one for each try
    assert caplog.text.count("works again") == 1


def test_a_defect_does_not_end_the_source(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    class Feed:
        trouble, works = "", True
        steps = 0

        def step(self, _seconds: float) -> list[Json]:
            self.steps += 1
            return [{"type": "node.created"}] if self.steps > 3 else [{}[self.steps]]

        def stop(self) -> None:
            pass

        close = stop

    async def work() -> Json:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        source = asyncio.create_task(session.main(queue, {}))
        event = await asyncio.wait_for(queue.get(), PATIENCE)
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)
        return event

    monkeypatch.setattr(session, "feed_of", lambda _args: Feed())
    monkeypatch.setattr(session, "STEP", 0.01)
    assert asyncio.run(work()) == {"type": "node.created"}
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["unexpected KeyError. This is a defect of the collection. The source tries again"]


def test_a_session_is_kept_alive(
    server: Server, path: str, open_browser: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible_collections.tmi.tmi.plugins.module_utils._session.watcher.REJOIN", 0.0)
    alice = open_browser("alice")
    with contextlib.closing(Watch(server, keep_alive=True)) as watch:
        watch.until("session.opened")
        for _time in range(5):
            server.control("advance", {"seconds": 80})
            alice.hear()
            watch.steps(2)
        assert "session.closed" not in watch.types()


def test_an_account_that_the_host_has_removed(server: Server, watch: Watch, path: str) -> None:
    """It cannot return to this session, but it still sees the diagram."""
    alice = Browser(server, "alice", path)
    watch.until("session.opened")
    if server.api == "v0":
        alice.send("remove_participant", target_user="carol@test.tmi")
    else:
        people = alice.call("GET", path + "/collaborate")["participants"]
        [carol] = [one["user"] for one in people if one["user"]["email"].startswith("carol@")]
        alice.send("remove_participant_request", removed_user=carol)
    problems = []
    alice.edit(node("Cache"))
    end = time.monotonic() + PATIENCE
    while watch.types() != ["node.created"] or not problems:
        assert time.monotonic() < end, watch.types()
        try:
            watch.step()
        except PermissionDeniedError as error:
            problems.append(str(error))
    assert "removed this account" in problems[0]
    alice.leave()


def test_a_session_of_the_same_account(server: Server, path: str, open_browser: Callable[[str], Browser]) -> None:
    open_browser("alice")
    with contextlib.closing(Watch(server, token=server.tokens["access_token"])) as watch:
        if server.api == "v0":
            watch.until("session.opened")
        else:
            with pytest.raises(ApiError, match="was opened by this same account elsewhere"):
                watch.step()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "threat_model: is missing: give the name or id of a model"),
        ({"threat_model": "m", "diagram": ["a"]}, "diagram: must be a text, not list"),
        ({"interval": "soon"}, "interval: must be a number, not 'soon'"),
        ({"cursor": -1}, "cursor: must be 0 or more, and is -1"),
        ({"keep_alive": "maybe"}, "keep_alive: must be true or false, not 'maybe'"),
        ({"intervall": 1}, "intervall: there is no such option; did you mean interval"),
        ({"url": "nowhere"}, "url"),
    ],
)
def test_wrong_arguments(args: Json, message: str) -> None:
    place = {"threat_model": "Shop", "diagram": "Core"} if args else {}
    with pytest.raises(ValueError, match=f"^tmi.tmi.session: {message}"):
        asyncio.run(session.main(asyncio.Queue(), {**place, **args}))
