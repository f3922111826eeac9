# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Exports a model on the server as a definition that creates it again (FORMAT-11). Pure.

The definition does not depend on default values of a generation: status, severity and priority are always exported.
Values that a definition cannot contain are listed as lost, with place and reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional, Sequence

from ..._engine.tree import Entity
from ..._resources._catalog import CHILDREN
from ..._resources._resource import Resource
from ..._resources.asset import ASSET
from ..._resources.diagram import DIAGRAM
from ..._resources.document import DOCUMENT
from ..._resources.note import NOTE
from ..._resources.source import SOURCE
from ..._resources.threat import THREAT
from ..parsing.as_written import MARK, VERSION
from .cells import CellOptions, export_cells
from .fields import fields_of, metadata_of, refused
from .keys import ExportLosses, slug, unique_key

#: (kind, model id, key) of a child -> the id that an apply would give it, if it chooses ids (ENGINE-6).
ChosenId = Callable[[Resource, str, str], Optional[str]]

#: Optional parts of an export: sections of children, and access.
ACCESS = "access"
SECTIONS: tuple[str, ...] = (ACCESS, *(resource.plural for resource in CHILDREN))
#: Sections in the order of a definition, by their names in the format.
_WRITTEN: Mapping[str, Resource] = {
    "assets": ASSET,
    "documents": DOCUMENT,
    "repositories": SOURCE,
    "notes": NOTE,
    "diagrams": DIAGRAM,
    "threats": THREAT,
}


@dataclass(frozen=True)
class ExportOptions:
    """Parts to export: ``sections`` (of ``SECTIONS``), and ``layout`` and ``raw`` members of cells."""

    sections: frozenset[str] = frozenset(SECTIONS)
    layout: bool = True
    raw: bool = True

    def needed(self) -> set[str]:
        """Return the sections of a model that must be read."""
        return set(self.sections - {ACCESS})


@dataclass(frozen=True)
class Exported:
    """A definition, and ``lost``: rows of path, value and reason for values that it does not contain."""

    definition: dict[str, Any]
    lost: list[dict[str, Any]] = field(default_factory=list)


def export_model(model: Entity, options: ExportOptions, chosen_id: ChosenId) -> Exported:
    """Return a model that was read with ``options.needed()`` as a definition."""
    return _Export(model, options, chosen_id).result()


