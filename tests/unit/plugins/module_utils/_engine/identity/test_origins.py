# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Origins: objects of other programs are followed through renames, in every kind and both generations."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._definition.compile import compile_definition
from ansible_collections.tmi.tmi.plugins.module_utils._definition.load import document
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.threat_dragon.read import from_threat_dragon
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.fake_server import FakeServer
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils._engine.identity.test_renames import (
    KINDS,
    FakeV1,
    _skip_unless_held,
    apply,
    ids,
    section,
)
from ansible_collections.tmi.tmi.tests.unit.plugins.plugin_utils._formats.threat_dragon_model import (
    cell,
    line,
    model,
    threat,
)


@pytest.fixture(params=[FakeServer, FakeV1], ids=["v0", "v1"])
def server(request: pytest.FixtureRequest) -> FakeServer:
    """An empty server of each generation."""
    made: FakeServer = request.param()
    return made


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_a_renamed_object_is_the_same(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, a={"name": "A", "origin": "x:1"}, b={"name": "B", "origin": "x:2"}))
        known = ids(server)
        renamed = section(kind, c={"name": "C", "origin": "x:1"}, b={"name": "B", "origin": "x:2"})
        apply(server, renamed)
        assert ids(server) == {"Shop": known["Shop"], "C": known["A"], "B": known["B"]}
        assert not any(outcome.changed for outcome in apply(server, renamed))

    def test_a_new_object_gets_the_former_name_and_key_of_another(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, a={"name": "A", "origin": "x:1"}))
        known = ids(server)
        apply(server, section(kind, c={"name": "C", "origin": "x:1"}, a={"name": "A", "origin": "x:2"}))
        after = ids(server)
        assert after["C"] == known["A"]
        assert after["A"] not in known.values()

    def test_an_object_without_an_origin_is_taken_over_by_name(self, server: FakeServer, kind: str) -> None:
        _skip_unless_held(server, kind)
        apply(server, section(kind, a={"name": "A"}))
        known = ids(server)
        apply(server, section(kind, a={"name": "A", "origin": "x:1"}))
        assert ids(server) == known
        apply(server, section(kind, b={"name": "B", "origin": "x:1"}))
        assert ids(server)["B"] == known["A"]


def test_an_origin_of_several_objects_finds_none(server: FakeServer) -> None:
    apply(server, section("threat", a={"name": "A", "origin": "x:1"}, b={"name": "B", "origin": "x:1"}))
    known = ids(server)
    apply(server, section("threat", c={"name": "C", "origin": "x:1"}))
    assert ids(server)["C"] not in known.values()


@pytest.mark.parametrize("origin", [True, ["x"], {}])
def test_an_origin_is_a_text(origin: Any) -> None:
    given = {"tmi_definition": 1, "name": "Shop", "threats": {"a": {"origin": origin}}}
    with pytest.raises(InputError, match="origin"):
        compile_definition(document(given, "shop.yml"))


def test_a_second_import_of_threat_dragon_follows_what_changed(server: FakeServer) -> None:
    def imported(name: str, title: str, order: str, **more: Any) -> list[Any]:
        threats = [threat(title, id="t1"), threat("Stays", id="t2")]
        drawn = cell("process", "p", (400, 0, 99, 99), name=name, threats=threats)
        flow = {**line("f", {"cell": "a"}, {"cell": "p"}), **more}
        flow["data"]["name"] = order
        return apply(server, from_threat_dragon(model(cell("actor", "a", (0, 0, 99, 99)), drawn, flow)).model)

    imported("Shop", "Price altered", "Order")
    known = {o["id"]: o["wire"].get("name") for o in server.objects.values()}
    (outcome,) = imported("Store front", "Prices altered", "Order placed")
    renamed = {o["id"]: o["wire"].get("name") for o in server.objects.values()}
    assert set(renamed) == set(known)
    assert sorted(str(name) for name in renamed.values()) == ["Main flow", "Prices altered", "Shop", "Stays"]
    assert sorted(c.resource.name for c in outcome.plan.changes if c.action != "none") == ["diagram", "threat"]
    labels = [c.label for o in server.objects.values() for c in o["cells"]]
    assert sorted(labels) == ["A", "Order placed", "Store front"]
    assert not imported("Store front", "Prices altered", "Order placed")[0].changed
