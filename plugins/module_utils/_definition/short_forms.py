# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads the forms of entries in a definition: other names of fields, short forms, lists (FORMAT-1, FORMAT-3).

All become one form: a map by key, whose entries have the fields of :mod:`.._resources` under their own names.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Collection, Iterator, Optional

from .._errors import InputError, shortened
from .._mistakes import STRICT, MistakeList
from .._near import similar
from .._resources._catalog import SECTION_NAMES
from .._resources._resource import Resource
from .._resources.diagram import DIAGRAM
from .._resources.source import SOURCE
from .._resources.threat import THREAT
from .._resources.threat_model import THREAT_MODEL
from .._values import boolean_key, kind_of
from .parsing.as_written import MARK

#: Members of entries of every kind, besides the fields of their resource.
COMMON = ("id", "origin", "was", "metadata")
MODEL_KEYS = (MARK, "key", "base", "defaults", *COMMON, *SECTION_NAMES)
CELL_SECTIONS = ("nodes", "boundaries", "flows")
CELL_KEYS = (*CELL_SECTIONS, "cells", "content", "layout")
#: Members of the short forms -> fields.
ACCEPT = {"by": "accepted_by", "until": "accepted_until", "reason": "accepted_reason"}
RISK = {"likelihood": "likelihood", "impact": "impact", "score": "score"}
#: Members of a repository's ``ref``.
REF = ("branch", "tag", "commit")
#: Characters of a name that a message shows.
_SHOWN = 100
CONTROL_KEYS = ("name", "implemented")
#: The status of a threat that is accepted, unless its entry has another one.
ACCEPTED = "accepted"


@lru_cache(maxsize=None)
def extra_keys(resource: Resource) -> tuple[str, ...]:
    """Return the members that an entry of a kind may have besides the fields of its resource."""
    if resource is THREAT_MODEL:
        return MODEL_KEYS
    if resource is THREAT:
        return (*COMMON, "use", "controls")
    return (*COMMON, *CELL_KEYS) if resource is DIAGRAM else COMMON


def short_forms(resource: Resource) -> tuple[str, ...]:
    """Return the short forms of a kind, which :func:`spell_out` expands."""
    if resource is THREAT:
        return ("at", "risk", "accept")
    return ("ref", "path") if resource is SOURCE else ()


def spell_out(
    resource: Resource, entry: Mapping[Any, Any], where: str, mistakes: MistakeList = STRICT
) -> dict[str, Any]:
    """Return an entry with fields in place of short forms, all under their own names.

    ``null`` is kept: it removes or clears. Members that are unknown or given twice are left out and added to
    ``mistakes``.
    """
    names, extra, short = resource.spellings, extra_keys(resource), short_forms(resource)
    known = _known_keys(resource)
    refuse_unknown(entry, known, where, mistakes)
    plain: dict[str, Any] = {}
    for name, value in entry.items():
        if name in short or isinstance(name, bool) or name not in known:
            continue
        own = name if name in extra else names[name]
        if own in plain:
            mistakes.add(InputError("appears twice, also as %s" % own, "%s.%s" % (where, name)))
        plain[own] = value
    for name in short:
        if name in entry:
            with mistakes.collecting():
                for own, value in _long_form(name, entry, where).items():
                    if own in plain and own != "status":
                        raise InputError("sets %s, which is also given" % own, "%s.%s" % (where, name))
                    plain.setdefault(own, value)
    return plain


@lru_cache(maxsize=None)
def _known_keys(resource: Resource) -> frozenset[str]:
    """Return the names of all members of an entry of a kind."""
    return frozenset((*resource.spellings, *extra_keys(resource), *short_forms(resource)))


