# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The connection options of plugins, which may come from variables."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS, Option, is_blank


def direct_options(
    given: Mapping[str, Any], variables: Mapping[str, Any] | None, template: Callable[[Any], Any]
) -> dict[str, Any]:
    """Return the options to hand to ``set_options(direct=...)``: those given, and what ``tmi_*`` variables hold.

    Core hands values of variables over as they were written, and converts them before anybody can template them: a
    boolean from a template would silently be false. So they are templated here, and then count as given. Likewise core
    would take an empty environment variable for a value, and check no certificate because of it.
    """
    options = dict(given)
    for option in OPTIONS:
        if option.name not in options and (variables or {}).get(option.var) is not None:
            value = template((variables or {})[option.var])
            if is_blank(value):
                # Counts as not set; left out, core would take the text of the template for its value.
                value = _unset(option)
            options[option.name] = value
        elif option.name not in options and os.environ.get(option.env, "set").strip() == "":
            options[option.name] = _unset(option)
    return options


def _unset(option: Option) -> Any:
    return "" if option.default is None else option.default
