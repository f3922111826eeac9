# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""The kinds that can be read, and their fields: names of resources, and paths such as ``metadata.team``.

An object is a plain dict, as in results. A path is a tuple of names; a list on the way stands for all of its members.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping, Optional

from .._errors import InputError
from .._near import similar
from .._resources._catalog import CHILDREN, RESOURCES
from .._resources._fields import Field, Group, Reference, Rows
from .._resources._resource import Resource
from .._resources._storage import FACTS
from .._resources.diagram import DIAGRAM
from .._resources.threat_model import THREAT_MODEL
from .computed_fields import COMPUTED_FIELDS

#: Values that count as not set; False and 0 do not.
UNSET: tuple[Any, ...] = (None, "", [], {}, ())

#: Names of the counts of children in lists of models -> section.
COUNTS: Mapping[str, str] = {resource.name + "_count": resource.plural for resource in CHILDREN}
_CELLS = ("nodes", "boundaries", "flows")


@dataclass(frozen=True)
class Kind:
    """A kind that can be read. ``resource`` is None for kinds that users do not manage; ``names``: its fields."""

    name: str
    plural: str
    names: tuple[str, ...]
    resource: Optional[Resource] = None

    @property
    def is_child(self) -> bool:
        """Whether objects of this kind belong to a model."""
        return self.resource is not None and self.resource.parent is not None


def _kind(resource: Resource) -> Kind:
    names = [f.name for f in resource.fields]
    names += [f.stored_as for f in resource.fields if isinstance(f, Reference)]
    names += ["id", *FACTS, "metadata"]
    if resource is THREAT_MODEL:
        names += [*COUNTS, *(child.plural for child in CHILDREN)]
    else:
        names.append("threat_model_id")
    if resource is DIAGRAM:
        names += _CELLS
    return Kind(resource.name, resource.plural, tuple(dict.fromkeys(names)), resource)


METADATA = Kind("metadata", "metadata", ("key", "value"))
PROVIDER = Kind("provider", "providers", ("id", "name", "icon", "auth_url", "token_url", "redirect_uri", "client_id"))
USER = Kind("user", "user", ("id", "email", "name", "provider"))
TOKEN = Kind("token", "token", ("claims", "email", "issued_at", "expires_at", "expires_in", "renewable", "active"))
WELL_KNOWN = Kind("well_known", "well_known", ("name", "path", "document"))
GROUP = Kind("provider_group", "provider_groups", ("provider", "name", "display_name", "used_in_authorizations"))
SESSION = Kind(
    "collaboration_session",
    "collaboration_sessions",
    ("id", "threat_model_id", "threat_model", "diagram_id", "diagram", "host", "presenter", "participants"),
)
AUDIT = Kind(
    "audit_entry",
    "audit_entries",
    ("id", "threat_model_id", "object_type", "object_id", "change", "summary", "version", "actor", "created_at"),
)
WEBHOOK = Kind(
    "webhook",
    "webhooks",
    (
        *("id", "name", "target_url", "events", "threat_model_id", "status", "owner_id", "challenges_sent"),
        *("failures", "last_success_at", "created_at", "modified_at"),
    ),
)
DELIVERY = Kind(
    "webhook_delivery",
    "webhook_deliveries",
    (
        *("id", "webhook_id", "event", "status", "attempts", "payload", "last_error", "next_retry_at"),
        *("created_at", "delivered_at", "last_activity_at"),
    ),
)
SERVER = Kind("server", "server", ("url", "name", "build", "version", "generation", "status", "operator", "contact"))

#: The kinds that users manage: models and the objects in them.
MANAGED: tuple[Kind, ...] = tuple(_kind(resource) for resource in RESOURCES)
KINDS: tuple[Kind, ...] = (
    *MANAGED,
    METADATA,
    PROVIDER,
    USER,
    TOKEN,
    SESSION,
    SERVER,
    WELL_KNOWN,
    GROUP,
    AUDIT,
    WEBHOOK,
    DELIVERY,
)
MODEL = MANAGED[0]


def names_of(kinds: Iterable[Kind]) -> list[str]:
    """Return singular and plural of the kinds, for an option."""
    return list(dict.fromkeys(name for kind in kinds for name in (kind.name, kind.plural)))


def kind_of(name: str, kinds: Iterable[Kind] = KINDS) -> Kind:
    """Return the kind called ``name``, singular or plural. Raises InputError that lists the names."""
    known = list(kinds)
    for kind in known:
        if name in (kind.name, kind.plural):
            return kind
    raise InputError('there is nothing called "%s"; known are %s' % (name, ", ".join(k.plural for k in known)))


def parse_path(kind: Kind, text: str, where: str) -> tuple[tuple[str, ...], Optional[Field]]:
    """Return (path, field) for a field as users write it: ``severity``, ``metadata.team``, ``threats.severity``.

    Aliases become names. The text after ``metadata.`` is one key, which may contain dots. ``field`` is None if the
    catalog does not describe the path. Raises InputError for an unknown name, with similar names.
    """
    head, _dot, tail = str(text).partition(".")
    field = _field(kind, head)
    name = field.name if field is not None else head
    if not head.strip():
        raise InputError("is not the name of a field; there is %s" % ", ".join(sorted(kind.names)), where.rstrip("."))
    if name not in kind.names:
        raise InputError(_unknown("%s of a %s" % (head, _title(kind)), head, kind.names), where)
    if not tail:
        return (name,), field
    if name == "metadata" or (kind is TOKEN and name == "claims"):
        return (name, tail), None
    if (kind, name) in ((WELL_KNOWN, "document"), (DELIVERY, "payload")):
        return (name, *tail.split(".")), None
    section = next((child for child in MANAGED if kind is MODEL and child.plural == name), None)
    if section is not None:
        path, field = parse_path(section, tail, where)
        return (name, *path), field
    if isinstance(field, (Group, Rows)):
        member = next((m for m in field.members if tail in (m.name, *m.aliases)), None)
        if member is None:
            raise InputError(_unknown("%s of %s" % (tail, name), tail, [m.name for m in field.members]), where)
        return (name, member.name), member
    if name in _CELLS:
        return (name, *tail.split(".")), None
    raise InputError('"%s" has no members' % name, where)


def reach(value: Any, path: Iterable[str]) -> list[Any]:
    """Return all values at a path in an object that are set, through all members of lists."""
    found = [value]
    for name in path:
        found = [entry.get(name) for entry in _flat(found) if isinstance(entry, Mapping)]
    return [entry for entry in _flat(found) if entry not in UNSET]


def _flat(entries: Iterable[Any]) -> list[Any]:
    return [inner for entry in entries for inner in (entry if isinstance(entry, (list, tuple)) else [entry])]


def _field(kind: Kind, name: str) -> Optional[Field]:
    fields = kind.resource.fields if kind.resource is not None else ()
    found = next((f for f in fields if name in (f.name, *f.aliases)), None)
    return found or (COMPUTED_FIELDS.get(name) if name in kind.names else None)


def _title(kind: Kind) -> str:
    return kind.resource.title if kind.resource is not None else kind.name


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    close = similar(name, known) or sorted(known)
    return "there is no %s; there is %s" % (what, ", ".join(close))
