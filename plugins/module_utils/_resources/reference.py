# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""References to objects: an id or a name."""

from __future__ import annotations

import re

#: The form of the ids of objects and cells in both generations: a UUID with hyphens.
UUID_PATTERN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_id(reference: str) -> bool:
    """Whether a reference is an id; anything else is a name."""
    return UUID_PATTERN.fullmatch(reference) is not None
