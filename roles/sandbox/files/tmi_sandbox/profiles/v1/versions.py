# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Optimistic locking (V1-IF-MATCH): a write with `If-Match` raises the version, one without it gets a warning."""

from __future__ import annotations

import re
from typing import Any

from ...web.rest import Call
from . import errors

Json = Any
IF_MATCH = re.compile(r"\s*(\*|(?:W/)?\"?([0-9]+)\"?)\s*")
WARNING = {
    "Deprecation": "true",
    "Warning": "299 - \"If-Match header (or body 'version') is required in a later release\"",
}


def check(call: Call) -> None:
    """Refuse a malformed `If-Match`. Operations that use it call this in their check."""
    given = call.headers.get("If-Match")
    if given is not None and not IF_MATCH.fullmatch(given):
        raise errors.invalid(
            'parameter "If-Match" in header has an error: string doesn\'t match the regular expression'
        )


def pending(call: Call) -> dict[str, str]:
    """Return the headers of a write that fails only when it is stored."""
    return {} if "If-Match" in call.headers else dict(WARNING)


def bump(call: Call, body: dict[str, Json]) -> dict[str, str]:
    """Compare `If-Match` with the version in a stored body and raise the version. Return the headers of the answer.

    Call it before the object is written.
    """
    given = call.headers.get("If-Match")
    if given is None:
        return dict(WARNING)
    found = IF_MATCH.fullmatch(given)
    if found is None or (found[2] is not None and int(found[2]) != body["version"]):
        raise errors.conflict(
            "Resource version does not match If-Match precondition; refetch and retry", "version_mismatch"
        )
    body["version"] += 1
    return {"ETag": f'"{body["version"]}"'}
