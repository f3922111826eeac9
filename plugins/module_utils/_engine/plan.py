# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The planner: ``plan(desired, actual, rules, policy) -> Plan``. Pure: no I/O, no clock, no check for a generation.

Every mistake that can be known in advance fails here, before the first write (ENGINE-2).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Mapping, Optional, Sequence, Union

from .._cells.changes import CellPlan
from .._diagram.declared.asset_names import assets_named, with_asset_ids, without_assets
from .._diagram.declared.desired import DesiredCells
from .._diagram.plan import plan_cells
from .._errors import InputError, UnsupportedError
from .._resources._catalog import CHILDREN
from .._resources._marks import KEY, ORIGIN
from .._resources._resource import Resource
from .._resources._storage import same
from .._resources.asset import ASSET
from .._resources.diagram import DIAGRAM
from .._resources.threat import THREAT
from . import undeclared
from .identity import hints, renames
from .identity import objects as identity
from .identity.duplicates import REMOVE, find_duplicates, is_leftover, reason_to_delete
from .policy import PROTECTED, PRUNED, UNCLEAR, Policy
from .ports import Rules, cells_as_stored
from .references import References, anchors_of
from .restores import key_of
from .tree import ABSENT, CREATE, EXISTING, PRESENT, RESTORE, Change, Desired, Entity, Plan, place
from .values import Values

_LEFT_OUT = "; on_unsupported: warn leaves them out"


def plan(
    desired: Desired, actual: Optional[Entity], rules: Rules, policy: Policy, models: Sequence[Entity] = ()
) -> Plan:
    """Return the changes from ``actual`` (None: does not exist) to ``desired``, a model with its children.

    ``models`` are all existing models, to find out whether one of them has nearly the name of an assumed model. Raises
    InputError and its subclasses, with place, field and rule, for everything the server would refuse.
    """
    return _Planner(rules, policy, desired, actual, models).run()


