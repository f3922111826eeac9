# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads the objects of a query, with as few requests as its conditions allow.

A list of models needs one request for a hundred models. A model is read completely only if the query names it, includes
children, or needs a field that lists do not have. Children are read with their model.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Optional, Sequence

from .._engine.display.view import view_entity
from .._engine.identity.objects import ambiguous, not_found
from .._engine.ports import Source
from .._engine.tree import Entity
from .._errors import InputError, MissingError, NotFoundError
from .._resources._catalog import CHILDREN
from .._resources.reference import is_id
from .._resources.threat import THREAT
from .._resources.threat_model import THREAT_MODEL
from .fields import COUNTS, METADATA, MODEL
from .query import Query, cut, matching, ordered, projected

#: Models read at the same time (ENGINE-3, V1-PARALLEL).
AT_ONCE = 4

Shown = Mapping[str, Any]


@dataclass(frozen=True)
class QueryResult:
    """The objects of a query, and their number before ``offset`` and ``limit``."""

    objects: list[dict[str, Any]]
    total: int


def finish(query: Query, objects: Iterable[Shown]) -> QueryResult:
    """Return the result for all objects of a kind."""
    chosen = ordered(query, matching(query, objects))
    return QueryResult([projected(query, shown) for shown in cut(query, chosen)], len(chosen))


def read(server: Source, query: Query, target: Optional[tuple[str, str]] = None) -> QueryResult:
    """Return models, children of a model, or metadata. ``target``: (kind, name or id) of the object with the metadata.

    Raises NotFoundError or AmbiguousNameError for ``threat_model`` and ``target``; an unknown ``id`` or ``name`` gives
    an empty list.
    """
    query = query.for_server(server.rules)
    if query.kind is METADATA:
        return finish(query, _metadata(server, query, target))
    if query.kind is MODEL:
        return _model_by_id(server, query) if query.id else _models(server, query)
    plural = query.kind.plural
    model = find_model(server, str(query.threat_model), with_places({plural}))
    children = [{**shown, "threat_model_id": model.id} for shown in _children(model, plural)]
    if query.id:
        children = [shown for shown in children if shown["id"].lower() == query.id.lower()]
    return finish(query, children)


def with_places(sections: set[str]) -> set[str]:
    """Return the sections to read: diagrams in addition to threats, for the place of each threat."""
    return sections | {"diagrams"} if THREAT.plural in sections else sections


class CachingSource:
    """A source that reads each model once, with ``sections`` in addition, for several queries on one model."""

    def __init__(self, server: Source, sections: Iterable[str]) -> None:
        self._server = server
        self._sections = set(sections)
        self._kept: dict[str, Entity] = {}
        self.listed_fields = server.listed_fields
        self.rules = server.rules
        self.models = server.models
        self.models_where = server.models_where
        self.counts = server.counts

    def model(self, model_id: str, sections: Iterable[str]) -> Entity:
        """Return the model, read at the first call. Not for threads."""
        if model_id not in self._kept:
            self._kept[model_id] = self._server.model(model_id, self._sections | set(sections))
        return self._kept[model_id]


def find_model(server: Source, reference: str, sections: Iterable[str]) -> Entity:
    """Return the model with the name or id ``reference``, with children."""
    if is_id(reference):
        try:
            return server.model(reference, sections)
        except MissingError:
            raise NotFoundError("no threat model has the id %s" % reference, "threat_model") from None
    models = server.models()
    name = server.rules.as_stored(THREAT_MODEL, "name", reference)
    fits = [model for model in models if model.values.get("name") == name]
    if not fits:
        raise not_found(THREAT_MODEL, reference, models, "threat_model")
    if len(fits) > 1:
        raise ambiguous(THREAT_MODEL, reference, fits, "threat_model")
    return server.model(fits[0].id, sections)


def known_id(query: Query) -> Optional[str]:
    """Return the id of the model that is read first: its answer also shows the generation of the server."""
    reference = query.id if query.kind is MODEL else query.threat_model
    return reference if reference and is_id(reference) else None


