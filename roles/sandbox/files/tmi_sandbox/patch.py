# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON Patch (RFC 6902) and the merge of an object (V0-PATCH)."""

from __future__ import annotations

import copy
import re
from typing import Any

Json = Any
OPERATIONS = {"add": "value", "replace": "value", "test": "value", "remove": "", "move": "from", "copy": "from"}
INDEX = re.compile(r"0|[1-9][0-9]*")


class NotAPatch(ValueError):
    """The body is not a JSON Patch."""


class PatchFailed(ValueError):
    """A patch cannot be applied to this document."""


def check(operations: Json) -> list[dict[str, Json]]:
    """Return the operations of a patch document. Raise NotAPatch if it is not one."""
    if not isinstance(operations, list):
        raise NotAPatch("value must be an array")
    for i, operation in enumerate(operations):
        if not isinstance(operation, dict):
            raise NotAPatch(f'Error at "/{i}": value must be an object')
        kind, path = operation.get("op"), operation.get("path")
        if not isinstance(kind, str) or kind not in OPERATIONS:
            raise NotAPatch(f'Error at "/{i}/op": value is not one of the allowed values {list(OPERATIONS)}')
        if not isinstance(path, str):
            raise NotAPatch(f'Error at "/{i}/path": value must be a string')
        needed = OPERATIONS[kind]
        if needed and operation.get(needed) is None:
            raise NotAPatch(f'Error at "/{i}/{needed}": Value is not nullable')
        if needed == "from" and not isinstance(operation["from"], str):
            raise NotAPatch(f'Error at "/{i}/from": value must be a string')
    return operations


def written(operations: list[dict[str, Json]]) -> set[str]:
    """Return the top-level members that a patch changes or moves away."""
    paths = [operation["path"] for operation in operations]
    paths += [operation["from"] for operation in operations if operation["op"] == "move"]
    return {_parts(path)[0] for path in paths if path.startswith("/")}


def apply(document: Json, operations: list[dict[str, Json]]) -> Json:
    """Return a patched copy of a document, or raise PatchFailed."""
    holder = {"": copy.deepcopy(document)}  # with this holder, the whole document is an ordinary member
    for operation in operations:
        kind, path = operation["op"], _split(operation["path"])
        if kind in ("move", "copy"):
            source = _split(operation["from"])
            value = copy.deepcopy(_get(holder, source))
            if kind == "move":
                if path[: len(source)] == source and path != source:
                    raise PatchFailed(f"cannot move {operation['from']} into itself")
                _remove(holder, source)
            _add(holder, path, value)
        elif kind == "remove":
            _remove(holder, path)
        elif kind == "test":
            if not same(_get(holder, path), operation["value"]):
                raise PatchFailed(f"testing value {operation['path']} failed: test failed")
        else:
            put = _add if kind == "add" else _replace
            put(holder, path, copy.deepcopy(operation["value"]))
    return holder.get("")


def with_values(operations: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """Return operations that all have a value. A missing value becomes null, as typed languages read it.

    The caller must refuse a move or a copy without a source, because the result has no sources.
    """
    for operation in operations:
        if operation["op"] in ("move", "copy") and "from" not in operation:
            raise PatchFailed("the source of a move or a copy cannot be named")
    return [{"value": None, **operation, "op": _verb(operation)} for operation in operations]


def _verb(operation: dict[str, Json]) -> str:
    """Return the effective operation. A replacement behind the end of an array is an addition."""
    behind = operation["op"] == "replace" and operation["path"].endswith("/-")
    return "add" if behind else str(operation["op"])


def merge(document: dict[str, Json], changes: dict[str, Json]) -> dict[str, Json]:
    """Return a copy of an object with replaced members. null clears a member."""
    merged = {**document, **changes}
    return {name: value for name, value in merged.items() if name not in changes or value is not None}


def same(one: Json, other: Json) -> bool:
    """Return whether two JSON values are equal. Numbers are compared by value, and true is not 1."""
    return bool(one == other) and _alike(one, other)


def _alike(one: Json, other: Json) -> bool:
    """Distinguish true from 1, which are equal in Python."""
    if isinstance(one, dict):
        return all(_alike(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return all(map(_alike, one, other))
    return isinstance(one, bool) == isinstance(other, bool)


# ---------------------------------------------------------------------------------------------- pointers
def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def _split(path: str) -> list[str]:
    if path and not path.startswith("/"):
        raise PatchFailed(f"path {path!r} does not begin with a slash")
    return ["", *_parts(path)]


def _get(document: Json, path: list[str]) -> Json:
    for part in path:
        if isinstance(document, dict):
            if part not in document:
                raise PatchFailed(f"nonexistent key: {part}: missing value")
            document = document[part]
        else:
            document = document[_index(document, part)]
    return document


def _index(container: Json, part: str, room: int = 0) -> int:
    """Return the position that `part` names in an array. With `room` 1 the end is a position too."""
    if not isinstance(container, list):
        raise PatchFailed(f"doc is missing path: {part}: its parent is neither an object nor an array")
    if not INDEX.fullmatch(part) or len(part) > 9 or int(part) >= len(container) + room:
        raise PatchFailed(f"Unable to access invalid index: {part}: invalid index referenced")
    return int(part)


def _add(document: Json, path: list[str], value: Json) -> None:
    container, last = _get(document, path[:-1]), path[-1]
    if isinstance(container, dict):
        container[last] = value
    elif isinstance(container, list) and last == "-":
        container.append(value)
    else:
        position = _index(container, last, 1)
        container.insert(position, value)


def _replace(document: Json, path: list[str], value: Json) -> None:
    """Replace a value. A missing member of an object is added, as real servers do."""
    container, last = _get(document, path[:-1]), path[-1]
    container[last if isinstance(container, dict) else _index(container, last)] = value


def _remove(document: Json, path: list[str]) -> None:
    container, last = _get(document, path[:-1]), path[-1]
    if isinstance(container, dict) and last not in container:
        raise PatchFailed(f"Unable to remove nonexistent key: {last}: missing value")
    del container[last if isinstance(container, dict) else _index(container, last)]
