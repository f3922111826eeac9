# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The options of ``tmi_watch``. Its work is in ``plugin_utils``, because only the controller can show lines at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from .._errors import InputError
from .._options import REQUIRED_BY, connection_spec
from .module import Context, Module

if TYPE_CHECKING:
    from .module import Result


def watch_module() -> Module:
    """Return the module that watches, with work that fails: the action plugin replaces it."""
    spec: dict[str, Any] = {
        **connection_spec(),
        "threat_model": {"type": "list", "elements": "str"},
        "diagram": {"type": "str"},
        "count": {"type": "int"},
        "wait_timeout": {"type": "int"},
        "interval": {"type": "int", "default": 10},
        "cursor": {"type": "int", "default": 0},
    }
    return Module(spec, _work, {"required_by": {**REQUIRED_BY, "diagram": ("threat_model",)}})


def _work(params: Mapping[str, Any], context: Context) -> Result:
    raise InputError("tmi.tmi.tmi_watch can only run with its action plugin, on the controller")
