# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Slips in variables of roles and playbooks.

Ansible does not look: a misspelt name is as good as not set, and a misspelt boolean is false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._near import near
from ansible_collections.tmi.tmi.plugins.module_utils._options import OPTIONS
from ansible_collections.tmi.tmi.plugins.module_utils._unread import unread

ROOT = Path(__file__).resolve().parents[2]
_NAME = re.compile(r"\btmi_[a-z0-9_]+")
#: Variables of a connection, and of the one that role migrate reads from.
CONNECTION = frozenset(prefix + option.name for option in OPTIONS for prefix in ("tmi_", "tmi_source_"))
#: Characters of a value that a message repeats.
_SHOWN = 40
#: What the filter ``bool`` knows, in every release of ansible-core; it takes any other word for false.
_BOOLEANS = frozenset(("yes", "on", "1", "true", "no", "off", "0", "false"))


@cache
def mentioned() -> frozenset[str]:
    """Return the names that roles and playbooks of the collection mention, and those of the connection.

    Their own texts are the list, so that no other has to be kept: what they read, set or register is in them.
    """
    files = [
        path for folder in ("roles/*/*/*.yml", "playbooks/*.yml", "playbooks/*/*.yml") for path in ROOT.glob(folder)
    ]
    found = {name for path in files for name in _NAME.findall(path.read_text("utf-8"))}
    return frozenset(found | CONNECTION)


def misspelt(prefixes: Sequence[str], variables: Iterable[str]) -> str:
    """Return what to say of the variables that nothing reads, and that begin with one of the prefixes.

    Others count only if they nearly are a variable of the connection: people have variables of their own.
    """

    def of_people(names: Iterable[str]) -> list[str]:  # two underscores are within a role
        return [name for name in names if name.startswith(tuple(prefixes)) and "__" not in name]

    found = [name for name in map(str, variables) if name.startswith("tmi_") and name not in mentioned()]
    own = of_people(found)
    nearly = [name for name in found if name not in own and near(name, CONNECTION)]
    return unread([*own, *nearly], [*of_people(mentioned()), *CONNECTION])


def refuse_no_boolean(values: Mapping[str, Any]) -> None:
    """Raise InputError for the first variable that is neither true nor false; an empty one counts as not set."""
    for name, value in values.items():
        if value not in (None, "") and str(value).lower() not in _BOOLEANS:
            raise InputError("must be true or false, not %r" % str(value)[:_SHOWN], name)
