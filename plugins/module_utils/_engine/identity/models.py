# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Finds the existing model that is wanted: by id, origin, name or key; the key decides between equal names."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Collection, NamedTuple, Optional, Sequence

from ..._errors import InputError, MissingError
from ..._resources._marks import KEY, ORIGIN
from ..policy import Policy
from ..ports import Server
from ..tree import PRESENT, Change, Desired, Entity
from . import objects as identity
from .duplicates import REMOVE, best_first, reason_to_delete
from .keys import ModelKeys, has_other_origin, known_by, stored_origin
from .model_names import ModelNames, WantedModels
from .renames import both_names_used, described, new_name, unused_old_name, used_name

#: Attempts to read a model that is in the list but no longer exists.
MAX_LOOKUPS = 3


class Found(NamedTuple):
    """The wanted model. ``duplicates``: deletions of same-named models for the plan; ``notes``: warnings about others.

    ``reason``: the reason for a match with a model of another name.
    """

    model: Optional[Entity]
    duplicates: Sequence[Change] = ()
    notes: Sequence[str] = ()
    reason: str = ""


def find(
    server: Server,
    desired: Desired,
    sections: Collection[str],
    policy: Policy,
    wanted_models: Optional[WantedModels] = None,
    keys: Optional[ModelKeys] = None,
) -> Found:
    """Return the wanted model with these children.

    ``keys`` finds it by its origin, and by the key of its definition if no model has its name. Raises NotFoundError for
    an unknown id, AmbiguousNameError for a name or an origin of several models, and InputError for a new name that
    another model has, if one model has the old name and another one the new name, or if the model of the name has
    another origin.
    """
    if desired.id:
        try:
            model = server.model(desired.id, sections)
        except MissingError:
            return Found(identity.by_id(desired, []))
        _refuse_used_name(server, desired, model, wanted_models)
        return Found(model)
    for _look in range(MAX_LOOKUPS):
        with contextlib.suppress(MissingError):  # deleted since it was listed
            return _find(server, desired, sections, policy, wanted_models, keys)
        server.forget()
    return Found(None)


def _find(
    server: Server,
    desired: Desired,
    sections: Collection[str],
    policy: Policy,
    wanted_models: Optional[WantedModels],
    keys: Optional[ModelKeys],
) -> Found:
    """Look once; raises MissingError for a model that no longer exists."""
    origin = stored_origin(server, desired)
    if origin is not None and keys is not None:
        fits = ModelNames(server.models(), desired, wanted_models, server.rules.as_stored).meant()
        model = server.model(fits[0].id, sections) if len(fits) == 1 else None
        if model is not None and model.own_metadata.get(ORIGIN) == origin.text:
            return Found(model)
        holder, wanted_models = keys.find_origin(server, desired), keys.wanted_models(server)
        if holder is not None:
            model = server.model(holder.id, sections)
            _refuse_used_name(server, replace(desired, id=model.id), model, wanted_models)
            is_renamed = new_name(desired, server.rules.as_stored) not in (None, model.values.get("name"))
            return Found(model, reason='renamed, known by its origin "%s"' % origin.text if is_renamed else "")
    found = _listed(server, desired, policy, wanted_models)
    if found.model is None and keys is not None and policy.register:
        found = Found(keys.find(server, desired), reason=known_by(desired))
    if found.model is None:
        return Found(None)
    model = server.model(found.model.id, sections)
    if origin is not None and has_other_origin(model, server, desired):
        raise InputError(
            'the model "%s" (%s) has the origin "%s", and this definition "%s": give one of the two another name, or '
            "write the id of the model to take it over"
            % (model.label, described(model), model.own_metadata[ORIGIN], origin.text),
            desired.where,
        )
    return found._replace(model=model)


def _listed(server: Server, desired: Desired, policy: Policy, wanted_models: Optional[WantedModels]) -> Found:
    """Return the wanted model as it is in the list of models."""
    name = identity.identity_of(desired, server.rules.as_stored)
    if name is None:
        raise InputError("needs name or id", desired.where)
    names = ModelNames(server.models(), desired, wanted_models, server.rules.as_stored)
    fits = names.meant()
    found = Found(fits[0] if fits else None) if len(fits) < 2 else _pick(server, desired, fits, policy)
    other = names.other() if found.model is not None else None
    if other is not None and found.model is not None:
        raise both_names_used(desired, server.model(found.model.id, ()), server.model(other.id, ()))
    return found


