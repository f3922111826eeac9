# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that the server would not store completely: a warning in the plan, or an error if nothing is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.people import rows_from_wire
from ansible_collections.tmi.tmi.plugins.module_utils._engine.apply import Applier
from ansible_collections.tmi.tmi.plugins.module_utils._engine.losses import SHOWN
from ansible_collections.tmi.tmi.plugins.module_utils._engine.policy import Policy
from ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile import Outcome, reconcile
from ansible_collections.tmi.tmi.plugins.module_utils._engine.tree import Change, Desired, Entity
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import desired_tree
from ansible_collections.tmi.tmi.plugins.module_utils._resources import _catalog
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.identity.test_renames import FakeV1, apply


class Keeper(FakeV1):
    """Stores texts and metadata as the server of v1 does."""

    def create(self, parent_id: str | None, changes: Any) -> Any:
        found = super().create(parent_id, changes)
        for entity in found:
            wire = self.objects[entity.id]["wire"]
            kept = self.wire.from_wire(entity.resource, wire)
            wire.update(self.wire.to_wire(entity.resource, self.rules.stored(entity.resource, kept)))
        return [self._entity(self.objects[entity.id]) for entity in found]

    def write_metadata(self, entity: Any, put: Mapping[str, str], removed: Any) -> None:
        super().write_metadata(entity, self.rules.stored_metadata(put), removed)


def task(server: FakeServer, kind: str, write: bool = True, **params: Any) -> Outcome:
    """Run one single-object task."""
    given = {"state": "present", **params}
    if kind != "threat_model":
        given.setdefault("threat_model", "Shop")
    root, _leaf = desired_tree(_catalog.by_name(kind), given)
    return reconcile(server, root, Policy(assume_missing=not write), write, "rest")


@pytest.fixture
def shop() -> Keeper:
    """A server of v1 with the model Shop."""
    server = Keeper()
    task(server, "threat_model", name="Shop")
    return server


TEXT = "Give Vec<int> a limit"
LOSSES = [
    ("threat_model", {"name": "Other", "description": TEXT}, "description", "Vec< int>"),
    ("threat_model", {"name": "Other", "metadata": {"k": TEXT}}, "metadata.k", "Vec< int>"),
    ("threat", {"name": "T", "mitigation": TEXT}, "mitigation", "Vec< int>"),
    ("threat", {"name": "T", "accepted_reason": TEXT}, "accepted_reason", "Vec< int>"),
    ("diagram", {"name": "D", "description": TEXT}, "description", "Vec< int>"),
    ("note", {"name": "N", "content": TEXT}, "content", "Vec&lt;int>"),
    ("note", {"name": "N", "content": "See <https://a.example/x>."}, "content", "See https://a.example/x."),
]


@pytest.mark.parametrize(("kind", "params", "field", "survives"), LOSSES)
def test_a_loss_is_reported_once_in_plan_and_run(
    shop: Keeper, kind: str, params: Mapping[str, Any], field: str, survives: str
) -> None:
    """With both texts and the spelling that survives; a second run changes nothing and reports nothing."""
    planned = task(shop, kind, write=False, **params).warnings
    written = task(shop, kind, **params).warnings
    assert planned == written
    assert len(planned) == 1
    assert field in planned[0]
    assert survives in planned[0]
    again = task(shop, kind, **params)
    assert not again.changed
    assert again.warnings == []


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("threat", {"name": "T", "mitigation": "Give Vec< int> a limit & R&amp;D, a -> b"}),
        ("note", {"name": "N", "content": "Vec&lt;int> a < b<br>\n`c > d`"}),
        ("threat_model", {"name": "Other", "description": "a\r\nb &lt; c", "metadata": {"k": "a & b"}}),
    ],
)
def test_other_spellings_of_the_same_are_not_reported(shop: Keeper, kind: str, params: Mapping[str, Any]) -> None:
    """Entities and line ends."""
    assert task(shop, kind, **params).warnings == []
    assert not task(shop, kind, **params).changed


def test_a_note_that_is_written_in_the_spelling_that_survives_changes(shop: Keeper) -> None:
    """The text that was lost comes back."""
    task(shop, "note", name="N", content="Vec<int>")
    assert task(shop, "note", name="N", content="Vec&lt;int&gt;").changed
    assert not task(shop, "note", name="N", content="Vec&lt;int&gt;").changed


def test_a_warning_is_short(shop: Keeper) -> None:
    """It shows the place of the loss, not all of the text."""
    (warning,) = task(shop, "note", name="N", content="a" * 5000 + "<b>" + "c" * 5000).warnings
    assert len(warning) < 4 * SHOWN + 200
    assert "<b>" in warning


