# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_definition``: whole models as code, several at once."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Callable, Mapping, Optional, Sequence

from .._api.client import connect
from .._definition.compile import compile_one
from .._definition.mistakes import Mistakes
from .._definition.parsing.yaml_text import Decrypt
from .._definition.sources import each_document, localize
from .._engine.display import plan_text, report
from .._engine.identity.duplicates import FAIL, ON_TWINS
from .._engine.identity.keys import ModelKeys, prefix_mark
from .._engine.identity.model_names import WantedModels, origin_of
from .._engine.identity.renames import AsStored, new_name
from .._engine.policy import Policy
from .._engine.reconcile import Run
from .._engine.tree import ABSENT, PRESENT, Desired
from .._engine.undeclared import LEVELS, NONE
from .._errors import InputError, TmiError, listed
from .._mistakes import raise_all
from .._options import REQUIRED_BY, connection_spec
from .._parallel import PARALLEL, in_parallel
from .._resources._catalog import SECTION_NAMES
from .._resources.diagram import DIAGRAM
from .definition_model import CompiledModel, Model
from .module import Context, Module, failure, hidden
from .single import ON_UNSUPPORTED, VIA

if TYPE_CHECKING:
    from .module import Result

#: The word for the cells of diagrams in ``prune``, beside the sections.
CELLS = "cells"
STOP, CONTINUE = "stop", "continue"
#: Most failures, and most removals, in a message.
LISTED = 5


def definition_module() -> Module:
    """Return the module that manages whole models."""
    spec: dict[str, Any] = {
        **connection_spec(),
        "state": {"type": "str", "choices": [PRESENT, ABSENT], "default": PRESENT},
        "src": {"type": "list", "elements": "str"},
        "definition": {"type": "raw"},
        "overlay": {"type": "dict"},
        "name_prefix": {"type": "str", "default": ""},
        "prune": {"type": "raw", "default": NONE},
        "prune_limit": {"type": "int", "default": 20},
        "protect": {"type": "list", "elements": "str", "default": []},
        "force": {"type": "bool", "default": False},
        "on_twins": {"type": "str", "choices": list(ON_TWINS), "default": FAIL},
        "on_unsupported": dict(ON_UNSUPPORTED),
        "on_error": {"type": "str", "choices": [STOP, CONTINUE], "default": STOP},
        "parallel": {"type": "int", "default": PARALLEL},
        "return_diagrams": {"type": "int", "default": 0},
        "via": dict(VIA),
    }
    rules = {
        "required_one_of": [("src", "definition")],
        "mutually_exclusive": [("src", "definition")],
        "required_by": REQUIRED_BY,
    }
    return Module(spec, _work, rules, localize=localize)


def prune_levels(given: Any) -> dict[str, str]:
    """Return the level of deletion for each section, by its plural, and for ``cells``.

    ``given``: one level for all, or a map by section. Raises InputError for an unknown level or section.
    """
    sections = [*SECTION_NAMES, CELLS]
    found = given if isinstance(given, Mapping) else dict.fromkeys(sections, given)
    levels = {}
    for section, level in found.items():
        if section not in sections:
            raise InputError("there is no section %s; there are %s" % (section, ", ".join(sections)), "prune")
        if level not in LEVELS:
            raise InputError("must be one of %s, or a map of sections to these" % ", ".join(LEVELS), "prune")
        levels[SECTION_NAMES[section].plural if section in SECTION_NAMES else section] = level
    return levels


