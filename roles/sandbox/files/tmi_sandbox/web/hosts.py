# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of the hosts that documents and repositories may lie on."""

from __future__ import annotations


def known(entry: str) -> str:
    """Return an entry of a list as it is compared, else raise a ValueError."""
    entry = entry.strip().lower()
    name = entry.removeprefix("*.")
    if not name or "*" in name or "/" in name or ":" in name:
        raise ValueError(f"{entry!r} is no host: write a name, or *.name for all names below it")
    return entry


def matches(host: str, listed: tuple[str, ...]) -> bool:
    """Return whether a host is on a list: a name counts for itself and one level below it, `*.name` for all levels."""
    parent = host.partition(".")[2]
    for one in listed:
        name = one.removeprefix("*.")
        if host == name or (parent == name if name == one else host.endswith("." + name)):
            return True
    return False
