# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Cells described by name: ``nodes``, ``boundaries``, ``flows``; and ``content``, the form of the Python SDK."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Iterable, Optional

from ..._cells.cell import BOUNDARY, FLOW
from ..._errors import InputError
from ..._mistakes import MOST, STRICT, Gathering
from ..._resources.reference import is_id
from ..._unicode import composed
from .entries import Entry, flow_key, read_entries
from .inputs import (
    choice,
    close_names,
    either,
    flag,
    join,
    key_text,
    known_fields,
    metadata,
    number,
    read_all,
    text,
)
from .members import check_members

#: The least size of a node, in pixels: both generations refuse smaller ones.
MIN_WIDTH, MIN_HEIGHT = 40, 30

#: Words for shapes that users know from elsewhere -> TMI's (V0-CLIENT-NAMES).
TYPES = {
    "actor": "actor",
    "external": "actor",
    "external_entity": "actor",
    "process": "process",
    "store": "store",
    "datastore": "store",
    "data_store": "store",
    "text": "text-box",
    "text_box": "text-box",
    "boundary": BOUNDARY,
    "trust_boundary": BOUNDARY,
    "security_boundary": BOUNDARY,
}

#: Those of them that the format uses: what messages list.
WORDS = ("actor", "process", "store", "text", "boundary")

#: Places where flows can be tied to a node, as the web editor names its ports.
PORTS = {name: name for name in ("top", "right", "bottom", "left")}

#: Ways to route a flow that both generations take; ``oneSide`` is the editor's spelling of ``one_side``.
ROUTERS = {name: name for name in ("normal", "orth", "one_side", "manhattan", "metro", "er")}
ROUTERS["oneside"] = "one_side"

_COMMON = ("key", "id", "name", "label", "metadata", "raw")

#: Members of the wire form that ``raw`` cannot hold: there are words for them.
_MEMBERS_WITH_WORDS = ("id", "shape", "parent", "children", "x", "y", "width", "height", "position", "size")
BOX_FIELDS = (*_COMMON, "in", "parent", "x", "y", "width", "height", "assets", "icon", "type", "shape")
FLOW_FIELDS = (
    *_COMMON,
    *("from", "to", "source", "target", "from_port", "to_port", "source_port", "target_port"),
    *("router", "bidirectional", "assets"),
)

#: A key -> the id its cell would get.
IdFor = Callable[[str], str]


@dataclass(frozen=True)
class DesiredCell:
    """One declared cell. None means that a field was not written: an existing cell keeps it.

    ``kind``: node, boundary or flow. ``id``: what a new cell gets. ``container``, ``source`` and ``target``: such ids,
    or ids of cells that only the server knows; ``container`` is "" for a cell that lies in no boundary. ``metadata``:
    declared entries, "" removes one. ``raw_members``: members in the wire form that canonical cells do not have.
    ``path``: where the user wrote the cell, for messages. ``has_id``: whether the user wrote its id.
    """

    key: str
    id: str
    kind: str
    path: str = ""
    shape: Optional[str] = None
    label: Optional[str] = None
    container: Optional[str] = None
    source: Optional[str] = None
    target: Optional[str] = None
    source_port: Optional[str] = None
    target_port: Optional[str] = None
    router: Optional[str] = None
    bidirectional: Optional[bool] = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    x: Optional[float] = None
    y: Optional[float] = None
    width: Optional[float] = None
    height: Optional[float] = None
    raw_members: Mapping[str, Any] = field(default_factory=dict)
    has_id: bool = False

    @property
    def is_placed(self) -> bool:
        """Whether the user enforces any part of the geometry."""
        return not (self.x is None and self.y is None and self.width is None and self.height is None)


def read_named(
    sections: Mapping[str, Any],
    id_for: IdFor,
    paths: Optional[Mapping[str, str]] = None,
    mistakes: Gathering = STRICT,
) -> tuple[tuple[DesiredCell, ...], frozenset[str]]:
    """Read the sections that the user wrote. Returns cells, and the sections: nodes may stand for boundaries too.

    Cells that contradict themselves or point nowhere are left out and added to ``mistakes``.
    """
    read = {}
    for name, value in sections.items():
        with mistakes.of():
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
    names = _Names(id_for, [entry for entry, _shape in boxes], flows, mistakes)
    names.boundaries = unclear.union(entry.key for entry, shape in boxes if shape == BOUNDARY)
    cells = []
    for entry, shape in boxes:
        with mistakes.of():
            if entry.fields is not None and not mistakes.is_full:
                cells.append(_box(entry, entry.fields, shape, names))
    for entry in flows:
        with mistakes.of():
            if entry.fields is not None and not mistakes.is_full:
                cells.append(_flow(entry, entry.fields, names))
    present = set(sections)
    if any(shape == BOUNDARY for _entry, shape in boxes):
        present.add("boundaries")
    return tuple(cells), frozenset(present)


