# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every end of a module reports what was written, and the requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._engine.display.view import texts_of
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._http.transport import Transport
from ansible_collections.tmi.tmi.plugins.module_utils._journal import Effect
from ansible_collections.tmi.tmi.plugins.module_utils._modules import module as _run
from ansible_collections.tmi.tmi.plugins.module_utils._options import connection_spec

pytest.importorskip("requests")

NOTHING = {"requests": 0, "retries": 0, "writes": 0}


def module(error: BaseException | None, *fates: str) -> _run.Module:
    """Return a module that writes something of each fate, and then fails or returns."""

    def work(_params: Any, context: _run.Context) -> dict[str, Any]:
        transport: Transport = context.transport
        for number, fate in enumerate(fates):
            with transport.journal.doing([Effect(number, f"created {number}")]):
                write = transport.journal.write("POST /x")
                write.sent()
                if fate:
                    getattr(write, fate)()
                transport.stats.add(requests=1, writes=1)
        if error is not None:
            raise error
        return {"changed": True}

    return _run.Module(connection_spec(), work)


PARAMS = {"url": "http://127.0.0.1:9", "token": "t"}


def params() -> dict[str, Any]:
    return {**{name: option.get("default") for name, option in connection_spec().items()}, **PARAMS}


@pytest.mark.parametrize("error", [TmiError("no"), InputError("no"), KeyError("id"), AttributeError("x")])
@pytest.mark.parametrize(
    ("fates", "done"),
    [
        ((), []),
        (("refused",), []),
        (("committed", "refused"), ["created 0"]),
        (("committed", ""), ["created 0", "perhaps created 1"]),
    ],
)
def test_a_failure_of_any_kind_reports_what_was_written(error: Exception, fates: Any, done: list[str]) -> None:
    result = module(error, *fates).run(params(), False)
    assert result["failed"]
    assert result["changed"] is bool(done)
    assert result.get("done", []) == done
    assert result["stats"] == {"requests": len(fates), "retries": 0, "writes": len(fates)}
    assert all(line in result["msg"] for line in done)


@pytest.mark.parametrize("error", [InputError("no such file", "ca_path"), OSError("disk")])
def test_a_failure_before_there_is_a_connection_has_stats(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_args: Any, **_options: Any) -> Any:
        raise error

    monkeypatch.setattr(_run, "open_transport", fails)
    result = module(None).run(params(), False)
    assert (result["failed"], result["changed"], result["stats"]) == (True, False, NOTHING)


@pytest.mark.parametrize("reported", [True, False])
def test_who_interrupts_is_reported_what_was_written(reported: bool) -> None:
    lines: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        module(KeyboardInterrupt(), *(["committed"] if reported else [])).run(params(), False, True, lines.append)
    assert lines == (["Interrupted. Before that, this run: created 0"] if reported else [])


def test_options_that_are_wrong_have_stats_in_a_module_of_its_own_too(capsys: pytest.CaptureFixture[str]) -> None:
    testing = pytest.importorskip("ansible.module_utils.testing")
    with testing.patch_module_args({"url": "x", "unknown": 1}), pytest.raises(SystemExit):
        module(None).main()
    result = json.loads(capsys.readouterr().out)
    assert (result["failed"], result["changed"], result["stats"]) == (True, False, NOTHING)
    assert "unknown" in result["msg"]
    assert (result["error"]["code"], result["error"]["where"]) == ("invalid_input", "unknown")


def test_a_module_of_its_own_refuses_what_the_action_plugin_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    testing = pytest.importorskip("ansible.module_utils.testing")
    with testing.patch_module_args({"url": False, "token": "hunter2"}), pytest.raises(SystemExit):
        module(None).main()
    printed = capsys.readouterr().out
    result = json.loads(printed)
    assert (result["failed"], result["changed"], result["stats"]) == (True, False, NOTHING)
    assert result["msg"].startswith("url: YAML reads this as the boolean false")
    assert "hunter2" not in printed


TOKEN = "header." + "0123456789" * 30


def test_no_part_of_a_secret_is_in_the_texts_of_a_diff() -> None:
    after = {"description": "a %s b" % TOKEN}

    def work(_params: Any, context: _run.Context) -> dict[str, Any]:
        assert tuple(context.secrets) == (TOKEN,)
        texts = texts_of({}, after)
        return {"diff": [{"before": texts[0], "after": texts[1], "before_object": {}, "after_object": after}]}

    result = _run.Module(connection_spec(), work).run({**params(), "token": TOKEN}, True)
    assert result["diff"][0]["after"] == 'description: "a ******** b"\n'


def test_what_holds_no_secret_is_not_copied() -> None:
    value = {"a": ["b"]}
    assert _run.hidden(value, ["c"]) is _run.hidden(value, []) is value
    assert _run.hidden({"a": 'x"y'}, ['x"y']) != {"a": 'x"y'}
