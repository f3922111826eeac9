# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine by properties: over random models, and with an answer lost at every write."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer

FACTS = ("id", "created_at", "modified_at", "created_by", "diagram_id")

names = st.text(st.characters(codec="ascii", categories=("L", "N", "Zs")), min_size=1, max_size=12).filter(str.strip)
words = st.sampled_from(["open", "In Progress", "mitigation_planned", "closed"])
keys = st.text("abcdefgh", min_size=1, max_size=3)
metadata = st.dictionaries(keys, st.text("xyz 1", min_size=1, max_size=5).filter(str.strip), max_size=3)
threats = st.fixed_dictionaries(
    {"name": names, "severity": st.sampled_from(["low", "HIGH", "informational"])},
    optional={
        "status": words,
        "score": st.floats(0, 10, allow_nan=False),
        "types": st.lists(st.sampled_from(["Spoofing", "Tampering", "Repudiation"]), max_size=3),
        "cwe": st.lists(st.sampled_from(["CWE-1", "CWE-79"]), max_size=2),
        "refs": st.lists(keys, max_size=2),
        "risk": st.fixed_dictionaries({"likelihood": words}),
        "mitigated": st.booleans(),
        "description": names,
        "at": st.sampled_from(["main/web", "main"]),
        "metadata": metadata,
    },
)
models = st.fixed_dictionaries(
    {
        "tmi_definition": st.just(1),
        "key": keys,
        "name": names,
        "diagrams": st.just(
            {
                "main": {
                    "boundaries": {"dmz": "DMZ"},
                    "nodes": {"web": {"type": "process", "in": "dmz"}, "db": {"type": "store"}},
                    "flows": ["web -> db: SQL"],
                }
            }
        ),
    },
    optional={
        "description": names,
        "framework": st.sampled_from(["stride", "CIA"]),
        "status": words,
        "version": st.sampled_from(["1.0", "2"]),
        "metadata": metadata,
        "access": st.just([{"user": "bob@test.tmi", "role": "writer"}]),
        "threats": st.dictionaries(keys, threats, max_size=4).map(
            lambda found: {k: {**v, "name": f"{k} {v['name']}"} for k, v in found.items()}
        ),
        "documents": st.dictionaries(keys, st.just({"uri": "https://docs.example.com/a"}), max_size=3),
        "repositories": st.dictionaries(
            keys, st.just({"uri": "https://git.example.com/a", "ref": {"branch": "main"}}), max_size=3
        ),
    },
)


def run(server: FakeServer, definition: dict[str, Any], write: bool = True, via: str = "rest") -> Outcome:
    desired = compile_definition(document(definition, "test"))
    return reconcile(server, desired, Policy("metadata", "", assume_missing=not write), write, via)


def shown(outcome: Outcome) -> list[Any]:
    """What the outcome says of every wanted object, without what only the server knows."""
    found = []
    for change in outcome.plan.changes:
        if change.desired is not None:
            after = outcome.after(change.desired) or {}
            found.append({k: v for k, v in after.items() if k not in FACTS})
    return found


@settings(max_examples=150)
@given(models, st.sampled_from(["rest", "session"]))
def test_second_run_changes_and_writes_nothing(definition: dict[str, Any], via: str) -> None:
    server = FakeServer()
    first = run(server, definition, via=via)
    written = server.writes
    second = run(server, definition, via=via)
    assert first.changed
    assert first.warnings == []
    assert not second.changed
    assert second.diff() == []
    assert server.writes == written


@settings(max_examples=150)
@given(models)
def test_check_mode_predicts_what_the_run_gives(definition: dict[str, Any]) -> None:
    server = FakeServer()
    predicted = run(server, definition, write=False)
    assert server.writes == 0
    real = run(server, definition)
    assert shown(predicted) == shown(real)
    assert len(predicted.diff()) == len(real.diff())


@settings(max_examples=150)
@given(models, models)
def test_a_changed_definition_is_predicted_too_and_settles(before: dict[str, Any], after: dict[str, Any]) -> None:
    server = FakeServer()
    after = {**after, "name": before["name"]}
    run(server, before)
    predicted = run(server, after, write=False)
    real = run(server, after)
    assert shown(predicted) == shown(real)
    assert predicted.changed == real.changed == bool(real.diff())
    assert all(pair["before"] != pair["after"] for pair in real.diff())
    assert not run(server, after).changed


BIG = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "metadata": {"team": "payments"},
    "documents": {
        "a": {"uri": "https://docs.example.com/a", "metadata": {"k": "v"}},
        "b": {"uri": "https://docs.example.com/b"},
    },
    "repositories": {"r": {"uri": "https://git.example.com/r"}},
    "diagrams": {"main": {"nodes": {"web": {}, "db": {"type": "store"}}, "flows": ["web -> db"]}},
    "threats": {"t1": {"at": "main/web", "cwe": ["CWE-1"]}, "t2": {"severity": "high"}},
}


def test_number_of_writes_that_the_fault_cases_cover() -> None:
    server = FakeServer()
    run(server, BIG)
    assert server.writes == WRITES


WRITES = 9


@pytest.mark.parametrize(("lost", "commits"), list(itertools.product(range(WRITES), (False, True))))
def test_after_a_lost_response_the_same_run_completes_without_duplicates(lost: int, commits: bool) -> None:
    whole, server = FakeServer(), FakeServer()
    run(whole, BIG)
    server.lose, server.commits = lost, commits
    outcome = run(server, BIG)
    assert outcome.changed
    assert server.settled == [False]
    assert server.census() == whole.census()
    written = server.writes
    assert not run(server, BIG).changed
    assert server.writes == written
    assert server.all_metadata() == whole.all_metadata()
