# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this plugin util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds slips in variables of roles and playbooks.

Ansible does not check them: a misspelt variable counts as not set, and a misspelt boolean as false.
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
#: Variables of a connection, and of the connection from which role migrate reads.
CONNECTION = frozenset(prefix + option.name for option in OPTIONS for prefix in ("tmi_", "tmi_source_"))
#: Most characters of a value in a message.
_SHOWN = 40
#: The words of the filter ``bool`` in every release of ansible-core; any other word counts as false.
_BOOLEANS = frozenset(("yes", "on", "1", "true", "no", "off", "0", "false"))


@cache
def mentioned() -> frozenset[str]:
    """Return the names in roles and playbooks of the collection, and those of the connection.

    No separate list is needed: the files contain every variable that they read, set or register.
    """
    files = [
        path for folder in ("roles/*/*/*.yml", "playbooks/*.yml", "playbooks/*/*.yml") for path in ROOT.glob(folder)
    ]
    found = {name for path in files for name in _NAME.findall(path.read_text("utf-8"))}
    return frozenset(found | CONNECTION)


def misspelt(prefixes: Sequence[str], variables: Iterable[str]) -> str:
    """Return a text about the variables with one of the prefixes that nothing reads; "" if there are none.

    Other variables only count if they are similar to a variable of the connection, because users have their own ones.
    """

    def of_people(names: Iterable[str]) -> list[str]:  # two underscores: internal to a role
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