def test_a_definition_reports_the_place(shop: Keeper) -> None:
    """File and path of the field."""
    entry = {"name": "Shop", "threats": {"leak": {"mitigation": TEXT, "metadata": {"k": "<https://a.example>b"}}}}
    warnings = apply(shop, entry)[0].warnings
    assert [w.split(":")[0] for w in warnings] == [
        "shop.yml threats.leak.mitigation",
        "shop.yml threats.leak.metadata.k",
    ]
    assert apply(shop, entry)[0].warnings == []


@pytest.mark.parametrize(
    ("kind", "params", "problem"),
    [
        ("threat", {"name": "T", "mitigation": "<tenant>"}, "remove all of it"),
        ("threat", {"name": "T", "metadata": {"k": "<b> </b>"}}, "remove all of it"),
        ("threat", {"name": "T", "metadata": {"k": "&nbsp;"}}, "remove all of it"),
        ("threat", {"name": "T", "metadata": {"k" * 129: "v"}}, "128"),
        ("threat", {"name": "T", "mitigation": "a\u200db"}, "joiner"),
        ("threat", {"name": "T", "threat_type": ["a\u200db"]}, "joiner"),
        ("threat", {"name": "a\u200db"}, "joiner"),
        ("note", {"name": "N", "content": "<tenant>"}, "remove all of it"),
        ("note", {"name": "N", "content": "a\u200db"}, "joiner"),
        ("note", {"name": "N", "content": "x", "description": "a < b"}, "must not hold"),
        ("diagram", {"name": "D", "description": "<tenant>"}, "remove all of it"),
        ("diagram", {"name": "D", "nodes": {"web": {"label": "a\u200db"}}}, "joiner"),
        ("diagram", {"name": "D", "nodes": {"web": {"metadata": {"k": "a\u200db"}}}}, "joiner"),
        ("threat_model", {"name": "<b></b>"}, "remove all of it"),
    ],
)
def test_what_the_server_would_refuse_or_empty_is_found_in_the_plan(
    shop: Keeper, kind: str, params: Mapping[str, Any], problem: str
) -> None:
    """Before anything is written."""
    writes = shop.writes
    with pytest.raises(InputError, match=problem):
        task(shop, kind, **params)
    assert shop.writes == writes


def test_v0_keeps_texts_as_they_are() -> None:
    """Nothing is reported, and refused values are refused as before."""
    server = FakeServer()
    task(server, "threat_model", name="Shop")
    assert task(server, "threat", name="T", mitigation=TEXT, description=TEXT).warnings == []
    assert not task(server, "threat", name="T", mitigation=TEXT, description=TEXT).changed


BOB = {"principal_type": "user", "provider": "tmi", "provider_id": "bob", "email": "bob@test.tmi"}
ALICE = {"principal_type": "user", "provider": "tmi", "provider_id": "alice", "email": "alice@test.tmi"}


@pytest.mark.parametrize(
    ("sent", "is_reported"),
    [
        ({"authorization": [{"user": "bob", "role": "writer"}, {"user": "alice", "role": "owner"}]}, False),
        ({"authorization": [{"user": "bob", "role": "reader"}, {"user": "alice", "role": "owner"}]}, True),
        ({"authorization": [{"user": "carol", "role": "writer"}, {"user": "alice", "role": "owner"}]}, True),
        ({"owner": "alice"}, False),
        ({"owner": "bob"}, True),
    ],
)
def test_a_person_whom_the_server_names_otherwise_is_the_same(sent: Mapping[str, Any], is_reported: bool) -> None:
    """By e-mail where the task names the id of the provider; another person, or role, is reported."""
    raw = {"owner": ALICE, "authorization": [{**BOB, "role": "writer"}, {**ALICE, "role": "owner"}]}
    kept = {"owner": "alice@test.tmi", "authorization": rows_from_wire(raw)}
    wanted = Desired(THREAT_MODEL, {"name": "Shop", **sent})
    applier = Applier(FakeV1())
    applier.applied.entities[id(wanted)] = Entity(THREAT_MODEL, "1", kept, raw=raw)
    applier._warn(Change("update", THREAT_MODEL, ("Shop",), wanted, None, sent, tuple(sent)))
    assert bool(applier.applied.warnings) == is_reported


@pytest.mark.parametrize(("kind", "scheme"), [("source", "http"), ("document", "http"), ("source", "ssh")])
def test_an_address_that_only_some_servers_take_is_reported_before_it_is_written(
    shop: Keeper, kind: str, scheme: str
) -> None:
    given = {"name": "Code", "uri": "%s://git.example.com/shop" % scheme}
    wanted = "%s: the server refuses addresses that are not https, unless its administrator has allowed more"
    name = _catalog.by_name(kind).title
    assert task(shop, kind, write=False, **given).warnings == [wanted % ('%s "Code": uri' % name)]
    task(shop, kind, **given)
    assert task(shop, kind, **given).warnings == []  # nothing to write
    assert task(shop, kind, name="Other", uri="https://git.example.com/shop").warnings == []
