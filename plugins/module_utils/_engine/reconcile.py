# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The loop that every module runs: read, plan, apply, and again after a write whose result is unknown."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from .._errors import (
    AmbiguousNameError,
    AmbiguousWriteError,
    ConflictError,
    InputError,
    MissingError,
    TakenOverError,
    TmiError,
)
from .._failures import CONFLICT
from .apply import AUTO, Applied, Applier
from .display.reference_names import names_of
from .display.view import view_after, view_diff, view_entity
from .identity import objects as identity
from .identity.keys import ModelKeys
from .identity.model_names import WantedModels
from .identity.models import find, unused_old_names
from .identity.same_named import SameNamed, any_is_new, creation_places, creations
from .identity.uncertain_writes import was_done
from .plan import plan
from .policy import Policy
from .ports import Server
from .restores import with_deleted
from .tree import EXISTING, PRESENT, Change, Desired, Plan, ids_below
from .unknown_people import refuse_unknown_people

#: Plans written in one run before it gives up: the first one, and three after writes with an unknown result (ENGINE-5).
MAX_PLANS = 4
#: The same for plans made because another run has created the same objects at the same time.
MAX_TAKEN_OVER = 8
#: Seconds between two looks at several new objects of one name: another run may be about to delete its own.
CLEARING = (0.3, 0.7, 1.5, 3.0, 5.0)


@dataclass
class Outcome:
    """The result for one wanted model: the first plan, the latest plan, and the writes."""

    plan: Plan
    latest: Plan
    applied: Optional[Applied] = None
    warnings: list[str] = field(default_factory=list)
    #: The collaboration sessions of all plans that were written, in the form of ``Applied.sessions``.
    sessions: list[dict[str, Any]] = field(default_factory=list)
    #: Unix time in seconds at which the reading for the latest plan began.
    read_at: float = 0.0
    #: Whether anything was written; None in runs that only plan.
    wrote: Optional[bool] = None

    @property
    def changed(self) -> bool:
        """Whether the run has changed the server or, in check mode, would change it."""
        return self.plan.changed if self.wrote is None else self.wrote

    def kept(self) -> list[dict[str, Any]]:
        """Return the cells that pruning left in place, each with the cells that use it."""
        spared = [(c.path[-1], kept) for c in self.latest.changes if c.cells for kept in c.cells.kept]
        return [
            {"diagram": diagram, "cell": kept.cell.name, "used_by": [user.name for user in kept.used_by]}
            for diagram, kept in spared
        ]

    def diff(self) -> list[dict[str, Any]]:
        """Return the before/after pairs of all changed objects."""
        return view_diff(self.plan) if self.changed else []

    def after(self, desired: Desired) -> Optional[dict[str, Any]]:
        """Return an object after the run or, if nothing was written, as it is predicted."""
        change = self.latest.of(desired)
        names = self._names() if desired.resource.references else {}
        if self.applied is not None and id(desired) in self.applied.entities and change.action != "delete":
            return view_entity(self.applied.entity(desired), names)
        return view_after(change, names)

    def _names(self) -> dict[str, str]:
        """Return what the diagrams, cells and assets of the model are called, by id."""
        found = names_of(self.latest)
        for entity in self.applied.entities.values() if self.applied is not None else ():
            found[entity.id] = entity.label
            found.update({cell.id: cell.name for cell in entity.cells})
        return found


