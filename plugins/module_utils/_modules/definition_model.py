# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""One model of a task of the module ``tmi_definition``, from the definition to the result.

A task may have thousands of models. The data that a step needs is unpacked for that step and packed again after it;
only the data for the result is kept unpacked.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any, Callable, Iterator, Optional

from .._definition.load import Document
from .._definition.mistakes import locate
from .._engine.display import plan_text, report
from .._engine.display.signs import quoted
from .._engine.packing import pack, unpack
from .._engine.reconcile import Outcome, Run
from .._engine.tree import Desired
from .._errors import InputError, TmiError


class CompiledModel:
    """A compiled definition, packed. ``document`` is without its data, ``desired`` is the model without children."""

    def __init__(self, document: Document, desired: Desired) -> None:
        self.document = document._replace(data={})
        name = desired.values.get("name")
        self.desired = replace(desired, values={"name": name} if name else {}, metadata={}, children=())
        self.whole = pack(desired)


class PlanSummary:
    """The part of the result about one plan and its outcome."""

    def __init__(self, desired: Desired, outcome: Outcome, entries: list[dict[str, Any]], diagrams: int) -> None:
        plan = outcome.plan
        self._states = b""
        if diagrams:  # most runs need no export
            from .._definition.export.diagram_states import diagram_states

            self._states = pack(diagram_states(plan, diagrams))
        self.entries = entries
        self.counts = report.counts(plan)
        self.removals = report.removals(plan)
        self.changes_access = any(entry.get("access") for entry in self.entries)
        self.update(desired, outcome)

    def diagrams(self) -> list[dict[str, Any]]:
        """Return the diagrams that the plan changes, with both states."""
        return unpack(self._states) if self._states else []

    def update(self, desired: Desired, outcome: Outcome) -> None:
        """Take the changes from writing."""
        self.changed = outcome.changed
        actual = outcome.latest.of(desired).actual
        self.id = (outcome.after(desired) or {}).get("id") or (actual.id if actual else None)
        self.kept = outcome.kept()
        self.warnings = list(outcome.warnings)
        self.sessions = list(outcome.sessions)


class Model:
    """One model: its definition, the place of the definition, and its outcome. ``begin`` makes its run."""

    def __init__(self, wanted: CompiledModel, begin: Callable[[Desired], Run]) -> None:
        self.document = wanted.document
        self.desired = wanted.desired
        self.summary: Optional[PlanSummary] = None
        self.error: Optional[TmiError] = None
        #: Whether everything that was planned is written.
        self.is_applied = False
        self.is_finished = False
        self._begin = begin
        self._run: Optional[Run] = None
        self._aside = wanted.whole
        self._tree = ""

    @property
    def label(self) -> str:
        """The name of the model in messages."""
        return self.desired.label

    @property
    def done(self) -> list[str]:
        """The writes so far, one line for each object; also after a failure."""
        return self._run.done if self._run is not None else []

    def plan(
        self, with_new: bool, with_tree: bool, diagrams: int = 0, hide: Callable[[Any], Any] = lambda entries: entries
    ) -> None:
        """Plan. Raises TmiError.

        ``with_new`` and ``with_tree`` select the parts of the result (see ``report``); ``diagrams``: most changed
        diagrams to keep for it; ``hide``: takes secrets out of what is shown.
        """
        desired: Desired = unpack(self._aside)
        with self._located():
            outcome = self._begin(desired).plan()
        self.summary = PlanSummary(desired, outcome, hide(report.entries(outcome.plan, with_new)), diagrams)
        if with_tree:
            lines = plan_text.tree(
                self.label, self.summary.entries, self.summary.kept, outcome.plan.warnings, self.document.notes
            )
            self._tree = "".join(line + "\n" for line in lines)
        self._aside = pack((desired, outcome)) if outcome.latest.changed else b""

    def apply(self) -> None:
        """Carry out the plan. Raises TmiError."""
        if not self._aside or self.summary is None:
            self.is_applied = self.summary is not None
            return
        desired, outcome = unpack(self._aside)
        self._aside = b""
        run = self._run = self._begin(desired)
        run.outcome = outcome
        try:
            with self._located():
                run.apply()
        finally:
            self.summary.update(desired, outcome)
            run.desired, run.outcome = self.desired, None
        self.is_applied = run.is_applied

    @contextlib.contextmanager
    def _located(self) -> Iterator[None]:
        """Keep and raise the TmiError of a step; a mistake gets its line in the file."""
        try:
            yield
        except InputError as error:
            self.error = locate(error, [self.document])
            raise self.error from None
        except TmiError as error:
            self.error = error
            raise

    def view(self, with_done: bool) -> dict[str, Any]:
        """Return the model's part of the result; ``with_done``: the result is a failure and shows what was written."""
        shown: dict[str, Any] = {"name": self.label, "id": self.summary.id if self.summary else None}
        shown.update(changed=bool(self.done), file=self.document.where)
        if self.document.notes:
            shown["notes"] = list(self.document.notes)
        if with_done and self.done:
            shown["done"] = self.done
        if self.error is not None:
            return {**shown, "error": str(self.error)}
        if self.summary is None or not self.is_finished:
            return {**shown, "skipped": True}
        return {**shown, "changed": self.summary.changed, **self.summary.counts}

    def tree(self) -> str:
        """Return the plan as lines of text, with the error that ended it."""
        head = "%s %s" % (self.desired.resource.title, quoted(self.label))
        if self.error is None:
            return self._tree
        if self.summary is None:
            return "".join(line + "\n" for line in plan_text.said_lines("!", "%s: %s" % (head, self.error)))
        lines = plan_text.failure_lines(str(self.error), self.done, applied=self._run is not None)
        return (self._tree or "  %s\n" % head) + "".join(line + "\n" for line in lines)
