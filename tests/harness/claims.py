# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a result says was written, beside what the server has carried out and holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._modules.metadata import metadata_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources.asset import ASSET
from ansible_collections.tmi.tmi.plugins.module_utils._resources.diagram import DIAGRAM
from ansible_collections.tmi.tmi.plugins.module_utils._resources.document import DOCUMENT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.note import NOTE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.source import SOURCE
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat_model import THREAT_MODEL
from ansible_collections.tmi.tmi.tests.harness.held import Census
from ansible_collections.tmi.tmi.tests.harness.runs import run
from ansible_collections.tmi.tmi.tests.harness.server import Server

Json = Any
_LINE = re.compile(r'(perhaps )?(created|updated|deleted|restored|wrote metadata of) ([a-z ]+) "(.+)"')


def definition(api: str, stage: str) -> Json:
    """Return a model with an object or two of each kind, as it is written first, and as it is changed afterwards."""
    second = stage == "second"
    found: Json = {
        "tmi_definition": 1,
        "key": "shop",
        "name": "Shop",
        "description": stage,
        "metadata": {"team": stage},
        "documents": {"d1": {"name": "D1", "uri": "https://wiki.example.com/" + stage, "metadata": {"kind": "adr"}}},
        "sources": {"s1": {"name": "S1", "uri": "https://git.example.com/1.git", "description": stage}},
        "diagrams": {"main": {"name": "Main", "nodes": {"a": {"type": "process", "label": "A " + stage}}}},
        "threats": {
            "t1": {"name": "T1", "severity": "high" if second else "low", "metadata": {"ref": stage}},
            "t2": {"name": "T2", "severity": "low", "at": "main/a"},
        },
    }
    if api == "v1":
        found["assets"] = {"a1": {"name": "A1", "type": "data", "description": stage}}
        found["notes"] = {"n1": {"name": "N1", "content": stage}}
    if second:
        found["documents"]["d2"] = {"name": "D2", "uri": "https://wiki.example.com/2"}
        del found["threats"]["t2"]
    return found


@dataclass(frozen=True)
class Scenario:
    """What stands on the server, ``before`` None for nothing, and what is run then."""

    before: str | None
    act: Callable[[Server], Json]
    apis: tuple[str, ...] = ("v0", "v1")
    deleted: bool = False
    """Whether all that a definition lists is deleted again before, so that it comes back."""


def _definition(stage: str, **options: Any) -> Callable[[Server], Json]:
    return lambda server: run(server, [definition(server.api, stage)], retry_timeout=3.0, settle_timeout=1.0, **options)


def _task(module: Any, **options: Any) -> Callable[[Server], Json]:
    defaults = {name: option.get("default") for name, option in module.argument_spec.items()}

    def act(server: Server) -> Json:
        given = {"url": server.url, "api": server.api, "token": server.tokens["access_token"], "retry_timeout": 3.0}
        found: Json = module.run({**defaults, **given, "settle_timeout": 1.0, **options}, False)
        return found

    return act


def _single(resource: Any, **options: Any) -> Callable[[Server], Json]:
    return _task(single_module(resource), threat_model="Shop", metadata={"x": "y"}, **options)


