# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Queries of tasks and lookups, and their pure part: selection, order and fields of objects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Collection, Iterable, Mapping, Optional, Sequence

from .._engine.ports import Rules
from .._errors import InputError
from .._resources._catalog import CHILDREN
from .._resources._fields import Field
from .._resources.threat_model import THREAT_MODEL
from .conditions import Condition, TextComparison, matches, parse_filters, parse_test, ranks
from .fields import AUDIT, METADATA, MODEL, Kind, parse_path, reach

#: The sections of a model: the choices of ``include``.
SECTIONS: tuple[str, ...] = tuple(resource.plural for resource in CHILDREN)

#: The options of a query, as an argument spec; a lookup has the same (without ``id``).
QUERY_SPEC: Mapping[str, Mapping[str, Any]] = {
    "threat_model": {"type": "str"},
    "name": {"type": "str"},
    "id": {"type": "str"},
    "filters": {"type": "dict"},
    "fields": {"type": "list", "elements": "str"},
    "sort": {"type": "list", "elements": "str"},
    "limit": {"type": "int"},
    "offset": {"type": "int", "default": 0},
    "include": {"type": "list", "elements": "str", "choices": list(SECTIONS)},
}


_BY_NAME = {resource.name: resource for resource in (THREAT_MODEL, *CHILDREN)}
_BY_PLURAL = {resource.plural: resource for resource in CHILDREN}


@dataclass(frozen=True)
class Order:
    """One sort key."""

    path: tuple[str, ...]
    field: Optional[Field]
    descending: bool


@dataclass(frozen=True)
class Query:
    """A parsed query. ``named``: it means one object, which is read completely unless its fields are chosen.

    ``needs``: further paths that must be read, although they are neither conditions nor chosen.
    """

    kind: Kind
    threat_model: Optional[str] = None
    id: Optional[str] = None
    named: bool = False
    conditions: tuple[Condition, ...] = ()
    sort: tuple[Order, ...] = ()
    fields: Optional[tuple[tuple[str, ...], ...]] = None
    include: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    offset: int = 0
    limit: Optional[int] = None

    def heads(self) -> set[str]:
        """First names of all paths that must be read: conditions, order, chosen fields, needs."""
        return self.deciding() | {path[0] for path in (*(self.fields or ()), *self.needs)}

    def deciding(self) -> set[str]:
        """First names of the paths that decide the selection and the order of objects."""
        return {c.path[0] for c in self.conditions} | {o.path[0] for o in self.sort}

    def wanted(self) -> dict[str, Any]:
        """Conditions on fields of the object itself, as the user wrote them; one for each field."""
        return {c.path[0]: c.wanted for c in self.conditions if len(c.path) == 1 and c.wanted is not None}

    def sections(self) -> set[str]:
        """Sections of a model that must be read: the included ones and those in a path."""
        return set(self.include) | (self.heads() & set(SECTIONS) if self.kind is MODEL else set())

    def for_server(self, rules: Rules) -> Query:
        """Return the query with texts compared as a server with these rules stores them."""
        return replace(
            self,
            conditions=tuple(c.with_comparison(text_comparison(self.kind, c.path, rules)) for c in self.conditions),
        )

    def only(self, heads: Collection[str]) -> Query:
        """Return the query with only the conditions that need no more than ``heads``."""
        return replace(self, conditions=tuple(c for c in self.conditions if c.path[0] in heads))


def text_comparison(kind: Kind, path: Sequence[str], rules: Rules) -> TextComparison:
    """Return the comparison of texts at a path: the wanted text as the server would store it.

    References have the name of their object, sessions those of model and diagram.
    """
    resource, names = kind.resource, list(path)
    if resource is THREAT_MODEL and names[0] in _BY_PLURAL:
        resource, names = _BY_PLURAL[names[0]], names[1:]
    found = _BY_NAME.get(names[0] if names else "", resource) if resource is not THREAT_MODEL else resource
    if found is not resource:
        names = ["name"]

    def wanted(text: str) -> str:
        if (kind is METADATA and names == ["value"]) or names[:1] == ["metadata"]:
            return rules.stored_metadata({"value": text})["value"]
        return rules.as_stored(found or THREAT_MODEL, names[-1] if names else "", text)

    def pattern(text: str) -> str:  # without the removal of mark-up, which would change a pattern
        return rules.as_stored(THREAT_MODEL, "pattern", text)

    return TextComparison(wanted, pattern, lambda text: text)


