# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_definition``: whole models as code, several at a time."""

from __future__ import annotations

from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence, TypeVar

from ._api.client import connect
from ._definition.compile import compile_definition
from ._definition.sources import localize, read_documents
from ._engine.policy import Policy
from ._engine.reconcile import Outcome, Run
from ._engine.tree import PRESENT, Desired
from ._errors import InputError, PartialFailure, TmiError
from ._options import REQUIRED_BY, connection_spec
from ._run import Context, Module
from ._single import ON_UNSUPPORTED, VIA

if TYPE_CHECKING:
    from ._run import Result

#: Models worked on at once: more gains nothing, and a user may hold four sessions (design, rules 3 and section 5).
PARALLEL = 4

T = TypeVar("T")
R = TypeVar("R")


def definition_module() -> Module:
    """Return the module that manages whole models."""
    spec: dict[str, Any] = {
        **connection_spec(),
        "state": {"type": "str", "choices": [PRESENT], "default": PRESENT},
        "src": {"type": "list", "elements": "str"},
        "definition": {"type": "raw"},
        "overlay": {"type": "dict"},
        "name_prefix": {"type": "str", "default": ""},
        "on_unsupported": dict(ON_UNSUPPORTED),
        "via": dict(VIA),
    }
    rules = {
        "required_one_of": [("src", "definition")],
        "mutually_exclusive": [("src", "definition")],
        "required_by": REQUIRED_BY,
    }
    return Module(spec, _work, rules, localize=localize)


def _work(params: Mapping[str, Any], context: Context) -> Result:
    wanted = [compile_definition(d) for d in read_documents(params)]
    _refuse_twins(wanted)
    server = connect(context.transport)
    policy = Policy(params["on_unsupported"], server.caller())
    runs = [Run(server, desired, policy, params["via"]) for desired in wanted]
    outcomes = in_parallel(Run.plan, runs)  # all of them before the first write: what is wrong shows here
    if not context.check_mode:
        _write(runs)
    return _result(wanted, outcomes)


def _refuse_twins(wanted: Sequence[Desired]) -> None:
    seen: dict[Any, Desired] = {}
    for desired in wanted:
        key = desired.id or desired.values["name"]
        if key in seen:
            raise InputError('the model "%s" is also defined in %s' % (desired.label, seen[key].where), desired.where)
        seen[key] = desired


def _write(runs: Sequence[Run]) -> None:
    try:
        in_parallel(Run.apply, runs)
    except TmiError as error:
        done = [line for run in runs for line in run.done]
        cause = error.cause if isinstance(error, PartialFailure) else error
        raise (PartialFailure(cause, {"done": done}) if done else cause) from error


def in_parallel(call: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """Return the results in order; after a failure nothing new begins, and what runs is waited for."""
    if len(items) == 1:
        return [call(items[0])]
    with ThreadPoolExecutor(max_workers=PARALLEL) as pool:
        futures: list[Future[R]] = [pool.submit(call, item) for item in items]
        waiting = wait(futures, return_when=FIRST_EXCEPTION).not_done
        for future in waiting:
            future.cancel()
        wait(futures)
    for future in futures:
        if not future.cancelled() and future.exception() is not None:
            raise future.exception() or AssertionError
    return [future.result() for future in futures]


def _result(wanted: Sequence[Desired], outcomes: Sequence[Outcome]) -> Result:
    models, diff, sessions = [], [], []
    warnings: list[str] = []
    for desired, outcome in zip(wanted, outcomes):
        after = outcome.after(desired) or {}
        models.append({"name": desired.label, "id": after.get("id"), "changed": outcome.changed, **outcome.counts()})
        diff += outcome.diff()
        warnings += [w for w in outcome.warnings if w not in warnings]
        sessions += outcome.applied.sessions if outcome.applied else []
    result: Result = {"changed": any(o.changed for o in outcomes), "threat_models": models, "diff": diff}
    if sessions:
        result["sessions"] = sessions
    if warnings:
        result["warnings"] = warnings
    return result
