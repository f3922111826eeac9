# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Mappings: rules that turn objects of any data into rows for a diagram. Texts with paths in braces, no code.

A path has names between dots; ``*`` stands for all members of a list or a map, ``$key`` for the key of the object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.tmi.tmi.plugins.module_utils._errors import InputError
from ansible_collections.tmi.tmi.plugins.module_utils._values import kind_of
from ansible_collections.tmi.tmi.plugins.plugin_utils._formats.conversion import as_text

SHIPPED = ("rows", "compose", "kubernetes")
_TEXTS = ("id", "name", "type", "zone", "talks_to", "uses", "data", "label")
_RULE = (*_TEXTS, "each", "when", "unless", "labels", "selects", "metadata", "rest")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_SPLIT = re.compile(r"[,;\n]")
#: Most texts that one template makes of one object.
_MOST = 1000


@dataclass
class Row:
    """A node to be drawn. ``talks_to``: ids of rows, and the label of the flow; ``uses``: ids that may not exist."""

    path: str
    id: str
    name: str
    type: str = ""
    zone: str = ""
    talks_to: list[tuple[str, str]] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    labels: dict[str, Any] = field(default_factory=dict)
    selects: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)


def rules_of(mapping: Any) -> list[dict[str, Any]]:
    """Return the rules of a shipped mapping by its name, or given ones. Raises InputError, with the place."""
    if isinstance(mapping, str):
        if mapping not in SHIPPED:
            raise InputError("must be one of %s, or a list of rules, not %r" % (", ".join(SHIPPED), mapping), "mapping")
        mapping = yaml.safe_load(Path(__file__).with_name(mapping + ".yml").read_text("utf-8"))
    if not isinstance(mapping, list):
        raise InputError("must be a name or a list of rules, not %s" % kind_of(mapping), "mapping")
    for number, rule in enumerate(mapping):
        path = "mapping[%d]" % number
        if not isinstance(rule, dict):
            raise InputError("must be a map, not %s" % kind_of(rule), path)
        for name, value in rule.items():
            if name not in _RULE:
                raise InputError("is none of %s" % ", ".join(_RULE), "%s.%s" % (path, name))
            if name in ("when", "metadata") and not isinstance(value, dict):
                raise InputError("must be a map, not %s" % kind_of(value), "%s.%s" % (path, name))
            if name in (*_TEXTS, "each", "unless") and not all(isinstance(one, str) for one in _list(value)):
                raise InputError("must be a text or a list of texts", "%s.%s" % (path, name))
            if name in ("labels", "selects") and not isinstance(value, str):
                raise InputError("must be a text", "%s.%s" % (path, name))
        if not rule.get("name") or not rule.get("each"):
            raise InputError("needs each and name", path)
    return mapping


def rows_of(data: Mapping[str, Any], rules: list[dict[str, Any]]) -> list[Row]:
    """Return the rows in the order of the data; rows of one id are one row with all that they talk to."""
    found: dict[str, Row] = {}
    for rule in rules:
        for where in _list(rule["each"]):
            for path, key, entry in _objects(data, where):
                members = {} if entry is None else entry
                if isinstance(members, dict) and _fits(rule, members):
                    _add(found, _row(rule, path, key, members))
    return list(found.values())


def _row(rule: Mapping[str, Any], path: str, key: str, entry: dict[str, Any]) -> Row | None:
    def texts(name: str) -> list[str]:
        return [text for template in _list(rule.get(name)) for text in expanded(template, entry, key)]

    names = texts("name")
    if not names:
        return None
    row = Row(path, next(iter(texts("id")), names[0]), names[0], " ".join(texts("type")), next(iter(texts("zone")), ""))
    label = ", ".join(texts("label"))
    row.talks_to = [(other, label) for other in dict.fromkeys(texts("talks_to"))]
    row.uses, row.data = list(dict.fromkeys(texts("uses"))), list(dict.fromkeys(texts("data")))
    for name in ("labels", "selects"):
        value = next(iter(_values(entry, rule.get(name) or "-", key)), None)
        if isinstance(value, dict):
            getattr(row, name).update(value)
    for name, template in (rule.get("metadata") or {}).items():
        kept = [text for one in _list(template) for text in expanded(str(one), entry, key)]
        row.metadata[str(name)] = ", ".join(dict.fromkeys(kept))
    if rule.get("rest"):
        used = {part.partition(".")[0].partition("|")[0] for name in _TEXTS for part in _paths(rule.get(name))}
        row.metadata.update({name: value for name, value in entry.items() if name not in used})
    return row


