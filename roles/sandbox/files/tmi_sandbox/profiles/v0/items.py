# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Common functions of threats, documents, sources and diagrams."""

from __future__ import annotations

from typing import Any

from ...store import Item
from ...web.rest import Answer, Call, not_found

Json = Any
MISSING = {
    "threat": "Threat not found",
    "document": "Document not found",
    "source": "Source code reference not found",
    "diagram": "Diagram not found in this threat model",
}


def of(call: Call, kind: str) -> Item:
    """Return the item of the path. An item of another threat model is not found (V0-B3)."""
    item = call.sandbox.store.item(kind, call.params["threat_model_id"], call.params[f"{kind}_id"])
    if item is None:
        raise not_found(MISSING[kind])
    return item


def metadata(call: Call, items: list[Item]) -> dict[str, list[dict[str, str]]]:
    """Return the metadata of items by id."""
    return call.sandbox.store.metadata_of([item.id for item in items])


def replace_metadata(call: Call, item_id: str, body: dict[str, Json]) -> None:
    """Replace the metadata with those of a body. Without any in the body, they are kept."""
    if body.get("metadata") is not None:
        call.sandbox.store.replace_metadata(item_id, body["metadata"])


def deleted() -> Answer:
    """Return the answer to a DELETE of a threat, document, source or metadata entry. It has a type, but no body."""
    return Answer(204, headers={"Content-Type": "application/json"})
