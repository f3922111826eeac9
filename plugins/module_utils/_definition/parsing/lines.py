# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds the line of the path of a mistake in the YAML nodes of a file."""

from __future__ import annotations

from typing import Any, Iterator

from ..._resources._catalog import RESOURCES

#: Field -> other keys under which a definition may have it.
_WRITTEN: dict[str, tuple[str, ...]] = {
    "diagram": ("at",),
    "cell": ("at",),
    "likelihood": ("risk.likelihood", "risk"),
    "impact": ("risk.impact", "risk"),
    "score": ("risk.score",),
    "accepted_by": ("accept.by", "accept"),
    "accepted_until": ("accept.until", "accept"),
    "accepted_reason": ("accept.reason", "accept"),
    "parameters.ref_value": ("ref",),
    "parameters.sub_path": ("path",),
    "parameters": ("ref", "path"),
    "mitigation": ("controls",),
    "mitigated": ("controls",),
    "sources": ("repositories",),
}
for _field in (found for resource in RESOURCES for found in resource.fields if found.aliases):
    _WRITTEN[_field.name] = (*_WRITTEN.get(_field.name, ()), *_field.aliases)
#: Sections that a path may omit, as paths of the plan do.
_IMPLIED = ("nodes", "boundaries", "flows", "cells")


def descend(node: Any, path: str) -> tuple[int, str]:
    """Return the line of the deepest node on a path, and the rest of the path."""
    line: int = node.start_mark.line + 1
    best = (line, path)
    for key, child, mark in _members(node):
        for rest in _after(key, path):
            deeper = descend(child, rest) if rest else (0, "")
            position = (mark.line + 1 if deeper[1] == rest else deeper[0], deeper[1])
            if len(position[1]) < len(best[1]):
                best = position
    return best


def _members(node: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield (name in a path, node, start) of all members of a node."""
    kind = type(node).__name__
    if kind == "MappingNode":
        for key, value in node.value:
            yield str(key.value), value, key.start_mark
            if str(key.value) in _IMPLIED:
                for name, child, mark in _members(value):
                    yield name, child, mark
    elif kind == "SequenceNode":
        for index, item in enumerate(node.value):
            yield "[%d]" % index, item, item.start_mark
            for name in _names(item):
                yield name, item, item.start_mark


def _names(item: Any) -> Iterator[str]:
    """Yield the possible names of an item of a list: its key or name, or the flow in one line that it is."""
    if type(item).__name__ == "ScalarNode":
        yield _arrow(str(item.value).partition(":")[0])
    elif type(item).__name__ == "MappingNode":
        given = {str(key.value): str(value.value) for key, value in item.value}
        for name in ("key", "id", "name", "uri", "url", "title", "label"):
            if name in given:
                yield given[name]
        if "from" in given and "to" in given:
            yield "%s->%s" % (given["from"], given["to"])
        if len(given) == 1:
            yield from map(_arrow, given)


def _arrow(text: str) -> str:
    """Return the key of a flow in one line, ``a -> b``; any other text unchanged."""
    for arrow in ("<->", "->"):
        if arrow in text:
            return "->".join(part.strip() for part in text.split(arrow, 1))
    return text


def _after(key: str, path: str) -> Iterator[str]:
    """Yield the rest of a path after a key, for each form in which the path may contain that key."""
    key = _arrow(key) if "->" in key else key
    ways = [(key, "")]
    for field, written in _WRITTEN.items():
        ways += [(field, way.partition(".")[2]) for way in written if way.partition(".")[0] == key]
    for name, more in ways:
        if path == name:
            yield more
        elif path.startswith((name + ".", name + "[")):
            yield path[len(name) :].lstrip(".")