class _Planner:
    """One run over one tree; collects changes, warnings and assumptions."""

    def __init__(
        self, rules: Rules, policy: Policy, root: Desired, actual: Optional[Entity], models: Sequence[Entity]
    ) -> None:
        self.rules = rules
        self.policy = policy
        self.root = root
        self.actual = actual
        self.models = models
        self.changes: list[Change] = []
        self.warnings: list[str] = []
        self.values = Values(rules, policy, self.warnings)
        self.assumed: list[str] = []
        self.references = References(actual.children if actual else {}, rules, self.assumed)
        self.register = undeclared.read_register(actual.own_metadata) if actual else frozenset()
        self.entries: set[str] = set()
        self.protect = [rules.as_stored(root.resource, "name", glob) for glob in policy.protect]

    def run(self) -> Plan:
        self._root()
        if self.root.state != ABSENT:
            for resource in CHILDREN:
                self._section(resource, [child for child in self.root.children if child.resource is resource])
            self._release_anchors()
            if self.policy.register:
                self._update_register()
        return Plan(tuple(self.changes), tuple(dict.fromkeys(self.warnings)), tuple(dict.fromkeys(self.assumed)))

    # ------------------------------------------------------------------------------------------------ objects
    def _root(self) -> None:
        if self.root.state == EXISTING and self.actual is None:
            self._assume_missing(self.root, self.models)
        self._object(self.root, self.actual, (self.root.label,))

    def _section(self, resource: Resource, wanted: Sequence[Desired]) -> None:
        wanted = [desired for desired in wanted if self._is_supported(desired)]
        existing = list(self._existing(resource))
        resolved = [self.references.resolve(desired) for desired in wanted]
        existing = self._without_duplicates(resource, resolved, existing)
        anchors = {id(d): anchors_of(d) for d in resolved}
        matched = identity.match(resolved, existing, self.rules.as_stored, lambda d: anchors[id(d)], self._chosen)
        section = renames.Section(
            resolved,
            matched,
            existing,
            self.rules.as_stored,
            lambda d: anchors[id(d)],
            identity.stored_anchors(resource),
        )
        self.warnings.extend(section.refuse_both())
        for desired, original, entity in zip(resolved, wanted, matched):
            if entity is None and desired.state == EXISTING:
                self._assume_missing(desired, existing)
            deleted = self._deleted(desired) if entity is None and desired.state == PRESENT else None
            self.warnings.extend(
                hints.same_named_elsewhere(
                    desired, entity, anchors[id(desired)], existing, self._existing(DIAGRAM), self.rules.as_stored
                )
            )
            self._object(desired, entity or deleted, (self.root.label, desired.label), original, deleted is not None)
            if desired.state == PRESENT:
                self.entries.add(undeclared.entry_of(desired, self.rules.as_stored))
        claimed = {entity.id for entity in matched if entity is not None}
        deleted_ids = self._prune_undeclared(resource, [entity for entity in existing if entity.id not in claimed])
        section.refuse_used_names(deleted_ids, lambda entity: self._is_protected(resource, entity.label))

    def _existing(self, resource: Resource) -> Sequence[Entity]:
        """Return the existing objects of a kind."""
        return self.actual.children.get(resource.plural, ()) if self.actual else ()

    def _without_duplicates(
        self, resource: Resource, wanted: Sequence[Desired], existing: list[Entity]
    ) -> list[Entity]:
        """Return the existing objects without duplicates to delete, if the task wants that, or left by a killed run."""
        if self.policy.on_twins != REMOVE and not self.policy.register:
            return existing
        ids: set[str] = set()
        for kept, duplicates in find_duplicates(wanted, existing, self.rules.as_stored, self._chosen):
            if self.policy.on_twins == REMOVE:
                ids.update(duplicate.id for duplicate in duplicates)
                self._remove(resource, duplicates, reason_to_delete(kept))
            elif all(is_leftover(duplicate, kept) for duplicate in duplicates):
                ids.update(duplicate.id for duplicate in duplicates)
                self.warnings.extend(self._leftover_warning(duplicate, kept) for duplicate in duplicates)
        return [entity for entity in existing if entity.id not in ids]

    def _remove(self, resource: Resource, duplicates: Sequence[Entity], why: str) -> None:
        for duplicate in duplicates:
            if self._is_protected(resource, duplicate.label):
                self._leave_unchanged(duplicate, PROTECTED)
            else:
                path = (self.root.label, duplicate.label)
                self.changes.append(Change("delete", resource, path, None, duplicate, duplicate.values, reason=why))

    @staticmethod
    def _leftover_warning(duplicate: Entity, kept: Entity) -> str:
        return (
            '%s "%s" exists twice, and one of the two has no other contents: the one with the id %s is used, the other '
            "one (id %s) stays. on_twins: remove deletes it"
            % (duplicate.resource.title, duplicate.label, kept.id, duplicate.id)
        )

    def _prune_undeclared(self, resource: Resource, unclaimed: Sequence[Entity]) -> set[str]:
        """Delete undeclared objects as far as allowed; those that stay also stay in the register (ENGINE-9).

        Returns the ids of the objects to delete.
        """
        deletable, unclear = undeclared.to_delete(unclaimed, self.policy.level(self.root, resource), self.register)
        deleted_ids = set()
        for entity in deletable:
            if self._is_protected(resource, entity.label):
                self._leave_unchanged(entity, PROTECTED)
            else:
                deleted_ids.add(entity.id)
                path = (self.root.label, entity.label)
                self.changes.append(Change("delete", resource, path, None, entity, entity.values, reason=PRUNED))
        for entity in unclear:
            self._leave_unchanged(entity, UNCLEAR)
        if self.actual is None or resource.plural not in self.actual.children:
            self.entries.update(entry for entry in self.register if undeclared.is_of(entry, resource))
        for entity in unclaimed:
            if entity.id not in deleted_ids:
                self.entries.update(self.register.intersection(undeclared.entries_of(entity)))
        return deleted_ids

    def _leave_unchanged(self, entity: Entity, reason: str) -> None:
        path = (self.root.label, entity.label)
        self.changes.append(Change("none", entity.resource, path, None, entity, entity.values, reason=reason))

    def _is_protected(self, resource: Resource, name: str) -> bool:
        return undeclared.is_protected(resource, name, self.protect)

    def _update_register(self) -> None:
        """Store in the model which objects are wanted in it (ENGINE-8).

        The register is written together with other changes and is no change by itself: a model that matches its
        definition is not written, whoever created it.
        """
        root = self.changes[0]
        stored = self.actual.own_metadata if self.actual else {}
        wanted = undeclared.write_register(self.entries, self.actual.metadata if self.actual else ())
        put = {key: text for key, text in wanted.items() if stored.get(key) != text}
        removed = sorted(undeclared.register_keys(stored) - set(wanted))
        if put or removed:
            self.changes[0] = replace(
                root,
                metadata_set={**root.metadata_set, **put},
                metadata_removed=(*root.metadata_removed, *removed),
            )

    def _is_supported(self, desired: Desired) -> bool:
        """Whether the server has such objects. Objects that it does not have cannot be kept as metadata either."""
        if self.rules.supports(desired.resource):
            return True
        message = "this server has no %ss" % desired.resource.title
        if desired.state == EXISTING or (desired.state == PRESENT and self.policy.on_unsupported != "warn"):
            raise UnsupportedError(message + ("" if desired.state == EXISTING else _LEFT_OUT), desired.where)
        if desired.state == PRESENT:
            self.warnings.append('%s: %s "%s" is left out' % (message, desired.resource.title, desired.label))
        self.changes.append(Change("none", desired.resource, (self.root.label, desired.label), desired, None, {}))
        return False

    def _chosen(self, desired: Desired) -> Optional[str]:
        if self.actual is None:
            return None
        return self.rules.chosen_id(desired.resource, self.actual.id, key_of(desired))

    def _deleted(self, desired: Desired) -> Optional[Entity]:
        """Return the deleted object whose id a new object would get."""
        candidates = self.actual.deleted.get(desired.resource.plural, ()) if self.actual else ()
        return next((entity for entity in candidates if entity.id == self._chosen(desired)), None)

    def _assume_missing(self, desired: Desired, existing: Sequence[Entity]) -> None:
        if not self.policy.assume_missing:
            raise identity.not_found(desired.resource, desired.label, existing, desired.where)
        self.assumed.append("%s %s" % (desired.resource.title, desired.label))
        self.warnings.extend(hints.assumed(desired, existing))

    def _object(
        self,
        desired: Desired,
        entity: Optional[Entity],
        path: tuple[str, ...],
        original: Optional[Desired] = None,
        is_deleted: bool = False,
    ) -> None:
        original = original or desired
        if entity is not None and not is_deleted and self._is_protected(desired.resource, entity.label):
            self.references.add(desired, entity, entity.cells)
            kept = dict(entity.metadata)
            self.changes.append(
                Change("none", desired.resource, path, original, entity, entity.values, (), kept, reason=PROTECTED)
            )
            return
        if desired.state == ABSENT:
            self._refuse_foreign(desired, entity)
            action = "delete" if entity is not None else "none"
            self.changes.append(
                Change(action, desired.resource, path, original, entity, entity.values if entity else {})
            )
            return
        declared = self.values.supported(desired)
        values = self.values.merged(desired, entity, declared)
        pending = {n: v for n, v in values.items() if isinstance(v, Desired)}
        values.update(dict.fromkeys(pending))
        touched = self.values.touched(desired, entity, declared, values)
        self.values.check(desired, entity, values, touched)
        if touched or pending:
            after = self.values.stored(desired, values, touched)
        else:  # unchanged, so its stored form need not be computed
            after = {n: entity.values.get(n, v) if entity else v for n, v in values.items()}
        fields = self._differing(desired, entity, after, pending) if touched or pending else ()
        cells = self._cells(desired, entity)
        self.references.add(desired, entity, cells.cells if cells else entity.cells if entity else ())
        metadata, put, removed = self.values.metadata(desired, entity, after, fields)
        self.values.losses(desired, declared, fields, put)
        changed = bool(fields or put or removed or (cells and cells.changes))
        action = CREATE if entity is None and desired.state == PRESENT else "update" if changed else "none"
        if is_deleted:
            action = RESTORE
        if desired.state == EXISTING and entity is None:
            action = "update" if changed else "none"
        self.changes.append(
            Change(
                action,
                desired.resource,
                path,
                original,
                entity,
                after,
                fields,
                metadata,
                put,
                removed,
                cells,
                pending,
                cell_assets=self._cell_assets(desired) if cells else {},
            )
        )

    @staticmethod
    def _differing(
        desired: Desired, entity: Optional[Entity], after: Mapping[str, Any], pending: Mapping[str, Desired]
    ) -> tuple[str, ...]:
        """Return the fields that differ from the existing object, and references to objects still to be created."""
        before = entity.values if entity else {}
        names = sorted({*after, *before})
        return tuple(n for n in names if n in pending or not same(desired.resource, n, after.get(n), before.get(n)))

    def _refuse_foreign(self, desired: Desired, entity: Optional[Entity]) -> None:
        """Refuse to delete a model that no definition of this key or of this origin has created (ENGINE-9)."""
        if entity is None or not self.policy.register or self.policy.force:
            return
        mark = entity.own_metadata.get(KEY)
        wanted = self.rules.stored_metadata(desired.own_metadata)
        origin = wanted.get(ORIGIN)
        is_known = mark == wanted.get(KEY) or (origin and entity.own_metadata.get(ORIGIN) == origin)
        if not is_known or not (mark or self.register):
            raise InputError(
                'the model "%s" on the server (id %s) was not created from this definition: %s. To delete it anyway, '
                "set force: true" % (entity.label, entity.id, "its key is %s" % mark if mark else "it has no key"),
                desired.where,
            )

    # ------------------------------------------------------------------------------------------------- cells
    def _cells(self, desired: Desired, entity: Optional[Entity]) -> Optional[CellPlan]:
        if desired.resource is not DIAGRAM:
            return None
        existing = entity.cells if entity else ()
        planned = None
        if desired.cells is not None:
            wanted = self._with_assets(desired, cells_as_stored(desired.cells, self.rules))
            planned = plan_cells(wanted, existing, desired.prune_cells)
            for cell, problem in self.rules.check_cells([c.cell for c in planned.changes if c.after is not None]):
                raise InputError(problem, place(desired, cell))
        return planned

    def _with_assets(self, desired: Desired, wanted: DesiredCells) -> DesiredCells:
        """Return declared cells with ids in place of the names of assets that have ids already."""
        if not self.rules.supports(ASSET) and assets_named(wanted):
            path = place(desired, next(iter(assets_named(wanted).values())) + ".assets")
            message = "this server has no %ss" % ASSET.title
            if self.policy.on_unsupported != "warn":
                raise UnsupportedError(message + _LEFT_OUT, path)
            self.warnings.append("%s: %s; left out" % (path, message))
            return without_assets(wanted)
        assets = self._cell_assets(desired)
        return with_asset_ids(wanted, {name: asset for name, asset in assets.items() if isinstance(asset, str)})

    def _cell_assets(self, desired: Desired) -> dict[str, Union[str, Desired]]:
        """Return the assets that the cells of a diagram name: name -> id, or the asset that will be created."""
        if desired.cells is None or not self.rules.supports(ASSET):
            return {}
        named = assets_named(cells_as_stored(desired.cells, self.rules)).items()
        assets = {name: self.references.asset(name, place(desired, path + ".assets")) for name, path in named}
        return {name: asset for name, asset in assets.items() if asset is not None}

    def _release_anchors(self) -> None:
        """Clear the references of threats to deleted objects; the plan shows these changes (ENGINE-19)."""
        deleted = {c.actual.id: c.resource for c in self.changes if c.action == "delete" and c.actual is not None}
        lost = {
            "cell_id": {cid for change in self.changes if change.cells for cid in change.cells.removed_ids},
            "diagram_id": {entity_id for entity_id, resource in deleted.items() if resource is DIAGRAM},
            "asset_id": {entity_id for entity_id, resource in deleted.items() if resource is ASSET},
        }
        threats = self._existing(THREAT) if any(lost.values()) else ()
        planned = {change.actual.id for change in self.changes if change.resource is THREAT and change.actual}
        for threat in threats:
            fields = [name for name, ids in lost.items() if threat.values.get(name) in ids]
            if "diagram_id" in fields and threat.values.get("cell_id"):
                fields = sorted({*fields, "cell_id"})
            if fields and threat.id not in planned:
                after = {**threat.values, **dict.fromkeys(fields)}
                path = (self.root.label, threat.label)
                self.changes.append(
                    Change("update", THREAT, path, None, threat, after, tuple(fields), dict(threat.metadata))
                )
