# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The action plugin of a module that asks a person: only the controller has the terminal."""

from __future__ import annotations

from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._modules.choose import choose_module
from ansible_collections.tmi.tmi.plugins.plugin_utils._action import Action
from ansible_collections.tmi.tmi.plugins.plugin_utils._terminal import Terminal


class ChoosingAction(Action):
    """Runs a module that asks, always on the controller."""

    on_controller = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        self._person = Terminal(task_vars or {}, self._task.check_mode)
        return super().run(tmp, task_vars)

    def definition(self) -> Any:
        """Return the module with the person at the terminal."""
        return choose_module(self._person)
