# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleted objects that are wanted again, on a server that keeps them and lets the client choose ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Optional

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v0.rules import V0Rules
from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._engine.display import plan_text, report
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Change, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import ConflictError
from ansible_collections.tmi.tmi.plugins.module_utils._resources._resource import Resource
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer

KEPT = ("threat", "document", "source")


class Rules(V0Rules):
    """Rules of a server that takes ids of ours."""

    def chosen_id(self, resource: Resource, parent_id: str, key: str) -> Optional[str]:
        return "%s-%s" % (resource.name, key) if resource.name in KEPT else None

    def server_makes_id(self, resource: Resource, values: Mapping[str, Any]) -> bool:
        return resource.name not in KEPT


class Keeper(FakeServer):
    """Keeps what is deleted. ``asked``: kinds that it was asked about; ``reads``: how often a model was read."""

    rules: Any = Rules()

    def __init__(self) -> None:
        super().__init__()
        self.gone: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self.reads = 0

    def model(self, model_id: str, sections: Any) -> Entity:
        self.reads += 1
        return super().model(model_id, sections)

    def create(self, parent_id: str | None, changes: Sequence[Change]) -> list[Entity]:
        chosen = [self.rules.chosen_id(c.resource, "", c.desired.key or c.desired.label) for c in changes if c.desired]
        if any(found in self.gone for found in chosen):
            raise ConflictError("resource already exists", status=409)
        made = super().create(parent_id, changes)
        for entity, found in zip(made, chosen, strict=True):
            if found is not None:
                self.objects[found] = {**self.objects.pop(entity.id), "id": found}
        return [self._entity(self.objects[found or entity.id]) for entity, found in zip(made, chosen, strict=True)]

    def bury(self) -> None:
        """Delete everything that has an id of ours."""
        for name in [name for name, found in self.objects.items() if found["resource"].name in KEPT]:
            self.gone[name] = self.objects.pop(name)

    def deleted(self, model: Entity, ids: Any) -> Mapping[str, Sequence[Entity]]:
        self.asked += [resource.name for resource in ids]
        found = {resource.plural: sorted(wanted & self.gone.keys()) for resource, wanted in ids.items()}
        return {plural: [self._entity(self.gone[i]) for i in names] for plural, names in found.items()}

    def restore(self, deleted: Entity) -> None:
        def act() -> None:
            if deleted.id not in self.gone:
                raise ConflictError("not deleted", status=409)
            self.objects[deleted.id] = self.gone.pop(deleted.id)

        self._write(act)


def shop(**changes: Any) -> dict[str, Any]:
    threats = {"flood": {"severity": "high"}, "leak": {"severity": "low", **changes}}
    documents = {"adr": {"uri": "https://docs.example.com/adr"}}
    sources = {"code": {"uri": "https://git.example.com/code"}}
    return {
        "tmi_definition": 1,
        "key": "shop",
        "name": "Shop",
        "threats": threats,
        "documents": documents,
        "sources": sources,
    }


def apply(server: FakeServer, definition: Mapping[str, Any], write: bool = True, **policy: Any) -> Outcome:
    desired = compile_definition(document(definition, "test"))
    return reconcile(server, desired, Policy("metadata", "", not write, register=True, **policy), write, "rest")


@pytest.fixture
def server() -> Keeper:
    made = Keeper()
    apply(made, shop())
    made.bury()
    made.reads, made.asked, made.journal = 0, [], type(made.journal)()
    return made


def test_a_new_model_is_not_asked_about() -> None:
    server = Keeper()
    apply(server, shop())
    assert server.asked == []
    assert not apply(server, shop()).changed
    assert server.asked == []


def test_all_kinds_come_back_in_one_step_by_one_plan(server: Keeper) -> None:
    outcome = apply(server, shop(severity="medium"))
    assert outcome.changed
    assert (server.reads, sorted(server.asked)) == (1, ["document", "source", "threat"])
    assert server.journal.lines() == [
        *('restored %s "%s"' % pair for pair in (("source", "code"), ("document", "adr"), ("threat", "flood"))),
        'restored threat "leak"',
        'updated threat "leak"',
    ]
    assert not apply(server, shop(severity="medium")).changed


def test_the_plan_says_so(server: Keeper) -> None:
    outcome = apply(server, shop(severity="medium"), write=False)
    assert server.gone
    assert report.counts(outcome.plan) == {"created": 0, "restored": 4, "updated": 0, "deleted": 0}
    entries = {entry["path"][-1]: entry for entry in report.entries(outcome.plan)}
    assert {entry["action"] for entry in entries.values()} == {"restore"}
    assert entries["leak"]["id"] == "threat-leak"
    assert entries["leak"]["fields"] == {"severity": {"before": "low", "after": "medium"}}
    assert "fields" not in entries["flood"]
    lines = plan_text.tree("Shop", report.entries(outcome.plan))
    assert lines[lines.index('    + threat "leak" (restored)') + 1] == "          severity: low -> medium"
    assert "0 to create, 4 to restore, 0 to change, 0 to remove" in plan_text.summary([report.counts(outcome.plan)])
    leak = next(pair for pair in outcome.diff() if pair["before_header"].endswith("leak"))
    assert leak["before"] == ""
    assert leak["before_object"] == {}
    assert leak["after_object"]["id"] == "threat-leak"


def test_what_is_protected_comes_back_too(server: Keeper) -> None:
    apply(server, shop(), protect=("*/*",))
    assert server.gone == {}


@pytest.mark.parametrize("commits", [True, False])
@pytest.mark.parametrize("write", range(4))
def test_an_answer_that_is_lost(server: Keeper, write: int, commits: bool) -> None:
    server.lose, server.commits = server.writes + write, commits
    outcome = apply(server, shop())
    assert outcome.changed
    assert server.gone == {}
    assert len(server.journal.lines()) == 4
    assert not any(line.startswith("perhaps") for line in server.journal.lines())


def test_an_object_that_another_user_has_restored_is_planned_again(server: Keeper) -> None:
    restore = server.restore

    def late(deleted: Entity) -> None:
        if deleted.id == "threat-flood":
            server.objects[deleted.id] = server.gone.pop(deleted.id)
            server.restore = restore  # type: ignore[method-assign]
        restore(deleted)

    server.restore = late  # type: ignore[method-assign]
    apply(server, shop())
    assert server.gone == {}
    assert not apply(server, shop()).changed
