# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib.util
import os

from ansible_collections.tmi.tmi.plugins.plugin_utils._action import Action


def _module():
    path = os.path.join(os.path.dirname(__file__), "..", "library", "tmi_old.py")
    spec = importlib.util.spec_from_file_location("tmi_old", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class ActionModule(Action):
    """Serves the module in the folder beside, which is in no collection."""

    collection = ""
    module = _module()