def read_content(
    content: Any, id_for: IdFor, mistakes: Gathering = STRICT
) -> tuple[tuple[DesiredCell, ...], frozenset[str]]:
    """Read ``{nodes: [{id, type, name}], edges: [{from, to, label}]}``. Returns cells and sections; raises InputError.

    Edges have no key: one that is alone between its ends gets ``a->b``, others ``a->b: label``.
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
    # In this form boundaries have no place but among the nodes.
    return cells, present | (frozenset(["boundaries"]) if "nodes" in sections else frozenset())


class _Names:
    """What keys mean in one diagram."""

    def __init__(self, id_for: IdFor, boxes: Iterable[Entry], flows: Iterable[Entry], mistakes: Gathering) -> None:
        self.id_for = id_for
        self.boundaries: set[str] = set()
        self.ids: dict[str, str] = {}
        #: Keys of the cells whose ids the user wrote.
        self.written: set[str] = set()
        self._used_ids: set[str] = set()
        self.removed: set[str] = set()
        self.flows: set[str] = set()
        self._comparisons_left = MOST
        flows = list(flows)
        self.flows.update(entry.key for entry in flows)
        for entry in (*boxes, *flows):
            with mistakes.of():
                self._add(entry)

    def _add(self, entry: Entry) -> None:
        if entry.key in self.ids or entry.key in self.removed:
            raise InputError("this key stands twice: boundaries, nodes and flows share one set of keys", entry.path)
        if entry.fields is None:
            self.removed.add(entry.key)
            return
        given = entry.fields.get("id")
        key = entry.key
        self.ids[key] = self.id_for(key)  # also where the id is wrong: what refers to the key is not
        if given is not None:
            key = key_text(given, join(entry.path, "id"))
            if key != entry.key and not is_id(key):
                raise InputError("an id must be a UUID where the cell has a key", join(entry.path, "id"))
        if is_id(key):
            self.written.add(entry.key)
        cell_id = self.id_for(key)
        if cell_id in self._used_ids:
            raise InputError("another cell has the id %s already" % cell_id, entry.path)
        self.ids[entry.key] = cell_id
        self._used_ids.add(cell_id)

    def _known(self, key: str) -> str:
        """Return the key that is meant: the only one that looks the same, where none is written so."""
        if key.isascii() or key in self.ids or key in self.removed:
            return key
        alike = [known for known in (*self.ids, *self.removed) if composed(known) == composed(key)]
        return alike[0] if len(alike) == 1 else key

    def refer(self, value: Any, path: str, what: str = "node") -> str:
        """Return the id that a key stands for; an unknown UUID means a cell that the server has."""
        key = self._known(key_text(value, path))
        if key in self.removed:
            raise InputError("%s %s is removed (null) here, but still used" % (what, key), path)
        if key in self.flows:
            raise InputError("%s is a flow, not a %s" % (key, what), path)
        if key in self.ids:
            return self.ids[key]
        if is_id(key):
            return key.lower()
        self._comparisons_left -= 1  # looking at all names takes time, and nobody reads more hints
        hint = close_names(key, set(self.ids) - self.flows) if self._comparisons_left >= 0 else ""
        raise InputError("unknown %s %s%s" % (what, key, hint), path)

    def container(self, value: Any, path: str) -> Optional[str]:
        """Return the id of a boundary, "" for none, None where the user says nothing."""
        if value is None or value == "":
            return None if value is None else ""
        key = self._known(key_text(value, path))
        if key in self.ids and key not in self.boundaries and key not in self.flows:
            raise InputError("%s is no boundary: only boundaries contain others" % key, path)
        return self.refer(value, path, "boundary")


def _shape_of(entry: Entry, section: str) -> str:
    """The shape that a node declares, "" where it declares none; a boundary needs none."""
    fields = entry.fields or {}
    shape = choice(either(fields, "type", "shape"), TYPES, join(entry.path, "type"), WORDS)
    if section == "boundaries":
        if shape not in (None, BOUNDARY):
            raise InputError("a boundary has no other type: write it under nodes", join(entry.path, "type"))
        return BOUNDARY
    return shape or ""


def _label(fields: Mapping[str, Any], path: str) -> Optional[str]:
    """The declared label; ``name`` is another word for it."""
    return text(either(fields, "label", "name"), join(path, "label"))


def _box(entry: Entry, fields: Mapping[str, Any], shape: str, names: _Names) -> DesiredCell:
    path = entry.path
    kind = "boundary" if shape == BOUNDARY else "node"
    wrong = Gathering()
    known_fields(fields, BOX_FIELDS, path, wrong)
    calls = {
        "label": (_label, fields, path),
        "container": (names.container, either(fields, "in", "parent"), join(path, "in")),
        "metadata": (metadata, fields.get("metadata"), join(path, "metadata")),
        "x": (number, fields.get("x"), join(path, "x")),
        "y": (number, fields.get("y"), join(path, "y")),
        "width": (number, fields.get("width"), join(path, "width"), MIN_WIDTH),
        "height": (number, fields.get("height"), join(path, "height"), MIN_HEIGHT),
        "raw_members": (_data, fields, path),
    }
    fields_read = read_all(calls, wrong)
    wrong.tell()
    return DesiredCell(
        key=entry.key,
        id=names.ids[entry.key],
        kind=kind,
        path=path,
        shape=shape or None,
        has_id=entry.key in names.written,
        **fields_read,
    )


def _flow(entry: Entry, fields: Mapping[str, Any], names: _Names) -> DesiredCell:
    path = entry.path
    wrong = Gathering()
    known_fields(fields, FLOW_FIELDS, path, wrong)
    calls = {
        "label": (_label, fields, path),
        "source": (_end, names, either(fields, "from", "source"), join(path, "from")),
        "target": (_end, names, either(fields, "to", "target"), join(path, "to")),
        "source_port": (choice, either(fields, "from_port", "source_port"), PORTS, join(path, "from_port")),
        "target_port": (choice, either(fields, "to_port", "target_port"), PORTS, join(path, "to_port")),
        "router": (choice, fields.get("router"), ROUTERS, join(path, "router")),
        "bidirectional": (flag, fields.get("bidirectional"), join(path, "bidirectional")),
        "metadata": (metadata, fields.get("metadata"), join(path, "metadata")),
        "raw_members": (_data, fields, path),
    }
    fields_read = read_all(calls, wrong)
    wrong.tell()
    return DesiredCell(
        key=entry.key,
        id=names.ids[entry.key],
        kind="flow",
        path=path,
        shape=FLOW,
        has_id=entry.key in names.written,
        **fields_read,
    )


def _end(names: _Names, value: Any, path: str) -> str:
    if value is None:
        raise InputError("a flow needs from and to", path)
    return names.refer(value, path)


def _data(fields: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Members that canonical cells do not have: ``raw``, and in ``data`` the ids of assets and the icon."""
    raw = _raw(fields.get("raw"), join(path, "raw"))
    data: dict[str, Any] = dict(raw.get("data") or {})
    assets = fields.get("assets")
    if assets is not None:
        if not isinstance(assets, (list, tuple)):
            raise InputError("must be a list of assets", join(path, "assets"))
        data["data_assets"] = [key_text(asset, join(path, "assets")) for asset in assets]
    icon = fields.get("icon")
    if icon is not None:
        data["_arch"] = dict(icon) if isinstance(icon, Mapping) else {"icon": text(icon, join(path, "icon"))}
    return {**raw, "data": data} if data else raw


def _raw(value: Any, path: str) -> dict[str, Any]:
    """Members of a cell in the server's own form, for which the format has no word: style, labels, ports."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise InputError("must be a map of members as the server has them", path)
    for name in _MEMBERS_WITH_WORDS:
        if name in value:
            raise InputError("has a word of its own: write it on the cell, not under raw", join(path, name))
    check_members(value, path)
    data = value.get("data") or {}
    for name, word in (("_metadata", "metadata"), ("data_assets", "assets")):
        if name in data:
            raise InputError("write it as %s of the cell" % word, join(path, "data.%s" % name))
    return {name: copy.deepcopy(member) for name, member in value.items() if member is not None}
