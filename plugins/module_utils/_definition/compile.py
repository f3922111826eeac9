# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Compiles a definition into a wanted model with its children (FORMAT-11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional, Sequence

from .._diagram.declared.desired import compile_diagram
from .._engine.tree import Desired
from .._errors import InputError
from .._mistakes import STRICT, MistakeList, changed
from .._resources._catalog import CHILDREN, SECTION_NAMES
from .._resources._fields import fold
from .._resources._marks import KEY, ORIGIN
from .._resources._resource import Resource, check_metadata
from .._resources.diagram import DIAGRAM
from .._resources.source import SOURCE
from .._resources.threat import THREAT
from .._resources.threat_model import THREAT_MODEL
from .anchors import check_references
from .load import Document
from .mistakes import Mistakes
from .short_forms import CELL_KEYS, as_map, check_list, entries, extra_keys, refuse_unknown, spell_out, text

#: The status that makes a threat count as mitigated.
_RESOLVED = "resolved"


def compile_documents(documents: Sequence[Document]) -> list[Desired]:
    """Return the wanted models. Raises one InputError with the mistakes of all of them, and with their lines."""
    mistakes = Mistakes()
    wanted = [compile_one(document, mistakes) for document in documents]
    mistakes.raise_all()
    return [desired for desired in wanted if desired is not None]


def compile_one(document: Document, mistakes: Mistakes) -> Optional[Desired]:
    """Return the wanted model; if its definition has ``mistakes``, an incomplete one or None."""
    if mistakes.is_full:
        return None
    compiled = []
    here = mistakes.at(document)
    with here.collecting():
        compiled.append(_compile(document, here))
    return compiled[0] if compiled else None


def compile_definition(document: Document) -> Desired:
    """Return the wanted model. Raises InputError with file, line and path of the mistake, or of each of several."""
    return compile_documents([document])[0]


def check_values(data: Mapping[str, Any], where: str, mistakes: MistakeList) -> None:
    """Check the fields of a part of a definition in normalized form, so that mistakes are reported with its place.

    Missing fields are no mistakes in a part.
    """
    _values(THREAT_MODEL, data, where, mistakes)
    _metadata(THREAT_MODEL, data, where, mistakes)
    for resource in CHILDREN:
        section = data.get(resource.plural)
        for key, entry in section.items() if isinstance(section, Mapping) else ():
            if entry is not None and not mistakes.is_full:
                place = "%s %s.%s" % (where, resource.plural, key)
                _values(resource, entry, place, mistakes)
                _metadata(resource, entry, place, mistakes)


def _compile(document: Document, mistakes: MistakeList) -> Desired:
    data, where = document.data, document.where
    plain = spell_out(THREAT_MODEL, data, where, mistakes)
    values = _values(THREAT_MODEL, plain, where, mistakes)
    key, found_id, was = (_optional_text(data, name, where, mistakes) for name in ("key", "id", "was"))
    values.setdefault("name", key)
    if not values["name"] and not data.get("name") and not data.get("key"):
        mistakes.add(InputError("needs a name or a key", "%s:1" % where if document.files else where))
    with mistakes.collecting():
        _check_roles(values, where)
    if data.get("base") is not None:
        mistakes.add(InputError("is not resolved: base may be used only in definition files", "%s.base" % where))
    children = _children(document, key or str(values["name"]), mistakes)
    check_references(children, mistakes, data.get("diagrams"))
    return Desired(
        THREAT_MODEL,
        values,
        metadata=_metadata(THREAT_MODEL, data, where, mistakes),
        own_metadata={**({KEY: key} if key else {}), **_origin(data, where, mistakes)},
        id=found_id,
        key=key,
        was=was,
        where=where,
        given=frozenset(
            resource.plural for section, resource in SECTION_NAMES.items() if data.get(section) is not None
        ),
        children=tuple(children),
    )


def _optional_text(entry: Mapping[str, Any], name: str, where: str, mistakes: MistakeList) -> Optional[str]:
    """Return a text member that is not a field of a resource, None if it is missing or wrong."""
    try:
        return text(entry.get(name), where, name)
    except InputError as error:
        mistakes.add(error)
        return None


def _children(document: Document, model_key: str, mistakes: MistakeList) -> list[Desired]:
    data, where = document.data, document.where
    defaults: Mapping[str, Mapping[str, Any]] = {}
    with mistakes.collecting():
        defaults = _defaults({} if data.get("defaults") is None else data["defaults"], "%s.defaults" % where)
    children = []
    seen: dict[tuple[str, str], str] = {}
    for section, resource in SECTION_NAMES.items():
        with mistakes.collecting():
            for entry_key, entry in entries(data.get(section), "%s %s" % (where, section), mistakes):
                place = "%s %s.%s" % (where, section, entry_key)
                if not isinstance(data[section], list) and seen.setdefault((resource.name, entry_key), place) != place:
                    mistakes.add(InputError("is also the key of %s" % seen[resource.name, entry_key], place))
                elif entry is not None:
                    with mistakes.collecting():
                        plain = {**defaults.get(resource.name, {}), **spell_out(resource, entry, place, mistakes)}
                        children.append(_child(resource, entry_key, plain, place, model_key, mistakes))
                if mistakes.is_full:
                    return children
    return children


