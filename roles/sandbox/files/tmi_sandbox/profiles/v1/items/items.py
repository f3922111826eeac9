# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Common functions of the objects of a threat model (V1-LISTS, V1-DELETED).

`Item.body` holds the members that clients write and, of the server's members, `modified_at`, `alias`, `version` and,
only for deleted items, `deleted_at`. Lists use it without `content`.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from ....clock import uuid4, uuid7
from ....store import DELETED, Item
from ....web.rest import Answer, ApiError, Call, Check
from .. import errors
from ..people import users

Json = Any
MISSING = {
    "threat": "Threat not found",
    "document": "Document not found",
    "repository": "Repository not found",
    "asset": "Asset not found",
    "note": "Note not found",
    "diagram": "Diagram not found",
}
PLURAL = {kind: f"{kind}s" for kind in MISSING} | {"repository": "repositories"}
DATE_TIME = re.compile(
    r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)"
    r"(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
LARGEST_OFFSET = 1_000_000_000


def of(call: Call, kind: str) -> Item:
    """Return the item of the path. Deleted items and items of another threat model are not found."""
    item = call.sandbox.store.item(kind, call.params["threat_model_id"], call.params[f"{kind}_id"])
    if item is None:
        raise errors.not_found(MISSING[kind])
    return item


def new(call: Call, kind: str, body: dict[str, Json], item_id: str = "", content: Json = None, now: str = "") -> Item:
    """Store a new item. `body` has the members that clients write. `now` is the time if several items share it."""
    model_id, now = call.params["threat_model_id"], now or call.sandbox.clock.stamp()
    alias = call.sandbox.store.next_number(f"alias {model_id} {kind}")
    own = {"modified_at": now, "alias": alias, "version": 1, "auto_generated": bool(call.user.account)}
    made = item_id or (uuid7() if kind == "threat" else uuid4())
    item = Item(made, model_id, now, {**body, **own}, content)
    call.sandbox.store.add_item(kind, item)
    return item


def page(call: Call) -> tuple[int, int]:
    """Return limit and offset of a list, or raise 400 (V1-LISTS)."""
    return limit(call), _number(call, "offset", 0, 0, LARGEST_OFFSET)


def limit(call: Call) -> int:
    """Return the limit of a list, or raise 400 (V1-LISTS)."""
    return _number(call, "limit", 20, 1, 100)


def _number(call: Call, name: str, default: int, least: int, most: int) -> int:
    text = call.query.get(name)
    if text is None:
        return default
    if not text:
        raise _several(name)
    try:
        value = int(text)
    except ValueError:
        raise errors.invalid(f'parameter "{name}" in query has an error: value {text}: an invalid integer') from None
    if not least <= value <= most:
        bound = f"at least {least}" if value < least else f"at most {most}"
        raise errors.invalid(f'parameter "{name}" in query has an error: number must be {bound}')
    return value


def _several(name: str) -> ApiError:
    """Return the error for a parameter that is repeated, or, on real servers, a number that is empty."""
    text = f"multiple values for single value parameter '{name}'"
    return errors.invalid(f"Invalid format for parameter {name}: {text}", "invalid_id")


def boolean(call: Call, name: str) -> bool | None:
    """Return a boolean of the query, None if it is missing. Raise 400 if it is not valid."""
    given = call.query.get(name)
    if given not in (None, "true", "false"):
        raise errors.invalid(f'parameter "{name}" in query has an error: value {given}: an invalid boolean')
    return None if given is None else given == "true"


def some_values(call: Call, *names: str) -> None:
    """Refuse list parameters with an empty value."""
    for name in names:
        if [value for given, value in call.pairs if given == name] == [""]:
            raise errors.invalid(f'parameter "{name}" in query has an error: empty value is not allowed')


def check_list(call: Call) -> None:
    """Check the common parameters of all lists."""
    page(call)
    boolean(call, "include_deleted")


def once(*names: str, moments: tuple[str, ...] = ()) -> Check:
    """Refuse repeated parameters of a list and common ones, after the caller's right to read it was checked.

    Also refuse impossible days in the times `moments`, whose form was checked before.
    """

    def check(call: Call) -> Json:
        given = [name for name, _value in call.pairs]
        for name in ("limit", "offset", "include_deleted", *names):
            if given.count(name) > 1:
                raise _several(name)
        for name in moments:
            try:
                moment(call.query.get(name) or "2000-01-01")
            except ValueError as problem:
                raise errors.invalid(f"Invalid format for parameter {name}: {problem}", "invalid_id") from None
        return call.input

    return check


def with_deleted(call: Call) -> bool:
    """Return whether a list includes deleted objects, which only owners and administrators may see."""
    if not boolean(call, "include_deleted"):
        return False
    if call.role != "owner" and "administrators" not in users.groups(call):
        raise errors.forbidden("The include_deleted parameter requires owner or admin role")
    return True


def moment(stamp: str) -> datetime:
    """Return the time of a time stamp."""
    return datetime.fromisoformat(stamp)


def wrapped(call: Call, plural: str, shown: list[Json], total: int) -> Answer:
    """Return the answer of a list."""
    limit, offset = page(call)
    return Answer(200, {plural: shown, "total": total, "limit": limit, "offset": offset})


def delete(call: Call, kind: str, item: Item) -> Answer:
    """Delete an item so that it can be restored."""
    item.body["deleted_at"] = call.sandbox.clock.stamp()
    call.sandbox.store.bury_item(kind, item)
    return Answer(204)


def restore(call: Call, kind: str) -> Item:
    """Restore the item of the path. The error is 409 if it is not deleted, 404 if it never existed."""
    store, model_id, item_id = call.sandbox.store, call.params["threat_model_id"], call.params[f"{kind}_id"]
    item = store.item(DELETED + kind, model_id, item_id)
    if item is None:
        of(call, kind)
        raise errors.conflict("Entity is not in a deleted state or does not exist")
    del item.body["deleted_at"]
    store.restore_item(kind, item)
    return item
