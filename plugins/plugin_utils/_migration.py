# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The migration of models to another server: the names of people there, and a comparison of the two servers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.tmi.tmi.plugins.module_utils._api.v1.texts.stored import plain
from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._unicode import composed

#: Kinds of differences.
MISSING, DIFFERENT, ADDED = "missing", "different", "added"


def map_people(
    definitions: Sequence[Mapping[str, Any]], users: Mapping[str, str], groups: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return definitions with new names of people and groups; names that are not in the maps are kept.

    An empty name removes the person or group from the authorization. Raises InputError if this is the owner.
    """
    return [_mapped(definition, users, groups) for definition in definitions]


def _mapped(definition: Mapping[str, Any], users: Mapping[str, str], groups: Mapping[str, str]) -> dict[str, Any]:
    found = dict(definition)
    if found.get("owner"):
        found["owner"] = _renamed(found["owner"], users)
        if not found["owner"]:
            raise InputError("%s owns it and needs a name on the other server" % definition["owner"], _name(definition))
    if found.get("reviewer"):
        found["reviewer"] = _renamed(found["reviewer"], users) or None
        if found["reviewer"] is None:
            del found["reviewer"]
    if isinstance(found.get("access"), list) and all(isinstance(row, Mapping) for row in found["access"]):
        rows = [_row(row, users, groups) for row in found["access"]]
        found["access"] = [row for row in rows if row.get("user") or row.get("group")]
    if isinstance(found.get("threats"), Mapping):
        found["threats"] = {key: _threat(threat, users) for key, threat in found["threats"].items()}
    return found


def _row(row: Mapping[str, Any], users: Mapping[str, str], groups: Mapping[str, str]) -> dict[str, Any]:
    names = {"user": users, "group": groups}
    return {field: _renamed(value, names[field]) if field in names else value for field, value in row.items()}


def _renamed(name: Any, names: Mapping[str, str]) -> Any:
    """Return the new name; a value that is not a text is kept, and the compilation of the definition refuses it."""
    return names.get(name, name) if isinstance(name, str) else name


def _threat(threat: Any, users: Mapping[str, str]) -> Any:
    accept = threat.get("accept") if isinstance(threat, Mapping) else None
    if not isinstance(accept, Mapping) or not accept.get("by"):
        return threat
    return {**threat, "accept": {**accept, "by": _renamed(accept["by"], users) or accept["by"]}}


def differences(
    source: Sequence[Mapping[str, Any]], target: Sequence[Mapping[str, Any]], name_prefix: str = ""
) -> list[dict[str, Any]]:
    """Return the differences of two lists of definitions, field by field; models are matched by name.

    ``name_prefix`` is the prefix of the models' names on the target.

    Each row has ``threat_model``, ``path``, ``kind`` (missing or different on the target, or added there), and the
    values ``source`` and ``target``.
    """
    there = {_name(definition): definition for definition in target}
    kept = {plain(name): name for name in there}
    rows = []
    for given in source:
        name = name_prefix + _name(given)
        name = name if name in there else kept.get(plain(name), name)  # as API v1 stores it
        definition = {**given, "name": name}
        if name not in there:
            rows.append(_difference(name, "", MISSING, name, None))
            continue
        for path, one, other in _compared(definition, there[name], ""):
            kind = MISSING if other is None else ADDED if one is None else DIFFERENT
            rows.append(_difference(name, path, kind, one, other))
    return rows


def _difference(name: str, path: str, kind: str, one: Any, other: Any) -> dict[str, Any]:
    return {"threat_model": name, "path": path, "kind": kind, "source": one, "target": other}


def _compared(one: Any, other: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in [*one, *(key for key in other if key not in one)]:
            yield from _compared(one.get(key), other.get(key), "%s.%s" % (path, key) if path else str(key))
    elif _comparable(one) != _comparable(other):
        yield path, one, other


def _comparable(value: Any) -> Any:
    """Return a value for comparison: without the order of lists and of members, and with equal numbers equal."""
    if isinstance(value, (list, tuple)):
        return sorted((_comparable(item) for item in value), key=repr)
    if isinstance(value, Mapping):
        # In order, because a list of maps is sorted by repr.
        return {key: _comparable(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, str):  # some servers compose letters and accents, which people cannot see
        return composed(value) or None
    return None if value in ({}, []) else value


def _name(definition: Mapping[str, Any]) -> str:
    return str(definition.get("name") or definition.get("key"))
