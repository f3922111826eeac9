# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of allowed hosts of documents and repositories."""

from __future__ import annotations


def known(entry: str) -> str:
    """Return an entry of a list in the form for comparison, or raise a ValueError."""
    entry = entry.strip().lower()
    name = entry.removeprefix("*.")
    if not name or "*" in name or "/" in name or ":" in name:
        raise ValueError(f"{entry!r} is not a host: write a name, or *.name for all names below it")
    return entry


def matches(host: str, listed: tuple[str, ...]) -> bool:
    """Return whether a host is on a list. A name includes one level below it, `*.name` includes all levels."""
    parent = host.partition(".")[2]
    for one in listed:
        name = one.removeprefix("*.")
        if host == name or (parent == name if name == one else host.endswith("." + name)):
            return True
    return False
