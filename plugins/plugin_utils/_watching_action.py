# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The action plugin of a module that shows lines while it runs: only the controller can do that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.tmi.tmi.plugins.plugin_utils._action import Action
from ansible_collections.tmi.tmi.plugins.plugin_utils._events.watching import watch


class WatchingAction(Action):
    """Runs a module that watches, always on the controller."""

    on_controller = True

    def definition(self) -> Any:
        """Return the module with its work, which needs the controller."""
        return replace(super().definition(), work=watch)
