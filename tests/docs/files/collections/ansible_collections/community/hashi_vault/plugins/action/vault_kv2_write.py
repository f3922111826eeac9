# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""In place of the module of this name: the secrets of Vault are in a file."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    _supports_check_mode = True

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        path, data = self._task.args["path"], self._task.args["data"]
        if not self._task.check_mode:
            file = Path(os.environ["STORES"])
            stores = json.loads(file.read_text())
            stores["vault"][path] = dict(data)
            file.write_text(json.dumps(stores))
        return {"changed": True, "raw": {}}