def _add(found: dict[str, Row], row: Row | None) -> None:
    if row is None:
        return
    known = found.setdefault(row.id, row)
    if known is not row:
        known.talks_to.extend(pair for pair in row.talks_to if pair not in known.talks_to)
        known.uses.extend(other for other in row.uses if other not in known.uses)
        known.data.extend(name for name in row.data if name not in known.data)
        known.metadata.update({name: value for name, value in row.metadata.items() if name not in known.metadata})


def _fits(rule: Mapping[str, Any], entry: dict[str, Any]) -> bool:
    for path, wanted in (rule.get("when") or {}).items():
        words = [as_text(value) for value in _values(entry, str(path), "") if value not in (None, "", [], {})]
        if not words or (wanted != "*" and not set(words) & {as_text(one) for one in _list(wanted)}):
            return False
    return not any(list(_values(entry, path, "")) for path in _list(rule.get("unless")))


def expanded(template: str, entry: dict[str, Any], key: str) -> list[str]:
    """Return the texts of a template for one object: one for each combination of its values, none without a value."""
    parts = _PLACEHOLDER.split(template)
    choices = [[part] if number % 2 == 0 else _texts(part, entry, key) for number, part in enumerate(parts)]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > _MOST:
        raise InputError("makes %d texts of one object; at most %d are made" % (total, _MOST), "mapping: " + template)
    return [text for text in ("".join(choice).strip() for choice in product(*choices)) if text]


def _texts(part: str, entry: dict[str, Any], key: str) -> list[str]:
    path, _bar, work = part.partition("|")
    found: list[str] = []
    for value in _values(entry, path.strip(), key):
        several = list(value) if isinstance(value, (dict, list)) else [value]
        found.extend(as_text(one) for one in several if not isinstance(one, (dict, list)) and as_text(one).strip())
    word, _blank, mark = work.strip().partition(" ")
    if word == "before":
        found = [text.partition(mark)[0] for text in found]
    elif word == "image":  # of a container: without registry, tag and digest
        found = [text.rpartition("/")[2].partition("@")[0].partition(":")[0] for text in found]
    elif word == "split":
        found = [piece.strip() for text in found for piece in _SPLIT.split(text)]
    elif word:
        raise InputError("knows only before, image and split, not %s" % word, "mapping: {%s}" % part)
    return [text for text in found if text]


def _values(entry: Any, path: str, key: str) -> Iterator[Any]:
    """Yield the values at a path."""
    if path == "$key":
        yield key
    else:
        yield from (value for _path, _key, value in _objects(entry, path) if value not in (None, "", [], {}))


def _objects(data: Any, path: str) -> Iterator[tuple[str, str, Any]]:
    """Yield place, key and value for each value at a path."""
    found = [("$", "", data)]
    for name in path.split("."):
        further: list[tuple[str, str, Any]] = []
        for place, _key, value in found:
            if name == "*" and isinstance(value, list):
                further.extend(("%s[%d]" % (place, number), str(number), one) for number, one in enumerate(value))
            elif name == "*" and isinstance(value, dict):
                further.extend(("%s.%s" % (place, key), str(key), one) for key, one in value.items())
            elif isinstance(value, dict) and name in value:
                further.append(("%s.%s" % (place, name), name, value[name]))
        found = further
    yield from found


def _paths(templates: Any) -> list[str]:
    return [path for template in _list(templates) for path in _PLACEHOLDER.findall(template)]


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
