# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Merges definitions: maps are merged by key, other values are replaced, ``null`` removes (FORMAT-5)."""

from __future__ import annotations

from typing import Any, Mapping


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``over`` merged onto ``base``; neither is changed."""
    merged = dict(base)
    for key, value in over.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping):
            below = merged.get(key)
            merged[key] = merge(below if isinstance(below, Mapping) else {}, value)
        else:
            merged[key] = value
    return merged


def with_name_prefix(data: Mapping[str, Any], name_prefix: str) -> dict[str, Any]:
    """Return a definition with a prefix before its name and its former name; the key counts as a missing name."""
    prefixed = dict(data)
    name = prefixed.get("name") or prefixed.get("key")
    if name_prefix and name:
        prefixed["name"] = name_prefix + str(name)
        if isinstance(prefixed.get("was"), str) and prefixed["was"]:
            prefixed["was"] = name_prefix + prefixed["was"]
    return prefixed
