# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Unchanged objects cost nothing: their stored form is not computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._resources._resource import Resource
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer

SHOP = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "documents": {"adr": {"uri": "https://docs.example.com/adr"}},
    "diagrams": {"main": {"nodes": {"web": {"type": "process"}}}},
    "threats": {"flood": {"at": "main/web", "severity": "high", "score": 7.25}, "leak": {"severity": "low"}},
}


class Asked(V0Rules):
    """Rules that remember the names of the objects they were asked about."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def stored(self, resource: Resource, values: Mapping[str, Any]) -> dict[str, Any]:
        self.names.append(str(values["name"]))
        return super().stored(resource, values)


def apply(server: FakeServer, definition: Mapping[str, Any], write: bool = True) -> Outcome:
    desired = compile_definition(document(definition, "test"))
    return reconcile(server, desired, Policy("metadata", "", not write, register=True), write, "rest")


def test_only_what_differs_is_looked_at_again() -> None:
    server = FakeServer()
    apply(server, SHOP)
    server.rules = asked = Asked()
    written = server.writes
    assert not apply(server, SHOP).changed
    assert server.writes == written
    assert asked.names == ["flood"]  # its score is kept as 7.3, which only the rules can tell
    asked.names.clear()
    changed = {**SHOP, "threats": {**SHOP["threats"], "leak": {"severity": "medium"}}}  # type: ignore[dict-item]
    planned = apply(server, changed, write=False).plan.changes
    assert [change.path[-1] for change in planned if change.changed] == ["leak"]
    assert asked.names == ["flood", "leak"]
