# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.tmi.tmi.plugins.modules import tmi_watch
from ansible_collections.tmi.tmi.plugins.plugin_utils._watching_action import WatchingAction


class ActionModule(WatchingAction):
    """Runs tmi.tmi.tmi_watch."""

    module = tmi_watch
