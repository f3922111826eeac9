# Copyright (c) 2026, TMI collection contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Note that this module util is **PRIVATE** to the collection. It can have breaking changes at any time.
"""Reads cells in the form of a TMI server (the option ``cells``), in the forms of both generations.

Geometry is flat or nested, a flow is called ``edge`` or ``flow``, a label is in one of several places (V0-CELLS,
V1-CELLS). Members that canonical cells do not have are kept and written back.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any, Mapping, Optional, Sequence

from ..._cells.cell import BOUNDARY, EDITOR_LABELS, FLOW, KEY, MARKS, ROUTER, TWO_WAY, UNNAMED, without_arrows
from ..._errors import InputError
from ..._mistakes import STRICT, MistakeList
from ..._resources.reference import is_id
from ..._values import kind_of
from .desired_cell import MIN_HEIGHT, MIN_WIDTH, ROUTERS, TYPES, WORDS, DesiredCell, IdFor
from .inputs import choice, join, key_text, metadata, number, read_all, text
from .members import check_members

#: Names of shapes, also those of the server, spelled as names are looked up.
_SHAPES = {**TYPES, "edge": FLOW, "flow": FLOW}
#: The names that messages list.
_LISTED = (*WORDS, "flow")

#: Members that a canonical cell has, or that are made from it; all others are raw members.
BOX_MEMBERS = ("id", "shape", "x", "y", "width", "height", "position", "size")
_CANONICAL = (*BOX_MEMBERS, "parent", "label", "source", "target")


def read_wire(cells: Any, id_for: IdFor, mistakes: MistakeList = STRICT) -> tuple[DesiredCell, ...]:
    """Return the declared cells of cells in wire form, in declared order. Raises InputError.

    An id that is not a UUID is replaced by one, also in references, and becomes the key of the cell.
    """
    if not isinstance(cells, (list, tuple)):
        raise InputError("must be a list of cells, not %s" % kind_of(cells), "cells")
    ids: dict[str, str] = {}
    shapes: dict[str, str] = {}
    sound = []
    for index, cell in enumerate(cells):
        wrong = MistakeList()
        with wrong.collecting():
            _note(cell, "cells[%d]" % index, id_for, ids, shapes, wrong)
        with mistakes.collecting():
            wrong.raise_all()
            sound.append(index)
        if mistakes.is_full:
            break
    read = []
    for index in sound:
        with mistakes.collecting():
            if not mistakes.is_full:
                read.append(_Reader(cells[index], "cells[%d]" % index, ids, shapes).read())
    return _own_keys(read)


def _note(cell: Any, path: str, id_for: IdFor, ids: dict[str, str], shapes: dict[str, str], wrong: MistakeList) -> None:
    """Note the id and the shape of a cell; the id also if the rest is wrong, because references to it are not."""
    if not isinstance(cell, Mapping):
        raise InputError("must be a map, not %s" % kind_of(cell), path)
    calls: dict[str, Sequence[Any]] = {
        "members": (check_members, cell, path),
        "id": (key_text, cell.get("id"), join(path, "id")),
        "shape": (_shape, cell.get("shape"), join(path, "shape")),
    }
    read = read_all(calls, wrong)
    given = read.get("id")
    if given is None:
        return
    if given in ids:
        raise InputError("the id %s appears twice" % given, join(path, "id"))
    ids[given] = id_for(given)
    if "shape" in read:
        shapes[ids[given]] = read["shape"]


def _shape(value: Any, path: str) -> str:
    shape = choice(value, _SHAPES, path, _LISTED)
    if shape is None:
        raise InputError("must be one of %s" % ", ".join(_LISTED), path)
    return shape


def _own_keys(cells: list[DesiredCell]) -> tuple[DesiredCell, ...]:
    """Return the cells; those with the key of another one, which are copies of the web editor, get their id as key."""
    seen: set[str] = set()
    for index, cell in enumerate(cells):
        if cell.key in seen:
            cells[index] = replace(cell, key=cell.id)
        seen.add(cells[index].key)
    return tuple(cells)


class _Reader:
    """Reads one cell; ``ids``: given id -> id of the cell."""

    def __init__(self, cell: Mapping[str, Any], path: str, ids: Mapping[str, str], shapes: Mapping[str, str]) -> None:
        self.cell = cell
        self.path = path
        self.ids = ids
        self.shapes = shapes

    def read(self) -> DesiredCell:
        """Return the declared cell."""
        given = key_text(self.cell["id"], join(self.path, "id"))
        shape = self.shapes[self.ids[given]]
        kind = {FLOW: "flow", BOUNDARY: "boundary"}.get(shape, "node")
        wrong = MistakeList()
        calls = {
            "metadata": (self._metadata,),
            "label": (self._label, shape),
            "members": (self._flow if kind == "flow" else self._box,),
        }
        read = read_all(calls, wrong)
        wrong.raise_all()
        key, entries = read["metadata"]
        return DesiredCell(
            key=key or given,
            id=self.ids[given],
            kind=kind,
            path=self.path,
            shape=shape,
            label=read["label"],
            metadata=entries,
            raw_members=self._raw_members(kind),
            **read["members"],
        )

    def _box(self) -> dict[str, Any]:
        calls: dict[str, Sequence[Any]] = {name: (self._size, name) for name in ("x", "y", "width", "height")}
        if "parent" in self.cell:
            calls["container"] = (self._container, self.cell["parent"])
        wrong = MistakeList()
        members = read_all(calls, wrong)
        wrong.raise_all()
        return members

    def _container(self, parent: Any) -> str:
        container = self._refer(parent, "parent") if parent else ""
        if self.shapes.get(container, BOUNDARY) != BOUNDARY:
            raise InputError("only a boundary contains others", join(self.path, "parent"))
        return container

    def _size(self, name: str) -> Optional[float]:
        nested = self.cell.get("position" if name in ("x", "y") else "size") or {}
        value = nested.get(name) if self.cell.get(name) is None else self.cell[name]
        least = {"width": MIN_WIDTH, "height": MIN_HEIGHT}.get(name)
        return number(value, join(self.path, name), least)

    def _flow(self) -> dict[str, Any]:
        calls: dict[str, Sequence[Any]] = {}
        for name in ("source", "target"):
            end = self.cell.get(name)
            end = end if isinstance(end, Mapping) else {"cell": end}
            calls[name] = (self._refer, end.get("cell"), name)
            calls[name + "_port"] = (text, end.get("port"), join(self.path, name + ".port"))
        wrong = MistakeList()
        members = read_all(calls, wrong)
        wrong.raise_all()
        router, marks = self.cell.get("router"), self._marks()
        if router in (None, "normal"):
            router = marks.get(ROUTER, router)
        if isinstance(router, str):
            members["router"] = ROUTERS.get(router.lower(), router)
        if TWO_WAY in marks or _at(self.cell, "attrs", "line", "sourceMarker"):
            members["bidirectional"] = True
        return members

    def _refer(self, value: Any, name: str) -> str:
        key = key_text(value, join(self.path, name))
        if key in self.ids:
            return self.ids[key]
        if is_id(key):
            return key.lower()
        raise InputError("no cell has the id %s" % key, join(self.path, name))

    def _label(self, shape: str) -> Optional[str]:
        labels = self.cell.get("labels")
        first = labels[0] if isinstance(labels, (list, tuple)) and labels else {}
        for label in (
            _at(self.cell, "attrs", "text", "text"),
            _at(first, "attrs", "text", "text"),
            self.cell.get("label"),
        ):
            if label is not None:
                found, marks = text(label, join(self.path, "label")) or "", self._marks()
                if not found.strip() or (UNNAMED in marks and found == EDITOR_LABELS.get(shape)):
                    return ""
                return without_arrows(found) if TWO_WAY in marks else found
        return None

    def _metadata(self) -> tuple[Optional[str], dict[str, str]]:
        """Return the key of an exported cell, and its other metadata."""
        entries = self._entries()
        path = join(self.path, "data._metadata")
        keys = [entry.get("value") for entry in entries if entry["key"] == KEY]
        rest = [entry for entry in entries if entry["key"] not in (KEY, *MARKS)]
        return (key_text(keys[0], path) if keys else None), metadata(rest, path)

    def _entries(self) -> list[Mapping[str, Any]]:
        entries = _at(self.cell, "data", "_metadata")
        if isinstance(entries, Mapping):
            return [{"key": key, "value": value} for key, value in entries.items()]
        return list(entries or ())

    def _marks(self) -> dict[str, Any]:
        """Return the entries that keep what the editor drops."""
        return {entry["key"]: entry.get("value") for entry in self._entries() if entry["key"] in MARKS}

    def _raw_members(self, kind: str) -> dict[str, Any]:
        raw_members = {name: copy.deepcopy(value) for name, value in self.cell.items() if name not in _CANONICAL}
        label, entries = _at(raw_members, "attrs", "text"), raw_members.get("data")
        if isinstance(label, dict):
            label.pop("text", None)
        if isinstance(entries, dict):
            entries.pop("_metadata", None)
        if kind == "flow" and isinstance(raw_members.get("router"), str):
            del raw_members["router"]
        return {name: value for name, value in raw_members.items() if value not in ({}, None)}


def _at(value: Any, *names: str) -> Any:
    """Return the member at a path of names, None if there is none."""
    for name in names:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