class _Export:
    def __init__(self, model: Entity, options: ExportOptions, chosen_id: ChosenId) -> None:
        self.model = model
        self.options = options
        self.chosen_id = chosen_id
        self.lost = ExportLosses()
        #: Id of a child -> its key; of a diagram -> the keys of its cells.
        self.keys: dict[str, str] = {}
        self.cells: dict[str, Mapping[str, str]] = {}

    def result(self) -> Exported:
        """Return definition and losses."""
        model = self.model
        definition: dict[str, Any] = {MARK: VERSION}
        key = model.own_metadata.get("ansible_key")
        if key:
            definition["key"] = key
        fields = fields_of(model, "", self.lost, ACCESS in self.options.sections)
        metadata = metadata_of(model, fields, "", self.lost)
        definition.update(fields)
        if metadata:
            definition["metadata"] = metadata
        for section, resource in _WRITTEN.items():
            entries = self._section(section, resource)
            if entries and resource.plural in self.options.sections:
                definition[section] = entries
        return Exported(definition, self.lost.rows)

    # ---------------------------------------------------------------------------------------------- sections
    def _section(self, section: str, resource: Resource) -> dict[str, Any]:
        lost = self.lost if resource.plural in self.options.sections else ExportLosses()
        entities = [e for e in self.model.children.get(resource.plural, ()) if self._is_expressible(e, section, lost)]
        places = {e.id: self._place(e, resource) for e in entities}
        entities = self._without_duplicates(entities, places, section, lost)
        entities.sort(key=lambda e: (e.label, places[e.id]))
        section_entries: dict[str, Any] = {}
        ids = {entity.id for entity in self.model.children.get(resource.plural, ())}
        for entity in entities:
            key = self._key(entity, section_entries, ids)
            self.keys[entity.id] = key
            section_entries[key] = self._entry(entity, "%s.%s" % (section, key), places[entity.id], lost)
        return dict(sorted(section_entries.items()))

    def _is_expressible(self, entity: Entity, section: str, lost: ExportLosses) -> bool:
        """Whether an object has all required fields of a definition."""
        for known in entity.resource.fields:
            value = entity.values.get(known.name)
            reason = refused(entity.resource, known.name, "" if value is None else value) if known.required else None
            if reason is not None:
                path = "%s.%s" % (section, entity.label)
                lost.add(path, dict(entity.raw), "its %s cannot be exported: %s" % (known.name, reason))
                return False
        return True

    def _without_duplicates(
        self, entities: Sequence[Entity], places: Mapping[str, str], section: str, lost: ExportLosses
    ) -> list[Entity]:
        """Return the oldest of objects that an apply cannot distinguish."""
        seen: dict[tuple[str, str], Entity] = {}
        for entity in sorted(entities, key=lambda e: (str(e.values.get("created_at") or ""), e.id)):
            first = seen.setdefault((entity.label, places[entity.id]), entity)
            if first is not entity:
                reason = "another %s has the same name%s, and a definition could not distinguish them: rename one" % (
                    entity.resource.title,
                    " at the same place" if entity.resource is THREAT else "",
                )
                path = "%s.%s" % (section, entity.label)
                lost.add(path, {"id": entity.id, **_plain(entity.values)}, reason)
        return list(seen.values())

    def _key(self, entity: Entity, used: Mapping[str, Any], ids: set[str]) -> str:
        if entity.resource is SOURCE and not entity.values.get("name"):
            return entity.label  # the key of a source without a name is its address

        def is_of_another(key: str) -> bool:
            """Whether an apply would use another object for this key, because its id comes from the key."""
            chosen = self.chosen_id(entity.resource, self.model.id, key)
            return chosen in ids and chosen != entity.id

        return unique_key(slug(entity.label, entity.resource.name), used, is_of_another)

    def _entry(self, entity: Entity, path: str, place: str, lost: ExportLosses) -> dict[str, Any]:
        entry = fields_of(entity, path, lost)
        metadata = metadata_of(entity, entry, path, lost)
        if entity.resource is THREAT:
            entry = self._with_place(entity, entry, path, place, lost)
        if metadata:
            entry["metadata"] = metadata
        if entity.resource is DIAGRAM:
            assets = {asset.id: self.keys[asset.id] for asset in self._exported(ASSET)}
            options = CellOptions(self.options.layout, self.options.raw, assets, self._existing(ASSET))
            cells = export_cells(entity.cells, options, path, lost)
            self.cells[entity.id] = cells.keys
            entry.update(cells.members)
        return entry

    def _exported(self, resource: Resource) -> list[Entity]:
        if resource.plural not in self.options.sections:
            return []
        return [e for e in self.model.children.get(resource.plural, ()) if e.id in self.keys]

    def _existing(self, resource: Resource) -> Optional[Mapping[str, Entity]]:
        """Return all objects of a kind in the model, by id; None if they were not read."""
        if resource.plural not in self.options.sections:
            return None
        return {entity.id: entity for entity in self.model.children.get(resource.plural, ())}

    # ---------------------------------------------------------------------------------------------- threats
    def _place(self, entity: Entity, resource: Resource) -> str:
        """Return the place of a threat for ``at``: a diagram in the definition, and a cell of it."""
        diagram = str(entity.values.get("diagram_id") or "")
        if resource is not THREAT or diagram not in self.keys or DIAGRAM.plural not in self.options.sections:
            return ""
        cell = self.cells[diagram].get(str(entity.values.get("cell_id") or ""))
        return self.keys[diagram] if cell is None else "%s/%s" % (self.keys[diagram], cell)

    def _with_place(
        self, threat: Entity, entry: dict[str, Any], path: str, place: str, lost: ExportLosses
    ) -> dict[str, Any]:
        located = {"name": entry["name"]}
        diagram, cell = threat.values.get("diagram_id"), threat.values.get("cell_id")
        if place and (not cell or "/" in place):
            located["at"] = place
        elif place:  # not at, which would remove the reference to the cell
            located["diagram"] = place
        is_whole = (not diagram or place) and (not cell or "/" in place)
        if not is_whole and not self._is_deleted(str(diagram or ""), cell):
            lost.add("%s.at" % path, {"diagram_id": diagram, "cell_id": cell}, "the definition has no such place")
        asset = threat.values.get("asset_id")
        if asset and asset in {e.id for e in self._exported(ASSET)}:
            located["asset"] = self.keys[str(asset)]
        elif asset:
            existing = self._existing(ASSET)
            if existing is None or asset in existing:
                lost.add("%s.asset" % path, asset, "the definition has no such asset")
        elif threat.values.get("asset"):  # a server without assets keeps the user's text
            located["asset"] = threat.values["asset"]
        return {**located, **entry}

    def _is_deleted(self, diagram: str, cell: Any) -> bool:
        """Whether a threat points at a deleted diagram or cell, so that no loss is reported."""
        diagrams = self._existing(DIAGRAM)
        if diagrams is None:
            return False
        entity = diagrams.get(diagram)
        return entity is None or (bool(cell) and all(known.id != cell for known in entity.cells))


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def file_names(models: Sequence[Entity]) -> list[str]:
    """Return a file name for each model: its name as a slug, with the end of the id if several would be equal.

    Ids of v1 begin with the time of their creation, so only their ends are different.
    """
    slugs = [slug(model.label, "threat-model") for model in models]
    count = Counter(slugs)
    return ["%s%s.yml" % (s, "-" + m.id[-12:].lower() if count[s] > 1 else "") for s, m in zip(slugs, models)]
