# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Core finds the action plugin of each module before it forks, and has the engine loaded then."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

MODULES = sorted(path.stem for path in Path(__file__, "../../../../../plugins/modules").resolve().glob("[!_]*.py"))

#: What core does for each task in the process that then forks (`ansible.plugins.strategy.linear`).
LOOKS = """
import gc, json, sys
from ansible.plugins.loader import action_loader, init_plugin_loader
init_plugin_loader()
found = {}
for name in sys.argv[1:]:
    plugin = action_loader.get("tmi.tmi." + name, class_only=True)
    found[name] = None if plugin is None else plugin.module.__name__
loaded = [name for name in sys.modules if name.startswith("ansible_collections.tmi.tmi.plugins.module_utils.")]
print(json.dumps({"found": found, "loaded": loaded, "frozen": gc.get_freeze_count(), "tracked": len(gc.get_objects())}))
"""


def look(*names: str) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-c", LOOKS, *names], check=True, capture_output=True, text=True)
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def test_each_module_has_an_action_plugin_that_runs_it() -> None:
    assert len(MODULES) > 10
    assert look(*MODULES)["found"] == {name: f"ansible_collections.tmi.tmi.plugins.modules.{name}" for name in MODULES}


def test_the_engine_is_loaded_with_it() -> None:
    rooms = ("_modules.single", "_engine.plan", "_engine.apply", "_http.connection", "_api.v0.server", "_api.v1.server")
    loaded = look("tmi_threat")["loaded"]
    assert isinstance(loaded, list)
    assert {f"ansible_collections.tmi.tmi.plugins.module_utils.{room}" for room in rooms} <= set(loaded)


def test_workers_need_not_visit_what_they_inherit() -> None:
    seen = look("tmi_threat")
    frozen, tracked = seen["frozen"], seen["tracked"]
    assert isinstance(frozen, int)
    assert isinstance(tracked, int)
    assert frozen > 10 * tracked, "the garbage collector of each worker would copy what it shares with its parent"