class Run:
    """The run for one wanted model: first :meth:`plan`, then, to write, :meth:`apply`."""

    def __init__(
        self,
        server: Server,
        desired: Desired,
        policy: Policy,
        via: str = AUTO,
        wanted_models: Optional[WantedModels] = None,
        keys: Optional[ModelKeys] = None,
    ) -> None:
        """``wanted_models``: all models of the task, since they may take over names from each other.

        ``keys``: the keys and origins of existing models; one object for all models of a task.
        """
        if desired.state == PRESENT and not policy.caller:
            policy = replace(policy, caller=server.caller())
        self.server = server
        self.desired = desired
        self.policy = policy
        self.via = via
        self.wanted_models = wanted_models
        self.keys = keys
        self.outcome: Optional[Outcome] = None
        #: Whether the whole plan is written.
        self.is_applied = False

    @property
    def done(self) -> list[str]:
        """The writes so far, one line for each object; also after a failure."""
        return self.server.journal.lines(self)

    def plan(self) -> Outcome:
        """Read and plan. Raises TmiError for mistakes, before anything is written."""
        for pause in CLEARING:
            outcome = self._plan_unless_unclear()
            if outcome is not None:
                return outcome
            self.server.wait(pause)
            self.server.forget()
        return self._plan()

    def _plan_unless_unclear(self) -> Optional[Outcome]:
        """Plan; return None if several objects have a wanted name and one of them was created a moment ago."""
        try:
            return self._plan()
        except AmbiguousNameError as error:
            if not any_is_new(error.candidates):
                raise
            return None

    def _plan(self) -> Outcome:
        began = time.time()
        found = find(
            self.server, self.desired, self.policy.sections(self.desired), self.policy, self.wanted_models, self.keys
        )
        actual = found.model
        if actual is None and self.desired.state == EXISTING and not self.policy.assume_missing:
            raise identity.not_found(
                self.desired.resource, self.desired.label, self.server.models(), self.desired.where
            )
        models = self.server.models() if actual is None and self.desired.state == EXISTING else ()
        planned = plan(self.desired, actual, self.server.rules, self.policy, models)
        whole = with_deleted(self.server, actual, planned)
        if whole is not None:
            planned = plan(self.desired, whole, self.server.rules, self.policy)
        if found.reason:
            planned = replace(planned, changes=(_because(planned.changes[0], found.reason), *planned.changes[1:]))
        if found.duplicates or found.notes:
            changes, warnings = (*planned.changes, *found.duplicates), (*planned.warnings, *found.notes)
            planned = replace(planned, changes=changes, warnings=warnings)
        elif self.desired.was and actual is None:
            planned = replace(
                planned, warnings=(*planned.warnings, *unused_old_names(self.server, self.desired, self.wanted_models))
            )
        _refuse_open_sessions(self.server, planned)
        refuse_unknown_people(self.server, planned, self.policy.caller)
        if self.outcome is None:
            self.outcome = Outcome(planned, planned)
        self.outcome.latest = planned
        self.outcome.read_at = began
        self.outcome.warnings.extend(w for w in planned.warnings if w not in self.outcome.warnings)
        return self.outcome

    def apply(self) -> Outcome:
        """Write the plan; after a write with an unknown result, or a conflict, plan again (ENGINE-5 and ENGINE-11).

        Raises TmiError; :attr:`done` then has the writes before the error.
        """
        outcome = self.outcome or self.plan()
        plans = {False: 1, True: 1}
        with self.server.journal.of(self):
            while True:
                problem = self._write(outcome)
                if problem is None:
                    break
                was_taken_over = isinstance(problem, TakenOverError)
                was_last = plans[was_taken_over] == (MAX_TAKEN_OVER if was_taken_over else MAX_PLANS)
                plans[was_taken_over] += 1
                self._look_again(problem)
                if was_last and outcome.latest.changed:
                    raise problem
        outcome.wrote = bool(self.done)
        self.is_applied = True
        return outcome

    def _write(self, outcome: Outcome) -> Optional[TmiError]:
        """Write the latest plan; return the error that makes another plan necessary."""
        if not outcome.latest.changed:
            return None
        with self.server.exclusively(
            creation_places(outcome.latest, self.server.rules), outcome.read_at
        ) as was_another:
            if was_another:  # read the changes of the other run first
                self.server.forget()
                self.plan()
            applier = Applier(self.server, self.via)
            outcome.applied = applier.applied
            try:
                applier.run(outcome.latest)
            except (AmbiguousWriteError, ConflictError, MissingError) as error:
                return error
            finally:
                outcome.warnings.extend(applier.applied.warnings)
                outcome.sessions.extend(applier.applied.sessions)
        return None

    def _look_again(self, problem: TmiError) -> None:
        """Read and plan again, and find out which of the writes with unknown results were done."""
        if isinstance(problem, AmbiguousWriteError):
            self.server.settle(problem.timed_out, problem.sent_at)
            self._remove_late_duplicates()
        self.server.forget()
        latest = self.plan().latest
        self.server.journal.settle(self, lambda about: was_done(about, latest))

    def _remove_late_duplicates(self) -> None:
        """Delete duplicates of objects whose creation got no response: another run may have created them meanwhile."""
        outcome = self.outcome
        if outcome is None or outcome.applied is None:
            return
        entities, changes = outcome.applied.entities, outcome.latest.changes
        lost = [c for c in creations(outcome.latest, self.server.rules) if id(c.desired) not in entities]
        root = entities.get(id(changes[0].desired)) or changes[0].actual
        same_named = SameNamed(self.server, outcome.warnings)
        for resource in {change.resource: None for change in lost}:
            if resource.parent is not None and root is None:
                continue  # the model may not exist, so nothing was created in it
            parent_id = root.id if root is not None and resource.parent is not None else None
            same_named.remove_late_duplicates(
                parent_id, [c for c in lost if c.resource is resource], ids_below(changes[0].actual)
            )


def _because(change: Change, reason: str) -> Change:
    """Return a change with a reason, unless it has one already."""
    return replace(change, reason=change.reason or reason)


def reconcile(server: Server, desired: Desired, policy: Policy, write: bool, via: str = AUTO) -> Outcome:
    """Make the server match ``desired``, a model with its children; if ``write`` is false, only plan."""
    wanted_models = WantedModels([desired], server.rules.as_stored)
    run = Run(server, desired, policy, via, wanted_models, ModelKeys(wanted_models))
    return run.apply() if write else run.plan()


def _refuse_open_sessions(server: Server, planned: Plan) -> None:
    """Refuse to delete objects that are open in a collaboration session (ENGINE-21)."""
    to_delete = [
        c for c in planned.changes if c.action == "delete" and c.resource.plural in ("diagrams", "threat_models")
    ]
    sessions = server.known_sessions() if to_delete else {}
    for change in to_delete:
        people = _participants(change, sessions)
        if people:
            raise InputError(
                "%s is open in a collaboration session with %s: ask them to leave, then run again"
                % (change.what, ", ".join(people)),
                change.desired.where if change.desired else "",
                CONFLICT,
            )


def _participants(change: Change, sessions: Any) -> list[str]:
    entity = change.actual
    if entity is None:
        return []
    diagrams = [entity, *entity.children.get("diagrams", ())]
    return sorted({person for diagram in diagrams for person in sessions.get(diagram.id, ())})
