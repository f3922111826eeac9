# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Promises about answers of any shape: whole runs of every module and plugin, each with one answer replaced."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.tmi.tmi.plugins.module_utils._errors import LONGEST, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.definition_info import definition_info_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.info import info_module
from ansible_collections.tmi.tmi.plugins.module_utils._modules.single import single_module
from ansible_collections.tmi.tmi.plugins.module_utils._resources.threat import THREAT
from ansible_collections.tmi.tmi.plugins.modules import tmi_token
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory import reader
from ansible_collections.tmi.tmi.plugins.plugin_utils._inventory import source as _inventory_source
from ansible_collections.tmi.tmi.tests.harness import claims
from ansible_collections.tmi.tmi.tests.harness.estate import estate
from ansible_collections.tmi.tmi.tests.harness.hostile.answers import Between
from ansible_collections.tmi.tmi.tests.harness.runs import DEFAULTS, MODULE, make_faster, run
from ansible_collections.tmi.tmi.tests.harness.server import PROVIDERS

Json = Any
Act = Callable[[Any], Json]
GUARD = "ansible_collections.tmi.tmi.plugins.module_utils._http.shapes:refusal"
#: Seeds of each request of a run that reads, and of one that writes, which must be prepared each time.
READS, WRITES = 6, 2
#: Megabytes that the process may grow by, seconds of its time that a run may take, and requests.
GROWTH, BUSY, REQUESTS = 300, 30.0, 300


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    make_faster(monkeypatch)


def _with_defaults(module: Any, server: Any, check: bool = False, **options: Any) -> Json:
    defaults = {name: option.get("default") for name, option in module.argument_spec.items()}
    given = {"url": server.url, "token": server.tokens["access_token"], "retry_timeout": 3.0, "settle_timeout": 1.0}
    return module.run({**defaults, **given, **options}, check)


def _plugin(read: Callable[[Json], Any], server: Any, **options: Any) -> Json:
    given = {"url": server.url, "token": server.tokens["access_token"], "retry_timeout": 3.0, "api": "auto"}
    try:
        return {"found": read({**{name: o.get("default") for name, o in DEFAULT_QUERY.items()}, **given, **options})}
    except TmiError as error:
        return {"failed": True, "msg": str(error)}


INFO = info_module()
DEFAULT_QUERY = INFO.argument_spec


def _info(kind: str, **options: Any) -> Act:
    return lambda server: _with_defaults(INFO, server, resource=kind, **options)


#: What reads; the server keeps its state from one case to the next.
READING: dict[str, Act] = {
    **{kind: _info(kind) for kind in ("server", "user", "providers", "collaboration_sessions")},
    "models": _info("threat_models"),
    "models, whole": _info("threat_models", include=["threats", "diagrams", "documents"]),
    **{kind: _info(kind, threat_model="Shop") for kind in ("threats", "diagrams", "documents", "sources")},
    "metadata": _info("metadata", threat_model="Shop", threat="Replay"),
    "export": lambda server: _with_defaults(definition_info_module(), server),
    "definition, check mode": lambda server: MODULE.run(
        {**DEFAULTS, "url": server.url, "token": server.tokens["access_token"], "prune": "all", "retry_timeout": 3.0}
        | {"definition": estate(server.api, "second"), "api": "auto"},
        True,
    ),
    "threat, check mode": lambda server: _with_defaults(
        single_module(THREAT), server, True, threat_model="Shop", name="Replay", severity="low"
    ),
    "lookup": lambda server: _plugin(
        lambda options: reader.fetch(["threats", "diagrams"], options), server, threat_model="Shop"
    ),
    "lookup, inventory": lambda server: _plugin(
        lambda options: reader.fetch(["threat_models"], options), server, **{"as": "inventory"}
    ),
    "inventory": lambda server: _plugin(_inventory_source.from_server, server, threat_summary=True),
    "login": lambda server: _with_defaults(
        tmi_token.MODULE, server, token=None, login_hint="alice", login_provider=PROVIDERS[server.api]
    ),
}


