# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Which model on the server is meant: it is looked for by id, else by name; the key decides between equal names."""

from __future__ import annotations

from typing import Collection, Optional, Sequence

from .._errors import InputError, MissingError
from . import identity
from .doubles import REMOVE, best_first, reason
from .model_names import ModelNames, Wishes
from .policy import Policy
from .ports import Server
from .renames import both_there, described, new_name, taken, unused
from .tree import PRESENT, Change, Desired, Entity

#: Looks for a model that is in the list and yet gone.
LOOKS = 3


def find(
    server: Server,
    desired: Desired,
    sections: Collection[str],
    policy: Policy,
    wishes: Optional[Wishes] = None,
) -> Optional[Entity]:
    """Return the model that is meant, with these children; None if it is not there.

    Raises NotFoundError for an unknown id, AmbiguousNameError for a name that several models bear, and InputError for
    a new name that another model bears, or where both the old and the new name are borne.
    """
    if desired.id:
        try:
            model = server.model(desired.id, sections)
        except MissingError:
            return identity.by_id(desired, [])
        _refuse_taken(server, desired, model, wishes)
        return model
    for _look in range(LOOKS):
        listed = _listed(server, desired, policy, wishes)
        if listed is None:
            return None
        try:
            return server.model(listed.id, sections)
        except MissingError:  # removed since it was listed
            server.forget()
    return None


def _listed(server: Server, desired: Desired, policy: Policy, wishes: Optional[Wishes]) -> Optional[Entity]:
    """Return the model that is meant as the list of models has it."""
    name = identity.identity_of(desired, server.rules.spelled)
    if name is None:
        raise InputError("needs name or id", desired.where)
    names = ModelNames(server.models(), desired, wishes, server.rules.spelled)
    fits = names.meant()
    if len(fits) > 1:
        fits = list(_by_key(server, desired, fits, policy))
    other = names.other() if fits else None
    if other is not None:
        raise both_there(desired, server.model(fits[0].id, ()), server.model(other.id, ()))
    return fits[0] if fits else None


def _refuse_taken(server: Server, desired: Desired, model: Entity, wishes: Optional[Wishes]) -> None:
    """Raise InputError if a model is to get the name of another one, which does not lose it in this task."""
    name = new_name(desired, server.rules.spelled)
    if desired.state != PRESENT or name is None or name == model.values.get("name"):
        return
    names = ModelNames(server.models(), desired, wishes, server.rules.spelled)
    bearer, rival = names.taken_by(model), names.rival()
    if bearer is not None:
        raise taken(desired, model, server.model(bearer.id, ()), "", ())
    if rival is not None:
        raise taken(desired, model, None, rival.where, ())


def _by_key(server: Server, desired: Desired, fits: Sequence[Entity], policy: Policy) -> Sequence[Entity]:
    """Decide between models of equal name by our key in their metadata, which lists do not carry (design, rule 7)."""
    whole = [server.model(m.id, ()) for m in fits]
    keyed = [m for m in whole if desired.key and _key(m) == desired.key]
    if len(keyed) == 1:
        return keyed
    if policy.on_twins == REMOVE and desired.key:
        return best_first(keyed or whole, (), lambda m: _is_empty(server, m, fits))[:1]
    raise identity.ambiguous(desired.resource, str(desired.values.get("name")), whole, desired.where)


def _key(model: Entity) -> Optional[str]:
    return model.own_metadata.get("ansible_key")


def _is_empty(server: Server, model: Entity, listed: Sequence[Entity]) -> bool:
    return not any(any(server.counts(found).values()) for found in listed if found.id == model.id)


def twin_models(
    server: Server, desired: Desired, model: Entity, policy: Policy, wishes: Optional[Wishes] = None
) -> list[Change]:
    """Return the removals of the other models that bear the name of a definition's model, if the task asks for them.

    Raises InputError for one that no definition of this key has made, unless ``force`` is set.
    """
    if policy.on_twins != REMOVE or desired.id or not desired.key:
        return []
    names = ModelNames(server.models(), desired, wishes, server.rules.spelled)
    twins = [server.model(m.id, ()) for m in names.meant() if m.id != model.id]
    for twin in twins:
        if not policy.force and _key(twin) != desired.key:
            raise InputError(
                'the model "%s" (%s) has the name of another one, but was not made from this definition. Remove it all '
                "the same with force: true" % (twin.label, described(twin)),
                desired.where,
            )
    return [
        Change("delete", twin.resource, (twin.label,), None, twin, twin.values, reason=reason(model)) for twin in twins
    ]


def unused_name(server: Server, desired: Desired, wishes: Optional[Wishes]) -> list[str]:
    """Return what is told of a model that is made anew though another one of the task bears its former name."""
    found = ModelNames(server.models(), desired, wishes, server.rules.spelled).unused()
    return [unused(desired, *found)] if found is not None else []
