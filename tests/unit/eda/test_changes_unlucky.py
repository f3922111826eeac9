# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source changes with servers, clocks, disks and states that are not as they should be: an event is neither
lost nor invented."""

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


@pytest.fixture(scope="module", params=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with contextlib.closing(Server(request.param)) as found:
        yield found


@pytest.fixture
def place(server: Server, tmp_path: Path) -> Json:
    """Return arguments of a source that knows two models."""
    server.clear()
    apply(server, "Shop", "Bank")
    found = {**connection(server), "state": str(tmp_path / "state")}
    rounds(found)
    return found


def apply(server: Server, *names: str, **members: Any) -> None:
    models = [
        {"tmi_definition": 1, "name": name, "assets": [{"name": "Key", "type": "data"}], **members} for name in names
    ]
    if server.api == "v0":
        for model in models:
            model.pop("assets")
    result = perform("tmi_definition", {**connection(server), "definition": models, "prune": "all"})
    assert not result.get("failed"), result["msg"]


def model_id(server: Server, name: str) -> str:
    result = perform("tmi_info", {**connection(server), "resource": "threat_model", "name": name})
    return str(result["resources"][0]["id"])


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


# --- servers ----------------------------------------------------------------------------------------------------------


def test_another_selection_deletes_nothing(server: Server, place: Json) -> None:
    """Models that are no longer chosen still exist."""
    assert rounds(place, 2, threat_model=["Sh*"]) == []
    apply(server, "Shop", "Bank", description="d")
    assert short(rounds(place, 2, threat_model=["Sh*"])) == ["threat_model.updated Shop"]


def test_a_model_that_is_renamed_stays_chosen(server: Server, place: Json) -> None:
    rounds(place, threat_model="Sh*")
    found = {**connection(server), "id": model_id(server, "Shop")}
    assert perform("tmi_threat_model", {**found, "name": "Store"})["changed"]
    assert short(rounds(place, 2, threat_model="Sh*")) == ["threat_model.updated Store"]
    assert perform("tmi_threat_model", {**found, "state": "absent"})["changed"]
    assert short(rounds(place, 2, threat_model="Sh*")) == ["threat_model.deleted Store"]


def test_an_answer_not_found_is_no_deletion(server: Server, place: Json, caplog: pytest.LogCaptureFixture) -> None:
    """A part of a model can be deleted while the model is read, and a proxy can lose its way to the server."""
    for status in (404, 403):
        server.arm({"kind": "status", "path": f"/threat_models/{model_id(server, 'Shop')}.*", "status": status})
        assert rounds(place) == []
    server.disarm()
    assert len(said(caplog)) == 2, caplog.text
    assert rounds(place, 2) == []


def test_a_list_that_lacks_a_model(server: Server, place: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a list overlap or have gaps if models are deleted in between."""
    feed, _interval = changes.feed_of(place)
    with contextlib.closing(feed):
        ids = feed.round()
        feed._names.pop(ids[0])
        assert [feed.look(one) for one in ids] == [None, None]


def test_a_model_that_cannot_be_read_does_not_hide_the_others(
    server: Server, place: Json, caplog: pytest.LogCaptureFixture
) -> None:
    apply(server, "Shop", "Bank", "Blog", description="d")
    for name in ("Shop", "Bank", "Blog"):
        broken = {"kind": "status", "path": f"/threat_models/{model_id(server, name)}.*", "status": 500, "times": None}
        server.arm(broken)
        found = rounds(place, 3)
        assert {event["threat_model"]["name"] for event in found} == {"Shop", "Bank", "Blog"} - {name}
        server.disarm()
        assert {event["threat_model"]["name"] for event in rounds(place, 2)} == {name}
        apply(server, "Shop", "Bank", "Blog", description=name)
    assert len(said(caplog)) == 3, caplog.text


