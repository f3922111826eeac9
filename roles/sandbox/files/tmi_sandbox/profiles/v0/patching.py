# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Common functions of the PATCH operations of this generation (V0-PATCH)."""

from __future__ import annotations

from typing import Any

from ... import patch
from ... import validation as v
from ...web.rest import Call, invalid

Json = Any
MEDIA_TYPE = "application/json-patch+json"


def operations(body: Json) -> list[dict[str, Json]]:
    """Return the operations of a JSON Patch, or raise 400."""
    try:
        return patch.check(body)
    except patch.NotAPatch as problem:
        raise invalid(f"request body has an error: doesn't match schema: {problem}") from problem


def patch_body(call: Call) -> Json:
    """Accept a JSON Patch, or plain JSON with an object to merge (V0-B20)."""
    body = v.json_body(call, MEDIA_TYPE, "application/json")
    if isinstance(body, dict) and call.media_type() == "application/json":
        return body
    return operations(body)


def patched(document: dict[str, Json], changes: Json, read_only: tuple[str, ...]) -> dict[str, Json]:
    """Return the changed document. Refuse paths of members that the server sets, and patches that do not apply."""
    targets = set(changes) if isinstance(changes, dict) else patch.written(changes)
    for name in read_only:
        if name in targets:
            raise invalid(f"Field '{name}' is not allowed in PATCH requests. It is set by the server.")
    if isinstance(changes, dict):
        return patch.merge(document, changes)
    try:
        after = patch.apply(document, changes)
    except patch.PatchFailed as problem:
        raise invalid(f"Failed to apply patch: {problem}", "patch_failed") from problem
    if not isinstance(after, dict):
        raise invalid("Failed to apply patch: the result is not an object", "patch_failed")
    return after