def _check_roles(values: Mapping[str, Any], where: str) -> None:
    """Refuse a lower role for the owner or the reviewer of the model: the next run would change it again."""
    for name in ("owner", "reviewer"):
        for row in values.get("authorization") or ():
            if values.get(name) and row.get("user") == values[name] and row["role"] != "owner":
                message = '%s is its %s and has the role owner, not "%s"' % (row["user"], name, row["role"])
                raise InputError(message, "%s.authorization" % where)


def _defaults(defaults: Any, where: str) -> Mapping[str, Mapping[str, Any]]:
    """Return the default fields of the entries of a kind, by the kind's name (``threat``)."""
    by_kind = as_map(defaults, where)
    kinds = {resource.name: resource for resource in CHILDREN}
    refuse_unknown(by_kind, kinds, where)
    plain = {}
    for kind, entry in by_kind.items():
        place = "%s.%s" % (where, kind)
        plain[kind] = spell_out(kinds[kind], as_map(entry, place), place)
        _values(kinds[kind], plain[kind], place)
    return plain


def _child(
    resource: Resource, key: str, plain: Mapping[str, Any], where: str, model_key: str, mistakes: MistakeList
) -> Desired:
    if plain.get("use") is not None:
        mistakes.add(InputError("is not resolved: use may be used only in definition files", "%s.use" % where))
    values = _values(resource, plain, where, mistakes)
    if values.get("uri") != key or resource is not SOURCE:  # an item of a list may have only an address
        values.setdefault("name", key)
    if resource is THREAT:
        with mistakes.collecting():
            values.update(_mitigation(plain, values, where))
    cells = None
    if resource is DIAGRAM and any(plain.get(n) is not None for n in CELL_KEYS):
        try:
            cells = compile_diagram({n: plain.get(n) for n in CELL_KEYS}, model_key, key)
        except InputError as error:
            mistakes.add(changed(error, lambda one: _below(one, where)))
    return Desired(
        resource,
        values,
        metadata=_metadata(resource, plain, where, mistakes),
        own_metadata=_origin(plain, where, mistakes),
        id=_optional_text(plain, "id", where, mistakes),
        key=key,
        was=_optional_text(plain, "was", where, mistakes),
        where=where,
        cells=cells,
    )


def _below(error: InputError, where: str) -> InputError:
    """Return a mistake in the cells of a diagram with the place of the diagram as prefix."""
    return error.at("%s.%s" % (where, error.path) if error.path else where)


def _mitigation(plain: Mapping[str, Any], values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return ``mitigation`` and ``mitigated`` as ``controls`` and the status determine them (FORMAT-11).

    The controls become a check list below the text. A threat counts as mitigated if all of its controls are implemented
    or if it is resolved, unless its entry has ``mitigated``.
    """
    mitigation: dict[str, Any] = {}
    resolved = values.get("status") == fold(_RESOLVED)
    controls = None
    if plain.get("controls") is not None:
        controls = check_list(plain["controls"], "%s.controls" % where)
        lines = ["- [%s] %s" % ("x" if done else " ", name) for name, done in controls]
        mitigation["mitigation"] = (
            "\n".join([str(values["mitigation"]), *lines] if values.get("mitigation") else lines) or None
        )
    if "mitigated" not in values and (controls or resolved):
        mitigation["mitigated"] = resolved or all(done for _name, done in controls or ())
    return mitigation


def _values(resource: Resource, plain: Mapping[str, Any], where: str, mistakes: MistakeList = STRICT) -> dict[str, Any]:
    """Return the canonical fields of an entry in long form. ``null`` clears fields that can be cleared."""
    extra = extra_keys(resource)
    given: dict[str, Any] = {}
    for name, value in plain.items():
        field = resource.by_name.get(name)
        if field is not None and name not in extra:
            given[name] = field.empty or "" if value is None and field.clearable else value
    try:
        return resource.canonical(given, where)
    except InputError:
        return _values_one_by_one(resource, given, where, mistakes)


def _values_one_by_one(
    resource: Resource, given: Mapping[str, Any], where: str, mistakes: MistakeList
) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in given.items():
        with mistakes.collecting():
            values.update(resource.canonical({name: value}, where))
    return values


def _origin(entry: Mapping[str, Any], where: str, mistakes: MistakeList) -> dict[str, str]:
    """Return the origin of an object as metadata, {} if it has none."""
    text = _optional_text(entry, "origin", where, mistakes)
    return {ORIGIN: text} if text else {}


def _metadata(resource: Resource, entry: Mapping[str, Any], where: str, mistakes: MistakeList) -> dict[str, str]:
    place = "%s.metadata" % where
    given: Mapping[Any, Any] = {}
    with mistakes.collecting():
        given = as_map({} if entry.get("metadata") is None else entry["metadata"], place)
    try:
        return check_metadata(resource, given, place)
    except InputError:
        texts: dict[str, str] = {}
        for key, value in given.items():
            with mistakes.collecting():
                texts.update(check_metadata(resource, {key: value}, place))
            if mistakes.is_full:
                break
        return texts