def _long_form(name: str, entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the fields of a short form; ``null`` is ``null`` for all of them."""
    value, place = entry[name], "%s.%s" % (where, name)
    if name == "at":
        diagram, slash, cell = (text(value, where, name) or "").partition("/")
        return {"diagram": diagram, "cell": cell if slash else ""} if diagram else {"diagram": None, "cell": None}
    if name == "risk":
        return _members(value, RISK, place)
    if name == "accept":
        fields = _members(value, ACCEPT, place)
        return {**fields, "status": ACCEPTED} if value else fields
    if name == "path":  # with a ref it is part of that
        return {} if "ref" in entry else {"parameters": {"sub_path": value}}
    path = {"sub_path": entry["path"]} if "path" in entry else {}
    if value is None:
        return {"parameters": path or None}
    kinds = list(as_map(value, place).items())
    if len(kinds) != 1 or kinds[0][0] not in REF:
        raise InputError("must name one of %s" % ", ".join(REF), place)
    return {"parameters": {"ref_type": kinds[0][0], "ref_value": kinds[0][1], **path}}


def _members(value: Any, members: Mapping[str, str], where: str) -> dict[str, Any]:
    if value is None:
        return dict.fromkeys(members.values())
    entry = as_map(value, where)
    refuse_unknown(entry, members, where)
    return {members[name]: given for name, given in entry.items()}


def check_list(controls: Any, where: str) -> list[tuple[str, bool]]:
    """Return (name, implemented) of a threat's ``controls``: a list, or a map by name. Raises InputError."""
    if isinstance(controls, Mapping):
        controls = [
            {"name": key, **as_map(entry, "%s.%s" % (where, key))}
            for key, entry in controls.items()
            if entry is not None
        ]
    if not isinstance(controls, (list, tuple)):
        raise InputError("must be a list of maps with name and implemented", where)
    checks = []
    for index, entry in enumerate(controls):
        place = "%s[%d]" % (where, index)
        refuse_unknown(as_map(entry, place), CONTROL_KEYS, place)
        name, done = text(entry.get("name"), place, "name"), entry.get("implemented", False)
        if name is None or "\n" in name:
            raise InputError("a control needs a name of one line", place)
        if not isinstance(done, bool):
            raise InputError("must be true or false, not %r" % (done,), "%s.implemented" % place)
        checks.append((name, done))
    return checks


def entries(
    section: Any, where: str, mistakes: MistakeList = STRICT
) -> Iterator[tuple[str, Optional[Mapping[str, Any]]]]:
    """Yield (key, entry) of a section: a map by key, or a list whose items have ``key`` or ``name``.

    The entry is None if ``null`` removes it. Wrong entries are added to ``mistakes``. Raises InputError for a wrong
    section.
    """
    if section is None:
        return
    if isinstance(section, (list, tuple)):  # equal keys are allowed: the engine distinguishes or refuses them
        for index, item in enumerate(section):
            key = None
            with mistakes.collecting():
                key = _list_key(item, "%s[%d]" % (where, index))
            if key is not None:
                yield key, {n: v for n, v in item.items() if n != "key"}
        return
    seen = set()
    for key, entry in as_map(section, where).items():
        fields = None
        try:
            if isinstance(key, bool):
                raise InputError(boolean_key(key), where)
            if str(key) in seen:
                raise InputError("appears twice, once as a number and once as text", "%s.%s" % (where, key))
            seen.add(str(key))
            if entry is not None:
                fields = {n: v for n, v in as_map(entry, "%s.%s" % (where, key)).items() if n != "key"}
        except InputError as error:
            mistakes.add(error)
            continue
        yield str(key), fields


def _list_key(item: Any, where: str) -> str:
    entry = as_map(item, where)
    key = entry.get("key") or entry.get("name") or entry.get("uri") or entry.get("url") or entry.get("title")
    if not key or isinstance(key, bool):
        raise InputError("an item of a list needs a key or a name", where)
    return str(key)


def as_map(value: Any, where: str) -> Mapping[Any, Any]:
    """Return a map. Raises InputError for anything else."""
    if not isinstance(value, Mapping):
        raise InputError("must be a map, not %s" % kind_of(value), where)
    return value


def text(value: Any, where: str, name: str) -> Optional[str]:
    """Return a text that is not blank, None if there is none. Raises InputError."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise InputError("must be a text", "%s.%s" % (where, name))
    return str(value)


def refuse_unknown(
    entry: Mapping[Any, Any], known: Collection[str], where: str, mistakes: MistakeList = STRICT
) -> None:
    """Add unknown keys to ``mistakes``, with the most similar known one."""
    for name in entry:
        if isinstance(name, bool):
            mistakes.add(InputError(boolean_key(name), where))
        elif name not in known:
            close = similar(str(name), known, 1)
            hint = "; did you mean %s?" % close[0] if close else "; known are %s" % ", ".join(sorted(known))
            mistakes.add(InputError("unknown field%s" % hint, "%s.%s" % (where, shortened(str(name), _SHOWN))))
        if mistakes.is_full:
            break