def _refuse_used_name(server: Server, desired: Desired, model: Entity, wanted_models: Optional[WantedModels]) -> None:
    """Raise InputError if a model is to get the name of another one that keeps it in this task."""
    name = new_name(desired, server.rules.as_stored)
    if desired.state != PRESENT or name is None or name == model.values.get("name"):
        return
    names = ModelNames(server.models(), desired, wanted_models, server.rules.as_stored)
    holder, rival = names.holder_of_new_name(model), names.rival()
    if holder is not None:
        raise used_name(desired, model, server.model(holder.id, ()), "", ())
    if rival is not None:
        raise used_name(desired, model, None, rival.where, ())


def _pick(server: Server, desired: Desired, fits: Sequence[Entity], policy: Policy) -> Found:
    """Decide between models of equal name by the key in their metadata, which lists lack (ENGINE-7).

    An empty model of the same key is deleted: a run was killed while it created the model, and another run created the
    same model.
    """
    used = {listed.id for listed in fits if any(server.counts(listed).values())}
    whole = [model for model in map(server.reread, fits) if model is not None]
    if len(whole) < 2:
        return Found(whole[0] if whole else None)
    keyed = [model for model in whole if desired.key and _key(model) == _stored_key(server, desired)]
    kept = _kept(keyed, whole, used, policy) if desired.key else None
    if kept is None:
        raise identity.ambiguous(desired.resource, str(desired.values.get("name")), whole, desired.where)
    others = [model for model in whole if model is not kept]
    if policy.on_twins == REMOVE:
        _refuse_foreign(desired, others, policy, _stored_key(server, desired))
        to_delete = others
    else:
        to_delete = [model for model in others if _key(kept) == _key(model) and model.id not in used]
    left = [model for model in others if model not in to_delete and _key(kept) is None]
    notes = ['another model has the name "%s" and is empty: %s' % (m.label, described(m)) for m in left]
    return Found(kept, [_removal(model, kept) for model in to_delete], notes)


def _kept(keyed: Sequence[Entity], whole: Sequence[Entity], used: Collection[str], policy: Policy) -> Optional[Entity]:
    """Return the model that a definition uses, None if that is unclear."""
    candidates = keyed or whole
    in_use = [model for model in candidates if model.id in used]
    if len(candidates) > 1 and len(in_use) > 1 and policy.on_twins != REMOVE:
        return None
    if not keyed and not in_use and policy.on_twins != REMOVE:
        return None
    return best_first(candidates, (), lambda model: model.id not in used)[0]


def _key(model: Entity) -> Optional[str]:
    return model.own_metadata.get(KEY)


def _stored_key(server: Server, desired: Desired) -> Optional[str]:
    """Return the key of a definition as the server stores it."""
    return server.rules.stored_metadata(desired.own_metadata).get(KEY)


def _removal(duplicate: Entity, kept: Entity) -> Change:
    return Change(
        "delete",
        duplicate.resource,
        (duplicate.label,),
        None,
        duplicate,
        duplicate.values,
        reason=reason_to_delete(kept),
    )


def _refuse_foreign(desired: Desired, duplicates: Sequence[Entity], policy: Policy, key: Optional[str]) -> None:
    """Raise InputError for a duplicate that no definition of this key has created, unless ``force`` is set."""
    for duplicate in duplicates:
        if not policy.force and _key(duplicate) != key:
            raise InputError(
                'the model "%s" (%s) has the name of another one, but was not created from this definition. To delete '
                "it anyway, set force: true" % (duplicate.label, described(duplicate)),
                desired.where,
            )


def unused_old_names(server: Server, desired: Desired, wanted_models: Optional[WantedModels]) -> list[str]:
    """Return warnings for a model that is created although another model of the task has its former name."""
    found = ModelNames(server.models(), desired, wanted_models, server.rules.as_stored).wanted_elsewhere()
    return [unused_old_name(desired, *found)] if found is not None else []
