# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters of the integration targets that check four runs and refusals: each of their statements can fail."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "tests" / "integration" / "targets" / "setup_sandbox" / "filter_plugins" / "tmi_compare.py"
spec = importlib.util.spec_from_file_location("tmi_compare", SOURCE)
assert spec is not None
assert spec.loader is not None
compare = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compare)

Runs = dict[str, Any]


def four(returned: str = "asset") -> Runs:
    """Return the results of check, apply, check, apply of a task that creates an object."""
    metadata = {"team": "a"}
    thing = metadata if returned == "metadata" else {"name": "Keys", "id": "1"}
    after = {"name": "Keys", "metadata": metadata} if returned == "metadata" else {"name": "Keys"}
    pair = {"before": "", "after": "name: Keys\n", "before_object": {}, "after_object": after}
    run = {"changed": True, returned: thing, "diff": [pair], "stats": {"writes": 0}}
    predicted = {**run, returned: {name: value for name, value in thing.items() if name != "id"}}
    idle = {**run, "changed": False, "diff": []}
    return json.loads(json.dumps({"results": [predicted, {**run, "stats": {"writes": 1}}, idle, idle]}))  # type: ignore[no-any-return]


def wrong(runs: Runs, returned: str = "asset", wants: Any = None, changes: bool = True, writes: int = 1) -> list[str]:
    found: list[str] = compare.four_runs(runs, returned, wants or {}, changes, {"writes": writes})
    return found


def test_good_runs() -> None:
    assert wrong(four()) == []
    assert wrong(four("metadata"), "metadata") == []
    assert wrong(four(), wants={"name": "Keys", "description": None}) == []
    assert compare.four_runs(four(), "asset", {}, True, {}) == []


SPOILT: dict[str, Callable[[list[Runs]], None]] = {
    "check mode predicts changes, and the second run changes nothing": lambda each: each[3].update(changed=True),
    "check mode predicts the diff": lambda each: each[0]["diff"][0].update(after="other"),
    "the second run has no diff": lambda each: each[3].update(diff=each[1]["diff"]),
    "the diff shows the object": lambda each: each[1]["diff"][0]["after_object"].update(name="Other"),
    "each pair of the diff differs": lambda each: each[1]["diff"][0].update(before="name: Keys\n"),
    "check mode predicts the object": lambda each: each[0]["asset"].update(name="Other"),
    "the second run returns the state of the server": lambda each: each[2]["asset"].update(name="Other"),
    "the id stays": lambda each: each[2]["asset"].update(id="2"),
    "only the first run writes": lambda each: each[2]["stats"].update(writes=1),
    "there are no warnings": lambda each: each[3].update(warnings=["old"]),
    "nothing is assumed": lambda each: each[0].update(assumed=["a member"]),
}


@pytest.mark.parametrize("statement", SPOILT)
def test_each_statement_of_four_runs_can_fail(statement: str) -> None:
    runs = four()
    SPOILT[statement](runs["results"])
    assert statement in wrong(runs)


def test_statements_that_depend_on_what_is_expected() -> None:
    assert "the object has what is wanted" in wrong(four(), wants={"name": "Other"})
    assert {"the first run has a diff if it changes something", "it writes if it changes something"} <= set(
        wrong(four(), changes=False)
    )
    assert wrong(four(), writes=2) == ["only the first run writes"]
    assert wrong({**four(), "warnings": ["old"]}) == ["there are no warnings"]


def refused() -> Runs:
    run = {"changed": False, "msg": "name is empty: give one", "stats": {"writes": 0}, "error": {"code": "not_found"}}
    return json.loads(json.dumps({"results": [run, run]}))  # type: ignore[no-any-return]


def test_a_good_refusal() -> None:
    assert compare.refused(refused(), ["name", "give"], [], {"writes": 0}) == []
    assert compare.refused(refused(), ["name"], ["not_found"], {}) == []


SPOILT_REFUSALS: dict[str, Callable[[Runs], None]] = {
    "each message contains name": lambda run: run.update(msg="it is empty"),
    "each message is one line without a traceback": lambda run: run.update(msg="name\nis empty"),
    "nothing is changed": lambda run: run.update(changed=True),
    "nothing is done": lambda run: run.update(done=[]),
    "nothing is written": lambda run: run["stats"].update(writes=1),
    "each has a code": lambda run: run["error"].update(code="internal"),
}


@pytest.mark.parametrize("statement", SPOILT_REFUSALS)
def test_each_statement_of_a_refusal_can_fail(statement: str) -> None:
    runs = refused()
    SPOILT_REFUSALS[statement](runs["results"][1])
    assert compare.refused(runs, ["name"], [], {"writes": 0}) == [statement]


def test_a_write_that_only_the_server_counted() -> None:
    assert compare.refused(refused(), ["name"], [], {"writes": 1}) == ["nothing is written"]