def test_ten_minutes_without_a_server(
    server: Server, place: Json, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The whole source, with a clock that only waiting moves: one line in the log, and each change once."""
    apply(server, "Shop", "Bank", description="d")
    server.arm({"kind": "status", "status": 503, "times": None})
    waited: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if sum(waited) > 600:
            await asyncio.to_thread(server.disarm)
        await real(0)

    async def work() -> list[Json]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        monkeypatch.setattr(asyncio, "sleep", sleep)
        source = asyncio.create_task(changes.main(queue, {**place, "interval": 60}))
        while sum(waited) < 900:
            await real(0.01)
            assert not source.done()
        source.cancel()
        await asyncio.gather(source, return_exceptions=True)
        return [queue.get_nowait() for _i in range(queue.qsize())]

    with caplog.at_level(logging.INFO, "tmi.tmi.changes"):
        assert short(asyncio.run(work())) == ["threat_model.updated Bank", "threat_model.updated Shop"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"], caplog.text
    assert 9 <= len(waited) <= 20


@pytest.mark.parametrize("hours", [-30, 30])
def test_clocks_that_differ(server: Server, place: Json, hours: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found by its time."""
    if hours > 0:
        server.control("advance", {"seconds": hours * 3600})
        server.renew()
        place = {**place, **connection(server)}
    for number in range(3):
        apply(server, "Shop", description=str(number))
        assert short(rounds(place, 2)) == ["threat_model.updated Shop"]


def test_a_defect_does_not_end_the_source(server: Server, place: Json, caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> list[Json]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        feed, _interval = changes.feed_of(place)
        source = changes.Source(feed, queue, None)
        real, feed.look = feed.look, lambda _id: {}[_id]
        await source.round()
        await source.round()
        feed.look = real
        await source.round()
        feed.close()
        return [queue.get_nowait() for _i in range(queue.qsize())]

    apply(server, "Shop", description="d")
    assert short(asyncio.run(work())) == ["threat_model.updated Shop"]
    assert ["unexpected KeyError" in line and "defect" in line for line in said(caplog)] == [True]


# --- disks and states -------------------------------------------------------------------------------------------------

#: The generation of the server makes no difference.
ONE = pytest.mark.parametrize("server", ["v1"], indirect=True, scope="module")


@ONE
@pytest.mark.parametrize("step", ["fsync", "replace", "listdir"])
def test_a_disk_that_is_full(
    server: Server, place: Json, step: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Events are given to the rules, each once, and kept as delivered as soon as there is room again."""
    apply(server, "Shop", "Bank", description="d")

    def full(*_args: Any, **_more: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async def work() -> list[Json]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        feed, _interval = changes.feed_of(place)
        source = changes.Source(feed, queue, None)
        with monkeypatch.context() as patch:
            patch.setattr(os, step, full)
            await source.round()
            assert queue.qsize() == 2
            await source.round()
        await source.round()
        feed.close()
        return [queue.get_nowait() for _i in range(queue.qsize())]

    assert short(asyncio.run(work())) == ["threat_model.updated Bank", "threat_model.updated Shop"]
    assert ["No space left on device" in line for line in said(caplog)] == [True], caplog.text
    assert rounds(place) == []


BROKEN = ["", "[1]", '{"format": 1, "objects": {"a": 1}}', '{"format": 7, "objects": {}}', "[" * 100_000, "\ud800"]


@ONE
@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_the_state_of_a_model_is_broken(
    server: Server, place: Json, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One line, no false events, and other models and later changes are reported."""
    apply(server, "Bank", description="d")
    file = Path(place["state"]) / f"{model_id(server, 'Shop')}.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert short(rounds(place, 2)) == ["threat_model.updated Bank"]
    assert [f"{file} cannot be read" in line for line in said(caplog)] == [True]
    apply(server, "Shop", description="e")
    assert short(rounds(place)) == ["threat_model.updated Shop"]


@ONE
@pytest.mark.parametrize("text", ["", "[1]", '{"format": "x"}'])
def test_the_first_file_of_the_state_is_broken(
    server: Server, place: Json, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    apply(server, "Shop", "New", description="d")
    file = Path(place["state"]) / "feed.json"
    file.write_text(text)
    assert short(rounds(place, 2)) == ["threat_model.updated Shop"]
    assert [f"{file} cannot be read" in line for line in said(caplog)] == [True]
    assert json.loads(file.read_text())["format"] == 1


@ONE
def test_a_state_of_a_newer_version(server: Server, place: Json) -> None:
    """It is not replaced, because a later version still needs it."""
    file = Path(place["state"]) / "feed.json"
    file.write_text('{"format": 2, "url": "http://x"}')
    with pytest.raises(ValueError, match=r"^tmi\.tmi\.changes: state: .* newer version of the collection"):
        changes.feed_of(place)
    assert '"format": 2' in file.read_text()


@ONE
def test_a_folder_that_cannot_be_used(server: Server, place: Json, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "open").mkdir(mode=0o777)
    (tmp_path / "open").chmod(0o777)
    for name, reason in (("file", "Not a directory"), ("file/below", "Not a directory"), ("open", "others can write")):
        with pytest.raises(ValueError, match=rf"^tmi\.tmi\.changes: state: .*{reason}"):
            changes.feed_of({**place, "state": str(tmp_path / name)})


@ONE
def test_a_folder_that_is_removed(server: Server, place: Json, caplog: pytest.LogCaptureFixture) -> None:
    async def work() -> list[Json]:
        queue: asyncio.Queue[Any] = asyncio.Queue()
        feed, _interval = changes.feed_of(place)
        source = changes.Source(feed, queue, None)
        for file in Path(place["state"]).iterdir():
            file.unlink()
        Path(place["state"]).rmdir()
        for number in range(3):
            await asyncio.to_thread(apply, server, "Shop", description=str(number))
            await source.round()
        feed.close()
        return [queue.get_nowait() for _i in range(queue.qsize())]

    events = asyncio.run(work())
    assert all(event["type"] == "threat_model.updated" for event in events)
    assert "No such file or directory" in caplog.text
