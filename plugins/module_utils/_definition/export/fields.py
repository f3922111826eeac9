# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Exports the fields and metadata of one object in the definition format (FORMAT-11)."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from ..._engine.tree import Entity
from ..._errors import InputError
from ..._resources._fields import EMPTY, Field, Reference
from ..._resources._marks import ORIGIN
from ..._resources._resource import OWN_PREFIX, Resource
from ..._resources._storage import same
from ..._resources.source import SOURCE
from ..._resources.threat import THREAT
from ..short_forms import ACCEPT
from .keys import ExportLosses

#: Fields with another name in the format.
WORDS: Mapping[str, str] = {"threat_type": "types", "issue_uri": "issue", "authorization": "access"}
#: Fields of access: left out together.
ACCESS = ("authorization", "owner", "reviewer")
#: Default values of all servers; they are not exported, because another generation may have no field for them.
_IMPLIED: Mapping[str, Any] = {"include_in_report": True, "type": "DFD-1.0.0"}
_IMPLIED_OF_MODEL: Mapping[str, Any] = {"status": "not_started", "confidential": False}

#: Members of the JSON of either generation that servers set themselves, or that are exported elsewhere.
_CARRIED = frozenset(
    (
        *("id", "threat_model_id", "created_at", "modified_at", "created_by", "deleted_at", "alias", "version"),
        *("access_status", "access_diagnostics", "access_status_updated_at", "content_source"),
        *("auto_generated", "status_updated", "update_vector", "image", "metadata", "cells", "threats", "diagrams"),
        *("documents", "sourceCode", "source_code", "sources", "repositories", "assets", "notes"),
        *("threat_model_framework", "issue_url", "url", "cwe_id", "document_count", "source_count", "repo_count"),
        *("diagram_count", "threat_count", "asset_count", "note_count"),
    )
)
#: Member -> its default value, if that is not false.
_DEFAULTS: Mapping[str, Any] = {"timmy_enabled": True}
#: Member -> the field that contains it, if there is one.
_FIELDS: Mapping[str, str] = {
    "is_confidential": "confidential",
    "project_id": "project",
    "security_reviewer": "reviewer",
}


def fields_of(entity: Entity, path: str, lost: ExportLosses, access: bool = True) -> dict[str, Any]:
    """Return the fields of an object for a definition, without references; values it cannot contain are lost."""
    resource, fields = entity.resource, {}
    for field in resource.fields:
        value = entity.values.get(field.name)
        skipped = isinstance(field, Reference) or (field.name in ACCESS and not access)
        if skipped or (value in EMPTY and value is not False) or _is_implied(resource, field.name, value):
            continue
        word = WORDS.get(field.name, field.name)
        if field.name == "authorization":
            value = _without_owner(value, entity.values.get("owner"))
        kept = _canonical(resource, field, value, "%s.%s" % (path, word) if path else word, lost)
        if kept not in EMPTY or kept is False:
            fields[word] = kept
    _note_members(entity, path, lost)
    return _shortened(resource, fields)


def metadata_of(entity: Entity, fields: dict[str, Any], path: str, lost: ExportLosses) -> dict[str, str]:
    """Return people's metadata, sorted. An origin is added to ``fields``.

    A key that is reserved for a field was written when the server had no column for it: if ``fields`` has no value for
    that field, the key becomes the field (ENGINE-13: export shows such keys as options).
    """
    origin = entity.own_metadata.get(ORIGIN)
    if origin:
        fields["origin"] = origin
    reserved = {f.metadata_key: f for f in entity.resource.fields if f.metadata_key}
    metadata = {}
    for key, text in sorted(entity.metadata.items()):
        place = "%s.metadata.%s" % (path, key) if path else "metadata.%s" % key
        if key in reserved:
            _promote(reserved[key], text, fields, place, lost)
        elif key.startswith(OWN_PREFIX):
            lost.add(
                place, text, "keys that begin with %s belong to the collection, and a person typed this" % OWN_PREFIX
            )
        elif text == "":
            lost.add(place, text, "in a definition, an empty value removes the key")
        else:
            metadata[key] = text
    return metadata


def refused(resource: Resource, name: str, value: Any) -> Optional[str]:
    """Return the reason why a definition cannot contain the value of a field, None if it can."""
    try:
        resource.field(name).canonical(value)
    except InputError as error:
        return error.message
    return None


def _is_implied(resource: Resource, name: str, value: Any) -> bool:
    implied = _IMPLIED if resource.parent is not None else _IMPLIED_OF_MODEL
    return name in implied and bool(implied[name] == value)


def _canonical(resource: Resource, known: Field, value: Any, place: str, lost: ExportLosses) -> Any:
    try:
        kept = known.canonical(value)
    except InputError as error:
        lost.add(place, value, error.message)
        return None
    if not same(resource, known.name, kept, value):
        lost.add(place, value, "a definition contains it as %r" % (kept,))
    return kept


def _without_owner(rows: Any, owner: Any) -> list[dict[str, Any]]:
    """Return the rows without that of the owner, who has the role anyway and is exported as owner."""
    return [dict(row) for row in rows if not (row.get("user") == owner and row.get("role") == "owner")]


def _promote(known: Field, text: str, fields: dict[str, Any], place: str, lost: ExportLosses) -> None:
    word = WORDS.get(known.name, known.name)
    try:
        value = None if isinstance(known, Reference) or word in fields else known.from_metadata(text)
    except InputError:
        value = None
    if value in EMPTY:
        lost.add(place, text, "the key is reserved for the field %s, which cannot have this value" % known.name)
    else:
        fields[word] = value


def _shortened(resource: Resource, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields with short forms: ``ref`` and ``path``, ``risk``, ``accept``."""
    if resource is SOURCE and fields.get("parameters"):
        parameters = fields.pop("parameters")
        fields["ref"] = {parameters["ref_type"]: parameters["ref_value"]}
        if parameters.get("sub_path"):
            fields["path"] = parameters["sub_path"]
    if resource is THREAT:
        risk = {name: fields.pop(name) for name in ("likelihood", "impact") if name in fields}
        if risk:
            fields["risk"] = risk
        if "status" in fields:  # without it, accept would set a status
            accepted = {word: fields.pop(name) for word, name in ACCEPT.items() if name in fields}
            fields.update({"accept": accepted} if accepted else {})
    return fields


def _note_members(entity: Entity, path: str, lost: ExportLosses) -> None:
    """Add the members of the server's JSON for which the collection has no field to the losses."""
    known = {n for f in entity.resource.fields for n in (f.name, *f.aliases, getattr(f, "stored_as", ""))}
    for name, value in sorted(entity.raw.items()):
        if name in known or name in _CARRIED or value in EMPTY or value == _DEFAULTS.get(name, False):
            continue
        if entity.values.get(_FIELDS.get(name, name)) not in EMPTY:
            continue
        lost.add("%s.%s" % (path, name) if path else name, value, "the format has no field for it")
