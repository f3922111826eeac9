# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds models by the key of their definition, whatever their names are.

The list of models has no keys, so they cost a request for each model that no definition of the task refers to. They
are read once a run, and only if a model would be created.
"""

from __future__ import annotations

import hashlib
import threading
from typing import Mapping, Optional, Sequence

from ..._errors import AmbiguousNameError
from ..._resources._marks import KEY, PREFIX
from ..ports import Server
from ..tree import PRESENT, Desired, Entity
from .model_names import WantedModels
from .renames import described

#: Metadata of a model that identify its definition and its environment.
_MARKS = (KEY, PREFIX)


def prefix_mark(name_prefix: str, named: str = "") -> dict[str, str]:
    """Return the metadata that distinguish a model from others of the same key.

    ``name_prefix``: the prefix of its name; ``named``: the name that an overlay without a key has given it.
    """
    text = name_prefix + ("\0" + named if named else "")
    return {PREFIX: hashlib.sha256(text.encode()).hexdigest()[:12]} if text else {}


class ModelKeys:
    """The keys of the models that a task does not refer to by id or name."""

    def __init__(self, wanted_models: WantedModels) -> None:
        self._wanted_models = wanted_models
        self._lock = threading.Lock()
        self._with_key: Optional[Sequence[Entity]] = None

    def find(self, server: Server, desired: Desired) -> Optional[Entity]:
        """Return the existing model that has the key of a model to be created, None if there is none.

        Raises AmbiguousNameError if several have it, or if several new models of the task have the same key.
        """
        if desired.state != PRESENT or desired.id or not desired.key:
            return None
        marks = _marks(server.rules.stored_metadata(desired.own_metadata))
        matches = [model for model in self._read(server) if _marks(model.own_metadata) == marks]
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
            listed = ", ".join('"%s" (%s)' % (model.label, described(model)) for model in matches)
            raise AmbiguousNameError(
                'no model has the name "%s", and %d have its key: %s. Write the id of the right one, or another '
                "key" % (desired.label, len(matches), listed),
                desired.where,
            )
        return matches[0]

    def _read(self, server: Server) -> Sequence[Entity]:
        """Return the models that have any key; read by the first call, while other threads wait."""
        with self._lock:
            if self._with_key is None:
                free = [model for model in server.models() if not self._wanted_models.means(model)]
                self._with_key = [model for model in server.with_metadata(free) if model.own_metadata.get(KEY)]
            return self._with_key

    def _rivals(self, server: Server, desired: Desired) -> list[str]:
        """Return the places of other new models of the task that have the same key."""
        names = {model.values.get("name") for model in server.models()}
        return [
            row.where
            for row in self._wanted_models.new(names)
            if row.marks == tuple(sorted(desired.own_metadata.items())) and row.where != desired.where
        ]


def _marks(own_metadata: Mapping[str, str]) -> tuple[Optional[str], ...]:
    return tuple(own_metadata.get(name) for name in _MARKS)


def known_by(desired: Desired) -> str:
    """Return the reason for a change of a model's name, for the plan."""
    return 'renamed, known by its key "%s"' % desired.key
