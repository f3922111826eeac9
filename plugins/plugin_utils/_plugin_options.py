# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Checks the options of lookups and inventories before core: it ignores unknown ones, and reads a slip as false."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._arguments import checked, known

#: The type of a boolean in documentation.
_BOOLEAN = ("bool", "boolean")


def plugin_options(
    plugin: Any, given: Mapping[str, Any], spec: Mapping[str, Any], expressions: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the options for ``set_options(direct=...)``, with those of core.

    ``plugin``: the plugin, with all options in its documentation. ``spec``: its own options as an argument spec.
    ``expressions``: options whose values are not checked. Raises InputError for an option that is not documented, and
    for a value that core would convert to something else.
    """
    documented = {name: entry for name, entry in plugin.option_definitions.items() if not name.startswith("_")}
    known([*given, *(expressions or {})], documented)
    for name, value in (expressions or {}).items():
        _known_members(value, documented[name].get("suboptions"), name)
    booleans = {name: {"type": "bool"} for name, entry in documented.items() if entry.get("type") in _BOOLEAN}
    return {**checked(given, {**booleans, **spec}), **(expressions or {})}


def _known_members(value: Any, suboptions: Mapping[str, Any] | None, name: str) -> None:
    for index, member in enumerate(value if suboptions and isinstance(value, list) else ()):
        if isinstance(member, Mapping):
            known(member, suboptions or (), "%s[%d]." % (name, index))
