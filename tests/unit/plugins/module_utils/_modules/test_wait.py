# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Waiting: reads until the condition holds, what is seen at the end, and what ends it at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("ansible.parsing.dataloader", reason="ansible-test runs this where there is no controller")
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.tmi.tmi.plugins.module_utils._errors import ApiError, InputError
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._login.auth import Auth
from ansible_collections.tmi.tmi.plugins.module_utils._modules import module as _run
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import failure
from ansible_collections.tmi.tmi.plugins.module_utils._modules.wait import wait_module
from ansible_collections.tmi.tmi.plugins.module_utils._options import Settings
from ansible_collections.tmi.tmi.plugins.plugin_utils._condition import Condition
from ansible_collections.tmi.tmi.plugins.plugin_utils._waiting_action import WaitingAction

try:
    from ansible.template import trust_as_template
except ImportError:  # ansible-core 2.18 trusts every text that is not marked

    def trust_as_template(value: str) -> str:
        return value


MODULE = wait_module()
LIST = "GET /threat_models"


@pytest.fixture
def wait(server: Any, fake_time: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    def opened(params: Mapping[str, Any], read_only: bool, _log: Any = None) -> Transport:
        settings = Settings.from_params(params)
        return Transport(settings, Auth(settings), read_only, clock=fake_time.clock, sleep=fake_time.sleep)

    monkeypatch.setattr(_run, "open_transport", opened)

    def task(holds: Callable[[Mapping[str, Any]], bool] | None, check: bool = False, **params: Any) -> dict[str, Any]:
        options = {name: entry.get("default") for name, entry in MODULE.argument_spec.items()}
        options.update(url=server.url, token="t", api="v0", retry_timeout=0, resource="threat_models")
        return MODULE.run({**options, **params}, check, holds=holds)

    return task


def models(*names: str) -> list[dict[str, str]]:
    return [{"id": "7e57ab1e-0000-4000-8000-00000000000%d" % at, "name": name} for at, name in enumerate(names)]


def test_it_reads_until_the_condition_holds(wait: Any, server: Any, answer: Any, fake_time: Any) -> None:
    server.script = [answer(data=models(*names)) for names in ((), ("a",), ("a", "b"))]
    result = wait(lambda seen: seen["count"] == 2, interval=10)
    assert (result["holds"], result["reads"], result["changed"]) == (True, 3, False)
    assert [model["name"] for model in result["resources"]] == ["a", "b"]
    assert len(fake_time.sleeps) == 2
    assert all(8 <= seconds <= 12 for seconds in fake_time.sleeps)
    assert result["waited"] == int(sum(fake_time.sleeps))


def test_a_condition_that_holds_at_once_waits_for_nothing(wait: Any, server: Any, answer: Any, fake_time: Any) -> None:
    server.otherwise = answer(data=[])
    assert wait(lambda seen: not seen["resources"])["holds"]
    assert (fake_time.sleeps, len(server.seen)) == ([], 1)


def test_the_end_of_the_time_returns_what_was_seen(wait: Any, server: Any, answer: Any, fake_time: Any) -> None:
    server.otherwise = answer(data=models("a"))
    result = wait(lambda _seen: False, wait_timeout=30, interval=10)
    assert (result["failed"], result["holds"], result["count"]) == (True, False, 1)
    assert result["error"]["code"] == "timeout"
    assert "did not hold within 30 s (wait_timeout); 1 object was found" in result["msg"]
    assert sum(fake_time.sleeps) == pytest.approx(30)


@pytest.mark.parametrize("holds", [True, False])
def test_check_mode_reads_once_and_does_not_fail(
    wait: Any, server: Any, answer: Any, fake_time: Any, holds: bool
) -> None:
    server.otherwise = answer(data=[])
    result = wait(lambda _seen: holds, check=True)
    assert (result.get("failed"), result["holds"], result["reads"], fake_time.sleeps) == (None, holds, 1, [])


def test_a_server_that_is_away_for_a_while_is_waited_for(wait: Any, server: Any, answer: Any) -> None:
    server.script = [answer(data=[]), answer(503), answer(how="close"), answer(data=models("a"))]
    assert wait(lambda seen: seen["count"] == 1)["reads"] == 4
    server.script = [answer(data=[])]
    server.otherwise = answer(503, {"error": "busy"})
    result = wait(lambda _seen: False, wait_timeout=20)
    assert (result["error"]["status"], result["count"]) == (503, 0)
    assert "The last read failed" in result["msg"]


@pytest.mark.parametrize("status", [401, 403, 404, 503])
def test_a_mistake_ends_it_at_once(wait: Any, server: Any, answer: Any, fake_time: Any, status: int) -> None:
    server.otherwise = answer(status, {"error": "no"})
    result = wait(lambda _seen: False)
    assert (result["failed"], result["error"]["status"], fake_time.sleeps) == (True, status, [])


def test_a_refusal_while_it_waits_ends_it(wait: Any, server: Any, answer: Any) -> None:
    server.script = [answer(data=models("a")), answer(403, {"error": "no"})]
    result = wait(lambda _seen: False)
    assert (result["failed"], result["error"]["status"]) == (True, 403)
    assert (result["holds"], result["reads"], result["count"]) == (False, 1, 1)


def test_a_condition_that_fails_returns_what_was_seen(wait: Any, server: Any, answer: Any) -> None:
    def wrong(_seen: Any) -> bool:
        raise InputError("cannot be evaluated", "condition")

    server.otherwise = answer(data=models("a"))
    result = wait(wrong)
    assert (result["failed"], result["error"]["where"]) == (True, "condition")
    assert (result["holds"], result["reads"], result["count"]) == (False, 1, 1)


def on_another_machine(looks: list[Any], monkeypatch: pytest.MonkeyPatch, holds: Any = lambda _seen: False) -> Any:
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    action = WaitingAction.__new__(WaitingAction)
    action._task = SimpleNamespace(check_mode=False)
    pauses = iter([1.0] * (len(looks) - 1) + [None])
    patience = SimpleNamespace(begin=lambda: None, waited=9, pause=lambda: next(pauses))
    results = iter(looks)
    return action._wait(holds, patience, lambda: dict(next(results)))  # type: ignore[arg-type]


def test_reads_on_another_machine_wait_for_a_server_too(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = {"resources": [{"name": "a"}], "count": 1, "total": 1, "stats": {}}
    away = failure(ApiError("no answer", status=0, code="connection_refused"))
    busy = failure(ApiError("busy", status=503, code="server_error"))
    gone = failure(ApiError("gone", status=404, code="not_found"))
    count = iter([False, True])
    result = on_another_machine([seen, away, busy, seen], monkeypatch, lambda _seen: next(count))
    assert (result["holds"], result["reads"], "failed" in result) == (True, 4, False)
    result = on_another_machine([seen, busy], monkeypatch)
    assert (result["error"]["status"], result["count"], "The last read failed: busy" in result["msg"]) == (503, 1, True)
    result = on_another_machine([seen, gone, seen], monkeypatch)
    assert (result["error"]["status"], result["holds"], result["reads"], result["count"]) == (404, False, 1, 1)
    assert on_another_machine([away], monkeypatch)["failed"]


@pytest.mark.parametrize(("option", "value"), [("interval", 0), ("interval", -1), ("wait_timeout", -1)])
def test_times_are_checked(wait: Any, server: Any, option: str, value: int) -> None:
    result = wait(lambda _seen: True, **{option: value})
    assert (result["error"]["where"], server.seen) == (option, [])


def test_a_module_on_another_machine_reads_once(wait: Any, server: Any, answer: Any) -> None:
    server.otherwise = answer(data=models("a"))
    result = wait(None)
    assert (result["count"], "holds" in result, len(server.seen)) == (1, False, 1)


# --- conditions -------------------------------------------------------------------------------------


def holds(expression: Any, resources: list[Any], **variables: Any) -> bool:
    given = expression if isinstance(expression, list) else [expression]
    trusted = [trust_as_template(one) if isinstance(one, str) else one for one in given]
    seen = {"resources": resources, "count": len(resources), "total": len(resources)}
    return Condition(trusted, DataLoader(), variables).holds(seen)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("count == 1", True),
        ("found.name == 'a'", True),
        ("found.name == wanted", True),
        ("resources | selectattr('name', 'eq', 'b') | list | length > 0", False),
        (["count == 1", "total == 2"], False),
        ([True, "count == 1"], True),
        (False, False),
    ],
)
def test_a_condition_sees_what_was_read(expression: Any, value: bool) -> None:
    assert holds(expression, [{"name": "a"}], wanted="a") is value


