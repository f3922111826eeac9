# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Icons of the web editor in reports: their names. The pictures belong to the providers and are not shipped."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ansible_collections.tmi.tmi.plugins.module_utils._cells.cell import Cell
from ansible_collections.tmi.tmi.plugins.plugin_utils._report.text import clean

#: Short forms with vowels that are written in capitals; those without vowels, or with digits, always are.
_CAPITALS = frozenset(("ai", "api", "ebs", "ecs", "ecr", "efs", "eks", "emr", "iam", "iot", "ip", "oci", "oke", "waf"))
_SHORT = re.compile(r"[^aeiou]{2,4}|[a-z]{0,3}[0-9]+[a-z]?")


def icon_name(cell: Cell) -> str:
    """Return the name of the icon of a cell as people write it, "" for none: ``amazon-ec2`` -> ``Amazon EC2``."""
    data = cell.raw.get("data")
    icon = data.get("_arch") if isinstance(data, Mapping) else None
    name = icon.get("icon") if isinstance(icon, Mapping) else None
    return " ".join(map(_word, clean(name).replace("_", "-").replace("-", " ").split())) if name else ""


def _word(word: str) -> str:
    if word in _CAPITALS or (_SHORT.fullmatch(word) and word.isascii()):
        return word.upper()
    return word[:1].upper() + word[1:]
