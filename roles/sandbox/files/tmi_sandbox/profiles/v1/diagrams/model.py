# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A diagram without its style, for tools that look for threats (V1-DIAGRAM-MODEL)."""

from __future__ import annotations

from typing import Any

from ....store import Item
from ....web.rest import Call
from ..items.references import ASSETS
from . import cells
from .cell_schema import EDGE

Json = Any
Cell = dict[str, Json]
WITHOUT_ASSETS = ("text-box", "security-boundary")


def export(call: Call, item: Item) -> dict[str, Json]:
    """Return the fields of the threat model and the meaning of the cells of one of its diagrams."""
    store = call.sandbox.store
    model, known = store.model(item.model_id), [one for one in item.content or [] if cells.identifier(one)]
    shown = [_edge(one) if "source" in one else _node(one, known) for one in known if "source" in one or _is_node(one)]
    assert model is not None
    return {
        "id": model.id,
        "name": model.body["name"],
        "description": model.body.get("description") or "",
        "metadata": {entry["key"]: entry["value"] for entry in store.metadata(model.id)},
        "cells": shown,
        "assets": _assets(call, item.model_id, shown),
    }


def _is_node(cell: Cell) -> bool:
    return cell.get("shape") != EDGE and cells.geometry(cell) is not None


def _list(holder: Json, name: str) -> list[Json]:
    """Return the objects and texts of a list. Cells that do not come from a PUT may contain anything."""
    found = holder.get(name) if isinstance(holder, dict) else None
    return [one for one in found if isinstance(one, dict | str)] if isinstance(found, list) else []


def _flat(entries: list[Json]) -> dict[str, Json]:
    return {str(entry.get("key")): entry.get("value") for entry in entries if isinstance(entry, dict)}


def _assets_of(cell: Cell) -> list[str]:
    return [one for one in _list(cell.get("data"), "data_assets") if isinstance(one, str)]


def _node(cell: Cell, known: list[Cell]) -> dict[str, Json]:
    children = [one for one in known if _is_node(one) and one.get("parent") == cell["id"]]
    data, shape = cell.get("data"), cell.get("shape", "")
    labels = [_label(cell), *(_label(one) for one in children if one.get("shape") == "text-box")]
    shown = {
        "id": cell["id"],
        "shape": shape,
        "children": [one["id"] for one in children],
        "labels": [label for label in labels if label],
        "metadata": _flat(_list(data, "_metadata")),
        "security_boundary": shape == "security-boundary"
        or (isinstance(data, dict) and bool(data.get("security_boundary"))),
    }
    if cell.get("parent"):
        shown["parent"] = cell["parent"]
    if _assets_of(cell) and shape not in WITHOUT_ASSETS:
        shown["data_asset_ids"] = _assets_of(cell)
    return shown


def _edge(cell: Cell) -> dict[str, Json]:
    shown = {
        "id": cell["id"],
        "shape": EDGE,
        "source": cell["source"],
        "target": cell.get("target"),
        "labels": [label for label in map(_label, _list(cell, "labels")) if label],
        "metadata": _flat(_list(cell.get("data"), "_metadata")),
    }
    return {**shown, "data_asset_ids": _assets_of(cell)} if _assets_of(cell) else shown


def _label(holder: Json) -> str:
    """Return the text of a node or of a label of an edge."""
    found = holder
    for name in ("attrs", "text", "text"):
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _assets(call: Call, model_id: str, shown: list[dict[str, Json]]) -> list[Json]:
    """Return the existing assets that cells name."""
    named = dict.fromkeys(name for cell in shown for name in cell.get("data_asset_ids", ()))
    found = (call.sandbox.store.item("asset", model_id, name) for name in named)
    return [ASSETS.stored_view(call, asset) for asset in found if asset is not None]
