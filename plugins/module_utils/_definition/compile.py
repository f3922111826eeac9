# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""From a definition to what the engine wants: one model with its children (definition format, section 2)."""

from __future__ import annotations

import difflib
from typing import Any, Collection, Iterator, Mapping, Optional

from .._diagram.desired import compile_diagram
from .._engine.tree import Desired
from .._errors import InputError
from .._resources._catalog import CHILDREN
from .._resources._fields import Field
from .._resources._resource import Resource, check_metadata
from .._resources.diagram import DIAGRAM
from .._resources.source import SOURCE
from .._resources.threat import THREAT
from .._resources.threat_model import THREAT_MODEL
from .load import MARK, Document

#: Sections of a definition -> resource; ``repositories`` is the format's word for what the collection calls sources.
SECTIONS: Mapping[str, Resource] = {**{r.plural: r for r in CHILDREN}, "repositories": SOURCE}

_COMMON = ("id", "was", "metadata")
_MODEL_KEYS = (MARK, "key", "defaults", *_COMMON, *SECTIONS)
_CELL_KEYS = ("nodes", "boundaries", "flows", "cells", "content", "layout")


def compile_definition(document: Document) -> Desired:
    """Return the wanted model. Raises InputError with file and path of the mistake."""
    data, where = document.data, document.where
    values = _values(THREAT_MODEL, data, where, _MODEL_KEYS)
    key = _text(data.get("key"), where, "key")
    values.setdefault("name", key)
    if not values["name"]:
        raise InputError("needs a name or a key", where)
    own = {"ansible_key": key} if key else {}
    defaults = _defaults(data.get("defaults") or {}, "%s.defaults" % where)
    children = []
    seen: dict[tuple[str, str], str] = {}
    for section, resource in SECTIONS.items():
        entries = data.get(section)
        for entry_key, entry in _entries(entries, "%s %s" % (where, section), defaults.get(resource.name)):
            place = "%s %s.%s" % (where, section, entry_key)
            if not isinstance(entries, list) and seen.setdefault((resource.name, entry_key), place) != place:
                raise InputError("is also the key of %s" % seen[resource.name, entry_key], place)
            children.append(_child(resource, entry_key, entry, place, key or str(values["name"])))
    return Desired(
        THREAT_MODEL,
        values,
        metadata=_metadata(THREAT_MODEL, data, where),
        own_metadata=own,
        id=_text(data.get("id"), where, "id"),
        key=key,
        was=_text(data.get("was"), where, "was"),
        where=where,
        given=frozenset(resource.plural for section, resource in SECTIONS.items() if data.get(section) is not None),
        children=tuple(children),
    )


def _defaults(defaults: Any, where: str) -> Mapping[str, Mapping[str, Any]]:
    """Return what entries of a kind have where they say nothing else, by the kind's name (``threat``)."""
    found = _map(defaults, where)
    _refuse_unknown(found, {resource.name for resource in CHILDREN}, where)
    return {kind: _map(entry, "%s.%s" % (where, kind)) for kind, entry in found.items()}


def _child(resource: Resource, key: str, entry: Mapping[str, Any], where: str, model_key: str) -> Desired:
    extra = _COMMON + (_CELL_KEYS if resource is DIAGRAM else ())
    plain = _spelled_out(resource, entry, where)
    values = _values(resource, plain, where, extra)
    if values.get("uri") != key or resource is not SOURCE:  # an item of a list may be known by its address alone
        values.setdefault("name", key)
    cells = None
    if resource is DIAGRAM and any(plain.get(n) is not None for n in _CELL_KEYS):
        try:
            cells = compile_diagram({n: plain.get(n) for n in _CELL_KEYS}, model_key, key)
        except InputError as error:
            raise InputError(error.message, "%s.%s" % (where, error.path) if error.path else where) from None
    return Desired(
        resource,
        values,
        metadata=_metadata(resource, plain, where),
        id=_text(plain.get("id"), where, "id"),
        key=key,
        was=_text(plain.get("was"), where, "was"),
        where=where,
        cells=cells,
    )


