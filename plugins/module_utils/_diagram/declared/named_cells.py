# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads cells that are declared by name: ``nodes``, ``boundaries``, ``flows``, and ``content`` of the Python SDK."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from typing import Any, Optional

from ..._cells.cell import BOUNDARY, FLOW
from ..._errors import InputError
from ..._mistakes import STRICT, MistakeList
from .cell_keys import CellKeys
from .desired_cell import MIN_HEIGHT, MIN_WIDTH, PORTS, ROUTERS, TYPES, WORDS, DesiredCell, IdFor
from .entries import Entry, flow_key, read_entries
from .icons.lookup import full_icon
from .inputs import choice, either, flag, join, key_text, known_fields, metadata, number, read_all, text
from .members import check_members

_COMMON = ("key", "id", "name", "label", "metadata", "raw")

#: Members of the wire form that ``raw`` must not contain, because the format has fields for them.
_MEMBERS_WITH_WORDS = ("id", "shape", "parent", "children", "x", "y", "width", "height", "position", "size")
BOX_FIELDS = (*_COMMON, "in", "parent", "x", "y", "width", "height", "assets", "icon", "type", "shape")
FLOW_FIELDS = (
    *_COMMON,
    *("from", "to", "source", "target", "from_port", "to_port", "source_port", "target_port"),
    *("router", "bidirectional", "assets"),
)


def read_named(
    sections: Mapping[str, Any],
    id_for: IdFor,
    paths: Optional[Mapping[str, str]] = None,
    mistakes: MistakeList = STRICT,
) -> tuple[tuple[DesiredCell, ...], frozenset[str]]:
    """Return the cells of the sections that the user wrote, and the sections: nodes may contain boundaries too.

    Wrong cells, and cells with wrong references, are left out and added to ``mistakes``.
    """
    read = {}
    for name, value in sections.items():
        with mistakes.collecting():
            read[name] = read_entries(name, value, (paths or {}).get(name, ""), mistakes)
    boxes: list[tuple[Entry, str]] = []
    unclear: set[str] = set()
    for section in ("boundaries", "nodes"):
        for entry in read.get(section, ()):
            shape = ""
            try:
                shape = _shape_of(entry, section)
            except InputError as error:
                mistakes.add(error)
                unclear.add(entry.key)
            boxes.append((entry, shape))
    flows = read.get("flows", [])
    keys = CellKeys(id_for, [entry for entry, _shape in boxes], flows, mistakes)
    keys.boundaries = unclear.union(entry.key for entry, shape in boxes if shape == BOUNDARY)
    cells = []
    for entry, shape in boxes:
        with mistakes.collecting():
            if entry.fields is not None and not mistakes.is_full:
                cells.append(_box(entry, entry.fields, shape, keys))
    for entry in flows:
        with mistakes.collecting():
            if entry.fields is not None and not mistakes.is_full:
                cells.append(_flow(entry, entry.fields, keys))
    present = set(sections)
    if any(shape == BOUNDARY for _entry, shape in boxes):
        present.add("boundaries")
    return tuple(cells), frozenset(present)


def read_content(
    content: Any, id_for: IdFor, mistakes: MistakeList = STRICT
) -> tuple[tuple[DesiredCell, ...], frozenset[str]]:
    """Return cells and sections of ``{nodes: [{id, type, name}], edges: [{from, to, label}]}``. Raises InputError.

    Edges have no key: a single one between its ends gets ``a->b``, one of several ``a->b: label``.
    """
    if not isinstance(content, Mapping):
        raise InputError("must be a map with nodes and edges", "content")
    known_fields(content, ("nodes", "edges"), "content")
    sections = {}
    if content.get("nodes") is not None:
        sections["nodes"] = content["nodes"]
    edges = content.get("edges")
    if isinstance(edges, (list, tuple)) and all(isinstance(edge, Mapping) for edge in edges):
        pairs = [flow_key(edge, "content.edges[%d]" % index) for index, edge in enumerate(edges)]
        count = Counter(pairs)
        sections["flows"] = [
            edge
            if edge.get("key") is not None or edge.get("id") is not None
            else dict(edge, key=pair if count[pair] == 1 else "%s: %s" % (pair, edge.get("label") or ""))
            for edge, pair in zip(edges, pairs)
        ]
    elif edges is not None:
        raise InputError("must be a list of maps", "content.edges")
    paths = {"nodes": "content.nodes", "flows": "content.edges"}
    cells, present = read_named(sections, id_for, paths, mistakes)
    # In this form boundaries are nodes.
    return cells, present | (frozenset(["boundaries"]) if "nodes" in sections else frozenset())


