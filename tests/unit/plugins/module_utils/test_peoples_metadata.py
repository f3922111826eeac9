# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever people type under the keys of the collection: it stays theirs, and nothing gets stuck because of it."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition_info import definition_info_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.info import info_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.metadata import metadata_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources._catalog import RESOURCES
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.tests.unit.plugins.module_utils.embedded import EmbeddedServer

pytest.importorskip("aiohttp", reason="the embedded server needs aiohttp")

#: What no field of a text kind refuses, and no other can be.
TYPED = "end of Q3, or maybe?"
#: Keys of ours that no person's text can be a value of.
UNREADABLE = {
    "threat_model": ["ansible_managed", "ansible_managed_2", "ansible_managed_by", "ansible_owner"],
    "threat": ["accepted_until", "ansible_key", "ansible_managed"],
}


class Server(EmbeddedServer):
    """The embedded server of one generation, as tasks use it, and as people in the web editor do."""

    def task(self, module: Any, fails: bool = False, **params: Any) -> dict[str, Any]:
        """Return the result of a task, which must fail or not."""
        result = self.run(module, params.pop("check", False), **params)
        assert bool(result.get("failed")) == fails, result.get("msg")
        return result

    def type(self, path: str, **entries: str) -> None:
        """Type metadata on an object."""
        self.call("POST", path + "/metadata/bulk", [{"key": key, "value": text} for key, text in entries.items()])

    def metadata(self, path: str) -> dict[str, str]:
        """Return the metadata of an object as the server has it."""
        return {entry["key"]: entry["value"] for entry in self.call("GET", path + "/metadata")}


@pytest.fixture
def servers(server_urls: dict[str, str]) -> dict[str, Server]:
    return {api: Server(api, url) for api, url in server_urls.items()}


@pytest.fixture(params=["v0", "v1"])
def server(request: pytest.FixtureRequest, servers: dict[str, Server]) -> Server:
    found = servers[request.param]
    found.empty()
    return found


DEFINITION = {
    "tmi_definition": 1,
    "key": "shop",
    "name": "Shop",
    "diagrams": {"main": {"nodes": {"web": {"type": "process"}}}},
    "threats": {"flood": {"name": "Flood", "severity": "high"}},
}


def made(server: Server) -> tuple[str, str]:
    """Make a model by a definition. Returns the paths of the model and of its threat."""
    model = server.task(definition_module(), definition=DEFINITION)["threat_models"][0]
    path = "/threat_models/%s" % model["id"]
    threats = server.call("GET", path + "/threats")
    threats = threats if isinstance(threats, list) else threats["threats"]
    return path, "%s/threats/%s" % (path, threats[0]["id"])


def keys_of(kind: str) -> list[str]:
    """Return every key that a kind of object keeps for the collection."""
    resource = next(found for found in RESOURCES if found.name == kind)
    return sorted({*resource.reserved_keys, *UNREADABLE[kind]})


@pytest.mark.parametrize("text", [TYPED, "yes", "1", "-", "2026-02-30", "x" * 900])
@pytest.mark.parametrize("kind", ["threat_model", "threat"])
def test_nothing_gets_stuck_whatever_people_type(server: Server, kind: str, text: str) -> None:
    model, threat = made(server)
    path = {"threat_model": model, "threat": threat}[kind]
    before = server.metadata(path)
    typed = {key: text for key in keys_of(kind) if key not in before}
    server.type(path, **typed)

    found = server.task(info_module(), resource="threats", threat_model="Shop", check=True)
    assert found["count"] == 1
    exported = server.task(definition_info_module())["definitions"]
    assert [entry["name"] for entry in exported] == ["Shop"]
    if text == TYPED:
        lost = {row["path"].rpartition(".")[2] for row in exported[0]["lost"]}
        assert {key for key in UNREADABLE[kind] if key in typed} <= lost, "what a definition cannot say is listed"
    first = server.task(definition_module(), definition=DEFINITION)
    again = server.task(definition_module(), definition=DEFINITION)
    assert (first["changed"], again["changed"]) == (False, False)
    assert server.metadata(path) == {**before, **typed}, "people's entries are as they were"
    if text == TYPED:
        reported = " ".join(found.get("warnings", [])) if kind == "threat" else " ".join(first["warnings"])
        name = {"threat_model": 'threat model "Shop"', "threat": 'threat "Flood"'}[kind]
        for key in UNREADABLE[kind]:
            if key in typed:
                assert (
                    '%s (id %s): the metadata key %s holds "%s"' % (name, path.rpartition("/")[2], key, text)
                    in reported
                )
    server.task(single_module(THREAT), threat_model="Shop", name="Flood", state="absent")
    server.task(single_module(THREAT_MODEL), name="Shop", state="absent")
    assert server.task(definition_info_module())["definitions"] == []


def test_an_option_takes_the_place_of_what_a_person_typed_and_says_so(server: Server) -> None:
    _model, threat = made(server)
    server.type(threat, accepted_until=TYPED, team="web")
    task = {"threat_model": "Shop", "name": "Flood", "accepted_until": "2026-12-31"}
    checked = server.task(single_module(THREAT), check=True, **task)
    assert server.metadata(threat)["accepted_until"] == TYPED
    first = server.task(single_module(THREAT), **task)
    for found in (checked, first):
        assert found["changed"]
        said = '"Flood": its metadata key accepted_until held "%s", which a person has typed. The option' % TYPED
        assert any(said in warning for warning in found["warnings"])
    assert server.metadata(threat) == {"accepted_until": "2026-12-31", "team": "web"}
    again = server.task(single_module(THREAT), **task)
    assert not again["changed"]
    assert not again.get("warnings")