def test_nothing_found_is_not_yet(wait: Any) -> None:
    assert holds("found.status == 'approved'", []) is False
    with pytest.raises(InputError, match="condition: cannot be evaluated"):
        holds("found.statos == 'approved'", [{"status": "x"}])


@pytest.mark.parametrize("expression", ["fond.status == 'x'", "found.status == wanted", "resources | length > less"])
def test_an_unknown_variable_is_a_mistake_at_once(expression: str) -> None:
    with pytest.raises(InputError, match="is undefined"):
        holds(expression, [{"status": "x"}])
    if "found" not in expression:
        with pytest.raises(InputError, match="is undefined"):
            holds(expression, [])


@pytest.mark.parametrize(
    "expression", ["found.a.b == 1", "resources[0].a == 1", "(resources | first).a == 1", "found['a b'] is search('x')"]
)
def test_missing_data_are_no_unknown_variable(expression: str) -> None:
    assert holds(expression, []) is False


@pytest.mark.parametrize("resources", [[], [{"name": "a"}]])
@pytest.mark.parametrize("expression", ["count ==", "count | nothing"])
def test_a_condition_that_cannot_be_evaluated_is_a_mistake(expression: str, resources: Any) -> None:
    with pytest.raises(InputError, match="condition: cannot be evaluated"):
        holds(expression, resources)


@pytest.mark.skipif(not hasattr(Templar, "evaluate_conditional"), reason="ansible-core 2.18 only warns")
@pytest.mark.parametrize("expression", ["count", "found.name"])
def test_a_condition_must_be_true_or_false(expression: str) -> None:
    with pytest.raises(InputError, match="condition: cannot be evaluated"):
        holds(expression, [{"name": "a"}])


@pytest.mark.parametrize("expression", ["", [], {"a": 1}, 5, [""]])
def test_a_condition_is_an_expression(expression: Any) -> None:
    with pytest.raises(InputError, match="must be an expression"):
        Condition(expression, DataLoader(), {})


def test_data_of_the_server_are_no_templates() -> None:
    assert holds("found.name == wanted", [{"name": "{{ 6 * 7 }}"}], wanted="42") is False
    assert holds("found.name is search('6')", [{"name": "{{ 6 * 7 }}"}]) is True
