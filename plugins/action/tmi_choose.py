# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from ansible_collections.tmi.tmi.plugins.modules import tmi_choose
from ansible_collections.tmi.tmi.plugins.plugin_utils._choosing_action import ChoosingAction


class ActionModule(ChoosingAction):
    """Runs tmi.tmi.tmi_choose."""

    module = tmi_choose
