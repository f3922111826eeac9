# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Detects the API generation of a server from answers that are needed anyway (V0-DETECT). Pure.

Every function returns ``v0``, ``v1``, ``between`` for the servers from November 2025 to spring 2026, which the
collection does not support, or None if the answer does not show it.
"""

from __future__ import annotations

import re
from typing import Any, Mapping, Optional

from .._options import GENERATIONS

#: The newest release of TMI that the collection was tested with.
TESTED = "1.8.22"
V0, V1, BETWEEN = "v0", "v1", "between"

_PRINCIPAL = ("subject_type", "principal_type", "provider", "provider_id")
_LAST_V0_BUILD = 60
_FIRST_BETWEEN_BUILD = 133


def generation_of_list(payload: Any) -> Optional[str]:
    """Detect from an answer to ``GET /threat_models``: a wrapped list is v1, in a bare list the items decide.

    They have ``source_count`` on v0; ``repo_count`` replaced it when sources became repositories (2025-10-21).
    """
    if isinstance(payload, Mapping):
        return V1 if isinstance(payload.get("threat_models"), list) else None
    if not isinstance(payload, list):
        return None
    found = [_generation_of_item(item) or generation_of_model(item) for item in payload]
    return BETWEEN if BETWEEN in found else V0 if V0 in found else None


def _generation_of_item(item: Any) -> Optional[str]:
    if not isinstance(item, Mapping):
        return None
    return V0 if "source_count" in item else BETWEEN if "repo_count" in item else None


def generation_of_model(payload: Any) -> Optional[str]:
    """Detect from one threat model: v0 describes people only by ``subject``, v1 models have an ``alias``."""
    if not isinstance(payload, Mapping):
        return None
    if isinstance(payload.get("alias"), int) or "repositories" in payload:
        return V1
    rows = payload.get("authorization")
    rows = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    if any(row.get(key) for row in rows for key in _PRINCIPAL) or isinstance(payload.get("owner"), Mapping):
        return BETWEEN
    return V0 if any("subject" in row for row in rows) else None


def generation_of_root(payload: Any) -> Optional[str]:
    """Detect from ``GET /``, which is public. For API ``1.0.x``, used before and after v0, the build decides."""
    if not isinstance(payload, Mapping):
        return None
    api, build = _version(payload, "api", "version"), _version(payload, "service", "build")
    if api is None:
        return None
    if api >= (1, 1):
        return V1
    if api < (1, 0):
        return V0
    if build is None:
        return None
    if build >= (1, 0):
        return V1
    if build[1] >= _FIRST_BETWEEN_BUILD:
        return BETWEEN
    return V0 if build[1] <= _LAST_V0_BUILD else None


def untested(payload: Any) -> str:
    """Return a warning if ``GET /`` shows a server that is newer than the tested ones; else "".

    The official client of API 2.2 knows the same objects and fields as 1.8, so a server of API 2 is used like 1.8.
    """
    api = _version(payload, "api", "version") if isinstance(payload, Mapping) else None
    if api is None or api < (2, 0):
        return ""
    return (
        "This server speaks API %d.%d and is used as API v1, with which this version of the collection was tested on "
        "TMI %s. Try what you need in check mode first" % (*api, TESTED)
    )


def unsupported(generation: Optional[str], url: str = "") -> str:
    """Return the message for a generation that the collection does not support, of the server at ``url``."""
    if generation == BETWEEN:
        return (
            "This TMI server is between the API generations (built between November 2025 and spring 2026) "
            "and is not supported: upgrade it to 1.8 or later"
        )
    if generation in (V0, V1):
        spoken = ", ".join(GENERATIONS)
        return "This TMI server speaks API %s; this version of the collection supports: %s" % (generation, spoken)
    return (
        "The answers of %s fit no known API generation. If the option url names a TMI server, with its whole path, set "
        "the option api" % (url or "this server")
    )


def _version(payload: Mapping[str, Any], part: str, key: str) -> Optional[tuple[int, int]]:
    inner = payload.get(part)
    found = re.match(r"v?(\d{1,9})\.(\d{1,9})(?!\d)", str(inner.get(key) or "")) if isinstance(inner, Mapping) else None
    return (int(found.group(1)), int(found.group(2))) if found else None
