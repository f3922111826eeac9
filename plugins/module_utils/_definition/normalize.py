# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Normalizes definitions for merging: every section is a map by key, every field has its own name.

Only definitions that are merged need this form: a file without base and overlay is compiled as it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Collection

from .._diagram.declared.entries import read_entries
from .._errors import InputError
from .._mistakes import STRICT, MistakeList
from .._resources._catalog import CHILDREN, SECTION_NAMES
from .._resources._resource import Resource
from .._resources.diagram import DIAGRAM
from .._resources.threat_model import THREAT_MODEL
from .short_forms import CELL_SECTIONS, entries, spell_out

#: Other names of fields of cells.
_CELL_WORDS = {
    "source": "from",
    "target": "to",
    "source_port": "from_port",
    "target_port": "to_port",
    "name": "label",
    "parent": "in",
    "shape": "type",
}


def normalize(
    data: Mapping[str, Any], where: str, met: Collection[str] = (), mistakes: MistakeList = STRICT
) -> dict[str, Any]:
    """Return a definition in the form that can be merged, without entries with ``mistakes``. Raises InputError.

    ``met``: the sections that are merged with another layer; in these, entries of a list need keys of their own. Other
    lists with equal keys stay lists.
    """
    plain = spell_out(THREAT_MODEL, data, where, mistakes)
    normalized = {name: value for name, value in plain.items() if name not in SECTION_NAMES}
    for section, resource in SECTION_NAMES.items():
        if section in plain:
            existing = normalized.get(resource.plural)
            new = _section(resource, plain[section], "%s %s" % (where, section), met, mistakes)
            if isinstance(existing, dict) and isinstance(new, dict):
                for key in new:
                    if key in existing:
                        wrong = InputError("is also a key of another section", "%s %s.%s" % (where, section, key))
                        mistakes.add(wrong)
                new = {**existing, **new}
            normalized[resource.plural] = existing if new is None and existing is not None else new
    if isinstance(normalized.get("defaults"), Mapping):
        kinds = {resource.name: resource for resource in CHILDREN}
        normalized["defaults"] = {
            kind: spell_out(kinds[kind], entry, "%s.defaults.%s" % (where, kind), mistakes)
            if kind in kinds and isinstance(entry, Mapping)
            else entry
            for kind, entry in normalized["defaults"].items()
        }
    return normalized


def _section(resource: Resource, section: Any, where: str, met: Collection[str], mistakes: MistakeList) -> Any:
    if section is None:
        return None
    entries_by_key: dict[str, Any] = {}
    for key, entry in entries(section, where, mistakes):
        place = "%s.%s" % (where, key)
        if mistakes.is_full:
            break
        if key in entries_by_key:
            if resource.plural not in met:
                return section
            mistakes.add(InputError("appears twice; entries that are merged need different keys", place))
        with mistakes.collecting():
            entries_by_key[key] = None if entry is None else _entry(resource, entry, place, mistakes)
    return entries_by_key


def _entry(resource: Resource, entry: Mapping[str, Any], where: str, mistakes: MistakeList) -> dict[str, Any]:
    plain = spell_out(resource, entry, where, mistakes)
    if resource is DIAGRAM:
        for section in CELL_SECTIONS:
            if plain.get(section) is not None:
                read = read_entries(section, plain[section], "%s.%s" % (where, section))
                plain[section] = {e.key: None if e.fields is None else _cell(e.fields) for e in read}
    return plain


def _cell(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a cell under the names of the format, which also count if another name is given too."""
    cell = {name: value for name, value in fields.items() if name not in _CELL_WORDS}
    for name, value in fields.items():
        if name in _CELL_WORDS and cell.get(_CELL_WORDS[name]) is None:
            cell[_CELL_WORDS[name]] = value
    cell.pop("key", None)
    return cell
