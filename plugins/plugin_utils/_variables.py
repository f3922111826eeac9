# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Variables of roles and playbooks that nothing reads. Ansible does not look: a misspelt one is as good as not set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS
from ansible_collections.tmi.tmi.plugins.module_utils._unread import unread

ROOT = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"\btmi_[a-z0-9_]+")


@cache
def mentioned() -> frozenset[str]:
    """Return the names that roles and playbooks of the collection mention, and those of the connection.

    Their own texts are the list, so that no other has to be kept: what they read, set or register is in them.
    """
    files = [
        path for folder in ("roles/*/*/*.yml", "playbooks/*.yml", "playbooks/*/*.yml") for path in ROOT.glob(folder)
    ]
    found = {name for path in files for name in _NAME.findall(path.read_text("utf-8"))}
    return frozenset(found | {option.var for option in OPTIONS})


def misspelt(prefixes: Sequence[str], variables: Iterable[str]) -> str:
    """Return what to say of the variables that begin with one of the prefixes and that nothing reads."""

    def of_people(names: Iterable[str]) -> list[str]:  # two underscores are within a role
        return [name for name in map(str, names) if name.startswith(tuple(prefixes)) and "__" not in name]

    return unread(of_people(variables), of_people(mentioned()))
