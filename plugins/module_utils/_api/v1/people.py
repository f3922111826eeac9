# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""API v1: authorization and owner. Users name people by e-mail (or provider id) and groups by name; the server uses
principals (V1-AUTHORIZATION, V1-ROLES).

A provider is shown, and needed, only if it differs from the provider of the model's owner.
"""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence

from ..._errors import NotFoundError
from ..person import email_of
from .wire import SERVER_GROUPS, people

Row = Mapping[str, Any]


def rows_from_wire(wire: Row) -> list[dict[str, Any]]:
    """Return a model's canonical authorization: the owner always has the role owner; no groups of the server."""
    found = {}
    for row in people(wire.get("authorization") or []):
        canonical = _canonical(row, wire)
        found[_key(canonical)] = canonical
    owner = wire.get("owner")
    if owner:
        canonical = {"user": email_of(owner), "role": "owner"}
        found[_key(canonical)] = canonical
    return in_order(found.values())


def people_without_identity(wire: Row) -> list[str]:
    """Return the people whom the server accepted without an identity: they have no access (V1-PEOPLE)."""
    users = [r for r in wire.get("authorization") or [] if r.get("principal_type") == "user"]
    rows = [r for r in users if not r.get("provider_id")]
    return sorted(str(row.get("email")) for row in rows)


def in_order(rows: Any) -> list[dict[str, Any]]:
    """Return rows in canonical order."""
    return sorted((dict(row) for row in rows), key=lambda row: tuple(part or "" for part in _key(row)))


def aligned(declared: Sequence[Row], wire: Optional[Row]) -> list[dict[str, Any]]:
    """Return declared rows with the model's names of these people: by e-mail, without the owner's provider."""
    if wire is None:
        return [dict(row) for row in declared]
    known = _principals(wire)
    rows = []
    for row in declared:
        principal = _find(row, known, wire) or (_new(row, wire) if row.get("group") else None)
        rows.append({**_canonical(principal, wire), "role": row["role"]} if principal else dict(row))
    return rows


def rows_to_wire(rows: Sequence[Row], wire: Row) -> list[dict[str, Any]]:
    """Return the whole authorization to write: the rows as principals, and the server's own groups unchanged."""
    known = _principals(wire)
    written = [dict(row) for row in wire.get("authorization") or [] if row.get("provider_id") in SERVER_GROUPS]
    written += [{**(_find(row, known, wire) or _new(row, wire)), "role": row["role"]} for row in rows]
    return [_writable(row) for row in written]


def rows_without(wire: Row, unknown: Sequence[str]) -> list[dict[str, Any]]:
    """Return the authorization to write without the given people of :func:`people_without_identity`."""
    return [_writable(r) for r in wire["authorization"] if r.get("provider_id") or r.get("email") not in unknown]


def owner_to_wire(owner: str, wire: Row) -> dict[str, Any]:
    """Return the principal of a new owner, who must be in the authorization. Raises NotFoundError if not."""
    found = _find({"user": owner}, _principals(wire), wire)
    if not found or not found.get("provider_id"):
        raise NotFoundError(
            "the server does not know %s; the owner of a model must have logged in once" % owner, "owner"
        )
    return {k: v for k, v in found.items() if k != "role"}


def reviewer_to_wire(reviewer: str, wire: Row) -> dict[str, Any]:
    """Return the principal of a security reviewer: from the model, else from the user's text."""
    row = {"user": reviewer}
    found = _find(row, _principals(wire), wire) or _new(row, wire)
    return {k: v for k, v in found.items() if k not in ("role", "display_name")}


def _writable(row: Row) -> dict[str, Any]:
    return {k: v for k, v in row.items() if k != "display_name"}


def _key(row: Row) -> tuple[Any, ...]:
    return row.get("user"), row.get("group"), row.get("provider")


def _principals(wire: Row) -> list[Row]:
    """Return all principals of the model, each with the members of all its mentions."""
    mentions = [*(wire.get("authorization") or []), wire.get("owner"), wire.get("created_by")]
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for mention in mentions:
        if mention:
            key = (mention.get("principal_type"), mention.get("provider"), mention.get("provider_id"))
            known = found.setdefault(key, {})
            known.update({k: v for k, v in mention.items() if k != "role" and v})
    return list(found.values())


def _canonical(row: Row, wire: Row) -> dict[str, Any]:
    owners = (wire.get("owner") or {}).get("provider")
    if row.get("principal_type") == "group":
        canonical = {"group": row.get("provider_id"), "role": row.get("role")}
    else:
        whole = next((p for p in _principals(wire) if _same(p, row)), row)
        canonical = {"user": email_of(whole), "role": row.get("role")}
    if row.get("provider") != owners:
        canonical["provider"] = row.get("provider")
    return canonical


def _same(one: Row, other: Row) -> bool:
    return all(one.get(k) == other.get(k) for k in ("principal_type", "provider", "provider_id"))


def _find(row: Row, known: Sequence[Row], wire: Row) -> Optional[Row]:
    return next((principal for principal in known if _names(row, principal, wire)), None)


def _names(row: Row, principal: Row, wire: Row) -> bool:
    """Whether a row means a principal; without a provider it means the owner's provider, for groups any provider."""
    owners = (wire.get("owner") or {}).get("provider")
    if row.get("provider") and principal.get("provider") != row["provider"]:
        return False
    if row.get("group"):
        return bool(principal.get("principal_type") == "group" and principal.get("provider_id") == row["group"])
    named = row.get("user") in (principal.get("email"), principal.get("provider_id"))
    known = bool(row.get("provider")) or principal.get("provider") == owners
    return bool(principal.get("principal_type") == "user" and named and known)


def _new(row: Row, wire: Row) -> dict[str, Any]:
    provider = row.get("provider") or ("tmi" if row.get("group") else (wire.get("owner") or {}).get("provider"))
    if row.get("group"):
        return {"principal_type": "group", "provider": provider, "provider_id": row["group"]}
    by = "email" if "@" in row["user"] else "provider_id"
    return {"principal_type": "user", "provider": provider, by: row["user"]}
