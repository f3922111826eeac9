# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The new fields and metadata of one object, and the mistakes in them."""

from __future__ import annotations

from typing import Any, Collection, Mapping, Optional, Sequence

from .._errors import InputError, UnsupportedError, shortened
from .._resources._fields import EMPTY, Person, Rows
from .._resources._marks import ORIGIN
from .._resources._storage import is_column, metadata_entries, same, stored_name, without_column
from .losses import loss_warnings
from .policy import Policy
from .ports import Rules, person
from .tree import PRESENT, Desired, Entity, place

#: Characters of a text of a person that a warning shows.
_SHOWN = 60


class Values:
    """Merges declared values into existing ones. ``warnings`` gets a line for each value that is left out."""

    def __init__(self, rules: Rules, policy: Policy, warnings: list[str]) -> None:
        self.rules = rules
        self.policy = policy
        self.warnings = warnings

    def supported(self, desired: Desired) -> dict[str, Any]:
        """Return the declared values that this server can store, as a column or as metadata."""
        declared = dict(desired.values)
        for field in without_column(desired.resource, self._columns(desired)):
            name = stored_name(field)
            if name not in declared:
                continue
            if self.policy.on_unsupported == "metadata" and field.metadata_key:
                continue
            message = "this server has no field for it" + (
                "; on_unsupported: metadata keeps it as metadata %s" % field.metadata_key if field.metadata_key else ""
            )
            if self.policy.on_unsupported != "warn":
                raise UnsupportedError(message, place(desired, field.name))
            self.warnings.append("%s: %s; left out" % (place(desired, field.name), message))
            del declared[name]
        return declared

    def merged(self, desired: Desired, entity: Optional[Entity], declared: Mapping[str, Any]) -> dict[str, Any]:
        """Return all fields with their new values."""
        if entity is None and desired.state == PRESENT:
            before: Mapping[str, Any] = self.rules.defaults(desired.resource, self.policy.caller)
        else:
            before = entity.values if entity else {}
        values = {n: v for n, v in before.items() if v or v not in EMPTY or v is False}
        for name, value in declared.items():
            field = desired.resource.by_name.get(name)
            if isinstance(field, Rows):
                values[name] = self._rows(field, before, value, desired, entity)
            else:
                values[name] = person(self.rules, value, entity) if isinstance(field, Person) and value else value
        return values

    def _rows(
        self,
        field: Rows,
        before: Mapping[str, Any],
        declared: Sequence[Any],
        desired: Desired,
        entity: Optional[Entity],
    ) -> list[Any]:
        """Return the new rows: declared rows are added or changed, others are removed only by a purge.

        The rows of the owner and of the caller are never removed; the owner stays owner (ENGINE-14).
        """
        owner = before.get("owner")
        existing = {field.key(row): dict(row) for row in before.get(field.name) or []}
        spared = {owner, self.policy.caller} - {None, ""}
        kept = {k: r for k, r in existing.items() if r.get("user") in spared}
        rows = dict(kept) if field.name in desired.purge else dict(existing)
        for row in self.rules.align(declared, entity):
            if owner and row.get("user") == owner and row["role"] != "owner":
                raise InputError(
                    "%s owns the model and stays its owner: to change the owner, set owner" % owner,
                    place(desired, field.name),
                )
            rows[field.key(row)] = dict(row)
        return sorted(rows.values(), key=lambda row: tuple(part or "" for part in field.key(row)))

    def touched(
        self, desired: Desired, entity: Optional[Entity], declared: Mapping[str, Any], values: Mapping[str, Any]
    ) -> list[str]:
        """Return the fields whose values change; only declared fields can change."""
        before = entity.values if entity else {}
        names = declared if entity else values
        return [n for n in names if not same(desired.resource, n, values.get(n), before.get(n))]

    def check(
        self, desired: Desired, entity: Optional[Entity], values: Mapping[str, Any], touched: Collection[str]
    ) -> None:
        """Raise InputError for missing fields, and for ``touched`` fields that the server would refuse."""
        if entity is None and desired.state == PRESENT:
            missing = [f.name for f in desired.resource.fields if f.required and values.get(f.name) in EMPTY]
            if missing:
                raise InputError(
                    '%s "%s" does not exist yet and needs %s to be created'
                    % (desired.resource.title, desired.label, ", ".join(missing)),
                    desired.where,
                )
        if not (touched or desired.metadata or desired.own_metadata):
            return
        for name in touched if entity else ():
            field = desired.resource.by_name.get(name)
            if field is not None and field.create_only and is_column(field, self._columns(desired)):
                raise InputError(
                    "can only be set when the %s is created; it is %s on the server"
                    % (desired.resource.title, str(entity.values.get(name) if entity else None).lower()),
                    place(desired, name),
                )
        for name, problem in self.rules.check(desired.resource, {n: values.get(n) for n in touched}):
            raise InputError(problem, place(desired, name))
        own = {k: v for k, v in desired.own_metadata.items() if k == ORIGIN}
        entries = {**desired.metadata, **own, **self._metadata_entries(desired, values, touched)}
        for key, problem in self.rules.check_metadata({k: v for k, v in entries.items() if v != ""}):
            raise InputError(problem, place(desired, "origin" if key in own else "metadata.%s" % key))

    def _metadata_entries(self, desired: Desired, values: Mapping[str, Any], names: Any) -> dict[str, str]:
        return metadata_entries(desired.resource, values, names, self._columns(desired))

    def _columns(self, desired: Desired) -> frozenset[str]:
        return self.rules.columns(desired.resource)

    def _refuse_option(self, desired: Desired, entity: Optional[Entity], key: str) -> None:
        """Raise InputError if a key to be removed holds an option or belongs to the collection."""
        if entity is None or key in entity.metadata or key not in entity.stored_metadata:
            return
        option = desired.resource.reserved_keys.get(key)
        if option or key in entity.own_metadata:
            message = "holds the option %s: use that option" % option if option else "belongs to the collection"
            raise InputError(message, place(desired, "metadata.%s" % key))

    def _cleared(self, desired: Desired, people: Mapping[str, str]) -> dict[str, str]:
        """Return the texts that people have typed under the keys of options to be cleared; they are removed too."""
        if not people:
            return {}
        empty = [name for name, value in desired.values.items() if value in EMPTY]
        return {key: text for key, text in self._metadata_entries(desired, {}, empty).items() if key in people}

    def _take_over(self, desired: Desired, people: dict[str, str], keys: Collection[str]) -> None:
        """Remove ``keys``, which the collection will write, from people's metadata, with a warning for each."""
        for key in keys:
            if key in people:
                self.warnings.append(
                    '%s "%s": its metadata key %s held "%s", which a person has typed. The option %s replaces it'
                    % (
                        *(desired.resource.title, desired.label, key, shortened(people.pop(key), _SHOWN)),
                        desired.resource.reserved_keys.get(key, "key"),
                    )
                )

    def stored(self, desired: Desired, values: Mapping[str, Any], touched: Collection[str]) -> dict[str, Any]:
        """Return all fields as the server will store them, in columns and as metadata."""
        after = {**values, **self.rules.stored(desired.resource, values)}
        by_key = {f.metadata_key: f for f in desired.resource.fields}
        for key, text in self.rules.stored_metadata(self._metadata_entries(desired, values, touched)).items():
            if text:
                after[by_key[key].name] = by_key[key].from_metadata(text)
        return after

    def losses(
        self, desired: Desired, declared: Mapping[str, Any], fields: Collection[str], put: Mapping[str, str]
    ) -> None:
        """Warn of every written text that the server will not store completely."""
        if not fields and not put:
            return
        metadata = {"metadata.%s" % k: v for k, v in desired.metadata.items() if k in put}
        by_key = {f.metadata_key: f.name for f in desired.resource.fields}
        entries = self._metadata_entries(desired, declared, [n for n in declared if n in fields])
        metadata.update({by_key[key]: text for key, text in entries.items()})
        self.warnings.extend(loss_warnings(desired, self.rules, declared, fields, metadata))

    def metadata(
        self, desired: Desired, entity: Optional[Entity], after: Mapping[str, Any], fields: Sequence[str]
    ) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
        """Return (people's metadata after the change, entries to set, keys to remove)."""
        before = dict(entity.metadata) if entity else {}
        if not (before or fields or desired.metadata or desired.own_metadata):  # most objects
            return {}, {}, ()
        wanted = {} if "metadata" in desired.purge else dict(before)
        wanted.update(self.rules.stored_metadata({k: v for k, v in desired.metadata.items() if v != ""}))
        for key in [k for k, v in desired.metadata.items() if v == ""]:
            self._refuse_option(desired, entity, key)
            wanted.pop(key, None)
        entries = {**self._cleared(desired, before), **self._metadata_entries(desired, after, fields)}
        self._take_over(desired, wanted, [*entries, *desired.own_metadata])
        put = {k: v for k, v in wanted.items() if before.get(k) != v}
        removed = [k for k in before if k not in wanted and k not in entries]
        own = entity.own_metadata if entity else {}
        marks = self.rules.stored_metadata(desired.own_metadata)
        put.update({k: v for k, v in marks.items() if own.get(k) != v})
        for key, text in entries.items():
            if text:
                put[key] = text
            elif entity is not None:
                removed.append(key)
        for key in self.rules.unremovable_keys & set(removed):
            raise InputError(
                "this server cannot remove a metadata key of that name", place(desired, "metadata.%s" % key)
            )
        return dict(sorted(wanted.items())), dict(sorted(put.items())), tuple(sorted(removed))
