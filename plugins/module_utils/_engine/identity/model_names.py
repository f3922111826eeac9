# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Names of models: which existing model is the wanted one, and which one has its new name. Pure.

The models of one task may take over names from each other, so each is looked up together with the others.
"""

from __future__ import annotations

from typing import Any, Collection, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from ..._resources._marks import KEY, ORIGIN, PREFIX
from ..tree import ABSENT, Desired, Entity
from .renames import AsStored, find_renamed, new_name, old_name


class Origin(NamedTuple):
    """The origin of a model. ``prefix``: the mark of its environment, since each has a model of the same origin."""

    text: str
    prefix: Optional[str] = None


def origin_of(model: Union[Desired, Entity]) -> Optional[Origin]:
    """Return the origin of a wanted or an existing model, None if it has none."""
    text = model.own_metadata.get(ORIGIN)
    return Origin(text, model.own_metadata.get(PREFIX)) if text else None


Marks = Tuple[Optional[str], ...]


def marks_of(own_metadata: Mapping[str, str]) -> Marks:
    """Return the metadata of a model that identify its definition and its environment."""
    return own_metadata.get(KEY), own_metadata.get(PREFIX)


class WantedModel(NamedTuple):
    """The data of a wanted model that matter for other models: id, names as the server stores them, and place.

    ``marks``: the metadata that identify its definition; ``origin``: its object in another program.
    """

    id: Optional[str]
    new: Optional[str]
    old: Optional[str]
    is_absent: bool
    where: str
    marks: Marks
    origin: Optional[Origin]

    @classmethod
    def of(cls, desired: Desired, as_stored: AsStored) -> WantedModel:
        """Return these data of a wanted model."""
        where, marks = desired.where or desired.label, marks_of(desired.own_metadata)
        names = new_name(desired, as_stored), old_name(desired, as_stored)
        return cls(desired.id, *names, desired.state == ABSENT, where, marks, origin_of(desired))


class WantedModels:
    """All models that one task wants."""

    def __init__(self, wanted: Sequence[Desired], as_stored: AsStored) -> None:
        self._set([WantedModel.of(desired, as_stored) for desired in wanted])

    def _set(self, rows: list[WantedModel]) -> None:
        self.rows = rows
        #: Whether two of them may refer to the same existing model.
        self.can_conflict = any(row.id or row.old for row in self.rows)
        self._ids = {row.id for row in self.rows if row.id}
        self._names = {name for row in self.rows for name in (row.new, row.old) if name}

    def with_ids(self, known: Mapping[Origin, str]) -> WantedModels:
        """Return the same models, those with one of these origins also with its id."""
        found = WantedModels([], lambda resource, name, text: text)
        ids = [row.id or (known.get(row.origin) if row.origin else None) for row in self.rows]
        found._set([row._replace(id=i, old=None) if i else row for i, row in zip(ids, self.rows)])
        return found

    def means(self, model: Entity) -> bool:
        """Whether any of them refers to this model, by its id or by one of its names."""
        return model.id in self._ids or model.values.get("name") in self._names

    def new(self, existing: Collection[Any]) -> list[WantedModel]:
        """Return the wanted models that do not exist; ``existing``: the names of the models that do."""
        return [row for row in self.rows if not (row.id or row.is_absent or row.new in existing or row.old in existing)]


class ModelNames:
    """The names of all existing models, for one wanted model. ``wanted_models``: all models of the task."""

    def __init__(
        self, models: Sequence[Entity], desired: Desired, wanted_models: Optional[WantedModels], as_stored: AsStored
    ) -> None:
        mine = WantedModel.of(desired, as_stored)
        can_conflict = wanted_models is not None and wanted_models.can_conflict
        others = (
            [row for row in wanted_models.rows if row != mine] if wanted_models is not None and can_conflict else []
        )
        self.models = models
        self.rows = [mine, *others]
        claimed = {row.id for row in self.rows if row.id}
        names = {name for row in self.rows for name in (row.new, row.old) if name}
        self._by_name: dict[str, list[Entity]] = {}
        for model in models:
            if model.values.get("name") in names and model.id not in claimed:
                self._by_name.setdefault(model.values["name"], []).append(model)
        self.new = {i: self._ids(row.new) for i, row in enumerate(self.rows) if not row.id}
        self.old = {i: self._ids(row.old) for i, row in enumerate(self.rows) if row.old}
        self.renamed = find_renamed(self.new, self.old) if self.old else set()

    def _ids(self, name: Optional[str]) -> frozenset[str]:
        """Return the ids of the models of a name, without those that this task refers to by id."""
        return frozenset(model.id for model in self._by_name.get(name or "", ()))

    def _looked_up(self, index: int) -> frozenset[str]:
        """Return the ids of the models that a wanted model may be."""
        return self.old[index] if index in self.renamed else self.new.get(index, frozenset())

    def meant(self) -> list[Entity]:
        """Return the models that fit: by the old name if the model is to be renamed, else by its own name."""
        mine = self.rows[0]
        return list(self._by_name.get((mine.old if 0 in self.renamed else mine.new) or "", ()))

    def other(self) -> Optional[Entity]:
        """Return the model of the old name if another one has the new name and no other wanted model refers to it."""
        if 0 in self.renamed or not self.new.get(0) or not self.old.get(0):
            return None
        rivals = [index for index in self.new if index and self._looked_up(index)]
        wanted = frozenset().union(*(self._looked_up(index) for index in rivals))
        is_exchange = any(self.old.get(i, frozenset()) & self.new[0] for i in rivals if i not in self.renamed)
        left = self.old[0] if is_exchange else self.old[0] - wanted
        return next((model for model in self.models if model.id in left), None)

    def wanted_elsewhere(self) -> Optional[tuple[Entity, str]]:
        """Return the model that has the old name of a missing model, and the place of the wanted model that it is."""
        if 0 in self.renamed or self.new.get(0) or not self.old.get(0):
            return None
        wanted_models = [row for index, row in enumerate(self.rows) if index and self._looked_up(index) & self.old[0]]
        holder = next(model for model in self.models if model.id in self.old[0])
        return (holder, wanted_models[0].where) if wanted_models else None

    def holder_of_new_name(self, model: Entity) -> Optional[Entity]:
        """Return the model, other than ``model``, that has the new name of ``model`` and keeps it."""
        name = self.rows[0].new
        leaving = {row.id for row in self.rows if row.id and (row.is_absent or row.new not in (None, name))}
        for index, row in enumerate(self.rows):
            if index in self.renamed or row.is_absent:
                leaving |= self._looked_up(index)
        return next(
            (m for m in self.models if m.values.get("name") == name and m.id != model.id and m.id not in leaving), None
        )

    def rival(self) -> Optional[WantedModel]:
        """Return another wanted model of the same name."""
        mine = self.rows[0]
        return next((row for row in self.rows[1:] if row.new == mine.new and not row.is_absent), None)