def _spelled_out(resource: Resource, entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return an entry with the short forms of the format as fields: ``at``, ``risk``, ``ref`` and ``path``."""
    plain = dict(entry)
    if resource is THREAT and "at" in plain:
        at = _text(plain.pop("at"), where, "at") or ""
        diagram, slash, cell = at.partition("/")
        plain.update(diagram=diagram, cell=cell if slash else "")
    if resource is THREAT and "risk" in plain:
        risk = _map(plain.pop("risk"), "%s.risk" % where)
        _refuse_unknown(risk, ("likelihood", "impact", "score"), "%s.risk" % where)
        plain.update(risk)
    if resource is SOURCE and ("ref" in plain or "path" in plain):
        ref = _map(plain.pop("ref", None) or {}, "%s.ref" % where)
        if len(ref) != 1:
            raise InputError("must name one of branch, tag, commit", "%s.ref" % where)
        kind, value = next(iter(ref.items()))
        plain["parameters"] = {"ref_type": kind, "ref_value": value, "sub_path": plain.pop("path", None)}
    return plain


def _values(resource: Resource, entry: Mapping[str, Any], where: str, extra: Collection[str]) -> dict[str, Any]:
    """Return the canonical fields of an entry, written by name or alias. ``null`` clears what can be cleared."""
    names = {n: f for f in resource.fields for n in (f.name,) + f.aliases}
    _refuse_unknown(entry, {*names, *extra}, where)
    given: dict[str, Any] = {}
    for name, value in entry.items():
        found: Optional[Field] = names.get(name)
        if found is None or name in extra:
            continue
        if found.name in given:
            raise InputError("stands twice, as %s too" % found.name, "%s.%s" % (where, name))
        given[found.name] = found.empty or "" if value is None and found.clearable else value
    return resource.canonical(given, where)


def _entries(section: Any, where: str, defaults: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield (key, entry) of a section: a map by key, or a list whose items bear ``key`` or ``name``."""
    if section is None:
        return
    pairs: Collection[tuple[Any, Any]]
    if isinstance(section, list):  # keys may stand twice here: the engine tells threats of one name apart, or refuses
        pairs = [(_list_key(item, "%s[%d]" % (where, i)), item) for i, item in enumerate(section)]
    else:
        pairs = _map(section, where).items()
    keys = [str(key) for key, entry in pairs]
    for key, entry in pairs:
        if not isinstance(section, list) and keys.count(str(key)) > 1:
            raise InputError("stands twice, once as a number and once as text", "%s.%s" % (where, key))
        if isinstance(key, bool):
            raise InputError("a key was read as a boolean (YAML 1.1 reads on, off, yes and no so): quote it", where)
        if entry is not None:
            plain = {n: v for n, v in _map(entry, "%s.%s" % (where, key)).items() if n != "key"}
            yield str(key), {**(defaults or {}), **plain}


def _list_key(item: Any, where: str) -> str:
    found = _map(item, where)
    key = found.get("key") or found.get("name") or found.get("uri") or found.get("title")
    if not key:
        raise InputError("an item of a list needs a key or a name", where)
    return str(key)


def _map(value: Any, where: str) -> Mapping[Any, Any]:
    if not isinstance(value, Mapping):
        raise InputError("must be a map, not %s" % type(value).__name__, where)
    return value


def _metadata(resource: Resource, entry: Mapping[str, Any], where: str) -> dict[str, str]:
    return check_metadata(resource, _map(entry.get("metadata") or {}, "%s.metadata" % where), "%s.metadata" % where)


def _text(value: Any, where: str, name: str) -> Optional[str]:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (str, int)) or not str(value).strip():
        raise InputError("must be a text", "%s.%s" % (where, name))
    return str(value)


def _refuse_unknown(entry: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for name in entry:
        if name not in known:
            close = difflib.get_close_matches(str(name), sorted(known), n=1)
            hint = "; did you mean %s?" % close[0] if close else "; known are %s" % ", ".join(sorted(known))
            raise InputError("unknown field%s" % hint, "%s.%s" % (where, name))
