# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The action plugin of a module that waits: only an action plugin can evaluate an expression of a playbook."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError, TmiError
from ansible_collections.tmi.tmi.plugins.module_utils._modules.module import failure
from ansible_collections.tmi.tmi.plugins.module_utils._modules.wait import Patience, is_passing, late
from ansible_collections.tmi.tmi.plugins.plugin_utils._action import Action
from ansible_collections.tmi.tmi.plugins.plugin_utils._condition import Condition


class WaitingAction(Action):
    """Runs a module that waits, and evaluates the condition of the task."""

    def holds(self, task_vars: dict[str, Any] | None) -> Callable[[Mapping[str, Any]], bool]:
        """Return the evaluation of the task's condition."""
        return Condition(self._task.args.get("condition"), self._loader, task_vars or {}).holds

    def _ship(self, module: Any, fqcn: str, args: dict[str, Any], task_vars: dict[str, Any] | None) -> dict[str, Any]:
        """Run the module on the target of the connection until the condition holds: each run reads once."""
        try:
            if self._task.async_val:
                raise InputError("%s waits by itself. Leave async and poll out" % fqcn, "async")
            holds = self.holds(task_vars)
            patience = Patience(_times(module, args), time.monotonic)
            return self._wait(holds, patience, lambda: super(WaitingAction, self)._ship(module, fqcn, args, task_vars))
        except TmiError as error:
            return failure(error)

    def _wait(
        self, holds: Callable[[Mapping[str, Any]], bool], patience: Patience, look: Callable[[], dict[str, Any]]
    ) -> dict[str, Any]:
        found, reads = look(), 1
        if found.get("failed"):
            return found
        patience.begin()
        trouble = None
        while True:
            found.update(reads=reads, waited=patience.waited)
            if trouble is None:
                found["holds"] = False
                try:
                    found["holds"] = holds(found)
                except InputError as error:
                    return {**found, **failure(error), "stats": found.get("stats")}
            seconds = None if found["holds"] or self._task.check_mode else patience.pause()
            if seconds is None:
                return found if found["holds"] or self._task.check_mode else late(found, trouble)
            time.sleep(seconds)
            seen, trouble = look(), None
            reads += 1
            if seen.get("failed"):
                if not is_passing(seen["error"]):
                    return {**found, **seen, "reads": reads - 1}
                trouble = seen
            else:
                found = seen


def _times(module: Any, args: Mapping[str, Any]) -> dict[str, int]:
    """Return the times of a task. A value that is no number is left for the module to refuse."""
    found = {}
    for name in ("wait_timeout", "interval"):
        default = module.argument_spec[name]["default"]
        given = str(args.get(name, default)).strip()
        found[name] = int(given) if given.lstrip("-").isdecimal() else default
    return found
