# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about objects that were deleted and are wanted again; API v1 keeps them, v0 does not."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition import definition_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT
from ansible_collections.tmi.tmi.tests.harness.held import PATIENCE, Reader

Json = Any
RECONCILE = "ansible_collections.tmi.tmi.plugins.module_utils._engine.reconcile:"
SEGMENTS = {"threats": "threat", "documents": "document", "repositories": "source", "assets": "asset"}


def wanted(site: Any, stage: str = "first") -> Json:
    """Return a definition with two objects of each kind that has ids of ours, all of them with metadata."""
    found: Json = {"tmi_definition": 1, "key": "gone", "name": site.prefix + "Gone"}
    more: Json = {"description": stage, "metadata": {"by": "ana"}}
    found["threats"] = {f"t{n}": {"name": f"T{n}", "severity": "low", "score": 7.5, **more} for n in (1, 2)}
    for section, host in (("documents", "wiki"), ("sources", "git")):
        found[section] = {f"x{n}": {"name": f"X{n}", "uri": f"https://{host}.example.com/{n}", **more} for n in (1, 2)}
    if site.api == "v1":
        found["assets"] = {f"a{n}": {"name": f"A{n}", "type": "data", **more} for n in (1, 2)}
    return found


def run(module: Any, site: Any, check: bool = False, **options: Any) -> Json:
    """Run a module in this process."""
    defaults = {name: option.get("default") for name, option in module.argument_spec.items()}
    return module.run({**defaults, **site.connection(), **options}, check)


def define(site: Any, definition: Json, check: bool = False, **options: Any) -> Json:
    """Run ``tmi_definition``; it must succeed without a warning."""
    result = run(definition_module(), site, check, definition=[definition], **options)
    assert not result.get("failed"), result["msg"]
    assert not result.get("warnings"), result["warnings"]
    return result


def ids(site: Any, model_id: str) -> Json:
    """Return (kind, name) -> id of all that is there."""
    segments = SEGMENTS if site.api == "v1" else {"threats": "threat", "documents": "document", "sources": "source"}
    return {
        (kind, item["name"]): item["id"]
        for segment, kind in segments.items()
        for item in site.reader.items(f"/threat_models/{model_id}/{segment}")
    }


def delete(site: Any, model_id: str, kept: str = "") -> None:
    """Delete all objects whose name is not ``kept``, as a person would."""
    segments = {kind: segment for segment, kind in SEGMENTS.items()}
    if site.api == "v0":
        segments["source"] = "sources"
    for (kind, name), object_id in ids(site, model_id).items():
        if name != kept:
            path = f"{site.url}/threat_models/{model_id}/{segments[kind]}/{object_id}"
            answer = requests.delete(path, headers={"Authorization": f"Bearer {site.token}"}, timeout=PATIENCE)
            assert answer.status_code == 204, answer.text


@pytest.mark.promise(
    "Deleted objects of all kinds are restored in one run, and check mode reports it",
    sample=1,
    guard=RECONCILE + "with_deleted",
    fails="v1",
)
def test_deleted_objects(site: Any) -> None:
    model_id = define(site, wanted(site))["threat_models"][0]["id"]
    before, facts = ids(site, model_id), site.census()
    delete(site, model_id)
    action, word = ("restore", "restored") if site.api == "v1" else ("create", "created")

    predicted = define(site, wanted(site), check=True)
    assert ids(site, model_id) == {}
    done = define(site, wanted(site))
    for result in (predicted, done):
        counts = result["threat_models"][0]
        assert result["changed"]
        assert {w: counts[w] for w in ("created", "restored") if counts[w]} == {word: len(before)}
        assert [entry["action"] for entry in result["plan"]] == [action] * len(before)
    assert site.census() == facts
    if site.api == "v1":
        assert ids(site, model_id) == before
    assert define(site, wanted(site))["changed"] is False


@pytest.mark.promise(
    "Restored objects are updated to the desired state", sample=1, guard=RECONCILE + "with_deleted", fails="v1-"
)
@pytest.mark.parametrize("kept", ["", "T1"])
def test_deleted_objects_that_are_to_be_other_than_they_were(site: Any, kept: str) -> None:
    model_id = define(site, wanted(site))["threat_models"][0]["id"]
    before = ids(site, model_id)
    delete(site, model_id, kept)
    define(site, wanted(site, "second"))
    if site.api == "v1":
        assert ids(site, model_id) == before
    again = define(site, wanted(site, "second"))
    assert again["changed"] is False, again["plan"]
    descriptions = {facts[0].get("description") for key, facts in site.census().items() if key[1] != "threat model"}
    assert descriptions == {"second"}


@pytest.mark.promise(
    "Restored objects are updated to the desired state", sample=1, guard=RECONCILE + "with_deleted", fails="v1"
)
def test_a_deleted_object_that_a_task_wants(site: Any) -> None:
    model_id = define(site, wanted(site))["threat_models"][0]["id"]
    task = {"threat_model": model_id, "name": "Y", "uri": "https://wiki.example.com/y"}
    module = single_module(DOCUMENT)
    first = run(module, site, **task)
    delete(site, model_id)
    predicted = run(module, site, True, **task)
    second = run(module, site, **task)
    third = run(module, site, **task)
    assert [r["changed"] for r in (first, predicted, second, third)] == [True, True, True, False]
    if site.api == "v1":
        assert first["document"]["id"] == predicted["document"]["id"] == second["document"]["id"]
    assert predicted["diff"][0]["before_object"] == {}
    assert [r.get("restored", False) for r in (first, predicted, second, third)] == [
        is_kept and site.api == "v1" for is_kept in (False, True, True, False)
    ]


@pytest.mark.promise(
    "Restored objects are updated to the desired state", sample=1, guard=RECONCILE + "with_deleted", fails="v1"
)
def test_who_may_not_restore_makes_new_objects(site: Any) -> None:
    """A writer, who is not told what was deleted, and whose bulk calls meet the ids of it."""
    if len(site.tokens) < 2:
        pytest.skip("needs the tokens of two people")
    caller = Reader(site.url, site.api, site.tokens[1]).get("/oauth2/userinfo")["email"]
    definition = {**wanted(site), "access": [{"user": caller, "role": "writer"}]}
    model_id = define(site, definition)["threat_models"][0]["id"]
    before = ids(site, model_id)
    delete(site, model_id, "X1")
    done = define(site, wanted(site), token=site.tokens[1])
    counts = done["threat_models"][0]
    assert (counts["restored"], counts["created"]) == (0, len(before) - 2)
    after = ids(site, model_id)
    assert after.keys() == before.keys()
    assert [key for key in after if after[key] == before[key]] == [key for key in after if key[1] == "X1"]
    assert define(site, wanted(site), token=site.tokens[1])["changed"] is False