def test_an_option_that_is_cleared_takes_away_what_a_person_typed(server: Server) -> None:
    _model, threat = made(server)
    server.type(threat, accepted_until=TYPED)
    task = {"threat_model": "Shop", "name": "Flood", "accepted_until": ""}
    assert server.task(single_module(THREAT), **task)["changed"]
    assert server.metadata(threat) == {}
    assert not server.task(single_module(THREAT), **task)["changed"]


def test_what_a_person_typed_can_be_removed_by_its_key(server: Server) -> None:
    model, threat = made(server)
    server.type(threat, accepted_until=TYPED, ansible_note="x", likelihood="high")
    server.type(model, ansible_managed_by="Jo")
    task = {"threat_model": "Shop", "threat": "Flood", "state": "absent"}
    assert server.task(metadata_module(), metadata={"accepted_until": "", "ansible_note": ""}, **task)["changed"]
    assert server.metadata(threat) == {"likelihood": "high"}
    said = server.task(metadata_module(), fails=True, metadata={"likelihood": ""}, **task)["msg"]
    assert said == "threat.metadata.likelihood: holds the option likelihood: use that option"
    of_model = {"threat_model": "Shop", "state": "absent"}
    said = server.task(metadata_module(), fails=True, metadata={"ansible_key": ""}, **of_model)["msg"]
    assert "ansible_key: belongs to the collection" in said
    assert server.task(metadata_module(), metadata={"ansible_managed_by": ""}, **of_model)["changed"]
    assert set(server.metadata(model)) == {"ansible_key", "ansible_managed"}


def test_a_register_keeps_out_of_the_way_of_what_a_person_typed(server: Server) -> None:
    model = server.task(single_module(THREAT_MODEL), name="Shop")["threat_model"]["id"]
    path = "/threat_models/%s" % model
    server.type(path, ansible_managed="managed by the shop team")
    assert server.task(definition_module(), definition=DEFINITION)["changed"]
    assert not server.task(definition_module(), definition=DEFINITION)["changed"]
    found = server.metadata(path)
    assert found["ansible_managed"] == "managed by the shop team"
    assert len(found["ansible_managed_2"].split()) == 2
    rest = {**DEFINITION, "threats": {}}
    assert server.task(definition_module(), definition=rest, prune="managed")["changed"]


def test_a_flag_is_true_or_false_and_nothing_else(servers: dict[str, Server]) -> None:
    server = servers["v0"]
    server.empty()
    _model, threat = made(server)
    server.type(threat, include_in_report="yes")
    task = {"threat_model": "Shop", "name": "Flood", "on_unsupported": "metadata"}
    shown = server.task(single_module(THREAT), **task)
    assert (shown["changed"], shown["threat"]["metadata"]) == (False, {"include_in_report": "yes"})
    assert "include_in_report" not in shown["threat"]
    assert server.task(single_module(THREAT), include_in_report=False, **task)["changed"]
    assert server.metadata(threat) == {"include_in_report": "false"}
    assert not server.task(single_module(THREAT), include_in_report=False, **task)["changed"]


def test_many_odd_entries_are_reported_in_a_few_lines(server: Server) -> None:
    threats = {"t%02d" % number: {"severity": "low"} for number in range(15)}
    server.task(definition_module(), definition={**DEFINITION, "threats": threats})
    model = server.task(definition_info_module())["definitions"][0]["id"]
    listed = server.call("GET", "/threat_models/%s/threats" % model)
    for threat in listed if isinstance(listed, list) else listed["threats"]:
        server.type("/threat_models/%s/threats/%s" % (model, threat["id"]), accepted_until=TYPED)
    warnings = server.task(definition_info_module())["warnings"]
    assert len(warnings) == 11
    assert warnings[-1].startswith("5 more metadata entries")


@pytest.mark.parametrize("key", ["ansible_key", "ansible_other"])
@pytest.mark.parametrize("text", ["", " ", "x -> y: z", "on", "web", "x" * 300])
def test_cells_with_odd_keys_can_be_read_exported_and_removed(server: Server, key: str, text: str) -> None:
    model, _threat = made(server)
    listed = server.call("GET", model + "/diagrams")
    diagram = (listed if isinstance(listed, list) else listed["diagrams"])[0]["id"]
    found = server.call("GET", "%s/diagrams/%s" % (model, diagram))
    data = found["cells"][0].setdefault("data", {})
    data["_metadata"] = [{"key": key, "value": text}]
    body = {name: found[name] for name in ("name", "type", "cells") if name in found}
    with contextlib.suppress(Exception):  # a server may refuse such an entry, and then it does not exist
        server.call("PUT", "%s/diagrams/%s" % (model, diagram), body)
    (exported,) = server.task(definition_info_module())["definitions"]
    server.task(definition_module(), definition=exported["definition"])
    assert not server.task(definition_module(), definition=exported["definition"])["changed"]
    server.task(single_module(THREAT_MODEL), name="Shop", state="absent")
