# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Patch on objects of a threat model, with a table of paths instead of a document (V1-PATCH)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ....web.rest import ApiError
from .. import errors, schemas
from ..diagrams.cells import single

Json = Any
Body = dict[str, Json]
Operation = dict[str, Json]
STRING, NUMBER, BOOLEAN, STRINGS = "string", "number", "boolean", "array of strings"
Refuse = Callable[[str], str]


def anything(value: str) -> str:
    """Accept everything."""
    return ""


def blank(value: str) -> str:
    """Refuse a blank text."""
    return "" if value.strip() else "cannot be empty"


def blank_address(value: str) -> str:
    """Refuse a blank address."""
    return "" if value.strip() else "URI cannot be empty"


def other_than(*allowed: str) -> Refuse:
    """Accept only some texts, in any case."""
    return lambda value: "" if value.lower() in allowed else f"must be one of: {', '.join(allowed)}"


@dataclass(frozen=True, slots=True)
class Member:
    """Rules of a path: its type, whether it can be emptied, and the reason to refuse a text ("" to accept it).

    A member that cannot be emptied accepts only `replace`. A `group` is a list in which `add` and `remove` mean one
    text.
    """

    kind: str = STRING
    emptied: bool = False
    refuse: Refuse = anything
    group: bool = False


Paths = Mapping[str, Member]


def refuse_read_only(operations: list[Operation]) -> None:
    """Refuse a patch of members that the server sets."""
    for operation in operations:
        name = operation["path"].partition("/")[2]
        if name in schemas.READ_ONLY:
            raise errors.invalid(f"Field '{name}' is not allowed in PATCH requests. {schemas.READ_ONLY[name]}")


def written(operations: list[Operation], name: str) -> list[str]:
    """Return the texts that operations write at a path."""
    return [
        operation["value"]
        for operation in operations
        if operation["op"] in ("add", "replace")
        and operation["path"] == f"/{name}"
        and isinstance(operation.get("value"), str)
    ]


def cleaned(operations: list[Operation], clean: Mapping[str, Callable[[str], str]]) -> list[Operation]:
    """Return operations with the texts at some paths in stored form."""
    return [
        {**operation, "value": clean[name](operation["value"])}
        if (name := operation["path"].partition("/")[2]) in clean and written([operation], name)
        else operation
        for operation in operations
    ]


def applied(body: Body, operations: list[Operation], paths: Paths, headers: dict[str, str]) -> Body:
    """Return a changed copy of a body, or raise 400 with the headers of the answer.

    An operation that does not fit its path changes nothing, without an error: `test` anywhere, `add` and `remove` if
    only `replace` is accepted.
    """
    after = dict(body)
    for operation in operations:
        name = operation["path"].partition("/")[2]
        if name not in paths:
            raise _failed(f"unsupported patch path: {operation['path']}", headers)
        problem = (_apply_to_group if paths[name].group else _apply)(after, name, operation, paths[name])
        if problem:
            raise _failed(problem, headers)
    return after


def _apply(after: Body, name: str, operation: Operation, member: Member) -> str:
    """Apply one operation. Return the reason if it is refused."""
    action = operation["op"]
    value: Json = operation.get("value")
    if action == "remove" and member.emptied:
        after[name] = [] if member.kind == STRINGS else None
    elif action == "replace" or (action == "add" and member.emptied):
        if not _is(value, member.kind):
            return f"invalid value type for {name}: expected {member.kind}"
        reason = member.refuse(value) if member.kind == STRING else ""
        if reason:
            return f"{name}: {reason}"
        after[name] = single(value) if member.kind == NUMBER else value
    return ""


def _apply_to_group(after: Body, name: str, operation: Operation, _member: Member) -> str:
    action, value, known = operation["op"], operation.get("value"), after.get(name) or []
    if action == "replace":
        if not _is(value, STRINGS):
            return f"{name} replace requires array"
        after[name] = value
    elif action in ("add", "remove"):
        if not isinstance(value, str):
            return f"{name} {action} requires string value"
        after[name] = (
            [one for one in known if one != value] if action == "remove" else list(dict.fromkeys([*known, value]))
        )
    return ""


def _failed(text: str, headers: dict[str, str]) -> ApiError:
    return errors.error(400, "patch_failed", f"Failed to apply patch: {text}", headers)


def _is(value: Json, kind: str) -> bool:
    if kind == STRINGS:
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if kind == NUMBER:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, bool if kind == BOOLEAN else str)
