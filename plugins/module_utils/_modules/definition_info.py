# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The module ``tmi_definition_info``: models on the server as definitions, several read at a time."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence

from .._api.client import connect
from .._definition.export.model import SECTIONS, Exported, ExportOptions, export_model, file_names
from .._engine.identity.objects import not_found
from .._engine.ports import Server
from .._engine.tree import Entity
from .._errors import InputError, MissingError, NotFoundError
from .._info.computed_fields import instant
from .._options import REQUIRED_BY, connection_spec
from .._parallel import PARALLEL, in_parallel
from .._resources.reference import is_id
from .._resources.threat_model import THREAT_MODEL
from .module import Context, Module

if TYPE_CHECKING:
    from .module import Result

_PATTERN = re.compile(r"[*?\[]")


def definition_info_module() -> Module:
    """Return the module that exports models."""
    spec: dict[str, Any] = {
        **connection_spec(),
        "threat_model": {"type": "list", "elements": "str", "aliases": ["threat_models"]},
        "sections": {"type": "list", "elements": "str", "choices": list(SECTIONS), "default": list(SECTIONS)},
        "layout": {"type": "bool", "default": True},
        "raw": {"type": "bool", "default": True},
    }
    return Module(spec, _work, {"required_by": REQUIRED_BY})


def _work(params: Mapping[str, Any], context: Context) -> Result:
    wanted = params["threat_model"]
    ids = [name for name in wanted or () if is_id(name)]
    server = connect(context.transport, ids[0] if wanted and len(ids) == len(wanted) else None)
    options = ExportOptions(frozenset(params["sections"]), params["layout"], params["raw"])
    models = _read(server, _chosen(server, wanted), options)
    names = [model.label for model in models]
    definitions = []
    for model, file in zip(models, file_names(models)):
        exported = export_model(model, options, server.rules.chosen_id)
        definitions.append(_shown(model, file, exported, names.count(model.label)))
    return {"changed": False, "definitions": definitions}


def _chosen(server: Server, wanted: Optional[Sequence[str]]) -> dict[str, str]:
    """Return the ids of the wanted models, each with its place in the options; "" for one from the list.

    The list of models is read only if names are given. Raises NotFoundError for a name without a model; a pattern may
    fit none.
    """
    if wanted is None:
        return {model.id: "" for model in server.models()}
    found: dict[str, str] = {}
    for index, text in enumerate(wanted):
        where = "threat_model[%d]" % index
        if not text.strip():
            raise InputError("must not be empty", where)
        for model_id in [text.lower()] if is_id(text) else _named(server, text, where):
            found.setdefault(model_id, where if is_id(text) else "")
    return found


def _named(server: Server, text: str, where: str) -> list[str]:
    models = server.models()
    text = server.rules.as_stored(THREAT_MODEL, "name", text)
    found = [model.id for model in models if model.label == text]
    if not found and not _PATTERN.search(text):
        raise not_found(THREAT_MODEL, text, models, where)
    return found or [model.id for model in models if fnmatchcase(model.label, text)]


def _read(server: Server, chosen: Mapping[str, str], options: ExportOptions) -> list[Entity]:
    """Return the models in order of their names, without those that were deleted after the list was read."""

    def one(model_id: str) -> Optional[Entity]:
        try:
            return server.model(model_id, options.needed())
        except MissingError:
            if chosen[model_id]:
                raise NotFoundError("no threat model has the id %s" % model_id, chosen[model_id]) from None
            return None

    found = [model for model in in_parallel(one, list(chosen), PARALLEL) if model is not None]
    return sorted(found, key=lambda model: (model.label, model.id))


def _last_change(model: Entity) -> str:
    """Return the time of the last change of a model or its exported children, in UTC; "" if the server gives none."""
    objects = [model, *(child for section in model.children.values() for child in section)]
    found = [instant(str(entity.values.get("modified_at") or "")) for entity in objects]
    times = [time for time in found if time is not None]
    return max(times).strftime("%Y-%m-%dT%H:%M:%SZ") if times else ""


def _shown(model: Entity, file: str, exported: Exported, namesakes: int) -> dict[str, Any]:
    lost = list(exported.lost)
    if namesakes > 1:
        reason = "%d of these models have this name, and a run could not distinguish them: rename them" % namesakes
        lost.append({"path": "name", "value": model.label, "reason": reason})
    return {
        "name": model.label,
        "id": model.id,
        "key": exported.definition.get("key"),
        "file": file,
        "modified_at": _last_change(model),
        "definition": exported.definition,
        "lost": lost,
    }
