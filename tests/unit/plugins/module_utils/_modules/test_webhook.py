# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Webhooks as desired state: what is created, replaced and removed, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._modules import module as _run
from ansible_collections.tmi.tmi.plugins.module_utils._modules.webhook import webhook_module
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings

MODULE = webhook_module()
PATH = "/admin/webhooks/subscriptions"
IDS = ["7e57ab1e-0000-4000-8000-00000000000%d" % number for number in range(3)]
WANTED = {"name": "Hook", "target_url": "https://a.test/x", "events": ["b", "a", "b"]}


def row(number: int = 0, **members: Any) -> dict[str, Any]:
    created = "2026-01-0%dT00:00:00Z" % (number + 1)
    whole = {"id": IDS[number], "name": "Hook", "url": "https://a.test/x", "events": ["a", "b"], "status": "active"}
    return {**whole, "owner_id": "o", "created_at": created, **members}


@pytest.fixture
def run(server: Any, answer: Any, fake_time: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    def opened(params: Mapping[str, Any], read_only: bool, _log: Any = None) -> Transport:
        settings = Settings.from_params(params)
        return Transport(settings, Auth(settings), read_only, clock=fake_time.clock, sleep=fake_time.sleep)

    monkeypatch.setattr(_run, "open_transport", opened)

    def task(rows: list[Any], check: bool = False, **params: Any) -> dict[str, Any]:
        server.routes["GET " + PATH] = answer(data={"subscriptions": rows, "total": len(rows), "limit": 100})
        server.routes.setdefault(
            "POST " + PATH, answer(201, row(2, secret="made-by-server", status="pending_verification"))
        )
        for one in IDS:
            server.routes.setdefault("DELETE %s/%s" % (PATH, one), answer(204))
        options = {name: entry.get("default") for name, entry in MODULE.argument_spec.items()}
        options.update(url=server.url, token="t", api="v1", retry_timeout=0, **WANTED)
        return MODULE.run({**options, **params}, check)

    return task


def writes(server: Any) -> list[str]:
    return [call for call in server.calls() if not call.startswith("GET")]


def test_a_missing_webhook_is_created(run: Any, server: Any) -> None:
    assert run([row(name="Other")], check=True)["changed"]
    assert writes(server) == []
    result = run([row(name="Other")])
    assert (result["changed"], result["webhook"]["id"], result["secret"]) == (True, IDS[2], "made-by-server")
    assert server.seen[-1].json == {"name": "Hook", "url": "https://a.test/x", "events": ["a", "b"]}
    assert "made-by-server" not in str({**result, "secret": ""})


def test_a_given_secret_is_sent_and_not_returned(run: Any, server: Any) -> None:
    result = run([], secret="0123456789abcdef")
    assert server.seen[-1].json["secret"] == "0123456789abcdef"
    assert "secret" not in result
    assert MODULE.argument_spec["secret"]["no_log"]


def test_an_equal_webhook_is_left(run: Any, server: Any) -> None:
    result = run([row()], secret="0123456789abcdef")
    assert (result["changed"], result["diff"], result["webhook"]["id"], writes(server)) == (False, [], IDS[0], [])


@pytest.mark.parametrize(
    "other",
    [{"url": "https://a.test/y"}, {"events": ["a"]}, {"threat_model_id": IDS[1]}, {"status": "pending_delete"}],
)
def test_a_change_creates_the_new_one_before_it_removes_the_old_one(run: Any, server: Any, other: Any) -> None:
    result = run([row(**other)])
    assert result["changed"]
    assert writes(server) == ["POST " + PATH, "DELETE %s/%s" % (PATH, IDS[0])]


def test_rotate_replaces_an_equal_webhook(run: Any, server: Any) -> None:
    assert run([row()], rotate=True)["diff"]
    assert len(writes(server)) == 2


def test_what_a_broken_run_has_left_is_made_one(run: Any, server: Any) -> None:
    result = run([row(1), row(0, url="https://a.test/old")])
    assert (result["changed"], result["webhook"]["id"]) == (True, IDS[1])
    assert writes(server) == ["DELETE %s/%s" % (PATH, IDS[0])]


def test_webhooks_of_several_owners_are_not_touched(run: Any, server: Any) -> None:
    result = run([row(0), row(1, owner_id="p")])
    assert (result["error"]["code"], writes(server)) == ("ambiguous", [])
    assert "owner o" in result["msg"]


def test_absent_removes_all_of_the_name(run: Any, server: Any) -> None:
    assert run([row(0), row(1)], state="absent", check=True)["changed"]
    assert writes(server) == []
    assert run([row(0), row(1)], state="absent")["webhook"] == {}
    assert len(writes(server)) == 2
    assert not run([row(name="Other")], state="absent")["changed"]


def test_a_failure_after_the_creation_leaves_both_and_says_so(run: Any, server: Any, answer: Any) -> None:
    server.routes["DELETE %s/%s" % (PATH, IDS[0])] = answer(403, {"error": "no"})
    result = run([row(url="https://a.test/old")])
    assert (result["failed"], result["changed"], result["done"]) == (True, True, ['created webhook "Hook"'])


def test_a_secret_that_a_failure_loses_is_named(run: Any, server: Any, answer: Any) -> None:
    server.routes["DELETE %s/%s" % (PATH, IDS[0])] = answer(403, {"error": "no"})
    result = run([row(url="https://a.test/old")])
    assert ("rotate" in result["msg"], "made-by-server" in str(result)) == (True, False)
    assert "rotate" not in run([row(url="https://a.test/old")], secret="0123456789abcdef")["msg"]


@pytest.mark.parametrize("check", [True, False])
def test_a_model_that_does_not_exist_is_an_error(run: Any, server: Any, answer: Any, check: bool) -> None:
    server.routes["GET /threat_models/%s" % IDS[0]] = answer(404, {"error": "not_found"})
    assert run([], check, threat_model=IDS[0].upper())["error"]["where"] == "threat_model"
    assert not writes(server)


def test_it_waits_until_the_challenge_is_answered(run: Any, server: Any, answer: Any, fake_time: Any) -> None:
    states = iter(("pending_verification", "pending_verification", "active"))
    server.routes["GET %s/%s" % (PATH, IDS[2])] = lambda _seen: answer(data=row(2, status=next(states)))
    result = run([row(url="https://a.test/old")], wait=True)
    assert (result["webhook"]["status"], len(fake_time.sleeps)) == ("active", 3)
    assert server.calls()[-1] == "DELETE %s/%s" % (PATH, IDS[0])


@pytest.mark.parametrize("state", ["pending_verification", "pending_delete", ""])
def test_a_receiver_that_does_not_answer_leaves_the_old_webhook(run: Any, server: Any, answer: Any, state: str) -> None:
    server.routes["GET %s/%s" % (PATH, IDS[2])] = answer(data=row(2, status=state)) if state else answer(404)
    result = run([row(url="https://a.test/old")], wait=True, wait_timeout=20)
    assert (result["error"]["code"], "target_url" in result["msg"]) == ("timeout", True)
    assert not [call for call in server.calls() if call.startswith("DELETE")]


def test_events_that_no_server_sends_are_warned_about(run: Any) -> None:
    (warning,) = run([], events=["threat_model.updatd"])["warnings"]
    assert "similar are threat_model.updated" in warning
    assert "warnings" not in run([], events=["threat_model.updated"])


def test_a_server_of_api_v0_has_none(run: Any, server: Any) -> None:
    result = run([], api="v0")
    assert (result["error"]["code"], server.seen) == ("unsupported", [])


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("name", " "), ("name", "x" * 256), ("name", "a\nb"), ("target_url", "hooks"), ("target_url", "ftp://a/b")),
        *(("target_url", "https://u:p@a.test/"), ("events", []), ("events", [" "]), ("secret", "short")),
        *(("secret", "x" * 129), ("wait_timeout", 0), ("threat_model", ""), ("threat_model", " ")),
        *(("target_url", "https://a.test:99999/"), ("target_url", "https://a.test/#x")),
    ],
)
def test_mistakes_are_found_before_anything_is_sent(run: Any, server: Any, option: str, value: Any) -> None:
    result = run([], **{option: value})
    assert (result["error"]["code"], result["error"]["where"], server.seen) == ("invalid_input", option, [])
