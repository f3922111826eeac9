# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A module in the worker says of its options what AnsibleModule would say."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from ansible.utils.display import Display

from ansible_collections.tmi.tmi.plugins.module_utils._arguments import option_in
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import Module
from ansible_collections.tmi.tmi.plugins.module_utils._options import connection_spec
from ansible_collections.tmi.tmi.plugins.modules import tmi_definition, tmi_info, tmi_threat
from ansible_collections.tmi.tmi.plugins.plugin_utils._action import censored, run_here
from ansible_collections.tmi.tmi.plugins.plugin_utils._connection import request_log

MODULES = sorted(path.stem for path in Path(__file__, "../../../../../plugins/modules").resolve().glob("[!_]*.py"))
TASK = SimpleNamespace(check_mode=False, diff=False)
SECRET = "S3CRET-of-nobody"
OURS = {"version": "9.0.0", "collection_name": "tmi.tmi"}
GONE = "is deprecated. See the module docs for more information"

SPEC: dict[str, Any] = {
    **connection_spec(),
    "name": {"type": "str", "aliases": ["label", "title"], "deprecated_aliases": [{"name": "label", **OURS}]},
    "old": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "tmi.tmi"},
    "dated": {"type": "str", "removed_at_date": "2031-01-01", "removed_from_collection": "tmi.tmi"},
    "count": {"type": "int"},
    "part": {
        "type": "dict",
        "options": {"inner": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "tmi.tmi"}},
    },
}


def run(work: Any = lambda _params, _context: {"changed": False}, **args: Any) -> dict[str, Any]:
    """Return the result of a module in the worker."""
    invocation = args.pop("invocation", False)
    given = {"url": "http://127.0.0.1:9", "token": SECRET, **args}
    return run_here(Module(SPEC, work), "tmi.tmi.x", given, TASK, invocation=invocation)


def gone(what: str, **when: Any) -> dict[str, Any]:
    return {"msg": f"{what} {GONE}", "collection_name": "tmi.tmi", **when}


@pytest.mark.parametrize(
    ("args", "warnings", "deprecations"),
    [
        ({"name": "a"}, [], []),
        ({"title": "a"}, [], []),
        ({"name": "a", "title": "b"}, ["Both option name and its alias title are set."], []),
        ({"label": "a"}, [], [gone("Alias 'label'", version="9.0.0")]),
        (
            {"name": "a", "label": "b"},
            ["Both option name and its alias label are set."],
            [gone("Alias 'label'", version="9.0.0")],
        ),
        ({"old": "a"}, [], [gone("Param 'old'", version="9.0.0")]),
        ({"dated": "a"}, [], [gone("Param 'dated'", date="2031-01-01")]),
        ({"part": {"inner": "a"}}, [], [gone("Param 'part[\"inner\"]'", version="9.0.0")]),
    ],
)
@pytest.mark.parametrize("how", ["works", "fails", "is wrong"])
def test_what_the_options_cause(args: Any, warnings: list[str], deprecations: list[Any], how: str) -> None:
    def work(_params: Any, _context: Any) -> dict[str, Any]:
        if how == "fails":
            raise InputError("no")
        return {"changed": False}

    result = run(work, **args, **({"count": "many"} if how == "is wrong" else {}))
    assert bool(result.get("failed")) is (how != "works")
    assert result.get("warnings", []) == warnings
    assert result.get("deprecations", []) == deprecations


def test_warnings_of_the_options_come_first_and_none_twice() -> None:
    both = "Both option name and its alias title are set."
    result = run(lambda *_given: {"changed": False, "warnings": ["own", both]}, name="a", title="b")
    assert result["warnings"] == [both, "own"]


@pytest.mark.parametrize("more", [{}, {"count": "many"}])
def test_the_options_are_returned_where_core_wants_them_without_secrets(more: Any) -> None:
    assert "invocation" not in run(name="a", **more)
    reported = run(name="a", url="http://me:%s@127.0.0.1" % SECRET, invocation=True, **more)["invocation"][
        "module_args"
    ]
    assert (reported["name"], reported["old"]) == ("a", None)
    assert SECRET not in str(reported)