def _problems(result: Json, server: Any, secrets: Iterator[str] | tuple[str, ...]) -> Iterator[str]:
    """Yield what is not as it must be after a hostile answer."""
    message = str(result.get("msg", ""))
    if "exception" in result or "defect of the collection" in message:
        yield "it ended as a defect: " + str(result.get("exception", message))[-600:]
    if "Traceback" in message:
        yield "its message has a traceback"
    for text in (
        message,
        *result.get("warnings", ()),
        *(str(m.get("error", "")) for m in result.get("threat_models", ())),
    ):
        if len(text) > LONGEST:
            yield f"a message of {len(text)} characters: {text[:100]}"
    if result.get("failed") and not message:
        yield "it failed without a message"
    shown = json.dumps(result)
    for secret in secrets:
        if result.get("failed") and secret in shown:
            yield "it shows a token"


def _lies(result: Json, server: Any) -> Iterator[str]:
    """Yield where a failed run says that nothing was written and something was, or the other way round."""
    counted = server.counted()["done_by_path"]
    writes = sum(n for path, n in counted.items() if not path.endswith("/collaborate"))
    unsure = bool(result.get("done")) and all(line.startswith("perhaps ") for line in result["done"])
    if result.get("failed") and result["changed"] is not (writes > 0) and not (unsure and result["changed"]):
        yield f"changed is {result['changed']}, and the server has carried out {writes} writes"


def _case(act: Act, server: Any, nth: int, seed: int, trouble: list[str], writes: bool = False) -> Between:
    """Run with the nth answer replaced; note what is wrong."""
    if writes:
        server.control("reset", {"counters": True})
    begin = time.thread_time()
    with Between(nth, seed)() as between:
        try:
            result = act(server)
        except Exception as error:
            result = {"failed": True, "changed": None, "msg": "", "exception": f"{type(error).__name__}: {error}"[:600]}
    found = list(_problems(result, server, (server.tokens["access_token"], server.tokens.get("refresh_token") or "?")))
    if writes:
        found += _lies(result, server)
    if time.thread_time() - begin > BUSY:
        found.append(f"it took {time.thread_time() - begin:.0f} s of the processor")
    if between.seen > REQUESTS:
        found.append(f"it sent {between.seen} requests")
    trouble += [f"{between.done} (request {nth}, seed {seed}): {words}" for words in found]
    return between


def _grown() -> float:
    """Return the most memory that the process ever had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _finish(trouble: list[str], cases: int, before: float, record_property: Any) -> None:
    record_property("cases", cases)
    assert cases, "no answer was replaced"
    assert not trouble, f"{len(trouble)} of {cases} cases:\n" + "\n".join(trouble[:20])
    assert _grown() - before < GROWTH


@pytest.mark.promise("Hostile answers end in one clear message", sample=4, guard=GUARD, fails="export")
@pytest.mark.parametrize("name", list(READING))
def test_hostile_answers_to_reads(server: Any, name: str, record_property: Any) -> None:
    act = READING[name]
    server.clear()
    done = run(server, estate(server.api, "first"))
    assert not done.get("failed"), done["msg"]
    with Between()() as between:
        clean = act(server)
    assert not clean.get("failed"), clean["msg"]
    before, trouble, cases = _grown(), [], 0
    for nth in range(1, between.seen + 1):
        for seed in range(READS):
            cases += bool(_case(act, server, nth, 1000 * nth + seed, trouble).done)
    _finish(trouble, cases, before, record_property)


@pytest.mark.promise("Hostile answers end in one clear message", sample=2, guard=GUARD)
@pytest.mark.parametrize("name", list(claims.SCENARIOS))
def test_hostile_answers_to_runs_that_write(server: Any, name: str, record_property: Any) -> None:
    scenario = claims.SCENARIOS[name]
    if server.api not in scenario.apis:
        pytest.skip(f"{server.api} has no such objects")
    before, trouble, cases, nth = _grown(), [], 0, 0
    while True:
        nth += 1
        for seed in range(WRITES):
            server.clear()
            if scenario.before is not None:
                done = run(server, [claims.definition(server.api, scenario.before)])
                assert not done.get("failed"), done["msg"]
            counted = "session" not in name  # whose operations are counted as they are sent
            between = _case(scenario.act, server, nth, 1000 * nth + seed, trouble, counted)
            cases += bool(between.done)
        if not between.done:
            break
    _finish(trouble, cases, before, record_property)
