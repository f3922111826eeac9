# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Patch on what is below a threat model: a table of paths, not a document (V1-PATCH)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...rest import ApiError
from . import errors, schemas

Json = Any
STRING, NUMBER, BOOLEAN, STRINGS = "string", "number", "boolean", "array of strings"
Paths = Mapping[str, tuple[str, bool]]  # by member: its type, and whether it can be emptied


def refuse_read_only(operations: list[dict[str, Json]]) -> None:
    """Refuse a patch of what the server sets."""
    for operation in operations:
        name = operation["path"].partition("/")[2]
        if name in schemas.READ_ONLY:
            raise errors.invalid(f"Field '{name}' is not allowed in PATCH requests. {schemas.READ_ONLY[name]}")


def applied(
    body: dict[str, Json], operations: list[dict[str, Json]], paths: Paths, headers: dict[str, str]
) -> dict[str, Json]:
    """Return a changed copy of a body, else raise 400 with the headers of the answer.

    An operation that does not suit its path changes nothing, without a word: `test` anywhere, `add` and `remove` where
    only `replace` is known.
    """
    after = dict(body)
    for operation in operations:
        name, action = operation["path"].partition("/")[2], operation["op"]
        if name not in paths:
            raise _failed(f"unsupported patch path: {operation['path']}", headers)
        kind, can_be_empty = paths[name]
        if action == "remove" and can_be_empty:
            after[name] = [] if kind == STRINGS else None
        elif action == "replace" or (action == "add" and can_be_empty):
            value = operation.get("value")
            if not (_is(value, kind) or (value is None and can_be_empty)):
                raise _failed(f"invalid value type for {name}: expected {kind}", headers)
            after[name] = value
    return after


def _failed(text: str, headers: dict[str, str]) -> ApiError:
    return errors.error(400, "patch_failed", f"Failed to apply patch: {text}", headers)


def _is(value: Json, kind: str) -> bool:
    if kind == STRINGS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if kind == NUMBER:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, bool if kind == BOOLEAN else str)