def _work(params: Mapping[str, Any], context: Context) -> Result:
    levels = prune_levels(params["prune"])
    for name, least in (("parallel", 1), ("prune_limit", 0), ("return_diagrams", 0)):
        if params[name] < least:
            raise InputError("must be at least %d" % least, name)
    cells = levels.pop(CELLS, NONE)
    wanted = _read(params, cells, context.decrypt)
    refuse_same_models([found.desired for found in wanted])
    server = connect(context.transport)
    refuse_same_models([found.desired for found in wanted], server.rules.as_stored)
    policy = Policy(
        params["on_unsupported"],
        server.caller(),
        prune=levels,
        protect=tuple(params["protect"]),
        register=True,
        force=params["force"],
        on_twins=params["on_twins"],
    )
    wanted_models = WantedModels([found.desired for found in wanted], server.rules.as_stored)
    keys = ModelKeys(wanted_models)

    def begin(desired: Desired) -> Run:
        return Run(server, desired, policy, params["via"], wanted_models, keys)

    models = [Model(found, begin) for found in wanted]
    return DefinitionRun(models, params, context).run()


def _read(params: Mapping[str, Any], cells: str, decrypt: Optional[Decrypt] = None) -> list[CompiledModel]:
    """Return the task's definitions, compiled. Raises InputError with the mistakes of all of them and their lines."""
    mistakes = Mistakes()
    wanted = []
    for document in each_document(params, mistakes, decrypt):
        desired = compile_one(document, mistakes)
        if desired is not None and not mistakes.found:
            wanted.append(CompiledModel(document, _wanted(desired, document.named, params, cells)))
    mistakes.raise_all()
    return wanted


def _wanted(desired: Desired, named: str, params: Mapping[str, Any], cells: str) -> Desired:
    """Return a compiled definition in the task's state: present, or absent with everything in it.

    ``named``: the name from the task's overlay.
    """
    if desired.key:
        marks = prefix_mark(params["name_prefix"], named)
        desired = replace(desired, own_metadata={**desired.own_metadata, **marks})
    if params["state"] == ABSENT:
        return replace(desired, state=ABSENT, children=(), given=frozenset())
    children = [replace(c, prune_cells=cells) if c.resource is DIAGRAM else c for c in desired.children]
    return replace(desired, children=tuple(children))


def refuse_same_models(wanted: Sequence[Desired], as_stored: AsStored = lambda resource, name, text: text) -> None:
    """Raise InputError if two definitions mean the same model: each would undo the changes of the other.

    ``as_stored`` gives names as the server stores them, once it is known.
    """
    seen: dict[Any, Desired] = {}
    for desired in wanted:
        key = desired.id or new_name(desired, as_stored)
        if key in seen:
            raise InputError('the model "%s" is also defined in %s' % (desired.label, seen[key].where), desired.where)
        seen[key] = desired
        origin = origin_of(desired)
        if origin is not None and origin in seen:
            raise InputError(
                'the origin "%s" is also that of the model "%s" in %s: one of the two is a copy. Leave it out, or give '
                "it another origin" % (origin.text, seen[origin].label, seen[origin].where),
                desired.where,
            )
        if origin is not None:
            seen[origin] = desired


