# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds models by their origin or by the key of their definition, whatever their names are.

The list of models has neither, so they cost a request for each model, once a run. Keys are read only if a model would
be created, of models that no definition of the task refers to; origins only if the model of the name has another one.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Optional, Sequence

from ..._errors import AmbiguousNameError
from ..._resources._marks import KEY, ORIGIN, PREFIX
from ..ports import Server
from ..tree import PRESENT, Desired, Entity
from .model_names import Origin, WantedModels, marks_of, origin_of
from .renames import described


def prefix_mark(name_prefix: str, named: str = "") -> dict[str, str]:
    """Return the metadata that distinguish a model from others of the same key.

    ``name_prefix``: the prefix of its name; ``named``: the name that an overlay without a key has given it.
    """
    text = name_prefix + ("\0" + named if named else "")
    return {PREFIX: hashlib.sha256(text.encode()).hexdigest()[:12]} if text else {}


class ModelKeys:
    """The keys and origins of existing models, for the wanted models of a task."""

    def __init__(self, wanted_models: WantedModels) -> None:
        self._wanted_models = wanted_models
        self._lock = threading.Lock()
        #: Models with their metadata, by id, as far as they were read; None for one that no longer exists.
        self._read: dict[str, Optional[Entity]] = {}
        self._by_origin: Optional[dict[Origin, list[Entity]]] = None

    def find(self, server: Server, desired: Desired) -> Optional[Entity]:
        """Return the existing model that has the key of a model to be created, None if there is none.

        Raises AmbiguousNameError if several have it, or if several new models of the task have the same key.
        """
        if desired.state != PRESENT or desired.id or not desired.key:
            return None
        marks = marks_of(server.rules.stored_metadata(desired.own_metadata))
        free = [model for model in server.models() if not self._wanted_models.means(model)]
        with_key = [model for model in self._with_metadata(server, free) if model.own_metadata.get(KEY)]
        same = [model for model in with_key if marks_of(model.own_metadata) == marks]
        matches = [model for model in same if not has_other_origin(model, server, desired)]
        if not matches:
            return None
        rivals = self._rivals(server, desired)
        if rivals:
            raise AmbiguousNameError(
                'this definition and %s have the key "%s", and one of them may be the model "%s" (%s): give each a key '
                "of its own"
                % (", ".join(rivals), desired.key, matches[0].label, described(matches[0], key=desired.key)),
                desired.where,
            )
        if len(matches) > 1:
            raise AmbiguousNameError(
                'no model has the name "%s", and %d have its key: %s. Write the id of the right one, or another '
                "key" % (desired.label, len(matches), _listed(matches)),
                desired.where,
            )
        return matches[0]

    def find_origin(self, server: Server, desired: Desired) -> Optional[Entity]:
        """Return the existing model that has the origin of a wanted one, None if there is none.

        Raises AmbiguousNameError if several have it.
        """
        origin = stored_origin(server, desired)
        matches = self._origins(server).get(origin, []) if origin is not None else []
        if len(matches) > 1:
            raise AmbiguousNameError(
                '%d models have the origin "%s": %s. Write the id of the right one, and remove the metadata %s of '
                "the others" % (len(matches), matches[0].own_metadata[ORIGIN], _listed(matches), ORIGIN),
                desired.where,
            )
        return matches[0] if matches else None

    def wanted_models(self, server: Server) -> WantedModels:
        """Return all models of the task, with the ids of those that their origin finds."""
        known = {origin: models[0].id for origin, models in self._origins(server).items() if len(models) == 1}
        return self._wanted_models.with_ids(known)

    def _origins(self, server: Server) -> dict[Origin, list[Entity]]:
        read = self._with_metadata(server, server.models())
        with self._lock:
            if self._by_origin is None:
                self._by_origin = {}
                for model in read:
                    origin = origin_of(model)
                    if origin is not None:
                        self._by_origin.setdefault(origin, []).append(model)
            return self._by_origin

    def _with_metadata(self, server: Server, models: Sequence[Entity]) -> Sequence[Entity]:
        """Return models with their metadata; each is read by the first call that needs it, while others wait."""
        with self._lock:
            missing = [model for model in models if model.id not in self._read]
            self._read.update(dict.fromkeys(model.id for model in missing))
            self._read.update({model.id: model for model in server.with_metadata(missing)})
            found = (self._read[model.id] for model in models)
            return [model for model in found if model is not None]

    def _rivals(self, server: Server, desired: Desired) -> list[str]:
        """Return the places of other new models of the task that have the same key."""
        names = {model.values.get("name") for model in server.models()}
        return [
            row.where
            for row in self._wanted_models.new(names)
            if row.marks == marks_of(desired.own_metadata) and row.where != desired.where
        ]


def stored_origin(server: Server, desired: Desired) -> Optional[Origin]:
    """Return the origin of a wanted model as the server stores it."""
    found = origin_of(desired)
    text = server.rules.stored_metadata({ORIGIN: found.text}).get(ORIGIN) if found is not None else None
    return found._replace(text=text) if found is not None and text else None


def has_other_origin(model: Entity, server: Server, desired: Desired) -> bool:
    """Whether an existing model was made from another object than a wanted one."""
    origin = stored_origin(server, desired)
    return origin is not None and model.own_metadata.get(ORIGIN, origin.text) not in ("", origin.text)


def _listed(models: Sequence[Entity]) -> str:
    return ", ".join('"%s" (%s)' % (model.label, described(model)) for model in models)


def known_by(desired: Desired) -> str:
    """Return the reason for a change of a model's name, for the plan."""
    return 'renamed, known by its key "%s"' % desired.key
