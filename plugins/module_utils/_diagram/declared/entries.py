# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads the entries of ``nodes``, ``boundaries`` and ``flows`` in all forms that users may write.

Forms of a section: a map by key, or a list. An entry of a boundary may be its label, a flow may be ``a -> b: label``,
which YAML reads as a map with one member. All become (key, map of fields).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple, Optional

from ..._errors import InputError
from ..._mistakes import STRICT, MistakeList
from ..._values import kind_of
from .inputs import either, join, key_text

#: ``a -> b``, ``a -> b: label``, ``a <-> b``: in these forms keys contain neither an arrow nor a colon.
_ARROW = re.compile("<?->")


class Entry(NamedTuple):
    """One entry: ``fields`` is None if the user removed it with ``null``."""

    key: str
    fields: Optional[dict[str, Any]]
    path: str


def read_entries(section: str, value: Any, path: str = "", mistakes: MistakeList = STRICT) -> list[Entry]:
    """Return the entries of a section in declared order. Raises InputError for a wrong section.

    Wrong entries, and keys that appear twice, are added to ``mistakes``.
    """
    path = path or section
    entries: list[Entry] = []
    if isinstance(value, Mapping):
        for key, entry in value.items():
            with mistakes.collecting():
                entries.append(_of_map(section, key, entry, path))
    elif isinstance(value, (list, tuple)):
        for index, entry in enumerate(value):
            with mistakes.collecting():
                one = _of_list(section, entry, "%s[%d]" % (path, index))
                entries.append(one._replace(path=join(path, one.key)))
    else:
        raise InputError("must be a map by key or a list, not %s" % kind_of(value), path)
    seen: dict[str, Entry] = {}
    for one in entries:
        if one.key in seen:
            hint = ": give the flows keys of their own" if "->" in one.key else ""
            mistakes.add(InputError("this key appears twice%s" % hint, one.path))
        seen[one.key] = one
    return list(seen.values())


def flow_line(line: str) -> Optional[dict[str, Any]]:
    """Return the fields of ``a -> b: label``; None for a text without an arrow."""
    ends, _colon, label = line.partition(":")
    arrow = next((match for match in _ARROW.finditer(ends) if ends[: match.start()].strip()), None)
    if arrow is None or not ends[arrow.end() :].strip():
        return None
    fields: dict[str, Any] = {"from": ends[: arrow.start()].strip(), "to": ends[arrow.end() :].strip()}
    if label.strip():
        fields["label"] = label.strip()
    if arrow.group(0) == "<->":
        fields["bidirectional"] = True
    return fields


def flow_key(fields: Mapping[str, Any], path: str) -> str:
    """Return the key of a flow without one: ``a->b``. Raises InputError if an end is missing."""
    ends = [either(fields, "from", "source"), either(fields, "to", "target")]
    if ends[0] is None or ends[1] is None:
        raise InputError("a flow needs from and to", path)
    return "->".join(key_text(end, join(path, name)) for end, name in zip(ends, ("from", "to")))


def _of_map(section: str, given_key: Any, entry: Any, path: str) -> Entry:
    key = key_text(given_key, path, is_key=True)
    line = flow_line(key) if section == "flows" else None
    if line is not None:
        key = flow_key(line, join(path, key))
    path = join(path, key)
    if entry is None:
        return Entry(key, None, path)
    fields = _fields(section, entry, path, line)
    if fields.get("key") is not None and key_text(fields["key"], path) != key:
        raise InputError("the entry has another key inside: %s" % fields["key"], join(path, "key"))
    return Entry(key, fields, path)


def _of_list(section: str, entry: Any, path: str) -> Entry:
    if isinstance(entry, str):
        fields = flow_line(entry) if section == "flows" else {"key": entry, "label": entry}
        if fields is None or section == "nodes":
            raise InputError("must be %s" % ("a -> b: label" if section == "flows" else "a map with key, type"), path)
        return Entry(_list_key(section, fields, path), fields, path)
    if not isinstance(entry, Mapping):
        raise InputError("must be a map with key, not %s" % kind_of(entry), path)
    if len(entry) == 1:
        ((name, value),) = entry.items()
        line = flow_line(name) if section == "flows" and isinstance(name, str) else None
        if line is not None:
            # In a list, null removes no key: ``- a -> b:`` is a flow without a label.
            fields = _fields(section, {} if value is None else value, path, line)
            return Entry(_list_key(section, fields, path), fields, path)
        if section == "boundaries" and isinstance(value, str) and name not in ("key", "id", "name", "label"):
            return Entry(key_text(name, path, is_key=True), {"label": value}, path)
    return Entry(_list_key(section, entry, path), dict(entry), path)


def _list_key(section: str, fields: Mapping[str, Any], path: str) -> str:
    """Return the key of an entry in a list: ``key``, else ``id``, else ``name``; else one that depends on the kind."""
    names = ("key", "id", "name") if section == "flows" else ("key", "id", "name", "label")
    for name in names:
        if fields.get(name) is not None:
            return key_text(fields[name], join(path, name))
    if section == "flows":
        return flow_key(fields, path)
    raise InputError("needs a key", path)


def _fields(section: str, entry: Any, path: str, line: Optional[dict[str, Any]]) -> dict[str, Any]:
    """Return the fields of an entry with a known key; ``line``: the fields in its key, if that is ``a -> b``."""
    if isinstance(entry, Mapping):
        return dict(line or {}, **{key_text(name, path, is_key=True): value for name, value in entry.items()})
    if isinstance(entry, str) and section == "boundaries":
        return {"label": str(entry)}
    if isinstance(entry, str) and section == "flows":
        fields = dict(line, label=entry) if line is not None else flow_line(entry)
        if fields is not None:
            return fields
        raise InputError("must be a map with from and to, or a -> b: label", path)
    raise InputError("must be a map, not %s" % kind_of(entry), path)
