# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Names of Threat Dragon's members as keys of metadata, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def camel(name: str) -> str:
    """Return a name in snake case as the name of a member: ``is_a_log`` -> ``isALog``."""
    return re.sub(r"_([a-z0-9])", lambda found: found.group(1).upper(), name)


def metadata_of(record: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Return the metadata of a record whose keys begin with ``prefix``, without it."""
    start = "metadata." + prefix
    return {name[len(start) :]: str(value) for name, value in record.items() if name.startswith(start) and value}
