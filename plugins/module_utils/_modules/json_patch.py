# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""JSON Patch (RFC 6902), applied to the state that a server has answered. Pure.

Servers leave out members that are empty. So, unlike in the RFC, ``replace`` sets a missing member, and ``remove`` of
one changes nothing.
"""

from __future__ import annotations

import copy
from typing import Any, Mapping, Sequence

from .._errors import InputError


def patched(document: Any, operations: Sequence[Mapping[str, Any]], where: str) -> Any:
    """Return a copy of a document after the operations, which ``endpoint.checked_patch`` has accepted.

    Raises InputError with the place of an operation that cannot be applied.
    """
    root = {"": copy.deepcopy(document)}
    done = 0
    try:
        for operation in operations:
            _apply(root, operation)
            done += 1
    except (LookupError, TypeError, ValueError):
        words = "cannot be applied to the present state: %s %s" % (operation["op"], operation["path"])
        raise InputError(words, "%s[%d]" % (where, done)) from None
    return root[""]


def _apply(root: dict[str, Any], operation: Mapping[str, Any]) -> None:
    name, path = operation["op"], operation["path"]
    if name == "test":
        if not same(_get(root, path), operation["value"]):
            raise ValueError
        return
    if name in ("move", "copy"):
        value = copy.deepcopy(_get(root, operation["from"]))
        if name == "move":
            _remove(root, operation["from"])
    else:
        value = copy.deepcopy(operation.get("value"))
    if name in ("remove", "replace"):
        _remove(root, path)
    if name != "remove":
        _add(root, path, value)


def _place(root: Any, path: str) -> tuple[Any, str]:
    """Return (container, last step) of a JSON Pointer (RFC 6901)."""
    steps = [step.replace("~1", "/").replace("~0", "~") for step in path.split("/")]
    found = root
    for step in steps[:-1]:
        found = found[_index(found, step)]
    return found, steps[-1]


def _index(container: Any, step: str) -> Any:
    if isinstance(container, list):
        if not (step.isdigit() and step.isascii()):
            raise ValueError
        return int(step)
    if not isinstance(container, dict):
        raise TypeError
    return step


def _get(root: Any, path: str) -> Any:
    container, step = _place(root, path)
    return container[_index(container, step)]


def _remove(root: Any, path: str) -> None:
    container, step = _place(root, path)
    at = _index(container, step)
    if isinstance(container, list) or at in container:
        del container[at]


def _add(root: Any, path: str, value: Any) -> None:
    container, step = _place(root, path)
    if not isinstance(container, list):
        container[_index(container, step)] = value
    elif step == "-":
        container.append(value)
    else:
        at = _index(container, step)
        if at > len(container):
            raise IndexError
        container.insert(at, value)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other))
    return bool(one == other)