def _shape_of(entry: Entry, section: str) -> str:
    """Return the declared shape of a node, "" if there is none; a boundary needs none."""
    fields = entry.fields or {}
    shape = choice(either(fields, "type", "shape"), TYPES, join(entry.path, "type"), WORDS)
    if section == "boundaries":
        if shape not in (None, BOUNDARY):
            raise InputError("a boundary has no other type: write it under nodes", join(entry.path, "type"))
        return BOUNDARY
    return shape or ""


def _label(fields: Mapping[str, Any], path: str) -> Optional[str]:
    """Return the declared label; ``name`` is another name of the field.

    White space alone is an empty label: the web editor leaves out a box with such a label, and its save deletes it.
    """
    label = text(either(fields, "label", "name"), join(path, "label"))
    return label if not label or label.strip() else ""


def _box(entry: Entry, fields: Mapping[str, Any], shape: str, keys: CellKeys) -> DesiredCell:
    path = entry.path
    kind = "boundary" if shape == BOUNDARY else "node"
    wrong = MistakeList()
    known_fields(fields, BOX_FIELDS, path, wrong)
    calls = {
        "label": (_label, fields, path),
        "container": (keys.container, either(fields, "in", "parent"), join(path, "in")),
        "metadata": (metadata, fields.get("metadata"), join(path, "metadata")),
        "x": (number, fields.get("x"), join(path, "x")),
        "y": (number, fields.get("y"), join(path, "y")),
        "width": (number, fields.get("width"), join(path, "width"), MIN_WIDTH),
        "height": (number, fields.get("height"), join(path, "height"), MIN_HEIGHT),
        "raw_members": (_data, fields, path),
    }
    fields_read = read_all(calls, wrong)
    wrong.raise_all()
    return DesiredCell(
        key=entry.key,
        id=keys.ids[entry.key],
        kind=kind,
        path=path,
        shape=shape or None,
        has_id=entry.key in keys.written,
        **fields_read,
    )


def _flow(entry: Entry, fields: Mapping[str, Any], keys: CellKeys) -> DesiredCell:
    path = entry.path
    wrong = MistakeList()
    known_fields(fields, FLOW_FIELDS, path, wrong)
    calls = {
        "label": (_label, fields, path),
        "source": (_end, keys, either(fields, "from", "source"), join(path, "from")),
        "target": (_end, keys, either(fields, "to", "target"), join(path, "to")),
        "source_port": (choice, either(fields, "from_port", "source_port"), PORTS, join(path, "from_port")),
        "target_port": (choice, either(fields, "to_port", "target_port"), PORTS, join(path, "to_port")),
        "router": (choice, fields.get("router"), ROUTERS, join(path, "router")),
        "bidirectional": (flag, fields.get("bidirectional"), join(path, "bidirectional")),
        "metadata": (metadata, fields.get("metadata"), join(path, "metadata")),
        "raw_members": (_data, fields, path),
    }
    fields_read = read_all(calls, wrong)
    wrong.raise_all()
    return DesiredCell(
        key=entry.key,
        id=keys.ids[entry.key],
        kind="flow",
        path=path,
        shape=FLOW,
        has_id=entry.key in keys.written,
        **fields_read,
    )


def _end(keys: CellKeys, value: Any, path: str) -> str:
    if value is None:
        raise InputError("a flow needs from and to", path)
    return keys.refer(value, path)


def _data(fields: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Return members that canonical cells do not have: ``raw``, and in ``data`` the ids of assets and the icon."""
    raw = _raw(fields.get("raw"), join(path, "raw"))
    data: dict[str, Any] = dict(raw.get("data") or {})
    assets = fields.get("assets")
    if assets is not None:
        if not isinstance(assets, (list, tuple)):
            raise InputError("must be a list of assets", join(path, "assets"))
        data["data_assets"] = [key_text(asset, join(path, "assets")) for asset in assets]
    icon = fields.get("icon")
    if icon is not None:
        data["_arch"] = full_icon(icon, join(path, "icon"))
    return {**raw, "data": data} if data else raw


def _raw(value: Any, path: str) -> dict[str, Any]:
    """Return members in the server's own form for which the format has no field: style, labels, ports."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError("must be a map of members in the server's own form", path)
    for name in _MEMBERS_WITH_WORDS:
        if name in value:
            raise InputError("has a field of its own: write it on the cell, not under raw", join(path, name))
    check_members(value, path)
    data = value.get("data") or {}
    for name, word in (("_metadata", "metadata"), ("data_assets", "assets")):
        if name in data:
            raise InputError("write it as %s of the cell" % word, join(path, "data.%s" % name))
    return {name: copy.deepcopy(member) for name, member in value.items() if member is not None}