def parse_query(kind: Kind, params: Mapping[str, Any]) -> Query:
    """Return the query for the options of ``QUERY_SPEC`` and ``regex`` for the name. Raises InputError."""
    conditions = list(parse_filters(kind, params.get("filters")))
    label = "key" if kind is METADATA else "name"
    if params.get("name") is not None:
        if not str(params["name"]).strip():
            raise InputError("must not be empty", "name")
        path, field = parse_path(kind, label, "name")
        conditions.append(Condition.of(path, partial(parse_test, field, params["name"], "name"), params["name"]))
    if params.get("regex") is not None:
        path, _field = parse_path(kind, label, "regex")
        conditions.append(Condition.of(path, partial(matches, params["regex"], "regex")))
    query = Query(
        kind,
        threat_model=params.get("threat_model"),
        id=params.get("id") or None,
        named=params.get("name") is not None,
        conditions=tuple(conditions),
        sort=_sort(kind, params.get("sort")),
        fields=_fields(kind, params.get("fields")),
        include=_include(kind, params.get("include")),
        offset=_whole(params.get("offset"), "offset") or 0,
        limit=_whole(params.get("limit"), "limit"),
    )
    if kind.is_child or kind in (METADATA, AUDIT):
        if not str(query.threat_model or "").strip():
            raise InputError(
                "is needed for %s: the name or the id of the model they belong to" % kind.plural, "threat_model"
            )
    elif query.threat_model is not None:
        raise InputError("cannot be used with %s" % kind.plural, "threat_model")
    return query


def _sort(kind: Kind, given: Optional[Iterable[str]]) -> tuple[Order, ...]:
    orders = []
    for text in given or ():
        name = str(text).strip()
        path, field = parse_path(kind, name[1:] if name.startswith("-") else name, "sort")
        orders.append(Order(path, field, name.startswith("-")))
    if not orders and "name" in kind.names:
        orders.append(Order(*parse_path(kind, "name", "sort"), descending=False))
    return tuple(orders)


def _fields(kind: Kind, given: Optional[Iterable[str]]) -> Optional[tuple[tuple[str, ...], ...]]:
    if not given:
        return None
    return tuple(dict.fromkeys(parse_path(kind, str(name).strip(), "fields")[0] for name in given))


def _include(kind: Kind, given: Optional[Iterable[str]]) -> tuple[str, ...]:
    wanted = tuple(dict.fromkeys(given or ()))
    unknown = [name for name in wanted if name not in SECTIONS]
    if unknown:
        raise InputError("%s is not one of %s" % (", ".join(unknown), ", ".join(SECTIONS)), "include")
    if wanted and kind is not MODEL:
        raise InputError("adds children to threat models; %s have none" % kind.plural, "include")
    return wanted


def _whole(value: Any, where: str) -> Optional[int]:
    if value is None:
        return None
    if int(value) < 0:
        raise InputError("must be 0 or more", where)
    return int(value)


# ------------------------------------------------------------------------------------------------------- pure
def matching(query: Query, objects: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the objects that meet all conditions, in the given order."""
    return [shown for shown in objects if all(condition.holds(shown) for condition in query.conditions)]


def ordered(query: Query, objects: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the sorted objects. Objects without the field are last in both directions; ties are sorted by id."""
    found = sorted(objects, key=lambda shown: str(shown.get("id") or ""))
    for order in reversed(query.sort):
        keyed = [(ranks(order.field, reach(shown, order.path)), shown) for shown in found]
        present = sorted((pair for pair in keyed if pair[0]), key=lambda pair: pair[0], reverse=order.descending)
        found = [shown for _key, shown in present] + [shown for key, shown in keyed if not key]
    return found


def cut(query: Query, objects: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return ``limit`` objects, beginning at ``offset``."""
    end = None if query.limit is None else query.offset + query.limit
    return objects[query.offset : end]


def projected(query: Query, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return an object with only the chosen fields, None for those not set, and with the included children."""
    if query.fields is None:
        return dict(shown)
    paths = [*query.fields, *((name,) for name in query.include if not any(p[0] == name for p in query.fields))]
    return _project(shown, paths)


def _project(value: Mapping[str, Any], paths: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for head in dict.fromkeys(path[0] for path in paths):
        tails = [path[1:] for path in paths if path[0] == head]
        inner = value.get(head)
        if () in tails:
            found[head] = inner
        elif isinstance(inner, (list, tuple)):
            found[head] = [_project(row, tails) for row in inner if isinstance(row, Mapping)]
        else:
            found[head] = _project(inner if isinstance(inner, Mapping) else {}, tails)
    return found
