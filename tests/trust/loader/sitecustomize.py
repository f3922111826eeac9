# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Switch guards off in every Python process that has this folder on PYTHONPATH; tests/trust/conftest.py sees to that.

TMI_TRUST_GUARDS names the guards, each as ``module:attribute`` or ``module:Class.attribute``. What replaces them stands
in tests/trust/guards/. Each replaced guard adds a line to the file TMI_TRUST_SEEN.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from pathlib import Path

GUARDS = Path(__file__).resolve().parent.parent / "guards"


def replacements():
    """Return what replaces each guard: functions that take the original."""
    found = {}
    for path in sorted(GUARDS.glob("[!_]*.py")):
        spec = importlib.util.spec_from_file_location("tmi_trust_guards_" + path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.update(module.OFF)
    return found


def switch_off(module, attribute, replacement):
    """Replace one attribute of a loaded module, or of a class in it."""
    holder = module
    *above, name = attribute.split(".")
    for part in above:
        holder = getattr(holder, part)
    original = holder.__dict__[name]
    replaced = replacement(original)
    if isinstance(original, (staticmethod, classmethod)) and not isinstance(replaced, (staticmethod, classmethod)):
        replaced = staticmethod(replaced)
    setattr(holder, name, replaced)
    with open(os.environ["TMI_TRUST_SEEN"], "a") as seen:
        seen.write(f"{module.__name__}:{attribute}\n")


def watch(wanted):
    """Have guards replaced as soon as their modules are loaded, whichever finder finds them."""
    bootstrap = sys.modules["_frozen_importlib"]
    find = bootstrap._find_spec

    def find_and_wrap(name, path, target=None):
        spec = find(name, path, target)
        if spec is not None and name in wanted and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                for attribute, replacement in wanted[name]:
                    switch_off(module, attribute, replacement)

            spec.loader.exec_module = exec_module
        return spec

    bootstrap._find_spec = find_and_wrap


def begin():
    """Read what the environment asks for."""
    known = replacements()
    wanted = {}
    for guard in os.environ.get("TMI_TRUST_GUARDS", "").split():
        module, _colon, attribute = guard.partition(":")
        wanted.setdefault(module, []).append((attribute, known[guard]))
    if wanted:
        watch(wanted)


begin()