@pytest.mark.parametrize(("verbosity", "is_shown"), [(0, False), (2, False), (3, True), (5, True)])
def test_requests_are_shown_from_vvv_on(monkeypatch: pytest.MonkeyPatch, verbosity: int, is_shown: bool) -> None:
    lines: list[Any] = []
    monkeypatch.setattr(Display(), "verbosity", verbosity)
    monkeypatch.setattr(Display(), "log_verbosity", 0, raising=False)
    monkeypatch.setattr(Display, "vvv", lambda _self, line, host=None: lines.append((host, line)))
    log = request_log("h")
    assert (log is not None) is is_shown
    if log is not None:
        log("GET /x")
    assert lines == ([("h", "GET /x")] if is_shown else [])


@pytest.mark.parametrize("name", MODULES)
def test_no_option_can_hold_a_secret_unsaid(name: str) -> None:
    """AnsibleModule would warn of such an option, and what it holds would be shown both ways."""
    module = importlib.import_module("ansible_collections.tmi.tmi.plugins.modules." + name).MODULE
    looks_secret = re.compile(r"pass(?!ive)|secret|token|cryptkey|callback_url|proxy", re.IGNORECASE)
    unsaid = [
        option for option, spec in module.argument_spec.items() if looks_secret.search(option) and "no_log" not in spec
    ]
    assert unsaid == []


def members(described: Any, path: str = "") -> list[str]:
    """Return the paths of all that a module is documented to return."""
    found = []
    for name, entry in (described or {}).items():
        found += [path + name, *members(entry.get("contains"), path + name + ".")]
    return found


@pytest.mark.parametrize("name", MODULES)
def test_no_result_can_hold_a_token_unsaid(name: str) -> None:
    """What a module says of its results decides what is hidden, in the worker and where it is sent."""
    module = importlib.import_module("ansible_collections.tmi.tmi.plugins.modules." + name)
    returned = members(yaml.safe_load(module.RETURN))
    # token_cache: the path of the file that contains them.
    words = re.compile(r"token(?!_cache$)|secret|password|ticket|verifier", re.IGNORECASE)
    secret = [path for path in returned if words.search(path)]
    assert set(secret) == set(module.MODULE.secret_results)


@pytest.mark.parametrize("found", [{"changed": True}, {"failed": True, "msg": "no"}])
@pytest.mark.parametrize("at", ["access_token", "refresh_token"])
def test_a_result_with_a_token_is_never_shown(found: dict[str, Any], at: str) -> None:
    names = ("access_token", "refresh_token")
    module = Module(SPEC, lambda _params, _context: {**found, at: "t"}, secret_results=names)
    result = run_here(module, "tmi.tmi.x", {"url": "http://127.0.0.1:9", "token": SECRET}, TASK)
    assert result["_ansible_no_log"] is True
    assert censored({**found, at: "t"}, names)["_ansible_no_log"] is True  # of a module that was sent
    assert "_ansible_no_log" not in censored({**found, at: None}, names)


@pytest.mark.parametrize(
    ("module", "args", "where"),
    [
        (tmi_threat, {"state": "gone"}, "state"),
        (tmi_threat, {"api": "v9"}, "api"),
        (tmi_threat, {"colour": 1}, "colour"),
        (tmi_threat, {}, "threat_model"),
        (tmi_threat, {"timeout": "x"}, "timeout"),
        (tmi_threat, {"client_key": "x"}, "client_key"),
        (tmi_threat, {"ssvc": {"vectr": "x", "vector": "v", "decision": "d", "methodology": "m"}}, "ssvc.vectr"),
        (tmi_threat, {"ssvc": {}}, "ssvc.decision"),
        (tmi_info, {"resource": "threats", "name": "a", "id": "b"}, "name"),
        (tmi_info, {"resource": "threats", "include": ["x"]}, "include"),
        (tmi_definition, {}, "src"),
    ],
)
def test_the_option_that_ansible_refuses_is_named(module: Any, args: Any, where: str) -> None:
    needed = {"threat_model": "a", "name": "b"} if module is tmi_threat and args else {}
    result = run_here(module.MODULE, "tmi.tmi.x", {"url": "http://127.0.0.1:9", **needed, **args}, TASK)
    assert result["error"]["where"] == where, result["msg"]


def test_a_value_is_no_option() -> None:
    assert option_in("value of state must be one of: a, got: argument 'token' is of type") == "state"
    assert option_in("no words of Ansible: argument 'token' is of type") == ""