# ----------------------------------------------------------------------------------------------------- models
def _model_by_id(server: Source, query: Query) -> QueryResult:
    counted = {COUNTS[name] for name in query.heads() & set(COUNTS)}
    try:
        model = server.model(str(query.id), with_places(query.sections() | counted))
    except MissingError:
        return QueryResult([], 0)
    numbers = {name: len(model.children.get(plural, ())) for name, plural in COUNTS.items() if plural in counted}
    return finish(query, [_whole(model, query, numbers)])


def _models(server: Source, query: Query) -> QueryResult:
    """Select by the fields of the list, read the remaining models completely if needed, and select again."""
    listed = {model.id: model for model in server.models_where(query.wanted())}
    shown = [{**view_entity(model), **server.counts(model)} for model in listed.values()]
    carried_by_list = set(server.listed_fields) | set(COUNTS)
    whole = bool((query.named and query.fields is None) or query.include or query.heads() - carried_by_list)
    if not whole:
        return finish(query, shown)
    chosen = matching(query.only(carried_by_list), shown)
    total: Optional[int] = None
    if not query.deciding() - carried_by_list:  # the models to read do not decide the selection: cut first
        total = len(chosen)
        chosen = list(cut(query, ordered(query, chosen)))
    read_whole = _read_all(server, query, [listed[model["id"]] for model in chosen])
    if total is None:
        return finish(query, read_whole)
    return QueryResult([projected(query, model) for model in ordered(query, read_whole)], total)


def _read_all(server: Source, query: Query, models: Sequence[Entity]) -> list[Shown]:
    """Read several models, four at a time, without those that were deleted after the list was read."""

    def one(listed: Entity) -> Optional[Shown]:
        try:
            return _whole(server.model(listed.id, with_places(query.sections())), query, server.counts(listed))
        except MissingError:
            return None

    if len(models) < 2:
        found = [one(model) for model in models]
    else:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            found = list(pool.map(one, models))
    return [shown for shown in found if shown is not None]


def _whole(model: Entity, query: Query, counts: Mapping[str, int]) -> Shown:
    sections = {plural: _children(model, plural) for plural in sorted(query.sections())}
    return {**view_entity(model), **counts, **sections}


# --------------------------------------------------------------------------------------------------- children
def _children(model: Entity, plural: str) -> list[dict[str, Any]]:
    children = model.children.get(plural, ())
    if plural != THREAT.plural:
        return [view_entity(child) for child in children]
    diagrams = {diagram.id: diagram for diagram in model.children.get("diagrams", ())}
    return [{**view_entity(threat), **_place(threat, diagrams)} for threat in children]


def _place(threat: Entity, diagrams: Mapping[str, Entity]) -> dict[str, str]:
    """Return the names of a threat's diagram and cell, as ``tmi_threat`` accepts them."""
    diagram = diagrams.get(str(threat.values.get("diagram_id")))
    if diagram is None:
        return {}
    cell = next((c for c in diagram.cells if c.id == threat.values.get("cell_id")), None)
    return {"diagram": diagram.label, **({"cell": cell.name} if cell else {})}


# --------------------------------------------------------------------------------------------------- metadata
def _metadata(server: Source, query: Query, target: Optional[tuple[str, str]]) -> list[Shown]:
    resource = next((child for child in CHILDREN if target and child.name == target[0]), None)
    model = find_model(server, str(query.threat_model), {resource.plural} if resource else ())
    entity = model
    if resource is not None and target is not None:
        named = server.rules.as_stored(resource, "name", target[1])
        entity = find_child(model, resource.name, named)
    return [{"key": key, "value": value} for key, value in sorted(entity.metadata.items())]


def find_child(model: Entity, kind: str, reference: str) -> Entity:
    resource = next(child for child in CHILDREN if child.name == kind)
    children = model.children.get(resource.plural, ())
    if not reference.strip():
        raise InputError("must not be empty", kind)
    if is_id(reference):
        fits = [child for child in children if child.id.lower() == reference.lower()]
    else:
        fits = [child for child in children if child.label == reference]
    if not fits:
        raise not_found(resource, reference, children, kind)
    if len(fits) > 1:
        raise ambiguous(resource, reference, fits, kind)
    return fits[0]