class DefinitionRun:
    """All models of a task: planned before the first write, then written, several at once."""

    def __init__(self, models: Sequence[Model], params: Mapping[str, Any], context: Context) -> None:
        self.models = models
        self.params = params
        self.context = context
        self.goes_on = params["on_error"] == CONTINUE
        self._with_new = context.check_mode or context.diff_mode

    def run(self) -> Result:
        """Return the result, also if the run fails after its first write.

        Raises InputError, with every model that has a mistake, before anything is written.
        """
        diagrams = self.params.get("return_diagrams", 0)

        def plan(model: Model) -> None:
            model.plan(
                self._with_new, self.context.diff_mode, diagrams, lambda shown: hidden(shown, self.context.secrets)
            )

        self._step("planned", plan, planning=True)
        if not self.goes_on:
            raise_all([model.error for model in self.models if isinstance(model.error, InputError)])
        self._refuse_many_removals()
        if not self.context.check_mode:
            self._step("done", Model.apply)
        for model in self.models:
            model.is_finished = model.error is None and (self.context.check_mode or model.is_applied)
        return self._result()

    def _step(self, word: str, call: Callable[[Model], Any], planning: bool = False) -> None:
        """Do one step for all models. A failure stops those that have not begun, unless ``on_error`` is continue."""

        def attempt(model: Model) -> None:
            if model.error is not None:
                return
            try:
                call(model)
            except InputError:
                if not planning and not self.goes_on:
                    raise  # mistakes in planning are collected, so that the user can correct all of them at once
            except TmiError:
                if not self.goes_on:
                    raise

        def report_progress(finished: int) -> None:
            stats = self.context.transport.stats
            line = "%d of %d models %s, %d requests" % (finished, len(self.models), word, stats.requests)
            if stats.retries:
                line += ", %d of them again after waiting %d s in all" % (stats.retries, stats.waited)
            if self.context.show_line is not None:
                self.context.show_line(line)

        try:
            in_parallel(
                attempt, self.models, self.params["parallel"], report_progress if self.context.show_line else None
            )
        except TmiError:
            if planning:
                raise

    def _refuse_many_removals(self) -> None:
        found = [
            '%s of model "%s"' % (line, model.label)
            for model in self.models
            if model.summary is not None and model.error is None
            for line in model.summary.removals
        ]
        if len(found) > self.params["prune_limit"]:
            raise InputError(
                "removes %d objects, more than prune_limit (%d) allows: %s. Nothing was written. If it is meant, "
                "raise prune_limit, and look at the plan in check mode first"
                % (len(found), self.params["prune_limit"], listed(found, LISTED)),
                "prune",
            )

    def _result(self) -> Result:
        """Return the result; after a failure it has only the plans of the models that failed."""
        planned = [(model, model.summary) for model in self.models if model.summary is not None]
        failed = [model for model in self.models if model.error is not None]
        shown = failed or self.models
        result: Result = {
            "changed": any(model.done for model in self.models) or any(t.changed for m, t in planned if m.is_finished),
            "threat_models": [model.view(with_done=bool(failed)) for model in self.models],
            "plan_format": report.PLAN_FORMAT,
            "plan": [entry for model in shown if model.summary is not None for entry in model.summary.entries],
        }
        if self.params.get("return_diagrams"):
            rows = (row for model in shown if model.summary is not None for row in model.summary.diagrams())
            result["diagrams"] = list(islice(rows, self.params["return_diagrams"]))
        if self.context.diff_mode:
            result["diff"] = self._diff(shown)
        kept = [{"threat_model": model.label, **kept} for model, summary in planned for kept in summary.kept]
        sessions = [found for _model, summary in planned for found in summary.sessions]
        warnings = list(dict.fromkeys(warning for _model, summary in planned for warning in summary.warnings))
        result.update({n: v for n, v in (("kept", kept), ("sessions", sessions), ("warnings", warnings)) if v})
        if failed:
            result = {**self._failure(failed), **result}
        return result

    def _failure(self, failed: Sequence[Model]) -> Result:
        first = failed[0].error or TmiError("failed")
        if len(self.models) == 1:
            return failure(first)
        lines = ['"%s": %s' % (model.label, str(model.error).rstrip(".")) for model in failed]
        text = "%s. %d of %d models failed" % (listed(lines, LISTED, "; "), len(failed), len(self.models))
        return {**failure(TmiError(text)), "error": first.details()}

    def _diff(self, shown: Sequence[Model]) -> list[dict[str, Any]]:
        """Return the plan of some models for Ansible's ``--diff``; empty if nothing changes."""
        planned = [model.summary for model in shown if model.summary is not None]
        if not any(summary.changed for summary in planned):
            return []
        failed = [model for model in shown if model.error is not None]
        line = plan_text.summary(
            [summary.counts for summary in planned],
            done=not self.context.check_mode and not failed,
            access=sum(summary.changes_access for summary in planned),
            warnings=sum(len(summary.warnings) for summary in planned),
            failed=len(failed),
        )
        return [{"prepared": "".join(model.tree() for model in shown) + line + "\n"}]