V1 = ("v1",)
SCENARIOS = {
    "definition, create": Scenario(None, _definition("second")),
    "definition, update": Scenario("first", _definition("second")),
    "definition, remove": Scenario("first", _definition("first", state="absent")),
    "definition, session": Scenario("first", _definition("second", via="session")),
    "definition, restore": Scenario("first", _definition("second"), V1, deleted=True),
    "model": Scenario(None, _task(single_module(THREAT_MODEL), name="M", framework="LINDDUN", metadata={"x": "y"})),
    "model, absent": Scenario("first", _task(single_module(THREAT_MODEL), name="Shop", state="absent")),
    "threat": Scenario("first", _single(THREAT, name="T3", severity="low", diagram="Main", cell="a")),
    "threat, update": Scenario("first", _single(THREAT, name="T1", severity="critical")),
    "document": Scenario("first", _single(DOCUMENT, name="D3", uri="https://wiki.example.com/3")),
    "document, absent": Scenario("first", _single(DOCUMENT, name="D1", state="absent")),
    "source": Scenario("first", _single(SOURCE, name="S3", uri="https://git.example.com/3.git")),
    "diagram": Scenario("first", _single(DIAGRAM, name="More", nodes={"b": {"type": "store", "label": "B"}})),
    "diagram, session": Scenario(
        "first", _single(DIAGRAM, name="Main", nodes={"b": {"type": "store", "label": "B"}}, via="session")
    ),
    "asset": Scenario("first", _single(ASSET, name="A3", type="data"), V1),
    "note": Scenario("first", _single(NOTE, name="N3", content="c"), V1),
    "metadata": Scenario(
        "first", _task(metadata_module(), threat_model="Shop", metadata={"team": "other", "new": "1"}, purge=True)
    ),
}


@dataclass(frozen=True)
class Claim:
    """One run with a fault. ``writes``: what the server carried out of it, joining sessions left out."""

    result: Json
    before: Census
    after: Census
    writes: int
    struck: bool

    @classmethod
    def of(cls, server: Server, scenario: Scenario, fault: Json) -> Claim:
        """Run a scenario with a fault."""
        server.clear()
        if scenario.before is not None:
            first = definition(server.api, scenario.before)
            empty = {**first, **{name: {} for name, section in first.items() if isinstance(section, dict)}}
            for wanted in (first, empty) if scenario.deleted else (first,):
                done = run(server, [wanted])
                assert not done.get("failed"), done["msg"]
        before = server.census()
        server.arm(fault)
        result = scenario.act(server)
        counted = server.counted()
        struck = server.disarm()[0]["seen"] >= fault["nth"]
        writes = sum(n for path, n in counted["done_by_path"].items() if not path.endswith("/collaborate"))
        return cls(result, before, server.census(), writes, struck)


def breaches(claim: Claim) -> Iterator[str]:
    """Yield what the result says wrongly."""
    result = claim.result
    if set(result.get("stats", ())) != {"requests", "retries", "writes"}:
        yield "there are no stats"
    is_other = claim.writes > 0 or claim.after != claim.before
    done = result.get("done", [])
    unsure = bool(done) and all(line.startswith("perhaps ") for line in done)
    if result["changed"] is not is_other and not (unsure and result["changed"]):
        yield f"changed is {result['changed']}, and the server has carried out {claim.writes} writes"
    if not result.get("failed"):
        return
    told: dict[tuple[str, str], set[str]] = {}
    sure: set[tuple[str, str, str]] = set()
    for line in done:
        found = _LINE.fullmatch(line)
        if found is None:
            yield f"done has {line}"
            continue
        told.setdefault((found[3], found[4]), set()).add(found[2])
        if not found[1]:
            sure.add((found[2], found[3], found[4]))
    before, after = ({key[1:]: facts for key, facts in census.items()} for census in (claim.before, claim.after))
    for key in before.keys() | after.keys():
        verbs = told.get(key, set())
        if key not in before and not verbs & {"created", "restored"}:
            yield f"it does not tell that {key} was created"
        elif key not in after and "deleted" not in verbs and "deleted" not in told.get(("threat model", "Shop"), ()):
            yield f"it does not tell that {key} was deleted"
        elif key in before and key in after and _own(before[key]) != _own(after[key]) and not verbs:
            yield f"it does not tell that {key} was changed"
    for verb, *key in sure:
        there = tuple(key) in after
        if there is (verb == "deleted"):
            yield f"it tells {verb} {key}, which is {'' if there else 'not '}there"


def _own(objects: list[Json]) -> list[Json]:
    """Return what is an object's own: of a threat not its place, which the server takes away with the diagram."""
    return [{name: value for name, value in facts.items() if name != "at"} for facts in objects]
