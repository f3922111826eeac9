# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: filters of the list of threat models (V1-MODEL-LIST). Pure."""

from __future__ import annotations

import re
from typing import Any, Mapping

#: Fields that can be filtered by a part of their text, in upper or lower case.
_CONTAINED = ("name", "owner", "issue_uri")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")
#: Most characters of such a part.
_LONGEST = 256


def list_filters(wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return parameters that keep all models that fit; ``wanted``: field -> condition.

    There is none for a status, because a filter does not find a status in another spelling (V1-ENUMS), and none for a
    latest time of change, because the server stores it more exactly than it shows it.
    """
    filters = {name: text for name, text in ((name, _part(wanted.get(name))) for name in _CONTAINED) if text}
    if "@" not in filters.get("owner", "@"):  # an id, which is another column
        del filters["owner"]
    changed = wanted.get("modified_at")
    since = changed.get("min") if isinstance(changed, Mapping) else None
    if isinstance(since, str) and _DATE_TIME.fullmatch(since):
        filters["modified_after"] = since
    return filters


def _part(wanted: Any) -> str:
    """Return a text for a filter; "" if it would mean something else: an escape in SQL, an operator in TMI."""
    text = wanted.strip() if isinstance(wanted, str) else ""
    fits = text.isprintable() and len(text) <= _LONGEST and "\\" not in text and not text.startswith("is:")
    return text if fits else ""
